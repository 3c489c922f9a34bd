"""What is decided about a table of standing from another hall. Stream: ``<community>/table``.

`mark` is the table's own name.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from crewhall.ground.facts import Fact
from crewhall.ground.ids import CrewKey, RungKey, UserId


@dataclass(frozen=True, slots=True)
class Listed:
    """Where somebody stood in the hall that the table comes from, and since when; what they wore there."""

    person: UserId
    inside: datetime | None
    rungs: tuple[tuple[RungKey, datetime], ...] = ()
    hats: tuple[tuple[str, datetime], ...] = ()


@dataclass(frozen=True, slots=True)
class CrewListed:
    """A crew as it was there: when it began, who had seats, which leaves were open, how it ended."""

    key: CrewKey
    name: str
    private: bool
    listed: bool
    since: datetime
    seats: tuple[UserId, ...] = ()
    leaves: tuple[str, ...] = ()
    ended: Literal["kept", "read-only", "forgotten"] | None = None


@dataclass(frozen=True, slots=True)
class Moved(Fact):
    """The community was founded at that instant in another hall, and goes on here."""

    founded: datetime


@dataclass(frozen=True, slots=True)
class TableBrought(Fact):
    """The table of an export of that instant was brought along; it gives nobody anything yet."""

    mark: str
    at: datetime
    people: tuple[Listed, ...]
    crews: tuple[CrewListed, ...] = ()


@dataclass(frozen=True, slots=True)
class TableShown(Fact):
    """The table was shown to these keyholders, who can say yes to it."""

    mark: str
    people: tuple[UserId, ...]


@dataclass(frozen=True, slots=True)
class TableSaid(Fact):
    """A keyholder says yes or no to the table, in place of what they said before."""

    mark: str
    by: UserId
    word: Literal["yes", "no"]


@dataclass(frozen=True, slots=True)
class TableUnsaid(Fact):
    """A keyholder takes back what they said."""

    mark: str
    by: UserId


@dataclass(frozen=True, slots=True)
class TableAgreed(Fact):
    """Enough keyholders, `by`, said yes: who is listed and comes in is asked on to where they stood."""

    mark: str
    by: tuple[UserId, ...]


@dataclass(frozen=True, slots=True)
class AskedBack(Fact):
    """Somebody listed has come in: the keeper asks them on to these rungs, where they stood since then."""

    mark: str
    person: UserId
    rungs: tuple[tuple[RungKey, datetime], ...]


@dataclass(frozen=True, slots=True)
class TableOver(Fact):
    """The table counts no longer: not agreed to in time, or its year is over."""

    mark: str


ALL: tuple[type[Fact], ...] = (
    Moved,
    TableBrought,
    TableShown,
    TableSaid,
    TableUnsaid,
    TableAgreed,
    AskedBack,
    TableOver,
)
