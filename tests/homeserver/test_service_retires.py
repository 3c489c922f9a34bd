"""A community goes on without the service: its rooms belong to its people, and its doors still work."""

from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from crewhall.lab.town import Town

pytestmark = [pytest.mark.homeserver, pytest.mark.asyncio(loop_scope="session")]

CHARTER = {
    "key": "archet",
    "name": "Archet",
    "door": {"join": "public"},
    "places": [{"key": "inn", "name": "Inn"}],
    "rungs": [{"key": "friends", "name": "Friends", "rooms": [{"key": "hearth", "name": "Hearth"}]}],
}


@pytest_asyncio.fixture(loop_scope="session", params=["12", "11"])
async def archet(tmp_path: Path, request: Any) -> Any:
    async with Town(tmp_path) as town:
        charter = {**CHARTER, "founders": [town.user("op")], "room_version": request.param}
        town.write_charter("archet", charter)
        assert (await town.crewhall("found", "charters/archet.yaml")).status == 0
        yield town


async def test_a_community_goes_on_without_the_service(archet: Any) -> None:
    op, ann, ben, cleo = [await archet.guest(name) for name in ("op", "ann", "ben", "cleo")]
    root = await op.accepts("Archet")
    friends = await op.accepts("Friends")
    await op.enter_room(f"#_crewhall_archet_rung_friends_hearth:{archet.synapse.name}")
    chat = await archet.chat(ann)
    inn = f"#_crewhall_archet_place_inn:{archet.synapse.name}"
    for guest in (ann, ben):
        await guest.enter_room(f"#_crewhall_archet:{archet.synapse.name}")
    place = await ann.enter_room(inn)
    await archet.answer(ann, chat, f"!crew start Lantern {ben.id} listed", to=(ben,))
    lantern = await ann.accepts("Lantern")
    await ben.accepts("Lantern")
    await archet.answer(ann, chat, "!crew")

    told = await archet.crewhall("retire", "nowhere")
    assert (told.status, "There is no community nowhere here" in told.err) == (66, True), told.err
    told = await archet.crewhall("retire", "archet", "--yes", "00000000")
    assert (told.status, "Another crewhall serves" in told.err) == (75, True), told.err
    await archet.rest()  # else what it still has to do makes another plan of it
    shown = await archet.crewhall("retire", "archet")
    assert shown.status == 2, shown.err
    assert f"Inn (archet/place/inn): belongs to {op.id}; the keeper leaves." in shown.out
    assert "(archet/crews): nobody is in it, so it ends" in shown.out
    assert f"belongs to {ann.id}, {ben.id}" in shown.out
    told = await archet.crewhall("retire", "archet", "--yes", "00000000")
    assert (told.status, "not the plan that was shown" in told.err) == (1, True), told.err
    fingerprint = shown.out.split()[-1]
    told = await archet.crewhall("retire", "archet", "--yes", fingerprint)
    assert told.status == 0, told.err
    again = await archet.crewhall("retire", "archet")
    assert (again.status, "There is no community archet" in again.err) == (66, True), again.err
    planned = await archet.crewhall("plan")
    assert planned.status == 0, planned.out
    founded = await archet.crewhall("found", "charters/archet.yaml")
    assert (founded.status, "retired from this service" in founded.err) == (1, True), founded.err

    highest = {"12": 150, "11": 100}
    for guest, room, owners in [
        (op, root, [op]),
        (op, friends, [op]),
        (ann, place, [op]),
        (ben, lantern, [ann, ben]),
    ]:
        version = (await guest.state(room, "m.room.create"))["room_version"]
        users = (await guest.state(room, "m.room.power_levels"))["users"]
        assert {users[owner.id] for owner in owners} == {highest[str(version)]}
        assert archet.keeper not in users
        assert (await guest.state(room, "m.room.member", archet.keeper))["membership"] == "leave"
    await ann.saw(chat, lambda seen: "goes on without me" in seen.text, "a word of thanks")

    # The doors work: by address into the space, then into its room, and on to the rung by hand.
    await cleo.enter_room(f"#_crewhall_archet:{archet.synapse.name}")
    await cleo.enter_room(inn)
    await op.invite(friends, cleo.id)
    await cleo.accepts("Friends")
    await cleo.enter_room(f"#_crewhall_archet_rung_friends_hearth:{archet.synapse.name}")
