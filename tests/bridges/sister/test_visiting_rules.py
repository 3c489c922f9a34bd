"""Promises of introductions and visits: what is stated, what a word opens, that all doors close again."""

import re
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from crewhall.charter.model import Charter
from crewhall.ground import ids
from crewhall.ground.capability import Going
from crewhall.ground.groups import among, belongs
from crewhall.ground.hall import ANYONE, Hall
from crewhall.ground.ids import EventId, RoomId, RoomKey, RungKey, UserId
from crewhall.ground.rooms import RoomSeen, Statement
from crewhall.ground.talk import Answer, Asked, Refusal, Say, ToPerson
from crewhall.text import render
from crewhall_bridges.sister import linking, wire
from crewhall_bridges.sister.bond import links
from crewhall_bridges.sister.testing import Town, meet
from crewhall_bridges.sister.visiting.book import BOOK, visit_of
from crewhall_bridges.sister.visiting.hosting import HOST, LONGER
from crewhall_bridges.sister.visiting.introducing import MAKE, SPEAK
from crewhall_bridges.sister.visiting.presenting import MOST_TRIES, judge

ADA, BEA, CAL = (UserId(f"@{name}:home.example") for name in ("ada", "bea", "cal"))
DI, EVE, FAY = (UserId(f"@{name}:dale.example") for name in ("di", "eve", "fay"))
STRANGER = UserId("@stranger:home.example")
YES = "✅"
SISTERS = {"others": 0, "days": 0}
INTRODUCTION = wire.event_type("introduction")


def town(name: str, server: str, *people: UserId, **sisters: Any) -> Town:
    told = {
        "key": name.lower(),
        "name": name,
        "founders": list(people[:2]),
        "places": [{"key": "lobby", "name": "Lobby"}, {"key": "quiet", "name": "Quiet", "history": "joined"}],
        "rungs": [{"key": "friends", "name": "Friends", "rooms": [{"key": "talk", "name": "Talk"}]}],
        "crews": {"start": "anyone"},
        "sisters": {**SISTERS, **sisters},
    }
    return Town(Charter.model_validate(told), UserId(f"@keeper:{server}"), inside=people)


class Pair:
    """Home and Dale, linked: Cal of Home visits, Di and Eve host."""

    def __init__(self, **dale: Any) -> None:
        self.home = town("Home", "home.example", ADA, BEA, CAL)
        self.dale = town("Dale", "dale.example", DI, EVE, FAY, guests_to="friends", **dale)
        self.home.tell(ADA, "link with", self.dale.me)
        self.dale.tell(DI, "link with", self.home.me)
        meet(self.home, self.dale)
        for side, person in ((self.home, ADA), (self.dale, DI)):
            side.react_to(side.card("sister.ask"), person, YES)
            meet(self.home, self.dale)

    def word(self, person: UserId = CAL) -> str:
        self.home.tell(person, "introduce me to dale")
        self.home.react_to(self.home.card(MAKE), person, YES)
        return re.findall(r"!introduced (\S+)", shown(self.home.says[-1]))[0]

    def box(self) -> RoomSeen:
        (box,) = self.home.boxes().values()
        return box

    def hand_over(self, word: str, person: UserId = CAL, seen: RoomSeen | None = None) -> str:
        """Hand a word over; return the last words to that person."""
        outcome = self.dale.tell(person, f"introduced {word}")
        if isinstance(outcome, Refusal):
            return outcome.text.id
        self.judge(seen)
        return last(self.dale, person)

    def judge(self, seen: RoomSeen | None = None) -> None:
        whose = (self.dale.key, self.dale.link.mark)
        self.dale.act(self.dale.event(), judge(self.dale.house, whose, seen or self.box(), self.dale.now))

    def guest(self) -> None:
        assert self.hand_over(self.word()) == "visit-hosts-asked"
        self.dale.react_to(self.dale.card(HOST), DI, YES)

    def arrive(self) -> None:
        self.dale.gesture(ids.root(self.dale.key), CAL, "join")
        self.dale.gesture(ids.rung(self.dale.key, RungKey("friends")), CAL, "join")

    def wait(self, days: int) -> None:
        for side in (self.home, self.dale):
            side.wait(timedelta(days=days))


@pytest.fixture
def pair() -> Pair:
    return Pair()


def shown(say: Say) -> str:
    return render(say.text, {}, "here").plain


def last(side: Town, person: UserId) -> str:
    return [say.text.id for say in side.says if say.to == ToPerson(person) and say.card is None][-1]


ROOMS = ("", "/crews", "/place/lobby", "/place/quiet", "/rung/friends", "/rung/friends/talk")


def opened(side: Town, person: UserId) -> list[str]:
    return [at for at in ROOMS if person in side.wish(RoomKey(f"{side.key}{at}")).invited]


def shut(side: Town, person: UserId) -> list[str]:
    return [at for at in ROOMS if person in side.wish(RoomKey(f"{side.key}{at}")).unwelcome]


def has_no_say(hall: Hall, person: UserId) -> bool:
    groups = (ANYONE, "keyholders", *(rung.key for rung in hall.charter.rungs))
    named = any(belongs(hall, person, key) or person in among(hall, key) for key in groups)
    return not named and person not in hall.inside and not hall.reaches(person, "friends")


def test_what_is_stated_is_shown_first_and_names_nobody(pair: Pair) -> None:
    pair.home.tell(CAL, "introduce me to dale")
    card = [shown(say) for say in pair.home.says if say.card is not None and say.card.kind == MAKE][-1]
    assert "Home knows them since 2026-05." in card
    assert "They keep the agreements of Home." in card
    assert all(kind != INTRODUCTION for kind, _ in pair.box().statements)
    pair.home.react_to(pair.home.card(MAKE), CAL, YES)
    (stated,) = [one.content for (kind, _), one in pair.box().statements.items() if kind == INTRODUCTION]
    assert CAL not in str(pair.box())
    assert stated.keys() == {"v", "seq", "to", "until", "proof", "known_since", "keeps_agreements", "speaks"}
    assert isinstance(wire.read("introduction", stated), wire.Introduction)
    assert (stated["known_since"], stated["speaks"]) == ("2026-05", [])


def test_the_word_is_in_no_fact(pair: Pair) -> None:
    word = pair.word()
    assert all(word not in str(recorded) for recorded in pair.home.records)


def test_somebody_speaks_only_with_their_own_yes_and_can_stop(pair: Pair) -> None:
    pair.home.tell(CAL, "introduce me to dale speaks", BEA)
    assert BEA not in str(pair.box().statements.get((INTRODUCTION, "")))
    yes = EventId("$yes")
    card = pair.home.card(SPEAK)
    said = Answer(card, BEA, YES, yes, pair.home.now, pair.home.me)
    pair.home.act(yes, linking.capability.answer(pair.home.hall, said))
    pair.home.react_to(pair.home.card(MAKE), CAL, YES)
    assert speakers(pair) == [BEA]
    (fact,) = [one for one in pair.home.records if one.cause == yes]
    back = Asked(BEA, RoomId("!x"), None, EventId("$back"), pair.home.now, pair.home.me)
    pair.home.act(back.cause, linking.capability.withdraw(pair.home.hall, fact, back))
    assert speakers(pair) == []


def speakers(pair: Pair) -> object:
    (stated,) = [one.content for (kind, _), one in pair.box().statements.items() if kind == INTRODUCTION]
    return stated["speaks"]


def test_a_word_opens_doors_by_a_hosts_yes_alone(pair: Pair) -> None:
    assert pair.hand_over(pair.word()) == "visit-hosts-asked"
    assert opened(pair.dale, CAL) == []
    card = pair.dale.card(HOST)
    pair.dale.react_to(card, FAY, YES)
    assert opened(pair.dale, CAL) == []
    pair.dale.react_to(card, DI, YES)
    assert opened(pair.dale, CAL) == ["", "/rung/friends"]
    assert visit_of(pair.dale.hall, CAL).host == DI  # type: ignore[union-attr]


def test_the_page_says_what_holds_before_anybody_comes_in(pair: Pair) -> None:
    pair.guest()
    page = [shown(say) for say in pair.dale.says if say.text.id == "visit-page"][-1]
    for part in (
        "hosts you",
        "sees your id",
        "stays there",
        "is told nothing",
        "said before you came: Lobby",
    ):
        assert part in page
    assert "Quiet" not in page


def test_a_guest_has_no_say_wherever_they_are(pair: Pair) -> None:
    pair.guest()
    assert has_no_say(pair.dale.hall, CAL)
    pair.arrive()
    assert has_no_say(pair.dale.hall, CAL)
    assert CAL in pair.dale.hall.guests
    pair.arrive()
    pair.wait(1)
    assert opened(pair.dale, CAL) == ["", "/rung/friends"]
    assert shut(pair.dale, CAL) == []


@pytest.mark.parametrize("place", ROOMS)
def test_a_guest_has_no_level_in_any_room(pair: Pair, place: str) -> None:
    pair.guest()
    pair.arrive()
    assert CAL not in pair.dale.wish(RoomKey(f"{pair.dale.key}{place}")).powers.users


def test_every_word_works_once(pair: Pair) -> None:
    word = pair.word()
    assert pair.hand_over(word) == "visit-hosts-asked"
    assert pair.hand_over(word) == "visit-asked-already"
    pair.wait(15)
    assert last(pair.dale, CAL) == "visit-nobody-hosts"
    assert pair.hand_over(word) == "visit-word-used"


def test_a_stolen_word_opens_nothing_and_is_not_used_up(pair: Pair) -> None:
    word = pair.word()
    assert pair.hand_over(word, STRANGER) == "visit-word-not-yours"
    assert pair.hand_over(word, CAL) == "visit-hosts-asked"
    assert CAL not in pair.dale.hall.guests


def test_an_unknown_word_opens_nothing(pair: Pair) -> None:
    assert pair.hand_over("0" * 16 + "-" + "0" * 32) == "visit-word-unknown"


def test_a_word_that_was_taken_back_opens_nothing(pair: Pair) -> None:
    word = pair.word()
    pair.home.tell(CAL, "introduction back dale")
    assert pair.hand_over(word) == "visit-word-taken-back"
    (stated,) = [one.content for (kind, _), one in pair.box().statements.items() if kind == INTRODUCTION]
    assert "known_since" not in stated


def test_a_word_opens_nothing_after_its_last_day(pair: Pair) -> None:
    word, box = pair.word(), None
    box = pair.box()
    pair.wait(31)
    assert pair.hand_over(word, seen=box) == "visit-word-expired"
    assert pair.hand_over(word) == "visit-word-taken-back"


def test_a_statement_of_another_than_the_keeper_opens_nothing(pair: Pair) -> None:
    word, box = pair.word(), pair.box()
    forged = {
        at: Statement(one.content, CAL, one.event) if at[0] == INTRODUCTION else one
        for at, one in box.statements.items()
    }
    assert pair.hand_over(word, seen=replace(box, statements=forged)) == "visit-word-unknown"


def test_a_closed_flow_takes_no_word_and_nobody_is_told_at_home(pair: Pair) -> None:
    word = pair.word()
    before = len(pair.home.says)
    pair.dale.tell(DI, "link close guests with home")
    assert pair.hand_over(word) == "visit-no-link"
    assert len(pair.home.says) == before


def test_a_word_that_is_looked_up_as_the_flow_closes_opens_nothing(pair: Pair) -> None:
    pair.dale.tell(CAL, f"introduced {pair.word()}")
    pair.dale.tell(DI, "link close guests with home")
    pair.judge()
    assert last(pair.dale, CAL) == "visit-word-closed"


def test_words_are_bounded(pair: Pair) -> None:
    said = [pair.hand_over(f"{n:016x}-{'0' * 32}") for n in range(MOST_TRIES + 1)]
    assert said == [*["visit-word-unknown"] * MOST_TRIES, "visit-tomorrow"]


def test_a_closed_introductions_flow_makes_none(pair: Pair) -> None:
    pair.home.tell(ADA, "link close introductions to dale")
    outcome = pair.home.tell(CAL, "introduce me to dale")
    assert isinstance(outcome, Refusal)
    assert outcome.text.id == "visit-not-open"


def test_a_member_who_came_another_way_is_made_no_guest(pair: Pair) -> None:
    assert pair.hand_over(pair.word()) == "visit-hosts-asked"
    pair.dale.gesture(ids.root(pair.dale.key), CAL, "join")
    pair.dale.react_to(pair.dale.card(HOST), DI, YES)
    assert CAL not in pair.dale.hall.guests
    assert CAL in pair.dale.hall.inside


EVERY = list(ROOMS)


def test_on_the_last_day_every_door_closes_with_thanks(pair: Pair) -> None:
    pair.guest()
    pair.arrive()
    until = visit_of(pair.dale.hall, CAL).until  # type: ignore[union-attr]
    pair.wait((until - pair.dale.now.date()).days)
    assert shut(pair.dale, CAL) == []
    pair.wait(1)
    assert shut(pair.dale, CAL) == EVERY
    assert (opened(pair.dale, CAL), last(pair.dale, CAL)) == ([], "visit-over")


def test_a_closed_flow_sends_guests_out_at_once(pair: Pair) -> None:
    pair.guest()
    pair.arrive()
    pair.dale.tell(DI, "link close guests with home")
    assert shut(pair.dale, CAL) == EVERY
    rooms = set(linking.capability.touched(pair.dale.hall, pair.dale.records[-1]))
    assert {RoomKey(f"{pair.dale.key}{at}") for at in ROOMS} <= rooms
    pair.wait(0)
    assert last(pair.dale, CAL) == "visit-over-closed"
    assert has_no_say(pair.dale.hall, CAL)


def test_the_homes_own_end_of_the_link_sends_guests_home(pair: Pair) -> None:
    pair.guest()
    pair.arrive()
    pair.home.tell(ADA, "unlink dale")
    meet(pair.home, pair.dale)
    assert shut(pair.dale, CAL) == EVERY


def test_a_resting_link_sends_nobody_away(pair: Pair) -> None:
    pair.guest()
    pair.arrive()
    link = pair.dale.link
    assert link.theirs is not None
    pair.dale.now += timedelta(days=1)
    assert date(2026, 11, 3) == min(link.ours.until, link.theirs.until)
    pair.wait(1)
    assert shut(pair.dale, CAL) == []


def test_a_host_ends_a_visit_at_once_and_others_cannot(pair: Pair) -> None:
    pair.guest()
    pair.arrive()
    assert isinstance(pair.dale.tell(FAY, "visit end", CAL), Refusal)
    assert shut(pair.dale, CAL) == []
    pair.dale.tell(DI, "visit end", CAL)
    assert shut(pair.dale, CAL) == EVERY
    assert last(pair.dale, CAL) == "visit-over-host"


def test_who_leaves_is_no_guest_any_more(pair: Pair) -> None:
    pair.guest()
    pair.arrive()
    pair.dale.gesture(ids.root(pair.dale.key), CAL, "leave")
    assert shut(pair.dale, CAL) == EVERY
    assert CAL not in pair.dale.hall.guests
    pair.wait(0)
    assert last(pair.dale, CAL) == "visit-over-left"


def test_who_declines_the_invitation_is_no_guest(pair: Pair) -> None:
    pair.guest()
    pair.dale.gesture(ids.root(pair.dale.key), CAL, "leave")
    assert CAL not in pair.dale.hall.guests


def test_a_stay_is_longer_by_the_hosts_yes_alone(pair: Pair) -> None:
    pair.guest()
    before = visit_of(pair.dale.hall, CAL).until  # type: ignore[union-attr]
    assert isinstance(pair.dale.tell(CAL, "extend 3"), Refusal)
    pair.wait(10)
    pair.dale.tell(CAL, "extend 3")
    card = pair.dale.card(LONGER)
    pair.dale.react_to(card, EVE, YES)
    assert visit_of(pair.dale.hall, CAL).until == before  # type: ignore[union-attr]
    pair.dale.react_to(card, DI, YES)
    assert visit_of(pair.dale.hall, CAL).until == before + timedelta(days=3)  # type: ignore[union-attr]


def test_a_visit_is_forgotten_a_month_later_and_the_own_rule_decides_again(pair: Pair) -> None:
    pair.guest()
    pair.arrive()
    pair.dale.tell(DI, "visit end", CAL)
    pair.wait(31)
    assert visit_of(pair.dale.hall, CAL) is not None
    pair.dale.gesture(ids.root(pair.dale.key), CAL, "leave", by=UserId("@keeper:here"))
    pair.wait(1)
    assert visit_of(pair.dale.hall, CAL) is None
    assert shut(pair.dale, CAL) == ["/crews", "/place/lobby", "/place/quiet", "/rung/friends/talk"]
    pair.dale.gesture(ids.root(pair.dale.key), CAL, "join")
    assert CAL in pair.dale.hall.inside


def test_hosts_see_guests_and_guests_see_themselves(pair: Pair) -> None:
    pair.guest()
    seen = {}
    for person in (DI, CAL, FAY):
        pair.dale.tell(person, "visits")
        seen[person] = shown(pair.dale.says[-1])
    assert CAL in seen[DI]
    assert "You are a guest of Dale" in seen[CAL]
    assert "concern you" in seen[FAY]


def test_nothing_of_a_visit_reaches_home(pair: Pair) -> None:
    word = pair.word()
    before = {at: one.content for at, one in pair.box().statements.items()}
    stated = [str(box) for box in pair.dale.boxes().values()]
    assert pair.hand_over(word) == "visit-hosts-asked"
    pair.dale.react_to(pair.dale.card(HOST), DI, YES)
    pair.arrive()
    pair.dale.tell(DI, "visit end", CAL)
    assert [str(box) for box in pair.dale.boxes().values()] == stated
    assert {at: one.content for at, one in pair.box().statements.items()} == before
    assert len(BOOK.of(pair.home.hall).visits) == 0
    assert len(links(pair.home.hall)) == 1


def give_up(town: Town, person: UserId) -> None:
    """Have somebody give up everything, as who wants to be forgotten does."""
    for n in range(10):
        going = Going(person, f"going{n}", town.now, town.me)
        if (decision := linking.capability.leaves(town.hall, going)) is None:
            return
        town.act(going.cause, decision)
    raise AssertionError("it never ends")


def test_who_wants_to_be_forgotten_is_no_guest_any_more(pair: Pair) -> None:
    pair.guest()
    give_up(pair.dale, CAL)
    assert CAL not in pair.dale.hall.guests
    assert CAL in pair.dale.wish(ids.root(pair.dale.key)).unwelcome
    pair.dale.wait(timedelta(days=1))
    assert "visit-over-hosts" not in pair.dale.told(), "nobody is told who wants to be forgotten"


def test_who_wants_to_be_forgotten_carries_and_speaks_no_more(pair: Pair) -> None:
    word = pair.word()
    give_up(pair.home, CAL)
    assert pair.dale.tell(CAL, f"introduced {word}") is not None
    meet(pair.home, pair.dale)
    assert not BOOK.of(pair.dale.hall).visits
    assert not BOOK.of(pair.dale.hall).words
