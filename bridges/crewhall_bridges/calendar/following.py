"""Decides what is told of calendars that are followed, and what is written down of a look. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from crewhall.door import (
    Card,
    CommunityKey,
    Decision,
    Fact,
    Followed,
    Hall,
    House,
    Say,
    Sentence,
    ToRoom,
    Writing,
    board,
    names,
)
from crewhall_bridges.calendar.events import Event
from crewhall_bridges.calendar.facts import (
    CalendarBegun,
    CalendarLooked,
    EventMet,
    EventTold,
    Shape,
    others,
)
from crewhall_bridges.calendar.fold import FOLLOWED, Known, Seen
from crewhall_bridges.calendar.when import short, span

MOST_EDITS: Final = 10
"""How many messages of one calendar are brought up to date in a day."""
OFTEN: Final = timedelta(days=1)
"""How long a look that went as the one before is not written down."""


@dataclass(frozen=True, slots=True)
class Address:
    """Which calendar is meant: the community, its key in the charter, a hash of where it is."""

    hall: CommunityKey
    key: str
    source: str


def address_of(hall: Hall, calendar: Followed) -> Address:
    """Return by what a calendar is known."""
    return Address(hall.key, calendar.key, names.digest(calendar.url))


def begin(house: House, at: Address, events: Sequence[Event]) -> Decision | None:
    """Return the first look: what is there was there before us, but for the next if the charter says so."""
    if (found := find(house, at)) is None or found[2].begun:
        return None
    before = events[1:] if found[1].first else events
    shapes = tuple(shape_of(event) for event in before)
    return _written(house, at, CalendarBegun(at.key, at.source, shapes))


def looked(house: House, at: Address, trouble: str, status: int, now: datetime) -> Decision | None:
    """Return what is written down of a look, None if the last one says the same and is not old."""
    if (found := find(house, at)) is None:
        return None
    known = found[2]
    same = (known.trouble, known.status) == (trouble, status)
    if same and known.looked is not None and now - known.looked < OFTEN:
        return None
    return _written(house, at, CalendarLooked(at.key, at.source, trouble, status))


def tell(house: House, at: Address, event: Event, now: datetime) -> Decision | None:
    """Return that an event is told, or what was told of it corrected; None if not, or not now."""
    if (found := find(house, at)) is None:
        return None
    hall, calendar, known = found
    if not known.begun or not _may_tell(house, hall, calendar, now):
        return None
    seen = known.events.get(event.id)
    if seen is None:
        ahead = bool(event.times) and event.times[0].starts > now and not event.cancelled
        if not ahead or board.today(hall.charter, now, known.told) >= board.MOST_A_DAY:
            return None
        return _told(house, hall, calendar, event, new=True)
    if _changed(seen.shape, event, now):
        return _corrected(house, found, event, seen, now)
    if seen.shape.until <= now and event.times:
        if seen.told:
            return _corrected(house, found, event, seen, now)
        return _written(house, at, EventMet(at.key, shape_of(event)))
    return None


def missing(house: House, at: Address, mark: str, now: datetime) -> Decision | None:
    """Return that an event which was told stands in the calendar no longer."""
    if (found := find(house, at)) is None:
        return None
    hall, calendar, known = found
    seen = known.events.get(mark)
    if seen is None or not seen.told or not _may_tell(house, hall, calendar, now):
        return None
    ahead = [one for one in seen.shape.times if one[0] > now]
    if not ahead or board.today(hall.charter, now, known.edited) >= MOST_EDITS:
        return None
    when = span(*ahead[0], hall.charter.calendar.zone)
    text = Sentence("calendar-gone", {"calendar": calendar.name, "when": when})
    fact = EventTold(at.key, Shape(mark, (), seen.shape.until, seen.shape.place), new=False)
    return _written(house, at, fact, _say(hall, calendar, mark, text))


def shape_of(event: Event) -> Shape:
    """Return what is remembered of an event."""
    times = tuple((one.starts, one.ends) for one in event.times)
    return Shape(event.id, times, event.until, names.digest(event.place))


def find(house: House, at: Address) -> tuple[Hall, Followed, Known] | None:
    """Return the community, the calendar in its charter and what is known of it; None if not followed."""
    hall = house.halls.get(at.hall)
    if hall is None:
        return None
    calendar = next((one for one in hall.charter.calendars if address_of(hall, one) == at), None)
    return (hall, calendar, FOLLOWED.of(hall).of(at.key, at.source)) if calendar is not None else None


def words(hall: Hall, calendar: Followed, event: Event) -> Sentence:
    """Return the message of an event, as it holds now."""
    zone, name = hall.charter.calendar.zone, event.name or Sentence("calendar-unnamed")
    if not event.times:
        return Sentence("calendar-cancelled", {"calendar": calendar.name, "event": name})
    first, *others_ = event.times
    when = span(first.starts, first.ends, zone, whole=first.whole)
    head = Sentence("calendar-event", {"calendar": calendar.name, "event": name, "when": when})
    if others_:
        days = tuple(dict.fromkeys(short(one.starts, zone) for one in others_))
        head = Sentence("calendar-series", {"head": head, "days": days})
    return Sentence("calendar-place", {"head": head, "place": event.place}) if event.place else head


def _changed(shape: Shape, event: Event, now: datetime) -> bool:
    """Return whether an event is other than remembered, as far ahead as was looked both times."""
    until = min(shape.until, event.until)
    before = {one for one in shape.times if now < one[0] <= until}
    after = {(one.starts, one.ends) for one in event.times if now < one.starts <= until}
    return before != after or bool(after and shape.place != names.digest(event.place))


def _corrected(
    house: House, found: tuple[Hall, Followed, Known], event: Event, seen: Seen, now: datetime
) -> Decision | None:
    """Return the message brought to what holds now; a first one if the event was only remembered."""
    hall, calendar, known = found
    past, most = (known.edited, MOST_EDITS) if seen.told else (known.told, board.MOST_A_DAY)
    if board.today(hall.charter, now, past) >= most:
        return None
    return _told(house, hall, calendar, event, new=not seen.told)


def _may_tell(house: House, hall: Hall, calendar: Followed, now: datetime) -> bool:
    return board.is_time(hall.charter, now) and not board.hindrance(house, hall, calendar.room)


def _told(house: House, hall: Hall, calendar: Followed, event: Event, *, new: bool) -> Decision:
    text, at = words(hall, calendar, event), address_of(hall, calendar)
    return _written(house, at, EventTold(at.key, shape_of(event), new), _say(hall, calendar, event.id, text))


def _say(hall: Hall, calendar: Followed, mark: str, text: Sentence) -> Say:
    card = Card("calendar.event", f"{hall.key}/calendar/{calendar.key}/{mark}")
    return Say(ToRoom(board.place_of(hall, calendar.room)), text, card=card)


def _written(house: House, at: Address, fact: Fact, *says: Say) -> Decision:
    line = others(at.hall)
    return Decision(facts=(Writing(line, fact, house.versions.get(line, 0)),), says=says)
