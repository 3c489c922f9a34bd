"""Counts working days by a community's calendar. Pure: the instants come from outside."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from crewhall.charter.model import Calendar, Seasons
from crewhall.ground.seasons import is_gap

_WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_DAY = timedelta(days=1)
_FARTHEST = 1_000  # more free days than a calendar can name


def after(calendar: Calendar, start: datetime, days: int, seasons: Seasons | None = None) -> datetime:
    """Return the instant `days` working days after `start`, at the same hour by the community's clock.

    What starts on a day that does not count starts with the next one that does; the quiet days before one
    of the `seasons` do not count. Aware UTC.
    """
    zone = ZoneInfo(calendar.zone)
    local = start.astimezone(zone)
    day, hour = local.date(), local.time()
    if not counts(calendar, day, seasons):
        day, hour = _next(calendar, day, seasons), time()
    for _ in range(days):
        day = _next(calendar, day, seasons)
    return datetime.combine(day, hour.replace(fold=0), zone).astimezone(UTC)


def counts(calendar: Calendar, day: date, seasons: Seasons | None = None) -> bool:
    """Return whether a day is a working day."""
    working = _WEEK[day.weekday()] in calendar.week and day not in calendar.free
    return working and not is_gap(seasons, day)


def _next(calendar: Calendar, day: date, seasons: Seasons | None) -> date:
    ahead = (day + _DAY * n for n in range(1, _FARTHEST * len(_WEEK)))
    return next(one for one in ahead if counts(calendar, one, seasons))
