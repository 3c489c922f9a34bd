"""What the levels become: given as decided, taken back when lost, and never more than the keeper holds."""

from dataclasses import replace

import pytest

from crewhall.ground.ids import RoomKey, UserId
from crewhall.ground.powers import next_powers, wished_powers
from crewhall.ground.rights import ENDLESS, keyholders, may_remove, reach
from crewhall.ground.rooms import JoinWish, PowerWish, RoomSeen, RoomWish
from crewhall.testing.looks import ME, made, with_levels

ANN, BOB, EVE = UserId("@ann:hall.test"), UserId("@bob:far.test"), UserId("@eve:hall.test")
KEY = RoomKey("rivendell/place/lobby")
IN = {ANN: "join", BOB: "join", EVE: "join"}


def wish(powers: PowerWish | None = None, version: str = "12", **more: object) -> RoomWish:
    given = {"key": KEY, "alias": "_crewhall_lobby", "name": "Lobby", "join": JoinWish("invite")} | more
    return RoomWish(powers=powers or PowerWish(), version=version, **given)


def users(content: object) -> dict[str, int]:
    assert isinstance(content, dict)
    return content["users"]


def told(seen: RoomSeen, wished: RoomWish) -> dict[str, int] | None:
    content, _ = next_powers(wished, seen, ME)
    return None if content is None else users(content)


@pytest.mark.parametrize(
    ("version", "expected"),
    [("12", {ANN: 150}), ("11", {ANN: 99, ME: 100})],
)
def test_creators_are_not_named_and_people_stay_below_a_keeper_that_is(
    version: str, expected: dict[str, int]
) -> None:
    content = wished_powers(wish(PowerWish(users={ANN: 150, ME: 150}), version), version, ME)
    assert content["users"] == expected
    assert content["events"]["m.room.tombstone"] == (150 if version == "12" else 100)


def test_the_guarded_kinds_keep_their_guard() -> None:
    events = wished_powers(wish(), "12", ME)["events"]
    guarded = ("m.room.power_levels", "m.room.encryption", "m.room.server_acl", "m.room.history_visibility")
    assert {kind: events[kind] for kind in guarded} == dict.fromkeys(guarded, 100)


def test_where_few_may_write_everybody_may_answer_and_take_it_back() -> None:
    events = wished_powers(wish(PowerWish(events_default=50)), "12", ME)["events"]
    for kind in ("m.reaction", "m.room.redaction", "org.matrix.msc3381.poll.response"):
        assert events[kind] == 0
    assert "org.matrix.msc3381.poll.start" not in events


@pytest.mark.parametrize(("more", "calls"), [({}, 3), ({"space": True}, 0), ({"direct": True}, 0)])
def test_people_can_join_calls_in_their_rooms(more: dict[str, bool], calls: int) -> None:
    events = wished_powers(wish(**more), "12", ME)["events"]
    names = {"org.matrix.msc3401.call.member", "m.call.member", "org.matrix.msc4143.rtc.member"}
    assert len(names & events.keys()) == calls


@pytest.mark.parametrize("version", ["11", "12"])
def test_a_room_just_made_needs_nothing(version: str) -> None:
    wished = wish(PowerWish(users={ANN: 50}, events_default=50), version)
    assert next_powers(wished, made(wished, members=IN), ME) == (None, ())


GIVEN = [
    # what stands, what is wished, who lost it, drift -> people's levels afterwards (None: no write)
    (({}, {ANN: 50}, (), "respect"), {ANN: 50}),
    (({ANN: 20}, {ANN: 50}, (), "respect"), {ANN: 50}),
    (({ANN: 90}, {ANN: 50}, (), "respect"), None),
    (({ANN: 90}, {ANN: 50}, (ANN,), "respect"), {ANN: 50}),
    (({ANN: 90}, {ANN: 50}, (), "restore"), {ANN: 50}),
    (({ANN: 50}, {}, (ANN,), "respect"), {}),
    (({ANN: 50}, {}, (), "respect"), None),
    (({ANN: 50, BOB: 20}, {ANN: 50}, (), "respect"), None),
    (({ANN: 50, BOB: 20}, {ANN: 50}, (), "restore"), {ANN: 50}),
    (({ANN: -1}, {}, (ANN,), "respect"), None),  # muted by hand: losing a level is no relief
    (({ANN: -1}, {ANN: 10}, (), "respect"), None),
    (({}, {ANN: 0}, (), "respect"), None),
]


@pytest.mark.parametrize(("given", "expected"), GIVEN)
@pytest.mark.parametrize("version", ["11", "12"])
def test_levels_are_given_raised_and_taken_back(version: str, given: tuple, expected: dict | None) -> None:
    stands, wished, lowered, drift = given
    wanted = wish(PowerWish(users=wished, lowered=frozenset(lowered), drift=drift), version)
    seen = with_levels(made(wish(version=version), members=IN), stands)
    after = told(seen, wanted)
    if after is not None:
        after.pop(ME, None)
    assert after == expected


def test_what_nobody_knows_is_kept() -> None:
    seen = made(wish(), members=IN)
    powers = dict(seen.powers) | {"historical": 100, "org.example.more": {"a": 1}}
    powers["events"] = {**powers["events"], "org.example.thing": 30}
    content, _ = next_powers(wish(PowerWish(users={ANN: 50})), replace(seen, powers=powers), ME)
    assert content is not None
    assert content["historical"] == 100
    assert content["org.example.more"] == {"a": 1}
    assert content["events"]["org.example.thing"] == 30


def test_restoring_takes_foreign_levels_of_events_away() -> None:
    seen = made(wish(), members=IN)
    powers = dict(seen.powers)
    powers["events"] = {**powers["events"], "org.example.thing": 30}
    content, _ = next_powers(wish(PowerWish(drift="restore")), replace(seen, powers=powers), ME)
    assert content is not None
    assert "org.example.thing" not in content["events"]


def test_an_equal_is_not_lowered() -> None:
    seen = with_levels(made(wish(version="11"), members=IN), {ANN: 100})
    content, blocked = next_powers(wish(PowerWish(lowered=frozenset({ANN})), "11"), seen, ME)
    assert content is None
    assert [b.what for b in blocked] == [f"lower {ANN}"]


def test_an_endless_keeper_lowers_anybody_else() -> None:
    seen = with_levels(made(wish(), members=IN), {ANN: 2**53 - 1, BOB: 100})
    assert told(seen, wish(PowerWish(lowered=frozenset({ANN})))) == {BOB: 100}


@pytest.mark.parametrize("version", ["11", "12"])
def test_the_last_keyholder_keeps_the_key(version: str) -> None:
    seen = with_levels(made(wish(version=version), members=IN), {ANN: 99, BOB: 50})
    wanted = wish(PowerWish(lowered=frozenset({ANN, BOB})), version)
    content, blocked = next_powers(wanted, seen, ME)
    assert {k: v for k, v in users(content).items() if k != ME} == {ANN: 99}
    assert [b.what for b in blocked] == [f"lower {ANN}, the last keyholder"]


def test_a_key_is_taken_back_once_somebody_else_is_here_with_it() -> None:
    lowered = frozenset({ANN})
    seen = with_levels(made(wish(), members=IN), {ANN: 100})
    assert told(seen, wish(PowerWish(users={BOB: 100}, lowered=lowered))) == {BOB: 100}
    away = with_levels(made(wish(), members={ANN: "join"}), {ANN: 100})
    assert told(away, wish(PowerWish(users={BOB: 100}, lowered=lowered))) == {ANN: 100, BOB: 100}


def foreign_room(level: int, version: str = "12") -> RoomSeen:
    """A room that ANN made and in which the keeper has a level."""
    seen = made(wish(version=version), members={ANN: "join", ME: "join"}, me=ANN)
    return with_levels(seen, {ME: level})


@pytest.mark.parametrize("version", ["11", "12"])
def test_nobody_is_given_more_than_the_keeper_has(version: str) -> None:
    seen = foreign_room(60, version)
    powers = {**seen.powers, "events": {"m.room.power_levels": 50}, "state_default": 50}
    wanted = wish(PowerWish(users={BOB: 80, EVE: 40}, state_default=50), version)
    content, blocked = next_powers(wanted, replace(seen, powers=powers), ME)
    assert users(content)[EVE] == 40
    assert BOB not in users(content)
    assert blocked[0].remedy == f"Give {ME} power 100 in Lobby."


def test_without_the_right_to_set_levels_nothing_is_written_and_it_is_said() -> None:
    content, blocked = next_powers(wish(PowerWish(users={BOB: 40})), foreign_room(50), ME)
    assert content is None
    assert blocked[0].what == "set the levels of m.room.power_levels"


def test_a_keeper_at_100_in_a_room_of_version_12_is_enough() -> None:
    seen = foreign_room(100)
    content, blocked = next_powers(wish(PowerWish(users={BOB: 150})), seen, ME)
    assert users(content)[BOB] == 100
    assert blocked == ()


@pytest.mark.parametrize(("version", "level"), [("12", ENDLESS), ("11", 100)])
def test_a_room_whose_levels_are_missing_is_the_creators(version: str, level: int) -> None:
    wanted = wish(PowerWish(users={ANN: 50}), version)
    bare = replace(made(wanted, members=IN), powers={})
    assert reach(bare, ME) == level
    content, blocked = next_powers(wanted, bare, ME)
    assert content == wished_powers(wanted, version, ME)
    assert blocked == ()


def test_levels_written_as_text_by_old_rooms_count() -> None:
    seen = with_levels(made(wish(version="9"), members=IN), {ANN: "100"})  # type: ignore[dict-item]
    assert keyholders(seen, ME) == {ANN}
    assert not may_remove(seen, ME, ANN)
