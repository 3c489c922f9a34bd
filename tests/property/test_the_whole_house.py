"""Whatever people do, everyone has exactly the rooms and powers that the ledger's story gives them.

The whole service lives on a fake homeserver while people speak, react, come and go, change levels and doors
by hand, while post is lost or told twice, time passes and the service is killed. After every step, once it is
quiet, the rooms are held against a second, naive reading of the ledger; every grant is traced to the words of
those entitled; and a second plan is empty. LONG_TESTS=1 plays for minutes.
"""

from datetime import timedelta
from typing import Any

import pytest
from house.charters import CHANGES, FOUNDERS, POLICIES
from house.rooms import Rooms, leftover
from house.told import Told
from house.town import Town, targets
from house.traces import Traces
from hypothesis import HealthCheck, note, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from crewhall.errors import Trouble
from crewhall.testing.events import JOINS
from crewhall.testing.faults import Mishap
from crewhall.testing.long import LONG, at_length

EVERYBODY = list(targets())
anybody = st.sampled_from(EVERYBODY)
rungs = st.sampled_from(["Friends", "Partners", "Rivendell"])
hats = st.sampled_from(["keys", "greeter", "scribe"])
leaves = st.sampled_from(["work", "pot"])
ABOUT = (
    "!invite {who} to {rung}",
    "!vouch for {who}",
    "!vouch withdraw for {who}",
    "!object {who} because I say so",
    "!invite withdraw {who} from {rung}",
)
OWN = ("!step down", "!step down all", "!step down from friends all", "!season resting", "!season in")
OF_HATS = (
    "!hat offer {hat} to {who}",
    "!hat object {hat} {who} because I say so",
    "!hat drop {hat}",
    "!hat understudy {hat} {who}",
    "!hat withdraw {hat} {who}",
)
OF_CREWS = (
    "!crew start Lantern {who}",
    "!crew invite Lantern {who}",
    "!crew ask Lantern",
    "!crew leave Lantern",
    "!crew end Lantern",
    "!open {leaf} in Lantern",
    "!open {leaf} in Lantern",
    "!close {leaf} in Lantern",
)
OF_SAFETY = (
    "!pause {who} for 3 days because of care",
    "!pause end {who}",
    "!remove {who} because of care",
    "!remove withdraw {who}",
    "!readmit {who}",
)


class WholeHouse(RuleBasedStateMachine):
    """A town that has begun: two founders, two friends, one more inside, two outside."""

    def __init__(self) -> None:
        super().__init__()
        self.town: Any = None

    @initialize(policy=st.sampled_from(POLICIES))
    def begin(self, policy: str) -> None:
        self.town = Town(policy)
        self.told = Told()
        self.traces = Traces(self.town.world, self.told)
        self.rooms = Rooms(self.town.world, self.town.house.me, self.told, {})
        self.read = 0

    @rule(by=anybody, who=anybody, line=st.sampled_from(ABOUT), rung=rungs)
    def speak_about_somebody(self, by: str, who: str, line: str, rung: str) -> None:
        self.town.say(by, line.format(who=who, rung=rung))

    @rule(by=anybody, line=st.sampled_from(OWN))
    def speak_for_oneself(self, by: str, line: str) -> None:
        self.town.say(by, line)

    @rule(by=anybody, who=anybody, line=st.sampled_from(OF_HATS), hat=hats)
    def speak_of_hats(self, by: str, who: str, line: str, hat: str) -> None:
        self.town.say(by, line.format(who=who, hat=hat))

    @rule(by=anybody, who=anybody, line=st.sampled_from(OF_CREWS), leaf=leaves)
    def speak_of_crews(self, by: str, who: str, line: str, leaf: str) -> None:
        self.town.say(by, line.format(who=who, leaf=leaf))

    @rule(by=anybody, who=anybody, line=st.sampled_from(OF_SAFETY))
    def speak_of_safety(self, by: str, who: str, line: str) -> None:
        self.town.say(by, line.format(who=who))

    @rule(who=anybody, first=st.sampled_from(FOUNDERS), second=anybody)
    def two_pause_somebody(self, who: str, first: str, second: str) -> None:
        """Have two say so; only two who hold the keys can."""
        for by in (first, second):
            self.town.say(by, f"!pause {who} for 3 days because of care")
            self.town.settle()

    @rule(by=st.sampled_from([*FOUNDERS, *EVERYBODY]), change=st.sampled_from(CHANGES))
    def propose_a_change(self, by: str, change: str) -> None:
        self.town.say(by, f"!charter {change}")

    @rule(by=st.sampled_from(FOUNDERS), change=st.sampled_from(CHANGES))
    def change_the_charter(self, by: str, change: str) -> None:
        self.town.say(by, f"!charter {change}")
        self.everybody_agrees()

    @rule(by=anybody, back=st.integers(1, 6), nth=st.integers(0, 3))
    def react(self, by: str, back: int, nth: int) -> None:
        cards = self.town.cards(by)
        if cards:
            room, event, choices = cards[-back % len(cards)]
            self.town.attempt(self.town.people[by].react(room, event, choices[nth % len(choices)]))

    @rule()
    def everybody_agrees(self) -> None:
        """Have everybody say yes to what they were asked last."""
        self.town.settle()
        for by in EVERYBODY:
            for room, event, choices in self.town.cards(by)[-2:]:
                self.town.attempt(self.town.people[by].react(room, event, choices[0]))

    @rule(by=anybody, which=st.integers(0, 20), yes=st.sampled_from([True, True, False]))
    def answer_an_invitation(self, by: str, which: int, yes: bool) -> None:  # noqa: FBT001 - drawn
        waiting = [room for room, how in self.town.world.memberships(by).items() if how == "invite"]
        if waiting:
            room, person = waiting[which % len(waiting)], self.town.people[by]
            self.town.attempt(person.join(room) if yes else person.leave(room))

    @rule()
    def everybody_accepts(self) -> None:
        for by in EVERYBODY:
            for room, how in list(self.town.world.memberships(by).items()):
                if how == "invite":
                    self.town.attempt(self.town.people[by].join(room))

    @rule(by=anybody, which=st.integers(0, 40), how=st.sampled_from(["join", "join", "leave", "knock"]))
    def come_or_go(self, by: str, which: int, how: str) -> None:
        keys = self.town.rooms()
        room, person = self.town.opened[keys[which % len(keys)]], self.town.people[by]
        self.town.attempt(getattr(person, how)(room))

    @rule(
        by=anybody,
        who=anybody,
        which=st.integers(0, 40),
        how=st.sampled_from(["invite", "invite", "kick", "ban", "unban"]),
    )
    def move_by_hand(self, by: str, who: str, which: int, how: str) -> None:
        keys = self.town.rooms()
        room, person = self.town.opened[keys[which % len(keys)]], self.town.people[by]
        self.town.attempt(getattr(person, how)(room, who))

    @rule(
        by=st.sampled_from([*FOUNDERS, *EVERYBODY]),
        who=anybody,
        which=st.integers(0, 40),
        level=st.sampled_from([-1, 0, 5, 30, 50, 99]),
    )
    def give_power(self, by: str, who: str, which: int, level: int) -> None:
        keys = self.town.rooms()
        room = self.town.opened[keys[which % len(keys)]]
        self.town.attempt(self.town.people[by].give_power(room, {who: level}))

    @rule(by=st.sampled_from(FOUNDERS), which=st.integers(0, 40), rule=st.sampled_from(["public", "invite"]))
    def open_a_door(self, by: str, which: int, rule: str) -> None:
        keys = self.town.rooms()
        room = self.town.opened[keys[which % len(keys)]]
        self.town.attempt(self.town.people[by].set_state(room, JOINS, {"join_rule": rule}))

    @rule(by=anybody, back=st.integers(1, 3))
    def take_back(self, by: str, back: int) -> None:
        if len(said := self.town.own(by)) >= back:
            event = said[-back]
            self.town.attempt(self.town.people[by].redact(self.town.world.events[event].room, event))

    @rule(who=anybody, rung=st.sampled_from(["Friends", "Partners"]), first=st.integers(0, 4))
    def somebody_rises(self, who: str, rung: str, first: int) -> None:
        """Have somebody proposed, vouched for by all or some, and accept once they are invited."""
        for by in (*FOUNDERS, "@cleo:hall.test"):
            self.town.say(by, f"!invite {who} to {rung}")
        self.town.settle()
        for by in EVERYBODY[first:]:
            self.town.say(by, f"!vouch for {who}")
        self.town.wait(timedelta(days=3))
        self.everybody_accepts()

    @rule()
    def everybody_enters(self) -> None:
        """Have everybody try every door."""
        for by in EVERYBODY:
            for room in self.town.opened.values():
                self.town.attempt(self.town.people[by].join(room))

    @rule(by=anybody, who=anybody, leaf=leaves)
    def a_crew_deepens(self, by: str, who: str, leaf: str) -> None:
        """Have a crew begin, everybody accept, and all of them open a leaf."""
        self.town.say(by, f"!crew start Lantern {who}")
        self.town.settle()
        self.everybody_accepts()
        self.town.settle()
        for one in EVERYBODY:
            self.town.say(one, f"!open {leaf} in Lantern")

    @rule(who=anybody)
    def a_crew_grows(self, who: str) -> None:
        """Have somebody offered a seat by each who can, and take it."""
        for one in EVERYBODY:
            self.town.say(one, f"!crew invite Lantern {who}")
        self.town.settle()
        self.everybody_accepts()

    @rule(by=anybody, who=anybody, hat=hats)
    def a_hat_is_given(self, by: str, who: str, hat: str) -> None:
        self.town.say(by, f"!hat offer {hat} to {who}")
        self.town.wait(timedelta(days=3))
        self.everybody_agrees()

    @rule(by=st.sampled_from(FOUNDERS), who=anybody)
    def somebody_is_put_out(self, by: str, who: str) -> None:
        """Have everybody say yes to somebody's removal, and its days pass; then two may let them in again."""
        self.town.say(by, f"!remove {who} because of care")
        self.everybody_agrees()
        self.town.wait(timedelta(days=8))

    @rule(who=anybody, first=anybody, second=anybody)
    def two_let_somebody_in_again(self, who: str, first: str, second: str) -> None:
        for by in (first, second):
            self.town.say(by, f"!readmit {who}")
            self.town.settle()

    @rule(hours=st.sampled_from([1, 12, 24, 24 * 4, 24 * 12, 24 * 35]))
    def time_passes(self, hours: int) -> None:
        self.town.wait(timedelta(hours=hours))

    @rule(after=st.sampled_from([0, 1, 2, 5, 10, 30]))
    def it_is_killed(self, after: int) -> None:
        self.town.crash(after)

    @rule(by=anybody, who=anybody, after=st.sampled_from([1, 3, 8, 20]))
    def it_is_killed_at_work(self, by: str, who: str, after: int) -> None:
        self.town.say(by, f"!invite {who} to Friends")
        self.everybody_accepts()
        self.town.crash(after)

    @rule()
    def it_is_told_twice(self) -> None:
        self.everybody_accepts()
        self.town.push_twice()

    @rule(by=anybody, which=st.integers(0, 40), how=st.sampled_from(["join", "leave"]))
    def the_post_is_lost(self, by: str, which: int, how: str) -> None:
        self.come_or_go(by, which, how)
        self.everybody_accepts()
        self.town.lose_post()

    @rule(mishaps=st.lists(st.sampled_from([None, *Mishap]), max_size=8))
    def the_homeserver_has_a_bad_day(self, mishaps: list[Mishap | None]) -> None:
        self.town.house.homeserver.faults.script.extend(mishaps)

    @precondition(lambda self: self.town is not None)
    @invariant()
    def rooms_are_as_the_story_says(self) -> None:
        """Have it settle, read what is new, and hold everything against it."""
        self.town.settle()
        self.rooms.opened = self.town.opened
        for record in self.town.ledger.records[self.read :]:
            self.traces.check(record)
            self.told.read(record)
            if self.told.key:
                self.rooms.follow(EVERYBODY, record.at)
        self.read = len(self.town.ledger.records)
        strange = [one for one in self.town.house.troubles if not isinstance(one, Trouble)]
        assert not strange, strange
        differences = list(self.rooms.differences(EVERYBODY))
        if differences:
            self.recount()
        assert not differences, "\n".join(differences)
        plan = self.town.run(self.town.plan())
        again = leftover(self.told, (step.key for step in plan.steps))
        assert not again, [step for step in plan.steps if step.key in again]

    def recount(self) -> None:
        """Tell the end of the story."""
        for record in self.town.ledger.records[-25:]:
            note(f"{record.at:%m-%d %H:%M} {record.cause[:24]} {record.fact}"[:300])

    def teardown(self) -> None:
        if self.town is not None:
            self.town.close()


WholeHouse.TestCase.settings = settings(
    max_examples=at_length(40),
    stateful_step_count=40 if LONG else 25,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    print_blob=True,
)
TestWholeHouse = pytest.mark.timeout(at_length(110))(WholeHouse.TestCase)
