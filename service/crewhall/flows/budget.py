"""How many commands a minute one person (or server) is answered: who shouts more is told once, then not."""

from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Final

MOST_PEOPLE: Final = 10_000
"""People whose spending is remembered; the quietest are forgotten first, which only favours them."""


class Verdict(Enum):
    """What a command gets."""

    ANSWER = "an answer"
    TELL = "one word that there were too many"
    SILENCE = "nothing"


@dataclass(slots=True)
class _Purse:
    left: float
    at: datetime
    told: bool = False


class Budget:
    """A purse of `a_minute` commands each, which fills up again evenly within a minute."""

    def __init__(self, a_minute: int) -> None:
        self._most = a_minute
        self._purses: OrderedDict[str, _Purse] = OrderedDict()

    def spend(self, person: str, now: datetime) -> Verdict:
        """Take one command out of somebody's purse. Who was told is told anew once the purse was full."""
        purse = self._purses.setdefault(person, _Purse(self._most, now))
        self._purses.move_to_end(person)
        if len(self._purses) > MOST_PEOPLE:
            self._purses.popitem(last=False)
        passed = max((now - purse.at).total_seconds(), 0.0)
        purse.left = min(purse.left + passed * self._most / 60, self._most)
        purse.at = max(purse.at, now)
        purse.told = purse.told and purse.left < self._most
        if purse.left >= 1:
            purse.left -= 1
            return Verdict.ANSWER
        if purse.told:
            return Verdict.SILENCE
        purse.told = True
        return Verdict.TELL
