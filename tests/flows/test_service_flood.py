"""Ten thousand commands of one person, over the wire to a running service: nobody else has to wait."""

import asyncio
import time
from typing import Any

import psutil
import pytest

from crewhall.testing.people import Person

pytestmark = [pytest.mark.slow, pytest.mark.timeout(180)]

COMMANDS, AT_ONCE, EVERY = 10_000, 100, 1_000
SHOUTS = ("!me", "!help", "!crew start x", "!crew", "!crew ask y", "!why " + "x" * 500)
PROMPTLY = 5.0
"""Seconds; a machine busy with other things is slow too."""
MOST_GROWN = 32 * 1024 * 1024
A_MINUTE = 20


async def test_a_flood_from_one_person_delays_nobody_and_fills_nothing(sites: Any) -> None:
    async with sites() as site:
        await site.found()
        lobby, place = site.room("rivendell/place/lobby"), site.room("rivendell/rung/friends/commons")
        for key in ("rivendell/rung/friends", "rivendell/rung/friends/commons"):
            await site.ann.join(site.room(key))
        mallory = Person(site.world, "mallory")
        for key in ("rivendell", "rivendell/place/lobby"):
            await mallory.join(site.room(key))
        async with site.crewhall("serve") as child:
            await site.awake()
            service = psutil.Process(child.pid)
            before = service.memory_info().rss
            begun, waited, most = time.monotonic(), [], 0
            for n in range(COMMANDS):
                await mallory.say(lobby, SHOUTS[n % len(SHOUTS)])
                if n % AT_ONCE == 0:
                    await asyncio.sleep(0)
                if n % EVERY == EVERY // 2:
                    waited.append(await answered_within(site, place))
                    most = max(most, service.memory_info().rss)
            await site.wire.post.delivered(60)
            last = await site.ben.say(lobby, "!me")
            await site.until(lambda: site.answers(last), "the flood is over")
            minutes = (time.monotonic() - begun) / 60
            await site.quiet(looks=100)
            most = max(most, service.memory_info().rss)
            said = [str(event.content["body"]) for event in site.said(lobby)]
            assert minutes < 1
            assert max(waited) < PROMPTLY, waited
            assert most - before < MOST_GROWN
            assert sum("20" in text and "minute" in text for text in said) == 1, said
            assert len(said) <= A_MINUTE * (1 + minutes) + 2
            assert await answered_within(site, place) < PROMPTLY
            assert await child.stop() == 0
        async with site.works() as built:
            assert list(await built.ledger.waiting()) == []
            assert list(await built.ledger.unsaid()) == []


async def answered_within(site: Any, room: str) -> float:
    """Ask; return how many seconds the answer took."""
    begun = time.monotonic()
    event = await site.ann.say(room, "!me")
    await site.until(lambda: site.answers(event), "it is answered")
    return time.monotonic() - begun
