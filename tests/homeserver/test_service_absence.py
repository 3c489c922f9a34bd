"""What was said while the service or the homeserver was away is answered, once, or said to be too old."""

from typing import Any

import pytest
import pytest_asyncio

from crewhall.lab.sight import becomes
from crewhall.lab.town import Town

pytestmark = [pytest.mark.homeserver, pytest.mark.asyncio(loop_scope="session")]

CHARTER = {
    "key": "bree",
    "name": "Bree",
    "door": {"join": "public"},
    "places": [{"key": "inn", "name": "Inn"}],
}


@pytest_asyncio.fixture(loop_scope="session")
async def bree(tmp_path: Any) -> Any:
    async with Town(tmp_path, {"bree": CHARTER}, {"limits": {"command_age": "15 s"}}) as town:
        assert (await town.crewhall("found", "charters/bree.yaml")).status == 0
        yield town


async def test_commands_said_in_its_absence_are_answered_unless_they_are_too_old(bree: Any) -> None:
    ann = await bree.guest("ann")
    await ann.enter_room(f"#_crewhall_bree:{bree.synapse.name}")
    inn = await ann.enter_room(f"#_crewhall_bree_place_inn:{bree.synapse.name}")
    chat = await bree.chat(ann)

    assert await bree.rest() == 0
    old = await ann.say(chat, "!crew start Stale")
    await ann.silence(chat, lambda seen: seen.replies_to == old, seconds=16)
    ben = await bree.guest("ben")
    await ben.enter_room(f"#_crewhall_bree:{bree.synapse.name}")
    young = await ann.say(inn, f"!crew start Fresh {ben.id}")
    await bree.serve()
    assert "Fresh" in (await bree.reply(ann, inn, young)).text
    late = await bree.reply(ann, chat, old)
    assert "so nothing was done. If you still want it, say it again." in late.text
    room = await ann.accepts("Fresh")
    assert await ben.accepts("Fresh") == room
    assert "Stale" not in (await bree.answer(ann, chat, "!crew")).text

    await bree.synapse.restart()
    await bree.answer(ann, chat, "!me")

    await bree.rest()
    await ben.leave(room)
    await bree.serve()
    await ann.saw(room, becomes(ben.id, "leave"), "Ben leaving")
    his = await bree.chat(ben)
    told = await bree.answer(ben, his, "!why Fresh")
    assert "You have been out of Fresh since" in told.text
    answers = [seen.replies_to for seen in ann.sight.events if seen.sender == bree.keeper and seen.replies_to]
    assert len(answers) == len(set(answers))
    assert "Fresh" not in bree.log
    assert "crew start" not in bree.log
    assert (await bree.crewhall("plan")).status == 0
