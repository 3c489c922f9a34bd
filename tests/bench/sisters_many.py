"""100 links and 2,000 guest passes in one hall, against a hall of as many people and rooms without any.

Each hall is that of a service of its own beside a fake homeserver; they are started in turns, on the same
ledger each time, and watched from the start of the process until they have looked at everything once.
"""

import asyncio
import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import astuple, dataclass
from pathlib import Path
from typing import Any

import kin
from fake import beside, processor, weight, world_with
from kin import BENCH, ROOMS
from stage import crew, house_in, said

from crewhall import house as rules
from crewhall.adapters.clock import SystemClock
from crewhall.adapters.ledger import SqliteLedger
from crewhall.flows.keeping import Keeping
from crewhall.flows.reconcile import Reconciler
from crewhall.ground.facts import Stream, Writing
from crewhall.ground.ids import UserId
from crewhall.house import FACTS
from crewhall.lab.ports import free_port
from crewhall.life.community.facts import Founded
from crewhall.ports import Entry
from crewhall.testing.homeserver import FakeHomeserver
from crewhall.testing.world import World

LINKS, GUESTS, TURNS = 100, 2_000, 3
QUIET, IDLE = 1.0, 20.0
"""It has come to rest when in so many seconds it had no more than so many milliseconds of the processor."""
LEDGER = "crewhall.db"


@dataclass
class Start:
    """What a start takes: seconds and processor milliseconds until all was looked at, MB then and at most."""

    seconds: float
    processor: float
    memory: float
    most: float
    due: float

    @classmethod
    def middle(cls, starts: list["Start"]) -> "Start":
        """Return the medians."""
        return cls(*(statistics.median(each) for each in zip(*map(astuple, starts), strict=True)))


@dataclass
class Hall:
    """A hall that can be started: its folder, its homeserver, its service's port, its facts."""

    folder: Path
    world: World
    port: int
    facts: int


async def measure(row: Callable[..., Any]) -> list[Any]:
    """Start both in turns; compare the medians."""
    with tempfile.TemporaryDirectory() as folder:
        halls = [
            await _lived_in(Path(folder) / name, linked=linked)
            for name, linked in (("without", False), ("with", True))
        ]
        starts: tuple[list[Start], list[Start]] = ([], [])
        for turn in range(TURNS):
            for which in (0, 1) if turn % 2 else (1, 0):
                starts[which].append(await _start(halls[which]))
    without, linked = map(Start.middle, starts)
    facts = f"{halls[1].facts} facts against {halls[0].facts}"
    note = (
        f"{linked.processor:.0f} against {without.processor:.0f} ms of the processor, {linked.seconds:.1f} "
        f"against {without.seconds:.1f} s, all looked at; {facts}"
    )
    memory = f"{linked.memory:.0f} against {without.memory:.0f} MB, {linked.most:.0f} at most"
    due = f"{linked.due:.1f} against {without.due:.1f} ms each minute"
    name = f"sisters: {LINKS} links, {GUESTS} guests:"
    return [
        row(f"{name} start / without", linked.processor / without.processor, 1.5, note=note),
        row(f"{name} memory / without", linked.memory / without.memory, 1.2, note=memory),
        row(f"{name} what is due", linked.due, 50.0, unit="ms", note=due),
    ]


async def _start(hall: Hall) -> Start:
    """Start the service, wait until it has looked at everything, and stop it."""
    began = time.perf_counter()
    async with beside(hall.folder, hall.world, hall.port) as (wire, service):
        await said(service.log, (f"community={BENCH}",), service.process, within=300)
        spent, rested = 0.0, time.perf_counter()
        while (now := time.perf_counter()) - rested < QUIET:
            if (by_now := processor(service.pid)) - spent > IDLE:
                spent, rested = by_now, now
            await asyncio.sleep(0.05)
        memory, most = (weight(service.pid, size) for size in ("VmRSS", "VmHWM"))
        if wire.calls.by_kind["put_state"] > 1 or wire.calls.by_kind["remove"]:  # one heartbeat
            raise RuntimeError(f"something was not as it should be: {wire.calls.by_kind}")
    (hall.folder / "crewhall.log").unlink()
    return Start(rested - began, spent, memory, most, await _due(hall.folder / LEDGER))


async def _due(ledger: Path) -> float:
    """Return the milliseconds that it takes to see what time has made due: each minute, if nothing has."""
    house, now = await house_in(ledger), SystemClock().now()
    began = time.process_time()
    if list(rules.due(house, now)):
        raise RuntimeError("something is due")
    return 1000 * (time.process_time() - began)


async def _lived_in(folder: Path, *, linked: bool) -> Hall:
    """Have a hall with sisters and guests; or one with as many people of its own, and as many rooms."""
    folder.mkdir()
    port = free_port()
    world = world_with(port)
    homeserver, clock = FakeHomeserver(world), SystemClock()
    host, now = UserId(f"@host:{world.server}"), clock.now()
    world.directory.register("host")
    async with SqliteLedger.open(folder / LEDGER, FACTS) as opened:
        keeping = Keeping(opened)
        founded = Writing(Stream(BENCH), Founded(kin.charter(), (host,)), 0)
        await keeping.record(Entry("bench:found", now, (founded,)))
        sisters = [kin.Sister(n, homeserver.me, now) for n in range(LINKS)]
        for n, sister in enumerate(sisters):
            made = _link(sister, host, world) if linked else crew(n, [host], homeserver.me)
            await keeping.record(Entry(f"bench:link:{n}", now, made))
        people = [_person(world, n, linked=linked) for n in range(GUESTS)]
        for n, person in enumerate(people if linked else ()):
            link = sisters[n % LINKS].mark
            await keeping.record(Entry(f"bench:visit:{n}", now, kin.visit(link, person, host, now)))
        await _make(keeping, homeserver)
        for key in ROOMS:
            for person in (host, *people):
                await homeserver.invite(keeping.house.rooms[key].room, person)
                world.enter(world.asker(person), keeping.house.rooms[key].room)
        for sister in sisters if linked else ():
            keeper = sister.keeper
            world.enter(world.asker(keeper), keeping.house.rooms[sister.box].room)
        for person in (host, *people):
            for key, came in zip((ROOMS[0], ROOMS[2]), kin.came(person), strict=True):
                joined = world.room(keeping.house.rooms[key].room).state["m.room.member", person]
                await keeping.record(Entry(joined.id, now, (came,)))
        await _make(keeping, homeserver)
        return Hall(folder, world, port, keeping.house.seq)


async def _make(keeping: Keeping, homeserver: FakeHomeserver) -> None:
    """Make the rooms and bring them to what they should be."""
    reconciler = Reconciler(homeserver, keeping, SystemClock())
    plan = await reconciler.plan()
    report = await reconciler.carry_out(plan, plan.fingerprint)
    if not report.whole:
        raise RuntimeError(f"not all was made: {report.refused or report.later or report.blocked}")


def _link(sister: kin.Sister, host: UserId, world: World) -> tuple[Writing, ...]:
    return tuple(Writing(kin.LINKS, fact) for fact in sister.facts(host, sister.letterbox(world)))


def _person(world: World, n: int, *, linked: bool) -> UserId:
    if linked:
        return UserId(f"@p{n}:s{n % LINKS}.test")
    world.directory.register(f"p{n}")
    return UserId(f"@p{n}:{world.server}")
