"""A `crewhall.ports.Homeserver` that lives in this process and obeys the rules."""

from collections.abc import Callable, Sequence
from typing import TypeVar

from crewhall.errors import Beyond, Denied, NotThere, Taken, TokenRefused, Trouble, TryLater
from crewhall.ground.ids import EventId, RoomId, UserId, local
from crewhall.ground.rooms import Content, NewRoom, RoomSeen
from crewhall.ground.seen import read_state
from crewhall.testing import creation
from crewhall.testing.events import FORBIDDEN, MEMBER, Refused
from crewhall.testing.faults import Calls, Faults, Mishap
from crewhall.testing.world import Asker, World

T = TypeVar("T")
_TOO_MANY = 429
_NOT_FOUND = 404
_IN_THE_WAY = 409
_BROKEN = 500
_BAD_GATEWAY = 502


def trouble(no: Refused) -> Trouble:
    """Return a refusal as the service's errors name it: by what to do about it."""
    if no.status == _BAD_GATEWAY:
        return Beyond(no.why, no.after)
    if no.status == _TOO_MANY or no.status >= _BROKEN:
        return TryLater(no.why, no.after)
    if no.code in {"M_UNKNOWN_TOKEN", "M_MISSING_TOKEN"}:
        return TokenRefused(no.code, no.why)
    if no.code in {"M_ROOM_IN_USE", "M_USER_IN_USE"} or no.status == _IN_THE_WAY:
        return Taken(no.code, no.why)
    if no.status == _NOT_FOUND:
        return NotThere(no.code, no.why)
    return Denied(no.code, no.why)


class FakeHomeserver:
    """One of a world's users, as the service speaks. `faults` are its bad days, `calls` what it was asked."""

    def __init__(self, world: World, me: UserId | None = None, faults: Faults | None = None) -> None:
        self.world = world
        self.faults = faults or Faults()
        self.calls = Calls()
        self._me = me or UserId(f"@keeper:{world.server}")
        service = world.directory.service_of(self._me)
        if self._me not in world.directory.registered:
            world.directory.register(local(self._me), service.id if service else None)

    @property
    def me(self) -> UserId:
        """Who speaks."""
        return self._me

    async def create_room(self, new: NewRoom) -> RoomId:
        """Make a room, step by step like the real one."""
        asked = creation.Asked(
            version=new.version,
            alias=new.alias,
            name=new.name or None,
            topic=new.topic or None,
            creation=({"type": "m.space" if new.space else new.kind} if new.space or new.kind else {})
            | ({} if new.federate else {"m.federate": False})
            | ({"predecessor": {"room_id": new.predecessor}} if new.predecessor else {}),
            levels=new.powers,
            state={(put.type, put.key): put.content for put in new.state},
            invite=new.invite,
            direct=new.direct,
        )
        return await self._call("create_room", lambda: creation.create(self.world, self._asker, asked))

    async def find(self, alias: str) -> RoomId | None:
        """Return the room behind an alias."""
        try:
            return await self._call("find", lambda: self.world.directory.resolve(alias))
        except NotThere:
            return None

    async def readdress(self, alias: str, room: RoomId) -> None:
        """Let an alias lead to this room: as the real one does it, in up to three calls."""
        there = await self.find(alias)
        if there == room:
            return
        if there is not None:
            await self.unaddress(alias)
        asker = self._asker
        await self._call("link", lambda: self.world.directory.link(alias, room, asker.user, asker.service))

    async def unaddress(self, alias: str) -> None:
        """Let an alias lead nowhere."""
        asker = self._asker
        try:
            await self._call("unlink", lambda: self.world.directory.unlink(alias, asker.user, asker.service))
        except NotThere:
            return

    async def look(self, room: RoomId) -> RoomSeen:
        """Read a room's state."""
        seen = await self._call(
            "look",
            lambda: read_state(room, (event.seen() for event in self.world.state(self._asker, room))),
        )
        mine = seen.members.get(self._me)
        if mine is None or mine.membership != "join":
            raise Denied(FORBIDDEN, f"{self._me} is not in {room}")
        return seen

    async def state(self, room: RoomId, kind: str, key: str = "") -> Content | None:
        """Read one state event's content."""
        try:
            return await self._call("state", lambda: self.world.content(self._asker, room, kind, key))
        except NotThere:
            return None

    async def put_state(self, room: RoomId, kind: str, key: str, content: Content) -> EventId:
        """Write one state event."""
        return await self._call(
            "put_state", lambda: self.world.put_state(self._asker, room, kind, key, content)
        )

    async def send(self, room: RoomId, kind: str, content: Content, txn: str) -> EventId:
        """Send an event once per `txn`; two users of one service need different ones."""
        return await self._call("send", lambda: self.world.send(self._asker, room, kind, content, txn))

    async def redact(self, room: RoomId, event: EventId, txn: str) -> None:
        """Take an event back."""
        await self._call("redact", lambda: self.world.redact(self._asker, room, event, txn))

    async def invite(self, room: RoomId, person: UserId, *, direct: bool = False) -> None:
        """Invite; somebody who is in or invited already is no error."""

        def act() -> None:
            try:
                self.world.become(self._asker, room, person, "invite", direct=direct)
            except Refused as no:
                if self._membership(room, person, no) not in {"join", "invite"}:
                    raise

        await self._call("invite", act)

    async def remove(self, room: RoomId, person: UserId, reason: str) -> None:
        """Remove somebody; no error if there is nobody to remove."""

        def act() -> None:
            try:
                self.world.kick(self._asker, room, person, reason)
            except Refused as no:
                if self._membership(room, person, no) in {"join", "invite", "knock"}:
                    raise

        await self._call("remove", act)

    async def join(self, room: str, via: Sequence[str] = ()) -> RoomId:
        """Enter a room; `via` is not needed where all servers are one world."""
        del via
        return await self._call("join", lambda: self.world.enter(self._asker, room))

    async def leave(self, room: RoomId) -> None:
        """Leave a room; no error if not in it."""

        def act() -> None:
            if self.world.memberships(self._me).get(room) in {"join", "invite", "knock"}:
                self.world.leave(self._asker, room)

        await self._call("leave", act)

    async def joined(self) -> frozenset[RoomId]:
        """Return the rooms `me` is in."""
        return await self._call(
            "joined",
            lambda: frozenset(r for r, m in self.world.memberships(self._me).items() if m == "join"),
        )

    @property
    def _asker(self) -> Asker:
        return self.world.asker(self._me)

    def _membership(self, room: RoomId, person: UserId, no: Refused) -> object:
        """Return somebody's membership; raise the refusal `no` if `me` may not know it."""
        try:
            return self.world.content(self._asker, room, MEMBER, person).get("membership")
        except Refused as unseen:
            if unseen.status == _NOT_FOUND:
                return None
            raise no from None

    async def _call(self, kind: str, act: Callable[[], T]) -> T:
        self.calls.by_kind[kind] += 1
        if self.faults.slow:
            await self.world.clock.sleep(self.faults.slow)
        if self.faults.stopped:
            raise TryLater("the homeserver does not answer")
        mishap = self.faults.judge(kind)
        match mishap:
            case Mishap.LIMITED:
                raise TryLater("too many requests", self.faults.retry_after)
            case Mishap.BROKEN | Mishap.CUT:
                raise TryLater(mishap.value)
            case _:
                pass
        try:
            done = act()
        except Refused as no:
            raise trouble(no) from no
        if mishap is Mishap.LOST:
            raise TryLater(mishap.value)
        return done
