"""The weather over some halls: it draws one fault after the other, lets it strike, and counts."""

import asyncio
import random
from collections import deque
from collections.abc import Awaitable, Callable

from crewhall.testing.federation import Federation
from storm.halls import Hall
from storm.ills import DEADLY, OF_CALLS, SPELLS, Counted, Ill, choose

MOST_COMING = 6
IN_THE_CRADLE = 0.15
"""How often a service is struck that is not awake yet: if it always were, nothing would ever be decided."""
SKEWS = (0.0, 0.5, -0.5, 40.0, -40.0, 600.0, -600.0, 7_200.0, -7_200.0, 90_000.0, -90_000.0)
"""Seconds by which the service's clock may be wrong."""


class Weather:
    """Rages until it is cancelled, with the faults in `first` first. `counted` tells what has struck."""

    def __init__(
        self, halls: list[Hall], federation: Federation | None, luck: random.Random, pace: float
    ) -> None:
        self.halls = halls
        self.counted = Counted()
        self.first: deque[Ill] = deque()
        self._federation = federation
        self._luck = luck
        self._pace = pace
        self._spells: set[tuple[Hall | None, Ill]] = set()
        self._starting: set[asyncio.Task[None]] = set()
        self._is_over = False

    async def struck(self, hall: Hall, ill: Ill) -> None:
        """Count a fault that struck a call, and kill whom it kills; nobody dies once the storm is over."""
        if self._is_over and ill in DEADLY:  # it had been dealt to a call that took long
            return
        self.counted.by_kind[ill] += 1
        if ill in DEADLY:
            hall.strike_dead()

    async def rage(self) -> None:
        """Draw faults, for ever; what still lasts at the end is over then."""
        try:
            async with asyncio.TaskGroup() as spells:
                while True:
                    await asyncio.sleep(self._luck.uniform(0.0, self._pace))
                    drawn = choose(self._luck)
                    hall, ill = self._luck.choice(self.halls), self.first[0] if self.first else drawn
                    in_cradle = not hall.is_awake and self._luck.random() > IN_THE_CRADLE
                    if in_cradle and (ill in SPELLS or ill in DEADLY):
                        continue
                    if self.first:
                        self.first.popleft()
                    if ill in OF_CALLS:
                        way = self._luck.choice([hall.out, hall.out, hall.back])
                        if len(way.coming) < MOST_COMING:
                            way.coming.append(ill)
                        continue
                    at = None if ill is Ill.FEDERATION else hall
                    if (at, ill) not in self._spells and not (at is None and self._federation is None):
                        self._spells.add((at, ill))
                        spells.create_task(self._spell(hall, ill, at))
        finally:
            self.clear()

    async def over(self) -> None:
        """Let the sky be clear again, and everybody be there."""
        self._is_over = True
        self.clear()
        await asyncio.gather(*self._starting)

    def clear(self) -> None:
        """Let nothing strike any more."""
        for hall in self.halls:
            for way in hall.ways:
                way.coming.clear()
                way.shut = False
            hall.fill_disk(None)
            hall.set_clock(0.0)

    async def _spell(self, hall: Hall, ill: Ill, at: Hall | None) -> None:
        acts: dict[Ill, Callable[[Hall], Awaitable[None]]] = {
            Ill.KILLED: self._killed,
            Ill.HOMESERVER: self._homeserver,
            Ill.PARTED: self._parted,
            Ill.DISK: self._disk,
            Ill.CLOCK: self._clock,
            Ill.FEDERATION: self._apart,
        }
        self.counted.by_kind[ill] += 1
        try:
            await acts[ill](hall)
        finally:
            self._spells.discard((at, ill))

    async def _killed(self, hall: Hall) -> None:
        await hall.kill(self._luck.choice([0.0, 0.0, self._luck.uniform(0.0, 3.0)]))

    async def _homeserver(self, hall: Hall) -> None:
        starting = asyncio.create_task(self._restart(hall, self._luck.uniform(0.0, 2.0)))
        self._starting.add(starting)
        await asyncio.shield(starting)  # whatever ends the storm, there is a homeserver afterwards

    async def _restart(self, hall: Hall, down: float) -> None:
        await hall.ground.kill()
        try:
            await asyncio.sleep(down)
        finally:
            await hall.ground.start()

    async def _parted(self, hall: Hall) -> None:
        ways = self._luck.choice([hall.ways, (hall.out,), (hall.back,)])
        for way in ways:
            way.shut = True
        try:
            await asyncio.sleep(self._luck.uniform(0.1, 3.0))
        finally:
            for way in ways:
                way.shut = False

    async def _disk(self, hall: Hall) -> None:
        ledger = hall.settings.ledger
        sizes = [path.stat().st_size for path in ledger.parent.glob(f"{ledger.name}*")]
        left = self._luck.choice([0, max(sizes), max(sizes) + self._luck.randrange(100_000)])
        hall.fill_disk(left)
        try:
            await asyncio.sleep(self._luck.uniform(0.2, 3.0))
        finally:
            hall.fill_disk(None)

    async def _clock(self, hall: Hall) -> None:
        hall.set_clock(self._luck.choice(SKEWS))
        await asyncio.sleep(self._luck.uniform(0.2, 3.0))

    async def _apart(self, _hall: Hall) -> None:
        if self._federation is None or len(self.halls) < 2:
            return
        one, other = (hall.ground.name for hall in self.halls[:2])
        self._federation.cut(one, other)
        try:
            await asyncio.sleep(self._luck.uniform(0.2, 3.0))
        finally:
            self._federation.mend(one, other, late=self._luck.random() < 0.3)
