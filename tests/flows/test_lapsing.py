"""What is past its term leaves no byte behind, nothing that counts differs, and what binds stays."""

import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from crewhall import house as rules
from crewhall.adapters.ledger import SqliteLedger
from crewhall.charter.model import Charter
from crewhall.errors import TryLater
from crewhall.flows.lapsing import EVERY, FIRST, Lapsing
from crewhall.ground.facts import Lapsed
from crewhall.testing import Person
from crewhall.testing.household import CHARTER, Household

RULE = {"propose": "anyone", "vouches": {"count": 1, "of": "anyone"}, "invitation_days": 7}
ASKED = Charter.model_validate(CHARTER.model_dump() | {"door": {"join": "invite", "rule": RULE}})
ZOE = "@zoe:elsewhere.test"


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[Household]:
    """Ann and Ben hold the keys, and Ann has proposed Zoe, who has never been here."""
    async with (
        SqliteLedger.open(tmp_path / "ledger.db", rules.FACTS) as ledger,
        Household(ledger=ledger) as house,
    ):
        await house.found(ASKED, house.ann.id, house.ben.id)
        await house.come(house.ann, house.ben)
        for person in (house.ann, house.ben):
            await house.chat(person)
        await says(house, house.ann, f"!invite {ZOE} to Rivendell")
        yield house
        assert house.troubles == []


async def says(house: Household, person: Person, line: str) -> str:
    event = await person.say(house.room(house.chats.key(person.id)), line)
    await house.settle()
    return "\n".join(house.answers(event))


async def passes(house: Household, **span: float) -> None:
    await house.world.clock.advance(timedelta(**span))
    await house.ticking.beat()
    await house.settle()


async def lets_go(house: Household) -> None:
    lapsing = Lapsing(house.keeping, house.world.clock)
    await house.world.clock.advance(FIRST)
    await lapsing.go_on()


def found(folder: Path, needle: str) -> list[str]:
    return [one.name for one in folder.rglob("*") if one.is_file() and needle.encode() in one.read_bytes()]


def facts(house: Household) -> list[str]:
    with closing(sqlite3.connect(house.ledger._path)) as db:  # type: ignore[attr-defined]
        return [str(kind) for (kind,) in db.execute("SELECT kind FROM facts ORDER BY seq")]


async def test_no_byte_stays_of_somebody_who_was_only_asked_about(house: Household, tmp_path: Path) -> None:
    assert "ledger.db-wal" in found(tmp_path, ZOE)  # or the search would prove nothing
    await passes(house, days=8)
    assert "ProposalLapsed" in facts(house)
    await lets_go(house)
    assert "Proposed" in facts(house)  # its term is not over
    await passes(house, days=31)
    before = house.keeping.house
    await lets_go(house)
    assert found(tmp_path, ZOE) == []
    assert {"Proposed", "ProposalLapsed"}.isdisjoint(facts(house))
    assert house.keeping.house.halls["rivendell"].inside == before.halls["rivendell"].inside  # type: ignore[index]
    assert house.keeping.house.versions == before.versions
    assert facts(house).count("Arrived") == 2
    await house.stop()
    await house.start()
    await passes(house, hours=3)
    assert found(tmp_path, ZOE) == []
    await says(house, house.ann, f"!invite {ZOE} to Rivendell")
    assert facts(house)[-1] == "Proposed"


async def test_what_was_cut_off_before_the_bytes_went_is_finished_by_the_next_run(
    house: Household, tmp_path: Path
) -> None:
    await says(house, house.ann, f"!withdraw {ZOE}")
    await passes(house, days=31)
    with closing(sqlite3.connect(tmp_path / "ledger.db")) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM facts").fetchone()
        with pytest.raises(TryLater):
            await lets_go(house)
        assert "Proposed" not in facts(house)
        assert found(tmp_path, ZOE)
    await lets_go(house)
    assert found(tmp_path, ZOE) == []


async def test_it_is_looked_at_once_a_day_and_again_soon_where_somebody_wrote(house: Household) -> None:
    lapsing = Lapsing(house.keeping, house.world.clock)
    await lapsing.go_on()
    await says(house, house.ann, f"!withdraw {ZOE}")
    await passes(house, days=31)
    await lapsing.go_on()
    assert "Lapsed" in facts(house)
    await says(house, house.ben, f"!invite {ZOE} to Rivendell")
    await says(house, house.ben, f"!withdraw {ZOE}")
    await house.world.clock.advance(EVERY - timedelta(seconds=1))
    await lapsing.go_on()
    assert "Proposed" in facts(house)


async def test_who_asks_is_told_the_terms(house: Household) -> None:
    told = await says(house, house.ben, "!what do you know about me")
    assert "goes one day after a newer one replaced it" in told
    assert "go after 30 days" in told


async def test_a_fact_that_has_lapsed_says_nothing(house: Household) -> None:
    await says(house, house.ann, f"!withdraw {ZOE}")
    await passes(house, days=31)
    await lets_go(house)
    lapsed = [r for r in await house.ledger.since(0) if isinstance(r.fact, Lapsed)]
    assert len(lapsed) == 2
    assert all([await house.ledger.caused_by(r.cause) for r in lapsed])
