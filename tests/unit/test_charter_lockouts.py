"""No charter that makes sense locks everybody out: where nobody could begin, those with the keys can."""

from typing import Any

import pytest

from crewhall.charter.model import Charter
from crewhall.charter.sense import nonsense
from crewhall.ground import ids
from crewhall.ground.ids import CommunityKey, RungKey, UserId
from crewhall.ground.ladder import stands
from crewhall.testing.story import Story, refused

ADA, BEA, CY = (UserId(f"@{name}:here") for name in ("ada", "bea", "cy"))
KEY = CommunityKey("rivendell")
A, B = RungKey("aa"), RungKey("bb")


def story(first: dict[str, Any], second: dict[str, Any]) -> Story:
    rungs = [{"key": A, "name": "Aa", "door": first}, {"key": B, "name": "Bb", "door": second}]
    charter = Charter.model_validate({"key": KEY, "name": "Rivendell", "founders": [ADA], "rungs": rungs})
    assert list(nonsense(charter)) == []
    begun = Story(charter, inside=[ADA, BEA, CY])
    for key in (A, B):  # the founder is on no rung
        begun.gesture(ids.rung(KEY, key), ADA, "leave")
    return begun


def rises(found: Story, person: UserId, rung: RungKey, *, by: UserId) -> None:
    outcome = found.say(by, f"invite to {rung}", person)
    assert refused(outcome) == ""
    assert person in found.wish(ids.rung(KEY, rung)).invited
    found.gesture(ids.rung(KEY, rung), person, "join")
    assert stands(found.hall, person, rung)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({"propose": A}, {"propose": B}),
        ({"propose": A, "vouches": {"count": 3, "of": A}}, {"propose": B, "vouches": {"count": 3, "of": B}}),
        ({"propose": A, "consent": {"of": B, "days": 9}}, {"propose": B, "consent": {"of": B, "days": 9}}),
    ],
)
def test_a_rung_whose_own_people_decide_is_begun_by_the_keyholders(first: Any, second: Any) -> None:
    found = story(first, second)
    rises(found, BEA, A, by=ADA)
    rises(found, BEA, B, by=ADA)
    assert refused(found.say(ADA, "invite to bb", CY)) == "rise-not-yours"  # now there is somebody who can


def test_rungs_that_wait_for_each_other_are_begun_by_the_keyholders() -> None:
    found = story({"propose": B}, {"propose": A})
    rises(found, BEA, A, by=ADA)
    assert refused(found.say(BEA, "invite to bb", BEA)) == "rise-not-oneself"
    rises(found, CY, A, by=ADA)
    rises(found, CY, B, by=BEA)
    rises(found, BEA, B, by=CY)
