"""Lets go of what is past its term, once a day: what counts is the same before and after, or it stays."""

import asyncio
from datetime import datetime, timedelta
from typing import Final

from crewhall.errors import Stale
from crewhall.flows.keeping import Keeping
from crewhall.house.lasting import past
from crewhall.ports import Clock

FIRST: Final = timedelta(hours=1)
"""How long after a start it is looked at first, and again where somebody wrote meanwhile."""
EVERY: Final = timedelta(days=1)


class Lapsing:
    """One look with each `go_on` for which it is time; the terms are those of the house."""

    def __init__(self, keeping: Keeping, clock: Clock) -> None:
        self._keeping = keeping
        self._clock = clock
        self._at: datetime = clock.now() + FIRST
        self._tidied = False

    async def go_on(self) -> None:
        """Let go of what can go now. Raises `TryLater`; then it is tried again within the hour."""
        now = self._clock.now()
        if now < self._at:
            return
        self._at = now + FIRST
        records = await self._keeping.ledger.since(0)
        found = await asyncio.to_thread(past, records, self._keeping.house.terms, now)
        if found.records or not self._tidied:  # an earlier run may have been cut off before the bytes went
            try:
                await self._keeping.lapse(found)
            except Stale:
                return
        self._tidied = True
        self._at = now + EVERY
