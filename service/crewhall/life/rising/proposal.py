"""What is known of proposals and of questions about staying: the open ones, what came of each. Frozen."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from immutables import Map

from crewhall.ground.facts import Fact, Stream, Writing
from crewhall.ground.hall import Hall, Part
from crewhall.ground.ids import RungKey, UserId
from crewhall.life.rising.facts import KeepingAsked, Proposed

State = Literal["open", "given", "withdrawn", "lapsed"]


@dataclass(frozen=True, slots=True)
class Asking:
    """Somebody is about to propose somebody: `by`, for which rung, by which event and when.

    `me` is the keeper.
    """

    rung: RungKey
    person: UserId
    by: UserId
    cause: str
    at: datetime
    me: UserId


@dataclass(frozen=True, slots=True)
class Word:
    """A vouch or an objection: since when, and by which cause."""

    since: datetime
    cause: str


@dataclass(frozen=True, slots=True)
class Proposal:
    """One question. `stopped`: since when an objection has the clock stand; `ended`: when it was decided."""

    mark: str
    rung: RungKey
    person: UserId
    by: UserId
    vouchers: tuple[UserId, ...]
    consenters: tuple[UserId, ...]
    needed: int
    closes: datetime
    waits: bool
    wants_met: bool
    since: datetime
    cause: str
    met: str = ""
    vouches: Map[UserId, Word] = field(default_factory=Map)
    objections: Map[UserId, Word] = field(default_factory=Map)
    stopped: datetime | None = None
    state: State = "open"
    ended: datetime | None = None
    vouched: tuple[UserId, ...] = ()

    @property
    def electorate(self) -> tuple[UserId, ...]:
        """Everybody who has a say."""
        return tuple(sorted({*self.vouchers, *self.consenters}))


@dataclass(frozen=True, slots=True)
class Keeping:
    """One question whether somebody stays on a rung, put to `vouchers`; `needed` vouches must stand."""

    mark: str
    rung: RungKey
    person: UserId
    vouchers: tuple[UserId, ...]
    needed: int
    closes: datetime
    since: datetime
    ended: datetime | None = None
    failed: bool = False


Place = tuple[RungKey, UserId]
"""Somebody's standing, or standing to be, on one rung."""


@dataclass(frozen=True, slots=True)
class Rising:
    """All proposals by mark, the latest of each person for each rung, and by whom people were brought.

    `keepings` and `last_kept` are the same for questions about staying. `backing` are the vouches
    that somebody was invited by and has been given since; `going` those on the way out who know it.
    """

    version: int = 0
    all: Map[str, Proposal] = field(default_factory=Map)
    open: frozenset[str] = frozenset()
    latest: Map[Place, str] = field(default_factory=Map)
    brought: Map[UserId, frozenset[UserId]] = field(default_factory=Map)
    keepings: Map[str, Keeping] = field(default_factory=Map)
    asking: frozenset[str] = frozenset()
    last_kept: Map[Place, str] = field(default_factory=Map)
    backing: Map[Place, Map[UserId, Word]] = field(default_factory=Map)
    going: frozenset[Place] = frozenset()


RISING = Part("rising", Rising())


def begun(fact: Proposed, at: datetime, cause: str) -> Proposal:
    """Return the question that a fact opens."""
    return Proposal(
        mark=fact.mark,
        rung=fact.rung,
        person=fact.person,
        by=fact.by,
        vouchers=fact.vouchers,
        consenters=fact.consenters,
        needed=fact.needed,
        closes=fact.closes,
        waits=fact.waits,
        wants_met=fact.wants_met,
        since=at,
        cause=cause,
    )


def asked_anew(fact: KeepingAsked, at: datetime) -> Keeping:
    """Return the question about staying that a fact opens."""
    return Keeping(
        mark=fact.mark,
        rung=fact.rung,
        person=fact.person,
        vouchers=fact.vouchers,
        needed=fact.needed,
        closes=fact.closes,
        since=at,
    )


def stream_of(hall: Hall) -> Stream:
    """Return where a community's proposals are written."""
    return Stream(f"{hall.key}/rise")


def writes(hall: Hall, *facts: Fact) -> tuple[Writing, ...]:
    """Return facts decided on what is known now; the first insists on it."""
    expected = RISING.of(hall).version
    return tuple(Writing(stream_of(hall), fact, None if n else expected) for n, fact in enumerate(facts))


def latest(hall: Hall, rung: RungKey, person: UserId) -> Proposal | None:
    """Return the last proposal of a person for a rung, however it ended."""
    rising = RISING.of(hall)
    mark = rising.latest.get((rung, person))
    return rising.all[mark] if mark is not None else None


def open_for(hall: Hall, person: UserId) -> tuple[Proposal, ...]:
    """Return the open proposals of a person."""
    rising = RISING.of(hall)
    found = (rising.all[mark] for mark in sorted(rising.open))
    return tuple(proposal for proposal in found if proposal.person == person)
