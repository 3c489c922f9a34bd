"""A crew deepens on a real homeserver: rooms and rights come by everybody's yes, and go by anybody's word."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from crewhall.errors import Denied
from crewhall.lab.sight import becomes, says

pytestmark = [pytest.mark.homeserver, pytest.mark.asyncio(loop_scope="session")]


async def yes(person: Any, chat: str, words: str, after: int) -> None:
    """Say yes on the card that holds these words."""
    card = await person.saw(
        chat, lambda seen: says(words)(seen) and not seen.edits, "the question", after=after
    )
    await person.react(chat, card.id, "👍")


def still(seen: Any) -> bool:
    return seen.kind == "m.room.power_levels" and seen.content.get("events_default") == 100


def level_of(person: str, *, given: bool) -> Callable[[Any], bool]:
    """Match a change of levels after which somebody has one of their own, or has none."""
    return lambda seen: (
        seen.kind == "m.room.power_levels" and (person in seen.content.get("users", {})) is given
    )


async def test_a_crew_opens_a_leaf_lets_somebody_in_and_closes_it(rivendell: Any, town: Any) -> None:
    ann, ben, cleo = people = await rivendell.come("Ann", "Ben", "Cleo")
    chat, his, hers = await asyncio.gather(*map(town.chat, people))
    name = town.word("Lantern")
    await town.answer(ann, chat, f"!crew start {name} {ben.id}")
    room = await ann.accepts(name)
    assert await ben.accepts(name) == room
    await ann.saw(room, becomes(ben.id, "join"), "Ben coming in")
    board = await rivendell.enter(ben, "Noticeboard")
    with pytest.raises(Denied):
        await ben.say(board, "Too early")

    assert "can be opened once" in (await town.answer(ann, chat, "!open pot")).text
    mark = ben.mark
    assert f"All in {name} are asked" in (await town.answer(ann, chat, "!open work")).text
    await yes(ben, his, "to open Work", mark)
    space = await ben.accepts(name)
    tasks = await ben.accepts(f"{name}: Tasks")
    await ann.accepts(name)
    assert await ann.accepts(f"{name}: Tasks") == tasks
    assert {str(one["room_id"]) for one in await ben.inside(space)} >= {room, tasks}
    assert space in {str(one["room_id"]) for one in await cleo.inside(rivendell.root)}
    await ben.saw(board, level_of(ben.id, given=True), "the right to write")
    await ben.say(board, "We have finished the bench")
    assert f"by the consent of {ann.id}" in (await town.answer(ben, his, f"!why {tasks}")).text

    marks = [person.mark for person in people]
    await town.answer(ann, chat, f"!crew invite {name} {cleo.id}")
    assert await cleo.accepts(name) == room
    await ben.saw(tasks, still, "the room growing still")
    with pytest.raises(Denied):
        await ben.say(tasks, "Still here?")
    with pytest.raises(Denied):
        await cleo.enter_room(tasks)
    for person, own, mark in zip(people, (chat, his, hers), marks, strict=True):
        await yes(person, own, "until all have said yes again", mark)
    assert await cleo.accepts(f"{name}: Tasks") == tasks
    await cleo.say(tasks, "Here I am")

    mark = ben.mark
    assert f"Work is closed in {name}" in (await town.answer(cleo, hers, "!close work")).text
    await ben.saw(his, says(f"{cleo.id} has closed Work"), "who closed it", after=mark)
    await ben.saw(tasks, still, "the room growing still", after=mark)
    await ben.saw(board, level_of(ben.id, given=False), "the right to write going", after=mark)
    with pytest.raises(Denied):
        await ben.say(board, "Too late")
