"""Promises of rights: what is given is taken back to what is left, at the least cost, and all is told."""

from dataclasses import replace
from typing import Any

import pytest
from immutables import Map

from crewhall import house as rules
from crewhall.charter.model import Charter
from crewhall.ground import ids
from crewhall.ground.facts import Stream, Writing
from crewhall.ground.hall import Presence
from crewhall.ground.ids import CommunityKey, RoomKey, RungKey, UserId
from crewhall.ground.ladder import rooms_of
from crewhall.ground.powers import next_powers
from crewhall.ground.rights import level
from crewhall.ground.worn import put_on, take_off, with_leaf
from crewhall.life.community.facts import CharterChanged
from crewhall.testing.looks import ME, made
from crewhall.testing.story import BEGAN, Story
from crewhall.text import render

ADA, BEA, CY = (UserId(f"@{name}:here") for name in ("ada", "bea", "cy"))
HERE = Presence(BEGAN, "$here")
KEY = CommunityKey("rivendell")
ROOT, LOBBY, BOARD, CREWS = (
    ids.root(KEY),
    ids.place(KEY, "lobby"),
    ids.place(KEY, "board"),
    ids.crews_space(KEY),
)
FRIENDS, PARTNERS = ids.rung(KEY, RungKey("friends")), ids.rung(KEY, RungKey("partners"))
COMMONS = ids.rung_room(KEY, RungKey("friends"), "commons")
HEARTH = ids.rung_room(KEY, RungKey("partners"), "hearth")


def charter(**told: Any) -> Charter:
    friends, partners = told.pop("friends", {}), told.pop("partners", {})
    whole: dict[str, Any] = {
        "key": "rivendell",
        "name": "Rivendell",
        "founders": [ADA],
        "places": [
            {"key": "lobby", "name": "Lobby"},
            {"key": "board", "name": "Board", "post": "keyholders"},
        ],
        "rungs": [
            {
                "key": "friends",
                "name": "Friends",
                "rooms": [{"key": "commons", "name": "Commons"}],
                **friends,
            },
            {
                "key": "partners",
                "name": "Partners",
                "rooms": [{"key": "hearth", "name": "Hearth"}],
                **partners,
            },
        ],
    }
    return Charter.model_validate({**whole, **told})


def standing(told: Charter, *rungs: RoomKey) -> Story:
    """Return the community with Bea in it, on these rungs."""
    story = Story(told, inside=[ADA, BEA])
    for rung in rungs:
        story.stands(rung, BEA)
    return story


def change(story: Story, told: Charter) -> None:
    bare = told.model_copy(update={"founders": ()})
    story.record(story.event(), (Writing(Stream("rivendell"), CharterChanged(bare)),))


def settled(story: Story, key: RoomKey, before: Any) -> int:
    """Return Bea's level after the keeper has brought a room from what it was to what it should be."""
    content, blocked = next_powers(story.wish(key), before, ME)
    assert blocked == ()
    return level(replace(before, powers=content) if content is not None else before, BEA)


def test_who_loses_the_higher_of_two_is_lowered_to_the_other() -> None:
    hats = [{"key": "safety", "name": "Safety", "may": ["moderate"]}]
    story = standing(charter(hats=hats, friends={"may_everywhere": ["pin"]}), FRIENDS)
    story.house = story.house.with_hall(put_on(story.hall, "safety", BEA, HERE))
    before = made(story.wish(LOBBY))
    assert level(before, BEA) == 50
    story.house = story.house.with_hall(take_off(story.hall, "safety", BEA, HERE))
    assert settled(story, LOBBY, before) == 10


@pytest.mark.parametrize(
    ("was", "now", "left"),
    [
        ({"friends": {"may_everywhere": ["moderate"]}}, {}, 0),
        ({"friends": {"may_everywhere": ["moderate"]}}, {"friends": {"may_everywhere": ["pin"]}}, 10),
        ({"friends": {"may_everywhere": ["pin"]}}, {"friends": {"may_everywhere": ["moderate"]}}, 50),
        ({"friends": {"may_everywhere": ["pin"]}}, {"rungs": []}, 0),
    ],
)
def test_a_right_that_the_charter_gives_no_longer_is_taken_back(was: Any, now: Any, left: int) -> None:
    story = standing(charter(**was), FRIENDS)
    before = made(story.wish(LOBBY))
    change(story, charter(**now))
    assert settled(story, LOBBY, before) == left


def test_what_a_person_was_given_by_hand_beyond_the_charter_is_respected() -> None:
    story = standing(charter(friends={"may_everywhere": ["pin"]}), FRIENDS)
    before = made(story.wish(LOBBY))
    by_hand = {**before.powers, "users": {BEA: 60}}
    assert settled(story, LOBBY, replace(before, powers=by_hand)) == 60


def test_a_keyholder_for_whom_the_doors_are_closed_is_no_longer_invited_nor_given_the_key() -> None:
    story = standing(charter())
    story.house = story.house.with_hall(replace(story.hall, shut_out=story.hall.shut_out.set(ADA, HERE)))
    for key in (ROOT, LOBBY, BOARD, FRIENDS, COMMONS, PARTNERS, HEARTH, CREWS):
        wish = story.wish(key)
        assert ADA not in wish.powers.users
        assert ADA in wish.powers.lowered & wish.unwelcome
        assert wish.invited == ()


def test_the_last_keyholder_keeps_the_key_until_somebody_else_has_it() -> None:
    story = standing(charter())
    before = made(story.wish(ROOT), members={ADA: "join"})
    story.house = story.house.with_hall(replace(story.hall, shut_out=story.hall.shut_out.set(ADA, HERE)))
    content, blocked = next_powers(story.wish(ROOT), before, ME)
    assert content is None
    assert [one.what for one in blocked] == [f"lower {ADA}, the last keyholder"]


@pytest.mark.parametrize(
    ("told", "up", "down"),
    [
        ({}, {PARTNERS}, {PARTNERS, COMMONS, HEARTH}),
        ({"partners": {"may": ["pin"]}}, {PARTNERS, HEARTH}, {PARTNERS, COMMONS, HEARTH}),
        (
            {"partners": {"may_everywhere": ["pin"]}},
            {PARTNERS, ROOT, LOBBY, BOARD},
            {PARTNERS, COMMONS, HEARTH, ROOT, LOBBY, BOARD},
        ),
        (
            {
                "places": [
                    {"key": "lobby", "name": "Lobby"},
                    {"key": "board", "name": "Board", "post": "friends"},
                ]
            },
            {PARTNERS, BOARD},
            {PARTNERS, COMMONS, HEARTH, BOARD},
        ),
        (
            {"friends": {"door": {"propose": "partners", "by_hand": True}}},
            {PARTNERS, FRIENDS},
            {PARTNERS, COMMONS, HEARTH, FRIENDS},
        ),
        (
            {"partners": {"door": {"propose": "partners", "by_hand": True}}},
            {PARTNERS},
            {PARTNERS, COMMONS, HEARTH},
        ),
        ({"partners": {"level": 20}}, {PARTNERS, HEARTH, ROOT}, {PARTNERS, COMMONS, HEARTH, ROOT}),
    ],
)
def test_a_step_has_only_those_rooms_looked_at_that_it_changes(told: Any, up: Any, down: Any) -> None:
    hall = standing(charter(**told)).hall
    assert set(rooms_of(hall, RungKey("partners"), down=False)) == up
    assert set(rooms_of(hall, RungKey("partners"), down=True)) == down


def told_to(story: Story, person: UserId, key: RoomKey | None = None) -> list[str]:
    """Return what a person is told of rights by ``!me``, or by ``!why`` of a room."""
    hall = story.hall
    lines = [
        line
        for one in rules.CAPABILITIES
        for line in (one.why(hall, person, key) if key else one.me(hall, person))
    ]
    texts = [render(line, {}, "here").plain for line in lines]
    return [text for text in texts if "you may" in text or "written by" in text]


def test_me_tells_what_somebody_may_do_and_through_what() -> None:
    hats = [{"key": "safety", "name": "Tea", "may": ["moderate"]}]
    story = standing(charter(hats=hats, friends={"may": ["pin"], "may_everywhere": ["pin"]}), FRIENDS)
    assert told_to(story, BEA) == [
        "Through Friends you may pin (and rename) in Rivendell, Lobby, Friends and Commons.",
        "Through Friends you may write and pin (and rename) in Board.",
    ]
    story.house = story.house.with_hall(put_on(story.hall, "safety", BEA, HERE))
    assert told_to(story, BEA) == [
        "Through your hat Tea you may pin (and rename), list rooms, invite people and moderate in Rivendell.",
        "Through your hat Tea you may pin (and rename), invite people and moderate in Lobby.",
        "Through your hat Tea you may write, pin (and rename), invite people and moderate in Board.",
        "Through Friends you may pin (and rename) in Friends and Commons.",
    ]
    assert told_to(story, ADA) == told_to(story, CY) == []


def test_me_tells_who_may_invite_by_hand() -> None:
    story = standing(charter(friends={"door": {"propose": "friends", "by_hand": True}}), FRIENDS)
    said = "Through Friends you may invite people to Friends by hand."
    assert told_to(story, BEA) == [f"{said} What is too early for the rule is taken back."]


def test_a_right_in_a_room_that_is_not_open_is_not_told() -> None:
    hats = [{"key": "welcome", "name": "Welcome", "may": ["pin"], "where": ["friends"]}]
    story = standing(charter(hats=hats))
    story.house = story.house.with_hall(put_on(story.hall, "welcome", BEA, HERE))
    assert told_to(story, BEA) == []
    story.stands(FRIENDS, BEA)
    assert told_to(story, BEA) == [
        "Through your hat Welcome you may pin (and rename) in Friends and Commons."
    ]


def test_how_deep_a_crew_is_is_told_to_its_people_and_not_before_others() -> None:
    leaf = {"key": "work", "name": "Work", "post": ["board"]}
    story = standing(charter(crews={"leaves": [leaf]}))
    story.house = story.house.with_hall(with_leaf(story.hall, "work", Map({BEA: HERE}), HERE))
    lines = [line for one in rules.CAPABILITIES for line in one.me(story.hall, BEA) if line.id == "may"]
    assert [render(line, {}, "here").plain for line in lines] == [
        "Through your crew's Work you may write in Board."
    ]
    assert [line.args["rooms"] for line in lines] == [("Board",)]  # a line without links stays private
    who = "those who hold the keys and crews that opened Work"
    assert told_to(story, BEA, BOARD) == [f"Board is written by {who}; everybody may react and vote."]


@pytest.mark.parametrize(
    ("post", "who"),
    [
        ("keyholders", "those who hold the keys"),
        ("friends", "those who hold the keys and Friends"),
        ("digest", "those who hold the keys and whoever wears the hat Digest"),
    ],
)
def test_why_tells_who_writes(post: str, who: str) -> None:
    places = [{"key": "lobby", "name": "Lobby"}, {"key": "board", "name": "Board", "post": post}]
    story = standing(charter(places=places, hats=[{"key": "digest", "name": "Digest"}]))
    assert told_to(story, BEA, BOARD) == [f"Board is written by {who}; everybody may react and vote."]
    assert told_to(story, BEA, LOBBY) == []


def test_a_crews_leaf_gives_nothing_to_its_members_from_outside() -> None:
    """A crew may hold seats for anybody; what its leaf allows in the community is for people in it."""
    leaf = {"key": "work", "name": "Work", "may": ["pin"], "post": ["board"]}
    story = standing(charter(crews={"leaves": [leaf], "seats_for": "anyone"}))
    away = UserId("@stranger:elsewhere")
    members = Map({BEA: HERE, away: HERE})
    story.house = story.house.with_hall(with_leaf(story.hall, "work", members, HERE))
    for key in rules.rooms(story.house):
        assert away not in story.wish(key).powers.users
    assert story.wish(BOARD).powers.users[BEA] == 10
