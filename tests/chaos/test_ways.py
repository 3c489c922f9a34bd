"""The proxy does to calls what it says, and a service's clock can be set while it runs."""

import random
from collections.abc import AsyncIterator
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import aiohttp
import pytest
from aiohttp import web
from storm import ways
from storm.halls import Hall
from storm.ills import OF_CALLS, Ill
from storm.skewed import Skewed, tell
from storm.ways import Way
from storm.weather import Weather

from crewhall.adapters.clock import SystemClock
from crewhall.adapters.listening import opened
from crewhall.lab.ports import LOOPBACK, free_port

DONE = {Ill.SWALLOWED: 1, Ill.HALF: 1, Ill.TORN: 1, Ill.DELAYED: 1, Ill.TWICE: 2, Ill.DIES_AFTER: 1}
ANSWERED = {
    Ill.LIMITED: (429, "retry_after_ms"),
    Ill.BROKEN: (500, "M_UNKNOWN"),
    Ill.GATEWAY: (502, "<html>"),
    Ill.DELAYED: (200, '{"done": true}'),
    Ill.TWICE: (200, '{"done": true}'),
    Ill.TORN: (200, '{"done"'),
}


class Beyond:
    """A server at the end of the way, that counts what it did."""

    def __init__(self) -> None:
        self.done: list[str] = []
        self.struck: list[Ill] = []
        self.passed: list[int] = []

    async def answer(self, request: web.BaseRequest) -> web.Response:
        self.done.append(f"{request.method} {request.raw_path} {await request.text()}")
        return web.json_response({"done": True})

    async def strike(self, ill: Ill) -> None:
        self.struck.append(ill)


@pytest.fixture
async def beyond() -> AsyncIterator[tuple[Beyond, Way]]:
    there = Beyond()
    async with opened(web.ServerRunner(web.Server(there.answer)), LOOPBACK, 0) as port:
        luck = random.Random(1)  # noqa: S311 - the same in every run
        target = f"http://{LOOPBACK}:{port}"
        way = Way(
            free_port(), target, luck, there.strike, lambda *passed: there.passed.append(passed[-1]), often=1
        )
        await way.open()
        yield there, way
        await way.close()


async def ask(way: Way) -> tuple[int, str]:
    """Call through it; status 0 if there is no answer."""
    try:
        async with (
            aiohttp.ClientSession() as session,
            session.post(f"{way.url}/a%2Fb?c=d%26e", data="words") as answer,
        ):
            return answer.status, await answer.text()
    except aiohttp.ClientError:
        return 0, ""


@pytest.mark.parametrize("ill", OF_CALLS, ids=lambda ill: ill.name)
async def test_each_fault_does_what_it_is_called(beyond: tuple[Beyond, Way], ill: Ill) -> None:
    there, way = beyond
    way.coming.append(ill)
    status, said = await ask(way)
    wanted, words = ANSWERED.get(ill, (0, ""))
    assert status == wanted
    assert words in said
    assert there.struck == [ill]
    assert len(there.done) == len(there.passed) == DONE.get(ill, 0)
    assert await ask(way) == (200, '{"done": true}')
    assert there.done[-1] == "POST /a%2Fb?c=d%26e words"
    assert there.struck == [ill]


async def test_nothing_passes_a_way_that_is_shut(beyond: tuple[Beyond, Way]) -> None:
    there, way = beyond
    way.shut = True
    assert await ask(way) == (0, "")
    way.shut = False
    assert (await ask(way))[0] == 200
    assert len(there.done) == 1


def test_most_calls_pass_in_a_storm() -> None:
    assert 0 < ways.OFTEN < 0.5


def test_a_clock_that_is_set_goes_on_from_there(tmp_path: Path) -> None:
    file = tmp_path / "clock"
    tell(file, 0.0)
    clock = Skewed(file)
    for hours in (0.0, 2.0, -25.0):
        tell(file, 3600 * hours)
        ahead = (clock.now() - SystemClock().now()).total_seconds()
        assert ahead == pytest.approx(3600 * hours, abs=1.0)


async def test_a_call_that_outlasts_the_storm_kills_nobody() -> None:
    hall, dead = SimpleNamespace(), []
    hall.strike_dead = lambda: dead.append(hall)
    weather = Weather([], None, random.Random(1), pace=0.1)  # noqa: S311 - the same in every run
    await weather.struck(cast(Hall, hall), Ill.DIES_AFTER)
    await weather.over()
    await weather.struck(cast(Hall, hall), Ill.DIES_AFTER)
    await weather.struck(cast(Hall, hall), Ill.TORN)
    assert len(dead) == 1
    assert weather.counted.by_kind == {Ill.DIES_AFTER: 1, Ill.TORN: 1}
