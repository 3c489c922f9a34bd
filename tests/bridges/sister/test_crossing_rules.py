"""Promises of crews across sisters: the crew calls, the person asks, the members decide, the seat stays."""

from dataclasses import replace
from datetime import timedelta

import pytest

from crewhall.charter.model import Charter
from crewhall.ground import ids
from crewhall.ground.grammar import parse
from crewhall.ground.hall import Presence
from crewhall.ground.ids import CrewKey, EventId, RoomId, RoomKey, UserId
from crewhall.ground.rooms import Statement
from crewhall.ground.talk import Answer, Asked, Decision, Gesture, Outcome, Reply, ToPerson, ToRoom
from crewhall.house import answer, commands, gesture
from crewhall.testing.story import refused
from crewhall.text import render
from crewhall_bridges.sister import linking, wire
from crewhall_bridges.sister.bond import letterbox
from crewhall_bridges.sister.cards import ASK
from crewhall_bridges.sister.crossing.fold import MOST_CHANGES
from crewhall_bridges.sister.crossing.question import ASK as CALL
from crewhall_bridges.sister.crossing.stating import MOST_KNOWN
from crewhall_bridges.sister.crossing.told import offered
from crewhall_bridges.sister.testing import Town, meet

ADA, BEA, CY = (UserId(f"@{name}:here.example") for name in ("ada", "bea", "cy"))
DI, EVE, FAY = (UserId(f"@{name}:dale.example") for name in ("di", "eve", "fay"))
STRANGER = UserId("@zoe:else.example")
HERE, DALE = UserId("@keeper:here.example"), UserId("@keeper:dale.example")


class Home(Town):
    """A town in which everything that the house understands can be said, in private or in a room."""

    def tell(self, person: UserId, line: str, *people: UserId, place: RoomKey | None = None) -> Outcome:
        said = parse(" ".join(("!" + line, *people)), None, me=self.me, private=place is None)
        assert said is not None
        asked = Asked(person, RoomId("!said"), place, self.event(), self.now, self.me)
        outcome = commands.decide(self.house, said, asked)
        assert outcome is not None
        if isinstance(outcome, Decision):
            self.act(asked.cause, outcome)
        return outcome

    def reacts(self, person: UserId, kind: str, choice: str = "✅") -> None:
        given = Answer(self.card(kind), person, choice, self.event(), self.now, self.me)
        self.act(given.cause, answer(self.house, given))

    def comes(self, person: UserId, key: str, membership: str = "join") -> None:
        place = ids.crew_room(self.key, CrewKey(key))
        seen = Gesture(place, person, membership, person, self.event(), self.now, self.me)  # type: ignore[arg-type]
        for decision in gesture(self.house, seen):
            self.act(seen.cause, decision)

    def seats(self, key: str) -> frozenset[UserId]:
        wish = self.wish(ids.crew_room(self.key, CrewKey(key)))
        return wish.only or frozenset()

    def ticks(self) -> None:
        self.wait(timedelta(seconds=30))


def town(key: str, me: UserId, *hosts: UserId, **charter: object) -> Home:
    said = {
        "key": key,
        "name": key.title(),
        "founders": list(hosts),
        "sisters": {"flows": ["guests", "crews"], "agreements": "We ask before we share."},
        **charter,
    }
    return Home(Charter.model_validate(said), me, inside=hosts)


def linked(**charter: object) -> tuple[Home, Home]:
    here, dale = town("rivendell", HERE, ADA, BEA, **charter), town("dale", DALE, DI, EVE)
    here.gesture(ids.root(here.key), CY, "join")
    here.tell(ADA, "link with", DALE)
    dale.tell(DI, "link with", HERE)
    meet(here, dale)
    here.reacts(BEA, ASK)
    dale.reacts(EVE, ASK)
    meet(here, dale)
    return here, dale


def crew(here: Home, *members: UserId, name: str = "lantern") -> None:
    first, *others = members
    here.tell(first, f"crew start {name}", *others)
    for person in members:
        here.comes(person, name)


@pytest.fixture
def two() -> tuple[Home, Home]:
    here, dale = linked()
    crew(here, ADA, BEA)
    return here, dale


def said(town_: Home, n: int = 1) -> str:
    return "\n".join(render(say.text, {}, "here.example").plain for say in town_.says[-n:])


def called(dale: Home) -> list[str]:
    return [call.name for _, call in offered(dale.hall, dale.now)]


def ask_in(here: Home, person: UserId = DI) -> None:
    """Have somebody ask, be admitted, and come."""
    here.tell(person, "crew ask lantern")
    here.reacts(ADA, "crews.ask", "👍")
    here.comes(person, "lantern")


def test_a_call_is_stated_to_the_sister_and_listed_there(two: tuple[Home, Home]) -> None:
    here, dale = two
    here.tell(ADA, "crew open to dale agreements Nothing leaves this room")
    meet(here, dale)
    ((_, call),) = offered(dale.hall, dale.now)
    assert (call.name, call.seats, call.contact) == ("lantern", 6, ADA)
    assert call.agreements == "Nothing leaves this room"
    (told,) = [s for at, s in here.box(here.link).statements.items() if at[0] == wire.event_type("call")]
    assert isinstance(wire.read("call", told.content), wire.Call)
    dale.tell(DI, "calls")
    assert "lantern, of Rivendell (here.example): 6 free seats" in said(dale)
    dale.tell(DI, "calls ask lantern")
    assert "!crew ask lantern" in said(dale)
    assert str(HERE) in said(dale)
    assert "Nothing leaves this room" in said(dale)


def test_nobody_in_the_sister_is_told_by_itself_and_no_name_of_the_asker_crosses(
    two: tuple[Home, Home],
) -> None:
    here, dale = two
    here.tell(ADA, "crew open to dale")
    before = len(dale.says)
    meet(here, dale)
    assert len(dale.says) == before
    dale.tell(DI, "calls ask lantern")
    ((_, stated),) = dale.boxes().items()
    assert [kind for kind, _ in stated.statements] == [wire.event_type("treaty")]
    assert not here.facts("SeatAsked")


def test_who_is_called_asks_and_the_members_decide_by_their_own_rule(two: tuple[Home, Home]) -> None:
    here, _ = two
    here.tell(ADA, "crew open to dale agreements Be kind")
    here.tell(DI, "crew ask lantern")
    assert DI not in here.seats("lantern")
    here.reacts(BEA, "crews.ask", "👍")
    assert DI in here.seats("lantern")
    assert "Be kind" in said(here)
    assert str(ADA) in said(here)
    here.comes(DI, "lantern")
    here.tell(DI, "crew")
    assert "Be kind" in said(here)
    assert f"{ADA} and {DI}" in said(here)


@pytest.mark.parametrize("line", ["crew ask lantern", "crew ask nothing"])
def test_without_a_call_nobody_of_a_sister_gets_a_word_in(two: tuple[Home, Home], line: str) -> None:
    here, _ = two
    assert refused(here.tell(DI, line)) == "hear-no-hall"


def test_people_of_other_servers_are_told_to_be_introduced(two: tuple[Home, Home]) -> None:
    here, _ = two
    here.tell(ADA, "crew open to dale")
    assert refused(here.tell(STRANGER, "crew ask lantern")) == "crew-calls-others"
    assert refused(here.tell(STRANGER, "crew")) == "hear-no-hall"
    assert refused(here.tell(DI, "links")) == "hear-no-hall"


def test_a_crew_that_is_not_listed_is_seen_by_those_it_calls_only() -> None:
    here, _ = linked(crews={"listed": False})
    here.tell(ADA, "crew start lantern")
    (key,) = [fact.key for fact in here.facts("CrewStarted")]  # type: ignore[attr-defined]
    here.comes(ADA, key)
    here.tell(ADA, "crew open lantern to dale")
    assert refused(here.tell(STRANGER, "crew ask lantern")) == "crew-unknown"
    assert refused(here.tell(DI, "crew ask lantern")) == ""


def test_a_member_ends_a_call_at_once(two: tuple[Home, Home]) -> None:
    here, dale = two
    here.tell(ADA, "crew open to dale")
    meet(here, dale)
    here.tell(BEA, "crew open to nobody")
    assert refused(here.tell(DI, "crew ask lantern")) == "hear-no-hall"
    meet(here, dale)
    assert called(dale) == []
    assert refused(dale.tell(DI, "calls ask lantern")) == "crossing-unknown"


def test_others_neither_open_nor_end_a_call(two: tuple[Home, Home]) -> None:
    here, _ = two
    here.tell(ADA, "crew open to dale")
    for line in ("crew open lantern to dale", "crew open lantern to nobody"):
        assert refused(here.tell(CY, line)) == "crossing-members-only"
    assert refused(here.tell(DI, "crew ask lantern")) == ""


def test_a_call_needs_the_flow_in_that_direction(two: tuple[Home, Home]) -> None:
    here, dale = two
    here.tell(ADA, "link close crews to dale")
    assert refused(here.tell(ADA, "crew open to dale")) == "crossing-flow-closed"
    crew(dale, DI, name="ember")
    dale.tell(DI, "crew open to rivendell")
    meet(here, dale)
    assert called(here) == ["ember"]


@pytest.mark.parametrize("end", ["link close crews to dale", "unlink dale"])
def test_when_the_flow_closes_no_new_ask_is_heard_and_seats_stay(two: tuple[Home, Home], end: str) -> None:
    here, dale = two
    here.tell(ADA, "crew open to dale")
    ask_in(here)
    here.tell(ADA, end)
    assert refused(here.tell(FAY, "crew ask lantern")) == "hear-no-hall"
    here.ticks()
    meet(here, dale)
    here.wait(timedelta(days=400))
    assert called(dale) == []
    assert {ADA, BEA, DI} <= here.seats("lantern")
    assert not here.facts("SeatLeft")


def test_when_the_sister_ends_the_link_seats_stay(two: tuple[Home, Home]) -> None:
    here, dale = two
    here.tell(ADA, "crew open to dale")
    ask_in(here)
    dale.tell(DI, "unlink rivendell")
    meet(here, dale)
    here.ticks()
    assert {ADA, BEA, DI} <= here.seats("lantern")
    here.tell(DI, "crew", place=None)
    assert "If something is hard" in said(here)


def test_a_sister_may_be_away_for_weeks_and_its_people_keep_their_seats(two: tuple[Home, Home]) -> None:
    here, _ = two
    here.tell(ADA, "crew open to dale")
    ask_in(here)
    for _ in range(10):
        here.wait(timedelta(days=3))
    assert DI in here.seats("lantern")


def test_a_call_ends_with_its_day(two: tuple[Home, Home]) -> None:
    here, dale = two
    day = (here.now + timedelta(days=2)).date()
    here.tell(ADA, f"crew open to dale until {day}")
    meet(here, dale)
    for one in two:
        one.wait(timedelta(days=3))
    assert called(dale) == []
    assert refused(here.tell(DI, "crew ask lantern")) == "hear-no-hall"
    assert here.facts("CallClosed")
    before = len(here.records)
    here.ticks()
    assert len(here.records) == before


def test_free_seats_are_stated_as_they_change_and_a_full_crew_calls_nobody() -> None:
    here, dale = linked(crews={"most": 3})
    crew(here, ADA)
    here.tell(ADA, "crew open to dale")
    ask_in(here)
    here.ticks()
    meet(here, dale)
    ((_, call),) = offered(dale.hall, dale.now)
    assert (call.seats, call.seq) == (1, 2)
    ask_in(here, FAY)
    here.ticks()
    meet(here, dale)
    assert called(dale) == []


def test_a_call_ends_with_its_crew(two: tuple[Home, Home]) -> None:
    here, dale = two
    here.tell(ADA, "crew open to dale")
    meet(here, dale)
    here.tell(BEA, "crew leave")
    here.comes(BEA, "lantern", "leave")
    here.tell(ADA, "crew end kept")
    here.ticks()
    meet(here, dale)
    assert called(dale) == []


def test_where_all_admit_all_are_asked_first() -> None:
    here, _ = linked(crews={"admit": "all"})
    crew(here, ADA, BEA, CY)
    here.tell(ADA, "crew open to dale")
    assert refused(here.tell(DI, "crew ask lantern")) == "hear-no-hall"
    here.reacts(BEA, CALL)
    assert refused(here.tell(DI, "crew ask lantern")) == "hear-no-hall"
    here.reacts(CY, CALL)
    assert refused(here.tell(DI, "crew ask lantern")) == ""


def test_silence_for_a_week_is_no_call() -> None:
    here, _ = linked(crews={"admit": "all"})
    crew(here, ADA, BEA)
    here.tell(ADA, "crew open to dale")
    here.wait(timedelta(days=8))
    assert "It does not." in said(here)
    here.reacts(BEA, CALL)
    assert not here.facts("CallOpened")


def test_who_has_left_is_not_waited_for() -> None:
    here, _ = linked(crews={"admit": "all"})
    crew(here, ADA, BEA)
    here.tell(ADA, "crew open to dale")
    here.tell(BEA, "crew leave")
    here.ticks()
    assert here.facts("CallOpened")


def test_who_would_take_care_is_asked(two: tuple[Home, Home]) -> None:
    here, dale = two
    here.tell(ADA, "crew open to dale care", CY)
    assert not here.facts("CallOpened")
    assert any(say.to == ToPerson(CY) and say.card is not None for say in here.says)
    here.reacts(CY, CALL)
    meet(here, dale)
    ((_, call),) = offered(dale.hall, dale.now)
    assert call.contact == CY
    assert refused(here.tell(ADA, "crew open to dale care", DI)) == "crossing-care-outside"


def test_a_yes_can_be_taken_back_until_the_last_one() -> None:
    here, _ = linked(crews={"admit": "all"})
    crew(here, ADA, BEA, CY)
    here.tell(ADA, "crew open to dale")
    here.reacts(BEA, CALL)
    here.take_back(here.records[-1].cause, BEA)
    here.reacts(CY, CALL)
    assert not here.facts("CallOpened")
    here.reacts(BEA, CALL)
    assert here.facts("CallOpened")


def test_an_open_crew_is_asked_in_its_room_a_private_one_in_chats() -> None:
    for open_ in (True, False):
        here, _ = linked(crews={"admit": "all", "open": open_})
        crew(here, ADA, BEA)
        before = len(here.says)
        here.tell(ADA, "crew open to dale")
        where = {type(say.to) for say in here.says[before:]} - {Reply}
        assert where == ({ToRoom} if open_ else {ToPerson})


def test_an_ask_made_in_time_is_decided_after_the_call(two: tuple[Home, Home]) -> None:
    here, _ = two
    here.tell(ADA, "crew open to dale")
    here.tell(DI, "crew ask lantern")
    here.tell(ADA, "crew open to nobody")
    here.reacts(BEA, "crews.ask", "👍")
    assert DI in here.seats("lantern")


def test_a_knock_is_an_ask_only_while_the_crew_calls(two: tuple[Home, Home]) -> None:
    here, _ = two
    here.comes(DI, "lantern", "knock")
    assert not here.facts("SeatAsked")
    here.tell(ADA, "crew open to dale")
    here.comes(STRANGER, "lantern", "knock")
    assert not here.facts("SeatAsked")
    here.comes(DI, "lantern", "knock")
    assert here.facts("SeatAsked")


def test_whoever_the_community_shut_out_is_not_called(two: tuple[Home, Home]) -> None:
    here, _ = two
    here.tell(ADA, "crew open to dale")
    shut = replace(here.hall, shut_out=here.hall.shut_out.set(DI, Presence(here.now, "x")))
    here.house = here.house.with_hall(shut)
    assert refused(here.tell(DI, "crew ask lantern")) == "crew-calls-others"


def test_calls_of_a_sister_are_shown_to_own_people_of_this_server_only(two: tuple[Home, Home]) -> None:
    here, dale = two
    here.tell(ADA, "crew open to dale")
    meet(here, dale)
    dale.gesture(ids.root(dale.key), STRANGER, "join")
    assert refused(dale.tell(STRANGER, "calls ask lantern")) == "crossing-introduced"


def test_the_letterbox_is_brought_to_what_a_call_is_now(two: tuple[Home, Home]) -> None:
    here, _ = two
    here.tell(ADA, "crew open to dale")
    assert list(linking.capability.touched(here.hall, here.records[-1])) == [letterbox(here.hall, here.link)]


def test_hosts_of_linked_communities_meet_at_one_table(two: tuple[Home, Home]) -> None:
    here, _ = two
    assert refused(here.tell(BEA, "link table with dale")) == ""
    assert {DI, EVE} < here.seats("table-of-hosts")
    here.comes(DI, "table-of-hosts")
    here.tell(ADA, "unlink dale")
    here.ticks()
    assert {DI, EVE} < here.seats("table-of-hosts")


def test_the_table_takes_a_link_that_holds(two: tuple[Home, Home]) -> None:
    here, _ = two
    here.tell(ADA, "unlink dale")
    assert refused(here.tell(ADA, "link table with dale")) == "crossing-nobody-speaks"
    assert not [fact for fact in here.facts("CrewStarted") if fact.name != "lantern"]  # type: ignore[attr-defined]


def test_only_those_who_speak_about_links_call_to_the_table() -> None:
    here, _ = linked()
    assert refused(here.tell(CY, "link table with dale")) == "sister-not-yours"


def test_a_wrong_line_shows_what_was_meant(two: tuple[Home, Home]) -> None:
    here, _ = two
    for line in (
        "crew open",
        "crew open to",
        "link table",
        "link table with",
        "crew open to dale agreements",
    ):
        assert type(here.tell(ADA, line)).__name__ == "Usage", line
    assert refused(here.tell(ADA, "crew open to gondor")) == "sister-unknown"
    assert refused(here.tell(ADA, "crew open to dale until 1999-01-01")) == "crossing-until"


def test_who_takes_the_message_back_ends_the_call(two: tuple[Home, Home]) -> None:
    here, _ = two
    here.tell(ADA, "crew open to dale")
    here.take_back(here.records[-1].cause, ADA)
    assert refused(here.tell(DI, "crew ask lantern")) == "hear-no-hall"


def stating(dale: Home, **call: object) -> tuple[str, dict[str, object]]:
    told = {
        "v": 1,
        "seq": 1,
        "to": str(HERE),
        "name": "Ember",
        "seats": 2,
        "until": (dale.now + timedelta(days=9)).date().isoformat(),
        "contact": str(DI),
        **call,
    }
    return wire.event_type("call"), told


def shows(here: Home, dale: Home, *calls: tuple[str, dict[str, object]], sender: UserId = DALE) -> None:
    """Have Rivendell look into Dale's letterbox with these calls in it."""
    seen = dale.box(dale.link)
    said = {
        (kind, f"c{n}"): Statement(told, sender, EventId(f"$c{n}-{told['seq']}"))  # type: ignore[arg-type]
        for n, (kind, told) in enumerate(calls)
    }
    here.look(replace(seen, statements={**seen.statements, **said}))


def test_of_thousands_of_calls_a_few_are_kept(two: tuple[Home, Home]) -> None:
    here, dale = two
    shows(here, dale, *(stating(dale, name=f"Ember {n}") for n in range(3000)))
    assert len(called(here)) == MOST_KNOWN
    here.tell(ADA, "calls")
    assert "and 20 more" in said(here)
    shows(here, dale, *(stating(dale, name=f"Ember {n}") for n in range(3000)))
    assert len(here.facts("SisterCalls")) == MOST_KNOWN


def test_a_sister_that_changes_its_calls_all_day_is_not_followed(two: tuple[Home, Home]) -> None:
    here, dale = two
    for n in range(1, 500):
        here.now += timedelta(seconds=10)
        shows(here, dale, stating(dale, seq=n))
    assert len(here.facts("SisterCalls")) == MOST_CHANGES


@pytest.mark.parametrize(
    "wrong",
    [
        {"to": str(ADA)},
        {"contact": str(ADA)},
        {"until": "1999-01-01"},
        {"seats": -1},
        {"name": "Em\u202eber"},
        {"name": "a\n!unlink dale"},
        {"closed": True},
    ],
)
def test_what_is_no_call_for_us_is_passed_over(two: tuple[Home, Home], wrong: dict[str, object]) -> None:
    here, dale = two
    shows(here, dale, stating(dale, **wrong))
    assert called(here) == []
    shows(here, dale, stating(dale), sender=EVE)
    assert called(here) == []
    shows(here, dale, stating(dale))
    assert called(here) == ["Ember"]


def test_an_older_word_of_a_sister_does_not_open_a_call_again(two: tuple[Home, Home]) -> None:
    here, dale = two
    shows(here, dale, stating(dale))
    shows(here, dale, stating(dale, seq=2, closed=True))
    shows(here, dale, stating(dale))
    assert called(here) == []


def test_a_call_that_is_blank_or_missing_is_no_word_at_all(two: tuple[Home, Home]) -> None:
    here, dale = two
    shows(here, dale, stating(dale))
    shows(here, dale)
    assert called(here) == ["Ember"]


def test_a_letterbox_in_which_others_write_brings_no_calls(two: tuple[Home, Home]) -> None:
    here, dale = two
    seen = dale.box(dale.link)
    kind, told = stating(dale)
    slot = Statement(told, DALE, EventId("$c"))  # type: ignore[arg-type]
    powers = {**seen.powers, "users_default": 100}
    here.look(replace(seen, statements={**seen.statements, (kind, "c"): slot}, powers=powers))
    assert called(here) == []
