"""What a promise is checked on: a homeserver with our keeper and ordinary people, and words for rooms."""

from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Protocol

from crewhall.errors import Denied
from crewhall.ground.ids import EventId, RoomId, UserId
from crewhall.ground.rooms import Content, NewRoom, StatePut
from crewhall.ports import Homeserver

JOINS = "m.room.join_rules"
POWERS = "m.room.power_levels"
VERSIONS = ("11", "12")


class Somebody(Protocol):
    """An ordinary person with a client of their own. Raises `crewhall.errors` like `Homeserver` does."""

    @property
    def id(self) -> UserId:
        """Who this is."""
        ...

    async def join(self, room: str) -> RoomId:
        """Enter a room by id or alias."""
        ...

    async def leave(self, room: str) -> None:
        """Leave, decline, or take a knock back."""
        ...

    async def knock(self, room: str, reason: str = "") -> None:
        """Ask to be let in."""
        ...

    async def invite(self, room: str, person: str) -> None:
        """Invite somebody."""
        ...

    async def kick(self, room: str, person: str, reason: str = "") -> None:
        """Remove somebody."""
        ...

    async def ban(self, room: str, person: str, reason: str = "") -> None:
        """Keep somebody out."""
        ...

    async def unban(self, room: str, person: str) -> None:
        """Lift a ban."""
        ...

    async def say(self, room: str, text: str) -> EventId:
        """Say something."""
        ...

    async def react(self, room: str, event: str, key: str) -> EventId:
        """React to a message."""
        ...

    async def redact(self, room: str, event: str) -> None:
        """Take an event back."""
        ...

    async def set_state(self, room: str, kind: str, content: Content, key: str = "") -> EventId:
        """Write a state event."""
        ...

    async def state(self, room: str, kind: str, key: str = "") -> Content:
        """Read a state event's content; `NotThere` if there is none."""
        ...

    async def give_power(self, room: str, levels: Mapping[str, int]) -> EventId:
        """Change people's power, leaving the rest of the levels as they stand."""
        ...

    async def create_room(self, body: Mapping[str, object] | None = None) -> RoomId:
        """Make a room from a ``createRoom`` body."""
        ...


class Stage(Protocol):
    """One homeserver, its keeper, and people who arrive when they are called."""

    @property
    def keeper(self) -> Homeserver:
        """The service's visible user."""
        ...

    @property
    def server_name(self) -> str:
        """What follows the first colon in the ids of local people."""
        ...

    async def person(self, name: str) -> Somebody:
        """Return a new person whose name begins with `name`."""
        ...

    def word(self) -> str:
        """Return a word never given before: lower-case letters and digits."""
        ...


Check = Callable[[Stage], Awaitable[None]]


class BrokenPromise(AssertionError):
    """A homeserver does not keep what both of them promise."""


def must(kept: object, what: str) -> None:
    """Raise `BrokenPromise` unless `kept` is true."""
    if not kept:
        raise BrokenPromise(what)


def same(found: object, wanted: object, what: str) -> None:
    """Raise `BrokenPromise` unless both are equal."""
    if found != wanted:
        raise BrokenPromise(f"{what}: {found!r}, not {wanted!r}")


@contextmanager
def refused(what: str, code: str = "") -> Iterator[None]:
    """Raise `BrokenPromise` unless the body is refused for good, with `code` if it is given."""
    try:
        yield
    except Denied as no:
        if code and no.code != code:
            raise BrokenPromise(f"{what} was refused with {no.code}, not {code}") from no
        return
    raise BrokenPromise(f"{what} was not refused")


def levels(stage: Stage, version: str, **different: object) -> dict[str, object]:
    """Return complete levels: the keeper holds 100 where the version wants it listed."""
    users = different.pop("users", {})
    listed = users if isinstance(users, Mapping) else {}
    ours: dict[str, int] = {stage.keeper.me: 100} if version == "11" else {}
    return {
        "users": ours | dict(listed),
        "users_default": 0,
        "events": {},
        "events_default": 0,
        "state_default": 50,
        "invite": 50,
        "kick": 50,
        "ban": 50,
        "redact": 50,
        "notifications": {"room": 50},
        **different,
    }


async def room(
    stage: Stage,
    *inside: Somebody,
    version: str = "12",
    rule: str = "invite",
    allow: tuple[RoomId, ...] = (),
    state: tuple[StatePut, ...] = (),
    space: bool = False,
    **different: object,
) -> RoomId:
    """Make a room with these people in it; `different` are levels that differ."""
    joins: dict[str, object] = {"join_rule": rule}
    if allow:
        joins["allow"] = [{"type": "m.room_membership", "room_id": key} for key in allow]
    new = NewRoom(
        alias=f"_crewhall_{stage.word()}",
        version=version,
        powers=levels(stage, version, **different),
        state=(StatePut(JOINS, "", joins), *state),
        space=space,
    )
    made = await stage.keeper.create_room(new)
    for person in inside:
        await stage.keeper.invite(made, person.id)
        await person.join(made)
    return made


async def membership(stage: Stage, place: RoomId, person: Somebody) -> str:
    """Return somebody's membership as the keeper sees it, "" if there is none."""
    member = (await stage.keeper.look(place)).members.get(person.id)
    return "" if member is None else member.membership
