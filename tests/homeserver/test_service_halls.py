"""Communities on a real homeserver: founded by the operator's command, climbed, adopted, left."""

import asyncio
from typing import Any

import pytest
import pytest_asyncio

from crewhall.errors import Denied
from crewhall.lab.sight import becomes, says

pytestmark = [pytest.mark.homeserver, pytest.mark.asyncio(loop_scope="session")]

TOP = {"11": 99, "12": 100}


def names_of(charter: dict[str, Any]) -> set[str]:
    """Return every space and room that a charter names."""
    rungs = charter["rungs"]
    rooms = [*charter["places"], *(room for rung in rungs for room in rung.get("rooms", ()))]
    return {charter["name"], charter["crews"]["name"], *(one["name"] for one in (*rungs, *rooms))}


@pytest.mark.parametrize(
    ("shipped", "version"), [("friends", "12"), ("congregation", "12"), ("land", "12"), ("land", "11")]
)
async def test_every_shipped_charter_is_founded_whole(
    town: Any, charter_of: Any, shipped: str, version: str
) -> None:
    fay, gil = await asyncio.gather(*(town.guest(town.word(name)) for name in ("fay", "gil")))
    key = town.word(f"{shipped}-")
    changes = {"key": key, "name": key.title(), "founders": [fay.id, gil.id], "room_version": version}
    changes |= {"keyholders": {"level": TOP[version]}}
    charter = charter_of(shipped, **changes)
    paper = town.write_charter(key, charter)
    said = await town.crewhall("found", str(paper))
    assert (said.status, said.err) == (0, ""), said.out
    assert said.out.startswith("Done: ")
    root = await fay.accepts(charter["name"])
    for rung in charter["rungs"]:
        await fay.accepts(rung["name"])
        assert await fay.state(await fay.enter_room(f"#_crewhall_{key}:{town.synapse.name}"), "m.room.create")
    listed = {str(room.get("name")): room for room in await fay.inside(root)}
    assert set(listed) == names_of(charter)
    for room in listed.values():
        levels = (await fay.state(room["room_id"], "m.room.power_levels")) if await enters(fay, room) else {}
        assert levels["users"][fay.id] == TOP[version]
        assert levels["users"].get(town.keeper) == {"12": None, "11": 100}[version]
        create = await fay.state(room["room_id"], "m.room.create")
        assert create["room_version"] == version
    again = await town.crewhall("found", str(paper))
    assert (again.status, again.out) == (0, "There was nothing to do.\n")


async def enters(guest: Any, room: Any) -> bool:
    return bool(await guest.enter_room(str(room["room_id"])))


async def test_the_service_hears_a_community_that_was_founded_beside_it(town: Any, charter_of: Any) -> None:
    fay = await town.guest(town.word("fay"))
    key = town.word("beside-")
    paper = town.write_charter(key, charter_of("friends", key=key, name=key, founders=[fay.id]))
    assert (await town.crewhall("found", str(paper))).status == 0
    root = await fay.accepts(key)
    table = next(one for one in await fay.inside(root) if one.get("name") == "Kitchen table")
    room = await fay.enter_room(str(table["room_id"]))
    told = await town.answer(fay, room, "!crew start Quick")
    assert "Quick" in told.text
    assert "has a room" in told.text
    await fay.invited("Quick")


@pytest_asyncio.fixture(loop_scope="session")
async def longacre(town: Any, operator: Any, operators_chat: str, found: Any) -> Any:
    return await found(town, operator, operators_chat, town.word("Acre"), "land")


async def test_stepping_down_takes_rooms_and_levels_with_it(longacre: Any, town: Any) -> None:
    (ann,) = await longacre.come("Ann")
    rungs = [await longacre.climb(ann, f"{kind} of {longacre.name}") for kind in ("Visitors", "Neighbours")]
    table, barn = [await longacre.enter(ann, name) for name in ("Long table", "Barn")]
    assert "Kitchen" not in await longacre.listed(ann)
    for room in (longacre.root, rungs[1], barn):
        await ann.saw(
            room,
            lambda s: s.kind == "m.room.power_levels" and s.content["users"].get(ann.id) == 10,
            "the level of a neighbour",
        )
    chat = await town.chat(ann)
    assert "What may come next is Residents" in (await town.answer(ann, chat, "!me")).text
    await ann.leave(rungs[1])
    await ann.saw(barn, becomes(ann.id, "leave"), "being put out of the Barn")
    await ann.saw(
        longacre.root,
        lambda s: s.kind == "m.room.power_levels" and ann.id not in s.content["users"],
        "the level gone",
    )
    with pytest.raises(Denied):
        await ann.enter_room(barn)
    assert (await ann.state(table, "m.room.member", ann.id))["membership"] == "join"
    assert (
        f"You have been out of Neighbours of {longacre.name}"
        in (await town.answer(ann, chat, "!why Barn")).text
    )
    founder = longacre.founder
    levels = await founder.state(longacre.root, "m.room.power_levels")
    assert levels["users"] == {founder.id: 100}


async def test_a_deeper_rung_opens_the_rooms_of_those_before_it(longacre: Any) -> None:
    (ann,) = await longacre.come("Ann")
    steps = [f"{kind} of {longacre.name}" for kind in ("Visitors", "Neighbours", "Residents")]
    rungs = [await longacre.climb(ann, step) for step in steps]
    await ann.leave(rungs[1])
    barn = next(one for one in await longacre.founder.inside(longacre.root) if one.get("name") == "Barn")
    assert await ann.enter_room(str(barn["room_id"])) == barn["room_id"]


async def test_who_leaves_the_community_is_out_of_its_rooms(rivendell: Any, town: Any) -> None:
    (ann,) = await rivendell.come("Ann")
    chat = await town.chat(ann)
    lobby = await rivendell.enter(ann, "Lobby")
    await ann.leave(rivendell.root)
    await ann.saw(lobby, becomes(ann.id, "leave"), "being put out of the Lobby")
    assert "You left Rivendell on" in (await town.answer(ann, chat, "!me")).text
    assert "you are not in its space" in (await town.answer(ann, chat, "!why Lobby")).text


async def test_a_founder_can_do_by_hand_what_the_charter_leaves_to_people(rivendell: Any, town: Any) -> None:
    founder = rivendell.founder
    board = await rivendell.enter(founder, "Noticeboard")
    (ann,) = await rivendell.come("Ann")
    await rivendell.enter(ann, "Noticeboard")
    await founder.say(board, "Welcome, Ann.")
    with pytest.raises(Denied):
        await ann.say(board, "Thank you.")
    notice = await ann.saw(board, says("Welcome, Ann."), "the notice")
    await ann.react(board, notice.id, "🎉")
    await founder.call("PUT", "v3/rooms", board, "state", "m.room.topic", "", body={"topic": "Ours."})
    levels = await founder.state(board, "m.room.power_levels")
    levels["users"][ann.id] = 50
    await founder.call("PUT", "v3/rooms", board, "state", "m.room.power_levels", "", body=levels)
    assert (await town.crewhall("apply")).status == 0
    assert (await founder.state(board, "m.room.topic"))["topic"] == "Ours."
    assert (await founder.state(board, "m.room.power_levels"))["users"][ann.id] == 50


async def test_an_existing_room_is_adopted_as_far_as_the_keepers_power_goes(
    town: Any, charter_of: Any
) -> None:
    fay = await town.guest(town.word("fay"))
    body = {"name": "The old room", "topic": "Since 2009", "preset": "private_chat"}
    room = str((await fay.call("POST", "v3/createRoom", body=body))["room_id"])
    await fay.say(room, "!help")
    key = town.word("old-")
    places = [{"key": "old", "name": "Old room", "adopt": room}]
    charter = charter_of("friends", key=key, name=key, founders=[fay.id], places=places)
    paper = town.write_charter(key, charter)
    first = await town.crewhall("found", str(paper))
    assert first.status == 1
    assert f"Invite {town.keeper}" in " ".join(first.out.split())

    await fay.invite(room, town.keeper)
    await fay.saw(room, becomes(town.keeper, "join"), "the keeper coming in")
    told = " ".join((await town.crewhall("plan")).out.split())
    assert f"Give {town.keeper} power 100 in The old room." in told

    levels = await fay.state(room, "m.room.power_levels")
    levels["users"][town.keeper] = 100
    await fay.call("PUT", "v3/rooms", room, "state", "m.room.power_levels", "", body=levels)
    await fay.saw(
        room, lambda s: s.kind == "m.room.join_rules" and s.content["join_rule"] == "restricted", "the doors"
    )
    applied = await town.crewhall("apply")
    assert applied.status == 0, applied.out
    listed = [one["room_id"] for one in await fay.inside(await fay.accepts(key))]
    assert room in listed
    assert (await fay.state(room, "m.room.name"))["name"] == "The old room"
    assert (await fay.state(room, "m.room.topic"))["topic"] == "Since 2009"
    told = await town.answer(fay, room, "!help")
    assert [seen.text for seen in fay.sight.events if seen.sender == town.keeper and seen.text] == [told.text]
