"""Promises about rooms that move: what continues what, who said so, and where an address leads then."""

from crewhall.ground.rooms import Content, NewRoom, StatePut
from crewhall.testing.contracts.stage import JOINS, VERSIONS, Stage, levels, membership, refused, room, same

TOMBSTONE = "m.room.tombstone"


async def a_room_tells_which_one_it_continues(stage: Stage) -> None:
    ann = await stage.person("ann")
    for version in VERSIONS:
        old = await room(stage, ann, version=version)
        new = NewRoom(
            f"_crewhall_{stage.word()}", "12", levels(stage, "12"), _shut(), space=True, predecessor=old
        )
        seen = await stage.keeper.look(await stage.keeper.create_room(new))
        same((seen.predecessor, seen.space, seen.version), (old, True, "12"), "what it continues")
        same((await stage.keeper.look(old)).predecessor, None, "what the first continues")


async def anybody_may_make_a_room_that_says_it_continues_another(stage: Stage) -> None:
    ann = await stage.person("ann")
    old = await room(stage)
    body = {"preset": "public_chat", "creation_content": {"predecessor": {"room_id": old}}}
    made = await ann.create_room(body)
    await stage.keeper.join(made)
    seen = await stage.keeper.look(made)
    same((seen.predecessor, seen.creators), (old, frozenset({ann.id})), "who says that it continues what")


async def who_put_up_a_tombstone_is_seen(stage: Stage) -> None:
    ann = await stage.person("ann")
    for version in VERSIONS:
        old = await room(stage, ann, version=version, users={ann.id: 100}, events={TOMBSTONE: 100})
        new = await ann.create_room({"creation_content": {"predecessor": {"room_id": old}}})
        await ann.set_state(old, TOMBSTONE, {"body": "moved", "replacement_room": new})
        seen = await stage.keeper.look(old)
        same((seen.tombstone, seen.by.get(TOMBSTONE)), (new, ann.id), "the tombstone")
        other = await room(stage)
        await stage.keeper.put_state(old, TOMBSTONE, "", {"body": "moved", "replacement_room": other})
        seen = await stage.keeper.look(old)
        same((seen.tombstone, seen.by.get(TOMBSTONE)), (other, stage.keeper.me), "the second tombstone")


async def an_address_is_moved_to_another_room(stage: Stage) -> None:
    one, other = await room(stage), await room(stage)
    alias = f"#_crewhall_{stage.word()}:{stage.server_name}"
    for place in (one, one, other, one):
        await stage.keeper.readdress(alias, place)
        same(await stage.keeper.find(alias), place, "where it leads")
    for _ in range(2):
        await stage.keeper.unaddress(alias)
        same(await stage.keeper.find(alias), None, "where it leads")


async def an_address_that_is_not_ours_cannot_be_moved(stage: Stage) -> None:
    place = await room(stage)
    with refused("an address outside of the namespace", "M_EXCLUSIVE"):
        await stage.keeper.readdress(f"#{stage.word()}:{stage.server_name}", place)


async def what_a_room_carries_is_seen(stage: Stage) -> None:
    place = await room(stage)
    carried: dict[str, Content] = {
        "m.room.pinned_events": {"pinned": ["$one"]},
        "m.room.server_acl": {"allow": ["*"], "deny": ["evil.test"]},
        "m.room.topic": {"topic": "Come in", "m.topic": {"m.text": [{"body": "Come in"}]}},
    }
    for kind, content in carried.items():
        await stage.keeper.put_state(place, kind, "", content)
    same((await stage.keeper.look(place)).carried, carried, "what it carries")


async def somebody_is_banned_by_state(stage: Stage) -> None:
    ann = await stage.person("ann")
    place = await room(stage, rule="public")
    await stage.keeper.put_state(place, "m.room.member", ann.id, {"membership": "ban"})
    same(await membership(stage, place, ann), "ban", "ann")
    with refused("the coming of somebody banned"):
        await ann.join(place)


def _shut() -> tuple[StatePut, ...]:
    return (StatePut(JOINS, "", {"join_rule": "invite"}),)


PROMISES = (
    a_room_tells_which_one_it_continues,
    anybody_may_make_a_room_that_says_it_continues_another,
    who_put_up_a_tombstone_is_seen,
    an_address_is_moved_to_another_room,
    an_address_that_is_not_ours_cannot_be_moved,
    what_a_room_carries_is_seen,
    somebody_is_banned_by_state,
)
