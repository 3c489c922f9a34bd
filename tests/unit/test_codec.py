"""What the ledger writes comes back as it was, and names nobody."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Literal

import pytest

from crewhall import house
from crewhall.adapters.codec import Codec
from crewhall.errors import Misconfigured
from crewhall.ground.facts import Fact
from crewhall.ground.ids import RoomKey, UserId

ANN, BEN = UserId("@ann:example.org"), UserId("@ben:example.org")


@dataclass(frozen=True, slots=True)
class Seat:
    who: UserId
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Everything(Fact):
    one: UserId
    maybe: UserId | None
    many: tuple[UserId, ...]
    some: frozenset[UserId]
    pair: tuple[UserId, int]
    levels: Mapping[UserId, int]
    seats: tuple[Seat, ...]
    seat: Seat | None
    plain: str
    key: RoomKey
    mode: Literal["open", "private"]
    at: datetime
    span: timedelta
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Shy(Fact):
    maybe: UserId | None = None
    several: tuple[UserId, ...] | None = None


EVERYTHING = Everything(
    one=ANN,
    maybe=BEN,
    many=(ANN, BEN, ANN),
    some=frozenset({ANN, BEN}),
    pair=(BEN, 3),
    levels={ANN: 50},
    seats=(Seat(ANN), Seat(BEN, date(2026, 12, 1))),
    seat=Seat(ANN),
    plain="person:not-a-token",
    key=RoomKey("rivendell"),
    mode="open",
    at=datetime(2026, 11, 21, 9, 13, 0, 1, tzinfo=UTC),
    span=timedelta(days=3, seconds=1),
    words=("a", "b"),
)


class Table:
    def __init__(self) -> None:
        self.tokens: dict[str, str] = {}

    def token(self, person: str) -> str:
        return self.tokens.setdefault(person, f"person:{len(self.tokens)}")

    def name(self, token: str) -> str:
        return next(name for name, known in self.tokens.items() if known == token)


@pytest.mark.parametrize("fact", [EVERYTHING, Shy(), Shy(ANN, (BEN,)), Shy(None, ())], ids=range(4))
def test_a_fact_comes_back_as_it_was_and_its_body_names_nobody(fact: Fact) -> None:
    codec, table = Codec((Everything, Shy)), Table()
    kind, body = codec.write(fact, table.token)
    assert "@" not in body
    assert kind == type(fact).__name__
    assert codec.read(kind, body, table.name) == fact


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("Unheard", "{}"),
        ("Shy", '{"maybe": null, "newer": 1}'),
        ("Shy", '{"maybe": {"new": "shape"}}'),
        ("Seated", '{"seat": {"who": "person:0", "newer": 1}}'),
        ("Seated", "{}"),
    ],
)
def test_what_only_a_newer_crewhall_writes_is_refused(kind: str, body: str) -> None:
    @dataclass(frozen=True, slots=True)
    class Seated(Fact):
        seat: Seat

    with pytest.raises(Misconfigured, match="newer Crewhall"):
        Codec((Shy, Seated)).read(kind, body, lambda _: ANN)


def test_what_an_older_crewhall_wrote_gets_the_defaults() -> None:
    assert Codec((Shy,)).read("Shy", "{}", lambda _: ANN) == Shy()


def test_every_fact_of_the_house_can_be_written() -> None:
    names = [fact.__name__ for fact in house.FACTS]
    assert len(set(names)) == len(names)
    Codec(house.FACTS)
