"""Promises of standing: being in a rung's space is the standing, learned from gestures."""

from datetime import timedelta

import pytest

from crewhall import house as rules
from crewhall.charter.model import Charter
from crewhall.ground import ids
from crewhall.ground.ids import CommunityKey, EventId, RoomKey, RungKey, UserId
from crewhall.ground.rooms import Membership
from crewhall.testing.story import KEEPER, Story

ADA, BEA = UserId("@ada:here"), UserId("@bea:here")
KEY = CommunityKey("rivendell")
CHARTER = Charter.model_validate(
    {
        "key": "rivendell",
        "name": "Rivendell",
        "founders": [ADA],
        "places": [{"key": "lobby", "name": "Lobby"}],
        "rungs": [
            {"key": "friends", "name": "Friends", "rooms": [{"key": "commons", "name": "Commons"}]},
            {"key": "partners", "name": "Partners", "asks": "Carry a share."},
        ],
    }
)
ROOT, FRIENDS = ids.root(KEY), ids.rung(KEY, RungKey("friends"))
COMMONS = ids.rung_room(KEY, RungKey("friends"), "commons")


def test_an_invitation_is_no_standing_and_accepting_it_is() -> None:
    story = Story(CHARTER)
    story.gesture(FRIENDS, BEA, "invite", by=ADA)
    assert story.hall.rung_of(BEA) is None
    story.gesture(FRIENDS, BEA, "join")
    assert story.hall.rung_of(BEA) == "friends"


@pytest.mark.parametrize("how", ["leave", "ban"])
def test_leaving_and_being_put_out_both_end_standing(how: Membership) -> None:
    story = Story(CHARTER)
    story.gesture(FRIENDS, BEA, "join")
    story.gesture(FRIENDS, BEA, how, by=ADA)
    assert story.hall.rung_of(BEA) is None


def test_declining_leaves_no_trace() -> None:
    story = Story(CHARTER)
    before = len(story.records)
    story.gesture(FRIENDS, BEA, "invite", by=ADA)
    story.gesture(FRIENDS, BEA, "leave")
    assert len(story.records) == before


@pytest.mark.parametrize("place", [ROOT, FRIENDS])
def test_a_gesture_told_again_means_nothing_new(place: RoomKey) -> None:
    story = Story(CHARTER)
    told: list[tuple[Membership, EventId]] = []
    for membership in ("join", "leave", "join"):
        cause = story.event()
        told.append((membership, cause))
        story.gesture(place, BEA, membership, cause=cause)
        for old, again in told:
            assert story.gesture(place, BEA, old, cause=again) == ()
    assert len(story.records) == 4


def test_the_keepers_own_coming_means_nothing() -> None:
    story = Story(CHARTER)
    assert story.gesture(ROOT, KEEPER, "join") == ()


def test_a_change_of_standing_has_the_rooms_looked_at_whose_doors_it_moves() -> None:
    story = Story(CHARTER, inside=[BEA])
    story.gesture(FRIENDS, BEA, "join")
    story.gesture(FRIENDS, BEA, "leave")
    assert COMMONS in rules.touched(story.house, story.records[-1])
    story.gesture(ROOT, BEA, "leave")
    assert ids.place(KEY, "lobby") in rules.touched(story.house, story.records[-1])


def _me(story: Story, person: UserId) -> list[str]:
    return [s.id for c in rules.CAPABILITIES for s in c.me(story.hall, person)]


def _why(story: Story, person: UserId, place: RoomKey) -> list[str]:
    return [s.id for c in rules.CAPABILITIES for s in c.why(story.hall, person, place)]


def test_me_says_where_i_stand_what_it_opens_and_what_may_come_next() -> None:
    story = Story(CHARTER, inside=[ADA, BEA])
    assert _me(story, BEA) == ["me-inside", "me-opens", "me-next"]
    story.gesture(FRIENDS, BEA, "join")
    assert _me(story, BEA) == ["me-inside", "me-rung", "me-opens", "me-next", "me-next-asks"]
    assert _me(story, ADA) == ["me-inside", "me-keyholder", "me-opens", "me-next", "me-hat"]
    story.gesture(ROOT, BEA, "leave")
    assert _me(story, BEA)[0] == "me-left"
    assert _me(story, UserId("@new:here")) == ["me-outside"]


@pytest.mark.parametrize(
    ("place", "outside", "friend"),
    [
        (ROOT, ["why-door-invite"], ["why-inside", "why-door-invite"]),
        (ids.place(KEY, "lobby"), ["why-place-closed"], ["why-place-open"]),
        (ids.crews_space(KEY), ["why-place-closed"], ["why-place-open"]),
        (FRIENDS, ["why-rung-closed"], ["why-rung-stands"]),
        (COMMONS, ["why-rung-room-closed"], ["why-rung-room-open"]),
        (ids.rung(KEY, RungKey("partners")), ["why-rung-closed"], ["why-rung-closed"]),
        (ids.place(KEY, "nowhere"), [], []),
    ],
)
def test_why_tells_the_reason_from_the_ledger(place: RoomKey, outside: list[str], friend: list[str]) -> None:
    story = Story(CHARTER, inside=[BEA])
    story.gesture(FRIENDS, BEA, "join")
    assert _why(story, UserId("@new:here"), place) == outside
    assert _why(story, BEA, place) == friend


@pytest.mark.parametrize("rung", ["", "friends"])
def test_who_went_and_is_asked_again_can_decline_again(rung: str) -> None:
    """Asked again by the rule after having been out: a no is a no, and the keeper asks no more."""
    rules_of_both = {
        "door": {"rule": {"propose": "keyholders"}},
        "rungs": [{"key": "friends", "name": "Friends", "door": {"propose": "keyholders"}}],
    }
    story = Story(
        Charter.model_validate({**CHARTER.model_dump(), **rules_of_both, "founders": [ADA]}), inside=[ADA]
    )
    place = ids.rung(KEY, RungKey(rung)) if rung else ROOT
    story.say(ADA, "invite to Rivendell", BEA)
    story.gesture(ROOT, BEA, "join")
    if rung:
        story.say(ADA, "invite to friends", BEA)
        story.gesture(place, BEA, "join")
    story.gesture(place, BEA, "leave")
    story.wait(timedelta(days=40))
    story.say(ADA, f"invite to {rung or 'Rivendell'}", BEA)
    assert BEA in story.wish(place).invited
    story.gesture(place, BEA, "leave")
    assert BEA not in story.wish(place).invited
