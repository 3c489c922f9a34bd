"""Whatever people do, in any order, however often it is told: nobody wears what was not offered and accepted.

What is true of every step is worked out again from the facts alone, by a reading of the rule that shares
nothing with the code that decides.
"""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from crewhall import house as rules
from crewhall.charter.model import Charter
from crewhall.ground import ids
from crewhall.ground.facts import Recorded
from crewhall.ground.ids import CommunityKey, EventId, RungKey, UserId
from crewhall.ground.rooms import Membership
from crewhall.ground.talk import Card, Decision
from crewhall.testing.long import at_length
from crewhall.testing.story import KEEPER, Story

NAMES = ("ada", "bea", "cy", "di", "eve", "fay")
PEOPLE = [UserId(f"@{name}:here") for name in NAMES]
FOUNDERS, FRIENDS = PEOPLE[:2], PEOPLE[:5]
KEY = CommunityKey("rivendell")
SPACES = (ids.root(KEY), ids.rung(KEY, RungKey("friends")))
HATS = ("keys", "door", "tea")
people, hats = st.sampled_from(PEOPLE), st.sampled_from(HATS)
givings = st.fixed_dictionaries(
    {"by": st.sampled_from(["anyone", "keyholders", "friends", "tea"])},
    optional={
        "consent": st.fixed_dictionaries(
            {"of": st.sampled_from(["anyone", "friends"]), "days": st.integers(0, 3)}
        )
    },
)
terms = st.fixed_dictionaries(
    {
        "given": givings,
        "needs": st.sampled_from(["anyone", "friends"]),
        "term_months": st.sampled_from([1, 12]),
        "most": st.integers(2, 3),
        "holders": st.integers(1, 2),
    }
)
ANSWER = timedelta(days=30)


class Wearing(RuleBasedStateMachine):
    """A community with hats; gestures come late or again, doors are closed for some days, time passes."""

    def __init__(self) -> None:
        super().__init__()
        self.story = Story(Charter.model_validate({"key": "rivendell", "name": "Rivendell"}))
        self.ready = False

    @initialize(keys=terms, door=terms, tea=terms)
    def start(self, keys: Any, door: Any, tea: Any) -> None:
        self.terms = {"keys": keys, "door": door, "tea": tea}
        charter = {
            "key": "rivendell",
            "name": "Rivendell",
            "founders": FOUNDERS,
            "rungs": [{"key": "friends", "name": "Friends"}],
            "hats": [{"key": key, "name": key.title(), **hat} for key, hat in self.terms.items()],
            "pause": {"days": 7, "review_days": 3},
        }
        self.story = Story(Charter.model_validate(charter), inside=PEOPLE)
        for person in FRIENDS:
            self.story.gesture(SPACES[1], person, "join")
        self.story.wait(timedelta(days=2))
        self.ready = True

    @rule(hat=hats, by=people, person=people)
    def offer(self, hat: str, by: UserId, person: UserId) -> None:
        self.story.say(by, f"hat offer {hat}", person)

    @rule(hat=hats, first=st.integers(0, 5), accepts=st.booleans())
    def somebody_finds_somebody(self, hat: str, first: int, accepts: bool) -> None:  # noqa: FBT001 - drawn
        """Try people in turn until an offer fits; let its time pass and have it accepted."""
        for by in PEOPLE:
            for person in (*PEOPLE[first:], *PEOPLE[:first]):
                if isinstance(self.story.say(by, f"hat offer {hat}", person), Decision):
                    if accepts:
                        self.story.wait(timedelta(days=5))
                        self.react_to(self.cards("offer")[-1:], person, "✅")
                    return

    @rule(hat=hats, by=people, person=people, line=st.sampled_from(["object", "withdraw", "understudy"]))
    def speak(self, hat: str, by: UserId, person: UserId, line: str) -> None:
        because = " because I say so" if line == "object" else ""
        self.story.say(by, f"hat {line} {hat}{because}", person)

    @rule(kind=st.sampled_from(["offer", "consent", "term", "understudy"]), back=st.integers(0, 4), by=people,
          choice=st.sampled_from("✅✋🔁🤝🍂👎"))  # fmt: skip
    def react(self, kind: str, back: int, by: UserId, choice: str) -> None:
        """React to one of the latest cards of a kind, one's own or another's."""
        cards = self.cards(kind)
        if cards:
            self.react_to([cards[-1 - back % len(cards)]], by, choice)

    @rule(kind=st.sampled_from(["offer", "understudy"]), back=st.integers(0, 4))
    def everybody_says_yes(self, kind: str, back: int) -> None:
        cards = self.cards(kind)
        for by in PEOPLE if cards else ():
            self.react_to([cards[-1 - back % len(cards)]], by, "✅")

    @rule(choice=st.sampled_from("🔁🤝🤝🍂"))
    def terms_are_answered(self, choice: str) -> None:
        for card in self.cards("term")[-3:]:
            for by in PEOPLE:
                self.react_to([card], by, choice)

    @rule(hat=hats, person=people)
    def drop(self, hat: str, person: UserId) -> None:
        self.story.say(person, f"hat drop {hat}")

    @rule(
        person=people,
        line=st.sampled_from(["away from June", "away no", "back", "step down", "step down all"]),
    )
    def go_and_come(self, person: UserId, line: str) -> None:
        self.story.say(person, line)

    @rule(space=st.sampled_from(SPACES), person=people, by=st.sampled_from([*PEOPLE, KEEPER]),
          how=st.sampled_from(["invite", "join", "join", "leave", "ban"]), again=st.booleans())  # fmt: skip
    def move(self, space: ids.RoomKey, person: UserId, by: UserId, how: Membership, again: bool) -> None:  # noqa: FBT001 - drawn
        cause = self.story.event()
        for _ in range(2 if again else 1):
            self.story.gesture(space, person, how, by=person if how == "join" else by, cause=cause)

    @rule()
    def whoever_is_out_comes_back(self) -> None:
        for space in SPACES:
            for person in PEOPLE:
                self.story.gesture(space, person, "join")

    @rule(person=people, first=st.integers(0, 1))
    def two_keyholders_pause(self, person: UserId, first: int) -> None:
        holders = sorted(self.story.hall.keyholders)
        for by in (*holders[first:], *holders[:first])[:2]:
            self.story.say(by, "pause for 5 days because I say so", person)

    @rule(back=st.integers(1, 8))
    def take_back(self, back: int) -> None:
        if len(self.story.records) >= back:
            record = self.story.records[-back]
            by = getattr(record.fact, "by", None) or getattr(record.fact, "person", None)
            if isinstance(by, str):
                self.story.take_back(EventId(record.cause), UserId(by))

    @rule(hours=st.sampled_from([1, 72, 24 * 8, 24 * 31]))
    def time_passes(self, hours: int) -> None:
        self.story.wait(timedelta(hours=hours))

    @invariant()
    def every_wearing_was_offered_by_the_rule_and_accepted(self) -> None:
        if not self.ready:
            return
        taken: set[tuple[str, UserId]] = {("keys", person) for person in FOUNDERS}
        for record in self.records("HatTaken"):
            fact: Any = record.fact
            self._is_by_the_rule(record)
            taken.add((fact.hat, fact.person))
        for hat in HATS:
            assert {(hat, person) for person in self.worn(hat)} <= taken

    @invariant()
    def nobody_wears_again_what_was_taken_off(self) -> None:
        """Only a new offer, or the end of a pause, puts a hat back on."""
        if not self.ready:
            return
        for hat in HATS:
            for person, here in self.worn(hat).items():
                since = next(r.seq for r in self.story.records if r.cause == here.cause)
                for record in self.story.records[since:]:
                    fact: Any = record.fact
                    if type(fact).__name__ == "HatDropped":
                        assert (fact.hat, fact.person) != (hat, person)
                    elif type(fact).__name__ == "HatsLost":
                        assert hat not in fact.hats or fact.person != person

    @invariant()
    def never_more_wear_a_hat_than_can(self) -> None:
        if self.ready:
            for hat in HATS:
                assert len(self.worn(hat)) <= self.terms[hat]["most"]

    @invariant()
    def the_last_key_is_never_lost(self) -> None:
        assert self.story.hall.keyholders or not self.ready

    @invariant()
    def whoever_wears_stands_where_it_is_worn(self) -> None:
        """Or is waited for after a pause; or holds the only key that anybody there could use."""
        if not self.ready:
            return
        hall = self.story.hall
        paused = {fact.person for fact in self.story.facts("Paused")}
        for hat in HATS:
            there = self.standing(self.terms[hat]["needs"])
            for person in self.worn(hat):
                alone = hat == "keys" and not set(self.worn(hat)) & there
                assert person in there or alone or (person in paused and self.is_asked(person))
        assert not any(person in self.worn(hat) for hat in HATS for person in hall.shut_out)

    @invariant()
    def gone_are_exactly_those_who_wore_it_and_do_not(self) -> None:
        if not self.ready:
            return
        wore: dict[str, set[UserId]] = {"keys": set(FOUNDERS), "door": set(), "tea": set()}
        for record in self.records("HatTaken"):
            fact: Any = record.fact
            wore[fact.hat].add(fact.person)
        for hat in HATS:
            assert set(self.story.hall.gone.get(f"hat:{hat}", ())) == wore[hat] - set(self.worn(hat))

    @invariant()
    def nobody_is_asked_about_the_same_term_more_than_three_times(self) -> None:
        asked = [
            (fact.hat, fact.person, fact.until, fact.n) for fact in map(_any, self.story.facts("TermAsked"))
        ]
        assert len(asked) == len(set(asked))
        assert all(n <= 3 for *_, n in asked)

    def teardown(self) -> None:
        """Fold all records again: the same house."""
        house = Story().house
        for record in self.story.records:
            house = rules.evolve(house, record)
        assert not self.story.records or house.halls[KEY] == self.story.hall

    def worn(self, hat: str) -> Any:
        hall = self.story.hall
        return hall.keyholders if hat == "keys" else hall.hats.get(hat, {})

    def standing(self, needs: str) -> set[UserId]:
        hall = self.story.hall
        inside = set(hall.inside)
        return inside if needs == "anyone" else inside & set(hall.standing.get(RungKey("friends"), ()))

    def is_asked(self, person: UserId) -> bool:
        return any(person in asked for asked in self.story.hall.asked.values())

    def cards(self, kind: str) -> list[Card]:
        cards = [say.card for say in self.story.says if say.card is not None]
        return list(dict.fromkeys(card for card in cards if card.kind == f"hats.{kind}"))

    def react_to(self, cards: list[Card], by: UserId, choice: str) -> None:
        for card in cards:
            if choice in card.choices:
                self.story.react(card, by, choice)

    def records(self, kind: str) -> list[Recorded]:
        return [record for record in self.story.records if type(record.fact).__name__ == kind]

    def _is_by_the_rule(self, taken: Recorded) -> None:
        """Assert that somebody entitled offered a hat, unopposed for its time, and it was taken in time."""
        fact: Any = taken.fact
        (offered,) = self._of(taken, "HatOffered")
        (asked,) = self._of(taken, "HatAsked")
        offer: Any = offered.fact
        assert (offer.hat, offer.person, offer.by) == (fact.hat, fact.person, fact.by)
        assert fact.by != fact.person
        assert asked.at <= taken.at < asked.at + ANSWER
        for over in ("HatOfferWithdrawn", "HatOfferLapsed", "HatTaken"):
            assert not self._of(taken, over)
        giving = self.terms[fact.hat]["given"]
        for when in (offered, taken):
            assert self._could_give(when, giving["by"], fact.by, fact.person)
        consent = giving.get("consent")
        if consent is None or not consent["days"]:
            assert offer.entitled == ()
        if offer.entitled:
            assert not {fact.by, fact.person} & set(offer.entitled)
            assert asked.at >= offered.at + timedelta(days=consent["days"])
            backed = {record.fact.by for record in map(_record, self._of(asked, "HatObjectionTakenBack"))}
            for objection in map(_record, self._of(asked, "HatObjected")):
                by = objection.fact.by
                assert by in offer.entitled
                assert by in backed or by not in self._group(asked, consent["of"])

    def _could_give(self, when: Recorded, group: str, by: UserId, to: UserId) -> bool:
        able = self._group(when, group)
        return by in able or (not able - {to} and by in self._group(when, "keyholders"))

    def _group(self, when: Recorded, group: str) -> set[UserId]:
        """Return who belonged to a group just before a decision: the house is folded anew up to it."""
        house = Story().house
        first = next(record.seq for record in self.story.records if record.cause == when.cause)
        for record in self.story.records[: first - 1]:
            house = rules.evolve(house, record)
        hall = house.halls[KEY]
        match group:
            case "keyholders":
                return set(hall.keyholders)
            case "tea":
                return set(hall.hats.get("tea", ()))
            case "friends":
                return set(hall.standing.get(RungKey("friends"), ())) & set(hall.inside)
            case _:
                return set(hall.inside)

    def _of(self, before: Recorded, kind: str) -> list[Recorded]:
        """Return the records of a kind about the same offer that came before."""
        mark = _any(before.fact).mark
        earlier = self.story.records[: before.seq - 1]
        return [r for r in earlier if type(r.fact).__name__ == kind and _any(r.fact).mark == mark]


def _any(fact: object) -> Any:
    return fact


def _record(record: Recorded) -> Any:
    return record


Wearing.TestCase.settings = settings(max_examples=at_length(100), stateful_step_count=40, deadline=None)
TestWearing = pytest.mark.timeout(at_length(90))(Wearing.TestCase)


def test_the_machine_comes_to_hats_that_are_worn_and_lost() -> None:
    """The promises above are about something: this is how far a plain story gets."""
    machine = Wearing()
    friends = {"given": {"by": "friends"}, "needs": "friends", "term_months": 1, "most": 2, "holders": 1}
    machine.start(
        friends, {**friends, "given": {"by": "friends", "consent": {"of": "anyone", "days": 2}}}, friends
    )
    for hat in ("door", "tea"):
        machine.somebody_finds_somebody(hat, 2, accepts=True)
    assert len(machine.story.facts("HatTaken")) == 2
    machine.time_passes(24 * 31)
    machine.terms_are_answered("🍂")
    assert machine.story.facts("HatDropped")
    machine.somebody_finds_somebody("tea", 3, accepts=True)
    for person in PEOPLE:
        machine.go_and_come(person, "step down")
    machine.time_passes(1)
    assert machine.story.facts("HatsLost")
    machine.every_wearing_was_offered_by_the_rule_and_accepted()
    machine.gone_are_exactly_those_who_wore_it_and_do_not()
    machine.teardown()
