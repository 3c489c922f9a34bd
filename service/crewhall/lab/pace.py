"""How fast somebody may ask a keeper so that every question is answered: they wait in time."""

import asyncio
import time
from typing import Final

from crewhall.flows.manners import Manners

SPARE: Final = 2
"""Commands that are left in the purse: the keeper counts when they arrive, not when they are said."""


class Pace:
    """What one person may still ask one keeper, counted as the keeper counts (`crewhall.flows.budget`)."""

    def __init__(self, a_minute: int | None = None) -> None:
        self._a_minute = a_minute or Manners().commands_per_minute
        self._left = self._most = float(max(1, self._a_minute - SPARE))
        self._at = 0.0

    def spend(self, now: float) -> float:
        """Take one command out at this time; return the seconds to wait before it is said."""
        at = max(now, self._at)
        left = min(self._left + (at - self._at) * self._a_minute / 60, self._most) if self._at else self._most
        wait = max(0.0, 1 - left) * 60 / self._a_minute
        self._at, self._left = at + wait, max(left, 1.0) - 1
        return self._at - now

    async def step(self) -> None:
        """Wait until one more command is answered; most often not at all."""
        await asyncio.sleep(self.spend(time.monotonic()))
