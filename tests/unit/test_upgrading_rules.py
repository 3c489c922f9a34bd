"""Promises of rooms that move: what the new one begins with, what is put right, what is believed."""

from dataclasses import replace

import pytest

from crewhall.ground.facts import HOUSE, Fact, MoveSettled, Recorded, RoomMoved, RoomOpened, SuccessorMet
from crewhall.ground.following import Claim, doubt, lowered
from crewhall.ground.hall import House, evolve_house
from crewhall.ground.ids import RoomId, RoomKey, UserId
from crewhall.ground.moving import (
    Ask,
    Move,
    Readdress,
    Scene,
    Write,
    asked_again,
    leftover,
    shut_powers,
    unlike,
)
from crewhall.ground.powers import POWERS, TOMBSTONE
from crewhall.ground.rights import level
from crewhall.ground.rooms import ChildSeen, JoinWish, Listing, PowerWish, RoomSeen, RoomWish
from crewhall.ground.seen import read_state
from crewhall.ground.successor import cannot_move, kept_powers, successor, successors_alias
from crewhall.testing.looks import LONG_AGO, ME, made, room_id, rooms_of, with_levels, with_members

ANN, BEN, EVE = UserId("@ann:hall.test"), UserId("@ben:hall.test"), UserId("@eve:evil.test")
FAR = UserId("@far:far.test")
ROOT, LOBBY = RoomKey("rivendell"), RoomKey("rivendell/place/lobby")
LANTERN = RoomKey("rivendell/crew/lantern")
NEXT = RoomId("!next")


def wish_of(key: RoomKey = LOBBY, version: str = "11", **more: object) -> RoomWish:
    parts = {"join": JoinWish("invite"), "powers": PowerWish(users={ANN: 100})} | more
    return RoomWish(
        key=key, alias=f"_crewhall_{key.replace('/', '_')}", name="Lobby", version=version, **parts
    )


def looked(wish: RoomWish, rooms: object = None, **members: str) -> RoomSeen:
    people = {UserId(f"@{name}:hall.test"): membership for name, membership in members.items()}
    seen = made(wish, rooms or {}, people)
    alias = f"#{wish.alias}:hall.test"
    return replace(seen, alias=alias, creators=frozenset({ME}), by=dict.fromkeys(seen.by, ME))


def next_of(wish: RoomWish, old: RoomSeen, rooms: object = None) -> RoomSeen:
    """Return the successor as it is seen just after it was made."""
    new = successor(wish, old, rooms or {}, ME)
    create = {"room_version": new.version, "predecessor": {"room_id": new.predecessor}}
    create |= {"type": "m.space"} if new.space else {}
    state = {("m.room.create", ""): create, (POWERS, ""): new.powers}
    state |= {(put.type, put.key): put.content for put in new.state}
    events = [{"type": t, "state_key": k, "content": c, "sender": ME} for (t, k), c in state.items()]
    return with_members(read_state(NEXT, events), {ME: "join"})


def scene_of(*looks: RoomSeen, heirs: dict[RoomId, RoomId] | None = None, **addresses: RoomId) -> Scene:
    known = {f"#{name}:hall.test": room for name, room in addresses.items()}
    return Scene(ME, {seen.room: seen for seen in looks}, heirs or {}, known)


def test_people_keep_their_levels_and_the_keeper_is_in_no_table_of_version_12() -> None:
    old = with_levels(looked(wish_of()), {ANN: 99, BEN: 40})
    kept = kept_powers(wish_of(version="12"), old, ME)
    assert kept["users"] == {ANN: 100, BEN: 40}
    assert kept["events"][TOMBSTONE] == 150
    assert old.powers["users"][ME] == 100


def test_a_level_given_by_hand_is_kept_even_where_the_charter_would_ask_about_it() -> None:
    wish = wish_of(version="12", powers=PowerWish(users={ANN: 100}, drift="restore"))
    kept = kept_powers(wish, with_levels(looked(wish_of()), {BEN: 60}), ME)
    assert kept["users"] == {ANN: 100, BEN: 60}


def test_a_successor_has_what_the_old_room_had_and_its_locator_last() -> None:
    carried = {
        "m.room.topic": {"topic": "Come in"},
        "m.room.pinned_events": {"pinned": ["$one"]},
        "m.room.server_acl": {"allow": ["*"]},
        "m.room.encryption": {"algorithm": "m.megolm.v1.aes-sha2", "rotation_period_msgs": 50},
    }
    old = replace(looked(wish_of()), name="The Lobby", carried=carried)
    new = successor(wish_of(version="12"), old, {}, ME)
    state = {put.type: put.content for put in new.state}
    assert {kind: state[kind] for kind in carried} == carried
    assert state["m.room.name"] == {"name": "The Lobby"}
    assert state["m.room.canonical_alias"] == {}
    assert (new.predecessor, new.version, new.invite) == (old.room, "12", ())
    assert new.state[-1].type == "org.crewhall.locator"


def test_a_successor_is_found_by_the_room_that_it_continues() -> None:
    one, other = successors_alias(RoomId("!a:hall.test")), successors_alias(RoomId("!b:hall.test"))
    assert one != other
    assert one == successors_alias(RoomId("!a:hall.test"))
    assert one.startswith("_crewhall_next_")


def test_a_room_in_which_the_keeper_lacks_the_power_cannot_move() -> None:
    weak = with_levels(looked(wish_of()), {ME: 50})
    no = cannot_move(wish_of(version="12"), weak, {}, lambda room: room, ME)
    assert no is not None
    assert f"Give {ME} power 100" in no.remedy
    assert cannot_move(wish_of(version="12"), looked(wish_of()), {}, lambda room: room, ME) is None


@pytest.mark.parametrize("drift", ["respect", "ask"])
def test_doors_that_somebody_changed_and_may_keep_are_not_forgotten_in_a_new_room(drift: str) -> None:
    old = replace(looked(wish_of()), joins={"join_rule": "public"}, by={"m.room.join_rules": BEN})
    no = cannot_move(wish_of(version="12", doors=drift), old, {}, lambda room: room, ME)
    assert no is not None
    assert BEN in no.what
    assert cannot_move(wish_of(version="12"), old, {}, lambda room: room, ME) is None


def test_a_list_of_rooms_that_people_changed_is_the_same_list_while_those_rooms_move() -> None:
    rooms = rooms_of([ROOT], "11")
    wish = wish_of(join=JoinWish("restricted", (ROOT,)), doors="respect")
    old = replace(looked(wish, rooms), by={"m.room.join_rules": BEN})
    after = {ROOT: replace(rooms[ROOT], room=RoomId("!root2"))}
    heirs = {room_id(ROOT): RoomId("!root2")}
    assert cannot_move(wish, old, after, lambda room: heirs.get(room, room), ME) is None
    assert cannot_move(wish, old, after, lambda room: room, ME) is not None


def test_who_was_in_is_asked_again_and_nobody_else() -> None:
    wish = wish_of(version="12", unwelcome=frozenset({UserId("@gone:hall.test")}))
    old = looked(wish_of(), ann="join", ben="leave", cid="ban", dan="knock", eva="invite", gone="join")
    new = next_of(wish, old)
    assert asked_again(Move(wish, old, new), scene_of(old, new)) == (ANN,)


@pytest.mark.parametrize("membership", ["join", "invite", "leave", "ban", "knock"])
def test_nobody_is_asked_twice(membership: str) -> None:
    wish = wish_of(version="12")
    old = looked(wish_of(), ann="join")
    new = with_members(next_of(wish, old), {ME: "join", ANN: membership})
    assert asked_again(Move(wish, old, new), scene_of(old, new)) == ()


def test_whom_a_space_lets_in_is_asked_into_that_space_only() -> None:
    rooms = rooms_of([ROOT], "12")
    wish = wish_of(version="12", join=JoinWish("restricted", (ROOT,)))
    old = looked(replace(wish, version="11"), rooms, ann="join", ben="join")
    new, root = next_of(wish, old, rooms), looked(wish_of(ROOT, "12", space=True), ann="join")
    assert asked_again(Move(wish, old, new), scene_of(old, new, root)) == (BEN,)


def test_the_door_of_a_space_that_moved_too_counts_as_soon_as_people_can_follow() -> None:
    former = looked(wish_of(ROOT, "11", space=True), ann="join")
    rooms = {ROOT: replace(rooms_of([ROOT])[ROOT], room=RoomId("!root2"))}
    wish = wish_of(version="12", join=JoinWish("restricted", (ROOT,)))
    old = looked(replace(wish, version="11"), rooms_of([ROOT]), ann="join", ben="join")
    new = next_of(wish, old, rooms)
    scene = scene_of(old, new, former, heirs={former.room: RoomId("!root2")})
    assert asked_again(Move(wish, old, new), scene) == (BEN,)


def test_spaces_and_doors_that_named_the_old_room_name_the_new_one() -> None:
    wish, old = wish_of(version="12"), looked(wish_of())
    new = next_of(wish, old)
    listed = ChildSeen(("far.test",), "a1", suggested=True)
    space = replace(looked(wish_of(ROOT, "12", space=True)), children={old.room: listed})
    allow = [{"type": "m.room_membership", "room_id": old.room}, {"type": "org.example.other"}]
    other = replace(
        looked(wish_of(LANTERN, "12")),
        joins={"join_rule": "restricted", "allow": allow},
        parents=frozenset({old.room}),
    )
    acts = leftover((Move(wish, old, new),), scene_of(old, new, space, other, heirs={old.room: NEXT}))
    puts = {(act.room, act.put.type, act.put.key): act.put.content for act in acts if isinstance(act, Write)}
    assert puts[space.room, "m.space.child", NEXT] == {
        "via": ["far.test", "hall.test"],
        "order": "a1",
        "suggested": True,
    }
    assert puts[space.room, "m.space.child", old.room] == {}
    assert puts[other.room, "m.room.join_rules", ""]["allow"] == [{**allow[0], "room_id": NEXT}, allow[1]]
    assert puts[other.room, "m.space.parent", old.room] == {}
    assert puts[other.room, "m.space.parent", NEXT]["via"] == ["hall.test"]


def test_a_new_space_lists_what_the_old_one_listed_as_people_arranged_it() -> None:
    wish = wish_of(ROOT, "12", space=True)
    theirs, ours = RoomId("!theirs:far.test"), room_id(LOBBY)
    children = {theirs: ChildSeen(("far.test",), "z"), ours: ChildSeen(("hall.test",), "a", suggested=True)}
    old = replace(looked(replace(wish, version="11")), children=children)
    new = next_of(wish, old, rooms_of([ROOT, LOBBY]))
    assert new.children == {theirs: children[theirs]}
    acts = leftover(
        (Move(wish, old, new),), scene_of(old, new, heirs={old.room: NEXT, ours: RoomId("!lobby2")})
    )
    puts = {act.put.key: act.put.content for act in acts if isinstance(act, Write) and act.why == "link"}
    assert puts == {"!lobby2": {"via": ["hall.test"], "order": "a", "suggested": True}}


def test_an_address_moves_before_it_is_shown_and_the_one_for_the_way_is_given_back() -> None:
    wish, old = wish_of(version="12"), looked(wish_of())
    new = next_of(wish, old)
    passing = successors_alias(old.room)
    scene = scene_of(old, new, heirs={old.room: NEXT}, **{wish.alias: old.room, passing: NEXT})
    acts = [
        act for act in leftover((Move(wish, old, new),), scene) if getattr(act, "why", "address") == "address"
    ]
    told = [
        (act.alias, act.room) if isinstance(act, Readdress) else (act.room, act.put.content) for act in acts
    ]
    alias = f"#{wish.alias}:hall.test"
    assert told == [(alias, NEXT), (NEXT, {"alias": alias}), (old.room, {}), (f"#{passing}:hall.test", None)]


def test_who_was_kept_out_stays_out() -> None:
    wish, old = wish_of(version="12"), looked(wish_of(), ben="ban")
    new = next_of(wish, old)
    acts = leftover((Move(wish, old, new),), scene_of(old, new, heirs={old.room: NEXT}))
    (ban,) = [act for act in acts if isinstance(act, Write) and act.why == "ban"]
    assert (ban.room, ban.put.key, ban.put.content) == (NEXT, BEN, {"membership": "ban"})
    assert not [act for act in acts if isinstance(act, Ask)]


def test_in_the_old_room_answers_still_count_and_nothing_else_can_be_said() -> None:
    old = with_levels(
        looked(wish_of(powers=PowerWish(events={"m.room.name": 0, "m.reaction": 0}))), {ANN: 99}
    )
    shut = shut_powers(old, ME)
    assert {shut[name] for name in ("events_default", "state_default", "invite")} == {100}
    events = shut["events"]
    assert isinstance(events, dict)
    assert (events["m.room.name"], events["m.reaction"], events["m.room.redaction"]) == (100, 0, 0)
    assert shut["users"] == old.powers["users"]
    assert shut_powers(replace(old, powers=shut), ME) == shut


def test_nobody_knocks_at_an_old_door() -> None:
    wish = wish_of(version="12", join=JoinWish("knock"))
    old = looked(replace(wish, version="11"))
    acts = leftover((Move(wish, old, next_of(wish, old)),), scene_of(old, heirs={old.room: NEXT}))
    doors = [
        act.put.content for act in acts if isinstance(act, Write) and act.put.type == "m.room.join_rules"
    ]
    assert doors == [{"join_rule": "invite"}]


def test_with_all_done_nothing_is_left() -> None:
    wish, old = wish_of(version="12"), looked(wish_of(), ann="join")
    new = with_members(next_of(wish, old), {ME: "join", ANN: "invite"})
    alias = f"#{wish.alias}:hall.test"
    old = replace(old, tombstone=NEXT, powers=shut_powers(old, ME), alias=None)
    new = replace(new, alias=alias)
    scene = scene_of(old, new, heirs={old.room: NEXT}, **{wish.alias: NEXT})
    assert leftover((Move(wish, old, new),), scene) == ()
    assert unlike(Move(wish, old, new)) == ()


def test_what_a_new_room_lacks_is_told() -> None:
    wish = wish_of(version="12")
    old = replace(with_levels(looked(wish_of()), {BEN: 40}), encrypted=True)
    bare = replace(next_of(wish, old), name="Other", powers={"users": {}}, encrypted=False)
    told = unlike(Move(wish, old, bare))
    assert any("name" in one for one in told)
    assert any("encrypted" in one for one in told)
    assert any(BEN in one for one in told)


# What people put in the place of a room of ours.


def claim_of(wish: RoomWish | None = None, version: str = "11", by: UserId = ANN, **more: object) -> Claim:
    """Return a claim that is believed: somebody who stood as high as the keeper moved the room."""
    wish = wish or wish_of(powers=PowerWish())
    old = replace(with_levels(looked(wish), {ANN: 100, ME: 100}), tombstone=NEXT)
    new = replace(
        old,
        room=NEXT,
        version=version,
        creators=frozenset({by}),
        tombstone=None,
        locator=None,
        predecessor=old.room,
    )
    before = more.pop("before", frozenset())
    return Claim(wish, old, replace(new, **more), before, {old.room})


def test_a_successor_made_by_who_could_replace_the_room_is_believed() -> None:
    assert doubt(claim_of(), ME) is None


@pytest.mark.parametrize(
    ("why", "claim"),
    [
        ("elsewhere", claim_of(predecessor=RoomId("!another"))),
        ("elsewhere", claim_of(predecessor=None)),
        ("elsewhere", claim_of(locator=LANTERN)),
        ("circle", claim_of(tombstone=room_id(LOBBY))),
        ("circle", claim_of(before=frozenset({NEXT}))),
        ("circle", claim_of(before=frozenset({RoomId("!first")}), tombstone=RoomId("!first"))),
        ("unlike", claim_of(space=True)),
        ("unlike", claim_of(version="10")),
        ("stranger", claim_of(by=EVE)),
        ("stranger", claim_of(by=BEN)),
        ("owned", claim_of(version="12")),
        ("owned", claim_of(version="org.example.new")),
    ],
)
def test_a_successor_that_nobody_can_put_right_is_refused(why: str, claim: Claim) -> None:
    assert doubt(claim, ME) == why


def test_another_room_of_ours_is_no_successor() -> None:
    claim = claim_of()
    assert doubt(replace(claim, ours={claim.old.room, NEXT}), ME) == "elsewhere"


def test_a_successor_in_which_the_keeper_is_nobody_waits() -> None:
    claim = claim_of()
    users = {**claim.new.powers["users"]}
    del users[ME]
    weak = replace(claim, new=replace(claim.new, powers={**claim.new.powers, "users": users}))
    assert doubt(weak, ME) == "powerless"


def test_an_existing_room_that_was_taken_in_may_go_on_belonging_to_its_people() -> None:
    wish = wish_of(adopt="#kitchen:hall.test", powers=PowerWish())
    assert doubt(claim_of(wish, version="12"), ME) is None
    assert doubt(claim_of(wish, version="12", by=EVE), ME) == "stranger"


def test_a_version_12_room_that_the_keeper_made_is_followed() -> None:
    claim = claim_of(version="12", by=ME)
    users = {person: n for person, n in claim.new.powers["users"].items() if person != ME}
    assert (
        doubt(replace(claim, new=replace(claim.new, powers={**claim.new.powers, "users": users})), ME) is None
    )
    also = replace(claim, new=replace(claim.new, creators=frozenset({ME, ANN})))
    assert doubt(also, ME) == "owned"


def test_nobody_gets_more_by_a_successor_than_they_had() -> None:
    claim = claim_of()
    raised = replace(claim, new=with_levels(claim.new, {BEN: 60, FAR: 10}))
    assert doubt(raised, ME) is None
    content = lowered(raised, ME)
    assert content is not None
    seen = replace(raised.new, powers=content)
    assert (level(seen, BEN), level(seen, FAR), level(seen, ANN)) == (0, 0, 100)
    assert lowered(claim, ME) is None


def test_what_the_rule_gives_is_not_more_than_they_may_have() -> None:
    claim = claim_of(wish_of(powers=PowerWish(users={BEN: 50})))
    seen = replace(claim, new=with_levels(claim.new, {BEN: 50}))
    assert lowered(seen, ME) is None


def test_a_level_that_the_keeper_cannot_take_back_waits_for_people() -> None:
    claim = claim_of()
    assert doubt(replace(claim, new=with_levels(claim.new, {BEN: 100})), ME) == "raised"


# What the ledger makes of it.


def told(house: House, *facts: Fact) -> House:
    for n, fact in enumerate(facts, start=house.seq + 1):
        house = evolve_house(house, Recorded(n, HOUSE, n, f"c{n}", LONG_AGO, fact))
    return house


def test_the_house_knows_the_new_room_and_not_the_old_one_any_more() -> None:
    old, new = RoomId("!old"), RoomId("!new")
    house = told(House(), RoomOpened(LOBBY, old, "11"), SuccessorMet(LOBBY, old, new, "away"))
    assert house.successors[new].doubt == "away"
    moved = told(house, RoomMoved(LOBBY, old, new, "12"))
    assert (moved.rooms[LOBBY].room, moved.rooms[LOBBY].version) == (new, "12")
    assert dict(moved.keys) == {new: LOBBY}
    assert (moved.former[old].room, moved.former[old].settled) == (new, False)
    assert not moved.successors
    assert told(moved, MoveSettled(LOBBY, old)).former[old].settled


def test_a_room_moves_once() -> None:
    old, new = RoomId("!old"), RoomId("!new")
    house = told(House(), RoomOpened(LOBBY, old, "11"), RoomMoved(LOBBY, old, new, "12"))
    again = told(house, RoomMoved(LOBBY, old, RoomId("!other"), "12"))
    assert again.rooms[LOBBY].room == new


def test_a_listing_is_named_in_the_new_room_as_its_space_is_now() -> None:
    rooms = {ROOT: replace(rooms_of([ROOT])[ROOT], room=RoomId("!root2"))}
    wish = wish_of(version="12", listing=Listing(ROOT))
    new = successor(wish, looked(wish_of()), rooms, ME)
    assert [put.key for put in new.state if put.type == "m.space.parent"] == ["!root2"]
