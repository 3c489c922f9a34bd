"""Scenes of links: they are made by both, narrowed by either, and ended by either."""

import time

from crewhall.demo.scene import insist
from crewhall.demo.sisters.crew import talk_round
from crewhall.demo.sisters.stage import Side, Stage
from crewhall.demo.together import together


async def link(stage: Stage) -> str:
    """Each host names the other's keeper; each community says its own yes to the same page."""
    await together(_link(stage.here, there) for there in stage.sisters)
    return "both said yes to the same page; until then nothing was open"


async def _link(here: Side, there: Side) -> None:
    sides = ((here, there), (there, here))
    marks = {side.name: side.host.person.mark for side, _ in sides}
    for side, other in sides:
        await propose(side, other)
    await together(
        side.host.clicks(f"proposes to link with {other.name}", after=marks[side.name])
        for side, other in sides
    )
    await together(
        side.host.told(f"The link with {other.name}", "holds: both have said yes", after=marks[side.name])
        for side, other in sides
    )


async def propose(side: Side, other: Side) -> None:
    """Have a host name the other's keeper."""
    said = await side.host.ask(f"!link with {other.town.keeper}")
    known = "would like to link" in said or "are asked about the link" in said
    insist(known, f"the answer in {side.name} was: {said}")


async def close(stage: Stage) -> str:
    """Have the sister's host close a flow: it is closed at once, and the other side is told."""
    here, there = stage.here, stage.there
    said = await there.host.ask(f"!link close introductions with {here.name}")
    insist("closed from now on" in said, f"the answer was: {said}")
    await here.host.told(there.name, "has closed introductions")
    said = await here.member.ask(f"!introduce me to {there.name}")
    insist("not open now" in said, f"the answer was: {said}")
    return f"{here.name} was told, and introduces nobody there any more"


async def part(stage: Stage) -> str:
    """End the link at one word of one side; nobody in the crew loses a seat."""
    here, there = stage.here, stage.there
    began = time.perf_counter()
    said = await here.host.ask(f"!unlink {there.name}")
    took = time.perf_counter() - began
    insist("ended from now on" in said, f"the answer was: {said}")
    await there.host.told("has ended the link")
    await talk_round(stage, [here.host.person, there.member.person], "I keep my seat")
    return f"{here.name} was free in {took * 1000:.0f} ms; {there.name} was told"


async def goes_on(stage: Stage) -> str:
    """Links with others stand as they stood."""
    for there in stage.others:
        await together(
            here.host.shown("!links", other.name, "holds")
            for here, other in ((stage.here, there), (there, stage.here))
        )
    return "!links says so on both sides"
