"""Whatever people do, in any order, however often it is told: nobody rises past the rule or without a yes.

And nobody falls but by their own act, by the rule that asks whether they stay, or by a pause. What is true
of every step is worked out again from the facts alone, by a reading that shares nothing with the code.
"""

from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, initialize, invariant, multiple, rule

from crewhall.charter.model import Charter
from crewhall.ground import ids
from crewhall.ground.facts import Recorded
from crewhall.ground.ids import CommunityKey, EventId, RoomKey, RungKey, UserId
from crewhall.ground.rooms import Membership
from crewhall.ground.talk import Decision
from crewhall.testing.long import at_length
from crewhall.testing.story import KEEPER, Story

NAMES = ("ada", "bea", "cy", "di", "eve", "fay", "gus")
PEOPLE = [UserId(f"@{name}:here") for name in NAMES]
FOUNDERS = PEOPLE[:3]
NEW = [UserId(f"@new{n}:here") for n in range(3)]
KEY = CommunityKey("rivendell")
ROOT, SPACES = ids.root(KEY), {key: ids.rung(KEY, RungKey(key)) for key in ("friends", "partners")}
ROOMS = {key: ids.rung_room(KEY, RungKey(key), "room") for key in SPACES}
LEVELS = {"friends": 10, "partners": 40}
people, anyone = st.sampled_from(PEOPLE), st.sampled_from([*PEOPLE, *NEW])
rungs, spaces = st.sampled_from(list(SPACES)), st.sampled_from([ROOT, *SPACES.values()])
doors = st.fixed_dictionaries(
    {
        "propose": st.sampled_from(["anyone", "friends", "partners", "keyholders"]),
        "vouches": st.fixed_dictionaries(
            {"count": st.sampled_from([1, 2, 0]), "of": st.sampled_from(["anyone", "friends", "partners"])}
        ),
        "private": st.booleans(),
        "met": st.sampled_from([[], ["a call"]]),
        "invitation_days": st.sampled_from([3, 30]),
        "after_days": st.sampled_from([0, 0, 2, 4]),
        "keep": st.fixed_dictionaries(
            {
                "vouches": st.sampled_from([1, 2, 0]),
                "dwell_days": st.sampled_from([0, 3]),
                "ask_days": st.sampled_from([1, 4]),
            }
        ),
    },
    optional={
        "consent": st.fixed_dictionaries(
            {"of": st.sampled_from(["anyone", "friends", "partners"]), "days": st.integers(0, 3)}
        )
    },
)
ENDS = {
    "InvitationGiven",
    "ProposalWithdrawn",
    "ProposalLapsed",
    "KeepingMet",
    "KeepingFailed",
    "KeepingDropped",
}
LOSSES = ["takes it back", "leaves", "comes back", "is paused"]
Place = tuple[str, UserId]
Told = tuple[RoomKey, UserId, Membership, UserId, EventId]


class Reading:
    """The facts up to some point, read once more: who is where since when, whose word stands."""

    def __init__(self, records: list[Recorded]) -> None:
        self.inside: dict[UserId, datetime] = {}
        self.on: dict[Place, datetime] = {}
        self.out: set[UserId] = set()
        self.words: dict[Place, dict[UserId, datetime]] = {}
        self.came: dict[Place, tuple[datetime, int]] = {}
        self.asked: dict[Place, datetime] = {}
        self.questions: dict[str, Any] = {}
        self.open: set[str] = set()
        self.brought: dict[UserId, set[UserId]] = {}
        self.paces: dict[UserId, list[tuple[str, str]]] = {}
        for record in records:
            self.read(record)

    def read(self, record: Recorded) -> None:
        fact: Any = record.fact
        kind, mark = type(fact).__name__, getattr(fact, "mark", "")
        self.read_places(record, fact, kind)
        self.read_paces(record, fact, kind)
        match kind:
            case "BroughtIn":
                self.brought.setdefault(fact.person, set()).add(fact.by)
            case "Vouched":
                self.about(mark)[fact.by] = record.at
            case "VouchTakenBack":
                self.about(mark).pop(fact.by, None)
            case "Proposed":
                self.questions[mark] = fact
                self.open.add(mark)
                self.words[fact.rung, fact.person] = {}
            case "KeepingAsked":
                self.questions[mark] = fact
                self.open.add(mark)
                self.asked[fact.rung, fact.person] = record.at
            case "InvitationGiven":
                place = (fact.rung, fact.person)
                self.words[place] = {p: at for p, at in self.words[place].items() if p in fact.vouched}
                self.came[place] = (record.at, self.questions[mark].needed)
                self.brought.setdefault(fact.person, set()).add(fact.by)
            case _:
                pass
        if kind in ENDS:
            self.open.discard(mark)

    def read_places(self, record: Recorded, fact: Any, kind: str) -> None:
        match kind:
            case "Arrived":
                self.inside[fact.person] = record.at
            case "Departed":
                self.inside.pop(fact.person, None)
            case "Stood":
                self.on[fact.rung, fact.person] = record.at
            case "LeftRung":
                self.on.pop((fact.rung, fact.person), None)
            case "SteppedDown" | "KeepingFailed":
                self.on = {
                    at: day for at, day in self.on.items() if at[1] != fact.person or at[0] not in fact.rungs
                }
            case "Paused":
                self.out.add(fact.person)
                self.inside.pop(fact.person, None)
                self.on = {at: day for at, day in self.on.items() if at[1] != fact.person}
            case "PauseEnded":
                self.out.discard(fact.person)
            case _:
                pass

    def read_paces(self, record: Recorded, fact: Any, kind: str) -> None:
        if kind == "SeasonAnswered":
            self.paces.setdefault(fact.person, []).append((record.cause, fact.answer))
        elif kind == "SeasonUnanswered":
            words = self.paces.get(fact.person, [])
            self.paces[fact.person] = [word for word in words if word[0] != fact.said]
        elif kind in {"Arrived", "Departed", "Stood", "Paused"}:
            self.paces.pop(fact.person, None)

    @property
    def resting(self) -> set[UserId]:
        """Return who said last that they rest, and has not come anew since."""
        return {person for person, words in self.paces.items() if words and words[-1][1] == "resting"}

    def about(self, mark: str) -> dict[UserId, datetime]:
        question = self.questions[mark]
        return self.words[question.rung, question.person]

    def standing(self, rung: str, person: UserId) -> set[UserId]:
        """Return whose vouches for somebody stand: inside since they gave it."""
        words = self.words.get((rung, person), {})
        return {one for one, at in words.items() if one in self.inside and self.inside[one] <= at}

    def counting(self, rung: str, person: UserId) -> set[UserId]:
        """Return whose vouches count: those that are not frozen."""
        questioned = {self.questions[mark].person for mark in self.open}
        own = self.patrons(person)
        return {p for p in self.standing(rung, person) if not (self.patrons(p) | own) & questioned}

    def patrons(self, person: UserId) -> set[UserId]:
        found: set[UserId] = set()
        ahead = {person}
        while ahead:
            new = {by for one in ahead for by in self.brought.get(one, ())} - found
            found |= new
            ahead = new
        return found - {person}

    def on_the_way(self, rung: str, person: UserId) -> datetime | None:
        """Return since when somebody has been on the rung below this one, or deeper."""
        if rung == "friends":
            return self.inside.get(person)
        return min((self.on[at] for at in self.on if at[1] == person), default=None)


class Ladder(RuleBasedStateMachine):
    """A community with two rungs; gestures come late or again, invitations come by hand, time passes."""

    gestures: Bundle[Told] = Bundle("gestures")
    held_back: Bundle[Told] = Bundle("held_back")

    def __init__(self) -> None:
        super().__init__()
        self.story = Story(Charter.model_validate({"key": "rivendell", "name": "Rivendell"}))
        self.ready = False
        self.came: set[tuple[RoomKey, UserId]] = set()
        self.read = 0

    @initialize(friends=doors, partners=doors)
    def start(self, friends: object, partners: object) -> None:
        self.doors = {"friends": friends, "partners": partners}
        rooms = [{"key": "room", "name": "Room"}]
        ladder = [
            {"key": key, "name": key.title(), "door": door, "rooms": rooms, "level": LEVELS[key]}
            for key, door in self.doors.items()
        ]
        charter = {"key": "rivendell", "name": "Rivendell", "founders": FOUNDERS, "rungs": ladder}
        self.story = Story(Charter.model_validate(charter), inside=PEOPLE)
        for person in FOUNDERS[:2]:
            for space in SPACES.values():
                self.tell((space, person, "join", person, self.story.event()))
        self.tell((SPACES["friends"], PEOPLE[3], "join", PEOPLE[3], self.story.event()))
        self.story.wait(timedelta(days=2))
        self.since = len(self.story.records)

    @rule(by=people, whom=anyone, rung=rungs, met=st.sampled_from(["", " met a call"]))
    def propose(self, by: UserId, whom: UserId, rung: str, met: str) -> None:
        self.story.say(by, f"invite to {rung}{met}", whom)

    @rule(rung=rungs, first=st.integers(0, 6))
    def somebody_finds_somebody_to_propose(self, rung: str, first: int) -> None:
        """Try people in turn until a proposal fits."""
        for by in (*PEOPLE[first:], *PEOPLE[:first]):
            for whom in PEOPLE[3:]:
                if isinstance(self.story.say(by, f"invite to {rung} met a call", whom), Decision):
                    return

    @rule(first=st.integers(0, 6), line=st.sampled_from(["vouch", "vouch", "object because I say so"]))
    def somebody_has_a_say(self, first: int, line: str) -> None:
        """Try people in turn until somebody is entitled in the latest question."""
        for fact in self.story.facts("Proposed")[-1:]:
            for by in (*PEOPLE[first:], *PEOPLE[:first]):
                if isinstance(self.story.say(by, line, fact.person), Decision):
                    return

    @rule(by=people, which=st.integers(0, 9), line=st.sampled_from(["vouch", "object because", "withdraw"]))
    def speak(self, by: UserId, which: int, line: str) -> None:
        """Say something about somebody who is proposed."""
        proposed = self.story.facts("Proposed")
        if proposed:
            fact = proposed[-1 - which % len(proposed)]
            more = {"vouch": f" for {fact.rung}", "withdraw": f" from {fact.rung}"}.get(line, " I say so")
            self.story.say(by, line + more, fact.person)

    @rule(which=st.integers(0, 9), by=people, choice=st.sampled_from(["👍", "👍", "✋"]))
    def react(self, which: int, by: UserId, choice: str) -> None:
        cards = [say.card for say in self.story.says if say.card is not None and choice in say.card.choices]
        if cards:
            self.story.react(cards[-1 - which % len(cards)], by, choice)

    @rule(target=gestures, which=st.integers(0, 9), yes=st.booleans())
    def answer(self, which: int, yes: bool) -> object:  # noqa: FBT001 - drawn by hypothesis
        waiting = [
            (space, person)
            for space in SPACES.values()
            for person in self.story.wish(space).invited
            if person not in self.story.hall.standing.get(RungKey(space.rpartition("/")[2]), ())
        ]
        if not waiting:
            return multiple()
        space, person = waiting[which % len(waiting)]
        told: Told = (space, person, "join" if yes else "leave", person, self.story.event())
        self.tell(told)
        return told

    @rule(rung=rungs, first=st.integers(3, 6))
    def somebody_rises(self, rung: str, first: int) -> None:
        """Have somebody proposed, everybody vouch who can, and the person accept once they are invited."""
        self.somebody_finds_somebody_to_propose(rung, first)
        for fact in self.story.facts("Proposed")[-1:]:
            for by in PEOPLE:
                self.story.say(by, f"vouch for {fact.rung}", fact.person)
            self.story.wait(timedelta(days=7))
            if fact.person in self.story.hall.asked.get(fact.rung, ()):
                self.tell((SPACES[fact.rung], fact.person, "join", fact.person, self.story.event()))

    @rule(by=people, back=st.integers(1, 3))
    def a_vouch_is_taken_back_later(self, by: UserId, back: int) -> None:
        """Try the invitations given last, in turn, until somebody has vouched there."""
        for fact in reversed(self.story.facts("InvitationGiven")[-back:]):
            for one in (by, *fact.vouched):
                line = f"vouch withdraw for {fact.rung}"
                if isinstance(self.story.say(one, line, fact.person), Decision):
                    return

    @rule(rung=rungs, first=st.integers(3, 6), how=st.sampled_from(LOSSES))
    def somebody_loses_who_vouched(self, rung: str, first: int, how: str) -> None:
        """Have somebody rise, lose who vouched for them one way or the other, and the dwell pass."""
        self.somebody_rises(rung, first)
        for fact in self.story.facts("InvitationGiven")[-1:]:
            for voucher in fact.vouched:
                if how == "takes it back":
                    self.story.say(voucher, f"vouch withdraw for {fact.rung}", fact.person)
                elif how != "is paused":
                    self.tell((ROOT, voucher, "leave", voucher, self.story.event()))
                    if how == "comes back":
                        self.story.wait(timedelta(hours=1))
                        self.tell((ROOT, voucher, "join", voucher, self.story.event()))
                else:
                    self.two_pause_somebody(voucher, 0)
        self.story.wait(timedelta(days=3))
        self.story.wait(timedelta(hours=1))

    @rule(by=people)
    def somebody_vouches_anew(self, by: UserId) -> None:
        for fact in self.story.facts("KeepingAsked")[-1:]:
            self.story.say(by, f"vouch for {fact.rung}", fact.person)

    @rule(person=people)
    def rest_or_wake(self, person: UserId) -> None:
        self.story.say(person, "season in" if person in self.story.hall.resting else "season resting")

    @rule(person=people, first=st.integers(0, 2))
    def two_pause_somebody(self, person: UserId, first: int) -> None:
        for by in (*FOUNDERS[first:], *FOUNDERS[:first]):
            self.story.say(by, "pause for 2 days because of something", person)

    @rule(person=people, rung=st.sampled_from(["", " from friends", " from friends all", " from partners"]))
    def step_down(self, person: UserId, rung: str) -> None:
        self.story.say(person, f"step down{rung}")

    @rule(
        target=gestures,
        space=spaces,
        person=anyone,
        by=st.sampled_from([*PEOPLE, KEEPER]),
        how=st.sampled_from(["invite", "join", "leave", "ban", "knock"]),
    )
    def move(self, space: RoomKey, person: UserId, by: UserId, how: Membership) -> Told:
        told: Told = (space, person, how, person if how in {"join", "knock"} else by, self.story.event())
        self.tell(told)
        return told

    @rule(target=held_back, space=spaces, person=anyone, by=people, how=st.sampled_from(["invite", "leave"]))
    def move_unheard(self, space: RoomKey, person: UserId, by: UserId, how: Membership) -> Told:
        return (space, person, how, by, self.story.event())

    @rule(target=gestures, told=consumes(held_back))
    def hear_late(self, told: Told) -> Told:
        self.tell(told)
        return told

    @rule(told=gestures)
    def hear_again(self, told: Told) -> None:
        recorded = any(record.cause == told[4] for record in self.story.records)
        before = len(self.story.records)
        if recorded:
            self.tell(told)
            assert len(self.story.records) == before

    @rule(back=st.integers(1, 8))
    def take_back(self, back: int) -> None:
        if len(self.story.records) >= back:
            record = self.story.records[-back]
            by = getattr(record.fact, "by", None) or getattr(record.fact, "person", PEOPLE[0])
            if isinstance(by, str):
                self.story.take_back(record.cause, UserId(by))

    @rule(hours=st.sampled_from([1, 24, 72, 24 * 31]))
    def time_passes(self, hours: int) -> None:
        self.story.wait(timedelta(hours=hours))

    @invariant()
    def nobody_stands_without_the_rule_met_and_their_own_yes(self) -> None:
        invited: set[tuple[str, UserId]] = {(key, person) for key in SPACES for person in FOUNDERS}
        stands: set[tuple[str, UserId]] = set()
        for n, record in enumerate(self.story.records):
            fact = record.fact
            match type(fact).__name__:
                case "InvitationGiven":
                    invited.add((fact.rung, fact.person))
                case "InvitationLapsed" | "ProposalWithdrawn":
                    opened = self._opening(fact.mark)
                    invited.discard((opened.fact.rung, opened.fact.person))
                case "Stood":
                    if n >= getattr(self, "since", 10**6):
                        assert (fact.rung, fact.person) in invited
                        assert (SPACES[fact.rung], fact.person) in self.came
                    invited.discard((fact.rung, fact.person))
                    stands.add((fact.rung, fact.person))
                case "LeftRung":
                    invited.discard((fact.rung, fact.person))
                    stands.discard((fact.rung, fact.person))
                case "Paused":
                    stands = {place for place in stands if place[1] != fact.person}
                    invited = {place for place in invited if place[1] != fact.person}
                case "PauseEnded":
                    invited |= {(rung, fact.person) for rung in self._paused(fact.mark).rungs}
                case "SteppedDown" | "KeepingFailed":
                    stands -= {(rung, fact.person) for rung in fact.rungs}
                    invited -= {(rung, fact.person) for rung in fact.rungs}
        folded = {(rung, p) for rung, there in self.story.hall.standing.items() for p in there}
        assert folded == stands

    @invariant()
    def every_grant_traces_to_consents(self) -> None:
        for record in self.story.records:
            if type(record.fact).__name__ == "InvitationGiven":
                self._justified(record)

    @invariant()
    def every_question_about_staying_has_its_reason_and_its_time(self) -> None:
        """Read what was asked and decided since the last step by the plain rule."""
        new = self.story.records[self.read :]
        reading = Reading(self.story.records[: self.read])
        for record in new:
            self._is_due(record, reading)
            reading.read(record)
        self.read = len(self.story.records)

    @invariant()
    def rooms_and_levels_are_those_of_the_standing(self) -> None:
        hall = self.story.hall
        if not hall.charter.rungs:
            return
        for key, space in SPACES.items():
            wish = self.story.wish(space)
            there = set(hall.standing.get(RungKey(key), ()))
            assert not wish.unwelcome & (there | set(wish.invited))
            asked = set(hall.asked.get(RungKey(key), ()))
            assert set(wish.invited) - set(FOUNDERS) == asked - set(FOUNDERS)
            given = {p for p, level in wish.powers.users.items() if level == LEVELS[key]}
            assert given == there - set(hall.keyholders)
            assert not {p for p in self.story.wish(ROOMS[key]).unwelcome if hall.reaches(p, key)}
            down = set(hall.stepped_down.get(RungKey(key), ()))
            left = {p for p in down if not hall.reaches(p, key)}
            assert left <= self.story.wish(ROOMS[key]).unwelcome

    @invariant()
    def who_said_so_rests(self) -> None:
        hall = self.story.hall
        assert set(hall.resting) & set(hall.inside) == Reading(self.story.records).resting & set(hall.inside)

    @invariant()
    def one_question_at_a_time_about_one_person_and_rung(self) -> None:
        ended = {
            getattr(r.fact, "mark", "")
            for r in self.story.records
            if type(r.fact).__name__ in {"InvitationGiven", "ProposalWithdrawn", "ProposalLapsed"}
        }
        still = [(f.rung, f.person) for f in self.story.facts("Proposed") if f.mark not in ended]
        assert len(still) == len(set(still))

    def tell(self, told: Told) -> None:
        space, person, how, by, cause = told
        if how == "join":
            self.came.add((space, person))
        self.story.gesture(space, person, how, by=by, cause=cause)

    def _is_due(self, record: Recorded, reading: Reading) -> None:
        fact: Any = record.fact
        match type(fact).__name__:
            case "Proposed":
                ripe = reading.on_the_way(fact.rung, fact.person)
                assert ripe is not None
                assert record.at >= ripe + timedelta(days=self.doors[fact.rung]["after_days"])
                assert not {fact.person, fact.by, *fact.vouchers, *fact.consenters} & reading.out
                assert not {*fact.vouchers, *fact.consenters} & reading.resting
            case "InvitationGiven":
                assert set(fact.vouched) <= reading.counting(fact.rung, fact.person)
                assert not {fact.person, fact.by} & reading.out
                assert fact.by in {*reading.inside, *FOUNDERS}
            case "Vouched" | "Objected":
                assert fact.by not in reading.out
            case "KeepingAsked":
                self._asks_in_time(record, reading)
            case "KeepingMet":
                about = reading.questions[fact.mark]
                assert set(fact.vouched) == reading.counting(about.rung, about.person)
                assert len(fact.vouched) >= about.needed
            case "KeepingFailed":
                about = reading.questions[fact.mark]
                assert record.at >= about.closes
                assert len(reading.counting(about.rung, about.person)) < about.needed
                assert reading.asked[about.rung, about.person] >= reading.on[about.rung, about.person]
                assert set(fact.rungs) == {
                    rung
                    for rung in ("friends", "partners")[about.rung == "partners" :]
                    if (rung, fact.person) in reading.on
                }
            case _:
                pass

    def _asks_in_time(self, record: Recorded, reading: Reading) -> None:
        fact: Any = record.fact
        place, keep = (fact.rung, fact.person), self.doors[fact.rung]["keep"]
        dwell = timedelta(days=keep["dwell_days"])
        given, needed = reading.came[place]
        assert fact.person not in self.story.hall.keyholders
        assert fact.person not in reading.out | reading.resting
        assert not set(fact.vouchers) & (reading.out | reading.resting | {fact.person})
        assert given <= reading.on[place] <= record.at - dwell
        assert reading.asked.get(place, record.at - dwell) <= record.at - dwell
        assert len(reading.standing(*place)) < fact.needed <= min(keep["vouches"], needed)
        assert fact.closes == record.at + timedelta(days=keep["ask_days"])

    def _paused(self, mark: str) -> Any:
        return next(fact for fact in self.story.facts("Paused") if getattr(fact, "mark", "") == mark)

    def _opening(self, mark: str) -> Recorded:
        return next(
            r
            for r in self.story.records
            if type(r.fact).__name__ == "Proposed" and getattr(r.fact, "mark", "") == mark
        )

    def _justified(self, grant: Recorded) -> None:
        """Read the facts before a grant by the plain rule: who spoke, took it back, and when it closed."""
        opened, fact = self._opening(grant.fact.mark), grant.fact
        question = opened.fact
        vouches: set[UserId] = set()
        objections: dict[UserId, datetime] = {}
        met, paused, stopped = False, timedelta(), None
        for record in self.story.records[opened.seq : grant.seq - 1]:
            said = record.fact
            if getattr(said, "mark", "") != fact.mark:
                continue
            match type(said).__name__:
                case "Vouched":
                    assert said.by not in vouches
                    vouches.add(said.by)
                case "VouchTakenBack":
                    vouches.discard(said.by)
                case "Objected":
                    stopped = stopped or record.at
                    objections[said.by] = record.at
                case "ObjectionTakenBack":
                    del objections[said.by]
                    if not objections and stopped is not None:
                        paused, stopped = paused + (record.at - stopped), None
                case "MetStated":
                    met = True
                case kind:
                    raise AssertionError(kind)
        assert not objections
        assert set(fact.vouched) <= vouches & set(question.vouchers)
        assert len(fact.vouched) >= question.needed
        assert not {question.person, question.by} & {*question.vouchers, *question.consenters}
        assert met or not question.wants_met
        all_for = set(question.consenters) <= set(fact.vouched)
        assert not question.waits or all_for or grant.at >= question.closes + paused
        door = self.doors[question.rung]
        entitled = {"anyone": set(PEOPLE) | set(NEW), "keyholders": set(FOUNDERS)}
        assert question.by in entitled.get(door["propose"], entitled["anyone"])
        assert question.needed in {door["vouches"]["count"], len(question.vouchers)}


Ladder.TestCase.settings = settings(max_examples=at_length(150), stateful_step_count=50, deadline=None)
TestLadder = pytest.mark.timeout(at_length(90))(Ladder.TestCase)
