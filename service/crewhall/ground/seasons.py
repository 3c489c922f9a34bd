"""Decides which season a day is in, when the next begins, and whether the quiet days before it are on. Pure.

Days are the community's own, by its time zone. In the quiet days nobody is asked anything unasked.
"""

from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from crewhall.charter.model import Charter, Seasons

MORNING: Final = 9
EVENING: Final = 20
"""Hours between which people may be asked something unasked."""
_MONTHS: Final = 12


@dataclass(frozen=True, slots=True)
class Season:
    """From its first day to the first day of the `next`; `before` is when the one before it began."""

    before: date
    start: date
    next: date


def local(charter: Charter, now: datetime) -> datetime:
    """Return an instant by the community's own clock."""
    return now.astimezone(ZoneInfo(charter.calendar.zone))


def season(charter: Charter, now: datetime) -> Season | None:
    """Return the season that an instant is in, None in a community without seasons."""
    if charter.seasons is None:
        return None
    today = local(charter, now).date()
    starts = _around(charter.seasons, today)
    at = max(n for n, start in enumerate(starts) if start <= today)
    return Season(starts[at - 1], starts[at], starts[at + 1])


def is_silent(charter: Charter, now: datetime) -> bool:
    """Return whether an instant is in the quiet days before a season."""
    return is_gap(charter.seasons, local(charter, now).date())


def is_gap(seasons: Seasons | None, day: date) -> bool:
    """Return whether a day is one of the quiet days before a season."""
    if seasons is None or not seasons.gap_days:
        return False
    return any(0 < (start - day).days <= seasons.gap_days for start in _around(seasons, day))


def is_day(charter: Charter, now: datetime) -> bool:
    """Return whether it is day in the community: at night nobody is asked anything."""
    return MORNING <= local(charter, now).hour < EVENING


def begins(charter: Charter, day: date) -> datetime:
    """Return the instant at which a day begins by the community's clock, in aware UTC."""
    return datetime.combine(day, time(), ZoneInfo(charter.calendar.zone)).astimezone(UTC)


def later(start: datetime, months: int) -> datetime:
    """Return the same day and hour some months later, or the last day of a month that is too short."""
    years, month = divmod(start.month - 1 + months, _MONTHS)
    year, month = start.year + years, month + 1
    return start.replace(year=year, month=month, day=min(start.day, monthrange(year, month)[1]))


def length(one: Season) -> timedelta:
    """Return how long the season before this one was."""
    return one.start - one.before


def _around(seasons: Seasons, day: date) -> list[date]:
    """Return the first days of all seasons from the year before to the year after, in order."""
    years = range(day.year - 2, day.year + 2)
    return sorted({date.fromisoformat(f"{year}-{start}") for year in years for start in seasons.starts})
