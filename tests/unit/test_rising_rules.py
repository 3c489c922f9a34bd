"""Promises of the way up and down: the rule first, then one's own yes; a no at any time."""

from datetime import timedelta

import pytest

from crewhall import house as rules
from crewhall.charter.model import Charter
from crewhall.ground import ids
from crewhall.ground.facts import HOUSE, RoomSealed, Stream, Writing
from crewhall.ground.ids import CommunityKey, EventId, RungKey, UserId
from crewhall.ground.talk import Decision, Outcome, Say, ToPerson, ToRoom, Usage
from crewhall.life.community.facts import CharterChanged
from crewhall.testing.story import KEEPER, Story, refused

ADA, BEA, CY, DI, EVE, FAY = (UserId(f"@{name}:here") for name in ("ada", "bea", "cy", "di", "eve", "fay"))
NEW, FAR = UserId("@new:here"), UserId("@far:there")
KEY = CommunityKey("rivendell")
ROOT, FRIENDS, PARTNERS = ids.root(KEY), ids.rung(KEY, RungKey("friends")), ids.rung(KEY, RungKey("partners"))
COMMONS, HEARTH = (
    ids.rung_room(KEY, RungKey("friends"), "commons"),
    ids.rung_room(KEY, RungKey("partners"), "hearth"),
)
DAY = timedelta(days=1)


def charter(friends: object = None, partners: object = None, **more: object) -> Charter:
    """Return a ladder of two rungs with these doors."""
    consent = {"propose": "partners", "vouches": {"count": 1, "of": "partners"}}
    return Charter.model_validate(
        {
            "key": "rivendell",
            "name": "Rivendell",
            "founders": [ADA, BEA, CY],
            "rungs": [
                {
                    "key": "friends",
                    "name": "Friends",
                    "asks": "Be kind.",
                    "door": friends if friends is not None else {"propose": "friends"},
                    "rooms": [{"key": "commons", "name": "Commons"}],
                },
                {
                    "key": "partners",
                    "name": "Partners",
                    "level": 40,
                    "door": partners
                    if partners is not None
                    else {**consent, "consent": {"of": "partners", "days": 5}, "private": True},
                    "rooms": [{"key": "hearth", "name": "Hearth"}],
                },
            ],
        }
        | more
    )


def lived(rules_: Charter | None = None) -> Story:
    """Ada, Bea and Cy are partners, Di a friend, Eve inside; it is a Monday, a week after the founding."""
    story = Story(rules_ or charter(), inside=[ADA, BEA, CY, DI, EVE])
    for person in (ADA, BEA, CY):
        story.stands(FRIENDS, person)
        story.stands(PARTNERS, person)
    story.stands(FRIENDS, DI)
    story.wait(8 * DAY)
    story.says.clear()
    return story


def to(story: Story, person: UserId) -> list[str]:
    """Return what was said to somebody privately."""
    return [say.text.id for say in story.says if say.to == ToPerson(person)]


def invited(story: Story, place: ids.RoomKey = PARTNERS) -> set[UserId]:
    return set(story.wish(place).invited) - {ADA, BEA, CY}


# --- going up -------------------------------------------------------------------------------------


def test_an_invitation_comes_only_when_the_rule_is_met_and_standing_only_with_the_yes() -> None:
    story = lived()
    story.say(ADA, "invite to Partners", DI)
    assert invited(story) == set()
    story.say(BEA, "vouch", DI)
    story.wait(5 * DAY)
    assert invited(story) == set(), "five days with a weekend are no five working days"
    story.wait(2 * DAY)
    assert invited(story) == {DI}
    assert story.hall.rung_of(DI) == "friends"
    story.gesture(PARTNERS, DI, "join")
    assert story.hall.rung_of(DI) == "partners"
    assert invited(story) == set()
    assert story.wish(ROOT).powers.users[DI] == 40


def test_a_rule_that_wants_nobody_else_is_met_at_once() -> None:
    story = lived()
    story.say(DI, "invite to Friends", EVE)
    assert invited(story, FRIENDS) == {EVE}
    assert story.told() == ["rise-given", "rise-asked"]


def test_who_is_asked_hears_who_asks_what_is_asked_what_opens_and_how_to_decline() -> None:
    story = lived()
    story.say(DI, "invite to Friends", EVE)
    asked = next(say for say in story.says if say.to == ToPerson(EVE))
    assert asked.must
    assert asked.after == FRIENDS
    assert [line.id for line in asked.text.args["lines"]] == [
        "rise-asked-asks",
        "rise-asked-opens",
        "rise-asked-how",
    ]


def test_without_the_vouches_the_question_closes_quietly() -> None:
    story = lived()
    story.say(ADA, "invite to Partners", DI)
    story.wait(7 * DAY)
    assert len(story.facts("ProposalLapsed")) == 1
    assert invited(story) == set()
    assert to(story, DI) == []
    assert story.say(ADA, "invite to Partners", DI).ack == "✅"


def test_a_vouch_completes_a_rule_without_a_window_at_once() -> None:
    story = lived(charter(partners={"propose": "partners", "vouches": {"count": 2, "of": "friends"}}))
    story.say(ADA, "invite to Partners", DI)
    story.say(BEA, "vouch for Partners", DI)
    assert invited(story) == set()
    story.react(story.card("rising.ask"), CY, "👍")
    assert invited(story) == {DI}
    (given,) = story.facts("InvitationGiven")
    assert (given.by, given.vouched) == (ADA, (BEA, CY))


def test_where_fewer_may_vouch_all_of_those_must_so_that_nobody_is_locked_out() -> None:
    story = lived(charter(partners={"propose": "partners", "vouches": {"count": 9, "of": "partners"}}))
    story.say(ADA, "invite to Partners", DI)
    story.say(BEA, "vouch", DI)
    assert invited(story) == set()
    story.say(CY, "vouch", DI)
    assert invited(story) == {DI}


def test_where_nobody_could_propose_keyholders_can() -> None:
    story = lived()
    for person in (ADA, BEA, CY):
        story.say(person, "step down from Friends all")
    assert refused(story.say(DI, "invite to Partners", DI)) == "rise-not-oneself"
    story.say(ADA, "invite to Partners", DI)
    assert len(story.facts("Proposed")) == 1


def test_the_electorate_is_fixed_and_published_when_the_question_opens() -> None:
    story = lived()
    story.say(ADA, "invite to Partners", DI)
    (opened,) = story.facts("Proposed")
    assert opened.vouchers == opened.consenters == (BEA, CY)
    cards = [say for say in story.says if say.card]
    assert [say.to for say in cards] == [ToPerson(BEA), ToPerson(CY)]
    assert cards[0].text.args["lines"][-1].args["count"] == 2
    story.wait(DAY)
    story.gesture(FRIENDS, EVE, "invite", by=DI)
    story.gesture(FRIENDS, EVE, "join")
    assert refused(story.say(EVE, "vouch", DI)) == "rise-no-question"


def test_how_people_met_is_stated_by_people() -> None:
    story = lived(charter(friends={"propose": "friends", "met": ["a gathering", "a call"]}))
    assert refused(story.say(DI, "invite to Friends", EVE)) == "rise-met-how"
    assert refused(story.say(DI, "invite to Friends met in a dream", EVE)) == "rise-met-how"
    story.say(DI, "invite to Friends met a gathering", EVE)
    assert invited(story, FRIENDS) == {EVE}
    assert [fact.condition for fact in story.facts("MetStated")] == ["a gathering"]


def test_the_same_community_may_have_a_rule_for_coming_in() -> None:
    door = {"join": "invite", "rule": {"propose": "anyone", "vouches": {"count": 1, "of": "partners"}}}
    story = lived(charter(door=door))
    story.say(EVE, "invite to Rivendell", NEW)
    story.react(story.card("rising.ask"), ADA, "👍")
    assert NEW in story.wish(ROOT).invited
    story.gesture(ROOT, NEW, "join")
    assert NEW in story.hall.inside


# --- vouches and objections ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("person", "line", "why"),
    [
        (DI, "vouch", "rise-vouch-oneself"),
        (ADA, "vouch", "rise-vouch-proposer"),
        (EVE, "vouch", "rise-no-question"),
        (EVE, "object because no", "rise-no-question"),
        (DI, "object because no", "rise-vouch-oneself"),
        (ADA, "object because no", "rise-not-asked"),
    ],
)
def test_a_word_that_does_not_count_is_refused(person: UserId, line: str, why: str) -> None:
    story = lived()
    story.say(ADA, "invite to Partners", DI)
    before = len(story.records)
    assert refused(story.say(person, line, DI)) == why
    assert len(story.records) == before


def test_nobody_vouches_twice_or_after_the_close() -> None:
    story = lived(charter(partners={"propose": "partners", "vouches": {"count": 2, "of": "partners"}}))
    story.say(ADA, "invite to Partners", DI)
    card = story.card("rising.ask")
    story.say(BEA, "vouch", DI)
    assert refused(story.say(BEA, "vouch", DI)) == "rise-vouched-already"
    assert story.react(card, BEA, "👍") is None
    story.now += 30 * DAY  # nothing has ticked yet
    assert refused(story.say(CY, "vouch", DI)) == "rise-closed"
    story.wait(DAY)
    assert story.react(card, CY, "👍") is None
    assert invited(story) == set()


def test_a_vouch_can_be_taken_back_while_the_question_is_open() -> None:
    story = lived()
    story.say(ADA, "invite to Partners", DI)
    story.react(story.card("rising.ask"), BEA, "👍", cause=EventId("$vouch"))
    story.take_back("$vouch", BEA)
    assert len(story.facts("VouchTakenBack")) == 1
    story.wait(7 * DAY)
    assert invited(story) == set()


@pytest.mark.parametrize("how", ["leaves the rung", "steps down", "leaves and comes back"])
def test_a_voucher_who_leaves_takes_the_vouch_along(how: str) -> None:
    story = lived()
    story.say(ADA, "invite to Partners", DI)
    story.say(BEA, "vouch", DI)
    if how == "steps down":
        story.say(BEA, "step down")
    else:
        story.gesture(PARTNERS, BEA, "leave")
    if how == "leaves and comes back":
        story.wait(DAY)
        story.gesture(PARTNERS, BEA, "invite", by=ADA)
        story.gesture(PARTNERS, BEA, "join")
    story.wait(7 * DAY)
    assert invited(story) == set()


def test_an_objection_stops_the_clock_until_it_is_taken_back() -> None:
    story = lived()
    story.say(ADA, "invite to Partners", DI)
    story.say(BEA, "vouch", DI)
    story.wait(DAY)
    story.say(CY, "object because we should talk first", DI, cause=EventId("$no"))
    story.wait(14 * DAY)
    assert invited(story) == set()
    story.take_back("$no", CY)
    assert invited(story) == set(), "what was left of the window is left again"
    story.wait(5 * DAY)
    assert invited(story) == set()
    story.wait(DAY)
    assert invited(story) == {DI}


def test_an_objection_that_stays_closes_the_question_in_the_end() -> None:
    story = lived()
    story.say(ADA, "invite to Partners", DI)
    story.say(CY, "object because no", DI)
    story.wait(30 * DAY)
    assert len(story.facts("ProposalLapsed")) == 1


def test_a_reason_goes_to_who_proposes_and_into_no_fact() -> None:
    story = lived()
    story.say(ADA, "invite to Partners", DI)
    story.say(CY, "object because of the harvest money", DI, place=HEARTH)
    heard = [say for say in story.says if "harvest" in str(say)]
    assert [say.to for say in heard] == [ToPerson(ADA)]
    assert "harvest" not in str(story.records)
    assert isinstance(story.say(BEA, "object", DI), Usage)
    assert isinstance(story.say(BEA, "object because", DI), Usage)


def test_a_raised_hand_is_asked_for_its_reason() -> None:
    story = lived()
    story.say(ADA, "invite to Partners", DI)
    story.react(story.card("rising.ask"), CY, "✋")
    assert to(story, CY)[-1] == "rise-object-words"
    assert story.facts("Objected") == []


def test_vouches_by_and_for_those_whom_somebody_in_question_brought_are_frozen() -> None:
    """The sock puppets: Di brings two friends, who vouch for Di and for each other."""
    anyone = {"propose": "anyone", "vouches": {"count": 2, "of": "anyone"}}
    story = lived(charter(friends=anyone, partners={**anyone, "propose": "friends"}))
    socks = [UserId(f"@sock{n}:here") for n in range(3)]
    for sock in socks:
        story.gesture(ROOT, sock, "invite", by=DI)
        story.gesture(ROOT, sock, "join")
    story.say(EVE, "invite to Friends", socks[0])
    story.say(socks[1], "vouch", socks[0])
    assert len(story.facts("Vouched")) == 1, "nobody is in question yet but the puppet itself"
    story.say(ADA, "invite to Partners", DI)
    for sock in socks[1:]:
        assert refused(story.say(sock, "vouch for Partners", DI)) == "rise-frozen"
    assert refused(story.say(socks[2], "vouch", socks[0])) == "rise-frozen"
    assert refused(story.say(BEA, "vouch", socks[0])) == "rise-frozen"
    story.say(ADA, "withdraw", DI)
    story.say(BEA, "vouch", socks[0])
    assert invited(story, FRIENDS) == {socks[0]}


def test_puppets_of_puppets_are_frozen_too() -> None:
    anyone = {"propose": "anyone", "vouches": {"count": 1, "of": "anyone"}}
    story = lived(charter(partners={**anyone, "propose": "friends"}))
    for by, person in ((DI, NEW), (NEW, FAY)):
        story.gesture(ROOT, person, "invite", by=by)
        story.gesture(ROOT, person, "join")
    story.say(ADA, "invite to Partners", DI)
    assert refused(story.say(FAY, "vouch", DI)) == "rise-frozen"


# --- by hand --------------------------------------------------------------------------------------


def test_an_invitation_by_hand_is_a_proposal_and_comes_back_when_its_time_has_come() -> None:
    story = lived()
    story.gesture(PARTNERS, DI, "invite", by=ADA)
    assert DI in story.wish(PARTNERS).unwelcome
    assert to(story, ADA) == ["rise-early"]
    story.say(BEA, "vouch", DI)
    story.wait(7 * DAY)
    assert DI not in story.wish(PARTNERS).unwelcome
    assert invited(story) == {DI}


def test_an_invitation_by_hand_by_somebody_not_entitled_is_taken_back_with_one_sentence() -> None:
    story = lived()
    story.gesture(PARTNERS, DI, "invite", by=DI)
    story.gesture(PARTNERS, DI, "invite", by=EVE)
    assert story.facts("Proposed") == []
    assert to(story, EVE) == ["rise-taken-back"]
    assert DI in story.wish(PARTNERS).unwelcome


def test_an_invitation_by_hand_that_meets_the_rule_stays() -> None:
    story = lived()
    story.gesture(FRIENDS, EVE, "invite", by=DI)
    assert invited(story, FRIENDS) == {EVE}
    assert EVE not in story.wish(FRIENDS).unwelcome


def test_coming_in_past_the_rule_is_no_standing() -> None:
    story = lived()
    story.gesture(PARTNERS, DI, "join")
    assert story.hall.rung_of(DI) == "friends"
    assert DI in story.wish(PARTNERS).unwelcome
    assert to(story, DI) == ["rise-came-unasked"]


def test_accepting_an_invitation_that_was_taken_back_is_no_standing() -> None:
    story = lived()
    story.gesture(PARTNERS, DI, "invite", by=EVE)
    story.gesture(PARTNERS, DI, "join")
    assert story.hall.rung_of(DI) == "friends"
    assert DI in story.wish(PARTNERS).unwelcome


# --- the answer -----------------------------------------------------------------------------------


def test_declining_leaves_nothing_that_others_see_and_is_not_asked_again() -> None:
    story = lived()
    story.say(DI, "invite to Friends", EVE)
    story.says.clear()
    story.gesture(FRIENDS, EVE, "leave")
    assert invited(story, FRIENDS) == set()
    assert story.says == []
    assert refused(story.say(DI, "invite to Friends", EVE)) == "rise-asked-already"
    story.wait(31 * DAY)
    story.say(DI, "invite to Friends", EVE)
    assert invited(story, FRIENDS) == {EVE}


def test_an_unanswered_invitation_is_taken_back_quietly() -> None:
    story = lived()
    story.say(DI, "invite to Friends", EVE)
    story.says.clear()
    story.wait(30 * DAY)
    assert invited(story, FRIENDS) == set()
    assert EVE in story.wish(FRIENDS).unwelcome
    assert story.says == []
    story.gesture(FRIENDS, EVE, "join")
    assert story.hall.rung_of(EVE) is None


def test_a_proposal_can_be_withdrawn_before_the_answer_by_who_made_it() -> None:
    story = lived()
    story.say(DI, "invite to Friends", EVE)
    assert refused(story.say(ADA, "withdraw from Friends", EVE)) == "rise-nothing-to-withdraw"
    story.say(DI, "withdraw from Friends", EVE)
    assert invited(story, FRIENDS) == set()
    story.gesture(FRIENDS, EVE, "join")
    assert story.hall.rung_of(EVE) is None


def test_deleting_ones_own_command_withdraws() -> None:
    story = lived()
    story.say(ADA, "invite to Partners", DI, cause=EventId("$invite"))
    story.take_back("$invite", ADA)
    assert len(story.facts("ProposalWithdrawn")) == 1


# --- coming down ----------------------------------------------------------------------------------


def test_stepping_down_is_at_once_and_unannounced() -> None:
    story = lived()
    story.say(CY, "step down")
    assert story.hall.rung_of(CY) == "friends"
    assert CY in story.wish(PARTNERS).unwelcome
    assert CY in story.wish(HEARTH).unwelcome
    assert CY not in story.wish(COMMONS).unwelcome
    assert story.told() == ["step-down"]
    assert {PARTNERS, HEARTH} <= rules.touched(story.house, story.records[-1])


def test_deeper_rungs_go_along_only_after_having_said_so_once() -> None:
    story = lived()
    assert refused(story.say(CY, "step down from Friends")) == "step-deeper"
    assert story.hall.rung_of(CY) == "partners"
    story.say(CY, "step down from Friends all")
    assert story.hall.rung_of(CY) is None
    assert CY in story.wish(COMMONS).unwelcome


@pytest.mark.parametrize(
    ("person", "line", "why"),
    [
        (EVE, "step down", "step-nowhere"),
        (DI, "step down from Partners", "step-not-there"),
        (DI, "step down from Elders", "rise-unknown-rung"),
        (DI, "step down from Rivendell", "step-leave-space"),
    ],
)
def test_there_is_only_so_far_to_step_down(person: UserId, line: str, why: str) -> None:
    assert refused(lived().say(person, line)) == why


def test_who_stepped_down_comes_up_again_by_the_rule() -> None:
    story = lived()
    story.say(DI, "step down")
    story.gesture(FRIENDS, DI, "leave", by=KEEPER)
    story.say(ADA, "invite to Friends", DI)
    assert DI not in story.wish(FRIENDS).unwelcome
    story.gesture(FRIENDS, DI, "join")
    assert story.hall.rung_of(DI) == "friends"


def test_where_keyholders_invite_by_hand_who_stepped_down_may_be_invited_again() -> None:
    by_hand = charter()
    rungs = tuple(rung.model_copy(update={"door": None}) for rung in by_hand.rungs)
    story = lived(by_hand.model_copy(update={"rungs": rungs}))
    story.say(DI, "step down")
    assert DI in story.wish(FRIENDS).unwelcome
    story.gesture(FRIENDS, DI, "invite", by=EVE)
    assert DI in story.wish(FRIENDS).unwelcome
    story.gesture(FRIENDS, DI, "invite", by=ADA)
    assert DI not in story.wish(FRIENDS).unwelcome
    story.gesture(FRIENDS, DI, "join")
    assert story.hall.rung_of(DI) == "friends"


def test_who_leaves_the_community_is_asked_no_longer() -> None:
    story = lived()
    story.say(DI, "invite to Friends", EVE)
    story.gesture(ROOT, EVE, "leave")
    assert invited(story, FRIENDS) == set()
    assert EVE in story.wish(FRIENDS).unwelcome
    assert FRIENDS in rules.touched(story.house, story.records[-1])


def test_founders_who_have_not_answered_are_neither_proposed_nor_turned_away() -> None:
    story = Story(charter(), inside=[ADA, BEA])
    for space in (FRIENDS, PARTNERS):
        story.gesture(space, ADA, "join")
    story.wait(8 * DAY)
    assert refused(story.say(ADA, "invite to Friends", BEA)) == "rise-awaited"
    story.gesture(FRIENDS, BEA, "invite", by=ADA)
    assert story.wish(FRIENDS).unwelcome == frozenset()
    story.gesture(FRIENDS, BEA, "join")
    assert story.hall.rung_of(BEA) == "friends"


def test_being_found_on_a_rung_is_no_key_in_a_new_community_either() -> None:
    story = Story(charter(), inside=[ADA, DI])
    story.gesture(FRIENDS, DI, "join")  # as a look finds them whose invitation was not seen
    assert story.hall.rung_of(DI) is None
    assert DI in story.wish(FRIENDS).unwelcome
    assert to(story, DI) == ["rise-came-unasked"]


# --- what cannot be -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("person", "line", "whom", "why"),
    [
        (ADA, "invite to Elders", DI, "rise-unknown-rung"),
        (ADA, "invite to Partners", NEW, "rise-not-inside"),
        (ADA, "invite to Partners", EVE, "rise-step-first"),
        (ADA, "invite to Partners", BEA, "rise-there-already"),
        (ADA, "invite to Partners", ADA, "rise-not-oneself"),
        (ADA, "invite to Partners", KEEPER, "person-is-keeper"),
        (DI, "invite to Partners", DI, "rise-not-oneself"),
        (DI, "invite to Partners", EVE, "rise-not-yours"),
        (ADA, "invite to Rivendell", NEW, "rise-by-hand"),
    ],
)
def test_what_cannot_be_proposed_is_refused_with_its_reason(
    person: UserId, line: str, whom: UserId, why: str
) -> None:
    story = lived()
    before = len(story.records)
    assert refused(story.say(person, line, whom)) == why
    assert len(story.records) == before


@pytest.mark.parametrize("line", ["invite", "invite to", "invite Partners", "vouch", "object", "withdraw"])
def test_half_a_command_is_told_how_it_goes(line: str) -> None:
    assert isinstance(lived().say(ADA, line), Usage)


def test_nobody_is_proposed_twice_at_the_same_time() -> None:
    story = lived()
    story.say(ADA, "invite to Partners", DI)
    assert refused(story.say(BEA, "invite to Partners", DI)) == "rise-open-already"


def test_people_of_other_servers_cannot_be_asked_into_a_closed_community() -> None:
    story = lived(charter(federate=False, door={"rule": {"propose": "anyone"}}))
    assert refused(story.say(EVE, "invite to Rivendell", FAR)) == "rise-elsewhere"


def test_a_rung_that_is_gone_lets_its_questions_close_and_its_people_be() -> None:
    story = lived()
    story.say(ADA, "invite to Partners", DI)
    bare = charter()
    changed = CharterChanged(bare.model_copy(update={"founders": (), "rungs": bare.rungs[:1]}))
    story.record("$change", (Writing(Stream("rivendell"), changed),))
    story.wait(DAY)
    assert len(story.facts("ProposalLapsed")) == 1
    assert refused(story.say(ADA, "invite to Partners", DI)) == "rise-unknown-rung"
    assert refused(story.say(CY, "step down from Partners")) == "rise-unknown-rung"
    assert story.hall.rung_of(CY) == "friends"
    for person in (ADA, DI):
        assert me(story, person)


# --- who hears what -------------------------------------------------------------------------------


def test_a_private_question_is_asked_in_private_chats_and_answered_there() -> None:
    story = lived()
    story.say(ADA, "invite to Partners", DI, place=HEARTH)
    assert {say.to for say in story.says} == {ToPerson(p) for p in (ADA, BEA, CY)}
    outcome = story.say(DI, "invite to Partners", EVE, place=COMMONS)
    assert confided_to(outcome, DI)


def test_an_open_question_is_one_card_in_the_rungs_first_room_that_is_brought_up_to_date() -> None:
    open_ = {"propose": "partners", "consent": {"of": "friends", "days": 2}}
    story = lived(charter(partners={**open_, "vouches": {"count": 1, "of": "partners"}}))
    story.say(ADA, "invite to Partners", DI)
    story.say(BEA, "vouch", DI)
    cards: list[Say] = [say for say in story.says if say.card]
    assert [say.to for say in cards] == [ToRoom(COMMONS)] * 2
    assert len({say.card for say in cards}) == 1
    assert [say.must for say in cards] == [True, False]


def test_nobody_is_asked_in_a_room_that_somebody_encrypted() -> None:
    story = lived(charter(partners={"propose": "partners", "vouches": {"count": 1, "of": "friends"}}))
    story.record("$sealed", (Writing(HOUSE, RoomSealed(COMMONS)),))
    story.say(ADA, "invite to Partners", DI)
    assert {say.to for say in story.says if say.card} == {ToPerson(BEA), ToPerson(CY)}


def confided_to(outcome: Outcome, person: UserId) -> bool:
    return isinstance(outcome, Decision) and {say.to for say in outcome.says} == {ToPerson(person)}


def me(story: Story, person: UserId) -> list[str]:
    return [s.id for c in rules.CAPABILITIES for s in c.me(story.hall, person)]


def why(story: Story, person: UserId, place: ids.RoomKey) -> list[str]:
    return [s.id for c in rules.CAPABILITIES for s in c.why(story.hall, person, place)]


def test_me_tells_by_whose_consent_i_stand_and_how_the_next_step_is_made() -> None:
    story = lived()
    assert me(story, EVE)[-2:] == ["rise-rule-propose", "rise-rule-yes"]
    story.say(DI, "invite to Friends", EVE)
    assert me(story, EVE)[-1] == "me-asked"
    story.gesture(FRIENDS, EVE, "join")
    assert "rise-consent-by" in me(story, EVE)
    assert me(story, EVE)[-4:] == [
        "rise-rule-propose",
        "rise-rule-vouches",
        "rise-rule-consent",
        "rise-rule-yes",
    ]


def test_why_tells_from_the_ledger_in_the_words_of_the_rule() -> None:
    story = lived()
    assert why(story, DI, HEARTH)[:2] == ["why-rung-room-closed", "rise-rule-propose"]
    story.say(ADA, "invite to Partners", DI)
    story.say(BEA, "vouch", DI)
    assert "rise-card" not in why(story, DI, PARTNERS), "nobody hears of it before the rule is met"
    story.wait(7 * DAY)
    assert why(story, DI, PARTNERS)[-1] == "me-asked"
    story.gesture(PARTNERS, DI, "join")
    told = ["rise-consent-by", "rise-consent-vouches", "rise-consent-unopposed"]
    assert why(story, DI, PARTNERS) == ["why-rung-stands", *told]
    assert why(story, DI, COMMONS) == ["why-rung-room-open"], "that room was open before"
    story.gesture(PARTNERS, EVE, "invite", by=DI)
    assert "why-turned-away" in why(story, EVE, PARTNERS)
