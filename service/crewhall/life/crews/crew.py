"""A crew as its facts tell it, and the shelf on which a hall keeps its crews."""

from dataclasses import dataclass, field
from datetime import datetime

from immutables import Map

from crewhall.ground import ids, names
from crewhall.ground.facts import Fact, Stream, Writing
from crewhall.ground.hall import Hall, Part
from crewhall.ground.ids import CommunityKey, CrewKey, RoomKey, UserId
from crewhall.life.crews.facts import How

MILDEST: tuple[How, ...] = ("kept", "read-only", "forgotten")
"""Ways to end, the mildest first."""


@dataclass(frozen=True, slots=True)
class Offer:
    """A seat held for somebody: who holds it for them, since when, by which cause."""

    by: UserId
    since: datetime
    cause: str


@dataclass(frozen=True, slots=True)
class Seat:
    """A seat taken: since when, and the offer it came from (None if that was never heard of)."""

    since: datetime
    offer: Offer | None


@dataclass(frozen=True, slots=True)
class Ask:
    """Somebody waits for the members' yes; `yes` tells who gave it, by which cause.

    `called`: they asked while the crew called the people of their server.
    """

    since: datetime
    cause: str
    knocked: bool = False
    called: bool = False
    yes: Map[UserId, str] = field(default_factory=Map)


@dataclass(frozen=True, slots=True)
class Said:
    """A member's answer on how the crew shall end, and the cause it came by."""

    how: How
    cause: str


@dataclass(frozen=True, slots=True)
class Ending:
    """The members are asked how the crew shall end."""

    by: UserId
    since: datetime
    until: datetime
    cause: str
    answers: Map[UserId, Said] = field(default_factory=Map)


@dataclass(frozen=True, slots=True)
class Leaf:
    """A leaf that was opened once. `people` consented to it and have had their seats since: it is theirs.

    `since` and `cause` tell when and why it last opened or shut, `by` who closed it. `rooms` are all that it
    ever had.
    """

    open: bool
    people: frozenset[UserId]
    rooms: frozenset[str]
    since: datetime
    cause: str
    by: UserId | None = None


@dataclass(frozen=True, slots=True)
class Question:
    """All members are asked to open a leaf. `by` is None where it asks itself again; `yes` as in `Ask`."""

    leaf: str
    by: UserId | None
    since: datetime
    until: datetime
    cause: str
    yes: Map[UserId, str] = field(default_factory=Map)

    @property
    def mark(self) -> str:
        """The question's own name."""
        return names.digest(f"leaf:{self.cause}:{self.leaf}")


@dataclass(frozen=True, slots=True)
class Crew:
    """One crew. `left` are those who had a seat or an offer and gave it up; `heard` all causes recorded.

    `shut_out` are those whose presence in the room would be against a recorded act: who left, who declined,
    who was invited past the rule. `again` are leaves that ask for everybody's yes anew by themselves, because
    somebody came in; `away` who went out of the crew's space or a leaf's room (by the end of its key) alone.
    """

    hall: CommunityKey
    key: CrewKey
    name: str
    by: UserId
    keeper: UserId
    private: bool
    listed: bool
    since: datetime
    cause: str
    version: int
    seats: Map[UserId, Seat] = field(default_factory=Map)
    offers: Map[UserId, Offer] = field(default_factory=Map)
    asks: Map[UserId, Ask] = field(default_factory=Map)
    left: Map[UserId, datetime] = field(default_factory=Map)
    shut_out: frozenset[UserId] = frozenset()
    ending: Ending | None = None
    ended: How | None = None
    ended_at: datetime | None = None
    heard: frozenset[str] = frozenset()
    leaves: Map[str, Leaf] = field(default_factory=Map)
    question: Question | None = None
    again: frozenset[str] = frozenset()
    away: Map[str, frozenset[UserId]] = field(default_factory=Map)

    @property
    def room(self) -> RoomKey:
        """The key of the crew's own room."""
        return ids.crew_room(self.hall, self.key)

    @property
    def space(self) -> RoomKey:
        """The key of the crew's own space, which is there once a leaf was opened."""
        return ids.crew_space(self.hall, self.key)

    @property
    def opened(self) -> frozenset[str]:
        """The leaves that are open."""
        return frozenset(key for key, leaf in self.leaves.items() if leaf.open)

    @property
    def members(self) -> frozenset[UserId]:
        """Everybody who has a seat."""
        return frozenset(self.seats)

    @property
    def held(self) -> int:
        """Seats that are taken or held for somebody."""
        return len(self.seats) + len(self.offers)

    def holds(self, place: RoomKey | None) -> bool:
        """Return whether a place is one of the crew's own rooms."""
        return place is not None and (place == self.room or place.startswith(f"{self.room}/"))

    def writes(self, *facts: Fact) -> tuple[Writing, ...]:
        """Return facts for this crew's stream, decided on what is known now."""
        return writes(self.hall, self.key, self.version, *facts)


@dataclass(frozen=True, slots=True)
class Crews:
    """All crews of a hall, by key, by person, by how the name looks; what waits for time or for a yes.

    `listing` holds the living listed crews in order of name, `deep` those that ever opened a leaf.
    """

    all: Map[CrewKey, Crew] = field(default_factory=Map)
    of: Map[UserId, frozenset[CrewKey]] = field(default_factory=Map)
    named: Map[str, frozenset[CrewKey]] = field(default_factory=Map)
    open: frozenset[CrewKey] = frozenset()
    listing: tuple[tuple[str, CrewKey], ...] = ()
    deep: frozenset[CrewKey] = frozenset()


CREWS = Part("crews", Crews())


def crew_at(hall: Hall, place: RoomKey | None) -> Crew | None:
    """Return the crew whose room this is, one that a leaf opened included; ended ones too."""
    match (place or "").split("/"):
        case [hall.key, "crew", key, *_]:
            return CREWS.of(hall).all.get(CrewKey(key))
        case _:
            return None


def writes(hall: CommunityKey, key: CrewKey, expected: int, *facts: Fact) -> tuple[Writing, ...]:
    """Return facts for a crew's stream; the first of them insists on the version it was decided on."""
    stream = Stream(ids.crew_room(hall, key))
    return tuple(Writing(stream, fact, None if n else expected) for n, fact in enumerate(facts))
