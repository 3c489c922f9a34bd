"""What is known of introductions and visits, and what follows: who is a guest now. Frozen."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Final

from immutables import Map

from crewhall.door import Fact, Hall, Part, Stream, UserId, Writing
from crewhall_bridges.sister.bond import SISTERS, At, Link, is_closed
from crewhall_bridges.sister.visiting.facts import Ending

DRAFT: Final = timedelta(days=14)
"""How long a question waits: to have an introduction made, to speak for somebody, to host."""
KEPT: Final = timedelta(days=30)
"""How long something that is over is remembered."""


@dataclass(frozen=True, slots=True)
class Introduction:
    """One of our people's introductions. `seq` counts what was stated of it; 0 while it is only shown."""

    mark: str
    link: str
    person: UserId
    at: datetime
    speaker: UserId | None = None
    speaks: bool = False
    proof: str = ""
    since: str = ""
    until: date = date.min
    seq: int = 0
    over: datetime | None = None

    @property
    def speakers(self) -> tuple[UserId, ...]:
        """Who speaks for the person, with their own yes."""
        return (self.speaker,) if self.speaker is not None and self.speaks else ()


@dataclass(frozen=True, slots=True)
class Shown:
    """A word that was handed over and is not looked up yet."""

    link: str
    person: UserId
    introduction: str
    proof: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Visit:
    """A visit: asked for, then with a host until a day, then over. `told`: the guest knows that it is over.

    `longer` is the day until which they would like to stay. `cause` is what ended it. `out`: seen to be out.
    """

    mark: str
    link: str
    person: UserId
    asked: tuple[UserId, ...]
    at: datetime
    host: UserId | None = None
    rung: str = ""
    until: date = date.min
    longer: date | None = None
    over: datetime | None = None
    why: Ending = "date"
    cause: str = ""
    told: bool = False
    out: bool = False

    @property
    def runs(self) -> bool:
        """Whether its doors are open."""
        return self.host is not None and self.over is None


@dataclass(frozen=True, slots=True)
class Book:
    """All of it: `words` by link and person; `tried` when words were shown; `used` are introductions.

    `visits` are by their marks, `of` the latest of each person; `used` tells until when each would hold, and
    `swept` on which day those that hold no longer were last dropped from it. `crowded` tells of links when a
    word was refused last since too many waited.
    """

    version: int = 0
    introductions: Map[str, Introduction] = field(default_factory=Map)
    words: Map[tuple[str, UserId], Shown] = field(default_factory=Map)
    tried: tuple[tuple[UserId, datetime], ...] = ()
    used: Map[tuple[str, str], date] = field(default_factory=Map)
    swept: date = date.min
    visits: Map[str, Visit] = field(default_factory=Map)
    of: Map[UserId, str] = field(default_factory=Map)
    crowded: Map[str, datetime] = field(default_factory=Map)


BOOK = Part("sister-visits", Book())


def visit_of(hall: Hall, person: UserId) -> Visit | None:
    """Return somebody's latest visit, as long as it is remembered."""
    book = BOOK.of(hall)
    return book.visits.get(book.of.get(person, ""))


def under_way(hall: Hall) -> list[Visit]:
    """Return all visits whose doors are open, the one that ends first first."""
    runs = (one for one in BOOK.of(hall).visits.values() if one.runs)
    return sorted(runs, key=lambda one: (one.until, one.person))


def carried(hall: Hall, person: UserId) -> Iterator[tuple[Link, Introduction]]:
    """Yield the introductions that are stated for somebody and not over, each with its link."""
    for one in BOOK.of(hall).introductions.values():
        link = link_of(hall, one.link)
        if one.person == person and one.seq and one.over is None and link is not None:
            yield link, one


def link_of(hall: Hall, mark: str) -> Link | None:
    """Return a link by its own name."""
    return SISTERS.of(hall).links.get(mark)


def takes_guests(link: Link | None) -> bool:
    """Return whether those who are here may stay: neither side ended the link, nor closed the flow.

    A link that only rests takes no new guests, but sends nobody away.
    """
    if link is None or link.terms is None or link.theirs is None or link.ours.ended or link.theirs.ended:
        return False
    at: At = (link.me, "guests")
    shut = any(is_closed(side, at, link.terms) for side in (link.ours, link.theirs))
    return "guests" in link.terms.opens(link.me) and not shut


def proof_of(word: str, person: UserId) -> str:
    """Return what binds a carried word to who carries it: SHA-256 of both with a newline between, in hex."""
    return hashlib.sha256(f"{word}\n{person}".encode()).hexdigest()


def stream_of(hall: Hall) -> Stream:
    """Return where a community's introductions and visits are written."""
    return Stream(f"{hall.key}/visits")


def writes(hall: Hall, *facts: Fact) -> tuple[Writing, ...]:
    """Return facts decided on what is known now; the first insists on it."""
    expected = BOOK.of(hall).version
    return tuple(Writing(stream_of(hall), fact, None if n else expected) for n, fact in enumerate(facts))
