"""What happens because time passes: due decisions, what others wrote to the ledger, the slow full look."""

import random
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from crewhall import house as rules
from crewhall.errors import Trouble
from crewhall.flows.chats import Chats
from crewhall.flows.forgetting import Forgetting
from crewhall.flows.hearing import Poke
from crewhall.flows.keeping import Keeping
from crewhall.flows.lapsing import Lapsing
from crewhall.flows.recording import Occasion, Recorder
from crewhall.ground.hall import House
from crewhall.ground.talk import Decision
from crewhall.ports import Clock, Homeserver

BEAT: Final = timedelta(seconds=5)
"""How often the ledger is asked what another process wrote."""
MINUTE: Final = timedelta(minutes=1)
DAY: Final = timedelta(days=1)


def _untold(_trouble: Exception) -> None:
    return


def _nothing() -> None:
    return


class Ticking:
    """One loop, in which people are forgotten, too, if there is a `homeserver`, and the past is let go of.

    `look_every` is the time between full looks, scattered by a tenth. Ids of handled events and of things
    said are kept for `keep`, to know them again. `on_beat` is called at each beat, and must not wait.
    `jitter` gives numbers from 0 to 1.
    """

    def __init__(
        self,
        keeping: Keeping,
        chats: Chats,
        clock: Clock,
        *,
        poke: Poke,
        homeserver: Homeserver | None = None,
        lapsing: Lapsing | None = None,
        look_every: timedelta = timedelta(hours=1),
        keep: timedelta = timedelta(days=30),
        on_trouble: Callable[[Exception], None] = _untold,
        on_beat: Callable[[], None] = _nothing,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        self._keeping = keeping
        self._recorder = Recorder(keeping, chats)
        self._forgetting = Forgetting(keeping, self._recorder, clock, homeserver) if homeserver else None
        self._lapsing = lapsing
        self._clock = clock
        self._poke = poke
        self._look_every = look_every
        self._keep = keep
        self._on_trouble = on_trouble
        self._on_beat = on_beat
        self._jitter = jitter
        now = clock.now()
        self._due_at = now
        self._look_at = self._next_look(now)
        self._prune_at = now + DAY
        self._beat_at = now
        self._late = timedelta(0)

    @property
    def lag(self) -> timedelta:
        """How late the latest beat began, or the next one is by now, whichever is more."""
        return max(self._late, self._clock.now() - self._beat_at)

    async def run(self) -> None:
        """Beat until cancelled; trouble is told and passes."""
        while True:
            try:
                await self.beat()
            except Exception as trouble:  # noqa: BLE001 - the heart goes on
                self._on_trouble(trouble)
            await self._clock.sleep(BEAT)

    async def beat(self) -> None:
        """Do what is due now."""
        now = self._clock.now()
        self._late, self._beat_at = max(now - self._beat_at, timedelta(0)), now + BEAT
        await self._keeping.refresh()
        self._on_beat()
        if now >= self._due_at:
            self._due_at = now + MINUTE
            await self._decide(now)
        if now >= self._look_at:
            self._look_at = self._next_look(now)
            self._poke(tuple(rules.rooms(self._keeping.house)))
        if now >= self._prune_at:
            self._prune_at = now + DAY
            await self._keeping.ledger.prune(now - self._keep)
        if self._forgetting is not None:
            await self._forgetting.go_on()
        if self._lapsing is not None:
            await self._lapsing.go_on()

    async def _decide(self, now: datetime) -> None:
        for cause, _ in list(rules.due(self._keeping.house, now)):
            try:
                await self._recorder.record(Occasion(cause, now), partial(_due, cause=cause, now=now))
            except Trouble as trouble:
                self._on_trouble(trouble)

    def _next_look(self, now: datetime) -> datetime:
        return now + self._look_every * (0.9 + self._jitter() / 5)


def _due(house: House, cause: str, now: datetime) -> Decision | None:
    return next((decision for at, decision in rules.due(house, now) if at == cause), None)
