"""What is past its term goes, and what binds stays: one short story for each kind of matter."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from crewhall.charter.model import Charter
from crewhall.exporting import export
from crewhall.ground import ids
from crewhall.ground.facts import Lapsed, Stream, Writing
from crewhall.ground.ids import CommunityKey, CrewKey, UserId
from crewhall.ground.matter import Terms
from crewhall.house.lasting import past
from crewhall.life.community.facts import Retired
from crewhall.testing.story import Story

ADA, BEA, CAI, DOT = (UserId(f"@{name}:here") for name in ("ada", "bea", "cai", "dot"))
CHARTER: dict[str, Any] = {
    "key": "rivendell",
    "name": "Rivendell",
    "founders": [ADA, BEA],
    "door": {"join": "public"},
    "rungs": [
        {"key": "in", "name": "In", "door": {"propose": "anyone", "vouches": {"count": 1, "of": "anyone"}}}
    ],
    "hats": [{"key": "scribe", "name": "Scribe", "about": "Writes.", "holders": 1}],
    "removal": {"propose": "anyone", "of": "anyone", "share": 100, "days": 5},
    "renewal": {"of": "anyone"},
    "crews": {"open": True},
}
MONTH = timedelta(days=31)


def begun() -> Story:
    story = Story(Charter.model_validate(CHARTER), inside=(ADA, BEA, CAI, DOT))
    story.gesture(ids.rung(story.key, ids.RungKey("in")), ADA, "join")
    return story


def goes(story: Story, terms: Terms | None = None) -> list[str]:
    """The kinds of what would go now, in order."""
    gone = past(story.records, terms or Terms(), story.now).records
    return [type(r.fact).__name__ for r in story.records if r.seq in gone]


def waits(story: Story, span: timedelta) -> None:
    for _ in range(max(1, span.days)):
        story.wait(min(span, timedelta(days=1)))


def test_a_private_answer_goes_a_day_after_a_newer_one_and_the_last_one_stays() -> None:
    story = begun()
    story.say(ADA, "season resting")
    waits(story, timedelta(days=40))
    assert goes(story) == []
    story.say(ADA, "season in")
    assert goes(story) == []
    waits(story, timedelta(days=2))
    assert goes(story) == ["SeasonAnswered"]


def test_a_proposal_that_came_to_nothing_goes_a_month_later() -> None:
    story = begun()
    story.say(ADA, "invite to In", CAI)
    story.say(ADA, "withdraw", CAI)
    waits(story, timedelta(days=29))
    assert goes(story) == []
    waits(story, timedelta(days=3))
    assert goes(story) == ["Proposed", "ProposalWithdrawn"]


def test_a_consent_stays_as_long_as_somebody_stands_by_it() -> None:
    story = begun()
    story.say(ADA, "invite to In", CAI)
    story.say(BEA, "vouch", CAI)
    waits(story, timedelta(minutes=5))
    story.gesture(ids.rung(story.key, ids.RungKey("in")), CAI, "join")
    assert story.facts("InvitationGiven")
    waits(story, 12 * MONTH)
    assert not {"Proposed", "Vouched", "InvitationGiven"} & set(goes(story))


def test_who_said_what_to_a_removal_goes_once_it_can_be_asked_again() -> None:
    story = begun()
    story.say(ADA, "remove because of care", DOT)
    story.react(story.card("safety.removal"), BEA, "👎")
    waits(story, timedelta(days=12))
    assert story.facts("RemovalRefused")
    assert goes(story) == []  # the rule looks back at it
    waits(story, MONTH)
    assert goes(story) == ["RemovalAsked", "RemovalSaid", "RemovalRefused"]


def test_an_ask_for_a_seat_goes_and_the_seat_and_by_whose_yes_stay() -> None:
    story = begun()
    story.say(ADA, "crew start Owls", BEA)
    for one in (ADA, BEA):
        story.gesture(ids.crew_room(story.key, CrewKey("owls")), one, "join")
    story.say(CAI, "crew ask Owls")
    for one in (ADA, BEA):
        story.react(story.card("crews.ask"), one, "👍")
    waits(story, timedelta(minutes=5))
    story.gesture(ids.crew_room(story.key, CrewKey("owls")), CAI, "join")
    waits(story, MONTH)
    gone = goes(story)
    assert set(gone) == {"SeatAsked", "AskAnswered"}
    assert story.facts("SeatAdmitted")


def test_terms_are_the_operators() -> None:
    story = begun()
    story.say(ADA, "season resting")
    story.say(ADA, "season in")
    waits(story, timedelta(days=5))
    assert goes(story, Terms(private=timedelta(days=9))) == []
    assert goes(story, Terms(private=timedelta(hours=1))) == ["SeasonAnswered"]


def test_of_a_community_that_retired_only_that_stays() -> None:
    story = begun()
    story.say(ADA, "crew start Owls", BEA)
    story.record("retire", [Writing(Stream("rivendell"), Retired((ADA, BEA)))])
    assert goes(story) == []
    story.now += MONTH
    assert len(goes(story)) == len(story.records) - 1
    house = past(story.records, Terms(), story.now).house
    assert house.versions == story.house.versions
    assert CommunityKey("rivendell") not in house.halls


def test_an_export_tells_nothing_of_what_is_gone() -> None:
    story = begun()
    story.say(ADA, "season resting")
    story.say(ADA, "season in")
    waits(story, timedelta(days=5))
    found = past(story.records, Terms(), story.now)
    left = [replace(r, fact=Lapsed()) if r.seq in found.records else r for r in story.records]
    told = [one.kind for one in export(found.house, left, story.key, story.now).decisions]
    assert "Lapsed" not in told
    assert told.count("SeasonAnswered") == 1
