"""A pause on a real homeserver: two keyholders close every door at once, and one opens them again."""

import asyncio
from typing import Any

import pytest

from crewhall.errors import Denied
from crewhall.lab.sight import becomes, says

pytestmark = [pytest.mark.homeserver, pytest.mark.asyncio(loop_scope="session")]

LEVEL = 30
CHARTER = {
    "places": [{"key": "table", "name": "Table"}],
    "rungs": [
        {"key": "near", "name": "Near", "level": LEVEL, "rooms": [{"key": "hearth", "name": "Hearth"}]}
    ],
}


async def test_a_pause_closes_every_door_at_once_and_its_end_opens_them(town: Any) -> None:
    fay, gil, zoe = await asyncio.gather(*(town.guest(town.word(name)) for name in ("fay", "gil", "zoe")))
    key = town.word("calm-")
    charter = {**CHARTER, "key": key, "name": key, "founders": [fay.id, gil.id]}
    said = await town.crewhall("found", str(town.write_charter(key, charter)))
    assert said.status == 0, said.err
    rooms = {name: await fay.accepts(name) for name in (key, "Near")}
    await gil.accepts(key)
    for name, space in rooms.items():
        await fay.invite(space, zoe.id)
        await zoe.accepts(name)
    listed = {str(one.get("name")): str(one["room_id"]) for one in await zoe.inside(rooms[key])}
    rooms |= {name: await zoe.enter_room(listed[name]) for name in ("Table", "Hearth")}
    await fay.saw(rooms["Near"], has_level(zoe.id), "Zoe's level")
    hers, his, theirs = await asyncio.gather(*map(town.chat, (fay, gil, zoe)))

    told = await town.answer(fay, hers, f"!pause {zoe.id} because it cannot wait", to=[zoe])
    assert gil.id in told.text
    card, mark = await gil.saw(his, says("asks for a pause"), "the question"), fay.mark
    assert "“it cannot wait”" in card.text
    await gil.react(his, card.id, "✅")
    for room in rooms.values():
        await zoe.saw(room, becomes(zoe.id, "leave"), "being out")
        with pytest.raises(Denied):
            await zoe.enter_room(room)
    notice = await zoe.saw(theirs, says("have paused your way"), "what happened")
    assert fay.id in notice.text
    assert gil.id in notice.text
    assert "It ends by itself" in (await town.answer(zoe, theirs, "!me")).text
    await fay.saw(rooms["Near"], has_level(zoe.id, None), "Zoe without a level", after=mark)

    mark = fay.mark
    told = await town.answer(fay, hers, f"!pause end {zoe.id}", to=[zoe])
    assert "is over" in told.text
    for name in (key, "Near"):
        assert await zoe.accepts(name) == rooms[name]
    await fay.saw(rooms["Near"], has_level(zoe.id), "Zoe's level again", after=mark)
    for name in ("Table", "Hearth"):
        await zoe.enter_room(rooms[name])


def has_level(person: str, level: int | None = LEVEL) -> Any:
    """Match levels in which somebody has that of the rung, or none."""
    return lambda seen: (
        seen.kind == "m.room.power_levels" and seen.content.get("users", {}).get(person) == level
    )
