"""What an ordinary person's ``/sync`` tells: rooms since a point in the server's log."""

import asyncio
from collections.abc import Iterable, Mapping

from crewhall.ground.ids import RoomId, UserId
from crewhall.testing.events import MEMBER, Event, Room
from crewhall.testing.sight import stripped
from crewhall.testing.world import World

LAST = 20
"""How much of a room's past a first sync tells."""


def position(token: str, fallback: int = 0) -> int:
    """Return the place in the log that a token stands for."""
    return int(token[1:]) if token.startswith("s") and token[1:].isdigit() else fallback


def sync(world: World, me: UserId, since: str = "") -> dict[str, object]:
    """Return the sync response (client-server API, "Syncing"); all rooms if `since` is empty."""
    start = position(since)
    joined: dict[str, object] = {}
    invited: dict[str, object] = {}
    left: dict[str, object] = {}
    for room, news in _by_room(world, me, start, first=not since).items():
        place = world.rooms[room]
        match place.membership(me):
            case "join":
                entered = not since or any(_about(event, me) and event.membership == "join" for event in news)
                joined[room] = _joined(place, news, whole=entered)
            case "invite" if any(_about(event, me) for event in news) or not since:
                invited[room] = {"invite_state": {"events": stripped(place, place.state[MEMBER, me])}}
            case "leave" | "ban" if since and any(_about(event, me) for event in news):
                last = next(i for i, event in reversed(list(enumerate(news))) if _about(event, me))
                left[room] = {"timeline": _timeline(news[: last + 1]), "state": {"events": []}}
            case _:
                pass
    return {
        "next_batch": f"s{len(world.log)}",
        "rooms": {"join": joined, "invite": invited, "leave": left, "knock": {}},
        "presence": {"events": []},
        "account_data": {"events": []},
        "to_device": {"events": []},
        "device_lists": {"changed": [], "left": []},
        "device_one_time_keys_count": {},
    }


class Waiting:
    """Those who wait for news in a long poll; an event wakes only the people of its room."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._asleep: dict[UserId, set[asyncio.Event]] = {}
        world.listeners.append(self._heard)

    async def news(self, me: UserId, since: str, patience: float) -> None:
        """Return as soon as there is something newer than `since`, or after `patience` seconds."""
        if self._any(me, position(since)):
            return
        bell = asyncio.Event()
        self._asleep.setdefault(me, set()).add(bell)
        try:
            async with asyncio.timeout(patience):
                await bell.wait()
        except TimeoutError:
            return
        finally:
            self._asleep[me].discard(bell)

    def wake_all(self) -> None:
        """End every wait."""
        for bells in self._asleep.values():
            for bell in bells:
                bell.set()

    def _any(self, me: UserId, start: int) -> bool:
        return any(_concerns(self._world, self._world.events[event], me) for event in self._world.log[start:])

    def _heard(self, event: Event) -> None:
        for person, bells in self._asleep.items():
            if bells and _concerns(self._world, event, person):
                for bell in bells:
                    bell.set()


def _concerns(world: World, event: Event, me: UserId) -> bool:
    return me in world.rooms[event.room].joined or _about(event, me)


def _about(event: Event, me: UserId) -> bool:
    return event.kind == MEMBER and event.key == me


def _by_room(world: World, me: UserId, start: int, *, first: bool) -> Mapping[RoomId, list[Event]]:
    if first:
        return {room: world.rooms[room].timeline for room in world.memberships(me)}
    found: dict[RoomId, list[Event]] = {}
    for event in (world.events[name] for name in world.log[start:]):
        if event.room in world.memberships(me):
            found.setdefault(event.room, []).append(event)
    return found


def _joined(room: Room, news: list[Event], *, whole: bool) -> dict[str, object]:
    shown = room.timeline[-LAST:] if whole else news
    state = [e.seen() for e in room.state.values() if e not in shown] if whole else []
    return {
        "timeline": _timeline(shown, limited=whole),
        "state": {"events": state},
        "ephemeral": {"events": []},
        "account_data": {"events": []},
        "summary": {"m.joined_member_count": len(room.joined)},
        "unread_notifications": {},
    }


def _timeline(events: Iterable[Event], *, limited: bool = False) -> dict[str, object]:
    return {"events": [e.seen() for e in events], "limited": limited, "prev_batch": "s0"}
