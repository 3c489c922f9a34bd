"""Scenes of an outage: a sister's server dies, nobody elsewhere waits, and it learns what it missed."""

import statistics
import time
from typing import Final

from crewhall.demo.scene import insist
from crewhall.demo.sisters.crew import CREW, in_it, talk_round
from crewhall.demo.sisters.stage import Stage
from crewhall.demo.together import together
from crewhall.lab.sight import says
from crewhall.lab.talks import FAR, Talk

ASKED: Final = 5
"""Questions whose median tells how quickly a keeper answers."""
MEANWHILE: Final = "The lamp is still lit"


async def die(stage: Stage) -> list[str]:
    """Kill the sister's service and homeserver; answers at home come as before, and the crew talks."""
    here, there = stage.here, stage.there
    before = await answers_in(here.member)
    await there.town.kill()
    await there.town.synapse.kill()
    said = await here.host.ask(f"!link close recipes to {there.name}")
    insist("closed from now on" in said, f"the answer was: {said}")
    after = await answers_in(here.member)
    left = [here.host.person, here.member.person, *(side.member.person for side in stage.others)]
    await talk_round(stage, left, MEANWHILE)
    return [
        f"an answer took {before * 1000:.0f} ms before, and {after * 1000:.0f} ms now",
        f"the others in {CREW} go on talking",
    ]


async def answers_in(talk: Talk) -> float:
    """Return the median of the seconds until an answer."""
    took = []
    for _ in range(ASKED):
        await talk.pace.step()
        began = time.perf_counter()
        await talk.town.answer(talk.person, talk.room, "!help")
        took.append(time.perf_counter() - began)
    return statistics.median(took)


async def come_back(stage: Stage) -> list[str]:
    """Start the service first, and then what it serves; both learn what was said meanwhile."""
    here, there = stage.here, stage.there
    await together((there.town.serve(), there.town.synapse.start()))
    await there.host.told("has closed recipes")
    moss, room = there.member.person, stage.notes[CREW]
    for talker in (here.host.person, *(side.member.person for side in stage.others)):
        await moss.saw(room, says(MEANWHILE, talker.id), f"what {talker.shown} said", within=FAR)
    insist(moss.id in await in_it(here.host.person, room), f"{moss.shown} has lost the seat")
    said = await moss.say(room, "What did I miss?")
    await here.host.person.saw(room, lambda seen: seen.id == said, "what Moss said", within=FAR)
    return [
        f"its host is told what {here.name} has closed meanwhile",
        f"{moss.shown} reads what was said in {CREW} meanwhile, and answers",
    ]
