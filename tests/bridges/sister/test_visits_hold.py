"""Whatever happens, in whatever order: no pass, no guest; a guest has no say; a word is one visit.

The rooms are played as a homeserver keeps them: who is invited can come in, a space opens what stands in it,
and whoever is unwelcome is put out as soon as the service looks.
"""

import re
from datetime import timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from crewhall import house as rules
from crewhall.charter.model import Charter
from crewhall.ground import ids
from crewhall.ground.groups import among
from crewhall.ground.hall import ANYONE, House
from crewhall.ground.ids import RoomKey, RungKey, UserId
from crewhall.ground.talk import Card, Refusal
from crewhall.testing.long import at_length
from crewhall.text import render
from crewhall_bridges.sister.bond import is_open
from crewhall_bridges.sister.testing import Town, meet
from crewhall_bridges.sister.visiting.book import BOOK
from crewhall_bridges.sister.visiting.facts import PassGiven, VisitAsked
from crewhall_bridges.sister.visiting.hosting import HOST, LONGER
from crewhall_bridges.sister.visiting.introducing import MAKE
from crewhall_bridges.sister.visiting.presenting import judge

ADA, CAL, BEN = (UserId(f"@{name}:home.example") for name in ("ada", "cal", "ben"))
DI, EVE = (UserId(f"@{name}:dale.example") for name in ("di", "eve"))
YES = "✅"
TRAVELLERS, HOSTS = st.sampled_from((CAL, BEN)), st.sampled_from((DI, EVE))


def town(name: str, server: str, *people: UserId) -> Town:
    told = {
        "key": name.lower(),
        "name": name,
        "founders": list(people),
        "places": [{"key": "lobby", "name": "Lobby"}],
        "rungs": [{"key": "friends", "name": "Friends", "rooms": [{"key": "talk", "name": "Talk"}]}],
        "sisters": {"others": 0, "days": 0, "guests_to": "friends", "guest_days": 20},
    }
    return Town(Charter.model_validate(told), UserId(f"@keeper:{server}"), inside=people)


class Visits(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.home = town("Home", "home.example", ADA, CAL, BEN)
        self.dale = town("Dale", "dale.example", DI, EVE)
        self.home.tell(ADA, "link with", self.dale.me)
        self.dale.tell(DI, "link with", self.home.me)
        meet(self.home, self.dale)
        for side, person in ((self.home, ADA), (self.dale, DI)):
            side.react_to(side.card("sister.ask"), person, YES)
            meet(self.home, self.dale)
        self.words: list[str] = ["0" * 16 + "-" + "0" * 32]
        self.present: set[tuple[RoomKey, UserId]] = set()
        self.boxes = [next(iter(self.home.boxes().values()))]

    @initialize(people=st.sets(TRAVELLERS), host=HOSTS)
    def some_are_here_already(self, people: set[UserId], host: UserId) -> None:
        for person in sorted(people):
            self.becomes_a_guest(person, host)

    @rule(person=TRAVELLERS)
    def is_introduced(self, person: UserId) -> None:
        if isinstance(self.home.tell(person, "introduce me to dale"), Refusal):
            return
        self.home.react_to(self.home.card(MAKE), person, YES)
        said = render(self.home.says[-1].text, {}, "here").plain
        self.words += re.findall(r"!introduced (\S+)", said)
        self.boxes.append(next(iter(self.home.boxes().values())))

    @rule(person=TRAVELLERS, host=HOSTS)
    def becomes_a_guest(self, person: UserId, host: UserId) -> None:
        """Go the whole way as it is meant, as far as it is open."""
        before = len(self.words)
        self.is_introduced(person)
        if len(self.words) > before:
            self.hands_over(person, before)
            self.letterbox_is_read(0, late=False)
            self.says_yes(host, -1, HOST)
            self.comes_in(person)

    @rule(person=TRAVELLERS, host=HOSTS, late=st.booleans())
    def shows_the_same_word_once_more(self, person: UserId, host: UserId, *, late: bool) -> None:
        """Come, be sent off, and hand over the same word again; the letterbox may be read as it once was."""
        before = len(self.words)
        self.becomes_a_guest(person, host)
        if len(self.words) > before:
            self.is_sent_off(person, host)
            self.hands_over(person, before)
            self.letterbox_is_read(0, late=late)

    @rule(person=TRAVELLERS)
    def takes_back(self, person: UserId) -> None:
        self.home.tell(person, "introduction back dale")

    @rule(person=TRAVELLERS, n=st.integers(0, 50))
    def hands_over(self, person: UserId, n: int) -> None:
        self.dale.tell(person, f"introduced {self.words[n % len(self.words)]}")

    @rule(old=st.integers(0, 5), late=st.booleans())
    def letterbox_is_read(self, old: int, *, late: bool) -> None:
        now = next(iter(self.home.boxes().values()))
        seen = self.boxes[-1 - old % len(self.boxes)] if late else now
        whose = (self.dale.key, self.dale.link.mark)
        self.dale.act(self.dale.event(), judge(self.dale.house, whose, seen, self.dale.now))

    @rule(host=HOSTS, n=st.integers(0, 20), kind=st.sampled_from((HOST, LONGER)))
    def says_yes(self, host: UserId, n: int, kind: str) -> None:
        cards: list[Card] = [s.card for s in self.dale.says if s.card is not None and s.card.kind == kind]
        if cards:
            self.dale.react_to(cards[n % len(cards)], host, YES)

    @rule(person=TRAVELLERS, days=st.integers(1, 40))
    def asks_for_longer(self, person: UserId, days: int) -> None:
        self.dale.tell(person, f"extend {days}")

    @rule(person=TRAVELLERS)
    def comes_in(self, person: UserId) -> None:
        for key in self.rooms():
            wish = self.dale.wish(key)
            opens = any((at, person) in self.present for at in wish.join.allow)
            if person in wish.invited or (opens and person not in wish.unwelcome):
                self.present.add((key, person))
                self.dale.gesture(key, person, "join")

    @rule(person=TRAVELLERS, how=st.sampled_from(("", "/rung/friends")))
    def goes(self, person: UserId, how: str) -> None:
        key = RoomKey(f"{self.dale.key}{how}")
        if (key, person) in self.present:
            self.present.discard((key, person))
            self.dale.gesture(key, person, "leave")

    @rule(person=TRAVELLERS, host=HOSTS)
    def is_sent_off(self, person: UserId, host: UserId) -> None:
        self.dale.tell(host, "visit end", person)

    @rule(flow=st.sampled_from(("guests", "introductions")), here=st.booleans())
    def is_closed(self, flow: str, *, here: bool) -> None:
        side, other, person = (self.dale, "home", DI) if here else (self.home, "dale", ADA)
        side.tell(person, f"link close {flow} with {other}")
        meet(self.home, self.dale)

    @rule()
    def is_opened_anew(self) -> None:
        self.dale.tell(DI, "link open guests with home")
        self.home.tell(ADA, "link open guests with dale")
        for _ in range(2):
            meet(self.home, self.dale)
            for side, person in ((self.home, ADA), (self.dale, DI)):
                if side.link.question is not None:
                    side.react_to(side.card("sister.ask"), person, YES)
        meet(self.home, self.dale)

    @rule(days=st.sampled_from((0, 1, 2, 7, 21)))
    def days_pass(self, days: int) -> None:
        for side in (self.home, self.dale):
            side.wait(timedelta(days=days))

    @rule()
    def is_told_twice(self) -> None:
        for recorded in self.dale.records[-3:]:
            self.dale.record(recorded.cause, ())

    def rooms(self) -> list[RoomKey]:
        return sorted(key for key in rules.rooms(self.dale.house) if "/sister/" not in key)

    @invariant()
    def nobody_is_in_a_room_without_a_pass(self) -> None:
        for key, person in sorted(self.present):
            if person in self.dale.wish(key).unwelcome:
                self.present.discard((key, person))
                if key == ids.root(self.dale.key):
                    self.dale.gesture(key, person, "leave", by=self.dale.me)
        running = {one.person for one in BOOK.of(self.dale.hall).visits.values() if one.runs}
        assert {person for _, person in self.present} <= running
        assert set(self.dale.hall.guests) == running
        assert {one for key in self.rooms() for one in self.dale.wish(key).invited} - {DI, EVE} <= running

    @invariant()
    def passes_run_until_their_day_and_while_guests_are_taken(self) -> None:
        link, today = self.dale.link, self.dale.now.date()
        for one in BOOK.of(self.dale.hall).visits.values():
            if one.runs:
                assert one.until >= today
                assert one.until <= today + timedelta(days=20)
                assert is_open(link, "out", "guests", self.dale.now) or today > min(
                    link.ours.until, link.theirs.until if link.theirs is not None else today
                )

    @invariant()
    def guests_have_no_say(self) -> None:
        hall = self.dale.hall
        for key in (ANYONE, "keyholders", "friends"):
            assert not {CAL, BEN} & set(among(hall, key))
        assert not {CAL, BEN} & {*hall.inside, *hall.standing.get(RungKey("friends"), ())}
        assert not any({CAL, BEN} & self.dale.wish(key).powers.users.keys() for key in self.rooms())

    @invariant()
    def each_introduction_is_one_visit_at_most_and_its_own_persons(self) -> None:
        asked = [one.fact for one in self.dale.records if isinstance(one.fact, VisitAsked)]
        assert len({one.introduction for one in asked}) == len(asked)
        made = {one.mark: one.person for one in BOOK.of(self.home.hall).introductions.values()}
        assert all(made[one.introduction] == one.person for one in asked)
        given = [one.fact.mark for one in self.dale.records if isinstance(one.fact, PassGiven)]
        assert len(set(given)) == len(given)

    def teardown(self) -> None:
        house = House()
        for recorded in self.dale.records:
            house = rules.evolve(house, recorded)
        assert house.halls[self.dale.key] == self.dale.hall


TestVisitsHold = Visits.TestCase
TestVisitsHold.settings = settings(max_examples=at_length(40), stateful_step_count=40, deadline=None)
