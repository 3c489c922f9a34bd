"""What happened with gatherings and with calendars that are followed.

Streams: ``<community>/gatherings`` for the community's own, ``<community>/calendars`` for those of others.
`calendar` is the followed calendar's key in the charter, `source` a hash of its address, `event` of its name
for an event. What others' calendars say in words is not kept.
"""

from dataclasses import dataclass
from datetime import datetime

from crewhall.door import CommunityKey, Fact, Stream, UserId


@dataclass(frozen=True, slots=True)
class GatheringAdded(Fact):
    """Somebody announced a gathering; `ends` is None if that is left open. Aware UTC."""

    mark: str
    name: str
    place: str
    starts: datetime
    ends: datetime | None
    by: UserId


@dataclass(frozen=True, slots=True)
class GatheringMoved(Fact):
    """A gathering has another time."""

    mark: str
    starts: datetime
    ends: datetime | None
    by: UserId


@dataclass(frozen=True, slots=True)
class GatheringCancelled(Fact):
    """A gathering does not take place."""

    mark: str
    by: UserId


@dataclass(frozen=True, slots=True)
class CalendarOpened(Fact):
    """The community's calendar is served at ``address/token.ics``; the token cannot be guessed."""

    token: str
    address: str


@dataclass(frozen=True, slots=True)
class CalendarRenewed(Fact):
    """Somebody asked for another address; the one before is no more."""

    by: UserId


@dataclass(frozen=True, slots=True)
class Shape:
    """An event as it was told or remembered: its times (start, end) until some day, a hash of where."""

    event: str
    times: tuple[tuple[datetime, datetime], ...]
    until: datetime
    place: str


@dataclass(frozen=True, slots=True)
class CalendarBegun(Fact):
    """A calendar was read for the first time; these events were there already and are not told."""

    calendar: str
    source: str
    events: tuple[Shape, ...]


@dataclass(frozen=True, slots=True)
class EventTold(Fact):
    """An event was told, or the message brought to what holds now. `new`: there was no message yet."""

    calendar: str
    shape: Shape
    new: bool


@dataclass(frozen=True, slots=True)
class EventMet(Fact):
    """An event that was not told has other times now, further on: remembered, not told."""

    calendar: str
    shape: Shape


@dataclass(frozen=True, slots=True)
class CalendarLooked(Fact):
    """A calendar was looked at: `trouble` says what was wrong, "" if nothing; `status` is the server's.

    Written when that changes, and else once a day.
    """

    calendar: str
    source: str
    trouble: str
    status: int


ALL: tuple[type[Fact], ...] = (
    GatheringAdded,
    GatheringMoved,
    GatheringCancelled,
    CalendarOpened,
    CalendarRenewed,
    CalendarBegun,
    EventTold,
    EventMet,
    CalendarLooked,
)


def own(hall: CommunityKey) -> Stream:
    """Return the stream of a community's own gatherings."""
    return Stream(f"{hall}/gatherings")


def others(hall: CommunityKey) -> Stream:
    """Return the stream of the calendars that a community follows."""
    return Stream(f"{hall}/calendars")
