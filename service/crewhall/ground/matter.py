"""Matters: facts that count only while something is open, and how long they are kept after that. Pure.

A question that came to nothing binds nobody; who said what to one that was decided no longer matters once
it is. Consents and decisions are no matter: they stay as long as they bind.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from crewhall.ground.facts import Fact, Recorded

_Kinds = tuple[type[Fact], ...]
_BOUND: Final = -1


@dataclass(frozen=True, slots=True)
class Terms:
    """How long what is over is kept: what is `private`, and all else that is `closed`."""

    private: timedelta = timedelta(days=1)
    closed: timedelta = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Matter:
    """Facts of one stream that belong together by the fields `by`.

    `facts` count until one of `over` (which goes with them) or of `closed` (which stays); after one of
    `binds` all of them stay. A kind in both `facts` and `closed` closes what was before it. `private`: for
    the eyes of a few. `remembered`: for how long the rules still look back at it.
    """

    facts: _Kinds = ()
    over: _Kinds = ()
    closed: _Kinds = ()
    binds: _Kinds = ()
    by: tuple[str, ...] = ("mark",)
    private: bool = False
    remembered: timedelta = timedelta()

    def past(self, records: Iterable[Recorded], terms: Terms, now: datetime) -> Iterator[frozenset[int]]:
        """Yield what is past its term: the records of one question at a time, by their numbers."""
        before = now - max(terms.private if self.private else terms.closed, self.remembered)
        pending: dict[tuple[object, ...], list[int]] = {}
        for record in records:
            kind, fact = type(record.fact), record.fact
            key = (record.stream, *(getattr(fact, name, None) for name in self.by))
            if kind in self.binds:
                pending[key] = [_BOUND]
            elif kind in (*self.over, *self.closed):
                found = pending.pop(key, [])
                if kind in self.over:
                    found = [*found, record.seq]
                if found and _BOUND not in found and record.at < before:
                    yield frozenset(found)
                if kind in self.facts:
                    pending[key] = [record.seq]
            elif kind in self.facts:
                pending.setdefault(key, []).append(record.seq)
