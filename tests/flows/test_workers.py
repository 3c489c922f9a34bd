"""Promises of the workers: order in a room, fairness between rooms, little memory, no event stops others."""

import asyncio
from collections import defaultdict
from collections.abc import Iterable
from datetime import timedelta

import pytest

from crewhall.errors import Denied, Misconfigured, TokenRefused, Trouble, TryLater
from crewhall.flows.workers import TRIES, Workers
from crewhall.ground.ids import RoomId
from crewhall.ports import Incoming
from crewhall.testing import ToldClock
from crewhall.testing.ledger import MemoryLedger


class Ears:
    """Hears events in order of room; `trouble` is raised for some."""

    def __init__(self) -> None:
        self.heard: dict[RoomId, list[str]] = defaultdict(list)
        self.order: list[str] = []
        self.trouble: dict[str, list[Exception]] = {}
        self.told: list[Exception] = []
        self.known = False
        self.at_once = self.most_at_once = 0

    async def hear(self, incoming: Incoming) -> bool:
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        await asyncio.sleep(0)
        self.at_once -= 1
        if left := self.trouble.get(incoming.id):
            raise left.pop(0)
        self.heard[incoming.room].append(incoming.id)
        self.order.append(incoming.id)
        return self.known


class Hall:
    """An inbox with workers."""

    def __init__(self, **more: int) -> None:
        self.ledger, self.clock, self.ears = MemoryLedger(), ToldClock(hurried=True), Ears()
        self.more = more
        self.workers = self.fresh()

    def fresh(self) -> Workers:
        return Workers(
            self.ledger,
            self.clock,
            self.ears.hear,
            on_trouble=lambda _e, t: self.ears.told.append(t),
            **self.more,
        )

    async def store(self, events: Iterable[tuple[str, int]]) -> list[Incoming]:
        raw = [{"event_id": f"${room}{n}", "room_id": f"!{room}"} for room, n in events]
        return list(await self.ledger.take_in(raw, self.clock.now()))

    async def until(self, room: str) -> None:
        """Wait for the first event of a room."""
        for _ in range(100_000):
            if room in self.ears.heard:
                return
            await asyncio.sleep(0)
        raise AssertionError

    async def end(self) -> None:
        for _ in range(1000):
            await self.workers.idle()
            if not self.workers.resting:
                return
            await asyncio.sleep(0)
        raise AssertionError


def names(room: str, count: int) -> list[str]:
    return [f"${room}{n}" for n in range(count)]


async def test_each_room_is_heard_in_order_and_the_inbox_is_empty_then() -> None:
    hall = Hall()
    async with hall.workers:
        for start in range(0, 500, 100):
            hall.workers.take(
                await hall.store((room, n) for n in range(start, start + 100) for room in "abc")
            )
        await hall.end()
    assert hall.ears.heard == {f"!{room}": names(room, 500) for room in "abc"}
    assert list(await hall.ledger.waiting()) == []


@pytest.mark.parametrize("memory", [1, 7, 60, 5000])
async def test_little_memory_changes_nothing_but_what_is_held(memory: int) -> None:
    hall = Hall(memory=memory)
    async with hall.workers:
        for start in range(0, 1000, 100):
            hall.workers.take(await hall.store((room, n) for n in range(start, start + 100) for room in "ab"))
            await asyncio.sleep(0)
            assert hall.workers.held <= memory + 100
        await hall.end()
    assert hall.ears.heard == {f"!{room}": names(room, 1000) for room in "ab"}


@pytest.mark.parametrize("rooms", [3, 700])
async def test_what_waited_from_before_is_heard_before_what_is_new(rooms: int) -> None:
    hall = Hall(memory=200)
    await hall.store((f"r{room}-", n) for n in range(3) for room in range(rooms))
    async with hall.workers:
        hall.workers.take(await hall.store((f"r{room}-", n) for n in range(3, 5) for room in range(rooms)))
        await hall.end()
    assert hall.ears.heard == {f"!r{room}-": names(f"r{room}-", 5) for room in range(rooms)}


async def test_one_rooms_flood_delays_no_other_room() -> None:
    hall = Hall()
    async with hall.workers:
        hall.workers.take(await hall.store(("flood", n) for n in range(10_000)))
        for _ in range(20):
            await asyncio.sleep(0)
        before = len(hall.ears.order)
        hall.workers.take(await hall.store([("quiet", 0)]))
        await hall.until("!quiet")
        assert len(hall.ears.order) - before <= 60
        await hall.end()
    assert hall.ears.heard[RoomId("!flood")] == names("flood", 10_000)


async def test_with_more_rooms_than_hands_every_room_has_its_turn() -> None:
    hall = Hall(rooms=2)
    async with hall.workers:
        hall.workers.take(await hall.store((room, n) for room in "abcdef" for n in range(300)))
        await hall.until("!f")
        assert all(len(heard) < 300 for heard in hall.ears.heard.values())
        await hall.end()
    assert hall.ears.most_at_once == 2


@pytest.mark.parametrize(
    "trouble", [TryLater("busy"), Denied("M_X", "no"), TokenRefused("M_X", "no"), Misconfigured("x")]
)
async def test_what_cannot_be_decided_now_rests_with_what_is_behind_it(trouble: Trouble) -> None:
    hall = Hall()
    hall.clock.hurried = False
    hall.ears.trouble["$a1"] = [trouble, trouble]
    async with hall.workers:
        hall.workers.take(await hall.store((room, n) for n in range(4) for room in "ab"))
        await hall.workers.idle()
        assert hall.ears.heard == {"!a": names("a", 1), "!b": names("b", 4)}
        hall.workers.take(await hall.store([("a", 4)]))
        await hall.workers.idle()
        assert hall.ears.heard[RoomId("!a")] == names("a", 1)
        await hall.clock.advance(timedelta(minutes=1))
        await hall.workers.idle()
        assert hall.ears.heard[RoomId("!a")] == names("a", 5)
    assert list(await hall.ledger.waiting()) == []


async def test_a_bug_is_told_and_given_up_after_some_tries() -> None:
    hall = Hall()
    hall.ears.trouble["$a1"] = [ValueError("bug")] * 10
    async with hall.workers:
        hall.workers.take(await hall.store((room, n) for n in range(4) for room in "ab"))
        await hall.end()
    assert hall.ears.heard == {"!a": ["$a0", "$a2", "$a3"], "!b": names("b", 4)}
    assert [str(told) for told in hall.ears.told] == ["bug"] * TRIES
    assert list(await hall.ledger.waiting()) == []


async def test_a_busy_ledger_loses_nothing_and_hears_nothing_out_of_order() -> None:
    hall = Hall(memory=10)
    async with hall.workers:
        for n in range(60):
            new = await hall.store([("a", n), ("b", n)])
            hall.ledger.fail_next = TryLater("disk full") if n % 3 == 0 else None
            hall.workers.take(new)
            await asyncio.sleep(0)
            await asyncio.sleep(0)
            hall.ledger.fail_next = None
        await hall.end()
    for room in "ab":
        heard = hall.ears.heard[RoomId(f"!{room}")]
        assert list(dict.fromkeys(heard)) == names(room, 60)
    assert list(await hall.ledger.waiting()) == []


async def test_what_was_cut_off_is_heard_by_the_next_start() -> None:
    hall = Hall()
    async with hall.workers:
        hall.workers.take(await hall.store(("a", n) for n in range(500)))
        for _ in range(40):
            await asyncio.sleep(0)
    assert 0 < len(hall.ears.order) < 500
    hall.workers = hall.fresh()
    async with hall.workers:
        await hall.end()
    assert list(dict.fromkeys(hall.ears.order)) == names("a", 500)
