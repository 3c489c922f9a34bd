"""What is known of removals and pauses: open questions, what came of each, whose doors are closed. Frozen."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from immutables import Map

from crewhall.ground.facts import Fact, Stream, Writing
from crewhall.ground.hall import Hall, Part, Presence
from crewhall.ground.ids import RungKey, UserId
from crewhall.ground.rounds import Round
from crewhall.life.safety.facts import PauseAsked, ReadmitAsked, RemovalAsked

State = Literal["open", "passed", "failed", "withdrawn"]


@dataclass(frozen=True, slots=True)
class Removal:
    """A question whether somebody shall be put out. `answers`: how often they have answered."""

    mark: str
    person: UserId
    by: UserId
    of: str
    round: Round
    state: State = "open"
    ended: datetime | None = None
    answers: int = 0


@dataclass(frozen=True, slots=True)
class Second:
    """What one person asks for and a second must say too: a pause (of `days`), or the end of a removal."""

    mark: str
    person: UserId
    by: UserId
    entitled: tuple[UserId, ...]
    closes: datetime
    days: int = 0


@dataclass(frozen=True, slots=True)
class Before:
    """What somebody had when a pause began: hats, the spaces they were in, doors closed already."""

    hats: Map[str, Presence] = field(default_factory=Map)
    spaces: frozenset[RungKey] = frozenset()
    unwelcome: frozenset[RungKey] = frozenset()


@dataclass(frozen=True, slots=True)
class Pause:
    """A pause. `here` is when and why the doors closed; `told`: the person has heard the reason."""

    mark: str
    person: UserId
    by: tuple[UserId, ...]
    here: Presence
    until: datetime
    review: datetime
    rungs: tuple[RungKey, ...]
    before: Before = Before()
    told: bool = False
    reviewed: tuple[UserId, ...] = ()
    kept: frozenset[UserId] = frozenset()
    ended: datetime | None = None


@dataclass(frozen=True, slots=True)
class Out:
    """Somebody's removal: since when, and how many of those who decided said yes."""

    here: Presence
    yes: int
    asked: int


@dataclass(frozen=True, slots=True)
class Safety:
    """All removals and pauses by mark, and the latest of each person; what waits for a second voice."""

    version: int = 0
    removals: Map[str, Removal] = field(default_factory=Map)
    removal_of: Map[UserId, str] = field(default_factory=Map)
    open: frozenset[str] = frozenset()
    seconds: Map[str, Second] = field(default_factory=Map)
    pauses: Map[str, Pause] = field(default_factory=Map)
    pause_of: Map[UserId, str] = field(default_factory=Map)
    running: frozenset[str] = frozenset()
    out: Map[UserId, Out] = field(default_factory=Map)


SAFETY = Part("safety", Safety())


def stream_of(hall: Hall) -> Stream:
    """Return where a community's removals and pauses are written."""
    return Stream(f"{hall.key}/safety")


def writes(hall: Hall, *facts: Fact) -> tuple[Writing, ...]:
    """Return facts decided on what is known now; the first insists on it."""
    expected = SAFETY.of(hall).version
    return tuple(Writing(stream_of(hall), fact, None if n else expected) for n, fact in enumerate(facts))


def removal_begun(fact: RemovalAsked, at: datetime) -> Removal:
    """Return the question that a fact opens: a no stops nothing, and it waits until its time is over."""
    asked = Round(fact.mark, frozenset(fact.entitled), fact.needed, at, fact.closes, stops=False, waits=True)
    return Removal(fact.mark, fact.person, fact.by, fact.of, asked)


def second_begun(fact: PauseAsked | ReadmitAsked) -> Second:
    """Return what waits for a second voice because of a fact."""
    days = fact.days if isinstance(fact, PauseAsked) else 0
    return Second(fact.mark, fact.person, fact.by, fact.entitled, fact.closes, days)


def removal_about(hall: Hall, person: UserId) -> Removal | None:
    """Return the last question about somebody, however it ended."""
    safety = SAFETY.of(hall)
    mark = safety.removal_of.get(person)
    return safety.removals[mark] if mark is not None else None


def open_about(hall: Hall, person: UserId) -> Removal | None:
    """Return the open question about somebody."""
    last = removal_about(hall, person)
    return last if last is not None and last.state == "open" else None


def pause_about(hall: Hall, person: UserId) -> Pause | None:
    """Return somebody's last pause, over or not."""
    safety = SAFETY.of(hall)
    mark = safety.pause_of.get(person)
    return safety.pauses[mark] if mark is not None else None


def running_about(hall: Hall, person: UserId) -> Pause | None:
    """Return the pause that holds for somebody now."""
    last = pause_about(hall, person)
    return last if last is not None and last.ended is None else None


def pause_asked(hall: Hall, person: UserId, at: datetime) -> Second | None:
    """Return the pause of somebody that waits for a second keyholder."""
    return next((one for one in _waiting(hall, person, at) if one.days), None)


def readmit_asked(hall: Hall, person: UserId, at: datetime) -> Second | None:
    """Return the end of a removal that waits for a second voice."""
    return next((one for one in _waiting(hall, person, at) if not one.days), None)


def _waiting(hall: Hall, person: UserId, at: datetime) -> list[Second]:
    found = SAFETY.of(hall).seconds
    return [one for _, one in sorted(found.items()) if one.person == person and at < one.closes]
