"""A community begins anew in another hall from what was exported; people stand there once they come."""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from crewhall.lab.sight import Seen
from crewhall.lab.town import Town

pytestmark = [pytest.mark.homeserver, pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(300)]

CHARTER = {
    "key": "archet",
    "name": "Archet",
    "door": {"join": "public"},
    "places": [{"key": "inn", "name": "Inn"}],
    "rungs": [
        {
            "key": "friends",
            "name": "Friends",
            "door": {"propose": "friends", "vouches": {"count": 0, "of": "friends"}},
        }
    ],
}


def travels(text: str) -> Any:
    """What of an export is the same in another hall."""
    told = json.loads(text)
    return [told[part] for part in ("founded", "charter", "people", "crews")]


def of(text: str, person: str) -> Any:
    return next(one for one in json.loads(text)["people"] if one["person"] == person)


async def exported(town: Any, name: str) -> str:
    told = await town.crewhall("export", "archet", name)
    assert told.status == 0, told.err
    return await asyncio.to_thread((town.directory / name).read_text)


async def lived_in(old: Town) -> str:
    """Let a community live in the old hall; return its export."""
    old.write_charter("archet", {**CHARTER, "founders": [old.user("op")]})
    assert (await old.crewhall("found", "charters/archet.yaml")).status == 0
    op, ann = await old.guest("op"), await old.guest("ann")
    await op.accepts("Archet")
    await op.accepts("Friends")
    await ann.enter_room(f"#_crewhall_archet:{old.synapse.name}")
    chat = await old.chat(ann)
    await old.answer(ann, chat, "!crew start Lantern listed")
    await ann.accepts("Lantern")
    await old.answer(op, await old.chat(op), f"!invite {ann.id} to Friends", to=(ann,))
    await ann.accepts("Friends")
    assert "Friends" in (await old.answer(ann, chat, "!me")).text
    text = await exported(old, "out.json")
    assert set(of(text, ann.id)["rungs"]) == {"friends"}
    for arguments, said in [
        (("export", "archet", "out.json"), "it is not overwritten"),
        (("export", "nowhere", "other.json"), "There is no community nowhere"),
        (("import", "out.json"), "is not imported again"),
    ]:
        told = await old.crewhall(*arguments)
        assert told.status, arguments
        assert said in told.err
    return text


async def test_another_hall_begins_with_what_was_exported(tmp_path: Path) -> None:
    for name in ("old", "new"):
        (tmp_path / name).mkdir()
    async with Town(tmp_path / "old") as old:
        text, moved_from = await lived_in(old), old.synapse.name
    async with Town(tmp_path / "new") as new:
        text = text.replace(moved_from, new.synapse.name)
        await asyncio.to_thread((new.directory / "in.json").write_text, text)
        op, ann = await new.guest("op"), await new.guest("ann")
        told = await new.crewhall("import", "in.json")
        assert told.status == 0, told.out + told.err
        assert travels(await exported(new, "out.json")) == travels(text)
        told = await new.crewhall(
            "import", "in.json"
        )  # as after a stop: it goes on, and nothing is left to do
        assert told.status == 0, told.out + told.err
        planned = await new.crewhall("plan")
        assert planned.status == 0, planned.out

        def asks(seen: Seen) -> bool:
            return seen.sender == new.keeper and "table of standing" in seen.text

        chat = await new.chat(op)
        await op.accepts("Archet")
        question = await op.saw(chat, asks, "the table", within=60)
        assert ann.id in question.text
        await ann.enter_room(f"#_crewhall_archet:{new.synapse.name}")
        await ann.accepts("Lantern")
        assert not any("Friends" in str(name) for name in ann.sight.invited.values())
        await op.react(chat, question.id, "✅")
        await ann.accepts("Friends")
        chat = await new.chat(ann)
        told_me = (await new.answer(ann, chat, "!me")).text
        assert "as you did where Archet comes from" in told_me
        assert "Lantern" in (await new.answer(ann, chat, "!crew")).text
        after = await exported(new, "after.json")
        assert of(after, ann.id)["rungs"] == of(text, ann.id)["rungs"]
        assert of(after, op.id)["hats"].keys() == {"keys"}
        assert "keys" not in of(after, ann.id)["hats"]
