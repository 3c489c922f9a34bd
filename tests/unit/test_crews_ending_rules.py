"""Promises of a crew's end: its members choose, the mildest answer counts, ended stays ended."""

from datetime import timedelta

import pytest

from crewhall.charter.model import Charter
from crewhall.ground import ids
from crewhall.ground.ids import CommunityKey, CrewKey, UserId
from crewhall.ground.talk import Decision, ToPerson, ToRoom
from crewhall.testing.story import Story, refused

ADA, BEA, CY, DI = (UserId(f"@{name}:here") for name in ("ada", "bea", "cy", "di"))
KEY = CommunityKey("rivendell")
LANTERN = ids.crew_room(KEY, CrewKey("lantern"))
WAYS = {"kept": "🏠", "read-only": "🔒", "forgotten": "🍂"}


def _lantern(*people: UserId, **crews: object) -> Story:
    charter = Charter.model_validate({"key": "rivendell", "name": "Rivendell", "crews": crews})
    story = Story(charter, inside=(ADA, BEA, CY, DI))
    story.say(people[0], "crew start Lantern", *people[1:])
    for person in people:
        story.gesture(LANTERN, person, "join")
    return story


def _how(story: Story) -> list[str]:
    return [fact.how for fact in story.facts("CrewEnded")]  # type: ignore[attr-defined]  # CrewEnded


@pytest.mark.parametrize(
    ("line", "how"), [("", "kept"), ("read-only", "read-only"), ("Lantern forgotten", "forgotten")]
)
def test_who_is_alone_ends_it_at_once(line: str, how: str) -> None:
    story = _lantern(ADA)
    story.say(ADA, f"crew end {line}")
    assert _how(story) == [how]


def test_a_kept_room_is_off_the_list_and_left_to_its_people() -> None:
    story = _lantern(ADA)
    story.say(ADA, "crew end")
    wish = story.wish(LANTERN)
    assert (wish.listing, wish.only, wish.closed) == (None, None, False)
    assert wish.powers.events_default == 0


def test_in_a_read_only_room_nothing_is_added() -> None:
    story = _lantern(ADA)
    story.say(ADA, "crew end read-only")
    powers = story.wish(LANTERN).powers
    assert powers.events_default == 100
    assert powers.events["m.reaction"] == 100
    assert powers.invite == 100


def test_a_forgotten_room_is_closed_by_decision() -> None:
    story = _lantern(ADA)
    story.say(ADA, "crew end forgotten")
    assert story.wish(LANTERN).closed
    assert story.wish(LANTERN).decided


@pytest.mark.parametrize(
    ("said", "ends"),
    [
        (("forgotten", "forgotten", "forgotten"), "forgotten"),
        (("forgotten", "read-only", "forgotten"), "read-only"),
        (("forgotten", "read-only", "kept"), "kept"),
    ],
)
def test_when_all_have_answered_the_mildest_answer_counts(said: tuple[str, ...], ends: str) -> None:
    story = _lantern(ADA, BEA, CY)
    story.say(ADA, "crew end")
    for person, how in zip((ADA, BEA, CY), said, strict=True):
        assert _how(story) == []
        story.react(story.card("crews.end"), person, WAYS[how])
    assert _how(story) == [ends]


def test_silence_counts_as_kept_and_time_ends_it_once() -> None:
    story = _lantern(ADA, BEA, CY, ending_days=5)
    story.say(ADA, "crew end Lantern forgotten")
    story.react(story.card("crews.end"), BEA, "🍂")
    story.wait(timedelta(days=4, hours=23))
    assert _how(story) == []
    story.wait(timedelta(hours=1))
    story.wait(timedelta(days=9))
    assert _how(story) == ["kept"]


def test_each_member_of_a_private_crew_is_asked_privately_and_an_open_one_in_its_room() -> None:
    story = _lantern(ADA, BEA)
    story.say(ADA, "crew end")
    assert [say.to for say in story.says if say.card] == [ToPerson(ADA), ToPerson(BEA)]
    story = _lantern(ADA, BEA, open=True)
    story.say(ADA, "crew end", place=LANTERN)
    assert [say.to for say in story.says if say.card] == [ToRoom(LANTERN)]


def test_the_cards_tell_the_outcome() -> None:
    story = _lantern(ADA, BEA)
    story.say(ADA, "crew end kept")
    story.react(story.card("crews.end"), BEA, "🍂")
    told = [(say.to, say.text.id, say.card) for say in story.says[-2:]]
    card = story.card("crews.end")
    assert told == [(ToPerson(ADA), "crew-ended-kept", card), (ToPerson(BEA), "crew-ended-kept", card)]


def test_asking_for_the_end_again_changes_nothing_and_tells_how_it_stands() -> None:
    story = _lantern(ADA, BEA, CY)
    story.say(ADA, "crew end")
    before = len(story.records)
    outcome = story.say(BEA, "crew end")
    assert isinstance(outcome, Decision)
    assert len(story.records) == before
    assert outcome.says[0].text.args["answered"] == 0
    story.say(BEA, "crew end read-only")
    assert story.says[-1].text.args["answered"] == 1


def test_an_answer_may_be_changed_until_it_counts() -> None:
    story = _lantern(ADA, BEA)
    story.say(ADA, "crew end forgotten")
    card, first = story.card("crews.end"), story.event()
    story.react(card, ADA, "🔒", cause=first)
    story.react(card, ADA, "🍂")
    story.take_back(first, ADA)  # not what holds now
    story.react(card, BEA, "🍂")
    assert _how(story) == ["forgotten"]


def test_deleting_an_answer_takes_it_back() -> None:
    story = _lantern(ADA, BEA)
    story.say(ADA, "crew end")
    card, cause = story.card("crews.end"), story.event()
    story.react(card, ADA, "🍂", cause=cause)
    story.take_back(cause, ADA)
    story.react(card, BEA, "🍂")
    assert _how(story) == []


def test_deleting_the_question_takes_it_back() -> None:
    story = _lantern(ADA, BEA)
    cause = story.event()
    story.say(ADA, "crew end forgotten", cause=cause)
    card = story.card("crews.end")
    story.take_back(cause, ADA)
    assert story.told()[-1] == "crew-end-withdrawn"
    assert story.react(card, BEA, "🍂") is None
    story.wait(timedelta(days=30))
    assert _how(story) == []


def test_who_leaves_is_not_waited_for() -> None:
    story = _lantern(ADA, BEA, CY)
    story.say(ADA, "crew end forgotten")
    story.react(story.card("crews.end"), BEA, "🍂")
    story.gesture(LANTERN, CY, "leave")
    story.wait(timedelta(minutes=1))
    assert _how(story) == ["forgotten"]


def test_who_comes_meanwhile_is_asked_too() -> None:
    story = _lantern(ADA, BEA)
    story.say(ADA, "crew invite Lantern", CY)
    story.say(ADA, "crew end forgotten")
    story.gesture(LANTERN, CY, "join")
    assert (story.says[-1].to, story.says[-1].card) == (ToPerson(CY), story.card("crews.end"))
    story.react(story.card("crews.end"), BEA, "🍂")
    assert _how(story) == []


def test_who_waits_for_a_seat_is_told_of_the_end() -> None:
    story = _lantern(ADA)
    story.say(BEA, "crew ask Lantern")
    story.say(ADA, "crew end")
    assert any(say.to == ToPerson(BEA) and say.text.id == "crew-is-over" for say in story.says)


@pytest.mark.parametrize("how", ["kept", "read-only", "forgotten"])
def test_ended_stays_ended(how: str) -> None:
    story = _lantern(ADA)
    story.say(ADA, f"crew end {how}")
    before = len(story.records)
    for membership in ("join", "leave", "invite", "knock", "ban"):
        story.gesture(LANTERN, BEA, membership, by=ADA)
        story.gesture(LANTERN, ADA, membership)
    assert refused(story.say(BEA, "crew ask Lantern")) == "crew-unknown"
    assert refused(story.say(ADA, "crew invite", BEA, place=LANTERN)) == "crew-is-over"
    story.wait(timedelta(days=99))
    assert len(story.records) == before
    assert story.wish(LANTERN).invited == ()


def test_only_those_with_a_seat_end_a_crew() -> None:
    story = _lantern(ADA)
    assert refused(story.say(BEA, "crew end Lantern")) == "crew-members-only"
