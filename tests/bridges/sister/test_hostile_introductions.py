"""A sister that makes introductions without end, for people without end: a few are heard, and no more."""

from collections import Counter
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from crewhall.charter.model import Charter
from crewhall.ground.ids import EventId, UserId
from crewhall.ground.rooms import RoomSeen, Statement
from crewhall.ground.talk import Refusal, ToPerson
from crewhall_bridges.sister import wire
from crewhall_bridges.sister.testing import Town, meet
from crewhall_bridges.sister.visiting.book import BOOK, proof_of
from crewhall_bridges.sister.visiting.hosting import HOST
from crewhall_bridges.sister.visiting.presenting import MOST_WAITING, MOST_WORDS, judge

HERE, FOE = UserId("@keeper:here.example"), UserId("@keeper:foe.example")
DI, EVE, FAY = (UserId(f"@{name}:here.example") for name in ("di", "eve", "fay"))
ADA = UserId("@ada:foe.example")
INTRODUCTION = wire.event_type("introduction")
MANY = 10_000


def town(key: str, me: UserId, *people: UserId, **sisters: Any) -> Town:
    told = {
        "key": key,
        "name": key.title(),
        "founders": list(people[:1]),
        "places": [{"key": "lobby", "name": "Lobby"}],
        "sisters": {"others": 0, "days": 0, "hosts": "anyone", **sisters},
    }
    return Town(Charter.model_validate(told), me, inside=people)


class Flood:
    """A sister that states an introduction for each of thousands of accounts of its own."""

    def __init__(self) -> None:
        self.here, self.foe = town("dale", HERE, DI, EVE, FAY), town("foe", FOE, ADA)
        self.here.tell(DI, "link with", FOE)
        self.foe.tell(ADA, "link with", HERE)
        meet(self.here, self.foe)
        for one, person in ((self.here, DI), (self.foe, ADA)):
            one.react_to(one.card("sister.ask"), person, "✅")
            meet(self.here, self.foe)
        self.until = (self.here.now + timedelta(days=20)).date().isoformat()

    def person(self, n: int) -> UserId:
        return UserId(f"@p{n}:foe.example")

    def word(self, n: int) -> str:
        return f"{n:016x}-{n:032x}"

    def statement(self, n: int, **changes: Any) -> dict[str, Any]:
        proof = proof_of(self.word(n), self.person(n))
        return {"v": 1, "seq": 1, "to": HERE, "proof": proof, "until": self.until, **changes}

    def box(self, count: int = MANY, **changes: Any) -> RoomSeen:
        seen = self.foe.box(self.foe.link)
        more = {
            (INTRODUCTION, f"{n:016x}"): Statement(self.statement(n, **changes), FOE, EventId(f"$i{n}"))
            for n in range(count)
        }
        return replace(seen, statements={**seen.statements, **more})

    def read(self, seen: RoomSeen) -> None:
        whose = (self.here.key, self.here.link.mark)
        self.here.act(self.here.event(), judge(self.here.house, whose, seen, self.here.now))

    def cards(self) -> Counter[str]:
        said = (say for say in self.here.says if say.card is not None and say.card.kind == HOST)
        return Counter(say.to.person for say in said if isinstance(say.to, ToPerson))


@pytest.fixture
def flood() -> Flood:
    return Flood()


def test_ten_thousand_introductions_that_nobody_hands_over_change_nothing(flood: Flood) -> None:
    seen, records, says = flood.box(), len(flood.here.records), len(flood.here.says)
    flood.here.look(seen)
    assert (len(flood.here.records), len(flood.here.says)) == (records, says)


def test_of_ten_thousand_who_hand_one_over_hosts_hear_of_a_few(flood: Flood) -> None:
    seen, refused = flood.box(), 0
    for n in range(MANY):
        outcome = flood.here.tell(flood.person(n), f"introduced {flood.word(n)}")
        refused += isinstance(outcome, Refusal)
        if n % 10 == 0:
            flood.read(seen)
    flood.read(seen)
    assert refused >= MANY - MOST_WORDS
    assert max(flood.cards().values()) <= MOST_WAITING
    assert len(BOOK.of(flood.here.hall).visits) == MOST_WAITING
    assert flood.here.told().count("visit-crowd") == 1, "those who speak for us are told once"
    assert len(flood.here.records) <= 2 * MOST_WORDS + 40


def test_who_was_too_many_can_come_later_by_the_same_word(flood: Flood) -> None:
    seen, last = flood.box(20), MOST_WAITING
    for n in range(last + 1):
        flood.here.tell(flood.person(n), f"introduced {flood.word(n)}")
    flood.read(seen)
    assert flood.here.told().count("visit-word-many") == 1
    flood.here.wait(timedelta(days=15))
    flood.here.tell(flood.person(last), f"introduced {flood.word(last)}")
    flood.read(seen)
    assert BOOK.of(flood.here.hall).of[flood.person(last)]


def test_the_next_day_those_who_speak_for_us_may_be_told_again(flood: Flood) -> None:
    seen = flood.box(40)
    for day in range(3):
        for n in range(day * 10, day * 10 + 9):
            flood.here.tell(flood.person(n), f"introduced {flood.word(n)}")
        flood.read(seen)
        flood.here.wait(timedelta(hours=25))
    assert flood.here.told().count("visit-crowd") == 3


@pytest.mark.parametrize(
    "wrong",
    [
        {"to": "@keeper:elsewhere.example"},
        {"proof": "0" * 64},
        {"proof": "x"},
        {"until": "2020-01-01"},
        {"until": "tomorrow"},
        {"taken_back": True},
        {"taken_back": "no"},
        {"seq": 0},
        {"speaks": [f"@a{n}:foe.example" for n in range(3)]},
        {"more": "x" * 60_000},
        {"more": [[[[[[[[[[1]]]]]]]]]]},
    ],
    ids=map(str, range(11)),
)
def test_a_statement_that_does_not_fit_opens_nothing(flood: Flood, wrong: dict[str, Any]) -> None:
    flood.here.tell(flood.person(1), f"introduced {flood.word(1)}")
    flood.read(flood.box(3, **wrong))
    assert not BOOK.of(flood.here.hall).visits
    assert not flood.cards()
    assert not flood.here.hall.guests


def test_nobody_of_another_server_speaks_for_a_guest(flood: Flood) -> None:
    flood.here.tell(flood.person(1), f"introduced {flood.word(1)}")
    flood.read(flood.box(3, speaks=[EVE, "@p9:foe.example"]))
    said = [str(say.text) for say in flood.here.says if say.card is not None and say.card.kind == HOST]
    assert said
    assert all("@p9:foe.example" in text and EVE not in text for text in said)


def test_no_refusal_and_no_guest_is_stated_to_the_sister(flood: Flood) -> None:
    before = flood.here.box(flood.here.link)
    for n in range(9):
        flood.here.tell(flood.person(n), f"introduced {flood.word(n + n % 2)}")
    flood.read(flood.box(20))
    flood.here.react_to(flood.here.card(HOST), EVE, "✅")
    assert flood.here.hall.guests
    assert flood.here.box(flood.here.link) == before


def test_a_word_is_not_believed_while_something_is_wrong_with_the_letterbox(flood: Flood) -> None:
    """What was read before still counts, but nothing new is opened by it; and the word is not used up."""
    flood.here.look(replace(flood.box(3), powers={"users_default": 100}))
    flood.here.tell(flood.person(1), f"introduced {flood.word(1)}")
    flood.read(flood.box(3))
    assert not BOOK.of(flood.here.hall).visits
    assert flood.here.told()[-1] == "visit-word-unwell"
    flood.here.look(flood.box(3))
    flood.here.tell(flood.person(1), f"introduced {flood.word(1)}")
    flood.read(flood.box(3))
    assert len(BOOK.of(flood.here.hall).visits) == 1
