"""Promises of a crew's depth: all open a leaf, anyone closes it, and whoever comes in is asked too."""

from datetime import timedelta
from typing import Any

import pytest

from crewhall import house as rules
from crewhall.charter.model import Charter
from crewhall.ground import ids
from crewhall.ground.charters import CharterChanged
from crewhall.ground.facts import Recorded, Stream, Writing
from crewhall.ground.ids import CommunityKey, CrewKey, RoomKey, UserId
from crewhall.ground.rooms import Listing
from crewhall.ground.talk import Card, Decision, Refusal, Reply, ToPerson, ToRoom
from crewhall.testing.story import KEEPER, Story, refused
from crewhall.text import render

ADA, BEA, CY, DI, EVE = (UserId(f"@{name}:here") for name in ("ada", "bea", "cy", "di", "eve"))
INSIDE = (ADA, BEA, CY, DI, EVE)
KEY = CommunityKey("rivendell")
CREW = CrewKey("lantern")
LANTERN = ids.crew_room(KEY, CREW)
SPACE = ids.crew_space(KEY, CREW)
BENCH = ids.leaf_room(KEY, CREW, "work", "bench")
TILL = ids.leaf_room(KEY, CREW, "pot", "till")
LOBBY = ids.place(KEY, "lobby")
CREWS = ids.crews_space(KEY)
LEAVES: list[dict[str, Any]] = [
    {
        "key": "work",
        "name": "Shared work",
        "asks": "Promise what you will do.",
        "rooms": [{"key": "bench", "name": "Workbench", "topic": "Who does what."}],
        "may": ["rooms"],
    },
    {"key": "pot", "name": "Pot", "rooms": [{"key": "till", "name": "Till"}], "post": ["lobby"]},
    {"key": "house", "name": "House"},
]


def charter(leaves: list[dict[str, Any]] | None = None, **crews: object) -> Charter:
    return Charter.model_validate(
        {
            "key": "rivendell",
            "name": "Rivendell",
            "crews": {"leaves": LEAVES if leaves is None else leaves, **crews},
            "places": [{"key": "lobby", "name": "Lobby"}],
        }
    )


def seated(*people: UserId, how: str = "", **crews: object) -> Story:
    """Return a story in which these people have their seats in Lantern."""
    story = Story(charter(**crews), inside=INSIDE)
    story.say(people[0], f"crew start Lantern {how}", *people[1:])
    for person in people:
        story.gesture(LANTERN, person, "join")
    return story


def agree(story: Story, *people: UserId) -> None:
    """Have these say yes to the last question."""
    for person in people:
        story.react(story.card("crews.leaf"), person, "👍")


def opened(*people: UserId, leaves: tuple[str, ...] = ("work",), how: str = "", **crews: object) -> Story:
    """Return a story in which these people have opened leaves of Lantern."""
    story = seated(*people, how=how, **crews)
    for leaf in leaves:
        story.say(people[0], f"open {leaf}")
        agree(story, *people[1:])
    return story


def having(story: Story, leaf: str) -> set[UserId]:
    return set(story.hall.leaves.get(leaf, ()))


def words(story: Story, who: UserId | None = None) -> list[str]:
    """Return what was said to somebody, or to all."""
    said = (say for say in story.says if who is None or say.to == ToPerson(who))
    return [render(say.text, {}, "here").plain for say in said]


def change(story: Story, new: Charter) -> None:
    story.record(story.event(), (Writing(Stream(KEY), CharterChanged(new)),))


def touched(story: Story) -> frozenset[RoomKey]:
    """Return which rooms were touched by what was recorded last."""
    last = [r for r in story.records if r.cause == story.records[-1].cause]
    return frozenset().union(*(rules.touched(story.house, r) for r in last))


# Opening


def test_a_leaf_opens_when_every_present_member_has_said_yes() -> None:
    story = seated(ADA, BEA, CY)
    story.say(ADA, "open work")
    agree(story, BEA)
    assert having(story, "work") == set()
    assert SPACE not in set(rules.rooms(story.house))
    agree(story, CY)
    assert having(story, "work") == {ADA, BEA, CY}
    assert {SPACE, BENCH} <= set(rules.rooms(story.house))


def test_a_question_is_put_before_each_member_in_private_where_the_crew_is_private() -> None:
    story = seated(ADA, BEA)
    outcome = story.say(ADA, "open work")
    assert isinstance(outcome, Decision)
    cards = [say for say in outcome.says if say.card is not None]
    assert {say.to for say in cards} == {ToPerson(ADA), ToPerson(BEA)}
    assert all(say.must for say in cards)
    assert {say.card for say in cards} == {cards[0].card}


def test_an_open_crew_is_asked_by_one_card_in_its_room() -> None:
    story = seated(ADA, BEA, how="open")
    outcome = story.say(ADA, "open work", place=LANTERN)
    assert isinstance(outcome, Decision)
    assert [say.to for say in outcome.says] == [ToRoom(LANTERN)]
    agree(story, BEA)
    assert having(story, "work") == {ADA, BEA}


def test_a_card_says_what_is_asked_and_how_many_said_yes_and_names_nobody_who_did_not() -> None:
    story = seated(ADA, BEA, CY)
    story.say(ADA, "open work")
    agree(story, BEA)
    text = words(story, CY)[-1]
    assert "@ada:here asks all in Lantern to open Shared work" in text
    assert "Promise what you will do." in text
    assert "Workbench" in text
    assert "2 of 3 have said yes" in text
    assert CY not in text


@pytest.mark.parametrize("how", ["open", "private"])
def test_a_crew_of_one_opens_a_leaf_at_once_and_is_told_so_once(how: str) -> None:
    story = seated(ADA, how=how)
    outcome = story.say(ADA, "open work", place=LANTERN if how == "open" else None)
    assert isinstance(outcome, Decision)
    assert [(say.to, say.text.id) for say in outcome.says] == [(Reply(), "leaf-opened")]
    assert having(story, "work") == {ADA}


def test_saying_it_again_is_ones_own_yes() -> None:
    story = seated(ADA, BEA)
    story.say(ADA, "open work")
    assert refused(story.say(ADA, "open work")) == "leaf-stands"
    story.say(BEA, "open Shared work in Lantern")
    assert having(story, "work") == {ADA, BEA}


def test_who_has_no_seat_has_no_say() -> None:
    story = seated(ADA, BEA)
    story.say(ADA, "open work")
    story.react(story.card("crews.leaf"), EVE, "👍")
    story.react(story.card("crews.leaf"), ADA, "👍")
    assert having(story, "work") == set()
    assert refused(story.say(EVE, "open work in Lantern")) == "crew-members-only"


def test_an_offered_seat_is_no_present_member() -> None:
    story = seated(ADA, BEA)
    story.say(ADA, "crew invite Lantern", CY)
    story.say(ADA, "open work")
    story.react(story.card("crews.leaf"), CY, "👍")
    agree(story, BEA)
    assert having(story, "work") == {ADA, BEA}


def test_the_order_of_the_charter_is_kept() -> None:
    story = seated(ADA, BEA)
    outcome = story.say(ADA, "open house")
    assert isinstance(outcome, Refusal)
    assert render(outcome.text, {}, "here").plain == (
        "House can be opened once Lantern has opened Shared work and Pot."
    )
    assert refused(story.say(ADA, "open pot")) == "leaf-earlier"


def test_a_yes_is_taken_back_by_deleting_it_or_by_word_while_it_is_asked() -> None:
    story = seated(ADA, BEA, CY)
    story.say(ADA, "open work")
    reaction = story.event()
    story.react(story.card("crews.leaf"), BEA, "👍", cause=reaction)
    story.take_back(reaction, BEA)
    agree(story, CY)
    assert having(story, "work") == set()
    assert refused(story.say(CY, "close work")) == ""
    agree(story, BEA)
    assert having(story, "work") == set()
    agree(story, CY)
    assert having(story, "work") == {ADA, BEA, CY}


def test_who_asked_takes_the_question_back_by_deleting_it_or_by_word() -> None:
    story = seated(ADA, BEA)
    asked = story.event()
    story.say(ADA, "open work", cause=asked)
    card = story.card("crews.leaf")
    story.take_back(asked, ADA)
    story.react(card, BEA, "👍")
    assert having(story, "work") == set()
    story.say(ADA, "open work")
    story.say(ADA, "close work")
    story.react(story.card("crews.leaf"), BEA, "👍")
    assert having(story, "work") == set()
    assert "@ada:here no longer asks to open Shared work in Lantern." in words(story, BEA)[-1]


def test_a_question_not_all_answer_is_closed_quietly_and_names_nobody() -> None:
    story = seated(ADA, BEA, leaf_days=3)
    story.say(ADA, "open work")
    card = story.card("crews.leaf")
    before = len(story.says)
    story.wait(timedelta(days=3))
    said = story.says[before:]
    assert {say.text.id for say in said} == {"leaf-card-lapsed"}
    assert all(say.card == card and not say.must for say in said)
    assert not any("@" in text for text in words(story)[before:])
    story.react(card, BEA, "👍")
    assert having(story, "work") == set()
    story.wait(timedelta(days=30))
    assert len(story.facts("LeafLapsed")) == 1


def test_a_question_may_be_complete_because_somebody_left() -> None:
    story = seated(ADA, BEA, CY)
    story.say(ADA, "open work")
    agree(story, BEA)
    story.gesture(LANTERN, CY, "leave")
    story.wait(timedelta(minutes=1))
    assert having(story, "work") == {ADA, BEA}


def test_a_yes_by_somebody_who_left_and_came_again_counts_no_more() -> None:
    story = seated(ADA, BEA, CY)
    story.say(ADA, "open work")
    agree(story, BEA)
    story.gesture(LANTERN, BEA, "leave")
    story.say(ADA, "crew invite Lantern", BEA)
    story.gesture(LANTERN, BEA, "join")
    agree(story, ADA, CY)
    assert having(story, "work") == set()


@pytest.mark.parametrize(
    ("line", "wrong"),
    [("open nonsense", "leaf-unknown"), ("open nonsense in Lantern", "leaf-unknown"),
     ("close work", "leaf-not-open"), ("close nonsense", "leaf-unknown"),
     ("open work in Nowhere", "crew-unknown"), ("open work in @x", "person-malformed")],
)  # fmt: skip
def test_what_is_not_there_is_said_to_be_so(line: str, wrong: str) -> None:
    assert refused(seated(ADA, BEA).say(ADA, line)) == wrong


def test_an_unknown_leaf_names_those_there_are() -> None:
    outcome = seated(ADA).say(ADA, "open nonsense")
    assert isinstance(outcome, Refusal)
    assert "There are Shared work, Pot and House." in render(outcome.text, {}, "here").plain


def test_a_charter_without_leaves_says_so_in_one_sentence() -> None:
    assert refused(seated(ADA, leaves=[]).say(ADA, "open work")) == "leaf-none"


def test_a_leaf_that_is_open_is_said_to_be_open() -> None:
    assert refused(opened(ADA, BEA).say(BEA, "open work")) == "leaf-open-already"


def test_a_leaf_is_meant_by_its_name_its_key_or_the_beginning_of_only_one() -> None:
    story = seated(ADA)
    for line in ("open shared", "open “pot”", "open HOUSE"):
        story.say(ADA, line.replace("“", "").replace("”", ""))
    assert [having(story, leaf) for leaf in ("work", "pot", "house")] == [{ADA}] * 3


def test_what_a_crew_opens_is_nobody_elses_where_others_listen() -> None:
    story = seated(ADA, BEA)
    outcome = story.say(ADA, "open work", place=LOBBY)
    assert isinstance(outcome, Decision)
    assert not any(isinstance(say.to, Reply) for say in outcome.says)
    agree(story, BEA)
    outcome = story.say(ADA, "open work in Lantern", place=LOBBY)
    assert isinstance(outcome, Decision)
    assert [say.to for say in outcome.says] == [ToPerson(ADA)]


# Rooms and rights


def test_a_deep_crew_has_a_space_of_its_own_that_stands_for_it_in_the_list() -> None:
    story = seated(ADA, BEA)
    assert story.wish(LANTERN).listing == Listing(CREWS)
    story.say(ADA, "open work")
    agree(story, BEA)
    space = story.wish(SPACE)
    assert (space.name, space.space, space.listing) == ("Lantern", True, Listing(CREWS))
    assert space.invited == (ADA, BEA)
    listing = story.wish(LANTERN).listing
    assert listing is not None
    assert listing.space == SPACE
    bench = story.wish(BENCH).listing
    assert bench is not None
    assert bench.space == SPACE


def test_an_unlisted_crew_stays_unlisted_however_deep_it_is() -> None:
    story = Story(charter(), inside=INSIDE)
    story.say(ADA, "crew start Lantern unlisted")
    room = next(key for key in rules.rooms(story.house) if "/crew/" in key)
    story.gesture(room, ADA, "join")
    story.say(ADA, "open work")
    space = story.wish(RoomKey(f"{room}/space"))
    assert space.listing is None
    assert not space.shown
    assert space.join.rule == "invite"


def test_a_leafs_room_is_only_for_those_who_opened_it_and_as_private_as_the_crew() -> None:
    story = opened(ADA, BEA)
    wish = story.wish(BENCH)
    assert wish.only == {ADA, BEA}
    assert wish.invited == (ADA, BEA)
    assert (wish.name, wish.topic) == ("Lantern: Workbench", "Who does what.")
    assert wish.encrypted
    assert wish.join.rule == "invite"
    assert wish.powers.users == {}
    assert wish.powers.events_default == 0
    assert not opened(ADA, how="open").wish(BENCH).encrypted


def test_rights_are_those_of_everybody_with_a_seat_in_some_crew_that_has_it_open() -> None:
    story = opened(ADA, BEA)
    since = story.hall.leaves["work"][ADA]
    story.say(ADA, "crew start Other", CY)
    other = ids.crew_room(KEY, CrewKey("other"))
    for person in (ADA, CY):
        story.gesture(other, person, "join")
    story.say(ADA, "open work in Other")
    agree(story, CY)
    assert having(story, "work") == {ADA, BEA, CY}
    assert story.hall.leaves["work"][ADA] == since
    story.say(BEA, "close work in Lantern")
    assert having(story, "work") == {ADA, CY}
    assert BEA in story.hall.gone["leaf:work"]
    story.gesture(other, ADA, "leave")
    assert having(story, "work") == {CY}


def test_opening_and_closing_touch_the_rooms_in_which_the_leaf_gives_rights() -> None:
    story = opened(ADA, BEA)
    assert {LANTERN, SPACE, BENCH, RoomKey(KEY), LOBBY, CREWS} == touched(story)
    story.say(ADA, "close work")
    assert {RoomKey(KEY), LOBBY, CREWS, BENCH} <= touched(story)
    story.say(ADA, "open work")
    assert touched(story) == frozenset()


def test_an_ordinary_yes_looks_at_no_room() -> None:
    story = seated(ADA, BEA, CY)
    story.say(ADA, "open work")
    agree(story, BEA)
    assert touched(story) == frozenset()


def test_a_space_that_has_been_made_has_the_crews_room_looked_at() -> None:
    story = opened(ADA)
    made = rules.RoomOpened(SPACE, ids.RoomId("!s"), "12")
    recorded = Recorded(999, rules.HOUSE, 1, "room", story.now, made)
    assert rules.touched(story.house, recorded) == {LANTERN}


def test_going_out_of_a_leafs_room_is_not_leaving_the_crew_and_nobody_is_asked_in_again() -> None:
    story = opened(ADA, BEA)
    story.gesture(BENCH, BEA, "join")
    left = story.event()
    story.gesture(BENCH, BEA, "leave", cause=left)
    assert having(story, "work") == {ADA, BEA}
    assert BEA in (story.wish(LANTERN).only or ())
    assert story.wish(BENCH).invited == (ADA,)
    story.gesture(BENCH, BEA, "leave", cause=left)
    assert len(story.facts("LeafRoomLeft")) == 1
    story.say(BEA, "open work")
    story.gesture(BENCH, BEA, "leave", cause=left)
    assert story.wish(BENCH).invited == (ADA, BEA)


def test_what_the_keeper_does_in_a_leafs_room_is_nobodys_going() -> None:
    story = opened(ADA, BEA)
    assert story.gesture(BENCH, BEA, "leave", by=KEEPER) == ()
    assert story.gesture(BENCH, EVE, "leave") == ()


def test_an_invitation_in_a_leafs_room_offers_no_seat() -> None:
    story = opened(ADA, BEA)
    assert story.gesture(BENCH, EVE, "invite", by=ADA) == ()
    assert EVE not in (story.wish(BENCH).only or ())
    assert story.wish(BENCH).powers.invite == 50


def test_a_knock_on_the_crews_space_asks_for_a_seat() -> None:
    story = opened(ADA, BEA)
    story.gesture(SPACE, EVE, "knock")
    story.react(story.card("crews.ask"), ADA, "👍")
    assert EVE in story.wish(LANTERN).invited
    assert EVE not in story.wish(SPACE).invited


def test_commands_in_a_leafs_room_mean_its_crew() -> None:
    story = opened(ADA, BEA, how="open")
    outcome = story.say(BEA, "close work", place=BENCH)
    assert isinstance(outcome, Decision)
    assert outcome.says[0].to == Reply()
    assert having(story, "work") == set()
    story.say(BEA, "crew leave", place=BENCH)
    assert story.facts("SeatLeft")


# Somebody comes in


def test_somebody_coming_in_shuts_every_leaf_until_all_have_said_yes_again() -> None:
    story = opened(ADA, BEA, leaves=("work", "pot"))
    story.say(ADA, "crew invite Lantern", CY)
    story.gesture(LANTERN, CY, "join")
    assert having(story, "work") == having(story, "pot") == set()
    assert story.wish(BENCH).powers.events_default == 100
    assert story.wish(BENCH).only == {ADA, BEA}
    assert CY in story.wish(SPACE).invited
    agree(story, ADA, BEA)
    assert having(story, "work") == set()
    agree(story, CY)
    assert having(story, "work") == {ADA, BEA, CY}
    assert having(story, "pot") == set()
    assert story.wish(BENCH).invited == (ADA, BEA, CY)
    assert story.wish(BENCH).powers.events_default == 0
    agree(story, ADA, BEA, CY)
    assert having(story, "pot") == {ADA, BEA, CY}


def test_the_question_asks_itself_once_of_all_and_the_deeper_leaf_waits_its_turn() -> None:
    story = opened(ADA, BEA, leaves=("work", "pot"))
    story.say(ADA, "crew invite Lantern", CY)
    before = len(story.says)
    told = story.event()
    story.gesture(LANTERN, CY, "join", cause=told)
    cards = [say for say in story.says[before:] if say.card is not None]
    assert {say.to for say in cards} == {ToPerson(ADA), ToPerson(BEA), ToPerson(CY)}
    assert len(cards) == 3
    assert all(
        "Shared work is shut until all have said yes again" in render(s.text, {}, "h").plain for s in cards
    )
    story.gesture(LANTERN, CY, "join", cause=told)
    story.gesture(LANTERN, CY, "join")
    assert len(story.says) == before + 3


def test_somebody_coming_in_while_it_is_asked_has_it_asked_anew_of_all() -> None:
    story = seated(ADA, BEA)
    story.say(ADA, "open work")
    old = story.card("crews.leaf")
    story.say(ADA, "crew invite Lantern", CY)
    story.gesture(LANTERN, CY, "join")
    assert story.card("crews.leaf") != old
    story.react(old, BEA, "👍")
    agree(story, BEA, CY)
    assert having(story, "work") == set()
    agree(story, ADA)
    assert having(story, "work") == {ADA, BEA, CY}


def test_a_deeper_question_that_was_open_is_asked_again_after_the_leaf_before_it() -> None:
    story = opened(ADA, BEA)
    story.say(ADA, "open pot")
    story.say(ADA, "crew invite Lantern", CY)
    story.gesture(LANTERN, CY, "join")
    agree(story, ADA, BEA, CY)
    assert having(story, "work") == {ADA, BEA, CY}
    agree(story, ADA, BEA, CY)
    assert having(story, "pot") == {ADA, BEA, CY}


def test_if_not_all_say_yes_again_it_stays_shut_and_nobody_loses_their_rooms() -> None:
    story = opened(ADA, BEA, leaf_days=2, leaves=("work", "pot"))
    story.say(ADA, "crew invite Lantern", CY)
    story.gesture(LANTERN, CY, "join")
    story.wait(timedelta(days=2))
    assert story.wish(BENCH).only == {ADA, BEA}
    assert story.wish(BENCH).powers.events_default == 100
    story.wait(timedelta(days=60))
    assert len(story.facts("LeafAsked")) == 3
    story.say(CY, "open work")
    agree(story, ADA, BEA)
    assert having(story, "work") == {ADA, BEA, CY}
    assert len(story.facts("LeafAsked")) == 4


def test_a_member_leaving_closes_nothing() -> None:
    story = opened(ADA, BEA, CY)
    story.gesture(LANTERN, CY, "leave")
    assert having(story, "work") == {ADA, BEA}
    assert story.wish(BENCH).only == {ADA, BEA}
    assert CY in story.wish(BENCH).unwelcome
    assert story.wish(BENCH).powers.events_default == 0


def test_who_left_and_comes_again_comes_as_somebody_new() -> None:
    story = opened(ADA, BEA, CY)
    story.gesture(LANTERN, CY, "leave")
    story.say(ADA, "crew invite Lantern", CY)
    story.gesture(LANTERN, CY, "join")
    assert having(story, "work") == set()
    assert story.wish(BENCH).only == {ADA, BEA}


# Closing


def test_any_member_closes_a_leaf_alone_at_once_and_all_are_needed_to_open_it_again() -> None:
    story = opened(ADA, BEA, CY)
    story.say(CY, "close work")
    assert having(story, "work") == set()
    assert story.wish(BENCH).powers.events_default == 100
    assert story.wish(BENCH).only == {ADA, BEA, CY}
    assert "@cy:here has closed Shared work in Lantern" in words(story, ADA)[-1]
    story.say(CY, "open work")
    agree(story, ADA)
    assert having(story, "work") == set()
    agree(story, BEA)
    assert having(story, "work") == {ADA, BEA, CY}
    wish = story.wish(BENCH)
    assert wish.powers.events_default == 0
    assert wish.powers.events["m.reaction"] == 0


def test_closing_a_leaf_closes_those_after_it_and_the_same_answer_says_so() -> None:
    story = opened(ADA, BEA, leaves=("work", "pot", "house"))
    story.say(BEA, "close pot")
    assert [having(story, leaf) for leaf in ("work", "pot", "house")] == [{ADA, BEA}, set(), set()]
    answer = next(say for say in reversed(story.says) if isinstance(say.to, Reply))
    assert "Pot is closed in Lantern, and with it House." in render(answer.text, {}, "here").plain
    assert len(story.facts("LeafClosed")) == 2


def test_closing_a_leaf_ends_a_question_about_a_deeper_one() -> None:
    story = opened(ADA, BEA)
    story.say(ADA, "open pot")
    card = story.card("crews.leaf")
    story.say(BEA, "close work")
    story.react(card, BEA, "👍")
    story.wait(timedelta(minutes=5))
    assert having(story, "pot") == set()


def test_a_leaf_that_waits_for_all_can_be_closed_too_and_then_asks_no_more() -> None:
    story = opened(ADA, BEA, leaves=("work", "pot"))
    story.say(ADA, "crew invite Lantern", CY)
    story.gesture(LANTERN, CY, "join")
    story.say(CY, "close work")
    card = story.card("crews.leaf")
    for person in (ADA, BEA, CY):
        story.react(card, person, "👍")
    assert having(story, "work") == set()
    assert refused(story.say(CY, "close work")) == "leaf-not-open"


def test_in_an_open_crew_all_hear_of_it_once() -> None:
    story = opened(ADA, BEA, how="open")
    outcome = story.say(ADA, "close work", place=LANTERN)
    assert isinstance(outcome, Decision)
    assert [say.to for say in outcome.says] == [Reply()]


def test_a_question_by_another_is_not_closed_by_who_said_nothing() -> None:
    story = seated(ADA, BEA)
    story.say(ADA, "open work")
    assert refused(story.say(BEA, "close work")) == "leaf-only-asked"


# The crew's end, and a charter that changes


@pytest.mark.parametrize("how", ["kept", "read-only", "forgotten"])
def test_the_crews_end_is_that_of_its_space_and_rooms(how: str) -> None:
    story = opened(ADA)
    story.say(ADA, f"crew end {how}")
    assert having(story, "work") == set()
    for key in (LANTERN, SPACE, BENCH):
        wish = story.wish(key)
        assert wish.closed is (how == "forgotten")
        if how != "forgotten":
            assert wish.only is None
            assert wish.invited == ()
            assert wish.listing is None or wish.listing.space == SPACE
    assert (story.wish(BENCH).powers.events_default == 100) is (how == "read-only")


def test_why_in_the_rooms_of_a_crew_that_ended_says_that_it_has() -> None:
    story = opened(ADA)
    story.say(ADA, "close work")
    story.say(ADA, "open work")
    story.say(ADA, "crew end kept")
    told = [s.id for c in rules.CAPABILITIES for s in c.why(story.hall, ADA, BENCH)]
    assert told == ["why-leaf-open", "why-crew-over"]


def test_a_question_ends_with_the_crew() -> None:
    story = seated(ADA, BEA)
    story.say(ADA, "open work")
    card = story.card("crews.leaf")
    story.say(ADA, "crew end kept")
    story.say(BEA, "crew end kept")
    story.react(card, BEA, "👍")
    story.wait(timedelta(days=60))
    assert having(story, "work") == set()
    assert not story.facts("LeafLapsed")


def test_a_leaf_that_leaves_the_charter_ends_its_rights_and_leaves_its_rooms_to_their_people() -> None:
    story = opened(ADA, BEA, leaves=("work", "pot"))
    change(story, charter([LEAVES[0], LEAVES[2]]))
    assert having(story, "pot") == set()
    assert ADA in story.hall.gone["leaf:pot"]
    wish = story.wish(TILL)
    assert wish.only is None
    assert wish.invited == ()
    assert wish.powers.events_default == 0
    assert TILL in touched(story)
    assert refused(story.say(ADA, "open pot")) == "leaf-unknown"
    change(story, charter())
    assert having(story, "pot") == set()
    story.say(ADA, "open pot")
    agree(story, BEA)
    assert having(story, "pot") == {ADA, BEA}


def test_a_question_about_a_leaf_that_leaves_the_charter_is_closed_quietly() -> None:
    story = seated(ADA, BEA)
    story.say(ADA, "open work")
    card = story.card("crews.leaf")
    change(story, charter(LEAVES[1:]))
    story.react(card, BEA, "👍")
    story.wait(timedelta(minutes=1))
    assert len(story.facts("LeafLapsed")) == 1
    assert story.facts("LeafOpened") == []


def test_a_room_that_the_charter_adds_to_an_open_leaf_comes_to_those_who_have_it_open() -> None:
    story = opened(ADA, BEA)
    room = {"key": "shelf", "name": "Shelf"}
    change(story, charter([{**LEAVES[0], "rooms": [*LEAVES[0]["rooms"], room]}]))
    assert story.wish(ids.leaf_room(KEY, CREW, "work", "shelf")).invited == (ADA, BEA)


# What people are told


def test_members_are_told_how_deep_their_crew_is_and_others_are_not() -> None:
    story = opened(ADA, BEA)
    story.say(ADA, "open pot")
    story.say(ADA, "crew")
    text = words(story)[-1]
    assert "Lantern has opened Shared work." in text
    assert "Lantern is asked to open Pot: 1 of 2 have said yes" in text
    story.say(EVE, "crew")
    assert "Shared work" not in words(story)[-1]


def test_why_in_a_leafs_room_says_by_whose_consent_it_is_open() -> None:
    story = opened(ADA, BEA)
    told = [render(s, {}, "here").plain for c in rules.CAPABILITIES for s in c.why(story.hall, ADA, BENCH)]
    assert len(told) == 1
    assert told[0].startswith("Shared work has been open in Lantern since")
    assert told[0].endswith("by the consent of @ada:here and @bea:here.")
    assert [s for c in rules.CAPABILITIES for s in c.why(story.hall, EVE, BENCH)] == []


def test_why_tells_who_came_in_since_what_their_yes_would_open() -> None:
    story = opened(ADA, BEA)
    story.say(ADA, "crew invite Lantern", CY)
    story.gesture(LANTERN, CY, "join")
    told = [s.id for c in rules.CAPABILITIES for s in c.why(story.hall, CY, BENCH)]
    assert told == ["why-leaf-shut", "why-leaf-not-yet"]
    story.say(ADA, "close work")
    assert next(s.id for c in rules.CAPABILITIES for s in c.why(story.hall, ADA, BENCH)) == "why-leaf-closed"


def test_cards_of_other_crews_and_other_marks_mean_nothing() -> None:
    story = seated(ADA, BEA)
    story.say(ADA, "open work")
    story.react(Card("crews.leaf", f"{LANTERN}/ffff", ("👍",)), BEA, "👍")
    story.react(Card("crews.leaf", "rivendell/crew/other/ffff", ("👍",)), BEA, "👍")
    assert having(story, "work") == set()
