"""Scenes of a visit: somebody is introduced, is let in, and leaves with thanks."""

import re
from typing import Final

from crewhall.demo.scene import insist
from crewhall.demo.sisters.stage import AGREEMENTS, ROOM, Stage, comes_into
from crewhall.lab.sight import becomes, says
from crewhall.lab.talks import FAR, Talk

WORD: Final = "word"
VISITED: Final = "visited"
COMES: Final = "comes with an introduction"
CARRIED: Final = re.compile(r"!introduced \S+")


async def introduce(stage: Stage) -> list[str]:
    """Have the traveller read what would be stated, say yes to it, and be given a word to carry."""
    talk, there = stage.here.member, stage.there
    await talk.person.say(talk.room, f"!introduce me to {there.name}")
    card = await talk.clicks("exactly so, and nothing else")
    insist(f"{stage.here.name} knows them since" in card.text, f"what would be stated was: {card.text}")
    told = await talk.told(f"Your introduction to {there.name}")
    found = CARRIED.search(told.text)
    insist(found, f"the word is missing in: {told.text}")
    stage.notes[WORD] = found[0] if found is not None else ""
    return [line.removeprefix("• ") for line in card.text.splitlines()[1:-1]]


async def visit(stage: Stage) -> list[str]:
    """Hand the sister's keeper the word; a host says yes; one invitation opens the space and its rooms."""
    there, guest = stage.there, stage.here.member.person
    talk = await hand_over(stage)
    await there.host.clicks(guest.id, COMES)
    page = await talk.told("opens its doors to you")
    insist(AGREEMENTS in page.text, f"the page does not say what holds: {page.text}")
    await come_in(stage)
    first, *others = page.text.splitlines()
    opening, _, _ = first.replace(there.host.person.id, there.host.person.shown).partition(". ")
    return [f"{opening}.", f"{len(others)} lines tell what holds, and who sees what"]


async def hand_over(stage: Stage) -> Talk:
    """Have the traveller hand over the word; return their chat with the sister's keeper."""
    talk = await Talk.opened(stage.there.town, stage.here.member.person)
    said = await talk.ask(stage.notes[WORD])
    insist("I look up" in said, f"the answer was: {said}")
    return talk


async def come_in(stage: Stage) -> None:
    """Have the traveller accept the one invitation, and enter a room that opens from there."""
    there, guest = stage.there, stage.here.member.person
    root = await guest.accepts(there.name, FAR)
    insist(root == there.root, "the invitation is not to the space")
    more = [one.name for one in guest.sight.invited.values() if one.room != root]
    insist(not more, f"there are invitations to {more}, too")
    stage.notes[VISITED] = await comes_into(guest, root, there.town, ROOM)
    await there.host.person.saw(root, becomes(guest.id, "join"), f"{guest.shown} coming in", within=FAR)


async def go_home(stage: Stage) -> str:
    """Have the host end the visit: all doors shut behind the guest at once, with thanks."""
    there, guest = stage.there, stage.here.member.person
    said = await there.host.ask(f"!visit end {guest.id}")
    insist("is over from now on" in said, f"the answer was: {said}")
    words = "Thank you for having been here"
    thanks = await guest.saw(None, says(words, there.town.keeper), words, within=FAR)
    for room in (stage.notes[VISITED], there.root):
        await guest.saw(room, becomes(guest.id, "leave"), "the door being closed", within=FAR)
    return f"both doors are closed behind {guest.shown}, who reads: {thanks.text}"
