"""Ever more commands a second on a real Synapse, with as much talk beside them, until answers take too long.

In turns with the service a bare application service is asked as much, which answers at once and remembers
nothing: what that one carries is what the homeserver can carry here. People speak through an application
service of their own, so that nobody has to sync.
"""

import asyncio
import os
import random
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

import aiohttp
from bare import Caller, at_once, ear, echo
from bench_many import BENCH
from load import TALK, Asked, Lines, pace
from stage import KEEPER, WIDTH, Lab, congregation, crew, house_in, lab, said, served

from crewhall.adapters.clock import SystemClock
from crewhall.adapters.ledger import SqliteLedger
from crewhall.ground.facts import HOUSE, ChatNamed, Stream, Writing
from crewhall.ground.ids import CrewKey, RoomKey, UserId, crew_room, local, place, root
from crewhall.house import FACTS
from crewhall.lab.ports import free_port
from crewhall.life.community.facts import Founded
from crewhall.ports import Entry

CROWD, ECHO = "crowd", "echo"
CREWS, EACH, ECHOED = 20, 6, 20
"""Crews, people in each, and how many of them have a chat with the bare application service."""
BUDGET = 20
RATES = (5, 10, 15, 20, 25, 30, 35, 40)
"""Commands a second; more than the last would be more than a person is answered."""
LASTS, WORST, PATIENCE = 8.0, 2.0, 30.0
"""How many seconds a rate is held; within how many 99 of 100 answers come; how long others are awaited."""


@dataclass
class Town:
    """People with their rooms, and who answers in which; `asked` is what is asked now."""

    people: Mapping[str, Caller]
    lobby: str
    crews: Sequence[tuple[str, Sequence[str]]]
    chats: Mapping[str, Mapping[str, str]]
    asked: Asked = field(default_factory=Asked)
    said: int = 0
    chance: random.Random = field(default_factory=lambda: random.Random(1))

    def hear(self, event: Any) -> None:
        """Take note of an answer."""
        if event["type"] == "m.room.message" and event["sender"] not in self.people:
            relation = event["content"].get("m.relates_to", {})
            self.asked.answers(relation.get("m.in_reply_to", {}).get("event_id", ""))

    async def hold(self, whom: str, rate: float, lines: Lines) -> Asked:
        """Have so many commands a second asked of one of the two; return what came of it."""
        asked = self.asked = Asked()

        async def ask() -> None:
            person, line = lines.next()
            at = time.perf_counter()
            asked.asks(await self._say(person, self.chats[whom][person], line), at)

        async def talk() -> None:
            crew, people = self.chance.choice(self.crews)
            room = crew if self.chance.random() < 0.7 else self.lobby
            await self._say(self.chance.choice(people), room, "Good morning!")

        await pace(LASTS, {ask: rate, talk: rate * TALK}, asked.look)
        ends = time.perf_counter() + PATIENCE
        while asked.waiting and time.perf_counter() < ends:
            await asyncio.sleep(0.1)
        return asked

    async def _say(self, person: str, room: str, text: str) -> str:
        self.said += 1
        return await self.people[person].say(room, text, f"load-{self.said}")


async def measure(row: Callable[..., Any]) -> list[Any]:
    """Raise the rate for both in turns; each goes on until it is too much."""
    with tempfile.TemporaryDirectory() as folder:
        async with _town(Path(folder)) as town:
            crews = [f"Crew {n}" for n in range(CREWS)]
            lines = {whom: Lines(list(chats), crews) for whom, chats in town.chats.items()}
            carried: dict[str, list[tuple[float, Asked]]] = {whom: [] for whom in town.chats}
            going = list(town.chats)
            for whom in going:
                await town.hold(whom, RATES[0], lines[whom])  # until caches are warm
            for rate in RATES:
                for whom in tuple(going):
                    asked = await town.hold(whom, rate, lines[whom])
                    if asked.at(0.99) > WORST:
                        going.remove(whom)
                    else:
                        carried[whom].append((rate, asked))
    most = {whom: held[-1][0] if held else 0 for whom, held in carried.items()}
    told = "; ".join(f"{whom} {_told(held)}" for whom, held in carried.items())
    note = f"{told}; load average {os.getloadavg()[0]:.1f}"
    unit = "commands a second"
    return [
        row("load: Synapse carries", most[KEEPER], RATES[0], unit=unit, least=True, note=note),
        row("load: carries / bare echo", most[KEEPER] / max(most[ECHO], 1), 0.6, least=True),
    ]


def _told(held: Sequence[tuple[float, Asked]]) -> str:
    return ", ".join(
        f"{rate:g}/s {1000 * one.middle:.0f} and {1000 * one.at(0.99):.0f} ms" for rate, one in held
    )


@asynccontextmanager
async def _town(here: Path) -> AsyncIterator[Town]:
    ports = {name: free_port() for name in (KEEPER, CROWD, ECHO)}
    wide = aiohttp.TCPConnector(limit=200)
    heard: list[Town] = []

    def hear(event: Any) -> None:
        for town in heard:
            town.hear(event)

    async with (
        lab(here / "homeserver", ports, {CROWD: "@p[0-9]+:.*"}) as stage,
        aiohttp.ClientSession(connector=wide) as session,
    ):
        people = {
            str(stage.user(f"p{n}")): Caller(
                session, stage.synapse.address, stage.tokens[CROWD], stage.user(f"p{n}")
            )
            for n in range(CREWS * EACH)
        }
        bare = Caller(session, stage.synapse.address, stage.tokens[ECHO], stage.user(ECHO))
        for person, caller in (*people.items(), (str(stage.user(ECHO)), bare)):
            await caller.register(local(UserId(person)))
        folder = here / "service"
        folder.mkdir()
        await _write(folder / "crewhall.db", stage, list(people))
        async with (
            ear(ports[CROWD], hear),
            echo(ports[ECHO], bare, stage.user(ECHO)),
            served(
                folder,
                homeserver=stage.synapse.address,
                name=stage.synapse.name,
                registration=here / "homeserver" / f"{KEEPER}.yaml",
                port=ports[KEEPER],
                commands=BUDGET,
            ) as service,
        ):
            await said(service.log, (f"community={BENCH}",), service.process, within=600)
            town = await _lived_in(folder / "crewhall.db", people, bare, str(stage.user(ECHO)))
            heard.append(town)
            yield town


async def _lived_in(ledger: Path, people: Mapping[str, Caller], bare: Caller, bot: str) -> Town:
    """Have everybody come into their rooms."""
    house = await house_in(ledger)
    rooms = {key: str(one.room) for key, one in house.rooms.items()}
    chats = {person: rooms[house.chats[UserId(person)]] for person in people}
    names = list(people)
    crews = [(rooms[crew_room(BENCH, CrewKey(f"crew-{n}"))], names[n * EACH :][:EACH]) for n in range(CREWS)]

    async def come(person: str, crew: str) -> None:
        for room in (rooms[root(BENCH)], rooms[place(BENCH, "lobby")], crew, chats[person]):
            await people[person].call("POST", f"/join/{quote(room)}", {})

    await at_once(WIDTH, (come(person, crew) for crew, own in crews for person in own))
    echoed = {}
    for person in names[:ECHOED]:
        echoed[person] = await people[person].open_chat(bot)
        await bare.call("POST", f"/join/{quote(echoed[person])}", {})
    return Town(people, rooms[place(BENCH, "lobby")], crews, {KEEPER: chats, ECHO: echoed})


async def _write(ledger: Path, stage: Lab, people: Sequence[str]) -> None:
    """Write a community with crews, and a private chat for everybody."""
    now, keeper = SystemClock().now(), stage.user(KEEPER)
    async with SqliteLedger.open(ledger, FACTS) as opened:
        founded = Writing(Stream(BENCH), Founded(congregation(len(people)), ()), 0)
        await opened.commit(Entry("bench:found", now, (founded,)))
        for n in range(CREWS):
            own = [UserId(one) for one in people[n * EACH :][:EACH]]
            await opened.commit(Entry(f"bench:crew:{n}", now, crew(n, own, keeper)))
        chats = [ChatNamed(UserId(one), RoomKey(f"chat/{n:016x}")) for n, one in enumerate(people)]
        await opened.commit(Entry("bench:chats", now, tuple(Writing(HOUSE, one) for one in chats)))
