"""What is known of gatherings and of calendars that are followed, folded."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final

from immutables import Map

from crewhall.door import Hall, Part, Recorded, UserId
from crewhall_bridges.calendar.facts import (
    CalendarBegun,
    CalendarLooked,
    CalendarOpened,
    CalendarRenewed,
    EventMet,
    EventTold,
    GatheringAdded,
    GatheringCancelled,
    GatheringMoved,
    Shape,
)

_KEPT: Final = 20
"""Instants of the last messages of one calendar that are remembered."""


@dataclass(frozen=True, slots=True)
class Gathering:
    """A gathering of the community's: `revision` counts its changes, `changed` is the last of them."""

    mark: str
    name: str
    place: str
    starts: datetime
    ends: datetime | None
    by: UserId
    added: datetime
    changed: datetime
    revision: int = 0
    cancelled: bool = False

    @property
    def over(self) -> datetime:
        """When it is over; what has no end is given some hours."""
        return self.ends or self.starts + timedelta(hours=3)


@dataclass(frozen=True, slots=True)
class Own:
    """The community's own gatherings by their marks, and where their calendar is served (empty: not yet)."""

    gatherings: Map[str, Gathering] = field(default_factory=Map)
    token: str = ""
    address: str = ""


@dataclass(frozen=True, slots=True)
class Seen:
    """What is known of an event: its shape, whether it was told, how often something was written of it."""

    shape: Shape
    told: bool = False
    count: int = 0


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of one followed calendar: when something was `told` or `edited` last, and `looked` at."""

    source: str = ""
    begun: bool = False
    events: Map[str, Seen] = field(default_factory=Map)
    told: tuple[datetime, ...] = ()
    edited: tuple[datetime, ...] = ()
    looked: datetime | None = None
    trouble: str = ""
    status: int = 0


@dataclass(frozen=True, slots=True)
class Followings:
    """All calendars that a community follows, by their keys."""

    all: Map[str, Known] = field(default_factory=Map)

    def of(self, key: str, source: str) -> Known:
        """Return what is known of a calendar at this address; nothing if it was another address before."""
        known = self.all.get(key, Known())
        return known if known.source == source else Known(source, told=known.told, edited=known.edited)


OWN: Final = Part("gatherings", Own())
FOLLOWED: Final = Part("calendars", Followings())


def evolve(hall: Hall, recorded: Recorded) -> Hall:
    """Fold a record of gatherings or calendars."""
    if (own := _own(OWN.of(hall), recorded)) is not None:
        return OWN.put(hall, own)
    if (followed := _followed(FOLLOWED.of(hall), recorded)) is not None:
        return FOLLOWED.put(hall, followed)
    return hall


def _own(own: Own, recorded: Recorded) -> Own | None:
    at = recorded.at
    match recorded.fact:
        case GatheringAdded(mark=mark, name=name, place=place, starts=starts, ends=ends, by=by):
            return _with(own, Gathering(mark, name, place, starts, ends, by, at, at))
        case GatheringMoved(mark=mark, starts=starts, ends=ends) if mark in own.gatherings:
            old = own.gatherings[mark]
            return _with(own, replace(old, starts=starts, ends=ends, changed=at, revision=old.revision + 1))
        case GatheringCancelled(mark=mark) if mark in own.gatherings:
            old = own.gatherings[mark]
            return _with(own, replace(old, cancelled=True, changed=at, revision=old.revision + 1))
        case CalendarOpened(token=token, address=address):
            return replace(own, token=token, address=address)
        case CalendarRenewed():
            return replace(own, token="", address="")
        case _:
            return None


def _with(own: Own, gathering: Gathering) -> Own:
    return replace(own, gatherings=own.gatherings.set(gathering.mark, gathering))


def _followed(all_: Followings, recorded: Recorded) -> Followings | None:
    match recorded.fact:
        case CalendarBegun(calendar=key, source=source, events=events):
            seen = Map({shape.event: Seen(shape) for shape in events})
            known = replace(all_.of(key, source), begun=True, events=seen)
        case EventTold(calendar=key, shape=shape, new=new):
            known = _shaped(all_.all.get(key, Known()), shape, told=True)
            if new:
                known = replace(known, told=(*known.told, recorded.at)[-_KEPT:])
            else:
                known = replace(known, edited=(*known.edited, recorded.at)[-_KEPT:])
        case EventMet(calendar=key, shape=shape):
            known = _shaped(all_.all.get(key, Known()), shape, told=False)
        case CalendarLooked(calendar=key, source=source, trouble=trouble, status=status):
            known = replace(all_.of(key, source), looked=recorded.at, trouble=trouble, status=status)
        case _:
            return None
    return Followings(all_.all.set(key, known))


def _shaped(known: Known, shape: Shape, *, told: bool) -> Known:
    seen = known.events.get(shape.event)
    count = seen.count + 1 if seen is not None else 1
    was = seen is not None and seen.told
    return replace(known, events=known.events.set(shape.event, Seen(shape, told or was, count)))
