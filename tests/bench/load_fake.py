"""10,000 events a minute and 100 commands a second, for minutes, on the fake homeserver over sockets."""

import os
import random
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bench_many import BENCH, EACH, lived_in
from fake import beside, processor, weight, world_with
from load import TALK, Asked, Lines, pace
from stage import Served, house_in, said

from crewhall.ground.ids import CrewKey, RoomId, UserId, crew_room, place
from crewhall.lab.ports import free_port
from crewhall.testing.events import Event
from crewhall.testing.world import World

COMMANDS, CREWS = 100.0, 200
BUDGET = 20
"""Commands that one person is answered in a minute: the setting as it is shipped."""
WARM = 2.0
"""Minutes after which memory is to grow no more; a fifth of the time if there is less of it."""
PATIENCE = 60.0
LIMITS: Mapping[str, float] = {"median": 0.5, "99 of 100": 2.0, "oldest": 10.0}


@dataclass
class Town:
    """A homeserver in which people talk, and the service that listens."""

    world: World
    service: Served
    chats: Mapping[UserId, RoomId]
    lobby: RoomId
    crews: list[tuple[RoomId, list[UserId]]]
    lines: Lines
    asked: Asked = field(default_factory=Asked)
    weights: list[tuple[float, float]] = field(default_factory=list)
    began: float = 0.0
    most: float = 0.0
    events: int = 0
    chance: random.Random = field(default_factory=lambda: random.Random(1))

    def hear(self, event: Event) -> None:
        """Take note of the keeper's answers."""
        self.events += 1
        if event.sender != self.service.keeper or event.kind != "m.room.message":
            return
        relation: Any = event.content.get("m.relates_to", {})
        if answered := relation.get("m.in_reply_to", {}).get("event_id"):
            self.asked.answers(answered)

    async def ask(self) -> None:
        """Have the next one say a command to the keeper."""
        person, line = self.lines.next()
        at, content = time.perf_counter(), {"msgtype": "m.text", "body": line, "m.mentions": {}}
        room = self.chats[UserId(person)]
        self.asked.asks(self._send(UserId(person), room, "m.room.message", content), at)

    async def talk(self) -> None:
        """Have somebody say something that is not for the keeper, mostly where it cannot read."""
        crew, people = self.chance.choice(self.crews)
        person = self.chance.choice(people)
        if self.chance.random() < 0.7:
            secret = {"algorithm": "m.megolm.v1.aes-sha2", "ciphertext": "x" * 300, "session_id": "y" * 43}
            self._send(person, crew, "m.room.encrypted", secret)
        else:
            self._send(person, self.lobby, "m.room.message", {"msgtype": "m.text", "body": "Good morning!"})

    def look(self) -> None:
        """Note how long somebody waits, and about once a second what the service weighs."""
        self.asked.look()
        now = time.perf_counter() - self.began
        if not self.weights or now - self.weights[-1][0] >= 1:
            self.weights.append((now, weight(self.service.pid, "VmRSS")))

    def weighed(self, at: float) -> float:
        """Return what the service weighed at some second: the mean of what was seen around it."""
        near = [size for when, size in self.weights if abs(when - at) <= 5] or [self.weights[-1][1]]
        return sum(near) / len(near)

    def _send(self, person: UserId, room: RoomId, kind: str, content: Mapping[str, object]) -> str:
        return self.world.send(self.world.asker(person), room, kind, content, self.world.mint())


async def measure(row: Callable[..., Any], minutes: float) -> list[Any]:
    """Let the town live for so many minutes."""
    seconds = 60 * minutes
    with tempfile.TemporaryDirectory() as name:
        folder, port = Path(name) / "town", free_port()
        folder.mkdir()
        world = world_with(port)
        chats = await lived_in(world, folder / "crewhall.db", CREWS)
        async with beside(folder, world, port, BUDGET) as (wire, service):
            await said(service.log, (f"community={BENCH}",), service.process, within=300)
            town = await _town(folder, world, service, chats)
            world.listeners.append(town.hear)
            town.began, spent = time.perf_counter(), processor(service.pid)
            late = await pace(seconds, {town.ask: COMMANDS, town.talk: COMMANDS * TALK}, town.look)
            share = (processor(service.pid) - spent) / 1000 / seconds
            left, town.most = len(town.asked.waiting), weight(service.pid, "VmHWM")
            await wire.post.delivered(PATIENCE)
            ends = time.perf_counter() + PATIENCE
            while town.asked.waiting and time.perf_counter() < ends:
                await pace(0.5, {}, town.look)
            if "Traceback" in service.log.read_text():
                raise RuntimeError(service.log.read_text()[-2000:])
    return list(_rows(row, town, seconds, share, f"{left} waited at the end; {late:.1f} s late at worst"))


def _rows(row: Callable[..., Any], town: Town, seconds: float, share: float, late: str) -> Iterator[Any]:
    asked, machine = town.asked, f"load average {os.getloadavg()[0]:.1f}"
    warm = min(60 * WARM, seconds / 5)
    early, end = town.weighed(warm), town.weighed(seconds)
    steps = (town.weighed(part * seconds / 5) for part in range(6))
    sizes = ", ".join(f"{size:.0f}" for size in steps)
    note = f"{len(asked.took)} answers in {seconds / 60:g} minutes, {town.events} events; {machine}; {late}"
    yield row("load: not answered", len(asked.waiting), 0, unit="commands", note=note)
    for name, found in (("median", asked.middle), ("99 of 100", asked.at(0.99)), ("oldest", asked.oldest)):
        yield row(f"load: answer, {name}", found, LIMITS[name], unit="s", note=machine)
    note = f"{early:.0f} MB after {warm / 60:g} minutes, {end:.0f} at the end; {sizes} MB in equal steps"
    yield row("load: memory, end / after warming", end / early, 1.15, note=note)
    yield row("load: memory at the end", end, 200.0, unit="MB", note=f"the most ever: {town.most:.0f} MB")
    yield row("load: processor", share, 1.0, unit="of one core", note=machine)


async def _town(folder: Path, world: World, service: Served, chats: Mapping[UserId, RoomId]) -> Town:
    people = list(chats)
    rooms = (await house_in(folder / "crewhall.db")).rooms
    crews = [
        (rooms[crew_room(BENCH, CrewKey(f"crew-{n}"))].room, people[n * EACH :][:EACH]) for n in range(CREWS)
    ]
    lines = Lines(people, [f"Crew {n}" for n in range(CREWS)])
    return Town(world, service, chats, rooms[place(BENCH, "lobby")].room, crews, lines)
