"""A round: a question put to people who are fixed when it opens, with what they have said so far. Pure.

Nobody's silence is a yes: a round that needs others passes only with as many of them as it was opened for.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from math import ceil
from typing import Literal

from immutables import Map

from crewhall.ground.ids import UserId

Word = Literal["yes", "no"]
Result = Literal["open", "passed", "failed"]


@dataclass(frozen=True, slots=True)
class Round:
    """Who is entitled, how many of them must say yes, when it closes at the latest.

    `stops`: a single no holds it up until it is taken back; otherwise a no only counts as no yes. `waits`:
    it stays open until `closes` even if enough have said yes, so that everybody can speak. `said` tells
    each one's word and the cause (event) by which it came.
    """

    mark: str
    entitled: frozenset[UserId]
    needed: int
    opened: datetime
    closes: datetime
    stops: bool = True
    waits: bool = False
    said: Map[UserId, tuple[Word, str]] = field(default_factory=Map)

    @property
    def yes(self) -> tuple[UserId, ...]:
        """Who said yes, in order of name."""
        return self._who("yes")

    @property
    def no(self) -> tuple[UserId, ...]:
        """Who said no, in order of name."""
        return self._who("no")

    def says(self, person: UserId, word: Word, cause: str) -> "Round":
        """Return the round with somebody's word, in place of what they said before."""
        return replace(self, said=self.said.set(person, (word, cause)))

    def takes_back(self, person: UserId) -> "Round":
        """Return the round without somebody's word."""
        return replace(self, said=self.said.delete(person)) if person in self.said else self

    def without(self, person: UserId) -> "Round":
        """Return the round without the word of somebody who is no longer entitled; what is needed stays."""
        return replace(self.takes_back(person), entitled=self.entitled - {person})

    def result(self, now: datetime) -> Result:
        """Return what has come of it. A held-up round is not passed, and fails when it closes."""
        enough = len(self.yes) >= self.needed and not (self.stops and self.no)
        everybody = self.entitled <= set(self.yes)
        if enough and (everybody or now >= self.closes or not self.waits):
            return "passed"
        return "failed" if now >= self.closes else "open"

    def _who(self, wanted: Word) -> tuple[UserId, ...]:
        return tuple(sorted(person for person, (word, _) in self.said.items() if word == wanted))


def some(entitled: Iterable[UserId], others: int) -> int:
    """Return how many must say yes where `others` are wished: where fewer are entitled, all of those."""
    return min(others, len(set(entitled)))


def share(entitled: Iterable[UserId], percent: int) -> int:
    """Return how many are at least `percent` of all who are entitled; one at the least."""
    return max(1, ceil(len(set(entitled)) * percent / 100))
