"""One storm from its beginning to the verdict.

Halls are founded and people come in; then it rages over them while they live; then it is calm, everything
settles, and the judge looks.
"""

import asyncio
import random
import time
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from house import charters

from crewhall.adapters.clock import SystemClock
from crewhall.testing.federation import Federation
from storm import book, judge, sights
from storm.grounds import FakeGround, Ground, SynapseGround
from storm.halls import Hall
from storm.ills import Counted
from storm.judge import Evidence
from storm.people import NAMES, Soul
from storm.weather import Weather

DRAINED = 120.0
"""Seconds within which all that waits is heard and said: twice as long as anything rests."""
STILL = 4.0
"""Seconds without a call after which it is quiet: longer than a plan is gathered before it is shown."""
OF_HALLS: Mapping[str, tuple[str, ...]] = {"shire": NAMES, "dale": ("ann", "ben", "cleo")}


def charter(key: str) -> dict[str, Any]:
    """Return what a hall has agreed: little, so that much can happen within minutes."""
    told = charters.charter("restore").model_dump(mode="json", exclude_unset=True)
    for one in ("seasons", "renewal"):
        del told[one]
    for rung in told["rungs"]:
        rung["door"].pop("keep", None)
    sisters = {"others": 0, "days": 0, "flows": ["introductions", "guests"]}
    return {**told, "key": key, "name": key.title(), "sisters": sisters}


@dataclass
class Outcome:
    """How it went. `wrong` is empty if nothing was."""

    seed: str
    seconds: float
    counted: Counted
    wrong: list[str] = field(default_factory=list)
    figures: dict[str, int] = field(default_factory=dict)

    def told(self) -> str:
        """Return all of it in words."""
        figures = ", ".join(f"{n} {what}" for what, n in self.figures.items())
        verdict = "\n".join(
            ["nothing is wrong"] if not self.wrong else [f"WRONG: {one}" for one in self.wrong]
        )
        faults = f"{self.counted.total} faults in {self.seconds:.0f} s:\n{self.counted.told()}"
        return f"seed {self.seed}\n{faults}\n{figures}\n{verdict}"


@dataclass
class Storm:
    """What is over, and under, it. `pace` is the longest pause between two faults, in seconds."""

    folder: Path
    seed: str
    pace: float = 0.25
    halls: list[Hall] = field(default_factory=list)
    souls: list[Soul] = field(default_factory=list)
    federation: Federation | None = None

    async def begin(self, grounds: Mapping[str, Ground]) -> None:
        """Found the halls, and have people come in."""
        self.weather = Weather(self.halls, self.federation, self._luck("weather"), self.pace)
        for key, ground in grounds.items():
            luck = self._luck(f"ways of {key}")
            hall = Hall(self.folder / key, ground, charter(key), luck, self.weather.struck)
            self.halls.append(hall)
            await hall.open()
            await hall.found()
            hall.serve()
            self.souls += [await Soul.born(hall, name, self.seed) for name in OF_HALLS[key]]
        for hall in self.halls:
            await hall.awake()
        await asyncio.gather(*(soul.begin() for soul in self.souls))

    async def rage(self, faults: int, seconds: float) -> None:
        """Let it rage until so many faults have struck, or so many seconds have passed."""
        ends = time.monotonic() + seconds
        sisters = {hall: [other for other in self.halls if other is not hall] for hall in self.halls}
        tasks = [asyncio.create_task(self.weather.rage())]
        tasks += [asyncio.create_task(soul.live(sisters[soul.hall], 0.5)) for soul in self.souls]
        try:
            while self.weather.counted.total < faults and time.monotonic() < ends:
                await asyncio.wait(tasks, timeout=0.05)
                self._glances += len(self.halls)
                self._awake += sum(hall.is_awake for hall in self.halls)
                for task in tasks:
                    if task.done():
                        task.result()
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        await self.weather.over()

    async def settle(self) -> list[str]:
        """Wait until all is done that can be done, also after one more start; return what did not end."""
        for hall in self.halls:
            await hall.awake()  # the last fault may have killed it, and who is being born hears no kind word
        for soul in self.souls:
            await soul.say("!me")  # a homeserver that was killed sends nothing before there is news
        stuck = [hall for hall in self.halls if not await self._drained(hall)]
        wrong = [f"{hall.key}: {book.waits(hall.settings.ledger)} still wait" for hall in stuck]
        for hall in self.halls:
            await hall.rest()
            hall.serve()
        for hall in self.halls:
            await hall.awake()
        for hall in self.halls:
            await self._drained(hall)
        await self.quiet()
        return wrong

    async def quiet(self) -> None:
        """Wait until nobody calls anybody any more."""
        seen, since, ends = -1, time.monotonic(), time.monotonic() + DRAINED
        while time.monotonic() - since < STILL and time.monotonic() < ends:
            now = sum(hall.calls for hall in self.halls)
            if now != seen or any(hall.under_way for hall in self.halls):
                seen, since = now, time.monotonic()
            await asyncio.sleep(0.05)

    async def _drained(self, hall: Hall) -> bool:
        ends = time.monotonic() + DRAINED
        while time.monotonic() < ends:
            if book.waits(hall.settings.ledger) == 0:
                return True
            await asyncio.sleep(0.1)
        return False

    async def evidence(self, hall: Hall) -> Evidence:
        """Look at everything of one hall."""
        souls = [soul for soul in self.souls if soul.hall is hall]
        eyes = [(soul.token, "") for soul in souls] + [(hall.as_token, hall.keeper)]
        kept = book.read(hall.settings.ledger)
        known = [r.fact.room for r in kept.records if type(r.fact).__name__ == "RoomOpened"]
        return Evidence(
            hall.key,
            hall.keeper,
            kept,
            await sights.look(hall.ground.address, hall.keeper, eyes, known),
            tuple(soul.guest.id for soul in souls),
            {soul.guest.id: soul.chat for soul in souls},
            frozenset(hall.accepted),
            frozenset[str]().union(*(soul.told for soul in souls)),
        )

    async def verdict(self) -> Outcome:
        """Let everything settle, and judge."""
        counted, began = self.weather.counted, self._began
        wrong = await self.settle()
        found = [await self.evidence(hall) for hall in self.halls]
        for hall, one in zip(self.halls, found, strict=True):
            wrong += [f"{hall.key}: {said}" for said in judge.judge(one)]
            wrong += [f"{hall.key}: the service ended by itself: {said}" for said in hall.fell]
            if "Traceback" in hall.log:
                wrong.append(f"{hall.key}: there is a traceback in the log")
        if len(found) > 1:
            wrong += list(judge.link(found[0], found[1]))
        outcome = Outcome(self.seed, time.monotonic() - began, counted, wrong)
        facts = Counter(type(record.fact).__name__ for one in found for record in one.book.records)
        taken_in = Counter(command.id in one.accepted for one in found for command in judge.commands(one))
        outcome.figures = {
            "facts": facts.total(),
            "commands taken in": taken_in[True],
            "commands of which the homeserver never told": taken_in[False],
            "words": sum(row.sent is not None for one in found for row in one.book.said),
            "given up": sum(row.given_up for one in found for row in one.book.said),
            "rooms": sum(len(one.sights.keyed) for one in found),
            "crews": facts["CrewStarted"],
            "steps up": facts["Stood"],
            "steps down": facts["SteppedDown"],
            "links agreed": facts["LinkAgreed"],
            "transactions refused for want of disk": sum(hall.refused for hall in self.halls),
            "% of the time awake": round(100 * self._awake / max(1, self._glances)),
        }
        return outcome

    def _luck(self, of: str) -> random.Random:
        return random.Random(f"{self.seed}/{of}")  # noqa: S311 - to be the same again

    def __post_init__(self) -> None:
        self._began = time.monotonic()
        self._glances = self._awake = 0


@asynccontextmanager
async def over_fakes(folder: Path, seed: str, **more: Any) -> AsyncIterator[Storm]:
    """Let two halls stand on fake homeservers that federate."""
    names = {key: f"{key}.test" for key in OF_HALLS}
    federation = Federation(SystemClock(), *names.values(), luck=random.Random(f"{seed}/federation"))  # noqa: S311
    storm = Storm(folder, seed, federation=federation, **more)
    async with AsyncExitStack() as stack:
        carrying = asyncio.create_task(_carry(federation))
        stack.callback(carrying.cancel)
        stack.push_async_callback(_end, storm)
        await storm.begin({key: FakeGround(federation, name) for key, name in names.items()})
        yield storm


@asynccontextmanager
async def over_synapse(folder: Path, seed: str, **more: Any) -> AsyncIterator[Storm]:
    """Let one hall stand on a real homeserver."""
    storm = Storm(folder, seed, **more)
    try:
        await storm.begin({"shire": SynapseGround(folder / "shire" / "homeserver")})
        yield storm
    finally:
        await _end(storm)


async def _carry(federation: Federation) -> None:
    while True:
        federation.deliver()
        await asyncio.sleep(0.02)


async def _end(storm: Storm) -> None:
    for soul in storm.souls:
        await soul.close()
    for hall in storm.halls:
        await hall.close()
