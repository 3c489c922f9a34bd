"""Promises of the calendar: a window counts working days, to the same hour by the community's own clock."""

from datetime import UTC, date, datetime

import pytest

from crewhall.charter.model import Calendar, Seasons
from crewhall.ground.workdays import after, counts


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


PLAIN = Calendar()
BERLIN = Calendar(zone="Europe/Berlin")
YULE = Calendar(zone="Europe/Berlin", free=(date(2026, 12, 25), date(2026, 12, 28), date(2027, 1, 1)))
SHORT = Calendar(week=("sat",))

CASES = [
    # (calendar, start, days, end, what it shows)
    (PLAIN, "2026-05-04 14:05", 5, "2026-05-11 14:05", "a week later at the same hour"),
    (PLAIN, "2026-05-08 15:00", 1, "2026-05-11 15:00", "Friday's next working day is Monday"),
    (PLAIN, "2026-05-09 15:00", 5, "2026-05-18 00:00", "what begins on Saturday begins with Monday"),
    (PLAIN, "2026-05-10 23:59", 1, "2026-05-12 00:00", "what begins on Sunday has the whole Monday"),
    (PLAIN, "2026-05-04 14:05", 0, "2026-05-04 14:05", "no days are no time"),
    (YULE, "2026-12-23 11:00", 3, "2026-12-30 11:00", "holidays beside a weekend are skipped"),
    (YULE, "2026-12-25 09:00", 1, "2026-12-29 23:00", "a holiday begins with the next working day"),
    (BERLIN, "2026-03-27 11:00", 1, "2026-03-30 10:00", "noon stays noon when clocks go forward"),
    (BERLIN, "2026-10-23 10:00", 1, "2026-10-26 11:00", "noon stays noon when clocks go back"),
    (BERLIN, "2026-05-10 22:30", 1, "2026-05-11 22:30", "Sunday night in UTC is Monday in Berlin"),
    (SHORT, "2026-05-04 14:05", 2, "2026-05-23 00:00", "only Saturdays"),
]


@pytest.mark.parametrize(("calendar", "start", "days", "end", "what"), CASES, ids=[c[4] for c in CASES])
def test_a_window_ends(calendar: Calendar, start: str, days: int, end: str, what: str) -> None:
    assert after(calendar, utc(start), days) == utc(end), what


def test_an_hour_that_the_clock_skips_is_still_an_instant() -> None:
    lord = Calendar(zone="Europe/Berlin", week=("sat", "sun"))
    assert after(lord, utc("2026-03-28 01:30"), 1) == utc("2026-03-29 01:30")


def test_the_quiet_days_before_a_season_are_no_working_days() -> None:
    year = Seasons(starts=("06-01",), gap_days=7)
    assert after(PLAIN, utc("2026-05-22 14:05"), 1, year) == utc("2026-06-01 14:05")
    assert after(PLAIN, utc("2026-05-27 14:05"), 1, year) == utc("2026-06-02 00:00")
    assert [day for day in range(20, 32) if counts(PLAIN, date(2026, 5, day), year)] == [20, 21, 22]


def test_days_that_count() -> None:
    assert counts(YULE, date(2026, 12, 24))
    assert not counts(YULE, date(2026, 12, 25))
    assert not counts(YULE, date(2026, 12, 26))
