"""Does single steps at the homeserver: makes a room once, finds it again, writes, invites, removes, leaves.

In which order, and what of a step that is refused or has to wait: `crewhall.flows.conducting`.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from enum import Enum
from typing import Final, TypeVar

from crewhall.errors import Denied, NotThere, Taken, TokenRefused, TryLater
from crewhall.flows.afar import Afar
from crewhall.flows.allowing import memory_of
from crewhall.flows.keeping import Keeping
from crewhall.flows.report import Report
from crewhall.ground.creation import CHILD, child_content, new_room
from crewhall.ground.drift import Found, Memory, finds, settled, stands
from crewhall.ground.facts import HOUSE, Fact, RoomClosed, RoomOpened, Writing
from crewhall.ground.ids import RoomId, RoomKey, UserId, server
from crewhall.ground.plan import foreign
from crewhall.ground.rooms import RoomSeen, RoomWish
from crewhall.ground.steps import Blocked, Close, Create, Enter, Invite, Link, Put, Remove, Step, Unlink
from crewhall.ports import Clock, Entry, Homeserver

T = TypeVar("T")
OnConduct = Callable[[Sequence[Step], Report], None]
"""Told of each plan that was carried out, and what came of it."""

_LOOKS: Final = 6
_PAUSE: Final = timedelta(seconds=0.4)
"""How often, and how far apart, a room is looked for that may be in the making."""


def uncounted(_steps: Sequence[Step], _report: Report) -> None:
    """Count nothing."""


class Opening(Enum):
    """How a room that was to be made came about."""

    MADE = "made now"
    FOUND = "it was there already, and is ours"
    THERE = "it was made by another run, which cares for what follows"


class Hands:
    """The one who acts. At most `concurrency` calls are under way; each room is made by one at a time.

    `linked` tells of rooms in which space they are known to be listed; `afar` which servers do not answer.
    """

    def __init__(
        self,
        homeserver: Homeserver,
        keeping: Keeping,
        clock: Clock,
        concurrency: int,
        wish_of: Callable[[RoomKey], RoomWish | None],
        *,
        on_conduct: OnConduct = uncounted,
    ) -> None:
        self.homeserver = homeserver
        self.keeping = keeping
        self.clock = clock
        self.afar = Afar(clock)
        self.linked: dict[RoomKey, RoomKey] = {}
        self.wish_of = wish_of
        self.on_conduct = on_conduct
        self._gate = asyncio.Semaphore(concurrency)
        self._opening: dict[RoomKey, asyncio.Event] = {}

    def finds(self, key: RoomKey, seen: RoomSeen) -> tuple[Found, ...]:
        """Return what people changed by hand in a room."""
        wish = self.wish_of(key)
        if wish is None:
            return ()
        house = self.keeping.house
        return finds(wish, seen, house.rooms, self.homeserver.me, self.memory_of(wish))

    def wish_for(self, key: RoomKey, seen: RoomSeen | None) -> RoomWish | None:
        """Return a room as it is to be brought, with what is left or put back of changes by hand."""
        wish = self.wish_of(key)
        if wish is None or seen is None or not stands(wish, seen):
            return wish
        return settled(wish, seen, self.finds(key, seen), self.memory_of(wish))

    def memory_of(self, wish: RoomWish) -> Memory:
        """Return what is remembered of changes by hand in a room."""
        return memory_of(self.keeping.house, wish, self.clock.now())

    async def ask(self, call: Callable[[], Awaitable[T]]) -> T:
        """Make one call when there is a free hand."""
        async with self._gate:
            return await call()

    async def find(self, wish: RoomWish) -> RoomSeen | Blocked | None:
        """Look for a room under its address: what is there, why it is not ours, None if there is none."""
        me = self.homeserver.me
        address = wish.adopt or f"#{wish.alias}:{server(me)}"
        room = await self._resolve(address)
        if room is None:
            return None
        try:
            seen = await self.look_in(room, looks=1 if wish.adopt else _LOOKS)
        except TokenRefused:
            raise
        except Denied as no:
            if wish.adopt:
                return None
            what = f"make the room: {address} leads to {room}, where the keeper is not ({no.code})"
            return Blocked(wish.key, what, f"Invite {me} to {room}, or take the address away from it.")
        return foreign(wish, seen, me) or seen

    async def look_in(self, room: RoomId, looks: int = _LOOKS) -> RoomSeen:
        """Look into a room; one that another process is just making has its address before the keeper."""
        try:
            return await self.ask(lambda: self.homeserver.look(room))
        except Denied as no:
            if looks <= 1 or isinstance(no, TokenRefused):
                raise
        await self.clock.sleep(_PAUSE)
        return await self.look_in(room, looks - 1)

    async def opened(self, key: RoomKey, room: RoomId, version: str) -> None:
        """Write down that a room exists."""
        await self._record(f"room:{key}:{room}", RoomOpened(key, room, version))

    async def do(self, step: Step) -> Opening | None:
        """Do one step; return how a room came about if that was the step."""
        server_, key = self.homeserver, step.key
        match step:
            case Create(wish=wish):
                return await self._open(self.wish_of(key) or wish)
            case Enter():
                await self._enter(key)
                return Opening.FOUND
            case Put(put=put):
                room = self._room(key)
                await self.ask(lambda: server_.put_state(room, put.type, put.key, put.content))
            case Link(space=space, order=order, suggested=suggested):
                room, child = self._room(space), self._room(key)
                content = child_content(server_.me, order, suggested=suggested)
                await self.ask(lambda: server_.put_state(room, CHILD, child, content))
                self.linked[key] = space
            case Unlink(space=space, child=child):
                room = self._room(space)
                self.linked.pop(key, None)
                await self.ask(lambda: server_.put_state(room, CHILD, child, {}))
            case Invite(person=person):
                room, chat = self._room(key), self.wish_of(key)
                direct = chat is not None and chat.direct
                await self.invite(key, room, person, direct=direct)
            case Remove(person=person, reason=reason):
                room = self._room(key)
                await self.ask(lambda: server_.remove(room, person, reason))
            case Close():
                room = self._room(key)
                await self.ask(lambda: server_.leave(room))
                await self._record(f"closed:{key}:{room}", RoomClosed(key, room))
        return None

    async def invite(self, key: RoomKey, room: RoomId, person: UserId, *, direct: bool = False) -> None:
        """Invite somebody, unless their server is left alone just now. Raises `Denied`, `TryLater`."""

        async def call() -> None:
            await self.ask(lambda: self.homeserver.invite(room, person, direct=direct))

        away = server(person)
        if away == server(self.homeserver.me):
            await call()
        else:
            await self.afar.ask(away, key, call)

    async def _open(self, wish: RoomWish) -> Opening:
        """Make a room, unless it is there or being made. Raises `TryLater` if another's attempt failed."""
        key, rooms = wish.key, self.keeping.house.rooms
        if (under_way := self._opening.get(key)) is not None:
            await under_way.wait()
            if key not in self.keeping.house.rooms:
                raise TryLater(f"{key} is not there yet")
            return Opening.THERE
        if key in rooms:
            return Opening.THERE
        done = self._opening[key] = asyncio.Event()
        try:
            new = new_room(wish, rooms, self.homeserver.me)
            room = await self.ask(lambda: self.homeserver.create_room(new))
            await self.opened(key, room, wish.version)
        except Taken:
            await self._find_again(wish)
            return Opening.FOUND
        finally:
            del self._opening[key]
            done.set()
        return Opening.MADE

    async def _find_again(self, wish: RoomWish) -> None:
        match await self.find(wish):
            case None:
                raise TryLater(f"the address of {wish.key} is taken and leads nowhere")
            case Blocked() as strange:
                raise Denied("M_FORBIDDEN", f"{strange.what}. {strange.remedy}")
            case RoomSeen() as seen:
                await self.opened(wish.key, seen.room, seen.version)

    async def _enter(self, key: RoomKey) -> None:
        wish = self.wish_of(key)
        known = self.keeping.house.rooms.get(key)
        if wish is None or not (known or wish.adopt):
            raise NotThere("M_NOT_FOUND", f"{key} is not there")
        me = self.homeserver.me
        where = known.room if known is not None else wish.adopt
        via = (server(where) or server(me),)
        try:
            room = await self.ask(lambda: self.homeserver.join(where, via))
        except TokenRefused:
            raise
        except Denied as no:
            raise Denied(no.code, f"Invite {me} to {where}.") from no
        seen = await self.ask(lambda: self.homeserver.look(room))
        if (strange := foreign(wish, seen, me)) is not None:
            raise Denied("M_FORBIDDEN", f"{strange.what}. {strange.remedy}")
        await self.opened(key, room, seen.version)

    async def _resolve(self, address: str) -> RoomId | None:
        if address.startswith("#"):
            return await self.ask(lambda: self.homeserver.find(address))
        return RoomId(address)

    def _room(self, key: RoomKey) -> RoomId:
        opened = self.keeping.house.rooms.get(key)
        if opened is None:
            raise NotThere("M_NOT_FOUND", f"{key} is not there")
        return opened.room

    async def _record(self, cause: str, fact: Fact) -> None:
        await self.keeping.record(Entry(cause, self.clock.now(), (Writing(HOUSE, fact),)))
