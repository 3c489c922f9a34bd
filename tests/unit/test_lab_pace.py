"""Promises of the pace: whoever keeps it is always answered, and waits no longer than that takes."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from crewhall.flows.budget import Budget, Verdict
from crewhall.ground.ids import UserId
from crewhall.lab.pace import SPARE, Pace
from crewhall.testing.clock import START

ANN = UserId("@ann:x")
PAUSES = st.lists(st.floats(0, 20), max_size=120)


@given(PAUSES, st.integers(1, 60))
def test_whoever_keeps_the_pace_is_always_answered(pauses: list[float], a_minute: int) -> None:
    pace, purse = Pace(a_minute), Budget(a_minute)
    now = 1000.0
    for pause in pauses:
        now += pause
        now += pace.spend(now)
        assert purse.spend(ANN, START + timedelta(seconds=now)) is Verdict.ANSWER


def test_nobody_waits_before_the_purse_is_empty_and_then_only_for_the_next_one() -> None:
    pace = Pace(20)
    waits = [pace.spend(1000.0) for _ in range(22)]
    assert waits[: 20 - SPARE] == [0] * (20 - SPARE)
    assert [round(wait) for wait in waits[20 - SPARE :]] == [3, 6, 9, 12]
    assert pace.spend(1120.0) == 0
