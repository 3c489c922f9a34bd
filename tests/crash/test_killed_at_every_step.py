"""The service is killed at every call it makes, before the homeserver does the work and after it.

Started again there is one of everything and nothing is missing, however often it was cut off: the calls are
counted up until a run comes to its end unkilled.
"""

import os
import signal
import sqlite3
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from crewhall import house as rules
from crewhall.ground.ids import EventId
from crewhall.lab.child import Child
from crewhall.testing.faults import Mishap

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

SHARES = 3
"""So many tests share the calls of one story, to run side by side."""
FOUNDED = ["", "/crews", "/place/lobby", "/rung/friends", "/rung/friends/commons"]
ROOMS = sorted([*(f"rivendell{key}" for key in FOUNDED), "service/control"])
LANTERN = "rivendell/crew/lantern"
START = "!crew start Lantern @ben:hall.test open"
ASK = "!crew ask Lantern"

every_call = pytest.mark.parametrize("share", range(SHARES))
both_sides = pytest.mark.parametrize("when", [Mishap.CUT, Mishap.LOST], ids=["before", "after"])


class Death:
    """Kills whoever is its `victim` at the n-th call from now on."""

    def __init__(self, site: Any, call: int, when: Mishap) -> None:
        self.came = False
        self.victim: Child | None = None
        site.wire.faults.script = deque([*[None] * (call - 1), when])
        site.wire.faults.struck = self._strike

    def _strike(self, _: Mishap) -> None:
        assert self.victim is not None
        self.came = True
        os.kill(self.victim.pid, signal.SIGKILL)


@contextmanager
def death(site: Any, call: int, when: Mishap) -> Iterator[Death]:
    """Let the victim die at a call; whoever comes after it lives."""
    coming = Death(site, call, when)
    try:
        yield coming
    finally:
        site.wire.faults.script.clear()


def shared(share: int) -> Iterator[int]:
    """Count the calls of one share, without end."""
    call = share + 1
    while True:
        yield call
        call += SHARES


@both_sides
@every_call
async def test_founding_goes_on_where_it_was_killed(sites: Any, when: Mishap, share: int) -> None:
    deaths = 0
    for call in shared(share):
        async with sites() as site:
            with death(site, call, when) as coming:
                async with site.crewhall("found", str(site.paper)) as child:
                    coming.victim = child
                    status = await child.wait()
            assert status == (-signal.SIGKILL if coming.came else 0), call
            status, told = await site.run("found", str(site.paper))
            assert status == 0, (call, told)
            await assert_founded(site)
            assert site.made() == ROOMS, call
        if not coming.came:
            break
        deaths += 1
    assert deaths > 1


@both_sides
@every_call
async def test_a_command_is_answered_once_however_its_answer_was_cut_off(
    sites: Any, when: Mishap, share: int
) -> None:
    deaths = 0
    for call in shared(share):
        async with sites() as site:
            await site.found()
            async with site.crewhall("serve") as child:
                await site.awake()
                with death(site, call, when) as coming:
                    coming.victim = child
                    start, ask = await say(site)
                    await end(site, coming, start, ask)
                assert child.status == (-signal.SIGKILL if coming.came else None), call
            await assert_answered_at_last(site, start, ask)
        if not coming.came:
            break
        deaths += 1
    assert deaths > 1


@both_sides
@every_call
async def test_a_service_killed_as_it_awakens_loses_nothing_that_waited(
    sites: Any, when: Mishap, share: int
) -> None:
    deaths = 0
    for call in shared(share):
        async with sites() as site:
            await site.found()
            start, ask = await say(site)
            with death(site, call, when) as coming:
                async with site.crewhall("serve") as child:
                    coming.victim = child
                    await end(site, coming, start, ask)
                    assert child.status == (-signal.SIGKILL if coming.came else None), call
            async with site.serving() as service:
                await service.ready.wait()
                await all_answered(site, start, ask)
            await assert_one_of_everything(site, start, ask)
        if not coming.came:
            break
        deaths += 1
    assert deaths > 1


async def say(site: Any) -> tuple[EventId, EventId]:
    """Have a crew started, and asked for a seat."""
    lobby = site.room("rivendell/place/lobby")
    return await site.ann.say(lobby, START), await site.cleo.say(lobby, ASK)


async def end(site: Any, coming: Death, start: EventId, ask: EventId) -> None:
    """Wait until the service is dead, or has nothing left to do."""
    await site.until(lambda: coming.came or answered(site, start, ask), "killed or answered")
    if not coming.came:
        await site.quiet()
    if coming.came and coming.victim is not None:
        await coming.victim.wait()


def answered(site: Any, start: EventId, ask: EventId) -> bool:
    """Whether all has come that is to come; not whether anything came twice."""
    if not site.exists(LANTERN) or not all(site.answers(e) and site.reactions(e) for e in (start, ask)):
        return False
    cards = site.said(site.room(LANTERN))
    return bool(cards) and all(site.reactions(card.id) for card in cards)


async def all_answered(site: Any, start: EventId, ask: EventId) -> None:
    """Wait until nothing is left to be said, and nothing happens any more."""
    await site.until(lambda: answered(site, start, ask), "all is answered")
    await site.quiet()


async def assert_answered_at_last(site: Any, start: EventId, ask: EventId) -> None:
    """Start the service again, let it settle, and look: one of everything."""
    before = site.beats
    async with site.crewhall("serve") as child:
        await site.awake(before + 1)
        await all_answered(site, start, ask)
        assert await child.stop() == 0
    await assert_one_of_everything(site, start, ask)


async def assert_one_of_everything(site: Any, start: EventId, ask: EventId) -> None:
    """Look."""
    for event in (start, ask):
        assert len(site.answers(event)) == 1
        assert site.reactions(event) == ["✅"]
    (card,) = site.said(site.room(LANTERN))
    assert site.reactions(card.id) == ["👍"]
    assert site.invited(LANTERN) == ["@ann:hall.test", "@ben:hall.test"]
    assert site.made() == sorted([*ROOMS, LANTERN])
    await assert_founded(site)


async def assert_founded(site: Any) -> None:
    """Look: nothing is missing, nothing is left to do, and the ledger is whole."""
    for key in ("rivendell", "rivendell/rung/friends"):
        assert site.invited(key) == ["@ann:hall.test"]
    async with site.works() as built:
        plan = await built.reconciler().plan()
        assert (plan.steps, plan.blocked) == ((), ())
        assert list(await built.ledger.waiting()) == []
        assert list(await built.ledger.unsaid()) == []
        house = built.keeping.house
    for key in rules.rooms(house):
        wish = rules.wish(house, key)
        if key in house.rooms and wish is not None and wish.listing is not None:
            space = site.world.room(site.room(wish.listing.space))
            assert (space.content("m.space.child", site.room(key)) or {}).get("via"), key
    db = sqlite3.connect(site.settings.ledger)
    try:
        assert db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    finally:
        db.close()
