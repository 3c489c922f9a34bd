"""What is decided when somebody's way into the community is in question. Stream: ``<community>/safety``.

`mark` is a question's own name. Nothing here holds words of people: why somebody asks is passed on only.
"""

from dataclasses import dataclass
from datetime import datetime

from crewhall.ground.facts import Fact
from crewhall.ground.ids import RungKey, UserId
from crewhall.ground.rounds import Word


@dataclass(frozen=True, slots=True)
class RemovalAsked(Fact):
    """The question whether `person` shall be put out is open, and who decides is fixed.

    `entitled` are those of the group `of`; `needed` of them must say yes, and it lasts until `closes`.
    """

    mark: str
    person: UserId
    by: UserId
    of: str
    entitled: tuple[UserId, ...]
    needed: int
    closes: datetime


@dataclass(frozen=True, slots=True)
class RemovalSaid(Fact):
    """Somebody entitled says yes or no, in place of what they said before."""

    mark: str
    by: UserId
    word: Word


@dataclass(frozen=True, slots=True)
class RemovalUnsaid(Fact):
    """Somebody entitled takes back what they said."""

    mark: str
    by: UserId


@dataclass(frozen=True, slots=True)
class RemovalAnswered(Fact):
    """The person concerned has answered; what they said was passed on."""

    mark: str
    person: UserId


@dataclass(frozen=True, slots=True)
class RemovalWithdrawn(Fact):
    """The question is taken back."""

    mark: str
    by: UserId


@dataclass(frozen=True, slots=True)
class RemovalRefused(Fact):
    """The question closed without enough who say yes (or it would have left nobody with the key)."""

    mark: str


@dataclass(frozen=True, slots=True)
class Removed(Fact):
    """Enough of those who decide said yes, and the time is over: the doors are closed. `yes` of `asked`."""

    mark: str
    person: UserId
    yes: int
    asked: int


@dataclass(frozen=True, slots=True)
class ReadmitAsked(Fact):
    """Somebody would like a removal to end; one of `entitled` must say so too until `closes`."""

    mark: str
    person: UserId
    by: UserId
    entitled: tuple[UserId, ...]
    closes: datetime


@dataclass(frozen=True, slots=True)
class ReadmitUnasked(Fact):
    """The question is taken back, or closed without a second voice (`by` nobody)."""

    mark: str
    by: UserId | None = None


@dataclass(frozen=True, slots=True)
class Readmitted(Fact):
    """Two who are entitled have ended a removal: the person is invited into the community again."""

    mark: str
    person: UserId
    by: tuple[UserId, ...]


@dataclass(frozen=True, slots=True)
class PauseAsked(Fact):
    """A keyholder asks for a pause of `days`; one of `entitled` must say so too until `closes`."""

    mark: str
    person: UserId
    by: UserId
    entitled: tuple[UserId, ...]
    days: int
    closes: datetime


@dataclass(frozen=True, slots=True)
class PauseUnasked(Fact):
    """The question is taken back, or closed without a second keyholder (`by` nobody)."""

    mark: str
    by: UserId | None = None


@dataclass(frozen=True, slots=True)
class Paused(Fact):
    """Two keyholders have closed the doors until `until`; `review` is when they look at it again.

    `rungs` are the spaces in which the person was or was awaited, ``anyone`` for the community's own.
    """

    mark: str
    person: UserId
    by: tuple[UserId, ...]
    until: datetime
    review: datetime
    rungs: tuple[RungKey, ...]


@dataclass(frozen=True, slots=True)
class PauseExplained(Fact):
    """One of those who paused has told why; it was passed on to the person."""

    mark: str
    by: UserId


@dataclass(frozen=True, slots=True)
class PauseReviewAsked(Fact):
    """It is time to look at the pause again; `asked` are those who paused and the other keyholders."""

    mark: str
    asked: tuple[UserId, ...]


@dataclass(frozen=True, slots=True)
class PauseKept(Fact):
    """Somebody has looked at the pause again and leaves it as it is."""

    mark: str
    by: UserId


@dataclass(frozen=True, slots=True)
class PauseEnded(Fact):
    """The pause is over, by its time (`by` nobody) or by somebody: the person is invited again."""

    mark: str
    person: UserId
    by: UserId | None = None


ALL: tuple[type[Fact], ...] = (
    RemovalAsked,
    RemovalSaid,
    RemovalUnsaid,
    RemovalAnswered,
    RemovalWithdrawn,
    RemovalRefused,
    Removed,
    ReadmitAsked,
    ReadmitUnasked,
    Readmitted,
    PauseAsked,
    PauseUnasked,
    Paused,
    PauseExplained,
    PauseReviewAsked,
    PauseKept,
    PauseEnded,
)
