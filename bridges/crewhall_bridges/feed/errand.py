"""Goes out and looks at feeds, each at its own hours, and brings what is new before the rules.

What was read is kept in memory only: after a start each feed is read once, and nothing is told twice.
"""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from pydantic import TypeAdapter

from crewhall.door import Doors, Feed, Hall, RoomId, Tag, Unread, board
from crewhall_bridges.feed.items import Item
from crewhall_bridges.feed.telling import Address, address_of, begin, looked, tell

ROUND: Final = timedelta(minutes=5)
"""How often it is seen what is due, and what waits to be told."""
AT_ONCE: Final = 3
"""Feeds that are looked at side by side."""
_ITEMS: Final = TypeAdapter(tuple[Item, ...])


@dataclass(slots=True)
class _Memory:
    """What was read of one feed: its tag and items, since when each is known, when to look again."""

    tag: Tag = field(default_factory=Tag)
    items: tuple[Item, ...] = ()
    met: dict[str, datetime] = field(default_factory=dict)
    due: datetime | None = None


class Following:
    """The errand of feeds."""

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
        """Look at what is due and tell what may be told; a bug with one feed is raised after all others."""
        followed = dict(self._followed())
        self._memories = {at: self._memories.get(at, _Memory()) for at in followed}
        each = (self._attend(at, hall, feed) for at, (hall, feed) in followed.items())
        bugs = [one for one in await asyncio.gather(*each, return_exceptions=True) if one is not None]
        if bugs:
            raise bugs[0]

    def _followed(self) -> Iterable[tuple[Address, tuple[Hall, Feed]]]:
        for hall in self._doors.house().halls.values():
            for feed in hall.charter.feeds:
                yield address_of(hall, feed), (hall, feed)

    async def _attend(self, at: Address, hall: Hall, feed: Feed) -> None:
        memory = self._memories[at]
        if memory.due is None or memory.due <= self._doors.clock.now():
            async with self._places:
                await self._look(at, hall, feed, memory)
        await self._tell(at, memory)

    async def _look(self, at: Address, hall: Hall, feed: Feed, memory: _Memory) -> None:
        doors = self._doors
        memory.due = doors.clock.now() + timedelta(hours=feed.every_hours)
        trouble, status = "", 0
        try:
            page = await doors.outdoors.read(feed.url, memory.tag)
            if page.body is not None:
                found = await doors.outdoors.apart("crewhall_bridges.feed.items:read", page.body, feed.url)
                memory.items, memory.tag = _ITEMS.validate_python(found), page.tag
        except Unread as unread:
            trouble, status = unread.why, unread.status
            memory.due += unread.after or timedelta()
        now = doors.clock.now()
        memory.met = {item.id: memory.met.get(item.id, now) for item in memory.items}
        name = f"{at.hall}:{at.key}:{at.source}"
        if not trouble:
            await doors.record(f"feed:begun:{name}", lambda house: begin(house, at, memory.items))
            here = doors.house().halls.get(hall.key, hall)
            trouble = "missing" if board.hindrance(doors.house(), here, feed.room) == "missing" else ""
        await doors.record(
            f"feed:looked:{name}:{now.isoformat()}", lambda house: looked(house, at, trouble, status, now)
        )

    async def _tell(self, at: Address, memory: _Memory) -> None:
        """Tell the oldest first of what is new; the rules say how much."""
        for item in reversed(memory.items):
            now, met = self._doors.clock.now(), memory.met[item.id]
            cause = f"feed:{at.hall}:{at.key}:{item.id}"
            await self._doors.record(cause, lambda house: tell(house, at, item, met, now))  # noqa: B023 - awaited
