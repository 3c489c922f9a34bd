"""Whatever people do and whenever the service runs: nobody is asked twice, in the quiet days, or too often.

What is true of every step is worked out again from the facts alone, by a reading of the rule that shares
nothing with the code that decides.
"""

from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from immutables import Map

from crewhall import house as rules
from crewhall.charter.model import Charter
from crewhall.ground import ids
from crewhall.ground.charters import CharterChanged
from crewhall.ground.facts import Recorded, Stream, Writing
from crewhall.ground.hall import House
from crewhall.ground.ids import CommunityKey, RungKey, UserId
from crewhall.ground.rooms import Membership
from crewhall.ground.talk import ToPerson
from crewhall.life.seasons.facts import RenewalAsked, Rested, SeasonAnswered, SeasonAsked, SeasonUnanswered
from crewhall.life.standing.facts import Arrived, LeftRung, Stood
from crewhall.testing.long import at_length
from crewhall.testing.story import Story

KEY = CommunityKey("rivendell")
PEOPLE = [UserId(f"@{name}:here") for name in ("ada", "bea", "cy")]
SPACES = (ids.root(KEY), ids.rung(KEY, RungKey("friends")), ids.rung(KEY, RungKey("partners")))
DAY = timedelta(days=1)
people = st.sampled_from(PEOPLE)
renewals = st.fixed_dictionaries(
    {"first_months": st.integers(1, 3), "then_months": st.integers(1, 4), "answer_days": st.integers(3, 16)},
    optional={"of": st.just("partners")},
)
years = st.fixed_dictionaries(
    {
        "starts": st.sampled_from(
            (["06-01"], ["07-15", "01-15"], ["05-28", "07-28", "09-28", "11-28", "01-28", "03-28"])
        ),
        "gap_days": st.sampled_from([0, 7, 14, 28]),
        "spread_days": st.integers(1, 14),
    }
)


def charter(renewal: object, year: object, zone: str) -> Charter:
    rungs = [{"key": key, "name": key.title(), "level": 10} for key in ("friends", "partners")]
    base = {"key": "rivendell", "name": "Rivendell", "rungs": rungs, "calendar": {"zone": zone}}
    return Charter.model_validate({**base, "renewal": renewal, "seasons": year})


@dataclass
class Life:
    """One person's, as the facts tell it: questions since the last yes, each with the charter of the day."""

    yes: dict[str, datetime] = field(default_factory=dict)
    asks: list[datetime] = field(default_factory=list)
    told: list[datetime] = field(default_factory=list)
    seasons: list[date] = field(default_factory=list)
    stood: dict[str, str] = field(default_factory=dict)

    def since_yes(self) -> list[datetime]:
        last = max(self.yes.values())
        return [at for at in self.asks if at > last]


class Asking(RuleBasedStateMachine):
    """Three people and their answers; time passes with the service up or down, and the charter changes."""

    def __init__(self) -> None:
        super().__init__()
        self.story = Story(charter(None, None, "UTC"))
        self.zone = "UTC"

    @initialize(
        renewal=renewals, year=years, zone=st.sampled_from(["UTC", "Pacific/Auckland", "America/Lima"])
    )
    def start(self, renewal: object, year: object, zone: str) -> None:
        self.zone = zone
        self.story = Story(charter(renewal, year, zone), inside=PEOPLE)
        for person in PEOPLE:
            self.story.gesture(SPACES[1], person, "join")

    @rule(days=st.integers(1, 90), hours=st.integers(1, 5))
    def time_passes(self, days: int, hours: int) -> None:
        for _ in range(days * 24 // hours):
            self.story.wait(timedelta(hours=hours))

    @rule(days=st.integers(1, 150), minutes=st.integers(0, 1_440))
    def the_service_is_down(self, days: int, minutes: int) -> None:
        self.story.now += timedelta(days=days, minutes=minutes)
        self.story.wait(timedelta())

    @rule()
    def it_starts_again(self) -> None:
        before, house = self.story.house, House()
        for recorded in self.story.records:
            house = rules.evolve(house, recorded)
        assert house == before
        self.story.house = house

    @rule(renewal=st.none() | renewals, year=st.none() | years)
    def the_charter_changes(self, renewal: object, year: object) -> None:
        changed = CharterChanged(charter(renewal, year, self.zone))
        self.story.record(self.story.event(), (Writing(Stream(KEY), changed),))

    @rule(person=people, choice=st.sampled_from("🌿🍃💤👋"), back=st.integers(0, 2))
    def somebody_reacts(self, person: UserId, choice: str, back: int) -> None:
        cards = [say.card for say in self.story.says if say.card and say.to == ToPerson(person)]
        if cards:
            self.story.react(cards[-1 - back % len(cards)], person, choice)

    @rule(person=people, word=st.sampled_from(["in", "lightly", "resting"]))
    def somebody_says(self, person: UserId, word: str) -> None:
        self.story.say(person, f"season {word}")

    @rule(person=people, back=st.integers(1, 3))
    def somebody_takes_a_word_back(self, person: UserId, back: int) -> None:
        said = [r for r in self.story.records if r.fact in _words(person)]
        if said:
            self.story.take_back(said[-1 - back % len(said)].cause, person)

    @rule(person=people, space=st.sampled_from(SPACES), how=st.sampled_from(["join", "leave"]))
    def somebody_moves(self, person: UserId, space: ids.RoomKey, how: Membership) -> None:
        self.story.gesture(space, person, how)

    @invariant()
    def every_question_was_in_time_and_gentle(self) -> None:
        lives = {person: Life() for person in PEOPLE}
        terms = self.story.records[0].fact.charter  # type: ignore[attr-defined]
        for record in self.story.records:
            if isinstance(record.fact, CharterChanged):
                terms = record.fact.charter
            elif (person := getattr(record.fact, "person", None)) in lives:
                self._lives_on(lives[person], record, terms)

    @invariant()
    def who_rests_has_said_so_or_been_silent_and_is_inside(self) -> None:
        assert set(self.story.hall.resting) <= set(self.story.hall.inside)
        for person in self.story.hall.resting:
            assert [
                r for r in self.story.records if isinstance(r.fact, Rested) and r.fact.person == person
            ] or [fact for fact in self.story.facts("SeasonAnswered") if fact in _words(person)]

    @invariant()
    def resting_and_answers_change_no_room(self) -> None:
        hall = self.story.hall
        parts = hall.parts.delete("seasons") if "seasons" in hall.parts else hall.parts
        without = self.story.house.with_hall(replace(hall, resting=Map(), parts=parts))
        for key in rules.rooms(self.story.house):
            assert rules.wish(self.story.house, key) == rules.wish(without, key)

    def _lives_on(  # noqa: C901 - one case a kind
        self, life: Life, record: Recorded, terms: Charter
    ) -> None:
        match record.fact:
            case Arrived() | Stood() | SeasonAnswered():
                life.yes[record.cause] = record.at
                if isinstance(record.fact, Stood):
                    life.stood[record.fact.rung] = record.cause
            case LeftRung(rung=rung):  # their yes to it goes with it
                life.yes.pop(life.stood.pop(rung, ""), None)
            case SeasonUnanswered(said=said):
                del life.yes[said]
            case SeasonAsked() | RenewalAsked() | Rested():
                self._in_time(record, terms)
                assert not life.told or record.at - life.told[-1] >= 7 * DAY
                life.told.append(record.at)
        match record.fact:
            case SeasonAsked(season=season):
                begun = datetime(season.year, season.month, season.day, tzinfo=ZoneInfo(self.zone))
                assert timedelta() <= record.at - begun <= (terms.seasons.spread_days + 7) * DAY  # type: ignore[union-attr]
                assert max(life.yes.values()) < begun
                life.seasons.append(season)
                assert Counter(life.seasons)[season] == 1
                if record.fact.renews:
                    life.asks.append(record.at)
            case RenewalAsked(nth=nth):
                open_ones = life.since_yes()
                if nth > 1:
                    assert len(open_ones) >= nth - 1
                elif open_ones:
                    assert record.at - open_ones[-1] > 60 * DAY
                assert nth <= 3
                life.asks.append(record.at)
            case Rested():
                asks = life.since_yes()[-3:]
                assert len(asks) == 3
                waits = timedelta(days=terms.renewal.answer_days)  # type: ignore[union-attr]
                assert record.at - asks[-1] >= waits
                assert all(later - at >= 7 * DAY for at, later in pairwise(asks))

    def _in_time(self, record: Recorded, terms: Charter) -> None:
        here = record.at.astimezone(ZoneInfo(self.zone))
        assert 9 <= here.hour < 20
        if terms.seasons is not None:
            ahead = {f"{here.date() + n * DAY:%m-%d}" for n in range(1, terms.seasons.gap_days + 1)}
            assert not ahead & set(terms.seasons.starts)


def _words(person: UserId) -> list[SeasonAnswered]:
    return [SeasonAnswered(person, energy) for energy in ("in", "lightly", "resting", "leaving")]


Asking.TestCase.settings = settings(max_examples=at_length(60), stateful_step_count=30, deadline=None)
TestAsking = pytest.mark.timeout(at_length(120))(Asking.TestCase)


def test_the_machine_comes_to_questions_answers_and_rest() -> None:
    """The promises above are about something: this is how far a plain story gets."""
    machine = Asking()
    machine.start({"first_months": 1, "answer_days": 3}, {"starts": ["07-15"], "gap_days": 5}, "UTC")
    machine.time_passes(34, 1)
    machine.somebody_reacts(PEOPLE[0], "🌿", 0)
    machine.time_passes(50, 1)
    assert {type(record.fact) for record in machine.story.records} >= {RenewalAsked, SeasonAnswered, Rested}
    machine.every_question_was_in_time_and_gentle()
    machine.resting_and_answers_change_no_room()
