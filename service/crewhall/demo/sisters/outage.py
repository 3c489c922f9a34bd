"""Scenes of an outage: a sister's server dies, nobody elsewhere waits, and it learns what it missed."""

import statistics
import time
from typing import Final

from crewhall.demo.scene import insist
from crewhall.demo.sisters.crew import CREW, in_it, talk_round
from crewhall.demo.sisters.stage import Stage
from crewhall.demo.together import together
from crewhall.lab.guests import Guest
from crewhall.lab.sight import says
from crewhall.lab.talks import FAR, Talk

ASKED: Final = 5
"""Questions whose median tells how quickly a keeper answers."""
MEANWHILE: Final = "The lamp is still lit"
AGAIN: Final = "And it is lit still"


async def die(stage: Stage) -> list[str]:
    """Kill the sister's service and homeserver; answers at home come as before, and the crew talks."""
    here, there = stage.here, stage.there
    before = await answers_in(here.member)
    await there.town.kill()
    await there.town.synapse.kill()
    said = await here.host.ask(f"!link close recipes to {there.name}")
    insist("closed from now on" in said, f"the answer was: {said}")
    after = await answers_in(here.member)
    await talk_round(stage, _left(stage), MEANWHILE)
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
    caught_up = await _catches_up(stage, MEANWHILE)
    await there.host.told("has closed recipes")
    return [f"its host is told what {here.name} has closed meanwhile", caught_up]


async def away_again(stage: Stage) -> str:
    """Stop the sister's homeserver after the link has ended, and start it again: the crew needs neither."""
    homeserver = stage.there.town.synapse
    await homeserver.stop()
    await talk_round(stage, _left(stage), AGAIN)
    await homeserver.start()
    return await _catches_up(stage, AGAIN)


def _left(stage: Stage) -> list[Guest]:
    """Return who is left in the crew while the sister is away."""
    return [stage.here.host.person, stage.here.member.person, *(s.member.person for s in stage.others)]


async def _catches_up(stage: Stage, words: str) -> str:
    """Have the sister's member ask what they missed, and read it: asking wakes the servers of the others."""
    fay, moss, room = stage.here.host.person, stage.there.member.person, stage.notes[CREW]
    said = await moss.say(room, "I am back. What did I miss?")
    for talker in _left(stage):
        await moss.saw(room, says(words, talker.id), f"what {talker.shown} said", within=FAR)
    insist(moss.id in await in_it(fay, room), f"{moss.shown} has lost the seat")
    await fay.saw(room, lambda seen: seen.id == said, f"what {moss.shown} said", within=FAR)
    return f"{moss.shown} asks in {CREW} what was missed, and reads it"
