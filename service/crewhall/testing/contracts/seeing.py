"""Promises about looking: what one look at a room tells, and to whom."""

from crewhall.ground.ids import RoomId
from crewhall.ground.rooms import ChildSeen, StatePut
from crewhall.testing.contracts.stage import JOINS, POWERS, Stage, levels, refused, room, same

CHILD = "m.space.child"
SHUT = {"guest_access": "forbidden"}


async def a_look_tells_members_with_who_did_it(stage: Stage) -> None:
    ann, bob = await stage.person("ann"), await stage.person("bob")
    place = await room(stage, ann)
    await stage.keeper.invite(place, bob.id)
    members = (await stage.keeper.look(place)).members
    same(members.keys(), {stage.keeper.me, ann.id, bob.id}, "who has to do with the room")
    same((members[ann.id].membership, members[ann.id].sender), ("join", ann.id), "ann")
    same((members[bob.id].membership, members[bob.id].sender), ("invite", stage.keeper.me), "bob")
    same(len({m.event for m in members.values()}), 3, "an event each")
    same({m.event[:1] for m in members.values()}, {"$"}, "event ids")


async def a_look_tells_who_changed_levels_and_doors(stage: Stage) -> None:
    ann = await stage.person("ann")
    history, guests = "m.room.history_visibility", "m.room.guest_access"
    doors = (StatePut(history, "", {"history_visibility": "joined"}), StatePut(guests, "", SHUT))
    place = await room(stage, ann, users={ann.id: 100}, state=doors)
    kinds = (POWERS, JOINS, history, guests)
    same((await stage.keeper.look(place)).by, dict.fromkeys(kinds, stage.keeper.me), "who made it so")
    await ann.set_state(place, JOINS, {"join_rule": "public"})
    await ann.set_state(place, guests, {"guest_access": "can_join"})
    by = (await stage.keeper.look(place)).by
    same([by[kind] for kind in kinds], [stage.keeper.me, ann.id, stage.keeper.me, ann.id], "who changed what")


async def a_look_tells_the_creators(stage: Stage) -> None:
    ann, bob = await stage.person("ann"), await stage.person("bob")
    shared = await ann.create_room(
        {"creation_content": {"additional_creators": [bob.id]}, "room_version": "12"}
    )
    await ann.invite(shared, stage.keeper.me)
    await stage.keeper.join(shared)
    same((await stage.keeper.look(shared)).creators, {ann.id, bob.id}, "creators")
    same((await stage.keeper.look(await room(stage))).creators, {stage.keeper.me}, "creators of ours")


async def a_trusted_private_chat_makes_everybody_a_creator(stage: Stage) -> None:
    ann = await stage.person("ann")
    body = {"preset": "trusted_private_chat", "invite": [stage.keeper.me], "room_version": "12"}
    place = await ann.create_room(body)
    await stage.keeper.join(place)
    same((await stage.keeper.look(place)).creators, {ann.id, stage.keeper.me}, "creators")


async def a_private_rooms_defaults_are_seen_as_they_are(stage: Stage) -> None:
    ann = await stage.person("ann")
    place = await ann.create_room({"room_version": "12", "invite": [stage.keeper.me]})
    await stage.keeper.join(place)
    seen = await stage.keeper.look(place)
    same((seen.powers.get("users"), seen.powers.get("invite")), ({}, 0), "users and the level to invite")
    events = seen.powers.get("events")
    guards = [events.get(kind) for kind in (POWERS, "m.room.tombstone")] if isinstance(events, dict) else []
    same(guards, [100, 150], "the guards of version 12")
    same((seen.joins.get("join_rule"), seen.guests, seen.history), ("invite", "can_join", "shared"), "doors")
    same((seen.name, seen.topic, seen.alias, seen.locator), (None, None, None, None), "what nobody set")


async def a_look_from_outside_is_refused(stage: Stage) -> None:
    ann = await stage.person("ann")
    place = await ann.create_room({"preset": "private_chat"})
    for where in (place, RoomId(f"!{stage.word()}:{stage.server_name}")):
        with refused("a look from outside"):
            await stage.keeper.look(where)
        with refused("reading state from outside"):
            await stage.keeper.state(where, "m.room.name")
    await ann.invite(place, stage.keeper.me)
    with refused("a look by somebody only invited"):
        await stage.keeper.look(place)


async def a_look_after_leaving_is_refused(stage: Stage) -> None:
    ann = await stage.person("ann")
    left = await room(stage, ann)
    await stage.keeper.leave(left)
    with refused("a look after leaving"):
        await stage.keeper.look(left)
    lost = await ann.create_room({"invite": [stage.keeper.me]})
    await stage.keeper.join(lost)
    await ann.kick(lost, stage.keeper.me)
    with refused("a look after being removed"):
        await stage.keeper.look(lost)


async def a_child_with_an_empty_via_is_none(stage: Stage) -> None:
    via = [stage.server_name]
    space = await room(stage, space=True)
    first, second = await room(stage), await room(stage)
    await stage.keeper.put_state(space, CHILD, first, {"via": via, "order": "a", "suggested": True})
    await stage.keeper.put_state(space, CHILD, second, {"via": via})
    await stage.keeper.put_state(space, CHILD, await room(stage), {"via": []})
    wanted = {first: ChildSeen(tuple(via), "a", suggested=True), second: ChildSeen(tuple(via))}
    same((await stage.keeper.look(space)).children, wanted, "children")
    await stage.keeper.put_state(space, CHILD, first, {})
    same((await stage.keeper.look(space)).children.keys(), {second}, "children, one unlinked")


async def a_look_tells_parents_and_encryption(stage: Stage) -> None:
    space = await room(stage, space=True)
    place = await room(
        stage,
        state=(
            StatePut("m.space.parent", space, {"via": [stage.server_name], "canonical": True}),
            StatePut("m.room.encryption", "", {"algorithm": "m.megolm.v1.aes-sha2"}),
            StatePut("m.room.avatar", "", {"url": "mxc://example.org/a"}),
        ),
    )
    seen = await stage.keeper.look(place)
    same((seen.parents, seen.encrypted, seen.avatar), ({space}, True, "mxc://example.org/a"), "what is seen")


async def one_state_event_is_read_by_itself(stage: Stage) -> None:
    ann = await stage.person("ann")
    place = await room(stage, ann)
    wanted = levels(stage, "12", users={ann.id: 10})
    await stage.keeper.put_state(place, POWERS, "", wanted)
    same(await stage.keeper.state(place, POWERS), wanted, "the levels")
    same((await stage.keeper.state(place, "m.room.member", ann.id) or {}).get("membership"), "join", "ann")
    same(await stage.keeper.state(place, "org.example.none"), None, "what nobody wrote")
    await stage.keeper.put_state(place, "org.example/odd type", "a key/with: signs#%", {"ok": True})
    odd = await stage.keeper.state(place, "org.example/odd type", "a key/with: signs#%")
    same(odd, {"ok": True}, "a state key with signs in it")


async def the_rooms_one_is_in_are_listed(stage: Stage) -> None:
    ann = await stage.person("ann")
    place, left = await room(stage, ann), await room(stage, ann)
    await stage.keeper.leave(left)
    invited = await ann.create_room({"invite": [stage.keeper.me]})
    mine = await stage.keeper.joined()
    same([r in mine for r in (place, left, invited)], [True, False, False], "joined, left, invited")


PROMISES = (
    a_look_tells_members_with_who_did_it,
    a_look_tells_who_changed_levels_and_doors,
    a_look_tells_the_creators,
    a_trusted_private_chat_makes_everybody_a_creator,
    a_private_rooms_defaults_are_seen_as_they_are,
    a_look_from_outside_is_refused,
    a_look_after_leaving_is_refused,
    a_child_with_an_empty_via_is_none,
    a_look_tells_parents_and_encryption,
    one_state_event_is_read_by_itself,
    the_rooms_one_is_in_are_listed,
)
