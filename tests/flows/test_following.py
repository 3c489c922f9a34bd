"""A tombstone that people put up is followed where their room is believed, and refused in words where not."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import pytest

from crewhall.ground.ids import CommunityKey, RoomId, RoomKey
from crewhall.testing.household import CHARTER, Household
from crewhall.testing.people import Person

LOBBY = "rivendell/place/lobby"
POWERS, TOMBSTONE = "m.room.power_levels", "m.room.tombstone"
OLD = CHARTER.model_copy(update={"room_version": "11"})
LATER = timedelta(minutes=2)


@asynccontextmanager
async def lived_in(charter: Any = OLD) -> AsyncIterator[Household]:
    """A community in which Ann, who holds its keys, was given all power in the lobby by hand."""
    async with Household() as house:
        await house.found(charter, house.ann.id)
        await house.come(house.ann, house.ben)
        await house.chat(house.ann)
        give(house, LOBBY, {house.ann.id: 100})
        await house.settle()
        yield house


def give(house: Household, key: str, levels: Mapping[str, int]) -> None:
    """Have the keeper's levels table say so, by hand."""
    room, keeper = house.room(key), house.world.asker(house.me)
    powers = dict(house.world.room(room).content(POWERS) or {})
    house.world.put_state(keeper, room, POWERS, "", {**powers, "users": {**powers["users"], **levels}})


async def replace(
    house: Household, by: Person, key: str = LOBBY, *, old: RoomId | None = None, **body: Any
) -> RoomId:
    """Have somebody upgrade a room as their client does: a new one with all levels, then the tombstone."""
    old = old or house.room(key)
    levels = dict(house.world.room(old).content(POWERS) or {})
    told = {
        "preset": "private_chat",
        "room_version": "11",
        "creation_content": {"predecessor": {"room_id": old}},
        "power_level_content_override": {**levels, "users": {**levels["users"], by.id: 100}},
        "invite": [house.me],
    } | body
    new = await by.create_room(told)
    await by.set_state(old, TOMBSTONE, {"body": "moved", "replacement_room": new})
    await house.settle()
    return new


async def told(house: Household, person: Person) -> list[str]:
    """Return what the keeper said to somebody in private."""
    return [str(event.content["body"]) for event in house.said(house.room(house.chats.key(person.id)))]


async def test_a_room_that_somebody_entitled_upgraded_is_followed() -> None:
    async with lived_in() as house:
        old = house.room(LOBBY)
        new = await replace(house, house.ann)
        assert house.room(LOBBY) == new
        room = house.world.room(new)
        assert room.content("org.crewhall.locator") == {"key": LOBBY, "v": 1}
        root = house.world.room(house.room("rivendell"))
        assert (root.content("m.space.child", new) or {}).get("via")
        assert not (root.content("m.space.child", old) or {}).get("via")
        assert house.world.directory.resolve("#_crewhall_rivendell_place_lobby:hall.test") == new
        assert room.join_rule == "restricted"
        await house.ben.join(new)
        await house.ben.leave(old)
        await house.settle()
        assert house.ben.id in house.keeping.house.halls[CommunityKey("rivendell")].inside
        plan = await house.reconciler.plan()
        assert (plan.steps, plan.blocked) == ((), ())
        assert house.keeping.house.former[old].settled
        event = await house.ben.say(new, "!me")
        await house.settle()
        assert house.answers(event)


async def test_one_who_forgot_to_invite_the_keeper_is_asked_to_once() -> None:
    async with lived_in() as house:
        old = house.room(LOBBY)
        new = await replace(house, house.ann, invite=[])
        for _ in range(3):
            await house.world.clock.sleep(LATER)
            house.poke((RoomKey(LOBBY),))
            await house.settle()
        assert house.room(LOBBY) == old
        said = [text for text in await told(house, house.ann) if "new room" in text]
        assert len(said) == 1
        assert "invite" in said[0]
        await house.ann.invite(new, house.me)
        await house.settle()
        assert house.room(LOBBY) == new


async def test_a_keeper_without_power_asks_for_it_and_follows_when_it_has_it() -> None:
    async with lived_in() as house:
        old = house.room(LOBBY)
        new = await replace(house, house.ann, power_level_content_override={"users": {house.ann.id: 100}})
        assert house.room(LOBBY) == old
        (said,) = [text for text in await told(house, house.ann) if "power 100" in text]
        assert "Lobby" in said
        await house.ann.give_power(new, {house.me: 100})
        house.poke((RoomKey(LOBBY),))
        await house.settle()
        assert house.room(LOBBY) == new


async def test_a_version_12_room_that_would_be_its_makers_for_ever_is_refused_in_words() -> None:
    async with lived_in() as house:
        old = house.room(LOBBY)
        new = await replace(house, house.ann, room_version="12", power_level_content_override={})
        for _ in range(2):
            house.poke((RoomKey(LOBBY),))
            await house.settle()
        assert house.room(LOBBY) == old
        assert house.world.room(new).membership(house.me) == "leave"
        (said,) = [text for text in await told(house, house.ann) if "for ever" in text]
        assert "crewhall upgrade rivendell" in said
        await house.ann.invite(new, house.me)
        await house.settle()
        assert house.room(LOBBY) == old


async def test_a_room_of_a_stranger_is_refused_even_if_somebody_entitled_points_to_it() -> None:
    async with lived_in() as house:
        old = house.room(LOBBY)
        levels = {"users": {house.ben.id: 100, house.me: 100}}
        new = await house.ben.create_room(
            {
                "preset": "public_chat",
                "room_version": "11",
                "creation_content": {"predecessor": {"room_id": old}},
                "power_level_content_override": levels,
            }
        )
        await house.ann.set_state(old, TOMBSTONE, {"body": "moved", "replacement_room": new})
        await house.settle()
        assert house.room(LOBBY) == old
        (said,) = [text for text in await told(house, house.ann) if "no power to replace" in text]
        assert "crewhall upgrade" in said


async def test_a_room_that_does_not_say_what_it_continues_is_refused() -> None:
    async with lived_in() as house:
        old = house.room(LOBBY)
        await replace(house, house.ann, creation_content={}, preset="public_chat")
        assert house.room(LOBBY) == old
        assert [text for text in await told(house, house.ann) if "does not say it continues" in text]


async def test_a_room_of_ours_cannot_be_put_in_the_place_of_another() -> None:
    async with lived_in() as house:
        old, quiet = house.room(LOBBY), house.room("rivendell/place/quiet")
        await house.ann.set_state(old, TOMBSTONE, {"body": "moved", "replacement_room": quiet})
        await house.settle()
        assert house.room(LOBBY) == old
        assert house.world.room(quiet).membership(house.me) == "join"
        assert house.room("rivendell/place/quiet") == quiet


async def test_a_tombstone_cannot_have_the_keeper_leave_a_room_it_is_in_for_other_reasons() -> None:
    async with lived_in() as house:
        elsewhere = await house.cleo.create_room({"preset": "public_chat"})
        await house.homeserver.join(elsewhere)
        await house.ann.set_state(house.room(LOBBY), TOMBSTONE, {"body": "x", "replacement_room": elsewhere})
        await house.settle()
        assert house.world.room(elsewhere).membership(house.me) == "join"
        assert [text for text in await told(house, house.ann) if "does not say it continues" in text]


async def test_a_level_that_the_keeper_cannot_take_back_is_asked_for() -> None:
    async with lived_in() as house:
        old = house.room(LOBBY)
        powers = dict(house.world.room(old).content(POWERS) or {})
        levels = {**powers, "users": {**powers["users"], house.ben.id: 100}}
        new = await replace(house, house.ann, power_level_content_override=levels)
        await house.ann.invite(new, house.ben.id)
        await house.ben.join(new)
        assert house.room(LOBBY) == old
        assert [text for text in await told(house, house.ann) if "more power than they had" in text]
        await house.ben.give_power(new, {house.ben.id: 0})
        house.poke((RoomKey(LOBBY),))
        await house.settle()
        assert house.room(LOBBY) == new


async def test_what_somebody_was_given_in_the_successor_is_taken_back() -> None:
    async with lived_in() as house:
        powers = dict(house.world.room(house.room(LOBBY)).content(POWERS) or {})
        levels = {**powers, "users": {**powers["users"], house.ben.id: 60}}
        new = await replace(house, house.ann, power_level_content_override=levels)
        assert house.room(LOBBY) == new
        assert house.world.room(new).levels("users").get(house.ben.id, 0) == 0
        assert house.world.room(new).levels("users")[house.ann.id] == 100


async def test_a_second_tombstone_in_the_new_room_is_followed_too() -> None:
    async with lived_in() as house:
        first = house.room(LOBBY)
        second = await replace(house, house.ann)
        third = await replace(house, house.ann)
        assert house.room(LOBBY) == third
        former = house.keeping.house.former
        assert (former[first].room, former[second].room) == (second, third)
        root = house.world.room(house.room("rivendell"))
        ours = {opened.room for opened in house.keeping.house.rooms.values()}
        listed = {
            key for (kind, key), e in root.state.items() if kind == "m.space.child" and e.content.get("via")
        }
        assert listed <= ours
        plan = await house.reconciler.plan()
        assert (plan.steps, plan.blocked) == ((), ())


async def test_a_chain_of_tombstones_is_followed_to_its_end() -> None:
    async with lived_in() as house:
        await house.stop()
        first = house.room(LOBBY)
        levels = dict(house.world.room(first).content(POWERS) or {})
        places = [first]
        for _ in range(4):
            new = await house.ann.create_room(
                {
                    "preset": "private_chat",
                    "room_version": "11",
                    "creation_content": {"predecessor": {"room_id": places[-1]}},
                    "power_level_content_override": levels,
                    "invite": [house.me],
                }
            )
            await house.ann.set_state(places[-1], TOMBSTONE, {"body": "moved", "replacement_room": new})
            places.append(new)
        await house.start()
        await house.settle()
        assert house.room(LOBBY) == places[-1]
        plan = await house.reconciler.plan()
        assert (plan.steps, plan.blocked) == ((), ())


async def test_a_circle_of_tombstones_is_refused_in_words() -> None:
    async with lived_in() as house:
        first = house.room(LOBBY)
        second = await replace(house, house.ann)
        assert house.room(LOBBY) == second
        await house.ann.set_state(second, TOMBSTONE, {"body": "back", "replacement_room": first})
        await house.settle()
        assert house.room(LOBBY) == second
        (said,) = [text for text in await told(house, house.ann) if "leads back" in text]
        assert "crewhall upgrade" in said


async def test_who_leaves_a_room_that_was_replaced_has_left_nothing() -> None:
    async with lived_in() as house:
        root = house.room("rivendell")
        give(house, "rivendell", {house.ann.id: 100})
        await replace(
            house, house.ann, "rivendell", invite=[], creation_content={"predecessor": {"room_id": root}}
        )
        await house.ben.leave(root)
        await house.settle()
        assert house.ben.id in house.keeping.house.halls[CommunityKey("rivendell")].inside


async def test_a_look_at_a_room_that_was_replaced_takes_nobody_for_gone() -> None:
    async with lived_in() as house:
        root = house.room("rivendell")
        give(house, "rivendell", {house.ann.id: 100})
        await house.settle()
        await house.stop()
        new = await house.ann.create_room({"creation_content": {"predecessor": {"room_id": root}}})
        await house.ann.set_state(root, TOMBSTONE, {"body": "moved", "replacement_room": new})
        await house.ben.leave(root)
        await house.start()
        await house.settle()
        assert house.room("rivendell") == root
        assert house.ben.id in house.keeping.house.halls[CommunityKey("rivendell")].inside


async def test_a_refused_room_gives_way_to_one_of_ours_that_goes_on() -> None:
    async with lived_in() as house:
        old = house.room(LOBBY)
        await replace(house, house.ann, room_version="12", power_level_content_override={})
        wish = house.reconciler._wish(RoomKey(LOBBY))
        assert wish is not None
        await house.mover.move(wish)
        await house.mover.finish(CommunityKey("rivendell"))
        await house.settle()
        new = house.room(LOBBY)
        assert new != old
        assert house.world.room(new).creator == house.me
        assert (house.world.room(old).content(TOMBSTONE) or {})["replacement_room"] == new
        assert not (await house.reconciler.plan()).blocked


@pytest.mark.parametrize("version", ["11", "12"])
async def test_an_existing_room_that_its_people_upgrade_is_followed_and_stays_theirs(version: str) -> None:
    async with Household() as house:
        kitchen = await house.ann.create_room({"preset": "public_chat", "room_version": version})
        levels = {house.me: 100} | ({} if version == "12" else {house.ann.id: 100})
        await house.ann.give_power(kitchen, levels)
        places = ({"key": "kitchen", "name": "Kitchen", "adopt": str(kitchen)},)
        charter = type(CHARTER).model_validate({**CHARTER.model_dump(), "places": places})
        await house.found(charter, house.ann.id)
        if house.world.room(kitchen).membership(house.me) != "join":
            await house.ann.invite(kitchen, house.me)
        await house.settle()
        key = "rivendell/place/kitchen"
        assert house.room(key) == kitchen
        body = {"users": levels} if version == "11" else {"users": {house.me: 100}}
        new = await replace(
            house,
            house.ann,
            key,
            room_version="12",
            power_level_content_override={"users": {house.me: 100}} | body
            if version == "12"
            else {"users": {house.me: 100}},
        )
        assert house.room(key) == new
        root = house.world.room(house.room("rivendell"))
        assert (root.content("m.space.child", new) or {}).get("via")
        assert not (root.content("m.space.child", kitchen) or {}).get("via")
        assert house.world.room(new).creator == house.ann.id
