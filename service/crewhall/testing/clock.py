"""Time that is told: a clock whose hours pass only when a test says so."""

import asyncio
from datetime import UTC, datetime, timedelta

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
"""A Monday morning."""


class ToldClock:
    """A `crewhall.ports.Clock` that never really waits.

    `sleep` returns once `advance` has moved past its end. With ``hurried=True`` a sleep moves the clock
    itself and returns at once; `slept` tells what was slept, in order.
    """

    def __init__(self, start: datetime = START, *, hurried: bool = False) -> None:
        self.hurried = hurried
        self.slept: list[timedelta] = []
        self._now = start
        self._sleepers: list[tuple[datetime, asyncio.Future[None]]] = []

    def now(self) -> datetime:
        """Return the instant that was last told."""
        return self._now

    async def sleep(self, span: timedelta) -> None:
        """Wait until the clock has been moved past the span's end."""
        self.slept.append(span)
        end = self._now + span
        if self.hurried:
            self._now = max(self._now, end)
        if end <= self._now:
            await asyncio.sleep(0)
            return
        future = asyncio.get_running_loop().create_future()
        self._sleepers.append((end, future))
        try:
            await future
        finally:
            self._sleepers = [s for s in self._sleepers if s[1] is not future]

    @property
    def sleepers(self) -> int:
        """How many sleeps wait for the clock to be moved."""
        return len(self._sleepers)

    async def advance(self, span: timedelta) -> None:
        """Let time pass: wake sleepers in the order of their ends, each at its own instant."""
        end = self._now + span
        await self._settle()
        while due := [s for s in self._sleepers if s[0] <= end]:
            instant, future = min(due, key=lambda s: s[0])
            self._now = max(self._now, instant)
            self._sleepers = [s for s in self._sleepers if s[1] is not future]
            if not future.done():
                future.set_result(None)
            await self._settle()
        self._now = end

    async def _settle(self) -> None:
        for _ in range(20):
            await asyncio.sleep(0)
