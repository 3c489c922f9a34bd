"""Carries out steps at the homeserver, each as soon as what it needs is there.

Taking away comes first, everywhere; then each room is made, listed and filled on its own, waiting only for
the rooms that it names; rooms are left last. A refused step is told and does not stop the others. A step
that did not work now is left to the next look.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from datetime import timedelta
from enum import Enum
from itertools import groupby
from typing import Final, TypeVar

from crewhall.errors import Denied, NotThere, Taken, TokenRefused, TryLater
from crewhall.flows.keeping import Keeping
from crewhall.flows.report import Report, Tally
from crewhall.ground.creation import CHILD, child_content, new_room
from crewhall.ground.facts import HOUSE, Fact, RoomClosed, RoomOpened, Writing
from crewhall.ground.ids import RoomId, RoomKey, server
from crewhall.ground.links import depths, needs
from crewhall.ground.order import Phase, phase
from crewhall.ground.plan import foreign
from crewhall.ground.powers import POWERS
from crewhall.ground.rooms import RoomSeen, RoomWish
from crewhall.ground.steps import Blocked, Close, Create, Enter, Invite, Link, Put, Remove, Step, Unlink
from crewhall.ground.wanted import wanted
from crewhall.ports import Clock, Entry, Homeserver

T = TypeVar("T")

_WAVES: Final = (
    range(Phase.ENTER, Phase.CREATE),
    range(Phase.CREATE, Phase.CLOSE),
    range(Phase.CLOSE, Phase.CLOSE + 1),
)
_AT_ONCE: Final = frozenset({Phase.UNLINK, Phase.REMOVE, Phase.INVITE})
"""Kinds of steps that do not build on one another, even in one room."""


_LOOKS: Final = 6
_PAUSE: Final = timedelta(seconds=0.4)
"""How often, and how far apart, a room is looked for that may be in the making."""


class Opening(Enum):
    """How a room that was to be made came about."""

    MADE = "made now"
    FOUND = "it was there already, and is ours"
    THERE = "it was made by another run, which cares for what follows"


class Hands:
    """The one who acts. At most `concurrency` calls are under way; each room is made by one at a time.

    `linked` tells of rooms in which space they are known to be listed.
    """

    def __init__(
        self,
        homeserver: Homeserver,
        keeping: Keeping,
        clock: Clock,
        concurrency: int,
        wish_of: Callable[[RoomKey], RoomWish | None],
    ) -> None:
        self.homeserver = homeserver
        self.keeping = keeping
        self.clock = clock
        self.linked: dict[RoomKey, RoomKey] = {}
        self.wish_of = wish_of
        self._gate = asyncio.Semaphore(concurrency)
        self._opening: dict[RoomKey, asyncio.Event] = {}

    async def ask(self, call: Callable[[], Awaitable[T]]) -> T:
        """Make one call when there is a free hand."""
        async with self._gate:
            return await call()

    async def run(self, steps: Iterable[Step], seen: Mapping[RoomKey, RoomSeen] | None = None) -> Report:
        """Carry out the steps of a plan, in its order where it matters. Raises only `TokenRefused`.

        `seen` are the rooms as they were when the plan was made, if that is not just now.
        """
        steps = tuple(steps)
        run = _Run(self, steps, seen or {})
        for wave in _WAVES:
            chains: dict[RoomKey, list[Step]] = {}
            for step in steps:
                if phase(step) in wave:
                    chains.setdefault(step.key, []).append(step)
            async with asyncio.TaskGroup() as group:
                for chain in chains.values():
                    group.create_task(run.chain(sorted(chain, key=phase)))
            if run.tally.fatal is not None:
                raise run.tally.fatal
        return run.tally.report()

    async def find(self, wish: RoomWish) -> RoomSeen | Blocked | None:
        """Look for a room under its address: what is there, why it is not ours, None if there is none."""
        me = self.homeserver.me
        address = wish.adopt or f"#{wish.alias}:{server(me)}"
        room = await self._resolve(address)
        if room is None:
            return None
        try:
            seen = await self._look_in(room, looks=1 if wish.adopt else _LOOKS)
        except TokenRefused:
            raise
        except Denied as no:
            if wish.adopt:
                return None
            what = f"make the room: {address} leads to {room}, where the keeper is not ({no.code})"
            return Blocked(wish.key, what, f"Invite {me} to {room}, or take the address away from it.")
        return foreign(wish, seen, me) or seen

    async def _look_in(self, room: RoomId, looks: int) -> RoomSeen:
        """Look into a room; one that another process is just making has its address before the keeper."""
        try:
            return await self.ask(lambda: self.homeserver.look(room))
        except Denied as no:
            if looks <= 1 or isinstance(no, TokenRefused):
                raise
        await self.clock.sleep(_PAUSE)
        return await self._look_in(room, looks - 1)

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
                await self.ask(lambda: server_.invite(room, person, direct=direct))
            case Remove(person=person, reason=reason):
                room = self._room(key)
                await self.ask(lambda: server_.remove(room, person, reason))
            case Close():
                room = self._room(key)
                await self.ask(lambda: server_.leave(room))
                await self._record(f"closed:{key}:{room}", RoomClosed(key, room))
        return None

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


class _Run:
    """One plan on its way."""

    def __init__(self, hands: Hands, steps: Sequence[Step], seen: Mapping[RoomKey, RoomSeen]) -> None:
        self.hands = hands
        self.tally = Tally()
        self._seen = seen
        wishes = {step.key: step.wish for step in steps if isinstance(step, Create)}
        self._making = {key: asyncio.Event() for key in wishes}
        self._depth = depths(wishes, wishes.get)

    async def chain(self, steps: Sequence[Step]) -> None:
        """Carry out one room's steps of one wave."""
        made = self._making.get(steps[0].key)
        try:
            for turn, group in groupby(steps, key=phase):
                await self._group(turn, tuple(group))
                if turn is Phase.CREATE and made is not None:
                    made.set()
        finally:
            if made is not None and phase(steps[-1]) >= Phase.CREATE:
                made.set()

    async def _group(self, turn: Phase, steps: Sequence[Step]) -> None:
        if turn not in _AT_ONCE or len(steps) == 1:
            for step in steps:
                await self._step(step)
            return
        async with asyncio.TaskGroup() as group:
            for step in steps:
                group.create_task(self._step(step))

    async def _step(self, step: Step) -> None:
        tally = self.tally
        if tally.fatal is not None or not tally.may_go_on(step):
            tally.put_off(step)
            return
        try:
            await self._needs(step)
            if not await self._still(step):
                tally.look_again(step)
                return
            match await self.hands.do(step):
                case Opening.THERE:
                    tally.left_to_others(step)
                case Opening.FOUND:
                    tally.look_again(step)
                    tally.did(step)
                case Opening.MADE | None:
                    tally.did(step)
        except TokenRefused as no:
            tally.fatal = no
        except Denied as no:
            tally.refused(step, no)
        except TryLater as later:
            tally.put_off(step, later)

    async def _still(self, step: Step) -> bool:
        """Return whether the step is still wanted, and built on the levels as they still are."""
        hands, seen = self.hands, self._seen.get(step.key)
        if not wanted(step, hands.wish_of(step.key), seen, hands.homeserver.me):
            return False
        if seen is None or not (isinstance(step, Put) and step.put.type == POWERS):
            return True
        content = await hands.ask(lambda: hands.homeserver.state(seen.room, POWERS))
        return (content or {}) == seen.powers

    async def _needs(self, step: Step) -> None:
        """Wait until the rooms that the step names are made, or cannot be."""
        match step:
            case Create(wish=wish):
                before: tuple[RoomKey, ...] = needs(wish)
            case Link(space=space):
                before = (space,)
            case _:
                return
        for key in before:
            making = self._making.get(key)
            if making is None or key == step.key:
                continue
            if isinstance(step, Create) and self._depth[key] >= self._depth[step.key]:
                continue  # a circle, cut open here
            await making.wait()
            if key not in self.hands.keeping.house.rooms:
                raise TryLater(f"{key} is not there yet")
