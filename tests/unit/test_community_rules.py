"""Promises of a community's spaces and rooms, and of founding one in chat."""

from datetime import timedelta

import pytest

from crewhall import house as rules
from crewhall.charter.model import Charter
from crewhall.ground import ids
from crewhall.ground.facts import Stream, Writing
from crewhall.ground.ids import RungKey, UserId
from crewhall.ground.talk import Decision, Usage
from crewhall.life.community.facts import CharterChanged
from crewhall.testing.story import Story, refused

ADA, BEA, CY, OPS = (UserId(f"@{name}:here") for name in ("ada", "bea", "cy", "ops"))
CHARTER = Charter.model_validate(
    {
        "key": "rivendell",
        "name": "Rivendell",
        "purpose": "A house for travellers.",
        "founders": [ADA],
        "places": [
            {"key": "lobby", "name": "Lobby", "suggested": True},
            {"key": "board", "name": "Noticeboard", "post": "keyholders"},
        ],
        "rungs": [
            {
                "key": "friends",
                "name": "Friends",
                "asks": "Be kind.",
                "rooms": [{"key": "commons", "name": "Commons"}],
            },
            {
                "key": "partners",
                "name": "Partners",
                "level": 40,
                "rooms": [{"key": "hearth", "name": "Hearth"}],
            },
        ],
    }
)
FRIENDS, PARTNERS = RungKey("friends"), RungKey("partners")
ROOT = ids.root(ids.CommunityKey("rivendell"))
LOBBY = ids.place(ids.CommunityKey("rivendell"), "lobby")
BOARD = ids.place(ids.CommunityKey("rivendell"), "board")
FRIENDS_SPACE = ids.rung(ids.CommunityKey("rivendell"), FRIENDS)
PARTNERS_SPACE = ids.rung(ids.CommunityKey("rivendell"), PARTNERS)
COMMONS = ids.rung_room(ids.CommunityKey("rivendell"), FRIENDS, "commons")
HEARTH = ids.rung_room(ids.CommunityKey("rivendell"), PARTNERS, "hearth")
CREWS = ids.crews_space(ids.CommunityKey("rivendell"))


def test_a_community_is_a_space_with_its_rooms_and_a_space_a_rung() -> None:
    story = Story(CHARTER)
    keys = [LOBBY, BOARD, FRIENDS_SPACE, COMMONS, PARTNERS_SPACE, HEARTH, CREWS]
    assert list(rules.rooms(story.house))[1:] == [ROOT, *keys]
    assert {key for key in [ROOT, *keys] if story.wish(key).space} == {
        ROOT,
        FRIENDS_SPACE,
        PARTNERS_SPACE,
        CREWS,
    }
    listings = [story.wish(key).listing for key in keys]
    assert [listing.space for listing in listings if listing] == [
        ROOT, ROOT, ROOT, FRIENDS_SPACE, ROOT, PARTNERS_SPACE, ROOT,
    ]  # fmt: skip
    in_root = [listing.order for listing in listings if listing and listing.space == ROOT]
    assert in_root == sorted(in_root)


def test_a_deeper_rung_opens_the_rooms_of_the_lighter_ones() -> None:
    story = Story(CHARTER)
    assert story.wish(COMMONS).join.allow == (FRIENDS_SPACE, PARTNERS_SPACE)
    assert story.wish(HEARTH).join.allow == (PARTNERS_SPACE,)
    assert story.wish(LOBBY).join.allow == (ROOT,)
    assert story.wish(FRIENDS_SPACE).join.rule == "invite"
    assert story.wish(FRIENDS_SPACE).topic == "Be kind."


def test_founders_are_invited_to_the_community_and_every_rung_and_hold_the_keys() -> None:
    story = Story(CHARTER)
    for key in (ROOT, FRIENDS_SPACE, PARTNERS_SPACE):
        assert story.wish(key).invited == (ADA,)
        assert story.wish(key).powers.users == {ADA: 100}
    assert story.wish(COMMONS).invited == ()


def test_a_founder_who_says_no_is_not_asked_again() -> None:
    story = Story(CHARTER)
    story.gesture(PARTNERS_SPACE, ADA, "leave")
    story.gesture(ROOT, ADA, "leave")
    assert story.wish(PARTNERS_SPACE).invited == ()
    assert story.wish(ROOT).invited == ()
    assert story.wish(FRIENDS_SPACE).invited == (ADA,)


def test_a_founder_who_has_left_is_asked_on_to_no_rung() -> None:
    rungs = ({"key": "friends", "name": "Friends", "door": {"propose": "keyholders"}},)
    charter = CHARTER.model_dump() | {"rungs": rungs, "founders": [ADA, BEA]}
    story = Story(Charter.model_validate(charter), inside=[ADA, BEA])
    assert set(story.wish(FRIENDS_SPACE).invited) == {ADA, BEA}
    story.gesture(ROOT, BEA, "leave")
    assert story.wish(FRIENDS_SPACE).invited == (ADA,)
    assert story.wish(FRIENDS_SPACE).unwelcome == {BEA}


def test_who_was_given_the_keys_comes_on_to_a_rung_by_its_rule() -> None:
    rungs = ({"key": "friends", "name": "Friends", "door": {"propose": "keyholders"}},)
    story = Story(Charter.model_validate(CHARTER.model_dump() | {"rungs": rungs}), inside=[ADA, BEA])
    story.wait(timedelta(days=2))
    story.say(ADA, "hat offer keys to", BEA)
    story.react(story.card("hats.offer"), BEA, "✅")
    assert BEA in story.hall.keyholders
    story.gesture(FRIENDS_SPACE, BEA, "join")
    assert BEA not in story.hall.standing.get(FRIENDS, ())
    assert BEA in story.wish(FRIENDS_SPACE).unwelcome


def test_a_rungs_level_holds_where_the_rung_is_and_goes_with_it() -> None:
    story = Story(CHARTER, inside=[BEA])
    story.gesture(PARTNERS_SPACE, BEA, "join")
    for key in (ROOT, PARTNERS_SPACE, HEARTH):
        assert story.wish(key).powers.users[BEA] == 40
    assert BEA not in story.wish(COMMONS).powers.users
    story.gesture(PARTNERS_SPACE, BEA, "leave")
    for key in (ROOT, PARTNERS_SPACE, HEARTH):
        assert BEA not in story.wish(key).powers.users
        assert BEA in story.wish(key).powers.lowered
    assert story.wish(LOBBY).powers.lowered == frozenset()


def test_a_level_that_the_charter_gives_no_longer_is_taken_back() -> None:
    story = Story(CHARTER, inside=[BEA])
    story.gesture(PARTNERS_SPACE, BEA, "join")
    flat = [rung.model_copy(update={"level": 0}) for rung in CHARTER.rungs]
    changed = CharterChanged(CHARTER.model_copy(update={"rungs": tuple(flat)}))
    story.record("$change", (Writing(Stream("rivendell"), changed),))
    assert BEA in story.wish(ROOT).powers.lowered


def test_what_keyholders_hold_no_longer_under_a_new_charter_is_taken_back() -> None:
    story = Story(CHARTER, inside=[ADA])
    lower = CHARTER.model_copy(update={"keyholders": CHARTER.keyholders.model_copy(update={"level": 99})})
    story.record(story.event(), (Writing(Stream("rivendell"), CharterChanged(lower)),))
    assert story.wish(ROOT).powers.users == {ADA: 99}
    assert ADA in story.wish(ROOT).powers.lowered


@pytest.mark.parametrize(("version", "keys", "rung"), [("11", 99, 99), ("12", 100, 100)])
def test_nobody_is_above_the_keyholders_nor_they_above_the_keeper(version: str, keys: int, rung: int) -> None:
    high = CHARTER.rungs[1].model_copy(update={"level": 150})
    story = Story(CHARTER.model_copy(update={"room_version": version, "rungs": (CHARTER.rungs[0], high)}))
    story.gesture(PARTNERS_SPACE, BEA, "join")
    assert story.wish(ROOT).powers.users == {ADA: keys, BEA: rung}


def test_a_rungs_own_level_does_not_open_its_door() -> None:
    wish = Story(CHARTER).wish(PARTNERS_SPACE)
    assert wish.powers.invite == 100
    assert Story(CHARTER).wish(LOBBY).powers.invite == 50


def test_a_board_is_written_by_keyholders() -> None:
    assert Story(CHARTER).wish(BOARD).powers.events_default == 100
    assert Story(CHARTER).wish(LOBBY).powers.events_default == 0


def test_nobody_is_removed_for_being_unheard_of() -> None:
    story = Story(CHARTER)
    for key in (LOBBY, COMMONS, HEARTH, CREWS):
        assert story.wish(key).only is None
        assert story.wish(key).unwelcome == frozenset()


def test_who_gave_up_a_key_is_no_longer_welcome_behind_its_door_and_only_there() -> None:
    story = Story(CHARTER, inside=[BEA])
    story.gesture(FRIENDS_SPACE, BEA, "join")
    story.gesture(PARTNERS_SPACE, BEA, "join")
    story.gesture(FRIENDS_SPACE, BEA, "leave")
    assert story.wish(COMMONS).unwelcome == frozenset()  # still a partner
    story.gesture(PARTNERS_SPACE, BEA, "leave")
    assert story.wish(COMMONS).unwelcome == {BEA}
    assert story.wish(HEARTH).unwelcome == {BEA}
    assert story.wish(LOBBY).unwelcome == frozenset()
    story.gesture(FRIENDS_SPACE, BEA, "join")
    assert story.wish(COMMONS).unwelcome == frozenset()
    assert story.wish(HEARTH).unwelcome == {BEA}


def test_leaving_the_community_takes_no_rung_away() -> None:
    story = Story(CHARTER, inside=[BEA])
    story.gesture(FRIENDS_SPACE, BEA, "join")
    story.gesture(ROOT, BEA, "leave")
    assert story.wish(LOBBY).unwelcome == {BEA}
    assert story.wish(COMMONS).unwelcome == frozenset()
    assert story.hall.rung_of(BEA) == FRIENDS


def test_an_operator_founds_a_community_and_holds_its_key() -> None:
    story = Story(shelf={"friends": CHARTER})
    outcome = story.say(OPS, "found Blue Mountains as friends", operator=True)
    assert isinstance(outcome, Decision)
    hall = story.house.halls[ids.CommunityKey("blue-mountains")]
    assert hall.charter.name == "Blue Mountains"
    assert set(hall.keyholders) == {OPS}
    assert outcome.says[0].after == "blue-mountains"


@pytest.mark.parametrize(
    ("line", "operator", "sentence"),
    [
        ("found Lorien", False, "found-operators-only"),
        ("found Lorien as castle", True, "found-which-charter"),
        ("found Rivendell", True, "found-name-taken"),
        ("found R1vende11", True, "found-name-taken"),
        ("found \u200b", True, ""),
        ("found " + "x" * 60, True, "found-name-unfit"),
    ],
)
def test_founding_is_refused_with_a_reason(line: str, *, operator: bool, sentence: str) -> None:
    story = Story(CHARTER, shelf={"friends": CHARTER})
    outcome = story.say(OPS, line, operator=operator)
    assert refused(outcome) == sentence
    assert sentence or isinstance(outcome, Usage)
    assert len(story.house.halls) == 1


@pytest.mark.parametrize("name", ["House", "Chat", "Service", "Ривенделл", "山"])
def test_every_name_makes_a_key_of_its_own(name: str) -> None:
    story = Story(shelf={"friends": CHARTER})
    assert isinstance(story.say(OPS, f"found {name}", operator=True), Decision)
    (hall,) = story.house.halls.values()
    assert ids.KEY.match(hall.key)
    assert ids.hall_of(ids.root(hall.key)) == hall.key


def test_pictures_are_what_the_charter_says() -> None:
    told = {
        **CHARTER.model_dump(),
        "avatar": "mxc://here/house",
        "places": [{"key": "lobby", "name": "Lobby", "avatar": "mxc://here/lobby"}],
    }
    story = Story(Charter.model_validate(told))
    assert story.wish(ROOT).avatar == "mxc://here/house"
    assert story.wish(LOBBY).avatar == "mxc://here/lobby"
    assert story.wish(FRIENDS_SPACE).avatar == ""
