"""Says in words when something is, by a community's own clock; and reads it from what people write."""

import re
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

_DAY: Final = timedelta(days=1)
_TIME: Final = re.compile(r"([01]?\d|2[0-3])[:.]([0-5]\d)\Z")
_DATE: Final = re.compile(r"(\d{4})-(\d{2})-(\d{2})\Z")


def span(starts: datetime, ends: datetime | None, zone: str, *, whole: bool = False) -> str:
    """Return a time in words, such as ``Saturday 5 December 2026, 14:00 to 18:00 (Europe/Berlin)``."""
    here = ZoneInfo(zone)
    first, last = starts.astimezone(here), (ends or starts).astimezone(here)
    if whole:
        last -= _DAY / 2  # the day it ends before is not part of it
        return _day(first) if last.date() <= first.date() else f"{_day(first)} to {_day(last)}"
    if last == first:
        return f"{_day(first)}, {first:%H:%M} ({zone})"
    if last.date() == first.date():
        return f"{_day(first)}, {first:%H:%M} to {last:%H:%M} ({zone})"
    return f"{_day(first)}, {first:%H:%M} to {_day(last)}, {last:%H:%M} ({zone})"


def short(starts: datetime, zone: str) -> str:
    """Return a day in words, such as ``Tuesday 12 May 2026``."""
    return _day(starts.astimezone(ZoneInfo(zone)))


def read_day(word: str) -> date | None:
    """Return the day that is written as ``2026-12-05``, None if it is none."""
    found = _DATE.match(word)
    try:
        return date(*map(int, found.groups())) if found is not None else None
    except ValueError:
        return None


def read_time(word: str) -> time | None:
    """Return the time of day that is written as ``14:00``, None if it is none."""
    found = _TIME.match(word)
    return time(int(found[1]), int(found[2])) if found is not None else None


def instant(day: date, hour: time, zone: str) -> datetime:
    """Return the instant of a time of day by the clock of a zone, in aware UTC."""
    return datetime.combine(day, hour, ZoneInfo(zone)).astimezone(UTC)


def _day(local: datetime) -> str:
    return f"{local:%A} {local.day} {local:%B} {local.year}"
