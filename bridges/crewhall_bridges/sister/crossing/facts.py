"""What is decided on seats for people of sisters, and read of theirs. Stream: ``<community>/sister-calls``.

`call` is a call's own name, the same for all calls of a crew; `question` that of the question about one. `to`
and `marks` are links by their own names. Texts in here are names and agreements of crews, as they are stated.
"""

from dataclasses import dataclass
from datetime import date, datetime

from crewhall.door import Fact, RoomKey, UserId


@dataclass(frozen=True, slots=True)
class CallAsked(Fact):
    """A member would have the crew call people of sisters; all `entitled` must say yes until `closes`.

    `care` would take care on our side, and is among the entitled.
    """

    call: str
    question: str
    room: RoomKey
    by: UserId
    care: UserId
    to: tuple[str, ...]
    agreements: str
    until: date
    entitled: tuple[UserId, ...]
    closes: datetime


@dataclass(frozen=True, slots=True)
class CallSaid(Fact):
    """Somebody entitled says yes to the call, or takes that yes back."""

    call: str
    question: str
    by: UserId
    yes: bool = True


@dataclass(frozen=True, slots=True)
class CallDropped(Fact):
    """The question is over, and the crew calls nobody because of it."""

    call: str
    question: str


@dataclass(frozen=True, slots=True)
class CallOpened(Fact):
    """The crew calls people of these sisters, as `by` asked; it takes the place of the crew's call before it.

    `care` takes care on our side, `theirs` on those of the sisters (by link).
    """

    call: str
    room: RoomKey
    by: UserId
    to: tuple[str, ...]
    name: str
    agreements: str
    seats: int
    until: date
    care: UserId
    theirs: tuple[tuple[str, UserId], ...]


@dataclass(frozen=True, slots=True)
class CallRestated(Fact):
    """The crew has another name or other free seats than its call states."""

    call: str
    name: str
    seats: int


@dataclass(frozen=True, slots=True)
class CallClosed(Fact):
    """The crew no longer calls people of these sisters. `by` is None where nobody had to say so."""

    call: str
    marks: tuple[str, ...]
    by: UserId | None


@dataclass(frozen=True, slots=True)
class SisterCalls(Fact):
    """A crew of the sister (`mark`) calls our people, or no longer does (`closed`)."""

    mark: str
    call: str
    seq: int
    name: str
    agreements: str
    seats: int
    until: date
    contact: UserId
    closed: bool


@dataclass(frozen=True, slots=True)
class CallTold(Fact):
    """A call of the sister (`mark`) was told to our people, in a room of theirs."""

    mark: str
    call: str


ALL: tuple[type[Fact], ...] = (
    CallAsked,
    CallSaid,
    CallDropped,
    CallOpened,
    CallRestated,
    CallClosed,
    SisterCalls,
    CallTold,
)
