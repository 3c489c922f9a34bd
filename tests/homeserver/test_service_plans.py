"""Plans before power and drift on a real homeserver: shown in a private chat, done after a yes."""

import asyncio
from collections.abc import Mapping
from typing import Any

import pytest

from crewhall.lab.sight import edits, says

pytestmark = [pytest.mark.homeserver, pytest.mark.asyncio(loop_scope="session")]

JOINS, POWERS = "m.room.join_rules", "m.room.power_levels"


def charter(key: str, founder: str, level: int = 0) -> Mapping[str, object]:
    friends = {"key": "friends", "name": f"Friends of {key}", "level": level}
    return {
        "key": key,
        "name": key.title(),
        "founders": [founder],
        "door": {"join": "public"},
        "places": [{"key": "hall", "name": f"Hall of {key}"}],
        "rungs": [{**friends, "rooms": [{"key": "commons", "name": f"Commons of {key}"}]}],
        "care": {"people": 2},
    }


class Lived:
    """A community on the town's homeserver; Fay holds its key."""

    def __init__(self, town: Any, key: str) -> None:
        self.town, self.key = town, key

    async def founded(self, friends: int = 0) -> None:
        town, key = self.town, self.key
        self.fay = await town.guest(town.word("fay"))
        paper = town.write_charter(key, charter(key, self.fay.id))
        assert (await town.crewhall("found", str(paper))).status == 0
        self.root = await self.fay.accepts(key.title())
        self.space = await self.fay.accepts(f"Friends of {key}")
        self.hall = await self.fay.enter_room(self.alias("place_hall"))
        self.chat = await town.chat(self.fay)
        self.people = await asyncio.gather(*(town.guest(town.word("pal")) for _ in range(friends)))
        for person in self.people:
            await person.enter_room(self.root)
            await self.fay.invite(self.space, person.id)
            await person.enter_room(self.space)
        for person in self.people:
            await town.answer(person, await town.chat(person), "!me")

    def alias(self, name: str) -> str:
        return f"#_crewhall_{self.key}_{name}:{self.town.synapse.name}"

    async def put(self, room: str, kind: str, content: Mapping[str, object]) -> None:
        await self.fay.call("PUT", "v3/rooms", room, "state", kind, "", body=content)

    async def until(self, room: str, kind: str, test: Any) -> None:
        async with asyncio.timeout(30):
            while not test(await self.fay.state(room, kind)):
                await self.fay.look()


async def test_a_new_charter_waits_for_a_keyholders_yes(town: Any) -> None:
    lived = Lived(town, town.word("plan-"))
    await lived.founded(friends=3)
    fay, people = lived.fay, lived.people
    paper = town.write_charter(lived.key, charter(lived.key, fay.id, level=20))
    told = await town.crewhall("found", str(paper))
    assert told.status == 1
    assert "waits for a yes: 3 people are concerned" in " ".join(told.out.split())
    card = await fay.saw(lived.chat, says("waits for your yes", town.keeper), "the plan")
    assert "0 invited, 0 step down, 0 removed; 9 levels change; 0 rooms made." in card.text
    for person in people:
        assert person.id in card.text
    levels = await fay.state(lived.space, POWERS)
    assert not set(levels["users"]) & {person.id for person in people}
    await fay.react(lived.chat, card.id, "✅")
    for room in (lived.root, lived.space):
        await lived.until(room, POWERS, lambda now: all(now["users"].get(p.id) == 20 for p in people))
    await fay.saw(
        lived.chat, lambda s: edits(card.id)(s) and "with the yes of" in s.text, "the receipt", within=30
    )
    assert (await town.crewhall("plan")).status == 0


async def test_a_door_that_is_opened_again_and_again_ends_in_a_question(town: Any) -> None:
    lived = Lived(town, town.word("drift-"))
    await lived.founded()
    for _ in range(2):
        await lived.put(lived.hall, JOINS, {"join_rule": "public"})
        await lived.until(lived.hall, JOINS, lambda now: now["join_rule"] == "restricted")
    await lived.put(lived.hall, JOINS, {"join_rule": "public"})
    card = await lived.fay.saw(lived.chat, says("What shall be?", town.keeper), "the question")
    await town.rest()
    await town.serve()
    await town.answer(lived.fay, lived.chat, "!me")
    assert (await lived.fay.state(lived.hall, JOINS))["join_rule"] == "public"
    await lived.fay.react(lived.chat, card.id, "↩️")
    await lived.until(lived.hall, JOINS, lambda now: now["join_rule"] == "restricted")
