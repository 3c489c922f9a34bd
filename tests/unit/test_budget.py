"""Promises of the budget: so many answers a minute, one word about it, then silence until it fills again."""

from datetime import timedelta

from crewhall.flows import budget
from crewhall.flows.budget import Budget, Verdict
from crewhall.ground.ids import UserId
from crewhall.testing.clock import START

ANN, BEN = UserId("@ann:x"), UserId("@ben:x")
ANSWER, TELL, SILENCE = Verdict.ANSWER, Verdict.TELL, Verdict.SILENCE


def test_who_shouts_more_is_told_once_and_others_are_not_meant() -> None:
    purse = Budget(3)
    assert [purse.spend(ANN, START) for _ in range(6)] == [ANSWER] * 3 + [TELL, SILENCE, SILENCE]
    assert purse.spend(BEN, START) is ANSWER


def test_a_purse_fills_evenly_and_who_goes_on_shouting_is_not_told_again() -> None:
    purse = Budget(3)
    told = [purse.spend(ANN, START + timedelta(seconds=n)) for n in range(120)]
    assert told.count(TELL) == 1
    assert 8 <= told.count(ANSWER) <= 9


def test_after_a_quiet_minute_all_is_as_before() -> None:
    purse = Budget(3)
    for start in (START, START + timedelta(minutes=2)):
        assert [purse.spend(ANN, start) for _ in range(5)] == [ANSWER] * 3 + [TELL, SILENCE]


def test_a_clock_that_goes_back_gives_nothing_away() -> None:
    purse = Budget(1)
    assert purse.spend(ANN, START) is ANSWER
    assert purse.spend(ANN, START - timedelta(hours=1)) is TELL
    assert purse.spend(ANN, START) is SILENCE


def test_it_remembers_so_many_people_and_no_more() -> None:
    purse = Budget(1)
    for n in range(budget.MOST_PEOPLE + 10):
        purse.spend(UserId(f"@p{n}:x"), START)
    assert purse.spend(UserId("@p0:x"), START) is ANSWER
    assert purse.spend(UserId(f"@p{budget.MOST_PEOPLE}:x"), START) is TELL
