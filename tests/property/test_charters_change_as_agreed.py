"""Whatever is said of a charter, it stays sound and traces to a founding, a file or a passed round."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from crewhall.charter.differences import differences
from crewhall.charter.model import Charter
from crewhall.charter.parts import Act, Clause, changed
from crewhall.charter.sense import nonsense
from crewhall.ground import ids
from crewhall.ground.charters import CharterChanged
from crewhall.ground.facts import Recorded, Stream, Writing
from crewhall.ground.ids import CommunityKey, RungKey, UserId
from crewhall.ground.talk import Decision
from crewhall.life.amending.facts import ChangeProposed
from crewhall.testing.long import at_length
from crewhall.testing.story import Story

KEY = CommunityKey("rivendell")
ADA, BEA, CY, DI, EVE = PEOPLE = [UserId(f"@{name}:here") for name in ("ada", "bea", "cy", "di", "eve")]
FRIENDS = ids.rung(KEY, RungKey("friends"))
PATHS = (
    "name", "purpose", "crews.most", "crews.fewest", "crews.usual", "crews.start", "crews.leaves", "rungs",
    "rungs.friends", "rungs.friends.level", "rungs.friends.door", "rungs.friends.door.consent.of",
    "rungs.friends.door.consent.days", "rungs.friends.rooms", "rungs.partners", "rungs.partners.name",
    "places", "places.lobby", "places.lobby.post", "hats", "hats.door", "hats.door.needs",
    "hats.door.given.by", "seasons.starts", "renewal", "renewal.of", "calendar.week", "calendar.free",
    "calendar.zone", "container", "changes.of", "changes.others", "keyholders.level", "door.join",
    "door.invite", "drift.powers", "removal.of", "key", "nothing", "rungs.friends.key", "federate", "",
)  # fmt: skip
VALUES = (
    "6", "0", "200", "-1", "friends", "partners", "anyone", "keyholders", "no", "yes", "03-01, 09-01",
    "mon, sat", "2027-12-24", "Europe/Berlin", "lobby", "friends/commons", "core as Core", "door as Door",
    "{}", "{of: friends}", "[]", "x" * 90, "public", "restore", "\u202e",
    "door as Door before partners", "2027-12-24, 2027-02-30",
)  # fmt: skip
acts: st.SearchStrategy[Act] = st.sampled_from(["set", "unset", "add", "drop"])
clauses = st.builds(
    Clause, acts, st.sampled_from(PATHS) | st.text(max_size=12), st.sampled_from(VALUES) | st.text()
)
RUNGS: list[dict[str, Any]] = [
    {"key": "friends", "name": "Friends", "rooms": [{"key": "commons", "name": "Commons"}]},
    {"key": "partners", "name": "Partners", "level": 40, "door": {"propose": "partners"}},
]
CHARTER = Charter.model_validate(
    {
        "key": "rivendell",
        "name": "Rivendell",
        "places": [{"key": "lobby", "name": "Lobby"}],
        "rungs": RUNGS,
        "hats": [{"key": "door", "name": "Door"}],
    }
)


@settings(max_examples=at_length(400), deadline=None)
@given(st.lists(st.lists(clauses, min_size=1, max_size=3), min_size=1, max_size=12))
def test_no_change_ever_makes_a_charter_that_a_file_could_not_say(lines: list[list[Clause]]) -> None:
    charter = CHARTER
    for line in lines:
        new = changed(charter, line)
        if not isinstance(new, Charter):
            assert new
            assert all(new)
            continue
        assert tuple(nonsense(new)) == ()
        assert Charter.model_validate_json(new.model_dump_json(), strict=True) == new
        assert (new.key, new.room_version, new.federate) == (charter.key, "12", True)
        assert bool(differences(charter, new)) == (new != charter)
        charter = new


LINES = st.sampled_from(
    [
        "set crews.most to 6",
        "set crews.most to 9",
        "add places kitchen as Kitchen",
        "drop places.kitchen",
        "drop rungs.partners",
        "add rungs partners as Partners",
        "set changes.of to friends",
        "set changes.of to keyholders",
        "set changes.propose to friends",
        "set changes.others to 0",
        "set changes.others to 2",
        "set changes.days to 0",
        "set changes.days to 2",
        "set container to friends/commons",
        "unset container",
    ]
)
people = st.sampled_from(PEOPLE)


class Agreement(RuleBasedStateMachine):
    """A community in which people propose, agree, object, take it back, come and go; files change it."""

    def __init__(self) -> None:
        super().__init__()
        self.story = Story(CHARTER.model_copy(update={"founders": (ADA, BEA)}), inside=PEOPLE)
        self.said: list[tuple[str, UserId]] = []

    @initialize(keys=st.integers(1, 3))
    def start(self, keys: int) -> None:
        self.story = Story(CHARTER.model_copy(update={"founders": tuple(PEOPLE[:keys])}), inside=PEOPLE)
        for person in (ADA, BEA, DI):
            self.story.gesture(FRIENDS, person, "join")
        self.story.wait(timedelta(days=1))

    @rule(first=st.integers(0, 4), line=LINES)
    def propose(self, first: int, line: str) -> None:
        """Try people in turn until one of them may."""
        for by in (*PEOPLE[first:], *PEOPLE[:first]):
            cause = self.story.event()
            if isinstance(self.story.say(by, f"charter {line}", cause=cause), Decision):
                self.said.append((cause, by))
                return

    @rule(first=st.integers(0, 4), choice=st.sampled_from(["✅", "✅", "✅", "✅", "✋"]))
    def have_a_say(self, first: int, choice: str) -> None:
        """Have one who is asked and has not spoken say yes, or object."""
        for record in self.story.records[::-1]:
            if isinstance(record.fact, ChangeProposed):
                asked = sorted(record.fact.entitled)
                by = asked[first % len(asked)]
                self.react(by, choice, 1)
                return

    @rule(by=people, choice=st.sampled_from(["✅", "✋"]), which=st.integers(1, 3))
    def react(self, by: UserId, choice: str, which: int) -> None:
        cards = [say.card for say in self.story.says if say.card is not None]
        cause = self.story.event()
        if cards:
            self.story.react(cards[-min(which, len(cards))], by, choice, cause=cause)
            self.said.append((cause, by))

    @rule(by=people)
    def object(self, by: UserId) -> None:
        self.story.say(by, "charter object because I say so")

    @rule(by=people)
    def withdraw(self, by: UserId) -> None:
        self.story.say(by, "charter withdraw")

    @rule(back=st.integers(1, 6))
    def take_back(self, back: int) -> None:
        if len(self.said) >= back:
            self.story.take_back(*self.said[-back])

    @rule(person=people, comes=st.booleans())
    def come_or_go(self, person: UserId, comes: bool) -> None:  # noqa: FBT001 - drawn by hypothesis
        self.story.gesture(FRIENDS, person, "join" if comes else "leave")

    @rule(most=st.integers(5, 9), now=st.sampled_from([True, False, False, False]))
    def change_the_file(self, most: int, now: bool) -> None:  # noqa: FBT001 - drawn by hypothesis
        if not now:
            return
        crews = self.story.hall.charter.crews.model_copy(update={"most": most})
        charter = self.story.hall.charter.model_copy(update={"crews": crews})
        if charter != self.story.hall.charter:
            self.story.record(self.story.event(), (Writing(Stream(KEY), CharterChanged(charter)),))

    @rule(hours=st.sampled_from([1, 24, 72]))
    def time_passes(self, hours: int) -> None:
        self.story.wait(timedelta(hours=hours))

    @invariant()
    def every_charter_traces_to_a_founding_a_file_or_a_passed_round(self) -> None:
        charter = CHARTER
        for record in self.story.records:
            if isinstance(record.fact, CharterChanged):
                if record.fact.by is not None:
                    self._justified(record, charter)
                charter = record.fact.charter
        assert self.story.hall.charter == charter
        assert tuple(nonsense(charter)) == ()

    @invariant()
    def one_question_is_open_at_a_time(self) -> None:
        open_: set[str] = set()
        for record in self.story.records:
            match type(record.fact).__name__:
                case "ChangeProposed":
                    assert not open_
                    open_.add(_mark(record))
                case "ChangeAgreed" | "ChangeWithdrawn" | "ChangeDropped":
                    open_.remove(_mark(record))

    @invariant()
    def rooms_are_those_of_the_charter_and_what_it_no_longer_has_is_closed(self) -> None:
        kitchen = any(place.key == "kitchen" for place in self.story.hall.charter.places)
        ever = any(
            "kitchen" in repr(r.fact) for r in self.story.records if isinstance(r.fact, CharterChanged)
        )
        if kitchen or ever:
            assert self.story.wish(ids.place(KEY, "kitchen")).closed is not kitchen

    def _justified(self, change: Recorded, before: Charter) -> None:
        """Read the words before a change by the plain rule of the charter that it replaces."""
        agreed = next(r for r in reversed(self.story.records[: change.seq - 1]) if _kind(r) == "ChangeAgreed")
        assert agreed.cause == change.cause
        opened = next(
            r for r in self.story.records if _kind(r) == "ChangeProposed" and _mark(r) == _mark(agreed)
        )
        question: Any = opened.fact
        assert not [
            r for r in self.story.records[opened.seq : agreed.seq - 1] if isinstance(r.fact, CharterChanged)
        ]
        assert (question.charter, question.by) == (change.fact.charter, change.fact.by)  # type: ignore[attr-defined]
        words: dict[UserId, str] = {}
        for record in self.story.records[opened.seq : agreed.seq - 1]:
            fact: Any = record.fact
            if _kind(record) == "ChangeSaid":
                assert fact.by in question.entitled
                words[fact.by] = fact.word
            elif _kind(record) == "ChangeWordTakenBack":
                del words[fact.by]
        yes = {person for person, word in words.items() if word == "yes"}
        assert set(agreed.fact.agreed) <= yes  # type: ignore[attr-defined]
        alone = question.entitled == (question.by,)
        assert alone or question.by not in question.entitled
        wanted = 1 if alone else min(before.changes.others, len(question.entitled))
        assert len(agreed.fact.agreed) >= wanted  # type: ignore[attr-defined]
        if question.waits and not set(question.entitled) <= yes:
            assert _working_days(opened.at, change.at) >= before.changes.days or _left(self.story, opened)
        objecting = {person for person, word in words.items() if word == "no"}
        assert not objecting or _left(self.story, opened)


def _left(story: Story, opened: Recorded) -> bool:
    """Return whether somebody lost their say meanwhile, so that the words alone do not tell."""
    return any(_kind(record) == "LeftRung" for record in story.records[opened.seq :])


def _kind(record: Recorded) -> str:
    return type(record.fact).__name__


def _mark(record: Recorded) -> str:
    return str(getattr(record.fact, "mark", ""))


def _working_days(start: datetime, end: datetime) -> int:
    days = (start + timedelta(days=n) for n in range(1, (end - start).days + 1))
    return sum(day.weekday() < 5 for day in days)


Agreement.TestCase.settings = settings(max_examples=at_length(120), stateful_step_count=40, deadline=None)
TestAgreement = pytest.mark.timeout(at_length(90))(Agreement.TestCase)
