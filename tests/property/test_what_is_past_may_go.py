"""Without the records that are past their term everything is as it was, and goes on as it would have.

Two houses are told the same: one has kept everything, the other has forgotten what was past at some moment.
Nobody comes back to what is past, nor takes back the word that has replaced a private one long since: with
that one went what it would bring back.
"""

import copy
from datetime import timedelta
from typing import Any

from house.charters import FOUNDERS, NAMES, charter
from hypothesis import given, settings
from hypothesis import strategies as st

from crewhall import house as rules
from crewhall.ground import ids
from crewhall.ground.facts import Lapsed, Recorded
from crewhall.ground.grammar import parse
from crewhall.ground.hall import House
from crewhall.ground.ids import RoomId, UserId
from crewhall.ground.matter import Terms
from crewhall.ground.talk import Asked, Decision
from crewhall.house.commands import decide
from crewhall.house.lasting import counting, past
from crewhall.life.seasons.facts import SeasonAnswered
from crewhall.testing.long import at_length
from crewhall.testing.story import KEEPER, Story

PEOPLE = [UserId(name if name.startswith("@") else f"@{name}:hall.test") for name in NAMES[:4]]
LINES = (
    *("!invite {who} to Friends", "!invite {who} to Partners", "!withdraw {who}", "!vouch for {who}"),
    *("!vouch withdraw for {who}", "!object {who} because of care", "!step down", "!season resting"),
    *("!season in", "!season lightly", "!hat offer scribe to {who}", "!hat offer greeter to {who}"),
    *("!hat object greeter {who} because no", "!hat drop scribe", "!hat understudy scribe {who}"),
    *("!hat withdraw greeter {who}", "!away from tomorrow", "!back", "!crew start Lantern {who}"),
    *("!crew ask Lantern", "!crew leave Lantern", "!crew end Lantern", "!open work in Lantern"),
    *("!close work in Lantern", "!pause {who} for 3 days because of care", "!pause end {who}"),
    *("!remove {who} because of care", "!remove withdraw {who}", "!readmit {who}"),
    *("!charter set rungs.friends.level to 10", "!charter withdraw"),
)
people = st.sampled_from(PEOPLE)
DEEDS = st.one_of(
    st.tuples(st.just("say"), people, st.sampled_from(LINES), people),
    st.tuples(st.just("react"), people, st.integers(1, 6), st.integers(0, 2)),
    st.tuples(st.just("accept"), people, st.just(0), st.just(0)),
    st.tuples(st.just("agree"), people, st.just(0), st.just(0)),
    st.tuples(st.just("go"), people, st.integers(0, 3), st.booleans()),
    st.tuples(st.just("take back"), people, st.integers(1, 8), st.just(0)),
    st.tuples(st.just("wait"), people, st.integers(1, 15), st.just(0)),
)
Deeds = list[tuple[Any, ...]]


def begun() -> Story:
    story = Story(charter("respect"), inside=PEOPLE)
    for founder in FOUNDERS:
        for rung in ("friends", "partners"):
            story.gesture(ids.rung(story.key, ids.RungKey(rung)), UserId(founder), "join")
    return story


def says(story: Story, who: UserId, line: str) -> None:
    said = parse(line, None, me=KEEPER, private=True)
    assert said is not None
    asked = Asked(who, RoomId("!chat"), None, story.event(), story.now, KEEPER)
    outcome = decide(story.house, said, asked)
    if isinstance(outcome, Decision):
        story.act(asked.cause, outcome)


def cards(story: Story, gone: frozenset[str] = frozenset()) -> list[Any]:
    """Return what can be reacted to: not what was said about a matter that is past."""
    found = dict.fromkeys(say.card for say in story.says if say.card is not None)
    return [card for card in found if card.subject.rpartition("/")[2] not in gone]


def accepts(story: Story, who: UserId) -> None:
    for key in list(rules.rooms(story.house)):
        wish = rules.wish(story.house, key)
        if wish is not None and who in wish.invited and who not in wish.unwelcome:
            story.gesture(key, who, "join")


def does(story: Story, done: tuple[Any, ...], gone: frozenset[str] = frozenset()) -> None:
    """Do it; `gone` names marks and causes of what is past, to which nobody comes back."""
    deed, who, what, other = done
    match deed:
        case "say":
            says(story, who, what.format(who=other))
        case "react" if found := cards(story, gone):
            card = found[-what % len(found)]
            story.react(card, who, card.choices[other % len(card.choices)])
        case "agree" if found := cards(story, gone):
            for one in PEOPLE:
                story.react(found[-1], one, found[-1].choices[0])
        case "accept":
            accepts(story, who)
        case "go":
            places = [key for key in rules.rooms(story.house) if ids.hall_of(key) == story.key]
            story.gesture(places[what % len(places)], who, "leave" if other else "join")
        case "take back":
            causes = list(dict.fromkeys(r.cause for r in story.records if r.cause.startswith("$")))
            causes = [cause for cause in causes if cause not in gone]
            story.take_back(causes[-what % len(causes)], who)
        case "wait":
            story.wait(timedelta(days=what))


def forgetful(story: Story, gone: frozenset[int], house: House) -> Story:
    """The same story in a house that has forgotten."""
    other = copy.copy(story)
    other.house, other.says, other._causes = house, list(story.says), set(story._causes)
    other.records = [
        r if r.seq not in gone else type(r)(r.seq, r.stream, r.version, r.cause, r.at, Lapsed())
        for r in story.records
    ]
    return other


def replaces(record: Recorded, went: list[Recorded]) -> bool:
    """Return whether a private answer came after one of the same person's that is past."""
    before = [r.fact.person for r in went if isinstance(r.fact, SeasonAnswered) and r.seq < record.seq]
    return getattr(record.fact, "person", None) in before


def seen(story: Story) -> Any:
    """Everything that can be seen of a house from outside."""
    house, hall, now = story.house, story.hall, story.now
    keys = list(rules.rooms(house))
    told = [
        [line for one in rules.CAPABILITIES for line in (*one.me(hall, who), *one.why(hall, who, key))]
        for who in PEOPLE
        for key in keys
    ]
    ails = [ailment for one in rules.CAPABILITIES for ailment in one.ails(hall, now)]
    return [(key, rules.wish(house, key)) for key in keys], told, list(rules.due(house, now)), ails


@given(st.lists(DEEDS, min_size=15, max_size=50), st.lists(DEEDS, max_size=12), st.integers(0, 9))
@settings(max_examples=at_length(80), deadline=None)
def test_all_goes_on_as_if_nothing_had_been_forgotten(before: Deeds, after: Deeds, weeks: int) -> None:
    story = begun()
    for deed in before:
        does(story, deed)
    for _ in range(weeks):
        story.wait(timedelta(days=7))
    found = past(story.records, Terms(), story.now)
    assert counting(found.house, story.now) == counting(story.house, story.now)
    other = forgetful(story, found.records, found.house)
    assert seen(other) == seen(story)
    went = [r for r in story.records if r.seq in found.records]
    gone = frozenset({r.cause for r in went} | {str(getattr(r.fact, "mark", "")) for r in went})
    gone |= {r.cause for r in story.records if isinstance(r.fact, SeasonAnswered) and replaces(r, went)}
    again = past(other.records, Terms(), story.now)
    assert again.records == frozenset()
    for deed in after:
        had, known = len(story.records), len(story.says)
        does(story, deed, gone)
        does(other, deed, gone)
        assert [(r.cause, r.fact) for r in other.records[had:]] == [
            (r.cause, r.fact) for r in story.records[had:]
        ]
        assert other.says[known:] == story.says[known:], deed
    assert seen(other) == seen(story)
