"""Promises about coming in and going: invitations, knocks, keys of other rooms, removals."""

from crewhall.ground.ids import RoomId
from crewhall.testing.contracts.stage import Stage, membership, must, refused, room, same


async def only_the_invited_enter_an_invite_only_room(stage: Stage) -> None:
    ann, bob = await stage.person("ann"), await stage.person("bob")
    place = await room(stage)
    await stage.keeper.invite(place, ann.id)
    await ann.join(place)
    with refused("a join without an invitation", "M_FORBIDDEN"):
        await bob.join(place)
    same(await membership(stage, place, ann), "join", "ann")
    same(await membership(stage, place, bob), "", "bob")


async def anybody_enters_a_public_room(stage: Stage) -> None:
    ann = await stage.person("ann")
    place = await room(stage, rule="public")
    same(await ann.join(place), place, "the room")


async def inviting_twice_is_one_invitation(stage: Stage) -> None:
    ann = await stage.person("ann")
    place = await room(stage)
    await stage.keeper.invite(place, ann.id)
    first = (await stage.keeper.look(place)).members[ann.id].event
    await stage.keeper.invite(place, ann.id)
    same((await stage.keeper.look(place)).members[ann.id].event, first, "the invitation")


async def inviting_somebody_inside_changes_nothing(stage: Stage) -> None:
    ann = await stage.person("ann")
    place = await room(stage, ann)
    before = (await stage.keeper.look(place)).members
    await stage.keeper.invite(place, ann.id)
    same((await stage.keeper.look(place)).members, before, "the members")


async def a_banned_person_cannot_be_invited_until_the_ban_is_lifted(stage: Stage) -> None:
    ann, mod = await stage.person("ann"), await stage.person("mod")
    place = await room(stage, ann, mod, users={mod.id: 50})
    await mod.ban(place, ann.id, "no")
    same(await membership(stage, place, ann), "ban", "ann")
    with refused("an invitation to a banned person"):
        await stage.keeper.invite(place, ann.id)
    with refused("a banned person's join"):
        await ann.join(place)
    await mod.unban(place, ann.id)
    await stage.keeper.invite(place, ann.id)
    await ann.join(place)


async def somebody_removed_is_out_with_the_reason_told(stage: Stage) -> None:
    ann = await stage.person("ann")
    place = await room(stage, ann)
    await stage.keeper.remove(place, ann.id, "The season has ended.")
    member = (await stage.keeper.look(place)).members[ann.id]
    same(
        (member.membership, member.sender, member.reason),
        ("leave", stage.keeper.me, "The season has ended."),
        "what is seen of it",
    )
    with refused("a join after a removal"):
        await ann.join(place)


async def removing_somebody_who_is_not_in_changes_nothing(stage: Stage) -> None:
    ann, bob = await stage.person("ann"), await stage.person("bob")
    place = await room(stage, ann)
    await stage.keeper.remove(place, bob.id, "")
    await stage.keeper.remove(place, ann.id, "first")
    await stage.keeper.remove(place, ann.id, "second")
    members = (await stage.keeper.look(place)).members
    same((members[ann.id].reason, bob.id in members), ("first", False), "what is seen of it")


async def an_invitation_can_be_taken_back(stage: Stage) -> None:
    ann = await stage.person("ann")
    place = await room(stage)
    await stage.keeper.invite(place, ann.id)
    await stage.keeper.remove(place, ann.id, "A mistake.")
    same(await membership(stage, place, ann), "leave", "ann")
    with refused("a join on an invitation taken back"):
        await ann.join(place)


async def an_invitation_can_be_declined(stage: Stage) -> None:
    ann = await stage.person("ann")
    place = await room(stage)
    await stage.keeper.invite(place, ann.id)
    await ann.leave(place)
    member = (await stage.keeper.look(place)).members[ann.id]
    same((member.membership, member.sender), ("leave", ann.id), "what is seen of it")


async def leaving_is_free_and_seen_as_ones_own(stage: Stage) -> None:
    ann = await stage.person("ann")
    place = await room(stage, ann, users={})
    await ann.leave(place)
    member = (await stage.keeper.look(place)).members[ann.id]
    same((member.membership, member.sender), ("leave", ann.id), "what is seen of it")


async def the_keeper_may_leave_twice_and_leave_what_it_never_entered(stage: Stage) -> None:
    ann = await stage.person("ann")
    place = await room(stage, ann)
    await stage.keeper.leave(place)
    await stage.keeper.leave(place)
    await stage.keeper.leave(RoomId(f"!{stage.word()}:{stage.server_name}"))
    await stage.keeper.leave(await ann.create_room({"preset": "private_chat"}))
    same((await ann.state(place, "m.room.member", stage.keeper.me)).get("membership"), "leave", "the keeper")


async def the_keeper_enters_a_room_that_it_was_invited_to(stage: Stage) -> None:
    ann = await stage.person("ann")
    place = await ann.create_room({"preset": "private_chat", "name": "Old room"})
    with refused("a join without an invitation"):
        await stage.keeper.join(place)
    await ann.invite(place, stage.keeper.me)
    same(await stage.keeper.join(place), place, "the room")
    same(await stage.keeper.join(place), place, "the room, entered again")
    seen = await stage.keeper.look(place)
    same((seen.name, seen.creators), ("Old room", {ann.id}), "what is seen of it")


async def the_keeper_declines_an_invitation_by_leaving(stage: Stage) -> None:
    ann = await stage.person("ann")
    place = await ann.create_room({"preset": "private_chat"})
    await ann.invite(place, stage.keeper.me)
    await stage.keeper.leave(place)
    same((await ann.state(place, "m.room.member", stage.keeper.me)).get("membership"), "leave", "the keeper")


async def rooms_are_entered_by_alias(stage: Stage) -> None:
    ann = await stage.person("ann")
    alias = f"open{stage.word()}"
    place = await ann.create_room({"preset": "public_chat", "room_alias_name": alias})
    same(await stage.keeper.join(f"#{alias}:{stage.server_name}"), place, "the room")


async def a_room_that_is_not_there_cannot_be_entered(stage: Stage) -> None:
    with refused("a join of an unknown room"):
        await stage.keeper.join(f"!{stage.word()}:{stage.server_name}")
    with refused("a join of an unknown alias"):
        await stage.keeper.join(f"#{stage.word()}:{stage.server_name}")


async def a_key_opens_a_restricted_room(stage: Stage) -> None:
    ann, bob = await stage.person("ann"), await stage.person("bob")
    for rule in ("restricted", "knock_restricted"):
        rung = await room(stage, ann, space=True)
        place = await room(stage, rule=rule, allow=(rung,))
        await ann.join(place)
        with refused(f"a join of a {rule} room without the key", "M_FORBIDDEN"):
            await bob.join(place)
        joined = await stage.keeper.state(place, "m.room.member", ann.id) or {}
        same(joined.get("join_authorised_via_users_server"), stage.keeper.me, "who vouches for it")


async def any_one_key_of_several_opens(stage: Stage) -> None:
    ann = await stage.person("ann")
    first, second = await room(stage), await room(stage, ann)
    place = await room(stage, rule="restricted", allow=(first, second))
    await ann.join(place)


async def losing_the_key_does_not_close_the_room_behind_one(stage: Stage) -> None:
    ann = await stage.person("ann")
    rung = await room(stage, ann)
    place = await room(stage, rule="restricted", allow=(rung,))
    await ann.join(place)
    await ann.leave(rung)
    same(await membership(stage, place, ann), "join", "ann")
    await ann.say(place, "Still here.")
    await stage.keeper.remove(place, ann.id, "")
    with refused("coming back without the key"):
        await ann.join(place)


async def who_was_removed_comes_back_with_the_key(stage: Stage) -> None:
    ann = await stage.person("ann")
    rung = await room(stage, ann)
    place = await room(stage, rule="restricted", allow=(rung,))
    await ann.join(place)
    await stage.keeper.remove(place, ann.id, "")
    await ann.join(place)


async def an_invitation_opens_a_restricted_room_without_the_key(stage: Stage) -> None:
    ann = await stage.person("ann")
    place = await room(stage, rule="restricted", allow=(await room(stage),))
    await stage.keeper.invite(place, ann.id)
    await ann.join(place)


async def a_key_opens_nothing_while_nobody_inside_may_invite(stage: Stage) -> None:
    ann, bob = await stage.person("ann"), await stage.person("bob")
    rung = await room(stage, ann, bob)
    place = await room(stage, ann, rule="restricted", allow=(rung,))
    await stage.keeper.leave(place)
    with refused("a join that nobody can vouch for"):
        await bob.join(place)


async def a_key_that_is_no_room_opens_nothing(stage: Stage) -> None:
    ann = await stage.person("ann")
    place = await room(stage, rule="restricted", allow=(RoomId(f"!{stage.word()}:{stage.server_name}"),))
    with refused("a join with an unknown key"):
        await ann.join(place)


async def one_knocks_only_where_knocking_is_heard(stage: Stage) -> None:
    ann = await stage.person("ann")
    rung = await room(stage)
    for rule in ("knock", "knock_restricted"):
        place = await room(stage, rule=rule, allow=(rung,) if rule != "knock" else ())
        await ann.knock(place, "May I?")
        member = (await stage.keeper.look(place)).members[ann.id]
        same((member.membership, member.reason), ("knock", "May I?"), "what is seen of it")
        with refused("a join while knocking"):
            await ann.join(place)
    for rule in ("invite", "restricted", "public"):
        place = await room(stage, rule=rule, allow=(rung,) if rule == "restricted" else ())
        with refused(f"a knock on a {rule} room"):
            await ann.knock(place)


async def a_knock_is_answered_by_an_invitation_or_a_removal(stage: Stage) -> None:
    ann, bob = await stage.person("ann"), await stage.person("bob")
    place = await room(stage, rule="knock")
    for person in (ann, bob):
        await person.knock(place)
    await stage.keeper.invite(place, ann.id)
    await ann.join(place)
    await stage.keeper.remove(place, bob.id, "Not this time.")
    same(await membership(stage, place, bob), "leave", "bob")
    await bob.knock(place, "Now?")
    await bob.leave(place)
    same(await membership(stage, place, bob), "leave", "bob, who took the knock back")


async def nobody_knocks_from_inside(stage: Stage) -> None:
    ann = await stage.person("ann")
    place = await room(stage, ann, rule="knock")
    with refused("a knock from inside"):
        await ann.knock(place)


async def the_invited_need_not_knock(stage: Stage) -> None:
    ann = await stage.person("ann")
    place = await room(stage, rule="knock")
    await stage.keeper.invite(place, ann.id)
    with refused("a knock by somebody invited"):
        await ann.knock(place)
    must(await ann.join(place), "the invitation still counts")


PROMISES = (
    only_the_invited_enter_an_invite_only_room,
    anybody_enters_a_public_room,
    inviting_twice_is_one_invitation,
    inviting_somebody_inside_changes_nothing,
    a_banned_person_cannot_be_invited_until_the_ban_is_lifted,
    somebody_removed_is_out_with_the_reason_told,
    removing_somebody_who_is_not_in_changes_nothing,
    an_invitation_can_be_taken_back,
    an_invitation_can_be_declined,
    leaving_is_free_and_seen_as_ones_own,
    the_keeper_may_leave_twice_and_leave_what_it_never_entered,
    the_keeper_enters_a_room_that_it_was_invited_to,
    the_keeper_declines_an_invitation_by_leaving,
    rooms_are_entered_by_alias,
    a_room_that_is_not_there_cannot_be_entered,
    a_key_opens_a_restricted_room,
    any_one_key_of_several_opens,
    losing_the_key_does_not_close_the_room_behind_one,
    who_was_removed_comes_back_with_the_key,
    an_invitation_opens_a_restricted_room_without_the_key,
    a_key_opens_nothing_while_nobody_inside_may_invite,
    a_key_that_is_no_room_opens_nothing,
    one_knocks_only_where_knocking_is_heard,
    a_knock_is_answered_by_an_invitation_or_a_removal,
    nobody_knocks_from_inside,
    the_invited_need_not_knock,
)
