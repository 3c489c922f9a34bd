"""Promises of removal and pause: slow and with notice, or by two and for days; never by one or by silence."""

from datetime import timedelta

import pytest

from crewhall import house as rules
from crewhall.charter.model import Charter
from crewhall.ground import ids
from crewhall.ground.facts import Stream, Writing
from crewhall.ground.grammar import parse
from crewhall.ground.hall import ANYONE
from crewhall.ground.ids import CommunityKey, EventId, RoomId, RungKey, UserId
from crewhall.ground.talk import Asked, Card, Decision, Outcome, Say, ToPerson, Usage
from crewhall.ground.worn import KEYS
from crewhall.house.commands import decide
from crewhall.life.community.facts import CharterChanged
from crewhall.life.safety.facts import Removed
from crewhall.testing.story import KEEPER, Story, refused

ADA, BEA, CY, DI, EVE, FAY = (UserId(f"@{name}:here") for name in ("ada", "bea", "cy", "di", "eve", "fay"))
NEVER = UserId("@never:here")
KEY = CommunityKey("rivendell")
ROOT, LOBBY, FRIENDS = ids.root(KEY), ids.place(KEY, "lobby"), ids.rung(KEY, RungKey("friends"))
COMMONS = ids.rung_room(KEY, RungKey("friends"), "commons")
PARTNERS = ids.rung(KEY, RungKey("partners"))
ROOMS = (ROOT, LOBBY, FRIENDS, COMMONS, PARTNERS, ids.crews_space(KEY))
DAY, HOUR = timedelta(days=1), timedelta(hours=1)


def charter(**more: object) -> Charter:
    """Return a community with three keyholders, where friends decide on removals."""
    ladder = [
        {"key": "friends", "name": "Friends", "level": 10, "rooms": [{"key": "commons", "name": "Commons"}]},
        {"key": "partners", "name": "Partners", "door": {"propose": "partners"}},
    ]
    base = {
        "key": "rivendell",
        "name": "Rivendell",
        "founders": [ADA, BEA, CY],
        "places": [{"key": "lobby", "name": "Lobby"}],
        "rungs": ladder,
        "removal": {"propose": "keyholders", "of": "friends", "share": 75, "days": 10},
        "door": {"join": "public"},
    }
    return Charter.model_validate(base | more)


def lived(rules_: Charter | None = None) -> Story:
    """Ada, Bea and Cy hold the keys and are friends, as Di and Eve are; Fay is inside. It is a Monday."""
    story = Story(rules_ or charter(), inside=[ADA, BEA, CY, DI, EVE, FAY])
    for person in (ADA, BEA, CY, DI, EVE):
        story.gesture(FRIENDS, person, "join")
    story.wait(8 * DAY)
    story.says.clear()
    return story


def alone(founders: tuple[UserId, ...]) -> Story:
    return lived(charter(founders=list(founders), removal={"of": "keyholders", "days": 5}))


def remove(story: Story, by: UserId = ADA, person: UserId = EVE, **how: object) -> Outcome:
    return story.say(by, "remove because of what happened", person, **how)  # type: ignore[arg-type]


def pause(story: Story, by: UserId = ADA, person: UserId = EVE, days: str = "") -> Outcome:
    return story.say(by, f"pause {days} because I am afraid", person)


def paused(person: UserId = EVE, story: Story | None = None, days: str = "") -> Story:
    """Ada and Bea have paused somebody."""
    story = story or lived()
    assert isinstance(pause(story, ADA, person, days), Decision)
    story.react(story.card("safety.pause"), BEA, "✅")
    assert person in story.hall.shut_out
    return story


def votes(story: Story, *people: UserId, choice: str = "👍") -> None:
    for person in people:
        story.react(story.card("safety.removal"), person, choice)


def removed(person: UserId = EVE) -> Story:
    """Everybody else has said yes, and the time is over."""
    story = lived()
    remove(story, person=person)
    votes(story, *({ADA, BEA, CY, DI, EVE} - {person}))
    story.wait(15 * DAY)
    assert person in story.hall.shut_out
    return story


def to(story: Story, person: UserId) -> list[str]:
    """Return what was said to somebody privately."""
    return [say.text.id for say in story.says if say.to == ToPerson(person)]


def shown(outcome: Outcome) -> str:
    """Return by which sentence something was refused, "usage" for a line that was wrong."""
    return "usage" if isinstance(outcome, Usage) else refused(outcome)


def kept_out(story: Story, person: UserId = EVE) -> bool:
    """Return whether somebody is kept out of each room, without a level, invited nowhere; or of none."""
    wishes = [story.wish(room) for room in ROOMS]
    out = {person in wish.unwelcome and person not in (*wish.invited, *wish.powers.users) for wish in wishes}
    assert len(out) == 1
    return out.pop()


# --- removal --------------------------------------------------------------------------------------


def test_who_decides_and_until_when_is_fixed_and_the_person_hears_of_it_at_once() -> None:
    story = lived()
    remove(story)
    (fact,) = story.facts("RemovalAsked")
    assert fact.entitled == (ADA, BEA, CY, DI)  # type: ignore[attr-defined]
    assert fact.needed == 3  # type: ignore[attr-defined]
    assert fact.closes == story.now + 14 * DAY  # type: ignore[attr-defined]
    assert to(story, EVE) == ["safety-removal-notice"]
    for person in (ADA, BEA, CY, DI):
        assert to(story, person) == ["safety-removal-card"]
    assert to(story, FAY) == []


def test_somebody_is_removed_by_enough_yes_and_not_before_the_time_is_over() -> None:
    story = lived()
    remove(story)
    votes(story, ADA, BEA, CY, DI)
    story.wait(14 * DAY - HOUR)
    assert not kept_out(story)
    story.wait(HOUR)
    assert kept_out(story)
    assert to(story, EVE)[-1] == "safety-removed"
    for person in (ADA, BEA, CY, DI):
        assert to(story, person)[-1] == "safety-removal-card-passed"
    assert to(story, FAY) == []


def test_silence_is_never_a_yes() -> None:
    story = lived()
    remove(story)
    votes(story, ADA, BEA)
    story.wait(60 * DAY)
    assert not kept_out(story)
    assert to(story, EVE)[-1] == "safety-stays"
    assert to(story, DI)[-1] == "safety-removal-card-failed"


def test_the_last_word_counts_and_a_word_can_be_taken_back() -> None:
    story = lived()
    remove(story)
    votes(story, ADA, BEA, CY)
    votes(story, CY, choice="👎")
    story.wait(15 * DAY)
    assert not kept_out(story)

    story = lived()
    remove(story)
    votes(story, ADA, BEA)
    cause = EventId("$cy")
    story.react(story.card("safety.removal"), CY, "👍", cause=cause)
    story.take_back(cause, CY)
    story.wait(15 * DAY)
    assert not kept_out(story)


def test_a_word_that_was_changed_is_not_lost_with_the_older_one() -> None:
    story = lived()
    remove(story)
    votes(story, ADA, BEA)
    story.react(story.card("safety.removal"), CY, "👎", cause=EventId("$no"))
    story.react(story.card("safety.removal"), CY, "👍", cause=EventId("$yes"))
    story.take_back("$no", CY)
    story.wait(15 * DAY)
    assert kept_out(story)


def test_a_word_after_the_close_does_not_count_and_is_answered() -> None:
    story = lived()
    remove(story)
    votes(story, ADA, BEA)
    card = story.card("safety.removal")
    story.now += 14 * DAY
    story.react(card, CY, "👍")
    assert to(story, CY)[-1] == "safety-removal-closed"
    story.wait(DAY)
    assert not kept_out(story)
    story.react(card, CY, "👍")
    assert to(story, CY)[-1] == "safety-removal-closed"


def test_a_word_cannot_be_taken_back_after_the_close() -> None:
    story = lived()
    remove(story)
    votes(story, ADA, BEA)
    story.react(story.card("safety.removal"), CY, "👍", cause=EventId("$cy"))
    story.now += 14 * DAY
    story.take_back("$cy", CY)
    story.wait(HOUR)
    assert kept_out(story)


@pytest.mark.parametrize("person", [EVE, FAY, NEVER])
def test_only_those_who_are_asked_have_a_word(person: UserId) -> None:
    story = lived()
    remove(story)
    assert story.react(story.card("safety.removal"), person, "👍") is None


def test_who_comes_later_has_no_word_and_who_leaves_has_none_any_more() -> None:
    story = lived()
    remove(story)
    story.gesture(FRIENDS, FAY, "join")
    assert story.react(story.card("safety.removal"), FAY, "👍") is None
    votes(story, ADA, BEA, CY)
    story.gesture(FRIENDS, CY, "leave")
    votes(story, CY)
    assert to(story, CY)[-1] == "safety-no-say"
    story.wait(15 * DAY)
    assert not kept_out(story)


def test_a_pause_takes_nobodys_voice() -> None:
    """Two could otherwise pause those who would say no, and be enough themselves."""
    story = lived()
    paused(CY, story)
    paused(DI, story)
    remove(story)
    (fact,) = story.facts("RemovalAsked")
    assert fact.entitled == (ADA, BEA, CY, DI)  # type: ignore[attr-defined]
    votes(story, ADA, BEA, CY)
    story.wait(15 * DAY)
    assert kept_out(story)


def test_what_the_charter_says_later_changes_no_open_question() -> None:
    story = lived()
    remove(story)
    later = charter(removal={"of": "keyholders", "share": 51, "days": 5}, founders=[])
    story.record(story.event(), (Writing(Stream(KEY), CharterChanged(later)),))
    votes(story, ADA, BEA)
    story.wait(10 * DAY)
    assert story.facts("Removed") == []
    assert story.facts("RemovalRefused") == []
    story.wait(5 * DAY)
    assert len(story.facts("RemovalRefused")) == 1


def test_a_group_that_is_no_more_puts_nobody_out() -> None:
    story = lived()
    remove(story)
    votes(story, ADA, BEA, CY, DI)
    story.record(
        story.event(),
        (Writing(Stream(KEY), CharterChanged(charter(founders=[], rungs=[], removal={"of": "keyholders"}))),),
    )
    story.wait(15 * DAY)
    assert EVE not in story.hall.shut_out


def test_a_question_outlives_the_entitlement_of_who_asked_and_others_can_take_it_back() -> None:
    story = lived()
    remove(story)
    assert shown(story.say(BEA, "remove withdraw", EVE)) == "safety-nothing-asked"
    _by(story, BEA, CY, ADA)
    assert isinstance(story.say(BEA, "remove withdraw", EVE), Decision)
    story.wait(15 * DAY)
    assert EVE not in story.hall.shut_out


def _by(story: Story, first: UserId, second: UserId, person: UserId) -> Story:
    """Have these two pause somebody."""
    pause(story, first, person)
    story.react(story.card("safety.pause"), second, "✅")
    return story


def test_who_asked_can_take_it_back_by_word_or_by_deleting_and_the_person_hears_of_it() -> None:
    for take_back in (True, False):
        story = lived()
        remove(story, cause=EventId("$asked"))
        votes(story, ADA, BEA, CY, DI)
        if take_back:
            story.take_back("$asked", ADA)
        else:
            story.say(ADA, "remove withdraw", EVE)
        assert to(story, EVE)[-1] == "safety-removal-over"
        assert to(story, DI)[-1] == "safety-removal-card-withdrawn"
        story.wait(15 * DAY)
        assert not kept_out(story)


def test_the_same_is_not_asked_again_for_thirty_days_after_a_no() -> None:
    story = lived()
    remove(story)
    story.wait(15 * DAY)
    assert shown(remove(story)) == "safety-removal-not-again"
    story.wait(29 * DAY)
    assert shown(remove(story, BEA)) == "safety-removal-not-again"
    story.wait(DAY)
    assert isinstance(remove(story), Decision)


def test_taking_back_late_is_no_way_round_that_and_a_slip_is_forgiven() -> None:
    story = lived()
    remove(story)
    story.wait(timedelta(minutes=5))
    story.say(ADA, "remove withdraw", EVE)
    assert isinstance(remove(story), Decision)
    story.wait(9 * DAY)
    story.say(ADA, "remove withdraw", EVE)
    assert shown(remove(story)) == "safety-removal-not-again"


@pytest.mark.parametrize(
    ("by", "person", "why"),
    [
        (DI, EVE, "safety-removal-not-yours"),
        (NEVER, EVE, "safety-removal-not-yours"),
        (EVE, EVE, "safety-removal-not-yours"),
        (ADA, ADA, "safety-not-oneself"),
        (ADA, NEVER, "safety-not-inside"),
        (ADA, KEEPER, "person-is-keeper"),
    ],
)
def test_what_cannot_be_asked_is_refused_with_a_sentence(by: UserId, person: UserId, why: str) -> None:
    story = lived()
    assert shown(remove(story, by, person)) == why
    assert shown(story.say(ADA, "remove", EVE)) == "usage"
    assert shown(story.say(ADA, "remove because", EVE)) == "usage"
    assert shown(story.say(ADA, "remove because of it")) == "usage"
    assert shown(story.say(ADA, "remove at once because of it", EVE)) == "usage"
    assert shown(story.say(ADA, "remove @eve because of it")) == "person-malformed"
    assert story.facts("RemovalAsked") == []


def test_a_question_is_not_asked_twice() -> None:
    story = lived()
    remove(story)
    assert shown(remove(story, BEA)) == "safety-removal-open-already"
    assert shown(remove(removed())) == "safety-removed-already"


def test_one_alone_puts_nobody_out() -> None:
    story = alone((ADA, BEA))
    assert shown(remove(story, ADA, BEA)) == "safety-removal-too-few"
    assert shown(remove(alone((ADA,)), ADA, EVE)) == "safety-removal-too-few"


def test_a_keyholder_can_be_removed_but_the_last_key_is_never_lost() -> None:
    story = removed(CY)
    assert CY not in story.hall.keyholders
    story = lived(charter(founders=[ADA], removal={"propose": "friends", "of": "friends"}))
    assert shown(remove(story, DI, ADA)) == "safety-removal-last-key"
    story = lived(charter(founders=[ADA, BEA], removal={"propose": "friends", "of": "friends", "days": 5}))
    remove(story, DI, ADA)
    votes(story, BEA, CY, DI, EVE)
    remove(story, DI, BEA)
    votes(story, ADA, CY, DI, EVE)
    story.wait(15 * DAY)
    assert len(story.hall.keyholders) == 1
    assert len(story.facts("Removed")) == 1
    assert "safety-removal-card-key" in to(story, DI)


def test_a_removed_person_is_let_in_by_no_other_decision() -> None:
    story = removed()
    for place, how, by in (
        (ROOT, "join", EVE),
        (FRIENDS, "join", EVE),
        (ROOT, "invite", ADA),
        (FRIENDS, "invite", ADA),
        (FRIENDS, "join", EVE),
        (ROOT, "join", EVE),
    ):
        story.gesture(place, EVE, how, by=by)  # type: ignore[arg-type]
        assert kept_out(story)
    story.wait(400 * DAY)
    assert kept_out(story)


def test_the_person_can_answer_those_who_decide() -> None:
    story = lived()
    remove(story)
    outcome = said(story, EVE, "!answer It was not me, and I can say why")
    assert isinstance(outcome, Decision)
    passed_on = [say for say in story.says if say.text.id == "safety-answer"]
    assert {say.to for say in passed_on} == {ToPerson(person) for person in (ADA, BEA, CY, DI)}
    assert {say.text.args["words"] for say in passed_on} == {"It was not me, and I can say why"}
    for _ in range(4):
        assert isinstance(said(story, EVE, "!answer again"), Decision)
    assert shown(said(story, EVE, "!answer again")) == "safety-answered-often"
    assert shown(said(story, FAY, "!answer me")) == "safety-no-answer"
    assert shown(said(story, EVE, "!answer")) == "usage"


def test_nobody_says_anything_of_it_in_a_shared_room() -> None:
    story = lived()
    for outcome in (
        remove(story, DI, place=LOBBY),
        remove(story, place=LOBBY),
        story.say(FAY, "pause because of it", EVE, place=LOBBY),
        story.say(ADA, "pause because of it", EVE, place=LOBBY),
        story.say(ADA, "pause end", EVE, place=LOBBY),
        story.say(ADA, "remove withdraw", EVE, place=LOBBY),
        story.say(ADA, "readmit", EVE, place=LOBBY),
        story.say(EVE, "answer me", place=LOBBY),
    ):
        assert isinstance(outcome, Decision)
        assert outcome.ack
        assert all(isinstance(say.to, ToPerson) for say in outcome.says)


def test_two_end_a_removal_and_the_person_is_invited_into_the_community() -> None:
    story = removed()
    assert isinstance(story.say(ADA, "readmit", EVE), Decision)
    assert shown(story.say(ADA, "readmit", EVE)) == "safety-readmit-waits"
    assert kept_out(story)
    story.react(story.card("safety.readmit"), DI, "✅")
    assert kept_out(story)
    story.react(story.card("safety.readmit"), BEA, "✅")
    assert EVE in story.wish(ROOT).invited
    assert EVE not in story.wish(FRIENDS).unwelcome
    assert EVE not in story.wish(FRIENDS).invited
    assert to(story, EVE)[-1] == "safety-readmitted"
    story.gesture(ROOT, EVE, "join")
    assert EVE in story.hall.inside
    assert EVE not in story.wish(LOBBY).unwelcome


def test_a_second_word_ends_a_removal_too_and_what_cannot_be_ended_is_said() -> None:
    story = removed()
    assert shown(story.say(DI, "readmit", EVE)) == "safety-readmit-not-yours"
    assert shown(story.say(ADA, "readmit", FAY)) == "safety-not-removed"
    story.say(ADA, "readmit", EVE, cause=EventId("$readmit"))
    story.take_back("$readmit", ADA)
    story.react(story.card("safety.readmit"), BEA, "✅")
    assert to(story, BEA)[-1] == "safety-second-over"
    story.say(ADA, "readmit", EVE)
    story.wait(15 * DAY)
    assert kept_out(story)
    story.say(CY, "readmit", EVE)
    story.say(BEA, "readmit", EVE)
    assert EVE in story.hall.asked[ANYONE]


# --- pause ----------------------------------------------------------------------------------------


def test_a_pause_takes_two_keyholders_and_holds_at_once() -> None:
    story = lived()
    pause(story)
    assert to(story, EVE) == []
    assert to(story, BEA) == to(story, CY) == ["safety-pause-card"]
    assert not kept_out(story)
    story.react(story.card("safety.pause"), DI, "✅")
    story.react(story.card("safety.pause"), ADA, "✅")
    assert not kept_out(story)
    story.react(story.card("safety.pause"), BEA, "✅")
    assert kept_out(story)
    assert to(story, EVE) == ["safety-paused"]
    assert to(story, DI) == to(story, FAY) == []
    (fact,) = story.facts("Paused")
    assert fact.by == (ADA, BEA)  # type: ignore[attr-defined]


def test_every_room_of_the_community_is_looked_at_when_doors_close_and_open() -> None:
    story = paused()
    story.wait(8 * DAY)
    for kind in ("Paused", "PauseEnded"):
        (record,) = [r for r in story.records if type(r.fact).__name__ == kind]
        assert set(ROOMS) <= rules.touched(story.house, record)
    story = removed()
    (record,) = [r for r in story.records if isinstance(r.fact, Removed)]
    assert set(ROOMS) <= rules.touched(story.house, record)


def test_a_pause_ends_by_itself_and_the_person_is_invited_to_where_they_were() -> None:
    story = paused()
    story.gesture(ROOT, EVE, "leave", by=KEEPER)
    story.gesture(FRIENDS, EVE, "leave", by=KEEPER)
    story.wait(7 * DAY - HOUR)
    assert kept_out(story)
    story.wait(HOUR)
    assert EVE in story.wish(ROOT).invited
    assert EVE in story.wish(FRIENDS).invited
    assert EVE not in story.wish(PARTNERS).invited
    assert to(story, EVE)[-1] == "safety-pause-over"
    story.gesture(FRIENDS, EVE, "join")
    story.gesture(ROOT, EVE, "join")
    assert story.hall.rung_of(EVE) == "friends"
    assert story.wish(FRIENDS).powers.users[EVE] == 10
    assert all(EVE not in story.wish(room).unwelcome for room in ROOMS)
    assert not any(story.hall.asked.get(rung) for rung in (ANYONE, RungKey("friends")))


def test_what_is_heard_late_does_not_undo_the_invitation() -> None:
    story = paused()
    story.wait(7 * DAY)
    story.gesture(ROOT, EVE, "leave", by=KEEPER)
    story.gesture(FRIENDS, EVE, "leave", by=KEEPER)
    assert EVE in story.wish(ROOT).invited
    assert EVE in story.wish(FRIENDS).invited


def test_an_invitation_after_a_pause_can_be_declined() -> None:
    story = paused()
    story.wait(7 * DAY)
    story.gesture(ROOT, EVE, "leave")
    story.gesture(FRIENDS, EVE, "leave")
    assert EVE not in story.wish(ROOT).invited
    assert EVE not in story.wish(FRIENDS).invited


def test_a_pause_is_looked_at_again_by_those_who_hold_the_keys() -> None:
    story = paused()
    story.wait(3 * DAY)
    for person in (ADA, BEA, CY):
        assert to(story, person)[-1] == "safety-review-card"
    story.react(story.card("safety.review"), BEA, "⏸️")
    assert kept_out(story)
    story.react(story.card("safety.review"), DI, "▶️")
    assert kept_out(story)
    story.react(story.card("safety.review"), CY, "▶️")
    assert EVE in story.wish(ROOT).invited
    assert story.react(story.card("safety.review"), BEA, "▶️") is None
    story.wait(30 * DAY)
    assert len(story.facts("PauseEnded")) == 1


def test_the_card_of_a_review_becomes_its_outcome_and_without_one_nothing_is_asked_any_more() -> None:
    story = paused()
    story.wait(3 * DAY)
    card = story.card("safety.review")
    story.wait(4 * DAY)
    assert [say.card for say in story.says if say.text.id == "safety-review-card-over"] == [card] * 3
    story = paused()
    story.say(CY, "pause end", EVE)
    assert {say.card for say in story.says if say.text.id == "safety-review-card-over"} == {None}


def test_one_keyholder_ends_a_pause_at_once_and_the_person_themselves_does_not() -> None:
    story = paused()
    assert shown(story.say(EVE, "pause end", EVE)) == "safety-no-pause"
    assert shown(story.say(DI, "pause end", EVE)) == "safety-no-pause"
    assert isinstance(story.say(CY, "pause end", EVE), Decision)
    assert EVE in story.wish(ROOT).invited


def test_a_pause_is_as_long_as_asked_and_no_longer_than_the_charter_says() -> None:
    story = paused(days="for 2 days")
    (fact,) = story.facts("Paused")
    assert fact.until == story.now + 2 * DAY  # type: ignore[attr-defined]
    story.wait(2 * DAY)
    assert EVE not in story.hall.shut_out
    assert "safety-review-card" not in to(story, ADA)
    story = lived()
    assert shown(pause(story, days="for 8 days")) == "safety-pause-too-long"
    for wrong in ("for 0 days", "for ever", "for -1 days", "for 9999999 days", "for days", "for 3 weeks"):
        assert shown(pause(story, days=wrong)) == "usage"


def test_no_second_pause_within_thirty_days() -> None:
    story = paused()
    assert shown(pause(story, CY)) == "safety-paused-already"
    story.wait(7 * DAY)
    story.gesture(ROOT, EVE, "join")
    assert shown(pause(story)) == "safety-pause-not-again"
    story.wait(29 * DAY)
    assert shown(pause(story, CY)) == "safety-pause-not-again"
    story.wait(DAY)
    assert isinstance(pause(story), Decision)


@pytest.mark.parametrize(
    ("by", "person", "why"),
    [
        (DI, EVE, "safety-pause-not-yours"),
        (EVE, EVE, "safety-pause-not-yours"),
        (ADA, ADA, "safety-not-oneself"),
        (ADA, NEVER, "safety-not-inside"),
        (ADA, KEEPER, "person-is-keeper"),
    ],
)
def test_what_cannot_be_paused_is_refused_with_a_sentence(by: UserId, person: UserId, why: str) -> None:
    story = lived()
    assert shown(pause(story, by, person)) == why
    assert shown(story.say(ADA, "pause", EVE)) == "usage"
    assert shown(story.say(ADA, "pause for 2 days", EVE)) == "usage"
    assert story.facts("PauseAsked") == []


def test_a_pause_needs_a_second_keyholder_who_is_not_the_person() -> None:
    assert shown(pause(alone((ADA,)))) == "safety-pause-no-second"
    assert shown(pause(alone((ADA, BEA)), ADA, BEA)) == "safety-pause-no-second"


def test_both_must_hold_the_key_when_the_second_says_yes() -> None:
    story = lived()
    pause(story, ADA, EVE)
    card = story.card("safety.pause")
    _by(story, BEA, CY, ADA)
    story.react(card, BEA, "✅")
    assert to(story, BEA)[-1] == "safety-pause-two-keys"
    assert EVE not in story.hall.shut_out


def test_a_pause_that_is_taken_back_or_not_seconded_in_two_days_is_nothing() -> None:
    story = lived()
    pause(story)
    card = story.card("safety.pause")
    story.wait(2 * DAY)
    assert to(story, BEA)[-1] == to(story, ADA)[-1] == "safety-pause-card-over"
    story.react(card, BEA, "✅")
    assert to(story, BEA)[-1] == "safety-second-over"
    story.say(ADA, "pause because of it", EVE, cause=EventId("$pause"))
    story.take_back("$pause", ADA)
    story.say(ADA, "pause because of it", EVE)
    assert shown(story.say(CY, "pause end", EVE)) == "safety-no-pause"
    story.say(ADA, "pause end", EVE)
    story.react(story.card("safety.pause"), BEA, "✅")
    assert not kept_out(story)
    assert to(story, EVE) == []


def test_a_pause_is_no_longer_than_the_charter_says_when_it_begins() -> None:
    story = lived()
    pause(story)
    shorter = charter(pause={"days": 2, "review_days": 1}, founders=[])
    story.record(story.event(), (Writing(Stream(KEY), CharterChanged(shorter)),))
    story.react(story.card("safety.pause"), BEA, "✅")
    story.wait(2 * DAY)
    assert EVE not in story.hall.shut_out


def test_what_nobody_confirmed_can_be_asked_again_before_the_clock_has_struck() -> None:
    story = lived()
    pause(story)
    first = story.card("safety.pause")
    story.now += 2 * DAY
    story.react(first, BEA, "✅")
    assert to(story, BEA)[-1] == "safety-second-over"
    assert isinstance(pause(story, BEA), Decision)
    story.react(story.card("safety.pause"), CY, "✅")
    story.wait(HOUR)
    assert kept_out(story)


def test_whoever_is_paused_themselves_ends_no_pause() -> None:
    story = paused()
    _by(story, BEA, CY, ADA)
    assert shown(story.say(ADA, "pause end", EVE)) == "safety-no-pause"
    story.wait(3 * DAY)
    asked = [fact.asked for fact in story.facts("PauseReviewAsked")]  # type: ignore[attr-defined]
    assert asked == [(BEA, CY), (BEA, CY)]
    assert story.react(story.card("safety.review"), ADA, "▶️") is None


def test_a_second_keyholder_can_say_so_in_words_and_the_reason_is_passed_on() -> None:
    story = lived()
    pause(story)
    assert shown(pause(story)) == "safety-pause-waits"
    story.say(BEA, "pause because you shouted", EVE)
    assert kept_out(story)
    (why,) = [say for say in story.says if say.text.id == "safety-pause-reason"]
    assert why.to == ToPerson(EVE)
    assert why.text.args["reason"] == "you shouted"
    assert shown(pause(story)) == "safety-paused-already"


def test_who_paused_can_have_the_reason_told_once() -> None:
    story = paused()
    assert to(story, ADA)[-1] == "safety-pause-tell"
    assert shown(pause(story, CY)) == "safety-paused-already"
    story.say(ADA, "pause because you shouted", EVE)
    assert to(story, EVE)[-1] == "safety-pause-reason"
    assert shown(story.say(ADA, "pause because you shouted", EVE)) == "safety-paused-already"


def test_a_paused_keyholder_has_no_key_and_gets_it_back_if_it_was_theirs() -> None:
    story = paused(CY)
    assert CY not in story.hall.keyholders
    assert shown(story.say(CY, "pause because of it", EVE)) == "safety-pause-not-yours"
    assert shown(story.say(CY, "pause end", CY)) == "safety-no-pause"
    story.wait(7 * DAY)
    assert CY in story.hall.keyholders
    story = paused(EVE)
    story.wait(7 * DAY)
    assert EVE not in story.hall.keyholders


def test_a_removal_during_a_pause_outlasts_it() -> None:
    story = lived(charter(pause={"days": 30, "review_days": 3}))
    remove(story)
    votes(story, ADA, BEA, CY, DI)
    story.wait(DAY)
    paused(EVE, story)
    story.wait(14 * DAY)
    assert kept_out(story)
    story.wait(30 * DAY)
    assert kept_out(story)
    assert story.facts("PauseEnded") == []
    assert shown(pause(story)) == "safety-removed-already"


def test_somebody_who_was_not_yet_where_they_were_invited_is_invited_there_again() -> None:
    story = lived()
    story.gesture(PARTNERS, ADA, "join")
    story.say(ADA, "invite to Partners", EVE)
    assert EVE in story.wish(PARTNERS).invited
    paused(EVE, story)
    assert kept_out(story)
    story.wait(7 * DAY)
    assert EVE in story.wish(PARTNERS).invited


# --- what is told, and what is kept --------------------------------------------------------------


def test_the_person_is_told_why_doors_are_closed_and_others_are_not() -> None:
    story = paused()
    assert "me-paused" in told(story, EVE, "!me")
    assert "me-paused" in told(story, EVE, "!why Lobby")
    assert "me-paused" not in told(story, DI, "!me")
    story = removed()
    assert "me-removed" in told(story, EVE, "!me")
    assert "me-removed" in told(story, EVE, "!why Commons")
    story = lived()
    remove(story)
    assert "me-removal-asked" in told(story, EVE, "!me")


def test_no_reason_is_kept_in_any_fact() -> None:
    story = paused()
    remove(story, BEA, DI)
    said(story, DI, "!answer of what happened")
    story.wait(40 * DAY)
    for record in story.records:
        assert "afraid" not in repr(record.fact)
        assert "happened" not in repr(record.fact)


def test_told_again_nothing_happens_twice() -> None:
    story = lived()
    first = EventId("$pause")
    story.say(ADA, "pause because of it", EVE, cause=first)
    card = story.card("safety.pause")
    story.react(card, BEA, "✅", cause=EventId("$yes"))
    before = len(story.records)
    story.react(card, BEA, "✅", cause=EventId("$yes"))
    story.react(card, CY, "✅")
    story.wait(timedelta())
    assert len(story.records) == before


def test_folding_the_records_again_gives_the_same() -> None:
    story = paused()
    remove(story, BEA, DI)
    votes(story, ADA, BEA, CY)
    story.wait(40 * DAY)
    house = Story().house
    for record in story.records:
        house = rules.evolve(house, record)
    assert house.halls[KEY] == story.hall


def test_a_hat_comes_back_unless_it_was_taken_off_meanwhile() -> None:
    story = paused(CY)
    assert story.hall.gone[f"hat:{KEYS}"][CY] == story.hall.shut_out[CY]


def test_cards_are_answered_only_by_their_own_choices() -> None:
    story = lived()
    remove(story)
    assert story.react(story.card("safety.removal"), ADA, "✅") is None
    assert story.react(Card("safety.other", "rivendell/removal/x"), ADA, "👍") is None
    assert story.react(Card("safety.removal", "rivendell/removal/x"), ADA, "👍") is None
    assert story.react(Card("safety.review", "rivendell/pause/x"), ADA, "▶️") is None


def said(story: Story, person: UserId, line: str) -> Outcome:
    """Say a line as it is typed."""
    parsed = parse(line, None, me=KEEPER, private=True)
    assert parsed is not None
    asked = Asked(person, RoomId("!chat"), None, story.event(), story.now, KEEPER)
    outcome = decide(story.house, parsed, asked)
    assert outcome is not None
    if isinstance(outcome, Decision):
        story.act(asked.cause, outcome)
    return outcome


def told(story: Story, person: UserId, line: str) -> set[str]:
    """Return the names of the sentences in an answer."""
    outcome = said(story, person, line)
    assert isinstance(outcome, Decision)
    return {name for say in outcome.says for name in _names(say)}


def _names(say: Say) -> set[str]:
    lines = say.text.args.get("lines", ())
    inner = {one.id for one in lines if hasattr(one, "id")} if isinstance(lines, tuple) else set()
    return {say.text.id, *inner}
