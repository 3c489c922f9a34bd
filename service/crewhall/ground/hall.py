"""What the ledger says, folded: the house with its halls. Frozen; grows by `evolve` only."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Generic, TypeVar, cast

from immutables import Map

from crewhall.charter.model import Charter
from crewhall.ground.ailment import Glance
from crewhall.ground.facts import (
    ChatClosed,
    ChatLeft,
    ChatNamed,
    ForgettingAgreed,
    Forgotten,
    MoveSettled,
    Recorded,
    RoomClosed,
    RoomMoved,
    RoomOpened,
    SuccessorMet,
)
from crewhall.ground.ids import CommunityKey, RoomId, RoomKey, RungKey, UserId
from crewhall.ground.matter import Terms
from crewhall.ground.welcome import Welcome

T = TypeVar("T")
ANYONE = RungKey("anyone")
"""Everybody in the community, where a rung could be named."""


@dataclass(frozen=True, slots=True)
class Presence:
    """Somebody's membership in one space of the ladder: since when, and by which cause."""

    since: datetime
    cause: str


@dataclass(frozen=True, slots=True)
class Hall:
    """One community. `parts` holds what each capability keeps; use `Part.of`.

    `inside` tells who is in the community's space, `standing` who is in each rung's space;
    `keyholders` who holds the keys. `left` and `stepped_down` tell who is known to have gone out again (or
    to have declined), and since when. `asked` tells who is invited to a rung by its rule (or, under
    ``anyone``, into the community) and has not answered; `unwelcome` whose presence or invitation there is
    against a recorded act; `sealed` which rooms that were to be open somebody encrypted.

    `hats` tells who wears which hat and since when (the keyholders' own hat, ``keys``, is `keyholders`);
    `leaves` whose crew has which leaf open; `gone` who once had one of either (``hat:keys``, ``leaf:work``)
    and has it no longer; `resting` who rests, and is asked nothing; `shut_out` for whom the community's
    doors are closed by a recorded decision, for good or for some days; `guests` who is here for some days
    from a sister community, and has no say; `seen_off` whose time as a guest is over, and who is let go at
    once, however many they are; `welcome` which people of sisters a crew calls, by its room.
    """

    key: CommunityKey
    charter: Charter
    founded: datetime
    founded_by: UserId | None
    version: int = 1
    inside: Map[UserId, Presence] = field(default_factory=Map)
    standing: Map[RungKey, Map[UserId, Presence]] = field(default_factory=Map)
    keyholders: Map[UserId, Presence] = field(default_factory=Map)
    left: Map[UserId, Presence] = field(default_factory=Map)
    stepped_down: Map[RungKey, Map[UserId, Presence]] = field(default_factory=Map)
    asked: Map[RungKey, Map[UserId, Presence]] = field(default_factory=Map)
    unwelcome: Map[RungKey, Map[UserId, Presence]] = field(default_factory=Map)
    sealed: frozenset[RoomKey] = frozenset()
    hats: Map[str, Map[UserId, Presence]] = field(default_factory=Map)
    leaves: Map[str, Map[UserId, Presence]] = field(default_factory=Map)
    gone: Map[str, Map[UserId, Presence]] = field(default_factory=Map)
    resting: Map[UserId, Presence] = field(default_factory=Map)
    shut_out: Map[UserId, Presence] = field(default_factory=Map)
    guests: Map[UserId, Presence] = field(default_factory=Map)
    seen_off: Map[UserId, Presence] = field(default_factory=Map)
    welcome: Map[RoomKey, Welcome] = field(default_factory=Map)
    parts: Map[str, object] = field(default_factory=Map)

    def rung_of(self, person: UserId) -> RungKey | None:
        """Return the deepest rung that `person` stands on."""
        for rung in reversed(self.charter.rungs):
            key = RungKey(rung.key)
            if person in self.standing.get(key, Map()):
                return key
        return None

    def reaches(self, person: UserId, rung: str) -> bool:
        """Return whether `person` stands on `rung` or deeper; ``anyone`` means inside the community."""
        if rung == ANYONE:
            return person in self.inside
        keys = [step.key for step in self.charter.rungs]
        own = self.rung_of(person)
        return own is not None and rung in keys and keys.index(own) >= keys.index(rung)


@dataclass(frozen=True, slots=True)
class Part(Generic[T]):
    """A capability's own shelf in a hall: typed access to `Hall.parts`."""

    name: str
    empty: T

    def of(self, hall: Hall) -> T:
        """Return what the capability keeps about this hall."""
        return cast("T", hall.parts.get(self.name, self.empty))

    def put(self, hall: Hall, value: T) -> Hall:
        """Return the hall with the shelf's new content."""
        return replace(hall, parts=hall.parts.set(self.name, value))


@dataclass(frozen=True, slots=True)
class Opened:
    """A managed room that exists, and since when."""

    room: RoomId
    version: str
    since: datetime


@dataclass(frozen=True, slots=True)
class Former:
    """A room that another one continues, and whether all that the move brings with it is done."""

    key: RoomKey
    room: RoomId
    settled: bool = False


@dataclass(frozen=True, slots=True)
class Successor:
    """A room by which people replaced one of ours, `former`, and why it is not followed (yet)."""

    key: RoomKey
    former: RoomId
    doubt: str


@dataclass(frozen=True, slots=True)
class Naming:
    """How much names a person: records by kind, messages that wait to be said to them."""

    records: Mapping[str, int]
    waiting: int


@dataclass(frozen=True, slots=True)
class House:
    """All halls, the rooms that exist, and the private chats.

    `shelf` are the charters that `!found` may use, by name; they come from files, not from the ledger.
    `terms` say how long what is over is kept; they are the operator's.
    `away` are people who left their private chat. `versions` counts each stream. `glances` is what the latest
    look that somebody asked for found in each community, `naming` what was counted for whoever asked; neither
    is in the ledger. `leaving` is who is being forgotten, and since when (in the end under their stand-in);
    `closed` are the chats of those who were: nobody can go into them again. `former` are the rooms that were
    managed before they moved; `successors` those by which people replaced managed rooms, and that are not
    theirs (yet).
    """

    halls: Map[CommunityKey, Hall] = field(default_factory=Map)
    rooms: Map[RoomKey, Opened] = field(default_factory=Map)
    keys: Map[RoomId, RoomKey] = field(default_factory=Map)
    chats: Map[UserId, RoomKey] = field(default_factory=Map)
    people: Map[RoomKey, UserId] = field(default_factory=Map)
    away: frozenset[UserId] = frozenset()
    versions: Map[str, int] = field(default_factory=Map)
    seq: int = 0
    shelf: Mapping[str, Charter] = field(default_factory=dict)
    terms: Terms = field(default_factory=Terms)
    glances: Map[CommunityKey, Glance] = field(default_factory=Map, compare=False)
    naming: Map[UserId, Naming] = field(default_factory=Map, compare=False)
    leaving: Map[UserId, datetime] = field(default_factory=Map)
    closed: frozenset[RoomKey] = frozenset()
    former: Map[RoomId, Former] = field(default_factory=Map)
    successors: Map[RoomId, Successor] = field(default_factory=Map)

    def with_hall(self, hall: Hall) -> "House":
        """Return the house with this hall in it."""
        if self.halls.get(hall.key) is hall:
            return self
        return replace(self, halls=self.halls.set(hall.key, hall))


def evolve_house(house: House, recorded: Recorded) -> House:
    """Fold one record into what belongs to no community; counts the stream of any record."""
    house = replace(
        house,
        seq=recorded.seq,
        versions=house.versions.set(recorded.stream, recorded.version),
    )
    match recorded.fact:
        case RoomOpened(key=key, room=room, version=version):
            return replace(
                house,
                rooms=house.rooms.set(key, Opened(room, version, recorded.at)),
                keys=house.keys.set(room, key),
            )
        case RoomClosed(room=room) if room in house.former:
            return replace(house, former=house.former.delete(room))
        case RoomClosed(key=key, room=room):
            person = house.people.get(key)
            return replace(
                house,
                chats=house.chats.delete(person) if person is not None else house.chats,
                people=house.people.delete(key) if key in house.people else house.people,
                rooms=house.rooms.delete(key) if key in house.rooms else house.rooms,
                keys=house.keys.delete(room) if room in house.keys else house.keys,
            )
        case RoomMoved() | MoveSettled() | SuccessorMet() as told:
            return _moving(house, told, recorded.at)
        case ChatNamed(person=person, key=key):
            return replace(
                house,
                chats=house.chats.set(person, key),
                people=house.people.set(key, person),
                away=house.away - {person},
            )
        case ChatLeft(person=person):
            return replace(house, away=house.away | {person})
        case ChatClosed(person=person, key=key):
            return replace(
                house,
                chats=house.chats.delete(person) if person in house.chats else house.chats,
                people=house.people.delete(key) if key in house.people else house.people,
                away=house.away - {person},
                closed=house.closed | {key},
            )
        case ForgettingAgreed(person=person):
            return replace(house, leaving=house.leaving.set(person, recorded.at))
        case Forgotten(person=person) if person in house.leaving:
            return replace(house, leaving=house.leaving.delete(person))
        case _:
            return house


def _moving(house: House, told: RoomMoved | MoveSettled | SuccessorMet, at: datetime) -> House:
    match told:
        case RoomMoved() if told.former not in house.former:
            return _moved(house, told, at)
        case MoveSettled(former=room) if (known := house.former.get(room)) is not None:
            return replace(house, former=house.former.set(room, replace(known, settled=True)))
        case SuccessorMet(key=key, former=former, room=room, doubt=doubt):
            return replace(house, successors=house.successors.set(room, Successor(key, former, doubt)))
        case _:
            return house


def _moved(house: House, moved: RoomMoved, at: datetime) -> House:
    keys, successors = house.keys.set(moved.room, moved.key), house.successors
    return replace(
        house,
        rooms=house.rooms.set(moved.key, Opened(moved.room, moved.version, at)),
        keys=keys.delete(moved.former) if moved.former in keys else keys,
        former=house.former.set(moved.former, Former(moved.key, moved.room)),
        successors=successors.delete(moved.room) if moved.room in successors else successors,
    )
