"""Ordinary people over HTTP: they use any homeserver, ours on the wire or a real one."""

from collections.abc import Mapping
from datetime import timedelta
from urllib.parse import quote

import aiohttp

from crewhall.errors import TryLater
from crewhall.ground.ids import EventId, RoomId, UserId
from crewhall.ground.rooms import Content
from crewhall.testing.events import Refused
from crewhall.testing.homeserver import trouble

PATIENCE = aiohttp.ClientTimeout(total=60)
_REFUSED = 400


class Visitor:
    """Somebody with a token. Does what `crewhall.testing.people.Person` does, and raises the same.

    Each call opens a session of its own, so that there is nothing to close.
    """

    def __init__(self, url: str, person: UserId, token: str) -> None:
        self.id = person
        self._url = url
        self._token = token
        self._said = 0

    async def join(self, room: str) -> RoomId:
        """Enter a room by id or alias."""
        return RoomId(str((await self._call("POST", f"join/{_q(room)}")).get("room_id")))

    async def leave(self, room: str) -> None:
        """Leave, decline, or take a knock back."""
        await self._call("POST", f"rooms/{_q(room)}/leave")

    async def knock(self, room: str, reason: str = "") -> None:
        """Ask to be let in."""
        await self._call("POST", f"knock/{_q(room)}", {"reason": reason} if reason else {})

    async def invite(self, room: str, person: str) -> None:
        """Invite somebody."""
        await self._call("POST", f"rooms/{_q(room)}/invite", {"user_id": person})

    async def kick(self, room: str, person: str, reason: str = "") -> None:
        """Remove somebody."""
        await self._call("POST", f"rooms/{_q(room)}/kick", {"user_id": person, "reason": reason})

    async def ban(self, room: str, person: str, reason: str = "") -> None:
        """Keep somebody out."""
        await self._call("POST", f"rooms/{_q(room)}/ban", {"user_id": person, "reason": reason})

    async def unban(self, room: str, person: str) -> None:
        """Lift a ban."""
        await self._call("POST", f"rooms/{_q(room)}/unban", {"user_id": person})

    async def say(self, room: str, text: str) -> EventId:
        """Say something."""
        return await self.send(room, "m.room.message", {"msgtype": "m.text", "body": text})

    async def react(self, room: str, event: str, key: str) -> EventId:
        """React to a message."""
        relation = {"rel_type": "m.annotation", "event_id": event, "key": key}
        return await self.send(room, "m.reaction", {"m.relates_to": relation})

    async def send(self, room: str, kind: str, content: Content) -> EventId:
        """Send any event."""
        self._said += 1
        sent = await self._call("PUT", f"rooms/{_q(room)}/send/{_q(kind)}/p{self._said}", content)
        return EventId(str(sent.get("event_id")))

    async def redact(self, room: str, event: str) -> None:
        """Take an event back."""
        self._said += 1
        await self._call("PUT", f"rooms/{_q(room)}/redact/{_q(event)}/p{self._said}")

    async def set_state(self, room: str, kind: str, content: Content, key: str = "") -> EventId:
        """Write a state event."""
        put = await self._call("PUT", f"rooms/{_q(room)}/state/{_q(kind)}/{_q(key)}", content)
        return EventId(str(put.get("event_id")))

    async def state(self, room: str, kind: str, key: str = "") -> Content:
        """Read a state event's content; `NotThere` if there is none."""
        return await self._call("GET", f"rooms/{_q(room)}/state/{_q(kind)}/{_q(key)}")

    async def give_power(self, room: str, levels: Mapping[str, int]) -> EventId:
        """Change people's power, leaving the rest of the levels as they stand."""
        standing = await self.state(room, "m.room.power_levels")
        users = standing.get("users")
        merged = {**(users if isinstance(users, Mapping) else {}), **levels}
        return await self.set_state(room, "m.room.power_levels", {**standing, "users": merged})

    async def create_room(self, body: Mapping[str, object] | None = None) -> RoomId:
        """Make a room from a ``createRoom`` body."""
        return RoomId(str((await self._call("POST", "createRoom", body or {})).get("room_id")))

    async def sync(self, since: str = "", patience: timedelta = timedelta()) -> Content:
        """Return what is new, waiting at most `patience` for something."""
        query = f"timeout={int(patience.total_seconds() * 1000)}"
        return await self._call("GET", f"sync?{query}" + (f"&since={since}" if since else ""))

    async def _call(self, method: str, path: str, body: Content | None = None) -> Content:
        headers = {"Authorization": f"Bearer {self._token}"}
        sent = None if method == "GET" else dict(body or {})
        url = f"{self._url}/_matrix/client/v3/{path}"
        try:
            async with (
                aiohttp.ClientSession(timeout=PATIENCE) as session,
                session.request(method, url, json=sent, headers=headers) as response,
            ):
                answer = await response.json()
        except (aiohttp.ClientError, TimeoutError) as no:
            raise TryLater(str(no)) from no
        if response.status >= _REFUSED:
            code, why = str(answer.get("errcode")), str(answer.get("error"))
            raise trouble(Refused(response.status, code, why)) from None
        return answer if isinstance(answer, Mapping) else {}


def _q(text: str) -> str:
    return quote(text, safe="")
