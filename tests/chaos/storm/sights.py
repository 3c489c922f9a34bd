"""What the members of rooms see of them: state, everything that was said, who is in.

Asked over HTTP as any client would, of each room once, by somebody who is in it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

import aiohttp
from yarl import URL

from crewhall.ground.ids import EventId, RoomId, UserId
from crewhall.ground.rooms import LOCATOR
from crewhall.testing.events import Event, Room
from crewhall.testing.world import World

MANY = 100_000


@dataclass
class Sights:
    """The rooms of one homeserver, and all events in them; `keyed` are those of the keeper, by key."""

    rooms: dict[str, Room] = field(default_factory=dict)
    events: dict[EventId, Event] = field(default_factory=dict)
    keyed: list[tuple[str, RoomId]] = field(default_factory=list)

    def room(self, room: str) -> Room:
        """Return a room."""
        return self.rooms[room]

    @property
    def opened(self) -> dict[str, RoomId]:
        """Return which room a key is; of a key that is given twice, any."""
        return dict(self.keyed)

    def remember(self, room: str, past: list[Event]) -> None:
        """Add what somebody else remembers of a room."""
        self.events.update({event.id: event for event in past})
        known = self.rooms[room]
        known.timeline = max(known.timeline, past, key=len)

    def add(self, room: Room, keeper: str) -> None:
        """Add a room as it was seen."""
        self.rooms[room.id] = room
        self.events.update({event.id: event for event in room.timeline})
        key = (room.content(LOCATOR) or {}).get("key")
        if isinstance(key, str) and room.creator == keeper:
            self.keyed.append((key, room.id))


def sights_of(world: World, keeper: str) -> Sights:
    """Return all that stands in a world of this process."""
    sights = Sights()
    for room in world.rooms.values():
        sights.add(Room(room.id, room.version, dict(room.state), list(room.timeline)), keeper)
    return sights


async def look(
    address: str, keeper: str, eyes: Sequence[tuple[str, str]], known: Iterable[str] = ()
) -> Sights:
    """Look at all rooms in which somebody is; `eyes` are tokens, and for whom to look ("" for oneself).

    Of other `known` rooms only what happened there is told, as far as the last of the `eyes` remembers it.
    """
    sights = Sights()
    async with aiohttp.ClientSession() as session:
        for token, masked in eyes:
            eye = Eye(session, address, token, masked)
            for room in (await eye.get("joined_rooms"))["joined_rooms"]:
                if room not in sights.rooms:
                    sights.add(await eye.room(room), keeper)
                elif masked:  # whoever came later does not see what was before
                    sights.remember(room, await eye.past(room))
        for room in set(known) - sights.rooms.keys():
            sights.events.update({event.id: event for event in await eye.past(room)})
    return sights


class Eye:
    """Somebody who looks."""

    def __init__(self, session: aiohttp.ClientSession, address: str, token: str, masked: str) -> None:
        self._session = session
        self._base = f"{address}/_matrix/client/v3/"
        self._headers = {"Authorization": f"Bearer {token}"}
        self._query = {"user_id": masked} if masked else {}

    async def get(self, *path: str, **query: str) -> Any:
        """Ask."""
        url = URL(self._base + "/".join(quote(part, safe="") for part in path), encoded=True)
        url = url.with_query({**query, **self._query})
        async with self._session.get(url, headers=self._headers) as response:
            assert response.status == 200, (url, await response.text())
            return await response.json()

    async def room(self, room: str) -> Room:
        """Look at a room."""
        state = await self.get("rooms", room, "state")
        stands = {(e.kind, e.key or ""): e for e in (_event(room, told, -1) for told in state)}
        version = str(stands["m.room.create", ""].content.get("room_version", "1"))
        return Room(RoomId(room), version, stands, await self.past(room))

    async def past(self, room: str) -> list[Event]:
        """Return what happened in a room, oldest first."""
        events: list[Mapping[str, Any]] = []
        start: dict[str, str] = {}
        while True:
            page = await self.get("rooms", room, "messages", dir="b", limit=str(MANY), **start)
            events += page["chunk"]
            if not page["chunk"] or "end" not in page:
                break
            start = {"from": page["end"]}
        return [_event(room, told, n) for n, told in enumerate(reversed(events))]


def _event(room: str, told: Mapping[str, Any], order: int) -> Event:
    return Event(
        id=EventId(told["event_id"]),
        room=RoomId(room),
        kind=told["type"],
        sender=UserId(told["sender"]),
        content=told["content"],
        at=told["origin_server_ts"],
        order=order,
        key=told.get("state_key"),
    )
