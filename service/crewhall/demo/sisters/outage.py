"""Scenes of an outage: a sister's server dies, nobody elsewhere waits, and it learns what it missed."""

import asyncio
import statistics
import time
from typing import Final

from crewhall.demo.scene import insist
from crewhall.demo.sisters.crew import CREW, in_it, talk_round
from crewhall.demo.sisters.stage import Stage
from crewhall.lab.sight import says
from crewhall.lab.talks import FAR, Talk

ASKED: Final = 5
"""Questions whose median tells how quickly a keeper answers."""
MEANWHILE: Final = "The lamp is still lit"


async def die(stage: Stage) -> str:
    """Service and homeserver of the sister are killed; answers at home come as before, and the crew talks."""
    here, there = stage.here, stage.there
    before = await answers_in(here.member)
    await there.town.kill()
    await there.town.synapse.kill()
    said = await here.host.ask(f"!link close recipes to {there.name}")
    insist("closed from now on" in said, f"the answer was: {said}")
    after = await answers_in(here.member)
    left = [here.host.person, here.member.person, *(side.member.person for side in stage.others)]
    await talk_round(stage, left, MEANWHILE)
    return (
        f"an answer took {before * 1000:.0f} ms before and {after * 1000:.0f} ms now; {CREW} goes on talking"
    )


async def answers_in(talk: Talk) -> float:
    """Return the median of the seconds until an answer."""
    took = []
    for _ in range(ASKED):
        await talk.pace.step()
        began = time.perf_counter()
        await talk.town.answer(talk.person, talk.room, "!help")
        took.append(time.perf_counter() - began)
    return statistics.median(took)


async def come_back(stage: Stage) -> str:
    """Start the service first, and then what it serves; both learn what was said meanwhile."""
    here, there = stage.here, stage.there
    serving = asyncio.create_task(there.town.serve())
    await there.town.synapse.start()
    await serving
    await there.host.told("has closed recipes")
    moss, room = there.member.person, stage.notes[CREW]
    for talker in (here.host.person, *(side.member.person for side in stage.others)):
        await moss.saw(room, says(MEANWHILE, talker.id), f"what {talker.shown} said", within=FAR)
    insist(moss.id in await in_it(here.host.person, room), f"{moss.shown} has lost the seat")
    said = await moss.say(room, "What did I miss?")
    await here.host.person.saw(room, lambda seen: seen.id == said, "what Moss said", within=FAR)
    return f"it knows that recipes are closed; {moss.shown} reads what was said in {CREW}, and answers"
