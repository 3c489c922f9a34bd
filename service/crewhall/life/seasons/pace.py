"""What is known of each person's pace: what they said last, and what they were asked. Frozen."""

from dataclasses import dataclass, field
from datetime import date, datetime

from immutables import Map

from crewhall.ground.facts import Fact, Stream, Writing
from crewhall.ground.hall import Hall, Part, Presence
from crewhall.ground.ids import UserId
from crewhall.ground.ladder import keys
from crewhall.life.seasons.facts import Energy


@dataclass(frozen=True, slots=True)
class Said:
    """A word on one's pace; `silent`: it stands for three questions without an answer."""

    energy: Energy
    at: datetime
    cause: str
    silent: bool = False


@dataclass(frozen=True, slots=True)
class Pace:
    """One person's. `said` holds the last few words, so that one can be taken back; the last one counts.

    `asks` are the instants at which the latest renewal was asked, `season` the last season that was asked
    about; `told` is when anything unasked was said last. `unsaid`: when a word was taken back last.
    """

    said: tuple[Said, ...] = ()
    asks: tuple[datetime, ...] = ()
    season: date | None = None
    told: datetime | None = None
    unsaid: datetime | None = None


@dataclass(frozen=True, slots=True)
class Paces:
    """Everybody's pace, and the version of the stream."""

    version: int = 0
    of: Map[UserId, Pace] = field(default_factory=Map)


PACES = Part("seasons", Paces())
_NONE = Pace()


def stream_of(hall: Hall) -> Stream:
    """Return where a community's questions and answers are written."""
    return Stream(f"{hall.key}/seasons")


def writes(hall: Hall, fact: Fact) -> tuple[Writing, ...]:
    """Return a fact decided on what is known now, and insisting on it."""
    return (Writing(stream_of(hall), fact, PACES.of(hall).version),)


def pace_of(hall: Hall, person: UserId) -> Pace:
    """Return somebody's pace."""
    return PACES.of(hall).of.get(person, _NONE)


def came(hall: Hall, person: UserId) -> Presence | None:
    """Return by what somebody came on to a rung last, of those they stand on; None if they stand on none."""
    found = [hall.standing[rung][person] for rung in keys(hall) if person in hall.standing.get(rung, ())]
    return max(found, key=lambda here: here.since, default=None)


def arrived(hall: Hall, person: UserId) -> datetime | None:
    """Return since when somebody is both inside and on the last rung they came on to."""
    here, inside = came(hall, person), hall.inside.get(person)
    return max(here.since, inside.since) if here is not None and inside is not None else None


def answered(pace: Pace) -> datetime | None:
    """Return when somebody said something last, silence apart."""
    return next((word.at for word in reversed(pace.said) if not word.silent), None)
