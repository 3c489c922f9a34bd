"""What is known of hats beyond who wears them: offers, terms, understudies, who is away. Frozen."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

from immutables import Map

from crewhall.charter.model import Hat
from crewhall.ground.facts import Fact, Stream, Writing
from crewhall.ground.hall import Hall, Part, Presence
from crewhall.ground.ids import UserId
from crewhall.ground.rounds import Round
from crewhall.ground.seasons import later
from crewhall.ground.worn import wearers
from crewhall.life.hats.facts import HatOffered

State = Literal["open", "asked", "taken", "withdrawn", "lapsed"]


@dataclass(frozen=True, slots=True)
class Offer:
    """A hat offered to somebody. `round`: those who can object, None if the person was asked at once.

    `closes`: until when they can, and once the person is asked, until when a yes counts.
    """

    mark: str
    hat: str
    person: UserId
    by: UserId
    round: Round | None
    closes: datetime
    state: State = "open"


@dataclass(frozen=True, slots=True)
class Term:
    """How long somebody wears a hat, and who offered it (nobody: from the founding).

    `asked`: how often they were asked since it ended, last at `asked_at`. `rotating`: since when they look
    for somebody to hand it on to.
    """

    by: UserId | None
    until: datetime
    asked: int = 0
    asked_at: datetime | None = None
    rotating: datetime | None = None


@dataclass(frozen=True, slots=True)
class Request:
    """A wearer's question whether `person` would be understudy."""

    mark: str
    hat: str
    person: UserId
    by: UserId
    closes: datetime
    taken: bool = False


@dataclass(frozen=True, slots=True)
class Absence:
    """Somebody's announced absence: first day away, first day back if known. `here`: when it was said."""

    begins: date
    ends: date | None
    here: Presence
    reminded: bool = False
    begun: bool = False

    def holds(self, day: date) -> bool:
        """Return whether they are away on a day."""
        return self.begins <= day and (self.ends is None or day < self.ends)


@dataclass(frozen=True, slots=True)
class Hats:
    """All offers and requests by mark (`live` are those not ended), terms and understudies by hat.

    `lost` are hats that somebody has lost with their standing and has not been told of; `outside` whose
    leaving with the only key has been told, by the cause of the leaving.
    """

    version: int = 0
    offers: Map[str, Offer] = field(default_factory=Map)
    live: frozenset[str] = frozenset()
    terms: Map[str, Map[UserId, Term]] = field(default_factory=Map)
    requests: Map[str, Request] = field(default_factory=Map)
    learning: Map[str, Map[UserId, UserId]] = field(default_factory=Map)
    away: Map[UserId, Absence] = field(default_factory=Map)
    lost: Map[UserId, Map[str, Presence]] = field(default_factory=Map)
    outside: Map[UserId, str] = field(default_factory=Map)


HATS = Part("hats", Hats())


def stream_of(hall: Hall) -> Stream:
    """Return where a community's hats are written."""
    return Stream(f"{hall.key}/hats")


def writes(hall: Hall, *facts: Fact) -> tuple[Writing, ...]:
    """Return facts decided on what is known now; the first insists on it."""
    expected = HATS.of(hall).version
    return tuple(Writing(stream_of(hall), fact, None if n else expected) for n, fact in enumerate(facts))


def begun(fact: HatOffered, at: datetime) -> Offer:
    """Return the offer that a fact makes: a single objection holds it up, and it waits for all its days."""
    entitled = frozenset(fact.entitled)
    asked = Round(fact.mark, entitled, 0, at, fact.closes, waits=True) if entitled else None
    return Offer(fact.mark, fact.hat, fact.person, fact.by, asked, fact.closes)


def term_of(hall: Hall, hat: Hat, person: UserId) -> Term:
    """Return how long a wearer wears a hat; what began with the founding ends a term after that."""
    known = HATS.of(hall).terms.get(hat.key, Map()).get(person)
    if known is not None:
        return known
    here = wearers(hall, hat.key).get(person)
    return Term(None, later(here.since if here is not None else hall.founded, hat.term_months))


def live_offers(hall: Hall, hat: str | None = None, person: UserId | None = None) -> Iterable[Offer]:
    """Return the offers that have not ended: of one hat, to one person, or all."""
    known = HATS.of(hall)
    for mark in sorted(known.live):
        offer = known.offers[mark]
        if hat in {None, offer.hat} and person in {None, offer.person}:
            yield offer


def understudies(hall: Hall, hat: str) -> tuple[UserId, ...]:
    """Return a hat's understudies who are still inside and do not wear it, in order of name."""
    learning = HATS.of(hall).learning.get(hat, Map())
    return tuple(sorted(p for p in learning if p in hall.inside and p not in wearers(hall, hat)))
