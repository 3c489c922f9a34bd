"""Promises of staying: a lower mark than for coming on, looked at after a while, with time to answer."""

from dataclasses import replace
from datetime import timedelta

import pytest
from immutables import Map

from crewhall import house as rules
from crewhall.charter.model import Charter
from crewhall.ground import ids
from crewhall.ground.hall import Presence
from crewhall.ground.ids import CommunityKey, EventId, RungKey, UserId
from crewhall.ground.talk import ToPerson, ToRoom
from crewhall.testing.story import Story, refused

ADA, BEA, CY, DI, EVE, FAY, GUS = (
    UserId(f"@{n}:here") for n in ("ada", "bea", "cy", "di", "eve", "fay", "gus")
)
KEY = CommunityKey("rivendell")
ROOT, FRIENDS, PARTNERS, ELDERS = (
    ids.root(KEY),
    *(ids.rung(KEY, RungKey(key)) for key in ("friends", "partners", "elders")),
)
HEARTH = ids.rung_room(KEY, RungKey("partners"), "hearth")
DAY = timedelta(days=1)
KEEP = {"vouches": 2, "dwell_days": 60, "ask_days": 20}
RULE = {"propose": "partners", "vouches": {"count": 2, "of": "partners"}, "keep": KEEP, "private": True}


def charter(**partners: object) -> Charter:
    """Return three rungs; the middle one is kept by vouches."""
    open_ = {"propose": "anyone"}
    doors = {"friends": open_, "partners": RULE | partners, "elders": open_}
    rungs = [
        {"key": key, "name": key.title(), "door": door, "rooms": [{"key": "hearth", "name": f"{key} hearth"}]}
        for key, door in doors.items()
    ]
    base = {"key": "rivendell", "name": "Rivendell", "founders": [ADA]}
    return Charter.model_validate({**base, "rungs": rungs})


def kept(rules_: Charter | None = None) -> Story:
    """Ada founded; Bea, Cy, Eve and Fay are Partners; Di became one because Bea and Cy vouched."""
    story = Story(rules_ or charter(), inside=[ADA, BEA, CY, DI, EVE, FAY, GUS])
    for person in (ADA, BEA, CY, EVE, FAY):
        story.stands(FRIENDS, person)
        story.stands(PARTNERS, person)
    story.stands(FRIENDS, DI)
    story.wait(8 * DAY)
    story.say(ADA, "invite to Partners", DI)
    story.say(BEA, "vouch", DI, cause=EventId("$bea"))
    story.react(story.card("rising.ask"), CY, "👍", cause=EventId("$cy"))
    story.gesture(PARTNERS, DI, "join")
    assert story.hall.rung_of(DI) == "partners"
    story.says.clear()
    return story


def resting(story: Story, *people: UserId) -> None:
    """Let these rest, and nobody else."""
    rest = Map({person: Presence(story.now, "") for person in people})
    story.house = story.house.with_hall(replace(story.hall, resting=rest))


def shut_out(story: Story, *people: UserId) -> None:
    """Close the community's doors to these, and to nobody else."""
    shut = Map({person: Presence(story.now, "") for person in people})
    story.house = story.house.with_hall(replace(story.hall, shut_out=shut))


def to(story: Story, person: UserId) -> list[str]:
    return [say.text.id for say in story.says if say.to == ToPerson(person)]


def asked(story: Story) -> int:
    return len(story.facts("KeepingAsked"))


# --- when it is asked -----------------------------------------------------------------------------


def test_while_the_vouches_stand_nothing_is_ever_asked() -> None:
    story = kept()
    story.wait(300 * DAY)
    assert asked(story) == 0
    assert story.says == []


@pytest.mark.parametrize(
    "how", ["leaves", "by word", "by deleting the message", "by taking off the reaction"]
)
def test_a_vouch_that_is_gone_is_missed_after_the_dwell_and_never_before(how: str) -> None:
    story = kept()
    match how:
        case "leaves":
            story.gesture(ROOT, BEA, "leave")
        case "by word":
            assert story.say(BEA, "vouch withdraw", DI).ack == "✅"
        case "by deleting the message":
            story.take_back("$bea", BEA)
        case _:
            story.take_back("$cy", CY)
    story.wait(59 * DAY)
    assert asked(story) == 0
    assert story.hall.rung_of(DI) == "partners"
    story.wait(DAY)
    (question,) = story.facts("KeepingAsked")
    assert (question.rung, question.person, question.needed) == ("partners", DI, 2)
    assert story.hall.rung_of(DI) == "partners"


def test_stepping_down_from_the_rung_leaves_ones_vouches_for_others_standing() -> None:
    story = kept()
    story.say(BEA, "step down")
    story.wait(90 * DAY)
    assert asked(story) == 0


def test_who_left_and_came_back_has_taken_the_vouch_along() -> None:
    story = kept()
    story.gesture(ROOT, BEA, "leave")
    story.wait(DAY)
    story.gesture(ROOT, BEA, "join")
    story.wait(60 * DAY)
    assert asked(story) == 1


def test_what_is_asked_and_told_at_the_beginning() -> None:
    story = kept()
    story.gesture(ELDERS, EVE, "join")
    story.say(ADA, "invite to Elders", DI)
    story.gesture(ELDERS, DI, "join")
    story.gesture(ROOT, BEA, "leave")
    resting(story, FAY)
    story.says.clear()
    story.wait(60 * DAY)
    (question,) = story.facts("KeepingAsked")
    assert question.vouchers == (ADA, EVE), "neither who vouches already, nor who rests, nor who left"
    told = next(say for say in story.says if say.to == ToPerson(DI))
    assert told.text.id == "keep-told"
    assert told.must
    assert told.text.args["count"] == 1
    assert told.text.args["rungs"] == ("Partners", "Elders"), "deeper rungs only after having said so"
    assert {say.to for say in story.says if say.card} == {ToPerson(ADA), ToPerson(EVE)}


def test_where_the_rule_is_not_private_it_is_one_card_in_a_room() -> None:
    story = kept(charter(private=False))
    story.gesture(ROOT, BEA, "leave")
    story.wait(60 * DAY)
    assert [say.to for say in story.says if say.card] == [ToRoom(HEARTH)]
    story.wait(20 * DAY)
    assert [say.text.id for say in story.says if say.card] == ["rise-card-open", "keep-card-closed"]


# --- what comes of it -----------------------------------------------------------------------------


def in_question() -> Story:
    story = kept()
    story.gesture(ROOT, BEA, "leave")
    story.says.clear()
    story.wait(60 * DAY)
    return story


@pytest.mark.parametrize("how", ["word", "reaction"])
def test_enough_new_vouches_and_one_stays(how: str) -> None:
    story = in_question()
    if how == "word":
        story.say(EVE, "vouch", DI)
    else:
        story.react(story.card("rising.keep"), EVE, "👍")
    assert [fact.vouched for fact in story.facts("KeepingMet")] == [(CY, EVE)]
    assert to(story, DI) == ["keep-told", "keep-stays"]
    story.wait(365 * DAY)
    assert story.hall.rung_of(DI) == "partners"
    assert asked(story) == 1


def test_without_them_one_is_back_on_the_rung_below_and_nobody_else_hears_of_it() -> None:
    story = in_question()
    story.wait(19 * DAY)
    assert story.hall.rung_of(DI) == "partners"
    story.wait(DAY)
    assert story.hall.rung_of(DI) == "friends"
    assert DI in story.wish(PARTNERS).unwelcome
    assert DI in story.wish(HEARTH).unwelcome
    assert DI not in story.wish(FRIENDS).unwelcome
    assert to(story, DI) == ["keep-told", "keep-down"]
    told = next(say for say in story.says if say.text.id == "keep-down")
    assert told.text.args["who"] == "Partners"
    assert to(story, EVE)[-1] == "keep-card-closed"
    assert to(story, GUS) == []
    assert {PARTNERS, HEARTH} <= rules.touched(story.house, story.records[-1])


def test_deeper_rungs_go_along_as_was_said() -> None:
    story = kept()
    story.say(ADA, "invite to Elders", DI)
    story.gesture(ELDERS, DI, "join")
    story.gesture(ROOT, BEA, "leave")
    story.wait(60 * DAY)
    story.wait(20 * DAY)
    assert story.hall.rung_of(DI) == "friends"
    assert [fact.rungs for fact in story.facts("KeepingFailed")] == [("partners", "elders")]


def test_one_comes_back_by_the_rule_and_the_dwell_begins_anew() -> None:
    story = in_question()
    story.wait(20 * DAY)
    story.gesture(PARTNERS, DI, "leave", by=ADA)
    story.say(ADA, "invite to Partners", DI)
    story.say(CY, "vouch", DI)
    story.say(EVE, "vouch", DI)
    assert DI in story.wish(PARTNERS).invited
    story.gesture(PARTNERS, DI, "join")
    story.say(EVE, "vouch withdraw", DI)
    story.wait(59 * DAY)
    assert asked(story) == 1
    story.wait(DAY)
    assert asked(story) == 2


def test_a_question_about_one_person_opens_at_most_once_a_dwell() -> None:
    story = in_question()
    story.say(EVE, "vouch", DI)
    story.say(EVE, "vouch withdraw", DI)
    story.wait(59 * DAY)
    assert asked(story) == 1
    story.wait(DAY)
    assert asked(story) == 2


def test_a_new_vouch_can_be_taken_back_while_it_is_asked() -> None:
    story = kept()
    for person in (BEA, CY):
        story.gesture(ROOT, person, "leave")
    story.wait(60 * DAY)
    story.react(story.card("rising.keep"), EVE, "👍", cause=EventId("$again"))
    story.take_back("$again", EVE)
    story.say(FAY, "vouch", DI)
    story.wait(20 * DAY)
    assert story.hall.rung_of(DI) == "friends"


@pytest.mark.parametrize("how", ["steps down", "leaves the rung", "leaves"])
def test_who_goes_meanwhile_ends_the_question_quietly(how: str) -> None:
    story = in_question()
    story.says.clear()
    match how:
        case "steps down":
            story.say(DI, "step down")
        case "leaves the rung":
            story.gesture(PARTNERS, DI, "leave")
        case _:
            story.gesture(ROOT, DI, "leave")
            story.gesture(PARTNERS, DI, "leave")
    story.wait(DAY)
    assert len(story.facts("KeepingDropped")) == 1
    assert "keep-down" not in story.told()
    assert refused(story.say(EVE, "vouch", DI)) == "rise-no-question"
    story.wait(30 * DAY)
    assert story.facts("KeepingFailed") == []


# --- who is never asked about ---------------------------------------------------------------------


def test_founders_and_those_who_came_another_way_are_left_alone() -> None:
    story = kept()
    for person in (BEA, CY):
        story.gesture(ROOT, person, "leave")
    story.wait(365 * DAY)
    assert {fact.person for fact in story.facts("KeepingAsked")} == {DI}


@pytest.mark.parametrize("partners", [{"keep": {"vouches": 0}}, {"vouches": {"count": 0}}])
def test_a_rung_that_asks_for_no_vouches_asks_for_none_later(partners: dict[str, object]) -> None:
    story = kept()
    story.gesture(ROOT, BEA, "leave")
    changed = charter(**partners).model_copy(update={"founders": ()})
    story.house = story.house.with_hall(replace(story.hall, charter=changed))
    story.wait(365 * DAY)
    assert asked(story) == 0


def test_nobody_is_asked_for_more_vouches_than_brought_them_or_than_there_are_people() -> None:
    story = kept(charter(keep={**KEEP, "vouches": 9}))
    story.wait(365 * DAY)
    assert asked(story) == 0
    for person in (ADA, BEA, EVE, FAY):
        story.gesture(ROOT, person, "leave")
    story.wait(365 * DAY)
    assert asked(story) == 0, "there is nobody who could vouch anew"


def test_who_rests_is_not_asked_about_until_they_are_back() -> None:
    story = kept()
    story.gesture(ROOT, BEA, "leave")
    resting(story, DI)
    story.wait(100 * DAY)
    assert asked(story) == 0
    resting(story)
    story.wait(DAY)
    assert asked(story) == 1


def test_only_a_few_are_asked_about_at_a_time() -> None:
    more = [UserId(f"@more{n}:here") for n in range(5)]
    story = kept()
    for person in more:
        story.gesture(ROOT, person, "join")
        story.gesture(FRIENDS, person, "invite", by=ADA)
        story.gesture(FRIENDS, person, "join")
        story.say(ADA, "invite to Partners", person)
        story.say(BEA, "vouch for Partners", person)
        story.say(CY, "vouch for Partners", person)
        story.gesture(PARTNERS, person, "join")
    for person in more:
        assert story.hall.rung_of(person) == "partners"
    story.gesture(ROOT, BEA, "leave")
    story.wait(60 * DAY)
    assert asked(story) == 3
    story.wait(DAY)
    assert asked(story) == 3
    story.wait(19 * DAY)
    story.wait(DAY)
    assert asked(story) == 6


# --- vouches that do not count --------------------------------------------------------------------


def test_whom_somebody_brought_cannot_keep_them() -> None:
    """The sock puppets: one comes by Di's hand, and rises by the rule."""
    story = kept()
    sock = UserId("@sock:here")
    story.gesture(ROOT, sock, "invite", by=DI)
    story.gesture(ROOT, sock, "join")
    story.say(ADA, "invite to Friends", sock)
    story.gesture(FRIENDS, sock, "join")
    story.say(ADA, "invite to Partners", sock)
    story.say(CY, "vouch", sock)
    story.say(EVE, "vouch", sock)
    story.gesture(PARTNERS, sock, "join")
    assert story.hall.rung_of(sock) == "partners"
    story.gesture(ROOT, BEA, "leave")
    story.wait(60 * DAY)
    assert refused(story.say(sock, "vouch", DI)) == "rise-frozen"
    story.wait(20 * DAY)
    assert story.hall.rung_of(DI) == "friends"


def test_vouches_for_those_whom_somebody_in_question_brought_wait_with_the_question() -> None:
    story = kept()
    new = UserId("@new:here")
    story.gesture(ROOT, new, "invite", by=DI)
    story.gesture(ROOT, new, "join")
    story.gesture(ROOT, BEA, "leave")
    story.wait(60 * DAY)
    story.say(EVE, "invite to Friends", new)
    story.gesture(FRIENDS, new, "join")
    story.say(EVE, "invite to Partners", new)
    assert refused(story.say(CY, "vouch", new)) == "rise-frozen"
    story.say(FAY, "vouch", DI)
    assert story.say(CY, "vouch", new).ack == "✅"


def test_a_vouch_of_somebody_for_whom_the_doors_are_closed_does_not_stand() -> None:
    story = kept()
    shut_out(story, CY)
    story.wait(60 * DAY)
    (question,) = story.facts("KeepingAsked")
    assert CY not in question.vouchers
    assert refused(story.say(CY, "vouch", DI)) == "rise-shut-out"


# --- what cannot be -------------------------------------------------------------------------------


def test_a_word_that_does_not_count_is_refused() -> None:
    story = in_question()
    before = len(story.records)
    assert refused(story.say(DI, "vouch", DI)) == "rise-vouch-oneself"
    assert refused(story.say(GUS, "vouch", DI)) == "rise-no-question"
    assert refused(story.say(CY, "vouch", DI)) == "rise-vouched-already"
    story.now += 20 * DAY  # nothing has ticked yet
    assert refused(story.say(EVE, "vouch", DI)) == "rise-closed"
    assert story.react(story.card("rising.keep"), GUS, "👍") is None
    assert len(story.records) == before


def test_only_ones_own_vouch_is_taken_back() -> None:
    story = kept()
    assert refused(story.say(EVE, "vouch withdraw", DI)) == "rise-no-vouch"
    story.say(BEA, "vouch withdraw", DI)
    assert refused(story.say(BEA, "vouch withdraw", DI)) == "rise-no-vouch"
    assert refused(story.say(BEA, "vouch withdraw for Nowhere", DI)) == "rise-unknown-rung"


def test_me_and_why_tell_how_it_is() -> None:
    story = in_question()
    assert "me-keeping" in [s.id for c in rules.CAPABILITIES for s in c.me(story.hall, DI)]
    story.wait(20 * DAY)
    why = [s.id for c in rules.CAPABILITIES for s in c.why(story.hall, DI, HEARTH)]
    assert "why-kept-not" in why
    assert "rise-rule-keep" in why
