"""1,000 crews and 5,000 people against 10 crews and 50: what the service weighs, and what a command costs.

Two services, each a process of its own beside a fake homeserver (which is in this process), are asked the
same in turns. Cost is processor time of the service until all that follows from a command is done; the time
until the answer is noted beside it.
"""

import asyncio
import statistics
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import astuple, dataclass, field
from pathlib import Path
from typing import Any

from fake import beside, processor, weight, world_with
from stage import Served, congregation, crew, said

from crewhall.adapters.clock import SystemClock
from crewhall.adapters.ledger import SqliteLedger
from crewhall.flows.keeping import Keeping
from crewhall.flows.reconcile import Reconciler
from crewhall.ground.facts import HOUSE, ChatNamed, Stream, Writing
from crewhall.ground.ids import CommunityKey, CrewKey, RoomId, RoomKey, UserId, crew_room, place, root
from crewhall.house import FACTS
from crewhall.lab.ports import free_port
from crewhall.life.community.facts import Founded
from crewhall.life.crews.facts import SeatTaken
from crewhall.life.standing.facts import Arrived
from crewhall.ports import Entry
from crewhall.testing.events import Event
from crewhall.testing.homeserver import FakeHomeserver
from crewhall.testing.wire import Wire
from crewhall.testing.world import World

MANY, FEW, EACH = 1000, 10, 5
ROUNDS, ASKED, ASKERS = 9, 30, 25
VERBS = ("!help", "!me", "!crew", "!crew start")
BENCH = CommunityKey("bench")


@dataclass
class Town:
    """A community of some size, lived in: its homeserver, its service, and who talks to the keeper where."""

    world: World
    wire: Wire
    service: Served
    rooms: dict[UserId, RoomId]
    started: int = 0
    waits: dict[RoomId, asyncio.Future[None]] = field(default_factory=dict)
    last: float = 0.0

    def hear(self, event: Event) -> None:
        """Take note of the keeper's answers, and of when something happened last."""
        self.last = time.perf_counter()
        if event.sender != self.service.keeper or event.kind != "m.room.message":
            return
        if (waiting := self.waits.pop(event.room, None)) is not None:
            waiting.set_result(None)

    async def ask(self, person: UserId, line: str) -> float:
        """Say a line to the keeper; return the seconds until the answer is there."""
        room, world = self.rooms[person], self.world
        answered = self.waits[room] = asyncio.get_running_loop().create_future()
        began = time.perf_counter()
        content = {"msgtype": "m.text", "body": line, "m.mentions": {}}
        world.send(world.asker(person), room, "m.room.message", content, world.mint())
        async with asyncio.timeout(30):
            await answered
        return time.perf_counter() - began

    @property
    def people(self) -> list[UserId]:
        """Everybody."""
        return list(self.rooms)

    async def quiet(self) -> None:
        """Wait until all is done that follows from what was said."""
        await self.wire.post.delivered()
        while time.perf_counter() - self.last < 0.3:
            await asyncio.sleep(0.05)

    def line(self, verb: str, person: UserId) -> str:
        """Return a command; crews are started with two others."""
        if verb != "!crew start":
            return verb
        self.started += 1
        others = [one for one in self.people if one != person][self.started % 40 :][:2]
        return f"!crew start Boat {self.started} {' '.join(others)}"


@dataclass
class Cost:
    """What a command costs, in milliseconds: of the service's processor time, and until the answer."""

    processor: float
    answer: float

    @classmethod
    def middle(cls, costs: Sequence["Cost"]) -> "Cost":
        """Return the medians."""
        return cls(*(statistics.median(each) for each in zip(*map(astuple, costs), strict=True)))


async def measure(row: Callable[..., Any]) -> list[Any]:
    """Ask both in turns, then tell the most that the large one has ever weighed."""
    with tempfile.TemporaryDirectory() as folder:
        async with _town(Path(folder) / "few", FEW) as few, _town(Path(folder) / "many", MANY) as many:
            rows = [await _compare(row, verb, few, many) for verb in VERBS]
            now, most = (weight(many.service.pid, name) for name in ("VmRSS", "VmHWM"))
    note = f"the most ever, start and full look included; {now:.0f} MB at the end; {MANY} crews of {EACH}"
    return [row("many: resident memory", most, 200.0, unit="MB", note=note), *rows]


async def _compare(row: Callable[..., Any], verb: str, few: Town, many: Town) -> Any:
    rounds = [await _round(verb, few, many) for _ in range(ROUNDS)]
    ratio = statistics.median(large.processor / small.processor for small, large in rounds)
    small, large = (Cost.middle([one[n] for one in rounds]) for n in (0, 1))
    note = (
        f"{large.processor:.2f} against {small.processor:.2f} ms of the processor, "
        f"{large.answer:.2f} against {small.answer:.2f} ms until the answer"
    )
    return row(f"many: {verb}, cost / with {FEW} crews", ratio, 1.1, note=note)


async def _round(verb: str, few: Town, many: Town) -> tuple[Cost, Cost]:
    """Ask both in turns, so that whatever slows this machine slows both."""
    towns = (few, many)
    for town in towns:
        await town.quiet()
    began = [(processor(town.service.pid), len(town.world.rooms)) for town in towns]
    waited: tuple[list[float], list[float]] = ([], [])
    for n in range(ASKED):
        for which in (0, 1) if n % 2 else (1, 0):
            town, person = towns[which], towns[which].people[n % ASKERS]
            waited[which].append(1000 * await town.ask(person, town.line(verb, person)))
    costs = []
    for town, (spent, rooms), answers in zip(towns, began, waited, strict=True):
        await town.quiet()
        costs.append(Cost((processor(town.service.pid) - spent) / ASKED, statistics.median(answers)))
        if verb == "!crew start" and len(town.world.rooms) != rooms + ASKED:
            raise RuntimeError("not every crew that was started has a room")
    return costs[0], costs[1]


@asynccontextmanager
async def _town(folder: Path, crews: int) -> AsyncIterator[Town]:
    port = free_port()
    world = world_with(port)
    folder.mkdir()
    rooms = await lived_in(world, folder / "crewhall.db", crews)
    async with beside(folder, world, port) as (wire, service):
        await said(service.log, ("community=bench",), service.process, within=300)
        town = Town(world, wire, service, rooms)
        world.listeners.append(town.hear)
        await town.quiet()
        yield town


async def lived_in(world: World, ledger: Path, crews: int) -> dict[UserId, RoomId]:
    """Have rooms and people as if all had been there for long; return everybody's chat with the keeper."""
    homeserver, clock = FakeHomeserver(world), SystemClock()
    now = clock.now()
    people = [UserId(f"@p{n}:{world.server}") for n in range(crews * EACH)]
    for person in people:
        world.directory.register(person[1:].partition(":")[0])
    async with SqliteLedger.open(ledger, FACTS) as opened:
        keeping = Keeping(opened)
        founded = Founded(congregation(len(people)), ())
        await keeping.record(Entry("bench:found", now, (Writing(Stream(BENCH), founded, 0),)))
        for n in range(crews):
            own = people[n * EACH :][:EACH]
            await keeping.record(Entry(f"bench:crew:{n}", now, crew(n, own, homeserver.me)))
        named = [ChatNamed(person, RoomKey(f"chat/{n:016x}")) for n, person in enumerate(people)]
        await keeping.record(Entry("bench:chats", now, tuple(Writing(HOUSE, one) for one in named)))
        reconciler = Reconciler(homeserver, keeping, clock)
        report = await reconciler.carry_out(await reconciler.plan())
        if not report.whole:
            raise RuntimeError(f"not all was made: {report.refused or report.later or report.blocked}")
        rooms = keeping.house.rooms
        everywhere = [root(BENCH), place(BENCH, "lobby")]
        for n, person in enumerate(people):
            inner = crew_room(BENCH, CrewKey(f"crew-{n // EACH}"))
            for key in (*everywhere, inner, named[n].key):
                world.enter(world.asker(person), rooms[key].room)
        arrived = tuple(Writing(Stream(BENCH), Arrived(person)) for person in people)
        await keeping.record(Entry("bench:arrived", now, arrived))
        for n in range(crews):
            seats = tuple(Writing(_stream(n), SeatTaken(person)) for person in people[n * EACH :][:EACH])
            await keeping.record(Entry(f"bench:seats:{n}", now, seats))
        return {person: rooms[one.key].room for person, one in zip(people, named, strict=True)}


def _stream(n: int) -> Stream:
    return Stream(f"{BENCH}/crew/crew-{n}")
