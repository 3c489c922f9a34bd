"""Whatever is exported and imported is the same exported again; and it gives nobody anything."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from crewhall.charter.model import Charter
from crewhall.exporting import export
from crewhall.exporting.bringing import writings
from crewhall.exporting.form import CrewKept, Export, Standing
from crewhall.ground import ids
from crewhall.ground.hall import ANYONE
from crewhall.ground.ids import CommunityKey, UserId
from crewhall.life.crews.crew import CREWS
from crewhall.testing.story import KEEPER, Story

HALL = CommunityKey("rivendell")
CHARTER = Charter.model_validate(
    {
        "key": "rivendell",
        "name": "Rivendell",
        "rungs": [{"key": "in", "name": "In"}, {"key": "deep", "name": "Deep"}],
        "hats": [{"key": "scribe", "name": "Scribe", "about": "Writes.", "holders": 1}],
        "crews": {"leaves": [{"key": "work", "name": "Work"}, {"key": "money", "name": "Money"}]},
    }
)
PEOPLE = [
    UserId(f"@{name}:{server}") for name in ("ada", "bea", "cai", "dot") for server in ("here", "there")
]
moments = st.datetimes(datetime(2020, 1, 1), datetime(2026, 1, 1)).map(lambda at: at.replace(tzinfo=UTC))  # noqa: DTZ001


def some(keys: list[str]) -> st.SearchStrategy[Mapping[str, datetime]]:
    return st.dictionaries(st.sampled_from(keys), moments).map(lambda found: dict(sorted(found.items())))


@st.composite
def exports(draw: st.DrawFn) -> Export:
    people = sorted(draw(st.sets(st.sampled_from(PEOPLE), min_size=1)))
    standings = [
        Standing(
            person=who,
            inside_since=draw(st.none() | moments),
            rungs=draw(some(["in", "deep"])),
            hats=draw(some(["keys", "scribe"])),
        )
        for who in people
    ]
    first = standings[0]
    standings[0] = first.model_copy(update={"hats": {"keys": draw(moments), **first.hats}})
    crews = [
        CrewKept(
            key=key,
            name=key.title(),
            private=draw(st.booleans()),
            listed=draw(st.booleans()),
            since=draw(moments),
            ended=draw(st.none() | st.sampled_from(["kept", "read-only", "forgotten"])),
            seats=tuple(sorted(draw(st.sets(st.sampled_from(people))))),
            leaves=tuple(sorted(draw(st.sets(st.sampled_from(["work", "money"]))))),
        )
        for key in sorted(draw(st.sets(st.sampled_from(["foxes", "owls", "wrens"]))))
    ]
    return Export(
        crewhall="1",
        at=draw(moments),
        community=HALL,
        founded=draw(moments),
        charter=CHARTER,
        charter_yaml=draw(st.text(max_size=5)),
        people=tuple(standings),
        crews=tuple(crews),
    )


def moved(told: Export) -> Story:
    story = Story()
    story.key = HALL
    story.record("import", writings(told, KEEPER))
    return story


def again(story: Story) -> Export:
    """Export, and read what was written."""
    told = export(story.house, story.records, HALL, story.now)
    return Export.model_validate_json(told.model_dump_json())


def travels(told: Export) -> Any:
    return told.founded, told.charter, told.people, told.crews


@given(exports())
def test_exported_and_imported_and_exported_it_is_the_same(told: Export) -> None:
    first = again(moved(told))
    assert travels(first) == travels(told)
    assert again(moved(first)).charter_yaml == first.charter_yaml


DEEDS = st.tuples(
    st.sampled_from(PEOPLE),
    st.sampled_from(["come", "go", "climb", "✅", "✋", "wait"]),
    st.integers(1, 24 * 30),
)


def does(story: Story, who: UserId, deed: str, hours: int) -> None:
    match deed:
        case "come" | "go":
            story.gesture(ids.root(HALL), who, "join" if deed == "come" else "leave")
        case "climb":
            for rung, people in sorted(story.hall.asked.items()):
                if who in people and rung != ANYONE:
                    story.gesture(ids.rung(HALL, rung), who, "join")
        case "wait":
            story.wait(timedelta(hours=hours))
        case word:
            if any(say.card is not None for say in story.says):
                story.react(story.card("returning.ask"), who, word)


def is_given_nothing_else(story: Story, told: Export) -> None:
    hall, stood = story.hall, {one.person: set(one.rungs) for one in told.people}
    assert story.facts("TableAgreed") or not hall.asked
    assert all(rung in {ANYONE, *stood[one]} for rung, people in hall.asked.items() for one in people)
    assert all(rung in stood[one] for rung, people in hall.standing.items() for one in people)
    assert set(hall.keyholders) <= {one.person for one in told.people if "keys" in one.hats}
    assert not any(hall.hats.values())
    assert not any(hall.leaves.values())
    assert not any(crew.seats for crew in CREWS.of(hall).all.values())


@given(exports(), st.lists(DEEDS, max_size=15))
def test_whatever_people_do_a_table_gives_nobody_more_than_it_lists(
    told: Export, deeds: list[tuple[UserId, str, int]]
) -> None:
    story = moved(told)
    for deed in deeds:
        does(story, *deed)
        is_given_nothing_else(story, told)
