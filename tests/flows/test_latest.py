"""One job a key at a time, none lost, none doubled, and a bad one stops nobody else."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest

from crewhall.errors import TryLater
from crewhall.flows.latest import Latest
from crewhall.testing.clock import ToldClock


class Desk:
    """Jobs that stay at work until they are let go, and what went on."""

    def __init__(self) -> None:
        self.begun: list[str] = []
        self.busy = self.most = 0
        self.go = asyncio.Event()

    async def work(self, key: str) -> None:
        self.begun.append(key)
        self.busy += 1
        self.most = max(self.most, self.busy)
        await self.go.wait()
        self.busy -= 1


async def turn() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


def latest(
    work: Callable[[str], Awaitable[None]], clock: ToldClock | None = None, **more: object
) -> Latest[str]:
    return Latest(work, clock or ToldClock(), jitter=lambda: 1.0, **more)


async def test_a_busy_key_is_looked_at_once_more_however_often_it_is_poked() -> None:
    desk = Desk()
    async with latest(desk.work) as jobs:
        jobs.poke("a")
        await turn()
        for _ in range(10):
            jobs.poke("a")
        await turn()
        assert desk.begun == ["a"]
        desk.go.set()
        await jobs.idle()
    assert desk.begun == ["a", "a"]


async def test_keys_run_side_by_side_but_never_more_than_there_are_workers() -> None:
    desk = Desk()
    async with latest(desk.work, workers=3) as jobs:
        for key in "abcdefg":
            jobs.poke(key)
        await turn()
        assert desk.begun == ["a", "b", "c"]
        desk.go.set()
        await jobs.idle()
    assert sorted(desk.begun) == list("abcdefg")
    assert desk.most == 3


async def test_what_was_poked_before_the_start_is_done() -> None:
    desk = Desk()
    desk.go.set()
    jobs = latest(desk.work)
    jobs.poke("a")
    async with jobs:
        await jobs.idle()
    assert desk.begun == ["a"]


async def test_try_later_rests_longer_each_time_and_begins_anew_after_success() -> None:
    clock, told, fails = ToldClock(), [], [3, 0, 1]

    async def work(_key: str) -> None:
        if fails[0]:
            fails[0] -= 1
            raise TryLater("busy")
        fails.pop(0)

    def on_trouble(key: str, _trouble: Exception) -> None:
        told.append(key)

    async with latest(work, clock, on_trouble=on_trouble) as jobs:
        jobs.poke("a")
        await jobs.idle()
        assert jobs.resting == {"a"}
        await clock.advance(timedelta(minutes=1))
        assert not jobs.resting
        jobs.poke("a")
        jobs.poke("a")
        await jobs.idle()
        jobs.poke("a")
        await jobs.idle()
    assert [span.total_seconds() for span in clock.slept] == [1, 2, 4, 1]
    assert told == ["a"] * 4


async def test_a_told_time_is_waited_out_and_pokes_do_not_cut_it_short() -> None:
    clock, begun = ToldClock(), []

    async def work(key: str) -> None:
        begun.append(key)
        if len(begun) == 1:
            raise TryLater("slow down", timedelta(seconds=30))

    async with latest(work, clock) as jobs:
        jobs.poke("a")
        await jobs.idle()
        jobs.poke("a")
        await clock.advance(timedelta(seconds=29))
        assert begun == ["a"]
        await clock.advance(timedelta(seconds=1))
        await jobs.idle()
    assert begun == ["a", "a"]


async def test_a_job_that_breaks_is_told_and_stops_nobody() -> None:
    told: list[tuple[str, str]] = []
    done: list[str] = []

    async def work(key: str) -> None:
        if key == "bad":
            raise RuntimeError("a bug")
        done.append(key)

    async with latest(work, on_trouble=lambda key, trouble: told.append((key, str(trouble)))) as jobs:
        for key in ("bad", "a", "b"):
            jobs.poke(key)
        await jobs.idle()
    assert sorted(done) == ["a", "b"]
    assert told == [("bad", "a bug")]


async def test_leaving_stops_what_is_at_work_and_what_rests() -> None:
    desk = Desk()

    async def work(key: str) -> None:
        if key == "resting":
            raise TryLater("busy")
        await desk.work(key)

    async with latest(work) as jobs:
        jobs.poke("resting")
        jobs.poke("a")
        await turn()
    assert asyncio.all_tasks() == {asyncio.current_task()}


async def test_a_fault_around_it_is_raised_as_it_is() -> None:
    desk = Desk()

    async def around() -> None:
        async with latest(desk.work) as jobs:
            jobs.poke("a")
            await turn()
            raise RuntimeError("around")

    with pytest.raises(RuntimeError, match="around"):
        await around()
    assert asyncio.all_tasks() == {asyncio.current_task()}
