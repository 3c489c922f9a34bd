"""A promise: nobody of a sister has a seat without the members' yes and a call that was open as they asked.

Two communities, people who say and do anything in any order, links and calls that open and close meanwhile;
and a seat that is taken is lost only by going.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from crewhall.charter.model import Charter
from crewhall.ground import ids
from crewhall.ground.grammar import parse
from crewhall.ground.ids import CrewKey, RoomId, UserId
from crewhall.ground.talk import Answer, Asked, Decision, Gesture
from crewhall.house import answer, commands, gesture
from crewhall.testing.long import at_length
from crewhall_bridges.sister.bond import is_open
from crewhall_bridges.sister.cards import ASK, YES
from crewhall_bridges.sister.crossing.facts import CallOpened
from crewhall_bridges.sister.testing import Town, meet

HERE = tuple(UserId(f"@{name}:rivendell.example") for name in ("ada", "bea"))
AWAY = tuple(UserId(f"@{name}:dale.example") for name in ("di", "eve", "fay"))
ELSE = UserId("@zoe:else.example")
STRANGERS = (*AWAY, ELSE)
KEY = CrewKey("lantern")


def town(name: str, *hosts: UserId, admit: str = "one") -> Town:
    said = {
        "key": name,
        "name": name.title(),
        "founders": list(hosts),
        "sisters": {"flows": ["crews"], "others": 0, "days": 0},
        "crews": {"admit": admit, "most": 4},
    }
    return Town(Charter.model_validate(said), UserId(f"@keeper:{name}.example"), inside=hosts)


class Seats(RuleBasedStateMachine):
    """What people of both sides do about one crew."""

    @initialize(admit=st.sampled_from(("one", "all")))
    def found(self, admit: str) -> None:
        self.here, self.dale = town("rivendell", *HERE, admit=admit), town("dale", AWAY[0])
        self.all = admit == "all"
        self.called: set[UserId] = set()
        self.said: dict[UserId, set[UserId]] = {}
        self.seated: set[UserId] = set()
        self.link()
        self.say(HERE[0], "crew start lantern", HERE[1])
        for person in HERE:
            self.moves(person, "join")
        self.until = self.here.now

    @rule(who=st.sampled_from(HERE))
    def calls(self, who: UserId) -> None:
        decides_alone = not self.all or self.seats() == {who}
        self.say(who, "crew open lantern to dale")
        if decides_alone and is_open(self.here.link, "out", "crews", self.here.now) and self.free():
            self.until = self.here.now + timedelta(days=28)

    @rule(who=st.sampled_from(HERE))
    def agrees(self, who: UserId) -> None:
        with self.consent():
            self.reacts(who, "sister.call", YES)

    @rule(who=st.sampled_from(HERE))
    def calls_nobody(self, who: UserId) -> None:
        self.say(who, "crew open lantern to nobody")
        if who in self.seats():
            self.until = self.here.now - timedelta(days=1)

    @rule(who=st.sampled_from(STRANGERS), knocks=st.booleans())
    def asks(self, who: UserId, *, knocks: bool) -> None:
        before = len(self.here.facts("SeatAsked"))
        if knocks:
            self.moves(who, "knock")
        else:
            self.say(who, "crew ask lantern")
        if len(self.here.facts("SeatAsked")) > before:
            assert who != ELSE
            assert self.here.now.date() <= self.until.date()
            assert is_open(self.here.link, "out", "crews", self.here.now)
            self.called.add(who)
            self.said[who] = set()

    @rule(who=st.sampled_from((*HERE, *STRANGERS)))
    def says_yes(self, who: UserId) -> None:
        self.reacts(who, "crews.ask", "👍")

    @rule(who=st.sampled_from(STRANGERS))
    def all_say_yes_to(self, who: UserId) -> None:
        """Whoever asks may be let in by everybody: the way to a seat that is meant to be."""
        self.calls(HERE[0])
        for person in HERE:
            self.agrees(person)
        self.asks(who, knocks=False)
        for person in self.seats():
            self.says_yes(person)
        self.moves(who, "join")

    @rule(who=st.sampled_from((*STRANGERS, *HERE[1:])), what=st.sampled_from(("join", "leave")))
    def moves_about(self, who: UserId, what: str) -> None:
        with self.consent():
            self.moves(who, what)
        if what == "leave":
            self.seated.discard(who)

    @rule(by=st.sampled_from(HERE), who=st.sampled_from(STRANGERS), word=st.booleans())
    def invites(self, by: UserId, who: UserId, *, word: bool) -> None:
        """A member offers a seat as to somebody of the own community: that is no call."""
        if word:
            self.say(by, "crew invite lantern", who)
        else:
            self.moves(who, "invite", by)

    @rule(line=st.sampled_from(("link close crews to", "link open crews to", "link open crews to", "unlink")))
    def link_changes(self, line: str) -> None:
        self.say(HERE[0], line if line == "unlink" else f"{line} dale", *self.keepers(line))

    @rule()
    def link(self) -> None:
        self.say(HERE[0], "link with", self.dale.me)
        self.say(AWAY[0], "link with", self.here.me, at=self.dale)
        meet(self.here, self.dale)
        for one, host in ((self.here, HERE[0]), (self.dale, AWAY[0])):
            self.reacts(host, ASK, YES, at=one)
        meet(self.here, self.dale)

    @rule(side=st.booleans())
    def sister_ends(self, *, side: bool) -> None:
        self.say(AWAY[0], "unlink", self.here.me, at=self.dale)
        if side:
            meet(self.here, self.dale)

    @rule(days=st.integers(1, 40))
    def time_passes(self, days: int) -> None:
        with self.consent():
            for one in (self.here, self.dale):
                one.wait(timedelta(days=days))

    @invariant()
    def seats_are_given_by_members_to_those_who_were_called(self) -> None:
        if not hasattr(self, "here"):
            return
        for fact in self.here.facts("SeatAdmitted"):
            assert fact.person in self.called  # type: ignore[attr-defined]
            assert fact.by  # type: ignore[attr-defined]
        admitted = {fact.person for fact in self.here.facts("SeatAdmitted")}  # type: ignore[attr-defined]
        taken = {fact.person for fact in self.here.facts("SeatTaken")}  # type: ignore[attr-defined]
        assert taken - set(HERE) <= admitted
        assert self.seated <= self.seats()
        self.seated = set(self.seats())

    @contextmanager
    def consent(self) -> Iterator[None]:
        """If a call opens meanwhile, all who were asked and are there yet have said yes to it."""
        before = len(self.here.facts("CallOpened"))
        yield
        opened = [record for record in self.here.records if isinstance(record.fact, CallOpened)]
        if len(opened) > before:
            asked = self.here.facts("CallAsked")[-1]
            waited_for = self.seats() & set(asked.entitled) - {asked.by}  # type: ignore[attr-defined]
            assert waited_for <= {fact.by for fact in self.here.facts("CallSaid")}  # type: ignore[attr-defined]
            self.until = opened[-1].at + timedelta(days=28)

    def seats(self) -> frozenset[UserId]:
        wish = self.here.wish(ids.crew_room(self.here.key, KEY))
        return wish.only or frozenset()

    def free(self) -> bool:
        return len(self.seats()) < 4

    def keepers(self, line: str) -> tuple[UserId, ...]:
        return (self.dale.me,) if line == "unlink" else ()

    def say(self, who: UserId, line: str, *people: UserId, at: Town | None = None) -> None:
        home = at or self.here
        said = parse(" ".join(("!" + line, *people)), None, me=home.me, private=True)
        assert said is not None
        asked = Asked(who, RoomId("!said"), None, home.event(), home.now, home.me)
        outcome = commands.decide(home.house, said, asked)
        if isinstance(outcome, Decision):
            home.act(asked.cause, outcome)

    def reacts(self, who: UserId, kind: str, choice: str, at: Town | None = None) -> None:
        home = at or self.here
        cards = [say.card for say in home.says if say.card is not None and say.card.kind == kind]
        if cards:
            given = Answer(cards[-1], who, choice, home.event(), home.now, home.me)
            home.act(given.cause, answer(home.house, given))

    def moves(self, who: UserId, membership: str, by: UserId | None = None) -> None:
        home, place = self.here, ids.crew_room(self.here.key, KEY)
        seen = Gesture(place, who, membership, by or who, home.event(), home.now, home.me)  # type: ignore[arg-type]
        for decision in gesture(home.house, seen):
            home.act(seen.cause, decision)


Seats.TestCase.settings = settings(max_examples=at_length(60), stateful_step_count=30, deadline=None)
TestSeats = Seats.TestCase
