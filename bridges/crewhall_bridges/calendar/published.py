"""Writes the community's gatherings as an iCalendar file: their times, names and places, never people.

RFC 5545: UID (3.8.4.7) and SEQUENCE (3.8.7.4) make one event of all its versions, LAST-MODIFIED (3.8.7.3) and
STATUS (3.8.1.11) tell of changes. RFC 7986: NAME, REFRESH-INTERVAL. The same gatherings give the same bytes.
"""

from datetime import datetime, timedelta
from typing import Final
from uuid import NAMESPACE_URL, uuid5

import icalendar

from crewhall.door import Hall
from crewhall_bridges.calendar.fold import OWN, Gathering

KEPT: Final = timedelta(days=90)
"""How long a gathering that is over stays in the file."""
_REFRESH: Final = timedelta(hours=1)


def published(hall: Hall, now: datetime) -> bytes:
    """Return the file."""
    calendar = icalendar.Calendar()
    calendar.add("prodid", "-//Crewhall//Gatherings//EN")
    calendar.add("version", "2.0")
    calendar.add("name", hall.charter.name)
    calendar.add("x-wr-calname", hall.charter.name)
    calendar.add("refresh-interval", _REFRESH, parameters={"VALUE": "DURATION"})
    for gathering in sorted(OWN.of(hall).gatherings.values(), key=lambda one: (one.starts, one.mark)):
        if now - gathering.over < KEPT:
            calendar.add_component(_event(hall, gathering))
    file: bytes = calendar.to_ical()
    return file


def changed(hall: Hall) -> datetime:
    """Return when anything in the file last changed."""
    return max((one.changed for one in OWN.of(hall).gatherings.values()), default=hall.founded)


def uid(hall: Hall, gathering: Gathering) -> str:
    """Return what a gathering is called in every version of the file."""
    return str(uuid5(NAMESPACE_URL, f"crewhall:{hall.key}:{hall.founded.isoformat()}:{gathering.mark}"))


def _event(hall: Hall, gathering: Gathering) -> icalendar.Event:
    event = icalendar.Event()
    event.add("uid", uid(hall, gathering))
    event.add("dtstamp", gathering.changed)
    event.add("created", gathering.added)
    event.add("last-modified", gathering.changed)
    event.add("sequence", gathering.revision)
    event.add("summary", gathering.name)
    if gathering.place:
        event.add("location", gathering.place)
    event.add("dtstart", gathering.starts)
    if gathering.ends is not None:
        event.add("dtend", gathering.ends)
    event.add("status", "CANCELLED" if gathering.cancelled else "CONFIRMED")
    return event
