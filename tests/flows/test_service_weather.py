"""The whole service beside a homeserver that is away, slow, busy or broken: nothing twice, nothing lost."""

import asyncio
from collections import deque
from datetime import timedelta
from typing import Any

import pytest

from crewhall.ground.ids import EventId
from crewhall.testing.clock import ToldClock
from crewhall.testing.faults import Mishap

LANTERN = "rivendell/crew/lantern"
ROOMS = ("rivendell", "rivendell/crews", "rivendell/place/lobby", "rivendell/rung/friends")
MADE = sorted([*ROOMS, "rivendell/rung/friends/commons", "service/control", LANTERN])
LONG = timedelta(minutes=3)

BAD_DAYS = {
    "busy": {"limit_every": 2, "retry_after": timedelta(seconds=3)},
    "overrun": {"limit_every": 3, "retry_after": timedelta(seconds=90)},
    "broken": {"break_every": 3},
    "deaf": {"lose_every": 2},
    "cut off": {"cut_every": 3},
    "slow": {"slow": timedelta(seconds=5)},
    "all of it": {"limit_every": 7, "break_every": 5, "lose_every": 3, "cut_every": 11},
}


def turn(site: Any, day: dict[str, Any]) -> None:
    for name, value in day.items():
        setattr(site.wire.faults, name, value)


def clear(site: Any, day: dict[str, Any]) -> None:
    turn(site, dict.fromkeys(day, 0) | {"slow": timedelta()})


@pytest.mark.parametrize("day", BAD_DAYS.values(), ids=BAD_DAYS)
async def test_whatever_the_homeserver_does_each_command_is_carried_out_once(
    sites: Any, day: dict[str, Any]
) -> None:
    async with sites(ToldClock()) as site:
        await site.found()
        turn(site, day)
        async with site.serving() as service:
            event = await site.start_crew()
            await site.until(service.ready.is_set, "it is awake", 60)
            await site.until(lambda: site.answers(event) and site.reactions(event), "it is answered", 60)
            clear(site, day)
            await assert_kept(site, service, event)


async def test_a_homeserver_that_comes_up_later_is_waited_for(sites: Any) -> None:
    async with sites(ToldClock()) as site:
        await site.found()
        await site.wire.stop()
        async with site.serving() as service:
            await pass_(site, LONG)
            assert not service.ready.is_set()
            event = await site.start_crew()
            await site.wire.start()
            await site.until(service.ready.is_set, "it is awake")
            await assert_kept(site, service, event)


async def test_a_homeserver_restarted_amid_a_command_changes_nothing(sites: Any) -> None:
    struck = asyncio.Event()
    async with sites(ToldClock()) as site:
        await site.found()
        async with site.serving() as service:
            await site.awake()
            site.wire.faults.only = frozenset({"create_room"})
            site.wire.faults.script = deque([Mishap.LOST])
            site.wire.faults.struck = lambda _: struck.set()
            event = await site.start_crew()
            await struck.wait()
            await site.wire.stop()
            await pass_(site, LONG)
            site.wire.post.restarted()
            await site.wire.start()
            await site.until(lambda: site.answers(event) and site.reactions(event), "it is answered")
            await assert_kept(site, service, event)


async def test_a_queue_asleep_since_the_homeservers_restart_is_woken_by_the_heartbeat(sites: Any) -> None:
    async with sites(ToldClock()) as site:
        await site.found()
        event = await site.start_crew()
        await site.until(lambda: told(site, event), "it is in a transaction that was tried")
        await site.wire.stop()
        site.wire.post.restarted()
        await site.wire.start()
        async with site.serving() as service:
            await site.until(service.ready.is_set, "it is awake")
            await assert_kept(site, service, event)
            assert site.beats == 1


async def test_a_homeserver_that_goes_away_again_and_again_is_caught_up_with(sites: Any) -> None:
    async with sites(ToldClock()) as site:
        await site.found()
        async with site.serving() as service:
            event = await site.start_crew()
            for _ in range(6):
                site.wire.faults.stopped = not site.wire.faults.stopped
                await pass_(site, timedelta(seconds=7))
            assert not site.wire.faults.stopped
            await site.until(service.ready.is_set, "it is awake")
            await assert_kept(site, service, event)


def told(site: Any, event: EventId) -> bool:
    """Whether an event is in a transaction that the service has not taken."""
    tour = site.wire.post._rounds["crewhall"]
    waiting = [letter(site.world)["event_id"] for _, letters in tour._down for letter in letters]
    return event in waiting


async def pass_(site: Any, span: timedelta) -> None:
    """Let told time pass, with something going on in it."""
    end = site.world.clock.now() + span
    await site.until(lambda: site.world.clock.now() >= end, "time has passed")


async def assert_kept(site: Any, service: Any, event: EventId) -> None:
    """Look: one answer, one room, nobody granted more than the rule says, and the service still answers."""
    await site.answered(event)
    later = await site.cleo.say(site.room("rivendell/place/lobby"), "!me")
    await site.until(lambda: site.answers(later), "it still answers")
    await site.quiet()
    assert (len(site.answers(event)), site.reactions(event)) == (1, ["✅"])
    assert len(site.answers(later)) == 1
    assert site.made() == MADE
    assert site.invited(LANTERN) == ["@ann:hall.test", "@ben:hall.test"]
    crew = site.world.room(site.room(LANTERN))
    assert crew.joined == {site.keeper}
    assert crew.levels("users") == {}
    assert site.world.room(site.room("rivendell")).levels("users") == {"@ann:hall.test": 100}
    reconciler = service.works.reconciler()
    plan = await reconciler.plan()
    assert (plan.steps, plan.blocked) == ((), ())
    assert list(await service.works.ledger.waiting()) == []
    assert list(await service.works.ledger.unsaid()) == []
