"""People of another homeserver are members like all others: in the community, on its rungs, in crews."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from crewhall.lab.certificates import certificates
from crewhall.lab.guests import Guest
from crewhall.lab.sight import becomes, says
from crewhall.lab.synapse import Synapse
from crewhall.lab.town import Town

pytestmark = [
    pytest.mark.homeserver,
    pytest.mark.asyncio(loop_scope="session"),
    pytest.mark.timeout(240),
]

FAR = 90.0
"""Seconds: what a homeserver could not send once, it sends again within a minute (Synapse 1.163)."""
CHARTER = {
    "key": "shire",
    "name": "Shire",
    "places": [{"key": "mill", "name": "Mill"}],
    "rungs": [{"key": "kin", "name": "Kin", "rooms": [{"key": "hearth", "name": "Hearth"}]}],
}


@pytest_asyncio.fixture(loop_scope="session", scope="module")
async def shire(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Town]:
    folder: Path = tmp_path_factory.mktemp("shire")
    tls = certificates(folder / "tls")
    async with Town(folder, federation=tls) as town:
        yield town


@pytest_asyncio.fixture(loop_scope="session", scope="module")
async def elsewhere(tmp_path_factory: pytest.TempPathFactory, shire: Town) -> AsyncIterator[Synapse]:
    there = tmp_path_factory.mktemp("elsewhere")
    tls = shire.federation
    async with Synapse(there, federation=tls) as synapse:
        yield synapse


async def test_a_remote_person_is_a_member_like_all_others(shire: Town, elsewhere: Synapse) -> None:
    fay = await shire.guest("fay")
    charter = {**CHARTER, "founders": [fay.id]}
    told = await shire.crewhall("found", str(shire.write_charter("shire", charter)))
    assert told.status == 0, told.out
    root = await fay.accepts("Shire")
    rung = await fay.accepts("Kin")
    far = await Guest.register(elsewhere, "gil", "Gil")
    try:
        await _lives(shire, fay, far, root, rung)
    finally:
        await far.close()


async def _lives(shire: Town, fay: Guest, far: Guest, root: str, rung: str) -> None:
    here = [shire.synapse.name]
    await fay.invite(root, far.id)
    assert (await far.invited("Shire", FAR)).space
    await far.enter_room(root, via=here)
    mill = await _listed(far, root, "Mill")
    await far.enter_room(mill, via=here)  # by the restricted rule, which the keeper's server vouches for
    fays = await fay.enter_room(mill)
    assert fays == mill

    chat = await shire.chat(far)
    told = await shire.answer(far, chat, "!me", within=FAR)
    assert "You have been in Shire" in told.text
    assert "Mill" in told.text

    await fay.invite(rung, far.id)
    await far.accepts("Kin", FAR)
    hearth = await _listed(far, root, "Hearth")
    await far.enter_room(hearth, via=here)
    assert "You have been in Kin" in (await shire.answer(far, chat, "!me", within=FAR)).text

    started = await shire.answer(fay, mill, f"!crew start Lantern {far.id}", to=[far])
    assert far.id in started.text
    room = await fay.accepts("Lantern")
    assert await far.accepts("Lantern", FAR) == room
    await fay.saw(room, becomes(far.id, "join"), "Gil coming in", within=FAR)
    told = await shire.answer(far, mill, "!crew start Tidepool open", within=FAR)
    assert "Tidepool" in told.text
    own = await far.accepts("Tidepool", FAR)
    assert "You have a seat in Tidepool" in (await shire.answer(far, own, "!me", within=FAR)).text

    await shire.answer(fay, mill, "!crew ask Tidepool")
    card = await far.saw(own, says("asks for a seat"), "the question", within=FAR)
    await far.react(own, card.id, "👍")
    assert await fay.accepts("Tidepool", FAR) == own

    await far.leave(rung)
    await far.saw(hearth, becomes(far.id, "leave"), "being put out of the Hearth", within=FAR)
    await far.leave(root)
    await far.saw(mill, becomes(far.id, "leave"), "being put out of the Mill", within=FAR)
    assert (await shire.crewhall("plan")).status == 0


async def _listed(guest: Guest, root: str, name: str) -> str:
    """Return a room that a space lists, once the guest's server has learned of it."""
    found: dict[str, str] = {}
    for _ in range(40):
        found = {str(one.get("name")): str(one["room_id"]) for one in await guest.inside(root)}
        if name in found:
            break
    return found[name]


async def test_a_server_that_is_away_keeps_nobody_else_waiting(shire: Town, elsewhere: Synapse) -> None:
    ann = await shire.guest("ann")
    told = await shire.crewhall("found", str(shire.write_charter("away", {**_PUBLIC, "founders": [ann.id]})))
    assert told.status == 0
    root = await ann.accepts("Away")
    ben = await shire.guest("ben")
    far = await Guest.register(elsewhere, "hob", "Hob")
    await ben.enter_room(root)
    await far.enter_room(root, via=[shire.synapse.name])
    await ann.saw(root, becomes(far.id, "join"), "Hob coming in", within=FAR)
    chat = await shire.chat(ann)
    await elsewhere.stop()
    event = await ann.say(chat, f"!crew start Ferry {far.id} {ben.id}")
    assert "Ferry" in (await shire.reply(ann, chat, event, within=FAR)).text
    room = await ann.accepts("Ferry", FAR)
    assert await ben.accepts("Ferry", FAR) == room
    await elsewhere.start()
    assert await far.accepts("Ferry", 60) == room
    await far.close()


_PUBLIC = {"key": "away", "name": "Away", "door": {"join": "public"}}
