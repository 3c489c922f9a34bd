"""Standing holds on in another hall if its keyholders say yes to the table, and people come by themselves."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from crewhall import house as rules
from crewhall.charter.model import Charter
from crewhall.exporting import export
from crewhall.exporting.bringing import writings
from crewhall.exporting.form import CrewKept, Export, Standing
from crewhall.ground import ids
from crewhall.ground.hall import ANYONE
from crewhall.ground.ids import RungKey, UserId
from crewhall.ground.talk import Card, ToPerson
from crewhall.life.returning.table import ANSWERED_WITHIN, HOLDS, RETURNING
from crewhall.testing.story import KEEPER, Story
from crewhall.text import render

THEN = datetime(2024, 2, 3, 12, tzinfo=UTC)
ADA, BEA, CAI, DOT, EVE = (UserId(f"@{name}:here") for name in ("ada", "bea", "cai", "dot", "eve"))
IN, DEEP = RungKey("in"), RungKey("deep")
RULE = {"propose": "in", "vouches": {"count": 1, "of": "in"}}
CHARTER: dict[str, Any] = {
    "key": "rivendell",
    "name": "Rivendell",
    "door": {"join": "public"},
    "rungs": [
        {"key": "in", "name": "In", "door": {**RULE, "propose": "anyone"}},
        {"key": "deep", "name": "Deep", "door": RULE},
    ],
    "hats": [{"key": "scribe", "name": "Scribe", "about": "Writes.", "holders": 1}],
}


def person(who: UserId, *rungs: str, hats: tuple[str, ...] = ()) -> Standing:
    return Standing(
        person=who,
        inside_since=THEN,
        rungs=dict.fromkeys(rungs, THEN + timedelta(days=1)),
        hats=dict.fromkeys(hats, THEN),
    )


def exported(**charter: Any) -> Export:
    held = Charter.model_validate({**CHARTER, **charter})
    return Export(
        crewhall="1",
        at=THEN + timedelta(days=400),
        community="rivendell",
        founded=THEN,
        charter=held,
        charter_yaml="",
        people=(
            person(ADA, "in", hats=("keys",)),
            person(BEA, "in", "deep", hats=("keys", "scribe")),
            person(CAI, "in", "deep"),
            person(DOT),
        ),
        crews=(
            CrewKept(
                key="owls", name="Owls", private=False, listed=True, since=THEN, seats=(BEA, CAI), leaves=()
            ),
        ),
    )


def moved(**charter: Any) -> Story:
    """A story that begins with an import."""
    story = Story()
    story.key = ids.CommunityKey("rivendell")
    story.record("import:rivendell", writings(exported(**charter), KEEPER))
    return story


def comes(story: Story, *people: UserId) -> None:
    for one in people:
        story.gesture(ids.root(story.key), one, "join")


def passes(story: Story, span: timedelta = timedelta(minutes=1)) -> None:
    story.wait(span)


def card(story: Story, who: UserId) -> Card:
    return next(s.card for s in reversed(story.says) if s.to == ToPerson(who) and s.card is not None)


def agreed(story: Story) -> None:
    comes(story, ADA, BEA)
    passes(story)
    for one in (ADA, BEA):
        story.react(card(story, one), one, "✅")


def asked(story: Story, who: UserId) -> set[str]:
    return {rung for rung, people in story.hall.asked.items() if who in people}


def heard(story: Story, who: UserId) -> list[str]:
    return [s.text.id for s in story.says if s.to == ToPerson(who)]


def test_without_the_keyholders_yes_nobody_is_asked_on_to_a_rung() -> None:
    story = moved()
    comes(story, CAI)
    passes(story)
    assert asked(story, CAI) == set()
    comes(story, ADA, BEA)
    passes(story)
    story.react(card(story, ADA), ADA, "✅")
    passes(story)
    assert asked(story, CAI) == set()


def test_with_the_yes_of_two_who_is_inside_is_asked_back_and_who_comes_later_at_once() -> None:
    story = moved()
    comes(story, DOT, CAI)
    agreed(story)
    passes(story)
    assert asked(story, CAI) == {IN, DEEP}
    assert asked(story, DOT) == set()
    assert "returning-asked" in heard(story, CAI)
    story.gesture(ids.rung(story.key, IN), CAI, "join")
    assert story.hall.standing[IN][CAI].since == THEN + timedelta(days=1)
    assert CAI not in story.hall.standing.get(DEEP, ())
    later = moved()
    agreed(later)
    comes(later, CAI)
    assert asked(later, CAI) == {IN, DEEP}


def test_who_is_listed_but_does_not_come_is_nowhere() -> None:
    story = moved()
    agreed(story)
    passes(story, timedelta(days=30))
    assert asked(story, CAI) == set()
    assert CAI not in story.hall.inside
    assert not [one for one in heard(story, CAI) if one.startswith("returning")]


def test_who_is_not_listed_goes_by_the_rule() -> None:
    story = moved()
    agreed(story)
    comes(story, EVE)
    passes(story)
    assert asked(story, EVE) == set()


def test_the_table_gives_no_keys_and_no_hats() -> None:
    story = moved()
    agreed(story)
    comes(story, CAI, DOT)
    passes(story)
    assert set(story.hall.keyholders) == {ADA, BEA}
    assert not any(story.hall.hats.values())


def test_a_no_holds_the_table_up_until_it_is_taken_back() -> None:
    story = moved()
    comes(story, ADA, BEA, CAI)
    passes(story)
    no = story.event()
    story.react(card(story, ADA), ADA, "✋", cause=no)
    story.react(card(story, BEA), BEA, "✅")
    passes(story)
    assert asked(story, CAI) == set()
    story.take_back(no, ADA)
    story.react(card(story, ADA), ADA, "✅")
    passes(story)
    assert asked(story, CAI) == {IN, DEEP}


def test_a_yes_of_somebody_without_keys_counts_for_nothing() -> None:
    story = moved()
    comes(story, ADA, BEA, CAI)
    passes(story)
    story.react(card(story, ADA), ADA, "✅")
    story.react(card(story, ADA), CAI, "✅")
    assert not story.hall.asked.get(IN)
    assert heard(story, CAI)[-1] == "returning-not-yours"


def test_a_lone_keyholder_is_enough_where_there_is_no_other() -> None:
    told = exported()
    alone = told.model_copy(update={"people": tuple(p for p in told.people if p.person != BEA)})
    story = Story()
    story.key = ids.CommunityKey("rivendell")
    story.record("import", writings(alone, KEEPER))
    comes(story, ADA, CAI)
    passes(story)
    story.react(card(story, ADA), ADA, "✅")
    passes(story)
    assert asked(story, CAI) == {IN, DEEP}


@pytest.mark.parametrize("answered", [False, True])
def test_a_table_is_over_in_time(*, answered: bool) -> None:
    story = moved()
    if answered:
        agreed(story)
    passes(story, HOLDS if answered else ANSWERED_WITHIN)
    assert RETURNING.of(story.hall).table is None
    comes(story, CAI)
    passes(story)
    assert asked(story, CAI) == set()


def test_who_steps_down_here_is_not_asked_again() -> None:
    story = moved()
    agreed(story)
    comes(story, CAI)
    story.gesture(ids.rung(story.key, DEEP), CAI, "leave")
    passes(story, timedelta(days=1))
    assert asked(story, CAI) == {IN}


def test_where_one_cannot_simply_enter_those_who_were_inside_are_asked_in() -> None:
    story = moved(door={"join": "invite"})
    agreed(story)
    assert asked(story, CAI) == {ANYONE}
    assert asked(story, DOT) == {ANYONE}
    story.gesture(ids.root(story.key), DOT, "leave")
    assert asked(story, DOT) == set()
    assert DOT in story.hall.left


def test_crews_hold_their_seats_and_nobody_has_one_yet() -> None:
    wish = rules.wish(moved().house, ids.crew_room(ids.CommunityKey("rivendell"), ids.CrewKey("owls")))
    assert wish is not None
    assert set(wish.invited) == {BEA, CAI}


def test_me_tells_by_whose_yes_one_stands() -> None:
    story = moved()
    agreed(story)
    comes(story, CAI)
    waits = [line.id for one in rules.CAPABILITIES for line in one.me(story.hall, CAI)]
    assert waits.count("returning-waits") == 2
    story.gesture(ids.rung(story.key, IN), CAI, "join")
    stands = [line.id for one in rules.CAPABILITIES for line in one.me(story.hall, CAI)]
    assert "returning-consent" in stands


def test_the_card_names_everybody_and_says_what_a_yes_means() -> None:
    story = moved()
    comes(story, ADA)
    passes(story)
    text = next(s.text for s in story.says if s.card is not None and s.to == ToPerson(ADA))
    told = render(text, story.house.rooms, "here").plain
    for part in ("Rivendell", "In: @ada:here, @bea:here and @cai:here", "One more person", "gives no keys"):
        assert part in told, told


def test_exported_again_it_is_the_same() -> None:
    story = moved()
    told = export(story.house, story.records, story.key, story.now)
    before = exported()
    assert (told.people, told.crews, told.founded) == (before.people, before.crews, before.founded)
    agreed(story)
    comes(story, CAI)
    for rung in (IN, DEEP):
        story.gesture(ids.rung(story.key, rung), CAI, "join")
    after = export(story.house, story.records, story.key, story.now)
    (cai,) = (one for one in after.people if one.person == CAI)
    assert cai.rungs == before.people[2].rungs
    assert cai.inside_since == story.hall.inside[CAI].since
