"""Plans for all rooms together: places in spaces, the order of steps, and which plans wait for a yes."""

from dataclasses import replace
from itertools import permutations

import pytest

from crewhall.charter.model import Care
from crewhall.ground.guard import Concern, guard
from crewhall.ground.ids import RoomId, RoomKey, UserId
from crewhall.ground.links import depths, needs, plan_links, whole
from crewhall.ground.rooms import ChildSeen, JoinWish, Listing, PowerWish, RoomSeen, RoomWish, StatePut
from crewhall.ground.sight import Sight
from crewhall.ground.steps import Blocked, Create, Invite, Link, Plan, Put, Remove, Unlink
from crewhall.testing.looks import ME, made, room_id, rooms_of, with_levels

ROOT, CREWS = RoomKey("rivendell"), RoomKey("rivendell/crews")
LANTERN, TIDEPOOL = RoomKey("rivendell/crew/lantern"), RoomKey("rivendell/crew/tidepool")
OTHER = RoomKey("bree/place/lobby")
ANN, BOB = UserId("@ann:hall.test"), UserId("@bob:far.test")


def space(key: RoomKey, listed: RoomKey | None = None, **more: object) -> RoomWish:
    allow = (listed,) if listed is not None else ()
    join = JoinWish("restricted", allow) if allow else JoinWish("invite")
    listing = Listing(listed) if listed is not None else None
    return RoomWish(key, f"_crewhall_{key}", key, join, PowerWish(), space=True, listing=listing, **more)


def crew(key: RoomKey, *, listed: bool = True, **more: object) -> RoomWish:
    listing = Listing(CREWS, order="a", suggested=True) if listed else None
    return RoomWish(key, f"_crewhall_{key}", key, JoinWish("invite"), PowerWish(), listing=listing, **more)


WISHES = (space(ROOT), space(CREWS, ROOT), crew(LANTERN), crew(TIDEPOOL))
ROOMS = rooms_of(wish.key for wish in WISHES)


def listing(*rooms: RoomKey, via: tuple[str, ...] = ("hall.test",)) -> dict[RoomId, ChildSeen]:
    return {room_id(key): ChildSeen(via, "a", suggested=True) for key in rooms}


def sight(**children: dict[RoomId, ChildSeen]) -> Sight:
    """All rooms as made, each space listing what is given (by the last part of its key)."""
    rooms = {wish.key: made(wish, ROOMS) for wish in WISHES}
    for name, listed in children.items():
        key = ROOT if name == "rivendell" else CREWS
        rooms[key] = replace(rooms[key], children=listed)
    return Sight(ME, rooms)


FULL = {"rivendell": listing(CREWS), "crews": listing(LANTERN, TIDEPOOL)}


def test_spaces_are_made_before_what_stands_in_them() -> None:
    plan = whole(WISHES, Sight(ME), {}, ME)
    assert [step.key for step in plan.steps if isinstance(step, Create)] == [ROOT, CREWS, LANTERN, TIDEPOOL]
    assert [(s.key, s.space) for s in plan.steps if isinstance(s, Link)] == [
        (CREWS, ROOT), (LANTERN, CREWS), (TIDEPOOL, CREWS),
    ]  # fmt: skip


def test_the_order_of_wishes_means_nothing() -> None:
    for shuffled in permutations(WISHES):
        assert whole(shuffled, Sight(ME), {}, ME) == whole(WISHES, Sight(ME), {}, ME)
        assert whole(shuffled, sight(), ROOMS, ME) == whole(WISHES, sight(), ROOMS, ME)


def test_where_all_is_listed_nothing_is_done() -> None:
    assert whole(WISHES, sight(**FULL), ROOMS, ME) == Plan()


def test_a_missing_entry_is_written_once_with_what_is_wished() -> None:
    plan = plan_links(WISHES, sight(rivendell=listing(CREWS), crews=listing(TIDEPOOL)), ROOMS, ME)
    assert plan.steps == (Link(LANTERN, CREWS, "a", suggested=True),)


def test_an_entry_stays_as_people_arranged_it() -> None:
    arranged = {room_id(key): ChildSeen(("hall.test",), "zz") for key in (LANTERN, TIDEPOOL)}
    assert plan_links(WISHES, sight(rivendell=listing(CREWS), crews=arranged), ROOMS, ME) == Plan()


def test_our_server_joins_the_ways_in_that_others_wrote() -> None:
    arranged = listing(TIDEPOOL) | {room_id(LANTERN): ChildSeen(("far.test",), "zz")}
    plan = plan_links(WISHES, sight(rivendell=listing(CREWS), crews=arranged), ROOMS, ME)
    (put,) = plan.steps
    assert isinstance(put, Put)
    assert put.put.content == {"via": ["far.test", "hall.test"], "order": "zz"}


@pytest.mark.parametrize("wish", [crew(LANTERN, listed=False), crew(LANTERN, closed=True), None])
def test_a_room_that_is_no_longer_to_be_listed_is_taken_out(wish: RoomWish | None) -> None:
    wishes = [w for w in WISHES if w.key != LANTERN] + ([wish] if wish else [])
    plan = plan_links(wishes, sight(**FULL), ROOMS, ME)
    assert plan.steps == (Unlink(LANTERN, CREWS, room_id(LANTERN)),)


def test_what_others_list_is_theirs() -> None:
    rooms = {**ROOMS, **rooms_of([OTHER])}
    theirs = FULL["crews"] | {RoomId("!theirs"): ChildSeen(("far.test",)), room_id(OTHER): ChildSeen(("x",))}
    assert plan_links(WISHES, sight(rivendell=listing(CREWS), crews=theirs), rooms, ME) == Plan()


def test_what_could_not_be_seen_is_not_planned() -> None:
    whole_sight = sight(**FULL)
    why = Blocked(CREWS, "look", "wait")
    seen = {key: room for key, room in whole_sight.rooms.items() if key != CREWS}
    plan = whole(WISHES, Sight(ME, seen, {CREWS: why}), ROOMS, ME)
    assert plan == Plan((), (why,))


def test_without_power_in_the_space_it_is_said_what_is_needed() -> None:
    seen = sight(rivendell=listing(CREWS), crews=listing(TIDEPOOL))
    weak = replace(seen.rooms[CREWS], creators=frozenset({ANN}))
    plan = plan_links(WISHES, Sight(ME, {**seen.rooms, CREWS: weak}), ROOMS, ME)
    assert plan.steps == ()
    assert [b.remedy for b in plan.blocked] == [f"Give {ME} power 100 in rivendell/crews."]


def test_taking_away_comes_before_giving_everywhere() -> None:
    wishes = [
        *WISHES[:2],
        crew(LANTERN, invited=(ANN,)),
        crew(TIDEPOOL, unwelcome=frozenset({ANN})),
    ]
    seen = sight(rivendell=listing(CREWS), crews=listing(LANTERN, TIDEPOOL))
    rooms = {**seen.rooms, TIDEPOOL: made(WISHES[3], ROOMS, {ANN: "join"})}
    steps = whole(wishes, Sight(ME, rooms), ROOMS, ME).steps
    assert [type(step) for step in steps] == [Remove, Invite]


def test_a_circle_of_rooms_that_need_each_other_is_cut_open() -> None:
    one, two = RoomKey("x/a"), RoomKey("x/b")
    wishes = {
        one: RoomWish(one, "a", "a", JoinWish("restricted", (two,)), PowerWish()),
        two: RoomWish(two, "b", "b", JoinWish("restricted", (one,)), PowerWish()),
    }
    assert needs(wishes[one]) == (two,)
    assert depths(wishes, wishes.get) == {one: 1, two: 0}


def removal(person: str, *, decided: bool = False) -> Remove:
    return Remove(LANTERN, UserId(person), "", decided)


def crowd(count: int) -> RoomSeen:
    people = {UserId(f"@p{n}:hall.test"): "join" for n in range(count)}
    return made(WISHES[2], ROOMS, people)


GUARDED = [
    ((), 20, 0),
    (("@p1:hall.test",), 20, 0),
    (("@p1:hall.test", "@p2:hall.test", "@p3:hall.test"), 20, 0),
    (("@p1:hall.test", "@p2:hall.test", "@p3:hall.test", "@p4:hall.test"), 20, 1),
    (("@p1:hall.test", "@p2:hall.test"), 9, 1),
    (("@p1:hall.test", "@p2:hall.test"), 10, 0),
    (("@p1:hall.test",), 1, 0),
]


@pytest.mark.parametrize(("removed", "people", "reasons"), GUARDED)
def test_many_undecided_removals_wait_for_a_yes(removed: tuple[str, ...], people: int, reasons: int) -> None:
    seen = Sight(ME, {LANTERN: crowd(people)})
    assert len(guard(Plan(tuple(map(removal, removed))), seen, Care())) == reasons
    decided = tuple(removal(person, decided=True) for person in removed)
    assert guard(Plan(decided), seen, Care()) == ()


def test_the_last_key_waits_for_a_yes_even_if_decided() -> None:
    seen = with_levels(made(WISHES[2], ROOMS, {ANN: "join", BOB: "join"}), {ANN: 100})
    taken = Plan((Remove(LANTERN, ANN, "", decided=True),))
    assert guard(taken, Sight(ME, {LANTERN: seen}), Care()) == (Concern("key", room=LANTERN),)
    both = with_levels(seen, {BOB: 100})
    assert guard(taken, Sight(ME, {LANTERN: both}), Care()) == ()


def test_what_makes_new_rooms_does_not_count_as_change() -> None:
    founding = whole(WISHES, Sight(ME), {}, ME)
    assert guard(founding, Sight(ME), Care(steps=1)) == ()
    changes = Plan(tuple(Invite(LANTERN, UserId(f"@p{n}:hall.test")) for n in range(3)))
    assert guard(changes, Sight(ME), Care(steps=2)) == (Concern("steps", 3, 2),)


def test_what_touches_many_people_waits_for_a_yes() -> None:
    people = [UserId(f"@n{n}:hall.test") for n in range(4)]
    lived = Sight(ME, {LANTERN: crowd(1)})
    invited = Plan(tuple(Invite(LANTERN, person) for person in people))
    decided = Plan(tuple(Remove(LANTERN, person, "", decided=True) for person in people))
    for plan in (invited, decided):
        assert guard(plan, lived, Care(people=3)) == (Concern("people", 4, 3),)
        assert guard(plan, lived, Care(people=4)) == ()


def test_the_same_people_in_many_rooms_count_once() -> None:
    rooms = [RoomKey(f"x/place/{n}") for n in range(5)]
    plan = Plan(tuple(Invite(room, ANN) for room in rooms))
    assert guard(plan, Sight(ME, dict.fromkeys(rooms, crowd(1))), Care(people=1)) == ()


def test_a_room_in_which_nobody_is_yet_is_still_being_founded() -> None:
    plan = Plan(tuple(Invite(LANTERN, UserId(f"@n{n}:hall.test")) for n in range(4)))
    assert guard(plan, Sight(ME, {LANTERN: crowd(0)}), Care(people=3)) == ()


def test_who_rises_by_their_own_act_of_just_now_does_not_count() -> None:
    people = [UserId(f"@p{n}:hall.test") for n in range(4)]
    seen = crowd(4)
    content = {**seen.powers, "users": {**seen.powers["users"], **dict.fromkeys(people, 10)}}
    plan = Plan((Put(LANTERN, StatePut("m.room.power_levels", "", content), "powers"),))
    sight = Sight(ME, {LANTERN: seen})
    assert guard(plan, sight, Care(people=1)) == (Concern("people", 4, 1),)
    assert guard(plan, sight, Care(people=1), frozenset(people)) == ()
    assert guard(plan, sight, Care(people=1), frozenset(people[:2])) == (Concern("people", 2, 1),)
