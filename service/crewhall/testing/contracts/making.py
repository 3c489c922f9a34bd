"""Promises about making rooms, and finding them again."""

from crewhall.errors import Denied, Taken
from crewhall.ground.rooms import LOCATOR, NewRoom, StatePut
from crewhall.testing.contracts.stage import JOINS, POWERS, VERSIONS, Stage, levels, must, refused, room, same

CANONICAL = "m.room.canonical_alias"


def _new(stage: Stage, version: str = "12", alias: str = "", **powers: object) -> NewRoom:
    local = alias or f"_crewhall_{stage.word()}"
    return NewRoom(
        local, version, levels(stage, version, **powers), (StatePut(JOINS, "", {"join_rule": "invite"}),)
    )


async def a_room_is_made_as_it_was_asked_for(stage: Stage) -> None:
    for version in VERSIONS:
        wanted = levels(stage, version, events={"m.room.name": 30}, state_default=70)
        local = f"_crewhall_{stage.word()}"
        new = NewRoom(
            alias=local,
            version=version,
            powers=wanted,
            state=(
                StatePut(JOINS, "", {"join_rule": "knock"}),
                StatePut("m.room.history_visibility", "", {"history_visibility": "invited"}),
                StatePut("m.room.guest_access", "", {"guest_access": "forbidden"}),
                StatePut(LOCATOR, "", {"key": "rivendell/place/lobby", "v": 1}),
            ),
            name="Lobby",
            topic="Come in",
            kind="org.crewhall.test.room",
        )
        seen = await stage.keeper.look(await stage.keeper.create_room(new))
        same(seen.version, version, "version")
        same(seen.name, "Lobby", "name")
        same(seen.topic, "Come in", "topic")
        same(seen.joins.get("join_rule"), "knock", "join rule")
        same(seen.history, "invited", "history")
        same(seen.guests, "forbidden", "guests")
        same(seen.locator, "rivendell/place/lobby", "locator")
        same(seen.alias, f"#{local}:{stage.server_name}", "canonical alias")
        same({k: seen.powers.get(k) for k in wanted}, wanted, "levels")
        must(stage.keeper.me in seen.creators, "the keeper is the creator")
        same(seen.kind, "org.crewhall.test.room", "type")
        must(not seen.space, "no space")
        must(not seen.encrypted, "no encryption that nobody asked for")


async def a_room_is_found_again_by_its_alias(stage: Stage) -> None:
    new = _new(stage)
    made = await stage.keeper.create_room(new)
    same(await stage.keeper.find(f"#{new.alias}:{stage.server_name}"), made, "the room behind the alias")


async def an_unknown_alias_leads_nowhere(stage: Stage) -> None:
    same(await stage.keeper.find(f"#_crewhall_{stage.word()}:{stage.server_name}"), None, "the room")


async def a_taken_alias_is_told(stage: Stage) -> None:
    new = _new(stage)
    made = await stage.keeper.create_room(new)
    before = await stage.keeper.joined()
    try:
        await stage.keeper.create_room(new)
    except Taken as no:
        same(no.code, "M_ROOM_IN_USE", "code")
    else:
        must(False, "a second room took the alias")  # noqa: FBT003 - it must not come here
    same(await stage.keeper.find(f"#{new.alias}:{stage.server_name}"), made, "the room behind the alias")
    same(await stage.keeper.joined(), before, "the keeper's rooms")


async def an_alias_outside_of_the_namespace_is_refused(stage: Stage) -> None:
    alias = stage.word()
    before = await stage.keeper.joined()
    with refused("a foreign alias", "M_EXCLUSIVE"):
        await stage.keeper.create_room(_new(stage, alias=alias))
    same(await stage.keeper.find(f"#{alias}:{stage.server_name}"), None, "the room behind the alias")
    same(await stage.keeper.joined(), before, "the keeper's rooms")


async def ordinary_people_cannot_take_an_alias_of_ours(stage: Stage) -> None:
    ann = await stage.person("ann")
    with refused("an alias of the service's", "M_EXCLUSIVE"):
        await ann.create_room({"room_alias_name": f"_crewhall_{stage.word()}"})


async def refused_levels_leave_a_room_with_its_alias_taken(stage: Stage) -> None:
    new = _new(stage, users={stage.keeper.me: 100})
    with refused("a creator among the levels of version 12", "M_UNKNOWN"):
        await stage.keeper.create_room(new)
    left = await stage.keeper.find(f"#{new.alias}:{stage.server_name}")
    if left is None:
        raise Denied("", "the alias of a room that was made half is free")
    must(left in await stage.keeper.joined(), "the keeper is in it")
    seen = await stage.keeper.look(left)
    same((seen.powers, seen.joins, seen.locator), ({}, {}, None), "what stands in it")


async def a_room_made_half_can_be_finished(stage: Stage) -> None:
    new = _new(stage, users={stage.keeper.me: 100})
    with refused("a creator among the levels of version 12"):
        await stage.keeper.create_room(new)
    left = await stage.keeper.find(f"#{new.alias}:{stage.server_name}")
    if left is None:
        raise Denied("", "the alias of a room that was made half is free")
    wanted = levels(stage, "12")
    await stage.keeper.put_state(left, POWERS, "", wanted)
    await stage.keeper.put_state(left, LOCATOR, "", {"key": "rivendell", "v": 1})
    await stage.keeper.put_state(left, JOINS, "", {"join_rule": "public"})
    ann = await stage.person("ann")
    await ann.join(left)
    seen = await stage.keeper.look(left)
    same((seen.powers, seen.locator), (wanted, "rivendell"), "what stands in it")


async def version_11_wants_its_creator_among_the_levels(stage: Stage) -> None:
    new = _new(stage, "11")
    users = {"@nobody:" + stage.server_name: 100}
    with refused("levels without their creator"):
        await stage.keeper.create_room(
            NewRoom(new.alias, new.version, {**new.powers, "users": users}, new.state)
        )
    same(await stage.keeper.find(f"#{new.alias}:{stage.server_name}"), None, "the room behind the alias")


async def given_levels_replace_the_defaults_one_by_one(stage: Stage) -> None:
    new = NewRoom(f"_crewhall_{stage.word()}", "12", {"events": {"m.room.name": 10}, "invite": 50}, ())
    powers = (await stage.keeper.look(await stage.keeper.create_room(new))).powers
    same(powers.get("events"), {"m.room.name": 10}, "the events are only those given")
    same((powers.get("invite"), powers.get("kick")), (50, 50), "what was given and what was not")


async def levels_that_are_no_whole_numbers_make_no_levels(stage: Stage) -> None:
    for wrong in ("50", 50.5):
        with refused(f"the level {wrong!r}", "M_BAD_JSON"):
            await stage.keeper.create_room(_new(stage, kick=wrong))


async def an_unknown_version_is_refused_before_anything_is_made(stage: Stage) -> None:
    new = _new(stage, "no-such-version")
    with refused("an unknown room version", "M_UNSUPPORTED_ROOM_VERSION"):
        await stage.keeper.create_room(new)
    same(await stage.keeper.find(f"#{new.alias}:{stage.server_name}"), None, "the room behind the alias")


async def a_space_is_a_space(stage: Stage) -> None:
    must((await stage.keeper.look(await room(stage, space=True))).space, "a space")


async def a_room_may_keep_its_alias_to_itself(stage: Stage) -> None:
    made = await room(stage, state=(StatePut(CANONICAL, "", {}),))
    same((await stage.keeper.look(made)).alias, None, "the canonical alias")


async def a_canonical_alias_must_lead_to_its_room(stage: Stage) -> None:
    made = await room(stage)
    with refused("an alias that leads nowhere", "M_BAD_ALIAS"):
        await stage.keeper.put_state(
            made, CANONICAL, "", {"alias": f"#_crewhall_{stage.word()}:{stage.server_name}"}
        )


async def people_are_invited_while_a_room_is_made(stage: Stage) -> None:
    ann, bob = await stage.person("ann"), await stage.person("bob")
    new = _new(stage)
    made = await stage.keeper.create_room(
        NewRoom(new.alias, "12", new.powers, new.state, direct=True, invite=(ann.id, bob.id))
    )
    members = (await stage.keeper.look(made)).members
    same({members[p.id].membership for p in (ann, bob)}, {"invite"}, "memberships")
    told = await stage.keeper.state(made, "m.room.member", ann.id)
    must(told is not None and told.get("is_direct") is True, "the invitation says that it is direct")


async def who_is_invited_to_a_chat_later_is_told_that_it_is_one(stage: Stage) -> None:
    ann = await stage.person("ann")
    place = await room(stage)
    for _ in range(2):
        await stage.keeper.invite(place, ann.id, direct=True)
    told = await stage.keeper.state(place, "m.room.member", ann.id)
    must(told is not None and told.get("is_direct") is True, "the invitation says that it is direct")
    await ann.join(place)
    await stage.keeper.invite(place, ann.id, direct=True)
    same((await stage.keeper.look(place)).members[ann.id].membership, "join", "ann")


async def only_version_11_names_the_server_in_room_ids(stage: Stage) -> None:
    must(":" not in await room(stage, version="12"), "no server in a version 12 id")
    must((await room(stage, version="11")).endswith(f":{stage.server_name}"), "the server in a version 11 id")


PROMISES = (
    a_room_is_made_as_it_was_asked_for,
    a_room_is_found_again_by_its_alias,
    an_unknown_alias_leads_nowhere,
    a_taken_alias_is_told,
    an_alias_outside_of_the_namespace_is_refused,
    ordinary_people_cannot_take_an_alias_of_ours,
    refused_levels_leave_a_room_with_its_alias_taken,
    a_room_made_half_can_be_finished,
    version_11_wants_its_creator_among_the_levels,
    given_levels_replace_the_defaults_one_by_one,
    levels_that_are_no_whole_numbers_make_no_levels,
    an_unknown_version_is_refused_before_anything_is_made,
    a_space_is_a_space,
    a_room_may_keep_its_alias_to_itself,
    a_canonical_alias_must_lead_to_its_room,
    people_are_invited_while_a_room_is_made,
    who_is_invited_to_a_chat_later_is_told_that_it_is_one,
    only_version_11_names_the_server_in_room_ids,
)
