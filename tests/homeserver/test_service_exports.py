"""A community begins anew in another hall from what was exported; nobody is put anywhere."""

import asyncio
from pathlib import Path

import pytest

from crewhall.lab.town import Town

pytestmark = [pytest.mark.homeserver, pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(300)]

CHARTER = {
    "key": "archet",
    "name": "Archet",
    "door": {"join": "public"},
    "places": [{"key": "inn", "name": "Inn"}],
}


async def test_another_hall_begins_with_what_was_exported(tmp_path: Path) -> None:
    for name in ("old", "new"):
        (tmp_path / name).mkdir()
    async with Town(tmp_path / "old") as old:
        old.write_charter("archet", {**CHARTER, "founders": [old.user("op")]})
        assert (await old.crewhall("found", "charters/archet.yaml")).status == 0
        ann = await old.guest("ann")
        await ann.enter_room(f"#_crewhall_archet:{old.synapse.name}")
        chat = await old.chat(ann)
        await old.answer(ann, chat, "!crew start Lantern listed")
        await ann.accepts("Lantern")
        await old.answer(ann, chat, "!crew")
        told = await old.crewhall("export", "archet", "out.json")
        assert told.status == 0, told.err
        again = await old.crewhall("export", "archet", "out.json")
        assert (again.status, "it is not overwritten" in again.err) == (73, True), again.err
        nowhere = await old.crewhall("export", "nowhere", "other.json")
        assert (nowhere.status, "There is no community nowhere" in nowhere.err) == (66, True), nowhere.err
        told = await old.crewhall("import", "out.json")
        assert (told.status, "is not imported again" in told.err) == (73, True), told.err
        text = await asyncio.to_thread((tmp_path / "old" / "out.json").read_text)
        moved_from = old.synapse.name
    async with Town(tmp_path / "new") as new:
        paper = tmp_path / "new" / "out.json"
        await asyncio.to_thread(paper.write_text, text.replace(moved_from, new.synapse.name))
        op, ann = await new.guest("op"), await new.guest("ann")
        told = await new.crewhall("import", "out.json")
        assert told.status == 0, told.out + told.err
        await op.accepts("Archet")
        await ann.enter_room(f"#_crewhall_archet:{new.synapse.name}")
        await ann.accepts("Lantern")
        planned = await new.crewhall("plan")
        assert planned.status == 0, planned.out
        chat = await new.chat(ann)
        assert "Lantern" in (await new.answer(ann, chat, "!crew")).text
