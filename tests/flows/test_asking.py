"""What is told to keyholders when a plan waits for a person."""

from datetime import UTC, datetime

import pytest

from crewhall.charter.model import Charter
from crewhall.flows.asking import Asking
from crewhall.flows.chats import Chats
from crewhall.flows.keeping import Keeping
from crewhall.flows.report import Waiting
from crewhall.ground import ids
from crewhall.ground.facts import Stream, Writing
from crewhall.ground.ids import CommunityKey, UserId
from crewhall.ground.steps import Plan, Remove
from crewhall.ground.talk import ToPerson
from crewhall.life.community.facts import Founded
from crewhall.ports import Entry
from crewhall.testing import ToldClock
from crewhall.testing.ledger import MemoryLedger

HALL = CommunityKey("rivendell")
ADA, BEN = UserId("@ada:here"), UserId("@ben:here")


@pytest.fixture
async def keeping() -> Keeping:
    keeping = Keeping(MemoryLedger())
    founded = Founded(Charter(key=HALL, name="Rivendell"), (ADA, BEN))
    await keeping.record(
        Entry("founding", datetime(2026, 5, 3, tzinfo=UTC), (Writing(Stream(HALL), founded, 0),))
    )
    return keeping


def waiting(person: str) -> Waiting:
    plan = Plan((Remove(ids.place(HALL, "lobby"), UserId(person), "gone"),))
    return Waiting(plan.fingerprint, plan, ("1 of 2 people would be removed",))


async def test_each_keyholder_is_told_once_a_plan(keeping: Keeping) -> None:
    clock = ToldClock()
    asking = Asking(keeping, Chats(keeping, clock, b"secret"), clock)
    await asking.ask(waiting("@cleo:here"))
    await asking.ask(waiting("@cleo:here"))
    told = await keeping.ledger.unsaid()
    assert [out.say.to for out in told] == [ToPerson(ADA), ToPerson(BEN)]
    assert all(out.say.must for out in told)


async def test_another_plan_is_told_again(keeping: Keeping) -> None:
    clock = ToldClock()
    asking = Asking(keeping, Chats(keeping, clock, b"secret"), clock)
    await asking.ask(waiting("@cleo:here"))
    await asking.ask(waiting("@dara:here"))
    assert len(await keeping.ledger.unsaid()) == 4
