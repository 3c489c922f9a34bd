"""Promises to whoever asks for what cannot be: one clear refusal or a quiet end, and nothing half-done."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from immutables import Map

from crewhall.charter.model import Charter
from crewhall.errors import Stale
from crewhall.ground import ids
from crewhall.ground.charters import CharterChanged
from crewhall.ground.facts import Stream, Writing
from crewhall.ground.hall import Presence
from crewhall.ground.ids import CommunityKey, EventId, RoomId, RungKey, UserId
from crewhall.ground.talk import Arguments, Asked, Decision, Outcome, Refusal, ToPerson, Usage
from crewhall.life.rising.proposing import invite
from crewhall.testing.story import KEEPER, Story, refused

ADA, BEA, CY, DI, EVE, GHOST = (
    UserId(f"@{name}:here") for name in ("ada", "bea", "cy", "di", "eve", "ghost")
)
KEY = CommunityKey("rivendell")
ROOT, FRIENDS, PARTNERS = ids.root(KEY), ids.rung(KEY, RungKey("friends")), ids.rung(KEY, RungKey("partners"))
ROOM = ids.rung_room(KEY, RungKey("partners"), "room")
DAY = timedelta(days=1)
TWO = {"propose": "partners", "vouches": {"count": 2, "of": "partners"}}


def charter(**doors: object) -> Charter:
    rungs = [
        {
            "key": key,
            "name": key.title(),
            "door": doors.get(key, door),
            "rooms": [{"key": "room", "name": "Room"}],
        }
        for key, door in {"friends": {"propose": "friends"}, "partners": TWO}.items()
    ]
    base = {"key": "rivendell", "name": "Rivendell", "founders": [ADA, BEA, CY]}
    return Charter.model_validate({**base, "rungs": rungs} | doors.get("more", {}))


def lived(rules: Charter | None = None) -> Story:
    """Ada, Bea and Cy are Partners, Di a Friend, Eve inside."""
    story = Story(rules or charter(), inside=[ADA, BEA, CY, DI, EVE])
    for person in (ADA, BEA, CY):
        story.stands(FRIENDS, person)
        story.stands(PARTNERS, person)
    story.stands(FRIENDS, DI)
    story.wait(8 * DAY)
    story.says.clear()
    return story


def to(story: Story, person: UserId) -> list[str]:
    return [say.text.id for say in story.says if say.to == ToPerson(person)]


def shut_out(story: Story, *people: UserId) -> None:
    shut = Map({person: Presence(story.now, "") for person in people})
    story.house = story.house.with_hall(replace(story.hall, shut_out=shut))


def resting(story: Story, *people: UserId) -> None:
    rest = Map({person: Presence(story.now, "") for person in people})
    story.house = story.house.with_hall(replace(story.hall, resting=rest))


def change(story: Story, rules: Charter) -> None:
    """Let another charter hold from now on."""
    fact = CharterChanged(rules.model_copy(update={"founders": ()}))
    story.record(story.event(), (Writing(Stream("rivendell"), fact),))


def without_partners() -> Charter:
    rules = charter()
    return rules.model_copy(update={"rungs": rules.rungs[:1]})


Table = list[tuple[str, Callable[[Story], Outcome], str]]
TABLE: Table = [
    ("an unknown rung", lambda s: s.say(ADA, "invite to Elders", DI), "rise-unknown-rung"),
    ("an unknown rung to vouch for", lambda s: s.say(BEA, "vouch for Elders", DI), "rise-unknown-rung"),
    ("an unknown rung to step down from", lambda s: s.say(DI, "step down from Elders"), "rise-unknown-rung"),
    ("somebody never seen", lambda s: s.say(DI, "invite to Friends", GHOST), "rise-not-inside"),
    ("a vouch for somebody never seen", lambda s: s.say(BEA, "vouch", GHOST), "rise-no-question"),
    (
        "an objection to somebody never seen",
        lambda s: s.say(BEA, "object because no", GHOST),
        "rise-no-question",
    ),
    ("a name that is none", lambda s: s.say(ADA, "invite @di to Partners"), "person-malformed"),
    ("a vouch for a name that is none", lambda s: s.say(ADA, "vouch @di"), "person-malformed"),
    ("oneself", lambda s: s.say(ADA, "invite to Friends", ADA), "rise-not-oneself"),
    ("a vouch for oneself", lambda s: s.say(DI, "vouch", DI), "rise-vouch-oneself"),
    ("nothing to withdraw", lambda s: s.say(ADA, "withdraw", DI), "rise-nothing-to-withdraw"),
    ("no vouch to withdraw", lambda s: s.say(ADA, "vouch withdraw", DI), "rise-no-vouch"),
]


@pytest.mark.parametrize(
    ("do", "why"), [(do, why) for _, do, why in TABLE], ids=[what for what, _, _ in TABLE]
)
def test_what_cannot_be_is_refused_in_one_sentence(do: Callable[[Story], Outcome], why: str) -> None:
    story = lived()
    before = len(story.records)
    assert refused(do(story)) == why
    assert len(story.records) == before
    assert story.says == []


@pytest.mark.parametrize(
    "line", ["invite", "invite to Partners", "vouch", "vouch withdraw", "object because no"]
)
def test_nobody_named_is_told_how_the_line_goes(line: str) -> None:
    assert isinstance(lived().say(ADA, line), Usage)


def test_two_people_named_are_one_too_many() -> None:
    assert isinstance(lived().say(ADA, "invite to Partners", DI, EVE), Usage)
    assert isinstance(lived().say(ADA, "vouch", DI, EVE), Usage)


# --- words given twice, late, or by the wrong people ---------------------------------------------


def test_oneself_is_not_vouched_for_by_reaction_either() -> None:
    story = lived(charter(partners={"propose": "partners", "vouches": {"count": 1, "of": "friends"}}))
    story.say(ADA, "invite to Partners", DI)
    before = len(story.records)
    assert story.react(story.card("rising.ask"), DI, "👍") is None
    assert len(story.records) == before


def test_a_second_vouch_is_no_second_voice() -> None:
    story = lived()
    story.say(ADA, "invite to Partners", DI)
    story.react(story.card("rising.ask"), BEA, "👍")
    assert refused(story.say(BEA, "vouch", DI)) == "rise-vouched-already"
    story.react(story.card("rising.ask"), BEA, "👍")
    assert len(story.facts("Vouched")) == 1
    assert DI not in story.wish(PARTNERS).invited


def test_a_word_after_the_close_changes_nothing() -> None:
    story = lived()
    story.say(ADA, "invite to Partners", DI)
    card = story.card("rising.ask")
    story.wait(31 * DAY)
    before = len(story.records)
    assert refused(story.say(BEA, "vouch", DI)) == "rise-no-question"
    assert refused(story.say(BEA, "object because no", DI)) == "rise-no-question"
    assert story.react(card, BEA, "👍") is None
    assert len(story.records) == before


@pytest.mark.parametrize("how", ["lapsed", "withdrawn"])
def test_an_invitation_that_is_gone_is_no_key_and_that_is_said(how: str) -> None:
    story = lived()
    story.say(DI, "invite to Friends", EVE)
    if how == "lapsed":
        story.wait(31 * DAY)
    else:
        story.say(DI, "withdraw", EVE)
    story.says.clear()
    story.gesture(FRIENDS, EVE, "join")
    assert story.hall.rung_of(EVE) is None
    assert EVE in story.wish(FRIENDS).unwelcome
    assert to(story, EVE) == ["rise-came-late"]
    story.gesture(FRIENDS, EVE, "join")
    assert to(story, EVE) == ["rise-came-late"], "once"


def test_an_early_invitation_accepted_at_once_is_no_key_and_that_is_said_once() -> None:
    story = lived()
    story.gesture(PARTNERS, DI, "invite", by=ADA)
    story.says.clear()
    story.gesture(PARTNERS, DI, "join", cause=EventId("$at-once"))
    story.gesture(PARTNERS, DI, "join")  # a new name is a new event of the same membership
    assert to(story, DI) == ["rise-came-unasked"]
    assert DI in story.wish(PARTNERS).unwelcome
    assert DI in story.wish(ROOM).unwelcome, "the space's own door had let them in there"
    assert story.hall.rung_of(DI) == "friends"
    story.gesture(PARTNERS, DI, "leave", by=KEEPER)
    assert story.hall.rung_of(DI) == "friends", "nothing else is lost"
    story.say(BEA, "vouch", DI)
    story.say(CY, "vouch", DI)
    story.gesture(PARTNERS, DI, "join")
    assert story.hall.rung_of(DI) == "partners", "and the question goes on"
    assert DI not in story.wish(ROOM).unwelcome


def test_who_steps_down_is_not_told_that_they_came_unasked() -> None:
    story = lived()
    story.say(CY, "step down")
    story.says.clear()
    story.gesture(PARTNERS, CY, "join")  # seen in the room before the keeper has put them out
    assert story.says == []
    assert story.hall.rung_of(CY) == "friends"


# --- the charter changes under people's feet ------------------------------------------------------


def test_a_rung_with_another_name_is_the_same_rung() -> None:
    story = lived()
    story.say(ADA, "invite to Partners", DI)
    story.say(BEA, "vouch", DI)
    rules = charter()
    renamed = rules.rungs[1].model_copy(update={"name": "Stewards"})
    change(story, rules.model_copy(update={"rungs": (rules.rungs[0], renamed)}))
    assert refused(story.say(CY, "vouch for Elders", DI)) == "rise-unknown-rung"
    story.say(CY, "vouch for Stewards", DI)
    assert DI in story.wish(PARTNERS).invited
    story.gesture(PARTNERS, DI, "join")
    assert story.hall.rung_of(DI) == "partners"
    assert story.say(DI, "step down from Stewards").ack == "✅"


@pytest.mark.parametrize("when", ["open", "invited", "asked whether to stay"])
def test_a_rung_that_is_gone_ends_what_was_asked_about_it(when: str) -> None:
    keep = {"vouches": 2, "dwell_days": 5, "ask_days": 10}
    story = lived(charter(partners={**TWO, "keep": keep}))
    story.say(ADA, "invite to Partners", DI)
    card = story.card("rising.ask")
    if when != "open":
        story.say(BEA, "vouch", DI)
        story.say(CY, "vouch", DI)
    if when == "asked whether to stay":
        story.gesture(PARTNERS, DI, "join")
        story.say(BEA, "vouch withdraw", DI)
        story.wait(5 * DAY)
        card = story.card("rising.keep")
    change(story, without_partners())
    before = len(story.records)
    story.react(card, CY, "👍")
    story.wait(DAY)
    story.wait(90 * DAY)
    kinds = {"ProposalLapsed", "InvitationLapsed", "KeepingDropped"}
    ended = [type(r.fact).__name__ for r in story.records[before:] if type(r.fact).__name__ in kinds]
    assert ended == {"open": ["ProposalLapsed"], "invited": []}.get(when, ["KeepingDropped"])
    assert DI not in story.hall.asked.get(RungKey("partners"), ())
    for person in (ADA, DI):
        assert story.hall.rung_of(person) == "friends"
    change(story, charter())
    assert refused(story.say(CY, "vouch", DI)) == "rise-no-question"
    assert DI not in story.wish(PARTNERS).invited


def test_a_rule_that_is_gone_lets_nobody_in_by_what_was_asked_before() -> None:
    story = lived()
    story.say(ADA, "invite to Partners", DI)
    story.say(BEA, "vouch", DI)
    rules = charter()
    by_hand = rules.rungs[1].model_copy(update={"door": None})
    change(story, rules.model_copy(update={"rungs": (rules.rungs[0], by_hand)}))
    story.say(CY, "vouch", DI)
    story.wait(DAY)
    assert len(story.facts("ProposalLapsed")) == 1
    assert DI not in story.wish(PARTNERS).invited


def test_rungs_that_propose_each_other_in_a_circle_are_begun_by_keyholders() -> None:
    circle = charter(friends={"propose": "partners"}, partners={"propose": "friends"})
    story = Story(circle, inside=[ADA, DI])
    story.wait(8 * DAY)
    assert refused(story.say(DI, "invite to Friends", ADA)) == "rise-not-yours"
    story.say(ADA, "invite to Friends", DI)
    story.gesture(FRIENDS, DI, "join")
    assert story.hall.rung_of(DI) == "friends"


# --- two at once, and who proposes goes -----------------------------------------------------------


def test_of_two_proposals_at_once_one_stands_and_the_other_is_told() -> None:
    story = lived()

    def by(person: UserId, cause: str) -> Outcome:
        asked = Asked(person, RoomId("!said"), None, EventId(cause), story.now, KEEPER)
        return invite(story.hall, asked, Arguments(("to", "Partners"), (DI,)))

    first, second = by(ADA, "$one"), by(BEA, "$two")
    assert isinstance(first, Decision)
    assert isinstance(second, Decision)
    story.act("$one", first)
    with pytest.raises(Stale):
        story.act("$two", second)
    again = by(BEA, "$two")
    assert isinstance(again, Refusal)
    assert again.text.id == "rise-open-already"
    assert len(story.facts("Proposed")) == 1


def test_the_word_of_who_proposed_goes_with_them() -> None:
    story = lived()
    story.say(BEA, "invite to Partners", DI)
    story.say(ADA, "vouch", DI)
    story.gesture(ROOT, BEA, "leave")
    story.say(CY, "vouch", DI)
    assert DI not in story.wish(PARTNERS).invited
    story.wait(DAY)
    assert len(story.facts("ProposalLapsed")) == 1
    assert to(story, DI) == []
    assert story.say(ADA, "invite to Partners", DI).ack == "✅"


def test_an_invitation_once_given_outlives_who_proposed() -> None:
    story = lived()
    story.say(DI, "invite to Friends", EVE)
    story.gesture(ROOT, DI, "leave")
    story.wait(DAY)
    story.gesture(FRIENDS, EVE, "join")
    assert story.hall.rung_of(EVE) == "friends"


# --- too soon -------------------------------------------------------------------------------------


def test_before_its_time_nobody_is_proposed_and_the_day_is_named() -> None:
    story = lived(charter(partners={**TWO, "after_days": 30}))
    outcome = story.say(ADA, "invite to Partners", DI)
    assert refused(outcome) == "rise-too-soon"
    assert isinstance(outcome, Refusal)
    assert outcome.text.args["since"] == story.now + 22 * DAY
    story.wait(22 * DAY)
    assert story.say(ADA, "invite to Partners", DI).ack == "✅"


def test_for_the_first_rung_time_in_the_community_counts() -> None:
    story = lived(charter(friends={"propose": "friends", "after_days": 9}))
    assert refused(story.say(DI, "invite to Friends", EVE)) == "rise-too-soon"
    story.wait(DAY)
    story.say(DI, "invite to Friends", EVE)
    assert EVE in story.wish(FRIENDS).invited


def test_who_was_away_meanwhile_begins_anew() -> None:
    story = lived(charter(partners={**TWO, "after_days": 8}))
    story.say(ADA, "invite to Partners", DI)
    story.say(BEA, "vouch", DI)
    story.say(DI, "step down")
    story.gesture(FRIENDS, DI, "leave", by=KEEPER)
    story.say(ADA, "invite to Friends", DI)
    story.gesture(FRIENDS, DI, "join")
    story.say(CY, "vouch", DI)
    assert DI not in story.wish(PARTNERS).invited
    story.wait(8 * DAY)
    assert DI in story.wish(PARTNERS).invited


def test_an_invitation_by_hand_before_its_time_is_taken_back_with_the_day() -> None:
    story = lived(charter(partners={**TWO, "after_days": 30, "by_hand": True}))
    story.gesture(PARTNERS, DI, "invite", by=ADA)
    (told,) = story.says
    assert told.to == ToPerson(ADA)
    assert told.text.id == "rise-taken-back"
    assert told.text.args["why"].id == "rise-too-soon"
    assert DI in story.wish(PARTNERS).unwelcome
    assert story.facts("Proposed") == []


# --- for whom the doors are closed, and who rests -------------------------------------------------


def test_for_whom_the_doors_are_closed_has_no_say() -> None:
    story = lived()
    story.say(ADA, "invite to Partners", DI)
    card = story.card("rising.ask")
    shut_out(story, BEA)
    before = len(story.records)
    assert refused(story.say(BEA, "vouch", DI)) == "rise-shut-out"
    assert refused(story.say(BEA, "object because no", DI)) == "rise-shut-out"
    assert refused(story.say(BEA, "invite to Friends", EVE)) == "rise-shut-out"
    story.react(card, BEA, "👍")
    assert to(story, BEA)[-1] == "rise-shut-out"
    story.gesture(FRIENDS, EVE, "invite", by=BEA)
    assert to(story, BEA)[-1] == "rise-taken-back"
    assert {type(r.fact).__name__ for r in story.records[before:]} == {"TurnedAway"}


def test_for_whom_the_doors_are_closed_cannot_be_proposed_or_invited() -> None:
    story = lived()
    story.say(ADA, "invite to Partners", DI)
    story.say(BEA, "vouch", DI)
    shut_out(story, DI, EVE)
    story.say(CY, "vouch", DI)
    assert DI not in story.wish(PARTNERS).invited
    assert refused(story.say(ADA, "invite to Friends", EVE)) == "rise-doors-closed"
    story.gesture(FRIENDS, EVE, "invite", by=ADA)
    assert EVE in story.wish(FRIENDS).unwelcome


def test_a_running_vouch_of_theirs_does_not_count_and_their_proposal_ends() -> None:
    story = lived()
    story.say(ADA, "invite to Partners", DI)
    story.say(BEA, "vouch", DI)
    shut_out(story, BEA)
    story.say(CY, "vouch", DI)
    assert DI not in story.wish(PARTNERS).invited
    shut_out(story, ADA)
    story.wait(DAY)
    assert len(story.facts("ProposalLapsed")) == 1


def test_they_are_in_no_electorate() -> None:
    story = lived()
    shut_out(story, BEA)
    resting(story, CY)
    story.say(ADA, "invite to Partners", DI)
    (opened,) = story.facts("Proposed")
    assert (opened.vouchers, opened.needed) == ((), 0)


def test_who_rests_is_told_how_to_come_back_whatever_is_open() -> None:
    story = lived()
    resting(story, CY)
    assert refused(story.say(CY, "vouch", DI)) == "rise-resting"
    story.say(ADA, "invite to Partners", DI)
    assert refused(story.say(CY, "vouch", DI)) == "rise-resting"
    assert refused(story.say(CY, "object because no", DI)) == "rise-resting"
    resting(story)
    assert refused(story.say(CY, "vouch", DI)) == "rise-no-question", "the electorate is fixed"


def test_who_begins_to_rest_while_asked_can_still_answer() -> None:
    story = lived()
    story.say(ADA, "invite to Partners", DI)
    resting(story, CY)
    assert story.say(CY, "vouch", DI).ack == "✅"


def test_two_questions_about_one_person_are_told_apart() -> None:
    keep = {"vouches": 1, "dwell_days": 5, "ask_days": 10}
    story = lived(
        charter(
            friends={"propose": "friends", "vouches": {"count": 1, "of": "friends"}, "keep": keep},
            partners=TWO,
        )
    )
    story.say(ADA, "invite to Friends", EVE)
    story.say(DI, "vouch", EVE)
    story.gesture(FRIENDS, EVE, "join")
    story.say(DI, "vouch withdraw", EVE)
    story.wait(5 * DAY)
    story.say(ADA, "invite to Partners", EVE)
    assert refused(story.say(BEA, "vouch", EVE)) == "rise-which"
    story.say(BEA, "vouch for Friends", EVE)
    assert len(story.facts("KeepingMet")) == 1
    assert story.say(BEA, "vouch", EVE).ack == "✅"
