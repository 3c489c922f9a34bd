"""Rooms move to new ones, once, wherever it was interrupted; and what people do meanwhile is not misread."""

from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from crewhall import house as rules
from crewhall.flows.moving import Mover
from crewhall.flows.reconcile import Reconciler
from crewhall.flows.showing import whole_of
from crewhall.ground.facts import Stream, Writing
from crewhall.ground.ids import CommunityKey, RoomId, RoomKey
from crewhall.ground.links import depths
from crewhall.life.crews.facts import CrewEnded
from crewhall.ports import Entry
from crewhall.testing.household import CHARTER, Household

HALL = CommunityKey("rivendell")
FRIENDS = "rivendell/rung/friends"


async def stands(stage: Any) -> None:
    """Have a community of version 11 in which two people are everywhere."""
    reconciler = await stage.founded(stage.ann.id, stage.bob.id)
    assert (await reconciler.found(HALL)).whole
    for person in (stage.ann, stage.bob):
        for key in ("rivendell", FRIENDS, "rivendell/place/lobby", f"{FRIENDS}/commons"):
            await person.join(stage.room(key))
    report = await reconciler.carry_out(await reconciler.plan(HALL))
    assert report.whole


async def move_all(stage: Any) -> None:
    """Move every room that is old yet, spaces first, as the command does."""
    reconciler = Reconciler(stage.homeserver, stage.keeping, stage.world.clock, concurrency=1)
    mover = Mover(reconciler.hands, stage.look)
    house = stage.keeping.house
    wishes = {
        key: wish for key in rules.rooms(house) if (wish := rules.wish(house, key)) and key.startswith(HALL)
    }
    depth = depths(wishes, wishes.get)
    for key in sorted(wishes, key=lambda key: (not wishes[key].space, depth[key], key)):
        if stage.keeping.house.rooms[key].version == "11":
            await mover.move(replace(wishes[key], version="12"))
    finished = await mover.finish(HALL)
    assert (finished.refused, finished.later) == ((), ())


def assert_moved(stage: Any) -> None:
    house = stage.keeping.house
    assert len(house.former) == len(house.rooms) == 7
    successors = [
        room
        for room in stage.world.rooms.values()
        if (room.content("m.room.create") or {}).get("predecessor")
    ]
    assert len(successors) == 7
    for key, opened in house.rooms.items():
        (former,) = [room for room, one in house.former.items() if one.key == key]
        old, new = stage.world.room(former), stage.world.room(opened.room)
        assert house.former[former].settled
        assert (new.version, new.content("m.room.create")["predecessor"]) == ("12", {"room_id": former})
        assert old.content("m.room.tombstone")["replacement_room"] == new.id
        assert stage.world.directory.resolve(f"#{rules.wish(house, key).alias}:hall.test") == new.id
        invited = [event.key for event in new.timeline if event.membership == "invite"]
        assert len(invited) == len(set(invited))
    for key in ("rivendell", FRIENDS, "rivendell/rung/partners"):
        children = {
            child
            for (kind, child), event in stage.world.room(house.rooms[RoomKey(key)].room).state.items()
            if kind == "m.space.child" and event.content.get("via")
        }
        assert children
        assert children <= {opened.room for opened in house.rooms.values()}
    assert not [alias for alias in stage.world.directory.aliases if "_next_" in alias]


@pytest.mark.parametrize("when", ["before it is done", "before it is told"])
async def test_killed_at_any_call_and_started_again_there_is_one_new_room_a_place(
    stages: Any, when: str
) -> None:
    for call in range(1, 400):
        stage = stages("11")
        await stands(stage)
        stage.homeserver.made = 0
        stage.homeserver.dies_at, stage.homeserver.after = call, when == "before it is told"
        with suppress(Exception, ExceptionGroup):
            await move_all(stage)
            break
        reconciler = await stage.start()
        await move_all(stage)
        assert_moved(stage)
        plan = await reconciler.plan(HALL)
        assert not plan.blocked
        # The charter says 11 still: of that a plan says nothing, and there is nothing else.
        assert not plan, plan
    assert call > 60, call
    assert call < 399


async def test_everybody_is_asked_again_once_and_comes_in_by_the_same_doors(stages: Any) -> None:
    stage = stages("11")
    await stands(stage)
    before = set(stage.world.rooms)
    await move_all(stage)
    asked = {
        (stage.keeping.house.keys[event.room], event.key)
        for room in stage.world.rooms.values()
        if room.id not in before
        for event in room.timeline
        if event.membership == "invite"
    }
    people = {stage.ann.id, stage.bob.id}
    spaces = ("rivendell", FRIENDS, "rivendell/rung/partners")
    assert asked == {(key, person) for key in spaces for person in people}
    for key in ("rivendell", "rivendell/place/lobby", FRIENDS, f"{FRIENDS}/commons"):
        await stage.ann.join(stage.room(key))
    hall = stage.keeping.house.halls[HALL]
    assert stage.ann.id in hall.inside


async def test_a_silent_server_is_asked_once_and_nobody_else_waits_for_it(stages: Any) -> None:
    stage = stages("11")
    reconciler = await stage.founded(stage.ann.id, stage.bob.id, stage.far.id)
    assert (await reconciler.found(HALL)).whole
    stage.world.unreachable.add("far.test")
    mover = Mover(reconciler.hands, stage.look)
    spaces = [RoomKey("rivendell"), RoomKey(FRIENDS), RoomKey("rivendell/rung/partners")]
    for key in spaces:
        await mover.move(replace(rules.wish(stage.keeping.house, key), version="12"))
    stage.homeserver.calls.clear()
    finished = await mover.finish(HALL)
    assert [act.person for act in finished.later] == [stage.far.id] * len(spaces)
    assert stage.calls["invite"] == 2 * len(spaces) + 1
    for key in spaces:
        members = (await stage.homeserver.look(stage.room(key))).members
        assert {stage.ann.id, stage.bob.id} <= members.keys()


async def test_a_second_move_does_nothing(stages: Any) -> None:
    stage = stages("11")
    await stands(stage)
    await move_all(stage)
    stage.homeserver.calls.clear()
    await move_all(stage)
    assert stage.homeserver.calls.writes == 0
    assert "look" not in stage.calls


async def test_who_left_just_before_a_room_moved_has_left(stages: Any) -> None:
    stage = stages("11")
    await stands(stage)
    await stage.bob.leave(stage.room(FRIENDS))
    await move_all(stage)
    assert stage.bob.id not in stage.keeping.house.halls[HALL].standing["friends"]
    new = stage.world.room(stage.room(FRIENDS))
    assert new.membership(stage.bob.id) == ""


async def test_who_leaves_while_nobody_is_told_yet_that_the_room_moved_has_left(stages: Any) -> None:
    stage = stages("11")
    await stands(stage)
    mover = Mover(stage.reconciler.hands, stage.look)
    old, wish = stage.room(FRIENDS), rules.wish(stage.keeping.house, RoomKey(FRIENDS))
    await mover.move(replace(wish, version="12"))
    await stage.bob.leave(old)
    await mover.finish(HALL)
    assert stage.bob.id not in stage.keeping.house.halls[HALL].standing["friends"]
    assert stage.world.room(stage.room(FRIENDS)).membership(stage.bob.id) == ""
    assert stage.world.room(stage.room(FRIENDS)).membership(stage.ann.id) == "invite"


# With the whole service running.


async def moved(house: Household, *keys: str) -> dict[str, RoomId]:
    """Move these rooms while the service runs; return the old ones."""
    old = {key: house.room(key) for key in keys}
    for key in keys:
        wish = rules.wish(house.keeping.house, RoomKey(key))
        assert wish is not None
        await house.mover.move(replace(wish, version="12"))
    await house.mover.finish(HALL)
    await house.settle()
    return old


async def test_to_leave_the_old_room_of_a_rung_is_no_step_down_and_to_leave_the_new_one_is() -> None:
    async with Household() as house:
        await house.found(CHARTER, house.ann.id)
        await house.ann.join(house.room("rivendell"))
        await house.ann.join(house.room(FRIENDS))
        await house.settle()
        old = await moved(house, FRIENDS)
        await house.ann.leave(old[FRIENDS])
        await house.settle()
        assert house.ann.id in house.keeping.house.halls[HALL].standing["friends"]
        await house.ann.join(house.room(FRIENDS))
        await house.settle()
        assert house.ann.id in house.keeping.house.halls[HALL].standing["friends"]
        await house.ann.leave(house.room(FRIENDS))
        await house.settle()
        assert house.ann.id not in house.keeping.house.halls[HALL].standing["friends"]


async def test_a_crew_moves_with_its_seats_and_an_answer_in_its_old_room_still_counts() -> None:
    async with Household() as house:
        await house.found(CHARTER, house.ann.id)
        await house.come(house.ann, house.ben, house.cleo)
        lobby = house.room("rivendell/place/lobby")
        await house.ann.say(lobby, f"!crew start Lantern {house.ben.id} open")
        await house.settle()
        crew = "rivendell/crew/lantern"
        for person in (house.ann, house.ben):
            await person.join(house.room(crew))
        await house.settle()
        await house.cleo.say(lobby, "!crew ask Lantern")
        await house.settle()
        (card,) = [event for event in house.said(house.room(crew)) if house.reactions(event.id)]
        old = await moved(house, crew)
        new = house.world.room(house.room(crew))
        assert {person: new.membership(person) for person in (house.ann.id, house.ben.id)} == dict.fromkeys(
            (house.ann.id, house.ben.id), "invite"
        )
        with pytest.raises(Exception, match="permission"):
            await house.ann.say(old[crew], "!crew")
        await house.ann.react(old[crew], card.id, "👍")
        await house.settle()
        assert new.membership(house.cleo.id) == "invite"
        for person in (house.ann, house.ben):
            await person.join(new.id)
            await person.leave(old[crew])
        await house.settle()
        for person in (house.ann, house.ben):
            assert new.membership(person.id) == "join"
        assert house.troubles == []
        assert not await house.reconciler.plan(HALL)


async def test_who_declines_a_new_room_of_their_crew_has_left_it() -> None:
    async with Household() as house:
        await house.found(CHARTER, house.ann.id)
        await house.come(house.ann, house.ben)
        await house.ann.say(house.room("rivendell/place/lobby"), f"!crew start Lantern {house.ben.id}")
        await house.settle()
        crew = "rivendell/crew/lantern"
        for person in (house.ann, house.ben):
            await person.join(house.room(crew))
        await house.settle()
        await moved(house, crew)
        await house.ben.leave(house.room(crew))
        await house.settle()
        wish = rules.wish(house.keeping.house, RoomKey(crew))
        assert wish is not None
        assert wish.only is not None
        assert house.ben.id not in wish.only
        assert house.ann.id in wish.only


async def test_who_is_shut_out_is_in_no_old_room_either_and_others_may_read_on() -> None:
    async with Household() as house:
        await house.found(CHARTER, house.ann.id)
        await house.come(house.ann, house.ben, house.cleo)
        lobby = "rivendell/place/lobby"
        old = house.world.room((await moved(house, lobby))[lobby])
        for person in (house.ben, house.cleo):
            await person.join(house.room(lobby))
        await house.ben.leave(house.room("rivendell"))
        await house.settle()
        house.poke((whole_of(HALL),))
        await house.settle()
        assert (old.membership(house.ben.id), old.membership(house.cleo.id)) == ("leave", "join")


async def test_a_crew_that_is_forgotten_leaves_nobody_in_the_rooms_it_had_before() -> None:
    async with Household() as house:
        await house.found(CHARTER, house.ann.id)
        await house.come(house.ann, house.ben)
        chat = await house.chat(house.ann)
        await house.ann.say(chat, f"!crew start Lantern {house.ben.id}")
        await house.settle()
        crew = "rivendell/crew/lantern"
        for person in (house.ann, house.ben):
            await person.join(house.room(crew))
        await house.settle()
        old = house.world.room((await moved(house, crew))[crew])
        new = house.world.room(house.room(crew))
        fact = CrewEnded("forgotten")
        entry = Entry("$over", house.world.clock.now(), (Writing(Stream(crew), fact),))
        await house.keeping.record(entry)
        await house.settle()
        house.poke((whole_of(HALL),))
        await house.settle()
        assert (old.joined, new.joined) == (set(), set())
        assert old.id not in house.keeping.house.former


async def test_who_is_forgotten_is_in_no_room_that_moved_either() -> None:
    async with Household() as house:
        await house.found(CHARTER, house.ann.id)
        await house.come(house.ann, house.ben)
        lobby = "rivendell/place/lobby"
        old = house.world.room((await moved(house, lobby))[lobby])
        chat = await house.chat(house.ben)
        await house.ben.say(chat, "!forget me")
        await house.settle()
        card = next(event for event in reversed(house.said(chat)) if house.reactions(event.id))
        await house.ben.react(chat, card.id, house.reactions(card.id)[0])
        await house.settle()
        for _ in range(8):
            await house.world.clock.advance(timedelta(seconds=5))
            await house.ticking.beat()
            await house.settle()
        assert old.membership(house.ben.id) == "leave"
