"""Promises about power: who may give it, take it, and what it is needed for."""

from crewhall.testing.contracts.stage import (
    POWERS,
    VERSIONS,
    Stage,
    levels,
    membership,
    refused,
    room,
    same,
)

NAME = "m.room.name"
NOTE = "org.example.note"
MOST = 2**53 - 1


async def state_is_written_from_its_level_on(stage: Stage) -> None:
    ann = await stage.person("ann")
    for version in VERSIONS:
        place = await room(stage, ann, version=version, state_default=40, events={NAME: 20})
        with refused("a name without the level", "M_FORBIDDEN"):
            await ann.set_state(place, NAME, {"name": "Mine"})
        await stage.keeper.put_state(place, POWERS, "", _named(stage, version, ann.id, 20))
        await ann.set_state(place, NAME, {"name": "Ours"})
        with refused("other state without the level"):
            await ann.set_state(place, NOTE, {"text": "no"})


async def nobody_gives_more_than_they_hold(stage: Stage) -> None:
    ann, bob = await stage.person("ann"), await stage.person("bob")
    for version in VERSIONS:
        place = await room(stage, ann, bob, version=version, users={ann.id: 60}, events={POWERS: 60})
        with refused("a level above one's own", "M_FORBIDDEN"):
            await ann.give_power(place, {bob.id: 61})
        with refused("a raise of oneself"):
            await ann.give_power(place, {ann.id: 61})
        await ann.give_power(place, {bob.id: 60})
        with refused("lowering somebody who stands as high"):
            await ann.give_power(place, {bob.id: 10})
        await ann.give_power(place, {ann.id: 59})


async def only_creators_of_version_12_lower_those_at_100(stage: Stage) -> None:
    ann = await stage.person("ann")
    old, new = [await room(stage, ann, version=v, users={ann.id: 100}) for v in VERSIONS]
    with refused("lowering an equal in version 11"):
        await stage.keeper.put_state(old, POWERS, "", levels(stage, "11", users={ann.id: 0}))
    with refused("giving more than 100 in version 11"):
        await stage.keeper.put_state(old, POWERS, "", levels(stage, "11", users={ann.id: 101}))
    await stage.keeper.put_state(new, POWERS, "", levels(stage, "12", users={ann.id: 150}))
    await stage.keeper.put_state(new, POWERS, "", levels(stage, "12"))
    same((await stage.keeper.look(new)).powers.get("users"), {}, "who holds a level")


async def a_person_lowers_themselves_at_any_height(stage: Stage) -> None:
    ann = await stage.person("ann")
    for version in VERSIONS:
        place = await room(stage, ann, version=version, users={ann.id: 100}, events={POWERS: 100})
        await ann.give_power(place, {ann.id: 0})
        with refused("taking it back"):
            await ann.give_power(place, {ann.id: 100})


async def creators_of_version_12_are_in_no_table(stage: Stage) -> None:
    ann = await stage.person("ann")
    place = await room(stage, ann, users={ann.id: 100})
    with refused("a creator among the levels", "M_UNKNOWN"):
        await stage.keeper.put_state(place, POWERS, "", levels(stage, "12", users={stage.keeper.me: 100}))
    with refused("a creator among the levels"):
        await ann.give_power(place, {stage.keeper.me: 0})


async def creators_of_version_12_stand_above_everything(stage: Stage) -> None:
    ann = await stage.person("ann")
    place = await room(stage, ann, users={ann.id: MOST}, state_default=MOST)
    with refused("a creator's removal"):
        await ann.kick(place, stage.keeper.me)
    with refused("a creator's ban"):
        await ann.ban(place, stage.keeper.me)
    await stage.keeper.put_state(place, NAME, "", {"name": "Still mine"})
    await stage.keeper.remove(place, ann.id, "")


async def in_version_11_who_made_a_room_may_lose_it(stage: Stage) -> None:
    ann = await stage.person("ann")
    place = await room(stage, ann, version="11", users={ann.id: 100})
    await stage.keeper.put_state(
        place, POWERS, "", levels(stage, "11", users={ann.id: 100, stage.keeper.me: 50})
    )
    await ann.kick(place, stage.keeper.me)
    with refused("a look from outside"):
        await stage.keeper.put_state(place, NAME, "", {"name": "Mine"})


async def levels_above_ones_own_are_out_of_reach(stage: Stage) -> None:
    ann = await stage.person("ann")
    for version in VERSIONS:
        place = await room(
            stage,
            ann,
            version=version,
            users={ann.id: 60},
            events={POWERS: 60, NAME: 90},
            ban=90,
            notifications={"room": 90},
        )
        standing = await ann.state(place, POWERS)
        for change in (
            {"ban": 50},
            {"kick": 61},
            {"events": {POWERS: 60, NAME: 10}},
            {"events": {POWERS: 60}},
            {"events": {POWERS: 60, NAME: 90, NOTE: 61}},
            {"notifications": {"room": 10}},
            {"users_default": 61},
        ):
            with refused(f"the change {change}"):
                await ann.set_state(place, POWERS, {**standing, **change})
        await ann.set_state(place, POWERS, {**standing, "kick": 60})


async def levels_that_are_no_whole_numbers_are_refused(stage: Stage) -> None:
    place = await room(stage)
    for wrong in (
        {"ban": "50"},
        {"ban": 50.5},
        {"users_default": True},
        {"events": {NAME: "50"}},
        {"ban": MOST + 1},
    ):
        with refused(f"the levels {wrong}", "M_BAD_JSON"):
            await stage.keeper.put_state(place, POWERS, "", levels(stage, "12", **wrong))


async def inviting_needs_its_level(stage: Stage) -> None:
    ann, bob = await stage.person("ann"), await stage.person("bob")
    place = await room(stage, ann)
    with refused("an invitation without the level", "M_FORBIDDEN"):
        await ann.invite(place, bob.id)
    await stage.keeper.put_state(place, POWERS, "", levels(stage, "12", users={ann.id: 50}))
    await ann.invite(place, bob.id)
    member = (await stage.keeper.look(place)).members[bob.id]
    same((member.membership, member.sender), ("invite", ann.id), "what is seen of it")


async def removing_needs_its_level_and_to_stand_higher(stage: Stage) -> None:
    ann, bob, cleo = [await stage.person(name) for name in ("ann", "bob", "cleo")]
    for version in VERSIONS:
        place = await room(
            stage, ann, bob, cleo, version=version, users={ann.id: 50, bob.id: 50, cleo.id: 49}
        )
        with refused("a removal without the level"):
            await cleo.kick(place, ann.id)
        with refused("an equal's removal"):
            await ann.kick(place, bob.id)
        with refused("an equal's ban"):
            await ann.ban(place, bob.id)
        await ann.kick(place, cleo.id)
        same(await membership(stage, place, cleo), "leave", "cleo")


async def the_keeper_of_version_11_cannot_remove_an_equal(stage: Stage) -> None:
    ann = await stage.person("ann")
    place = await room(stage, ann, version="11", users={ann.id: 100})
    with refused("an equal's removal", "M_FORBIDDEN"):
        await stage.keeper.remove(place, ann.id, "")
    same(await membership(stage, place, ann), "join", "ann")


async def banning_needs_its_level(stage: Stage) -> None:
    ann, bob = await stage.person("ann"), await stage.person("bob")
    place = await room(stage, ann, bob, users={ann.id: 50}, ban=51)
    with refused("a ban without the level"):
        await ann.ban(place, bob.id)


async def a_level_to_speak_is_kept(stage: Stage) -> None:
    ann = await stage.person("ann")
    place = await room(stage, ann, events_default=10, events={"m.reaction": 0})
    said = await stage.keeper.send(
        place, "m.room.message", {"msgtype": "m.notice", "body": "hear"}, stage.word()
    )
    with refused("a word without the level", "M_FORBIDDEN"):
        await ann.say(place, "me too")
    await ann.react(place, said, "ok")


async def state_under_a_persons_name_is_theirs_alone(stage: Stage) -> None:
    ann, bob = await stage.person("ann"), await stage.person("bob")
    place = await room(stage, ann, bob, users={ann.id: 100}, events={NOTE: 0})
    await bob.set_state(place, NOTE, {"text": "mine"}, bob.id)
    with refused("state under another's name", "M_FORBIDDEN"):
        await ann.set_state(place, NOTE, {"text": "yours"}, bob.id)
    with refused("state under another's name"):
        await stage.keeper.put_state(place, NOTE, bob.id, {"text": "yours"})
    with refused("state under a name that begins like one's own"):
        await bob.set_state(place, NOTE, {"text": "mine"}, f"{bob.id}_more")
    same(await bob.state(place, NOTE, bob.id), {"text": "mine"}, "what stands")


async def a_tombstone_needs_its_level(stage: Stage) -> None:
    ann = await stage.person("ann")
    place = await room(stage, ann, users={ann.id: 100}, events={"m.room.tombstone": 150})
    successor = await room(stage)
    stone = {"body": "moved", "replacement_room": successor}
    with refused("a tombstone without the level"):
        await ann.set_state(place, "m.room.tombstone", stone)
    await stage.keeper.put_state(place, "m.room.tombstone", "", stone)
    same((await stage.keeper.look(place)).tombstone, successor, "where the room went")


def _named(stage: Stage, version: str, person: str, level: int) -> dict[str, object]:
    return levels(stage, version, state_default=40, events={NAME: 20}, users={person: level})


PROMISES = (
    state_is_written_from_its_level_on,
    nobody_gives_more_than_they_hold,
    only_creators_of_version_12_lower_those_at_100,
    a_person_lowers_themselves_at_any_height,
    creators_of_version_12_are_in_no_table,
    creators_of_version_12_stand_above_everything,
    in_version_11_who_made_a_room_may_lose_it,
    levels_above_ones_own_are_out_of_reach,
    levels_that_are_no_whole_numbers_are_refused,
    inviting_needs_its_level,
    removing_needs_its_level_and_to_stand_higher,
    the_keeper_of_version_11_cannot_remove_an_equal,
    banning_needs_its_level,
    a_level_to_speak_is_kept,
    state_under_a_persons_name_is_theirs_alone,
    a_tombstone_needs_its_level,
)
