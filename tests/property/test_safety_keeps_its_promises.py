"""Whatever people do, in any order, however often it is told: nobody is shut out by one, or by silence.

What is true of every step is worked out again from the facts alone, by a reading of the rule that shares
nothing with the code that decides.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from crewhall import house as rules
from crewhall.charter.model import Charter
from crewhall.ground import ids, workdays
from crewhall.ground.facts import Recorded
from crewhall.ground.hall import ANYONE
from crewhall.ground.ids import CommunityKey, RungKey, UserId
from crewhall.ground.rooms import Membership
from crewhall.ground.talk import Card, Decision, ToPerson
from crewhall.ground.worn import every
from crewhall.testing.long import at_length
from crewhall.testing.story import KEEPER, Story

NAMES = ("ada", "bea", "cy", "di", "eve", "fay")
PEOPLE = [UserId(f"@{name}:here") for name in NAMES]
FOUNDERS, FRIENDS, NEW = PEOPLE[:3], PEOPLE[:5], UserId("@new:here")
KEY = CommunityKey("rivendell")
SPACES = (ids.root(KEY), ids.rung(KEY, RungKey("friends")))
people, anyone = st.sampled_from(PEOPLE), st.sampled_from([*PEOPLE, NEW])
groups = st.sampled_from(["keyholders", "friends", "anyone"])
terms = st.fixed_dictionaries(
    {"propose": st.sampled_from(["keyholders", "friends"]), "of": groups},
    optional={"share": st.sampled_from([51, 75, 100]), "days": st.sampled_from([5, 10])},
)
KINDS = ("removal", "pause", "review", "readmit")


class Safety(RuleBasedStateMachine):
    """A community in a hard time; gestures come late or again, rooms follow or do not, time passes."""

    def __init__(self) -> None:
        super().__init__()
        self.story = Story(Charter.model_validate({"key": "rivendell", "name": "Rivendell"}))
        self.ready = False

    @initialize(removal=terms, days=st.sampled_from([2, 7, 30]), review=st.sampled_from([1, 3]))
    def start(self, removal: Any, days: int, review: int) -> None:
        charter = {
            "key": "rivendell",
            "name": "Rivendell",
            "founders": FOUNDERS,
            "places": [{"key": "lobby", "name": "Lobby"}],
            "rungs": [{"key": "friends", "name": "Friends", "level": 10}],
            "removal": removal,
            "pause": {"days": days, "review_days": review},
        }
        self.removal, self.days = {"share": 75, "days": 10, **removal}, days
        self.story = Story(Charter.model_validate(charter), inside=PEOPLE)
        for person in FRIENDS:
            self.story.gesture(SPACES[1], person, "join")
        self.story.wait(timedelta(days=2))
        self.ready = True

    @rule(by=people, person=anyone, days=st.sampled_from(["", "for 1 day ", "for 9 days "]))
    def pause(self, by: UserId, person: UserId, days: str) -> None:
        self.story.say(by, f"pause {days}because I say so", person)

    @rule(by=people, person=anyone)
    def remove(self, by: UserId, person: UserId) -> None:
        self.story.say(by, "remove because I say so", person)

    @rule(by=people, person=anyone, what=st.sampled_from(["pause end", "remove withdraw", "readmit"]))
    def open_again(self, by: UserId, person: UserId, what: str) -> None:
        self.story.say(by, what, person)

    @rule(back=st.integers(0, 3), kind=st.sampled_from(KINDS), by=anyone, choice=st.sampled_from("👍👎✅⏸▶"))
    def react(self, back: int, kind: str, by: UserId, choice: str) -> None:
        """React to one of the latest cards of a kind, one's own or another's."""
        cards = self.cards(kind)
        if cards:
            self.story.react(cards[-1 - back % len(cards)], by, choice)

    @rule(choice=st.sampled_from("👍👍👍👎✅▶"), first=st.integers(0, 6), most=st.integers(1, 6))
    def those_who_are_asked_react(self, choice: str, first: int, most: int) -> None:
        kind = {"👍": "removal", "👎": "removal", "✅": "pause", "▶": "review"}[choice]
        self.everybody_reacts(kind, choice, (*PEOPLE[first:], *PEOPLE[:first])[:most])

    @rule(person=anyone, first=st.integers(0, 2), line=st.sampled_from(["pause because I say so", "readmit"]))
    def two_keyholders_agree(self, person: UserId, first: int, line: str) -> None:
        for by in (*FOUNDERS[first:], *FOUNDERS[:first])[:2]:
            self.story.say(by, line, person)

    @rule(person=people, by=people)
    def many_agree_to_a_removal(self, person: UserId, by: UserId) -> None:
        if isinstance(self.story.say(by, "remove because I say so", person), Decision):
            self.everybody_reacts("removal", "👍", PEOPLE)

    @rule(space=st.sampled_from(SPACES), person=anyone, by=st.sampled_from([*PEOPLE, KEEPER]),
          how=st.sampled_from(["invite", "join", "leave", "ban"]))  # fmt: skip
    def move(self, space: ids.RoomKey, person: UserId, by: UserId, how: Membership) -> None:
        self.story.gesture(space, person, how, by=person if how == "join" else by)

    @rule()
    def rooms_follow(self) -> None:
        """Let the keeper put out whom the rooms no longer want."""
        for space in SPACES:
            for person in sorted(self.story.wish(space).unwelcome):
                self.story.gesture(space, person, "leave", by=KEEPER)

    @rule()
    def whoever_is_invited_comes(self) -> None:
        for space in SPACES:
            for person in self.story.wish(space).invited:
                self.story.gesture(space, person, "join")

    @rule(back=st.integers(1, 8))
    def take_back(self, back: int) -> None:
        if len(self.story.records) >= back:
            record = self.story.records[-back]
            by = getattr(record.fact, "by", None)
            if isinstance(by, str):
                self.story.take_back(record.cause, UserId(by))

    @rule(hours=st.sampled_from([1, 72, 24 * 15, 24 * 31]))
    def time_passes(self, hours: int) -> None:
        self.story.wait(timedelta(hours=hours))

    @invariant()
    def nobody_is_shut_out_but_by_two_or_by_enough_in_the_full_time(self) -> None:
        closed: dict[UserId, str] = {}
        for record in self.story.records:
            fact: Any = record.fact
            match type(fact).__name__:
                case "Paused":
                    self._paused_by_two(record)
                    assert fact.person not in closed
                    closed[fact.person] = fact.mark
                case "Removed":
                    self._removed_by_enough(record)
                    closed[fact.person] = "for good"
                case "PauseEnded":
                    assert closed.pop(fact.person) == fact.mark
                case "Readmitted":
                    assert closed.pop(fact.person) == "for good"
                    (asked,) = self._before(record, "ReadmitAsked")
                    assert len({*fact.by} - {fact.person}) == 2
                    assert {*fact.by} <= {asked.fact.by, *asked.fact.entitled}
        assert set(self.story.hall.shut_out) == set(closed)

    @invariant()
    def every_pause_ends(self) -> None:
        ended = {fact.mark for fact in self.facts("PauseEnded")}
        removed = {(fact.person) for fact in self.facts("Removed")}
        for fact in self.facts("Paused"):
            assert fact.mark in ended or fact.person in removed or self.story.now < fact.until

    @invariant()
    def no_second_pause_within_thirty_days(self) -> None:
        ends: dict[UserId, datetime] = {}
        for record in self.story.records:
            fact: Any = record.fact
            match type(fact).__name__:
                case "PauseEnded":
                    ends[fact.person] = record.at
                case "Paused":
                    assert record.at - ends.get(
                        fact.person, datetime.min.replace(tzinfo=record.at.tzinfo)
                    ) >= (timedelta(days=30))

    @invariant()
    def whoever_is_shut_out_is_nowhere_and_has_nothing(self) -> None:
        hall = self.story.hall
        if not self.ready:
            return
        for person in hall.shut_out:
            assert person not in hall.inside
            assert person not in hall.keyholders
            for key in every(hall):
                wish = self.story.wish(key)
                assert person in wish.unwelcome
                assert person not in wish.invited
                assert person not in wish.powers.users

    @invariant()
    def somebody_always_holds_the_key(self) -> None:
        assert self.story.hall.keyholders or not self.ready

    @invariant()
    def the_person_hears_of_it_when_it_opens(self) -> None:
        heard = [say.to for say in self.story.says if say.text.id == "safety-removal-notice"]
        assert heard == [ToPerson(fact.person) for fact in self.facts("RemovalAsked")]

    def teardown(self) -> None:
        """Fold all records again; and wait until every pause is over and each of them invited again."""
        house = Story().house
        for record in self.story.records:
            house = rules.evolve(house, record)
        assert not self.story.records or house.halls[KEY] == self.story.hall
        if not self.ready:
            return
        gone = {f.person for f in self.facts("Paused")} & set(self.story.hall.shut_out)
        gone -= {fact.person for fact in self.facts("Removed")}
        self.story.wait(timedelta(days=31))
        for person in gone - {fact.person for fact in self.facts("Removed")}:
            assert person not in self.story.hall.shut_out
            paused = [f for f in self.facts("Paused") if f.person == person][-1]
            for rung in paused.rungs:
                assert person in self.story.wish(SPACES[rung != ANYONE]).invited

    def everybody_reacts(self, kind: str, choice: str, by: Iterable[UserId]) -> None:
        for card in self.cards(kind)[-1:]:
            for person in by:
                self.story.react(card, person, choice)

    def cards(self, kind: str) -> list[Card]:
        cards = [say.card for say in self.story.says if say.card is not None]
        return list(dict.fromkeys(card for card in cards if card.kind == f"safety.{kind}"))

    def facts(self, kind: str) -> list[Any]:
        return self.story.facts(kind)

    def _before(self, record: Recorded, kind: str) -> list[Any]:
        """Return the records of a kind that speak of the same question and came before."""
        mark = getattr(record.fact, "mark", "")
        earlier: list[Any] = self.story.records[: record.seq - 1]
        return [r for r in earlier if type(r.fact).__name__ == kind and r.fact.mark == mark]

    def _keyholders(self, before: Recorded) -> set[UserId]:
        """Return who held the key before a record, from the facts alone."""
        keys, paused = set(FOUNDERS), set[UserId]()
        for record in self.story.records[: before.seq - 1]:
            fact: Any = record.fact
            match type(fact).__name__:
                case "Paused" if fact.person in keys:
                    keys.discard(fact.person)
                    paused.add(fact.person)
                case "PauseEnded" if fact.person in paused:
                    paused.discard(fact.person)
                    keys.add(fact.person)
                case "Removed":
                    keys.discard(fact.person)
                    paused.discard(fact.person)
        return keys

    def _paused_by_two(self, record: Recorded) -> None:
        fact: Any = record.fact
        (asked,) = self._before(record, "PauseAsked")
        assert len({*fact.by} - {fact.person}) == 2
        assert {*fact.by} <= self._keyholders(record)
        assert asked.fact.by == fact.by[0]
        assert fact.by[1] in asked.fact.entitled
        assert record.at < asked.at + timedelta(days=2)
        assert record.at < fact.until <= record.at + timedelta(days=self.days)
        assert not self._before(record, "PauseUnasked")

    def _removed_by_enough(self, record: Recorded) -> None:
        fact: Any = record.fact
        (asked,) = self._before(record, "RemovalAsked")
        words: dict[UserId, str] = {}
        for said in [*self._before(record, "RemovalSaid"), *self._before(record, "RemovalUnsaid")]:
            assert said.fact.by in asked.fact.entitled
            assert said.at < asked.fact.closes
        for said in self.story.records[asked.seq : record.seq - 1]:
            one: Any = said.fact
            if getattr(one, "mark", "") == fact.mark and type(one).__name__ == "RemovalSaid":
                words[one.by] = one.word
            elif getattr(one, "mark", "") == fact.mark and type(one).__name__ == "RemovalUnsaid":
                words.pop(one.by, None)
        yes = [person for person, word in words.items() if word == "yes"]
        assert fact.person not in asked.fact.entitled
        assert len(asked.fact.entitled) == fact.asked >= 2
        assert len(yes) >= fact.yes >= asked.fact.needed >= 2
        assert asked.fact.needed * 100 >= self.removal["share"] * fact.asked
        calendar = self.story.hall.charter.calendar
        assert record.at >= asked.fact.closes >= workdays.after(calendar, asked.at, self.removal["days"])
        assert self._keyholders(record) - {fact.person}
        assert not self._before(record, "RemovalWithdrawn")
        assert not self._before(record, "RemovalRefused")


Safety.TestCase.settings = settings(max_examples=at_length(200), stateful_step_count=50, deadline=None)
TestSafety = pytest.mark.timeout(at_length(90))(Safety.TestCase)


def test_the_machine_comes_to_pauses_and_removals() -> None:
    """The promises above are about something: this is how far a plain story gets."""
    machine = Safety()
    machine.start({"propose": "keyholders", "of": "friends"}, 7, 3)
    machine.pause(PEOPLE[0], PEOPLE[4], "")
    machine.those_who_are_asked_react("✅", 0, 6)
    machine.remove(PEOPLE[0], PEOPLE[3])
    machine.those_who_are_asked_react("👍", 0, 6)
    machine.time_passes(24 * 31)
    assert machine.facts("Paused")
    assert machine.facts("PauseEnded")
    assert machine.facts("Removed")
    for fact in (machine.nobody_is_shut_out_but_by_two_or_by_enough_in_the_full_time, machine.teardown):
        fact()
    assert isinstance(machine.story.say(PEOPLE[0], "readmit", PEOPLE[3]), Decision)
