"""Scenes of a crew across servers: seats are offered to sisters, taken, and kept through all that follows."""

from typing import Final

from crewhall.demo.scene import insist
from crewhall.demo.sisters.stage import Side, Stage
from crewhall.demo.together import together
from crewhall.lab.guests import Guest
from crewhall.lab.sight import becomes, says
from crewhall.lab.talks import FAR, Talk

CREW: Final = "Lantern"


async def call(stage: Stage) -> str:
    """Have a crew call people of the sisters; those who want a seat ask for it themselves, and are let in."""
    here = stage.here
    fay, pip = here.host.person, here.member.person
    said = await here.host.ask(f"!crew start {CREW} {pip.id} open")
    insist(CREW in said, f"the answer was: {said}")
    room = stage.notes[CREW] = await fay.accepts(CREW)
    await pip.accepts(CREW)
    names = " and ".join(side.name for side in stage.sisters)
    said = await here.host.ask(f"!crew open {CREW} to {names} agreements What is said here stays here")
    insist("now calls people of" in said, f"the answer was: {said}")
    await together(_takes_seat(stage, side, room) for side in stage.sisters)
    return f"{_listed(stage.sisters)} asked for seats, and {fay.shown} said yes with a 👍"


async def _takes_seat(stage: Stage, side: Side, room: str) -> None:
    here, far = stage.here, side.member
    await far.shown("!calls", f"{CREW}, of {here.name}")
    how = await far.ask(f"!calls ask {CREW}")
    insist(here.town.keeper in how and f"!crew ask {CREW}" in how, f"the answer was: {how}")
    talk = await Talk.opened(here.town, far.person)
    said = await talk.ask(f"!crew ask {CREW}")
    insist("The members" in said, f"the answer was: {said}")
    fay = here.host.person
    asks = says("asks for a seat", here.town.keeper)
    card = await fay.saw(
        room, lambda seen: asks(seen) and far.person.id in str(seen.content), "the question", within=FAR
    )
    await fay.react(room, card.id, "👍")
    insist(await far.person.accepts(CREW, FAR) == room, f"{far.person.shown} was invited elsewhere")
    await fay.saw(room, becomes(far.person.id, "join"), f"{far.person.shown} coming in", within=FAR)


async def meet(stage: Stage) -> str:
    """Everybody in it says something that all others read; its state is the same on every server."""
    people = [stage.here.host.person, stage.here.member.person, *(s.member.person for s in stage.sisters)]
    await talk_round(stage, people, "Good that you are here")
    everybody = {person.id for person in people}
    for person in people:
        there = await in_it(person, stage.notes[CREW])
        insist(everybody <= there, f"{person.shown} sees in {CREW}: {sorted(there)}")
    return f"{len(people)} people read each other, and every server knows the same members"


async def talk_round(stage: Stage, people: list[Guest], words: str) -> None:
    """Have each of these say something in the crew, and all of them read it."""
    room = stage.notes[CREW]
    for talker in people:
        line = f"{words}, says {talker.shown}."
        await talker.say(room, line)
        await together(one.saw(room, says(line, talker.id), line, within=FAR) for one in people)


async def in_it(person: Guest, room: str) -> set[str]:
    """Return who is in a room, as somebody's own server knows it."""
    found = await person.call("GET", "v3/rooms", room, "joined_members")
    joined = found["joined"]
    return set(joined) if isinstance(joined, dict) else set()


def _listed(sides: tuple[Side, ...]) -> str:
    return " and ".join(f"{side.member.person.shown} of {side.name}" for side in sides)
