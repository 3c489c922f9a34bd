"""What is known of calls, ours and those of sisters, and what follows: whom our crews welcome now. Frozen."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final

from immutables import Map

from crewhall.door import Fact, Hall, Part, RoomKey, Stream, UserId, Writing, names
from crewhall_bridges.sister.bond import SISTERS, Link, is_open
from crewhall_bridges.sister.crossing.facts import CallAsked
from crewhall_bridges.sister.wire import Flow

CREWS: Final[Flow] = "crews"
"""The flow without which no seat is offered, and none is told of."""
OURS: Final = ""
"""Our own side, where a link could be named."""


@dataclass(frozen=True, slots=True)
class Stated:
    """A call as one letterbox states it."""

    seq: int
    name: str
    agreements: str
    seats: int
    until: date
    contact: UserId
    closed: bool = False


@dataclass(frozen=True, slots=True)
class Question:
    """Members, and who would take care, are asked about a call; `said` tells who said yes, by which cause."""

    asked: CallAsked
    cause: str
    said: Map[UserId, str]


@dataclass(frozen=True, slots=True)
class Call:
    """What one crew offers to sisters: what we state, by link; what is asked; who takes care.

    `care` is by link, or `OURS`. `cause` is what opened it last.
    """

    mark: str
    room: RoomKey
    sides: Map[str, Stated] = field(default_factory=Map)
    question: Question | None = None
    agreements: str = ""
    care: Map[str, UserId] = field(default_factory=Map)
    cause: str = ""

    @property
    def open(self) -> tuple[str, ...]:
        """The links towards which it is open."""
        return tuple(sorted(mark for mark, side in self.sides.items() if not side.closed))


@dataclass(frozen=True, slots=True)
class Calls:
    """All calls: `ours` by crew's room, `theirs` by link and name; `lately` when those of a link changed.

    `told` are those of each link of which our people were told, and when.
    """

    version: int = 0
    ours: Map[RoomKey, Call] = field(default_factory=Map)
    theirs: Map[str, Map[str, Stated]] = field(default_factory=Map)
    lately: Map[str, tuple[datetime, ...]] = field(default_factory=Map)
    told: Map[str, Map[str, datetime]] = field(default_factory=Map)


CALLS = Part("sister-calls", Calls())


def mark_of(room: RoomKey) -> str:
    """Return the name of a crew's call: nothing of the crew can be read from it."""
    return names.digest(f"sister-call:{room}")


def call_of(hall: Hall, mark: str) -> Call | None:
    """Return a call by its own name."""
    return next((call for call in CALLS.of(hall).ours.values() if call.mark == mark), None)


def link_of(hall: Hall, mark: str) -> Link | None:
    """Return a link by its own name."""
    return SISTERS.of(hall).links.get(mark)


def gives(hall: Hall, mark: str, now: datetime) -> bool:
    """Return whether seats may be offered to a sister now."""
    link = link_of(hall, mark)
    return link is not None and is_open(link, "out", CREWS, now)


def stream_of(hall: Hall) -> Stream:
    """Return where a community's calls are written."""
    return Stream(f"{hall.key}/sister-calls")


def writes(hall: Hall, *facts: Fact) -> tuple[Writing, ...]:
    """Return facts decided on what is known now; the first insists on it."""
    expected = CALLS.of(hall).version
    return tuple(Writing(stream_of(hall), fact, None if n else expected) for n, fact in enumerate(facts))
