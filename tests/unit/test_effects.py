"""What a plan would do to whom: told, compared, and held back until somebody has said yes."""

from dataclasses import replace

import pytest

from crewhall.ground.effects import MADE, RoomPart, held, leftover, minus, parts, toll
from crewhall.ground.ids import RoomKey, UserId
from crewhall.ground.plan import plan_room
from crewhall.ground.rooms import JoinWish, PowerWish, RoomWish, StatePut
from crewhall.ground.sight import Sight
from crewhall.ground.steps import Create, Invite, Plan, Put, Remove
from crewhall.testing.looks import ME, made, with_levels

LOBBY, YARD = RoomKey("rivendell/place/lobby"), RoomKey("rivendell/place/yard")
ANN, BOB, CID, DEE = (UserId(f"@{name}:hall.test") for name in ("ann", "bob", "cid", "dee"))
WISH = RoomWish(LOBBY, "_crewhall_rivendell_place_lobby", "Lobby", JoinWish("invite"), PowerWish())
SEEN = with_levels(made(WISH, members={ANN: "join", BOB: "join", CID: "join"}), {BOB: 50})
SIGHT = Sight(ME, {LOBBY: SEEN})


def wished(**changes: object) -> RoomWish:
    powers = {name: changes.pop(name) for name in ("users", "lowered") if name in changes}
    return replace(WISH, powers=PowerWish(**powers), **changes)


def planned(wish: RoomWish, waits: RoomPart | None = None) -> Plan:
    return plan_room(wish, SEEN, {}, ME, waits=waits)


def test_a_plan_is_told_by_room_and_person() -> None:
    wish = wished(users={ANN: 10}, lowered=frozenset({BOB}), invited=(DEE,), unwelcome=frozenset({CID}))
    new = replace(WISH, key=YARD)
    plan = Plan((*planned(wish).steps, Create(YARD, new)))
    found = parts(plan, SIGHT)
    told = RoomPart(LOBBY, invited=(DEE,), let_go=(CID,), levels=((ANN, 0, 10), (BOB, 50, 0)))
    assert found == (told, RoomPart(YARD, others=(MADE,)))
    counts = toll(found)
    assert (counts.invited, counts.removed, counts.lowered, counts.raised) == ((DEE,), (CID,), (BOB,), (ANN,))
    assert (counts.levels, counts.made, counts.where) == (2, (YARD,), (LOBBY,))
    assert counts.people == {ANN, BOB, CID, DEE}


def test_who_rises_here_and_is_lowered_there_counts_as_lowered() -> None:
    counts = toll((RoomPart(LOBBY, levels=((ANN, 0, 10),)), RoomPart(YARD, levels=((ANN, 50, 0),))))
    assert (counts.lowered, counts.raised, counts.levels) == ((ANN,), (), 2)


def test_what_was_shown_is_no_news_and_more_is() -> None:
    shown = parts(planned(wished(users={ANN: 10}, invited=(DEE,))), SIGHT)
    assert not leftover(planned(wished(users={ANN: 10})), SIGHT, shown)
    assert leftover(planned(wished(users={ANN: 20})), SIGHT, shown)
    more = leftover(
        planned(wished(users={ANN: 10}, invited=(CID, DEE), unwelcome=frozenset({BOB}))), SIGHT, shown
    )
    assert more.steps == (Remove(LOBBY, BOB, "", decided=True),)


def test_a_decided_removal_is_other_than_an_undecided_one() -> None:
    shown = (RoomPart(LOBBY, removed=(BOB,)),)
    assert not leftover(Plan((Remove(LOBBY, BOB, ""),)), SIGHT, shown)
    assert leftover(Plan((Remove(LOBBY, BOB, "", decided=True),)), SIGHT, shown)


def test_other_settings_are_other_effects() -> None:
    doors = [
        Put(LOBBY, StatePut("m.room.join_rules", "", {"join_rule": rule}), "doors")
        for rule in ("invite", "knock")
    ]
    shown = parts(Plan((doors[0],)), SIGHT)
    assert not leftover(Plan((doors[0],)), SIGHT, shown)
    assert leftover(Plan((doors[1],)), SIGHT, shown)


def test_minus_leaves_what_is_only_in_the_first() -> None:
    one = RoomPart(LOBBY, invited=(ANN, BOB), levels=((CID, 0, 10),))
    assert minus((one,), ()) == (one,)
    assert minus((one,), (one,)) == ()
    assert minus((one,), (RoomPart(LOBBY, invited=(ANN,), levels=((CID, 5, 10),)),)) == (
        RoomPart(LOBBY, invited=(BOB,)),
    )


@pytest.mark.parametrize("drift", ["respect", "restore"])
def test_what_waits_is_left_as_it_is(drift: str) -> None:
    wish = wished(users={ANN: 10}, lowered=frozenset({BOB}), invited=(DEE,), only=frozenset({ANN, BOB, DEE}))
    wish = replace(wish, powers=replace(wish.powers, drift=drift))
    (waits,) = parts(planned(wish), SIGHT)
    assert not planned(wish, waits)
    assert planned(replace(wish, invited=(DEE, CID), only=frozenset({ANN, BOB, CID, DEE})), waits) == Plan()
    assert planned(replace(wish, invited=("@eve:hall.test",), only=None), waits).steps == (
        Invite(LOBBY, UserId("@eve:hall.test")),
    )


def test_what_is_decided_otherwise_meanwhile_does_not_wait() -> None:
    wish = wished(users={ANN: 10}, only=frozenset({ANN, BOB}))
    (waits,) = parts(planned(wish), SIGHT)
    assert waits.removed == (CID,)
    higher = planned(replace(wish, powers=PowerWish(users={ANN: 30})), waits)
    assert parts(higher, SIGHT)[0].levels == ((ANN, 0, 30),)
    gone = planned(replace(wish, unwelcome=frozenset({CID})), waits)
    assert Remove(LOBBY, CID, "", decided=True) in gone.steps


def test_held_people_keep_the_level_that_they_have() -> None:
    waits = RoomPart(LOBBY, levels=((BOB, 50, 0),))
    wish = held(wished(lowered=frozenset({BOB})), SEEN, waits, ME)
    assert (wish.powers.users, wish.powers.lowered) == ({BOB: 50}, frozenset())
