"""Makes events of what a calendar's server sent: a few plain values of each, whatever else it holds.

`read` runs in a process of its own (`crewhall.door.Outdoors.apart`): a rule of recurrence can ask for more
than any patience. iCalendar: RFC 5545.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

import icalendar
import recurring_ical_events

from crewhall.door import names

MOST: Final = 60
"""Events that are looked at: those that come first."""
MOST_TIMES: Final = 6
"""Times of one event that are looked at."""
LONGEST: Final = 120
_CANCELLED: Final = "CANCELLED"


@dataclass(frozen=True, slots=True)
class Time:
    """When something takes place; `whole`: days, not hours. Aware UTC; the end is not part of it."""

    starts: datetime
    ends: datetime
    whole: bool = False


@dataclass(frozen=True, slots=True)
class Event:
    """An event with its coming times, known until some day; `id` is a hash of what the calendar calls it.

    `cancelled`: all of its times that are known are called off.
    """

    id: str
    name: str
    place: str
    times: tuple[Time, ...]
    until: datetime
    repeats: bool = False
    cancelled: bool = False


def read(data: bytes, zone: str, start: str, weeks: str) -> list[dict[str, object]]:
    """Return the events from an instant on, as JSON has them, the next first.

    Times without a zone are the community's own, `zone`. Raises ValueError if it is no calendar.
    """
    now = datetime.fromisoformat(start)
    until = now + timedelta(weeks=int(weeks))
    here = ZoneInfo(zone)
    found: dict[str, list[tuple[Time, icalendar.Event]]] = {}
    calendars = icalendar.Calendar.from_ical(data, multiple=True)
    if not calendars or any(one.name != "VCALENDAR" for one in calendars):
        raise ValueError("no calendar")
    for calendar in calendars:
        for event in _occurrences(calendar, now, until):
            when = _time(event, here)
            if when is not None and when.ends > now:
                found.setdefault(_id(event), []).append((when, event))
    events = sorted(_events(found, until), key=lambda event: event[0])
    return [told for _, told in events[:MOST]]


def _occurrences(calendar: icalendar.Calendar, now: datetime, until: datetime) -> Iterator[icalendar.Event]:
    """Yield what takes place in some time, event by event with its exceptions: any may be broken."""
    rest = [one for one in calendar.subcomponents if one.name != "VEVENT"]
    series: dict[str, list[icalendar.Component]] = {}
    for n, event in enumerate(calendar.walk("VEVENT")):
        series.setdefault(str(event.get("UID", n)), []).append(event)
    for events in series.values():
        calendar.subcomponents = [*rest, *events]
        try:
            yield from recurring_ical_events.of(calendar, skip_bad_series=True).between(now, until)
        except Exception:  # noqa: BLE001, S112 - the library raises whatever a broken event leads to
            continue


def _events(
    found: dict[str, list[tuple[Time, icalendar.Event]]], until: datetime
) -> Iterator[tuple[datetime, dict[str, object]]]:
    for id_, occurrences in found.items():
        occurrences.sort(key=lambda one: one[0].starts)
        live = [(when, one) for when, one in occurrences if str(one.get("STATUS", "")).upper() != _CANCELLED]
        times = [when for when, _ in live[:MOST_TIMES]]
        event = (live or occurrences)[0][1]
        yield (
            occurrences[0][0].starts,
            {
                "id": id_,
                "name": _text(event, "SUMMARY"),
                "place": _text(event, "LOCATION"),
                "times": [
                    {"starts": one.starts.isoformat(), "ends": one.ends.isoformat(), "whole": one.whole}
                    for one in times
                ],
                "until": (times[-1].starts if len(live) > MOST_TIMES else until).isoformat(),
                "repeats": len(occurrences) > 1,
                "cancelled": not live,
            },
        )


def _id(event: icalendar.Event) -> str:
    uid = str(event.get("UID", "")) or f"{event.get('SUMMARY', '')} {event.get('DTSTART')}"
    return names.digest(uid)


def _time(event: icalendar.Event, here: ZoneInfo) -> Time | None:
    """Return when an occurrence takes place, None where that cannot be said."""
    start, end = _value(event, "DTSTART"), _value(event, "DTEND")
    if start is None:
        return None
    whole = not isinstance(start, datetime)
    starts = _instant(start, here)
    ends = _instant(end, here) if end is not None else starts
    least = timedelta(days=1) if whole else timedelta()
    return Time(starts, max(ends, starts + least), whole)


def _value(event: icalendar.Event, name: str) -> date | None:
    value = getattr(event.get(name), "dt", None)
    return value if isinstance(value, date) else None


def _instant(value: date, here: ZoneInfo) -> datetime:
    if not isinstance(value, datetime):
        return datetime.combine(value, time(), here).astimezone(UTC)
    return (value if value.tzinfo is not None else value.replace(tzinfo=here)).astimezone(UTC)


def _text(event: icalendar.Event, name: str) -> str:
    text = names.spoken(str(event.get(name, "")))
    return text if len(text) <= LONGEST else text[:LONGEST].rstrip() + "…"
