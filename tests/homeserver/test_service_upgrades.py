"""A hall moves to a newer room version, and rooms that people upgrade are followed, on a real homeserver."""

import asyncio
import time
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from crewhall.errors import Denied
from crewhall.lab.guests import Guest
from crewhall.lab.line import Line
from crewhall.lab.town import Town
from crewhall.registration import of as registration_of
from crewhall.settings import load

pytestmark = [pytest.mark.homeserver, pytest.mark.asyncio(loop_scope="session")]

POWERS, TOMBSTONE = "m.room.power_levels", "m.room.tombstone"
WITHIN = 60.0


class Archet:
    """A community of version 11 with a room that its founder had before, a rung, and a crew."""

    def __init__(self, town: Town) -> None:
        self.town = town

    async def stands(self) -> None:
        """Have it founded, and people everywhere."""
        town = self.town
        self.op, self.ann, self.ben = [await town.guest(name) for name in ("op", "ann", "ben")]
        self.kitchen = await made(self.op, "kitchen", "11")
        charter = {
            "key": "archet",
            "name": "Archet",
            "founders": [self.op.id],
            "door": {"join": "public"},
            "room_version": "11",
            "places": [
                {"key": "inn", "name": "Inn"},
                {"key": "kitchen", "name": "Kitchen", "adopt": f"#kitchen:{town.synapse.name}"},
            ],
            "rungs": [{"key": "friends", "name": "Friends", "rooms": [{"key": "hearth", "name": "Hearth"}]}],
        }
        town.write_charter("archet", charter)
        assert (await town.crewhall("found", "charters/archet.yaml")).status in {0, 1}
        await self.give(self.kitchen, {town.keeper: 100}, self.op)
        self.root = await self.op.accepts("Archet")
        self.friends = await self.op.accepts("Friends")
        self.chats = {self.op: await town.chat(self.op), self.ann: await town.chat(self.ann)}
        for guest in (self.ann, self.ben):
            await guest.enter_room(self.root)
            self.inn = await guest.enter_room(self.address("place_inn"))
        await self.op.invite(self.friends, self.ann.id)
        await self.ann.accepts("Friends")
        self.hearth = await self.ann.enter_room(self.address("rung_friends_hearth"))
        await town.answer(
            self.ann, self.chats[self.ann], f"!crew start Lantern {self.ben.id}", to=(self.ben,)
        )
        self.lantern = await self.ann.accepts("Lantern")
        await self.ben.accepts("Lantern")
        await self.until_listed(self.kitchen)

    def address(self, end: str) -> str:
        return f"#_crewhall_archet_{end}:{self.town.synapse.name}"

    async def until_listed(self, *rooms: str, without: str = "") -> None:
        """Wait until the community's space lists these rooms, and one no more, for somebody in it."""
        async with asyncio.timeout(WITHIN):
            while True:
                listed = {str(one["room_id"]) for one in await self.op.inside(self.root)}
                children = {
                    str(event.get("state_key")): event.get("content")
                    for event in await self._state(self.root)
                    if event.get("type") == "m.space.child"
                }
                named = {room for room, content in children.items() if isinstance(content, dict) and content}
                if set(rooms) <= named | listed and without not in named:
                    return
                await self.op.look(500)

    async def _state(self, room: str) -> list[Mapping[str, Any]]:
        answer: Any = await self.op.call("GET", "v3/rooms", room, "state")
        return list(answer)

    async def give(self, room: str, levels: Mapping[str, int], by: Guest | None = None) -> None:
        """Have somebody, or the keeper as if by hand, change people's levels."""
        town = self.town
        token = registration_of(load(town.directory / "config.yaml", {})).as_token.get_secret_value()
        path, masks = ("v3", "rooms", room, "state", POWERS, ""), {} if by else {"user_id": town.keeper}
        line = by.line if by else Line(town.synapse.address, token)
        try:
            powers: Any = await line.call("GET", *path, body=None, **masks)
            body = {**powers, "users": {**powers["users"], **levels}}
            await line.call("PUT", *path, body=body, **masks)
        finally:
            if by is None:
                await line.close()


async def made(guest: Guest, name: str, version: str) -> str:
    """Have somebody make a public room of their own."""
    body = {"preset": "public_chat", "name": name.title(), "room_alias_name": name, "room_version": version}
    return str((await guest.call("POST", "v3/createRoom", body=body))["room_id"])


async def upgrades(guest: Guest, room: str, version: str) -> str:
    """Have somebody upgrade a room as Element does; return the new one."""
    answer = await guest.call("POST", "v3/rooms", room, "upgrade", body={"new_version": version})
    return str(answer["replacement_room"])


@pytest_asyncio.fixture(loop_scope="session", scope="module")
async def archet(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Archet]:
    folder: Path = tmp_path_factory.mktemp("archet")
    async with Town(folder) as town:
        place = Archet(town)
        await place.stands()
        yield place
        assert not [line for line in town.log.splitlines() if "[error" in line or "Traceback" in line]


async def test_people_who_upgrade_their_room_are_followed_and_a_whole_hall_moves(archet: Archet) -> None:
    await a_crew_that_was_upgraded_is_followed(archet)
    await a_room_that_would_be_one_persons_is_refused_in_words(archet)
    await the_hall_moves(archet)
    await an_existing_room_is_followed_into_version_12(archet)


async def a_crew_that_was_upgraded_is_followed(archet: Archet) -> None:
    ann, ben, old = archet.ann, archet.ben, archet.lantern
    await archet.give(old, {ann.id: 100})
    new = await upgrades(ann, old, "11")
    await ann.invite(new, archet.town.keeper)
    await ben.accepts("Lantern")  # the keeper asks its people in again
    await ben.leave(old)
    await ann.leave(old)
    archet.lantern = new
    await archet.town.answer(ann, archet.chats[ann], "!crew")
    told = await archet.town.answer(ann, archet.chats[ann], "!me")
    assert "Lantern" in told.text
    assert (await ben.state(new, "org.crewhall.locator"))["key"] == "archet/crew/lantern"


async def a_room_that_would_be_one_persons_is_refused_in_words(archet: Archet) -> None:
    ann, op = archet.ann, archet.op
    await op.enter_room(archet.inn)
    await archet.give(archet.inn, {ann.id: 100})
    theirs = await upgrades(ann, archet.inn, "12")  # open to all in the space, and so to the keeper
    told = await op.saw(archet.chats[op], lambda seen: "for ever" in seen.text, "why it is not followed")
    assert "crewhall upgrade archet" in told.text
    async with asyncio.timeout(WITHIN):
        while (await ann.state(theirs, "m.room.member", archet.town.keeper))["membership"] != "leave":
            await ann.look(500)


async def the_hall_moves(archet: Archet) -> None:
    town, op, ann, ben = archet.town, archet.op, archet.ann, archet.ben
    shown = await town.crewhall("upgrade", "archet")
    assert shown.status == 2, shown.err
    assert "Kitchen (archet/place/kitchen) stays: it is its people's own" in shown.out
    again = await town.crewhall("upgrade", "archet", "--yes", "00000000")
    assert "not the plan that was shown" in again.err
    back = await town.crewhall("upgrade", "archet", "--to", "9")
    assert back.err.count("\n") == 1
    told = await town.crewhall("upgrade", "archet", "--yes", shown.out.split()[-1])
    assert told.status == 0, (told.out, told.err)
    assert "nothing is missing" in told.out

    for guest in (op, ann, ben):
        new_root = await guest.accepts("Archet")
    assert new_root != archet.root
    old_inn, archet.root = archet.inn, new_root
    stone = await ann.state(old_inn, TOMBSTONE)
    archet.inn = await ann.enter_room(str(stone["replacement_room"]))
    assert archet.inn == await ben.enter_room(archet.address("place_inn"))
    create = await ann.state(archet.inn, "m.room.create")
    assert (create["room_version"], create["predecessor"]) == ("12", {"room_id": old_inn})
    with pytest.raises(Denied):
        await ben.say(old_inn, "hello?")
    with pytest.raises(Denied):
        await ben.enter_room(archet.address("rung_friends_hearth"))
    await ann.leave(archet.friends)  # the old one: to leave it is no step down
    friends = await ann.accepts("Friends")
    hearth = await ann.enter_room(archet.address("rung_friends_hearth"))
    assert {friends, hearth}.isdisjoint({archet.friends, archet.hearth})
    for guest in (ann, ben):
        archet.lantern = await guest.accepts("Lantern")
    names = {str(one.get("name")) for one in await ann.inside(new_root)}
    assert {"Archet", "Inn", "Friends", "Hearth", "Crews", "Kitchen"} <= names
    powers: Any = await ann.state(new_root, POWERS)
    assert powers["users"] == {op.id: 100}
    me = await town.answer(ann, archet.chats[ann], "!me")
    assert "Friends" in me.text
    assert "Lantern" in me.text
    assert (await town.answer(ben, archet.inn, "!me")).text
    await archet.until_listed(archet.inn, archet.kitchen)
    planned = await town.crewhall("plan")
    assert (planned.status, planned.out.strip()) == (0, "Nothing would change.")
    nothing = await town.crewhall("upgrade", "archet")
    assert nothing.status == 0, nothing.out


async def an_existing_room_is_followed_into_version_12(archet: Archet) -> None:
    old = archet.kitchen  # the space lets the keeper in too, so that nobody has to invite it
    new = await upgrades(archet.op, old, "12")
    await archet.until_listed(new, without=old)
    ends = time.monotonic() + WITHIN
    while (planned := await archet.town.crewhall("plan")).status != 0:  # its doors are set after it is listed
        assert time.monotonic() < ends, planned.out
