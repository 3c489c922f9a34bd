"""The numbers of transactions: what the homeserver left behind is asked for, and nothing else for ever."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crewhall.adapters.numbering import FIRST_REST, LONGEST_REST, Numbers, behind

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
SOON = timedelta(seconds=1)


def asks(
    numbers: Iterable[int], known: Numbers | None = None, now: datetime = NOON
) -> tuple[list[int], Numbers]:
    """Return behind which of these numbers something was asked for, and what is known then."""
    known = known or Numbers()
    asked = []
    for number in numbers:
        known = known.seen(number, now)
        if known.behind:
            asked.append(number)
    return asked, known


@pytest.mark.parametrize(
    "numbers",
    [[1, 2, 3], [7, 8, 8, 9], [500, 501, 1, 2, 3], [500, 2, 3], [3, 90_000, 180_000]],
    ids=["a row", "one comes twice", "counted anew", "anew from what was left", "times"],
)
def test_where_nothing_is_missing_nothing_is_asked_for(numbers: list[int]) -> None:
    assert asks(numbers)[0] == []


def test_a_gap_is_asked_for_once_and_the_next_one_at_once_if_that_helped() -> None:
    asked, known = asks([4, 7, 5, 6, 7, 8])
    assert asked == [7]
    assert asks([10, 9, 10, 12, 12], known)[0] == [10, 12]


def test_what_was_asked_for_in_vain_makes_the_next_wait_and_is_not_forgotten() -> None:
    asked, known = asks([4, 6, 6, 8, 9])
    assert asked == [6]
    assert asks([10, 11], known, NOON + FIRST_REST - SOON)[0] == []
    asked, known = asks([10, 11], known, NOON + FIRST_REST)
    assert asked == [10]
    assert known.asked == range(7, 10)


def test_a_clock_that_is_set_back_makes_no_rest_longer() -> None:
    _, known = asks([4, 6, 6])
    assert asks([8], known, NOON - timedelta(days=400))[0] == [8]


@pytest.mark.parametrize("name", ["", "m1", "-1", "1.5", "²", "٣", "9" * 19, "a/b"])
def test_ids_that_are_no_numbers_are_passed_over(name: str) -> None:
    told = behind(lambda: NOON)
    assert [told(one) for one in ("4", name, "5", name, "7")] == [False, False, False, False, True]


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 3), st.integers(0, 300)), max_size=60))
def test_a_homeserver_is_left_with_nothing_and_asked_in_vain_ever_more_seldom(
    days: list[tuple[bool, int, int]],
) -> None:
    """Each time: is one left behind, how many numbers do others take, seconds until then."""
    now, number, known, vain = NOON, 0, Numbers(), 0
    left: list[int] = []
    rests = LONGEST_REST.total_seconds()
    for leaves, others, seconds in [*days, (False, 0, rests)]:
        now += timedelta(seconds=seconds)
        number += 1 + others
        if leaves and known.newest is not None:
            left.append(number)
            continue
        known = known.seen(number, now)
        if not known.behind:
            continue
        vain += not left
        for one in (*left, number):  # it is sent again from the oldest on
            known = known.seen(one, now)
            assert not known.behind
        left = []
    assert not left
    if not any(others for _, others, _ in days):
        assert not vain
    if not any(leaves for leaves, _, _ in days):
        assert vain <= 7 + (now - NOON).total_seconds() / rests
