"""Notices, by the numbers of the others, that the homeserver has left a transaction behind.

Synapse 1.163 (`appservice/scheduler.py`) numbers transactions one after the other. When a service that was
away is back, it sends what has waited, looks whether anything is left, and then notes that the service is
there. What it writes down between the last two is sent by nobody, until the service is away once more: then
all that waits is sent, the oldest first. So the first transaction behind a gap is refused, though it is
stored, and what is missing comes.

The specification promises nothing of ids: where they are no numbers, nothing is ever missed. Where other
services take numbers of the same row (Synapse on PostgreSQL) most gaps mean nothing: who has asked in vain
asks again after growing rests.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from crewhall.ground.waiting import growing

FIRST_REST: Final = timedelta(minutes=1)
LONGEST_REST: Final = timedelta(hours=1)
FURTHEST: Final = 1_000
"""A leap beyond this is no gap: the ids are times, or something else."""
_DIGITS: Final = 18


@dataclass(frozen=True, slots=True)
class Numbers:
    """What was seen of the numbers: the `newest`; the first that was `missed` and not asked for yet.

    `asked` are those that were asked for last, `vain` how often in a row that was in vain; nothing is asked
    for before `rests`. `behind`: something before the one seen last is to be asked for now.
    """

    newest: int | None = None
    missed: int | None = None
    asked: range = range(0)
    vain: int = 0
    rests: datetime | None = None
    behind: bool = False

    def seen(self, number: int, now: datetime) -> "Numbers":
        """Return what is known once a transaction of this number has come."""
        calm = replace(self, behind=False)
        if self.newest is None or number == self.newest:
            return replace(calm, newest=number)
        if number in self.asked:
            return replace(calm, vain=0, rests=None)
        if not self.newest < number <= self.newest + FURTHEST:
            return Numbers(newest=number)  # it counts anew, as Synapse on SQLite does after a restart
        missed = self.missed
        if missed is None and number > self.newest + 1:
            missed = self.newest + 1
        if missed is None or self._resting(now):
            return replace(calm, newest=number, missed=missed)
        rests = now + growing(FIRST_REST, self.vain, LONGEST_REST)
        return Numbers(number, asked=range(missed, number), vain=self.vain + 1, rests=rests, behind=True)

    def _resting(self, now: datetime) -> bool:
        """Return whether it is too early to ask; a rest longer than any comes of a clock that was set."""
        return self.rests is not None and timedelta() < self.rests - now <= LONGEST_REST


def behind(now: Callable[[], datetime]) -> Callable[[str], bool]:
    """Return what is told each transaction's id, and says whether something before it is to be asked for."""
    numbers = Numbers()

    def told(name: str) -> bool:
        nonlocal numbers
        if not (name.isascii() and name.isdecimal() and len(name) <= _DIGITS):
            return False
        numbers = numbers.seen(int(name), now())
        return numbers.behind

    return told
