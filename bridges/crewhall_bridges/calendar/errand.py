"""Goes out and looks at calendars, each at its own hours, and brings what they hold before the rules.

What was read is kept in memory only: after a start each calendar is read once, and nothing is told twice.
"""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from pydantic import TypeAdapter

from crewhall.door import Doors, Followed, Hall, RoomId, Tag, Unread, board
from crewhall_bridges.calendar.events import MOST, Event
from crewhall_bridges.calendar.following import Address, address_of, begin, find, looked, missing, tell

ROUND: Final = timedelta(minutes=5)
"""How often it is seen what is due, and what waits to be told."""
AT_ONCE: Final = 2
"""Calendars that are looked at side by side."""
_EVENTS: Final = TypeAdapter(tuple[Event, ...])
_READ: Final = "crewhall_bridges.calendar.events:read"


@dataclass(slots=True)
class _Memory:
    """What was read of one calendar: its tag, the file (time goes on in it), its events; when to look."""

    tag: Tag = field(default_factory=Tag)
    body: bytes = b""
    events: tuple[Event, ...] | None = None
    due: datetime | None = None


class Following:
    """The errand of calendars that are followed."""

    def __init__(self, doors: Doors) -> None:
        self._doors = doors
        self._memories: dict[Address, _Memory] = {}
        self._places = asyncio.Semaphore(AT_ONCE)

    async def run(self) -> None:
        """Look, tell and rest, until cancelled."""
        while True:
            await self.round()
            await self._doors.clock.sleep(ROUND)

    def hint(self, room: RoomId) -> None:
        """Have no business with rooms."""

    async def round(self) -> None:
        """Look at what is due, tell what may be told; a bug with one calendar is raised after the others."""
        followed = dict(self._followed())
        self._memories = {at: self._memories.get(at, _Memory()) for at in followed}
        each = (self._attend(at, hall, one) for at, (hall, one) in followed.items())
        bugs = [one for one in await asyncio.gather(*each, return_exceptions=True) if one is not None]
        if bugs:
            raise bugs[0]

    def _followed(self) -> Iterable[tuple[Address, tuple[Hall, Followed]]]:
        for hall in self._doors.house().halls.values():
            for calendar in hall.charter.calendars:
                yield address_of(hall, calendar), (hall, calendar)

    async def _attend(self, at: Address, hall: Hall, calendar: Followed) -> None:
        memory = self._memories[at]
        if memory.due is None or memory.due <= self._doors.clock.now():
            async with self._places:
                await self._look(at, hall, calendar, memory)
        if memory.events is not None:
            await self._tell(at, memory.events)

    async def _look(self, at: Address, hall: Hall, calendar: Followed, memory: _Memory) -> None:
        doors = self._doors
        memory.due = doors.clock.now() + timedelta(hours=calendar.every_hours)
        trouble, status = "", 0
        try:
            page = await doors.outdoors.read(calendar.url, memory.tag)
            body, tag = (page.body, page.tag) if page.body is not None else (memory.body, memory.tag)
            words = (hall.charter.calendar.zone, doors.clock.now().isoformat(), str(calendar.weeks))
            events = _EVENTS.validate_python(await doors.outdoors.apart(_READ, body, *words))
            memory.events, memory.body, memory.tag = events, body, tag
        except Unread as unread:
            trouble, status = unread.why, unread.status
            memory.due += unread.after or timedelta()
        now, name = doors.clock.now(), f"{at.hall}:{at.key}:{at.source}"
        if not trouble:
            found = memory.events or ()
            await doors.record(f"calendar:begun:{name}", lambda house: begin(house, at, found))
            here = doors.house().halls.get(hall.key, hall)
            trouble = "missing" if board.hindrance(doors.house(), here, calendar.room) == "missing" else ""
        await doors.record(
            f"calendar:looked:{name}:{now.isoformat()}", lambda house: looked(house, at, trouble, status, now)
        )

    async def _tell(self, at: Address, events: tuple[Event, ...]) -> None:
        now, record = self._doors.clock.now(), self._doors.record
        for event in events:
            await record(self._cause(at, event.id), lambda house: tell(house, at, event, now))  # noqa: B023 - awaited
        found = find(self._doors.house(), at)
        if found is None or len(events) >= MOST:
            return  # what comes later than all these may still stand there
        for mark in sorted(set(found[2].events) - {event.id for event in events}):
            await record(self._cause(at, mark), lambda house: missing(house, at, mark, now))  # noqa: B023 - awaited

    def _cause(self, at: Address, mark: str) -> str:
        """Return what makes the next word on an event happen once."""
        found = find(self._doors.house(), at)
        seen = found[2].events.get(mark) if found is not None else None
        return f"calendar:{at.hall}:{at.key}:{at.source}:{mark}:{seen.count if seen is not None else 0}"
