"""Promises of the workers: what was asked after somebody came or went is decided after it, in any room."""

import asyncio
from collections.abc import Iterable

import pytest

from crewhall.errors import TryLater
from crewhall.flows.workers import TRIES, Workers
from crewhall.ports import Incoming
from crewhall.testing import ToldClock
from crewhall.testing.ledger import MemoryLedger

COMING, COMMAND = ("$coming", "!space", "m.room.member"), ("$command", "!lobby", "m.room.message")


class Hall:
    """An inbox with workers; comings are decided only once `may_come` is set, or raise `trouble` first."""

    def __init__(self) -> None:
        self.ledger, self.clock = MemoryLedger(), ToldClock(hurried=True)
        self.order: list[str] = []
        self.may_come = asyncio.Event()
        self.trouble: list[Exception] = []
        self.workers = Workers(self.ledger, self.clock, self.hear)

    async def hear(self, incoming: Incoming) -> bool:
        if incoming.event["type"] == "m.room.member":
            await self.may_come.wait()
            if self.trouble:
                raise self.trouble.pop(0)
        self.order.append(incoming.id)
        return False

    async def store(self, *events: tuple[str, str, str]) -> list[Incoming]:
        raw = [{"event_id": id_, "room_id": room, "type": kind} for id_, room, kind in events]
        return list(await self.ledger.take_in(raw, self.clock.now()))

    async def end(self) -> None:
        """Let what comes come; wait until all was heard."""
        await turns()
        self.may_come.set()
        for _ in range(10_000):
            await self.workers.idle()
            if not list(await self.ledger.waiting()) and not self.workers.resting:
                return
            await asyncio.sleep(0)
        raise AssertionError


async def turns() -> None:
    for _ in range(50):
        await asyncio.sleep(0)


@pytest.mark.parametrize("from_before", [False, True], ids=["just taken in", "from before a restart"])
async def test_what_was_asked_after_a_coming_waits_for_it(*, from_before: bool) -> None:
    hall = Hall()
    events = await hall.store(COMING, COMMAND)
    async with hall.workers:
        hall.workers.take([] if from_before else events)
        await turns()
        assert hall.order == []
        await hall.end()
    assert hall.order == ["$coming", "$command"]


async def test_what_was_asked_before_a_coming_does_not_wait() -> None:
    hall = Hall()
    async with hall.workers:
        hall.workers.take(await hall.store(COMMAND, COMING))
        await turns()
        assert hall.order == ["$command"]
        await hall.end()


@pytest.mark.parametrize("trouble", [TryLater("busy"), ValueError("bug")])
async def test_a_coming_that_has_to_wait_holds_up_nobody(trouble: Exception) -> None:
    hall = Hall()
    hall.trouble = [trouble] * TRIES
    async with hall.workers:
        hall.workers.take(await hall.store(COMING, COMMAND))
        await hall.end()
    assert hall.order[0] == "$command"


async def test_rooms_that_wait_for_each_others_comings_all_go_on() -> None:
    hall = Hall()
    async with hall.workers:
        hall.workers.take(await hall.store(*crossing(40)))
        await hall.end()
    assert sorted(hall.order) == sorted(id_ for id_, _, _ in crossing(40))
    comings = [id_ for id_ in hall.order if id_.startswith("$in")]
    for n in range(40):
        before = hall.order[: hall.order.index(f"$say{n}")]
        assert set(comings[: n + 1]) <= set(before)


def crossing(count: int) -> Iterable[tuple[str, str, str]]:
    for n in range(count):
        yield f"$in{n}", f"!{n % 3}", "m.room.member"
        yield f"$say{n}", f"!{(n + 1) % 3}", "m.room.message"
