"""Watches over the running service: knows when it is ready, reads how things stand, answers who asks."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import structlog

from crewhall import house as rules
from crewhall.adapters.listening import listening
from crewhall.adapters.transactions import Accept
from crewhall.errors import Misconfigured, Trouble
from crewhall.flows.keeping import Keeping
from crewhall.flows.latest import Latest
from crewhall.flows.ticking import Ticking
from crewhall.flows.voice import Voice
from crewhall.flows.workers import Workers
from crewhall.ground.hall import Hall
from crewhall.ground.ids import RoomKey
from crewhall.life.crews.crew import CREWS
from crewhall.life.plans.shown import waiting
from crewhall.ports import Clock, Incoming
from crewhall.watching.metrics import Depths, Obstacles, Watch
from crewhall.watching.probe import build

_log = structlog.stdlib.get_logger(__name__)


class Lookout:
    """Who watches. `reached`: the homeserver got through to us; `replayed`: what waited was heard.

    `ledger` is the ledger's file. `mind` tells it of the parts whose depth it reads.
    """

    def __init__(self, watch: Watch, keeping: Keeping, clock: Clock, ledger: Path) -> None:
        self.watch = watch
        self.obstacles = Obstacles()
        self.reached = asyncio.Event()
        self.replayed = asyncio.Event()
        self.port = 0
        self._keeping = keeping
        self._clock = clock
        self._ledger = ledger
        self._parts: tuple[Workers, Latest[RoomKey], Voice, Ticking] | None = None
        keeping.witness(watch.witnessed)

    def mind(self, workers: Workers, latest: Latest[RoomKey], voice: Voice, ticking: Ticking) -> None:
        """Be told whose depth to read."""
        self._parts = (workers, latest, voice, ticking)

    def taking(self, accept: Accept) -> Accept:
        """Return what accepts transactions and has them counted; each says that the homeserver reaches us."""

        async def counted(events: Sequence[object]) -> None:
            begun, outcome = time.monotonic(), "failed"
            try:
                await accept(events)
                outcome = "taken"
            finally:
                self.reached.set()
                self.watch.took(outcome, time.monotonic() - begun, events, self._clock.now())

        return counted

    def hearing(self, take: Callable[[Sequence[Incoming]], None]) -> Callable[[Sequence[Incoming]], None]:
        """Return what is told of new events, and has them counted."""

        def counted(events: Sequence[Incoming]) -> None:
            self.watch.kept(len(events))
            take(events)

        return counted

    def why_not(self) -> str:
        """Return in one line why the service is not ready, "" if it is."""
        if not self.reached.is_set():
            return "not ready: the homeserver has not reached us yet; see `crewhall check`"
        if not self.replayed.is_set():
            return "not ready: what came while the service was away is still being heard"
        return ""

    async def replay(self) -> None:
        """Note when what waited in the inbox was heard, but for what has to wait."""
        if self._parts is not None:
            await self._parts[0].idle()
        self.replayed.set()

    @asynccontextmanager
    async def posted(self, name: str, listen: str) -> AsyncIterator[None]:
        """Listen for who looks after the service, if it is wished. If it cannot, all else goes on."""
        if not listen:
            yield
            return
        host, _, port = listen.rpartition(":")
        app = build(name, self.why_not, self._text)
        async with AsyncExitStack() as stack:
            try:
                site = listening(app, host.strip("[]"), int(port), "watch.listen")
                self.port = await stack.enter_async_context(site)
            except Misconfigured as error:
                _log.warning("watch.deaf", why=str(error))
            yield

    async def _text(self) -> bytes:
        try:
            self.watch.stands(await self._depths())
        except Trouble as trouble:
            _log.warning("watch.unread", why=str(trouble))
        return self.watch.text()

    async def _depths(self) -> Depths:
        if self._parts is None:
            return Depths()
        workers, latest, voice, ticking = self._parts
        house, now = self._keeping.house, self._clock.now()
        measures = await self._keeping.ledger.measure()
        halls = tuple(house.halls.values())
        return Depths(
            inbox=measures.inbox,
            held=workers.held,
            inbox_rooms_resting=workers.resting,
            outbox=measures.outbox,
            outbox_rooms_resting=voice.resting,
            rooms_due=len(latest.at_work),
            rooms_resting=len(latest.resting),
            rooms_blocked=len(self.obstacles),
            plans_waiting=sum(map(_waits, halls)),
            tick_lag=ticking.lag.total_seconds(),
            facts=house.seq,
            ledger_bytes=await asyncio.to_thread(_size, self._ledger),
            communities=len(halls),
            people=len({person for hall in halls for person in hall.inside}),
            crews=sum(crew.ended is None for hall in halls for crew in CREWS.of(hall).all.values()),
            ready=not self.why_not(),
            ailments={
                one.name: sum(sum(1 for _ in one.ails(hall, now)) for hall in halls)
                for one in rules.CAPABILITIES
            },
        )


def _waits(hall: Hall) -> bool:
    shown = waiting(hall)
    return shown is not None and shown.state != "allowed"


def _size(ledger: Path) -> int:
    files = (ledger, ledger.with_name(f"{ledger.name}-wal"))
    return sum(file.stat().st_size for file in files if file.exists())
