"""Promises of reading calendars: coming events as plain values, in bounds, whatever else the file holds."""

import time
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from crewhall.adapters.apart import apart
from crewhall.door import Unread
from crewhall_bridges.calendar.events import LONGEST, MOST, MOST_TIMES, read

NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)
READ = "crewhall_bridges.calendar.events:read"


def ics(*events: str, head: str = "") -> bytes:
    entries = "".join(f"BEGIN:VEVENT\n{event}\nEND:VEVENT\n" for event in events)
    return f"BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:x\n{head}{entries}END:VCALENDAR\n".replace(
        "\n", "\r\n"
    ).encode()


def look(data: bytes, zone: str = "UTC", weeks: int = 4) -> list[Any]:
    return read(data, zone, NOW.isoformat(), str(weeks))


def starts(event: Any) -> list[str]:
    return [one["starts"] for one in event["times"]]


def test_a_plain_event_is_read() -> None:
    event = "UID:1\nSUMMARY:Tea\nLOCATION:Here\nDTSTART:20260510T140000Z\nDTEND:20260510T160000Z"
    (found,) = look(ics(event))
    assert (found["name"], found["place"], found["repeats"]) == ("Tea", "Here", False)
    assert found["times"] == [
        {"starts": "2026-05-10T14:00:00+00:00", "ends": "2026-05-10T16:00:00+00:00", "whole": False}
    ]


@pytest.mark.parametrize(
    ("start", "instant"),
    [
        (":20260510T140000Z", "2026-05-10T14:00:00+00:00"),
        (";TZID=America/New_York:20260510T140000", "2026-05-10T18:00:00+00:00"),
        (":20260510T140000", "2026-05-10T12:00:00+00:00"),
        (";VALUE=DATE:20260510", "2026-05-09T22:00:00+00:00"),
    ],
    ids=["utc", "zone", "floating", "whole day"],
)
def test_times_are_understood_in_their_zone_or_the_communitys(start: str, instant: str) -> None:
    (found,) = look(ics(f"UID:1\nSUMMARY:Tea\nDTSTART{start}"), zone="Europe/Berlin")
    assert starts(found) == [instant]


def test_the_files_own_zone_counts_for_floating_times() -> None:
    (found,) = look(ics("UID:1\nDTSTART:20260510T140000Z", head="X-WR-TIMEZONE:Asia/Tokyo\n"))
    assert starts(found) == ["2026-05-10T14:00:00+00:00"]


def test_a_whole_day_lasts_a_day() -> None:
    (found,) = look(ics("UID:1\nDTSTART;VALUE=DATE:20260510"))
    assert found["times"][0]["whole"]
    assert found["times"][0]["ends"] == "2026-05-11T00:00:00+00:00"


def test_a_series_is_one_event_with_its_exceptions() -> None:
    series = "UID:1\nSUMMARY:Call\nDTSTART:20260505T180000Z\nDTEND:20260505T190000Z\nRRULE:FREQ=WEEKLY\n"
    series += "EXDATE:20260512T180000Z"
    other = "UID:1\nSUMMARY:Call\nRECURRENCE-ID:20260519T180000Z\nDTSTART:20260520T200000Z"
    (found,) = look(ics(series, other))
    assert starts(found) == [f"2026-05-{day}:00:00+00:00" for day in ("05T18", "20T20", "26T18")]
    assert found["repeats"]


def test_a_series_keeps_its_hour_when_clocks_change() -> None:
    series = "UID:1\nDTSTART;TZID=Europe/Berlin:20260301T100000\nRRULE:FREQ=WEEKLY;COUNT=8"
    found = read(ics(series), "UTC", "2026-03-20T00:00:00+00:00", "3")
    assert [start[11:13] for start in starts(found[0])] == ["09", "08", "08"]


def test_what_is_called_off_is_told_as_such() -> None:
    (found,) = look(ics("UID:1\nSUMMARY:Tea\nDTSTART:20260510T140000Z\nSTATUS:CANCELLED"))
    assert found["cancelled"]
    assert found["times"] == []


def test_only_what_is_to_come_in_the_next_weeks_is_read() -> None:
    days = ("20260503", "20260505", "20260531", "20260602")
    found = look(ics(*(f"UID:{day}\nSUMMARY:{day}\nDTSTART:{day}T140000Z" for day in days)))
    assert [event["name"] for event in found] == ["20260505", "20260531"]


def test_an_event_without_a_name_of_its_own_is_read() -> None:
    (found,) = look(ics("SUMMARY:Tea\nDTSTART:20260510T140000Z"))
    assert found["id"]


def test_very_long_words_are_cut_and_hidden_ones_left_out() -> None:
    (found,) = look(ics(f"UID:1\nSUMMARY:{'x' * 5000}\nLOCATION:He\u202ere\nDTSTART:20260510T140000Z"))
    assert len(found["name"]) == LONGEST + 1
    assert found["place"] == "Here"


def test_of_very_many_events_the_next_are_read() -> None:
    start = NOW + timedelta(hours=1)
    many = (f"UID:{n}\nDTSTART:{start + timedelta(minutes=n):%Y%m%dT%H%M%SZ}" for n in range(2_000))
    assert len(look(ics(*many))) == MOST


def test_of_a_daily_series_the_next_times_are_read_and_how_far() -> None:
    (found,) = look(ics("UID:1\nDTSTART:20260501T180000Z\nRRULE:FREQ=DAILY"))
    assert len(found["times"]) == MOST_TIMES
    assert found["until"] == starts(found)[-1]


def test_one_bad_series_costs_the_others_nothing() -> None:
    bad = "UID:1\nDTSTART:20260501T180000Z\nRRULE:FREQ=SOMETIMES"
    worse = "UID:2\nSUMMARY:No time"
    found = look(ics(bad, worse, "UID:3\nSUMMARY:Tea\nDTSTART:20260510T140000Z"))
    assert [event["name"] for event in found] == ["Tea"]


@pytest.mark.parametrize(
    "data", [b"", b"<html></html>", b"\x89PNG\r\n" * 20, b"/etc/passwd", b"BEGIN:VEVENT\r\nEND:VEVENT\r\n"]
)
async def test_what_is_no_calendar_is_unclear(data: bytes) -> None:
    with pytest.raises(Unread) as found:
        await apart(READ, data, "UTC", NOW.isoformat(), "4")
    assert found.value.why == "unclear"


@pytest.mark.parametrize(
    "rule", ["FREQ=SECONDLY", "FREQ=MINUTELY;BYSECOND=1,2,3,4,5", "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30"]
)
async def test_a_rule_that_asks_for_very_much_is_ended(rule: str) -> None:
    began = time.monotonic()
    data = ics(f"UID:1\nDTSTART:19000101T000000Z\nRRULE:{rule}")
    try:
        found = await apart(READ, data, "UTC", NOW.isoformat(), "26", patience=4.0)
    except Unread:
        found = []
    assert isinstance(found, list)
    assert len(found) <= 1
    assert time.monotonic() - began < 10
