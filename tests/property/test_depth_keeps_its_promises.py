"""Whatever crews do, in any order, however often it is told: a leaf is open only by everybody's consent."""

from datetime import timedelta

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, rule

from crewhall import house as rules
from crewhall.charter.model import Charter
from crewhall.ground import ids
from crewhall.ground.charters import CharterChanged
from crewhall.ground.facts import Stream, Writing
from crewhall.ground.ids import CommunityKey, CrewKey, EventId, UserId
from crewhall.ground.rooms import Membership, RoomWish
from crewhall.life.crews.facts import (
    CrewEnded,
    LeafAgreed,
    LeafAsked,
    LeafClosed,
    LeafOpened,
    SeatLeft,
    SeatTaken,
)
from crewhall.testing.long import at_length
from crewhall.testing.story import KEEPER, Story

HALL = CommunityKey("rivendell")
PEOPLE = [UserId(f"@{name}:here") for name in ("ada", "bea", "cy", "di")]
CREWS = [CrewKey("lantern"), CrewKey("tidepool")]
LEAVES = ("work", "pot")
people = st.sampled_from(PEOPLE)
crews = st.sampled_from(CREWS)
leaves = st.sampled_from(LEAVES)
Told = tuple[str, UserId, Membership, EventId]


def charter(*keys: str) -> Charter:
    parts = [{"key": key, "name": key.title(), "rooms": [{"key": "room", "name": "Room"}]} for key in keys]
    return Charter.model_validate(
        {"key": "rivendell", "name": "Rivendell", "crews": {"leaves": parts, "leaf_days": 3, "most": 4}}
    )


class Depth(RuleBasedStateMachine):
    """Two crews of the same people. What holds is told from the facts, by another way than the fold's."""

    gestures: Bundle[Told] = Bundle("gestures")

    def __init__(self) -> None:
        super().__init__()
        self.story = Story(charter(*LEAVES), inside=PEOPLE)
        for crew, seats in zip(CREWS, (PEOPLE[:3], PEOPLE[1:3]), strict=True):
            self.story.say(seats[0], f"crew start {crew.title()}", *seats[1:])
            for person in seats:
                self._tell((ids.crew_room(HALL, crew), person, "join", self.story.event()))

    @rule(person=people, leaf=leaves, crew=crews)
    def ask(self, person: UserId, leaf: str, crew: CrewKey) -> None:
        self.story.say(person, f"open {leaf} in {crew}")

    @rule(crew=crews, leaf=leaves, which=st.integers(0, 9))
    def all_agree_but_perhaps_one(self, crew: CrewKey, leaf: str, which: int) -> None:
        for n, person in enumerate(sorted(self._seats(crew))):
            if n != which:
                self.story.say(person, f"open {leaf} in {crew}")

    @rule(person=people, back=st.integers(0, 6))
    def react(self, person: UserId, back: int) -> None:
        cards = list(dict.fromkeys(s.card for s in self.story.says if s.card and s.card.kind == "crews.leaf"))
        if len(cards) > back:
            self.story.react(cards[-1 - back], person, "👍")

    @rule(person=people, leaf=leaves, crew=crews)
    def close(self, person: UserId, leaf: str, crew: CrewKey) -> None:
        self.story.say(person, f"close {leaf} in {crew}")

    @rule(back=st.integers(1, 8), person=people)
    def take_back(self, back: int, person: UserId) -> None:
        recorded = self.story.records[-back]
        whose = getattr(recorded.fact, "by", None) or getattr(recorded.fact, "person", None)
        if whose == person:
            self.story.take_back(recorded.cause, person)

    @rule(target=gestures, crew=crews, person=people, comes=st.booleans())
    def come_or_go(self, crew: CrewKey, person: UserId, *, comes: bool) -> Told:
        if comes and person not in self._seats(crew) and self._seats(crew):
            self.story.say(min(self._seats(crew)), f"crew invite {crew}", person)
        told: Told = (
            ids.crew_room(HALL, crew), person, "join" if comes else "leave", self.story.event()
        )  # fmt: skip
        self._tell(told)
        return told

    @rule(target=gestures, crew=crews, person=people, leaf=leaves)
    def go_out_of_a_leafs_room(self, crew: CrewKey, person: UserId, leaf: str) -> Told:
        told: Told = (ids.leaf_room(HALL, crew, leaf, "room"), person, "leave", self.story.event())
        self._tell(told)
        return told

    @rule(told=gestures)
    def hear_again(self, told: Told) -> None:
        before = len(self.story.records)
        known = any(record.cause == told[3] for record in self.story.records)
        self._tell(told)
        assert not known or len(self.story.records) == before

    @rule(hours=st.sampled_from([0, 1, 30, 80]))
    def time_passes(self, hours: int) -> None:
        self.story.wait(timedelta(hours=hours))

    @rule(keys=st.sampled_from([LEAVES, ("work",), ("pot",), LEAVES[::-1]]))
    def recharter(self, keys: tuple[str, ...]) -> None:
        self.story.record(self.story.event(), (Writing(Stream(HALL), CharterChanged(charter(*keys))),))

    @rule(crew=crews, person=people, rarely=st.integers(0, 9))
    def end(self, crew: CrewKey, person: UserId, rarely: int) -> None:
        if rarely == 0:
            self.story.say(person, f"crew end {crew} kept")

    @invariant()
    def open_only_by_the_consent_of_all_since_they_came(self) -> None:
        """Tell from the facts what each crew has open; it gives rights to exactly its members."""
        for leaf in LEAVES:
            entitled: set[UserId] = set()
            for crew in CREWS:
                if self._is_open(crew, leaf):
                    entitled |= self._seats(crew)
            assert set(self.story.hall.leaves.get(leaf, ())) == entitled

    @invariant()
    def a_leafs_rooms_are_for_members_who_consented(self) -> None:
        for crew in CREWS:
            for wish in self._leaf_rooms(crew):
                assert wish.only is None or wish.only <= self._seats(crew)
                assert wish.only is None or set(wish.invited) <= wish.only
                assert not wish.unwelcome & (wish.only or set())

    @invariant()
    def shut_rooms_are_read_only_and_open_ones_are_not(self) -> None:
        known = {leaf.key for leaf in self.story.hall.charter.crews.leaves}
        for crew in CREWS:
            if any(isinstance(fact, CrewEnded) for fact, _ in self._life(crew)):
                continue
            for wish in self._leaf_rooms(crew):
                leaf = wish.key.split("/")[3]
                if leaf in known:
                    assert (wish.powers.events_default == 0) is self._is_open(crew, leaf)

    @invariant()
    def telling_the_ledger_again_gives_the_same(self) -> None:
        again = Story()
        house = again.house
        for recorded in self.story.records:
            house = rules.evolve(house, recorded)
        assert house.halls[HALL].leaves == self.story.hall.leaves

    def _life(self, crew: CrewKey) -> list[tuple[object, str]]:
        """Return what happened to a crew, charters included, in order."""
        stream = ids.crew_room(HALL, crew)
        records = (r for r in self.story.records if r.stream == stream or isinstance(r.fact, CharterChanged))
        return [(recorded.fact, recorded.cause) for recorded in records]

    def _seats(self, crew: CrewKey) -> set[UserId]:
        seats: set[UserId] = set()
        for fact, _ in self._life(crew):
            match fact:
                case SeatTaken(person=person):
                    seats.add(person)
                case SeatLeft(person=person):
                    seats.discard(person)
                case CrewEnded():
                    return set()
        return seats

    def _is_open(self, crew: CrewKey, leaf: str) -> bool:
        """Return whether a leaf is open, and check that everybody there had consented when it opened."""
        is_open, seats, yes = False, set[UserId](), set[UserId]()
        for fact, _ in self._life(crew):
            match fact:
                case SeatTaken(person=person):
                    seats.add(person)
                    is_open, yes = False, set()
                case SeatLeft(person=person):
                    seats.discard(person)
                    yes.discard(person)
                case LeafAsked(leaf=about) if about == leaf:
                    yes = set()
                case LeafAgreed(leaf=about, person=person, yes=said) if about == leaf:
                    yes = yes | {person} if said else yes - {person}
                case LeafOpened(leaf=about) if about == leaf:
                    assert seats
                    assert seats <= yes
                    is_open = True
                case LeafClosed(leaf=about) if about == leaf:
                    is_open, yes = False, set()
                case CharterChanged(charter=new):
                    is_open = is_open and leaf in (one.key for one in new.crews.leaves)
                case CrewEnded():
                    return False
        return is_open

    def _leaf_rooms(self, crew: CrewKey) -> list[RoomWish]:
        keys = (ids.leaf_room(HALL, crew, leaf, "room") for leaf in LEAVES)
        return [wish for key in keys if (wish := rules.wish(self.story.house, key)) is not None]

    def _tell(self, told: Told) -> None:
        place, person, membership, cause = told
        self.story.gesture(ids.RoomKey(place), person, membership, cause=cause)
        assert person != KEEPER


Depth.TestCase.settings = settings(max_examples=at_length(60), stateful_step_count=40, deadline=None)
TestDepth = pytest.mark.timeout(at_length(120))(Depth.TestCase)
