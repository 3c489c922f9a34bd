"""A service is lost with all it knew; what was kept while it ran brings it back, and nobody notices."""

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
}


@pytest_asyncio.fixture(loop_scope="session")
async def archet(tmp_path: Any) -> Any:
    async with Town(tmp_path, {"archet": CHARTER}) as town:
        assert (await town.crewhall("found", "charters/archet.yaml")).status == 0
        yield town


async def test_after_a_restore_all_goes_on_as_if_nothing_had_been(archet: Any, tmp_path: Any) -> None:
    ann = await archet.guest("ann")
    await ann.enter_room(f"#_crewhall_archet:{archet.synapse.name}")
    chat = await archet.chat(ann)
    await archet.answer(ann, chat, "!crew start Lantern")
    room = await ann.accepts("Lantern")
    assert "Lantern" in (await archet.answer(ann, chat, "!crew")).text
    told = await archet.crewhall("backup", "hall.backup")  # while it serves
    assert (told.status, "crewhall.db" in told.out) == (0, True), told.err
    again = await archet.crewhall("backup", "hall.backup")
    assert (again.status, "it is not overwritten" in again.err) == (73, True)

    await archet.kill()
    for file in tmp_path.rglob("crewhall.db*"):
        file.unlink()
    told = await archet.crewhall("restore", "hall.backup")
    assert told.status == 0, told.err
    told = await archet.crewhall("plan")
    assert told.status == 0, told.out
    await archet.serve()
    assert "Lantern" in (await archet.answer(ann, chat, "!crew")).text
    assert room in ann.sight.joined
