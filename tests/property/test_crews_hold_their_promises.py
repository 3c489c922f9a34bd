"""Whatever people do, in any order, however often it is told: a crew keeps its promises."""

from datetime import timedelta

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    initialize,
    invariant,
    multiple,
    rule,
)

from crewhall.charter.model import Charter
from crewhall.ground import ids
from crewhall.ground.ids import CommunityKey, CrewKey, EventId, UserId
from crewhall.ground.rooms import Membership, RoomWish
from crewhall.testing.long import at_length
from crewhall.testing.story import KEEPER, Story

PEOPLE = [UserId(f"@{name}:here") for name in ("ada", "bea", "cy", "di", "eve", "fay")]
OUT = UserId("@out:here")
LANTERN = ids.crew_room(CommunityKey("rivendell"), CrewKey("lantern"))
MOST = 4
people = st.sampled_from(PEOPLE)
anyone = st.sampled_from([*PEOPLE, OUT])
memberships: st.SearchStrategy[Membership] = st.sampled_from(["join", "leave", "invite", "knock", "ban"])
Told = tuple[UserId, Membership, UserId, EventId]


class CrewLife(RuleBasedStateMachine):
    """One crew, its people and somebody from outside, with gestures that come late or again."""

    gestures: Bundle[Told] = Bundle("gestures")
    held_back: Bundle[Told] = Bundle("held_back")

    def __init__(self) -> None:
        super().__init__()
        self.story = Story(Charter.model_validate({"key": "rivendell", "name": "Rivendell"}))
        self.came: set[UserId] = set()

    @initialize(
        private=st.booleans(),
        admit=st.sampled_from(["one", "all"]),
        invites=st.booleans(),
        others=st.sets(people),
    )
    def start(self, *, private: bool, admit: str, invites: bool, others: set[UserId]) -> None:
        crews = {"most": MOST, "open": not private, "admit": admit, "members_invite": invites}
        charter = Charter.model_validate({"key": "rivendell", "name": "Rivendell", "crews": crews})
        self.story = Story(charter, inside=PEOPLE)
        self.story.say(PEOPLE[0], "crew start Lantern", *sorted(others - {PEOPLE[0]})[: MOST - 1])

    @rule(
        person=anyone, line=st.sampled_from(["invite Lantern", "ask Lantern", "leave Lantern"]), whom=anyone
    )
    def command(self, person: UserId, line: str, whom: UserId) -> None:
        self.story.say(person, f"crew {line}", *([whom] if line.startswith("invite") else []))

    @rule(person=anyone, how=st.sampled_from(["", "kept", "read-only", "forgotten"]))
    def end(self, person: UserId, how: str) -> None:
        self.story.say(person, f"crew end Lantern {how}")

    @rule(target=gestures, which=st.integers(0, 9))
    def accept(self, which: int) -> object:
        invited = [person for wish in self._living() for person in wish.invited]
        if not invited:
            return multiple()
        person = invited[which % len(invited)]
        told: Told = (person, "join", person, self.story.event())
        self._tell(told)
        return told

    @rule(which=st.integers(0, 9), person=anyone, choice=st.sampled_from(["👍", "🏠", "🔒", "🍂"]))
    def react(self, which: int, person: UserId, choice: str) -> None:
        """Let somebody react, mostly a member, to the last card on which this means something."""
        seated = sorted(self._seated())
        person = seated[which % len(seated)] if seated and which else person
        cards = [say.card for say in self.story.says if say.card is not None and choice in say.card.choices]
        if cards:
            self.story.react(cards[-1], person, choice)

    @rule(which=st.integers(0, 9), whom=anyone)
    def a_member_invites_or_somebody_asks(self, which: int, whom: UserId) -> None:
        seated = sorted(self._seated())
        if which % 2 and seated:
            self.story.say(seated[which % len(seated)], "crew invite Lantern", whom)
        else:
            self.story.say(whom, "crew ask Lantern")

    @rule(which=st.integers(0, 30))
    def a_member_asks_for_the_end(self, which: int) -> None:
        if seated := sorted(self._seated()):
            self.story.say(seated[which % len(seated)], "crew end Lantern")

    @rule(back=st.integers(1, 8))
    def take_back(self, back: int) -> None:
        if len(self.story.records) >= back:
            self.story.take_back(self.story.records[-back].cause, PEOPLE[0])

    @rule(target=gestures, person=anyone, membership=memberships, by=st.sampled_from([*PEOPLE, OUT, KEEPER]))
    def move(self, person: UserId, membership: Membership, by: UserId) -> Told:
        told = (person, membership, person if membership in {"join", "knock"} else by, self.story.event())
        self._tell(told)
        return told

    @rule(target=held_back, person=anyone, membership=memberships, by=people)
    def move_unheard(self, person: UserId, membership: Membership, by: UserId) -> Told:
        return (person, membership, person if membership in {"join", "knock"} else by, self.story.event())

    @rule(target=gestures, told=consumes(held_back))
    def hear_late(self, told: Told) -> Told:
        self._tell(told)
        return told

    @rule(target=gestures, told=consumes(gestures))
    def hear_again(self, told: Told) -> object:
        recorded = any(record.cause == told[3] for record in self.story.records)
        before = len(self.story.records)
        self._tell(told)
        assert not recorded or len(self.story.records) == before
        return multiple(told)

    @rule(days=st.integers(0, 3))
    def time_passes(self, days: int) -> None:
        self.story.wait(timedelta(days=days))

    @invariant()
    def never_more_seats_than_there_are(self) -> None:
        for wish in self._living():
            assert len(set(wish.invited)) + len(self._seated()) <= MOST

    @invariant()
    def nobody_is_seated_without_coming_in(self) -> None:
        assert self._seated() <= self.came

    @invariant()
    def nobody_from_outside_is_offered_a_seat(self) -> None:
        for wish in self._living():
            assert OUT not in wish.invited
            assert OUT not in (wish.only or ())

    @invariant()
    def nobody_is_both_wanted_and_unwelcome(self) -> None:
        for wish in self._living():
            assert wish.only is not None
            assert not wish.unwelcome & wish.only
            assert set(wish.invited) <= wish.only

    @invariant()
    def ended_stays_ended(self) -> None:
        ends = self.story.facts("CrewEnded")
        assert len(ends) <= 1
        if ends:
            last = [r for r in self.story.records if "/crew/" in r.stream][-1]
            assert last.fact == ends[0]

    @invariant()
    def a_living_crew_has_somebody(self) -> None:
        for wish in self._living():
            assert wish.invited or self._seated()

    def _tell(self, told: Told) -> None:
        person, membership, by, cause = told
        if membership == "join":
            self.came.add(person)
        self.story.gesture(LANTERN, person, membership, by=by, cause=cause)

    def _living(self) -> list[RoomWish]:
        if not self.story.facts("CrewStarted") or self.story.facts("CrewEnded"):
            return []
        return [self.story.wish(LANTERN)]

    def _seated(self) -> set[UserId]:
        seated: set[UserId] = set()
        for record in self.story.records:
            match type(record.fact).__name__:
                case "SeatTaken":
                    seated.add(record.fact.person)
                case "SeatLeft":
                    seated.discard(record.fact.person)
        return seated


CrewLife.TestCase.settings = settings(max_examples=at_length(100), stateful_step_count=50, deadline=None)
TestCrewLife = pytest.mark.timeout(at_length(60))(CrewLife.TestCase)
