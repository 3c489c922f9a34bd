"""Ordinary people, who use the homeserver with a client of their own; here, directly in a `World`."""

from collections.abc import Callable, Mapping
from typing import TypeVar

from crewhall.ground.ids import EventId, RoomId, UserId, local, server
from crewhall.ground.rooms import Content
from crewhall.testing import creation
from crewhall.testing.events import Refused
from crewhall.testing.homeserver import trouble
from crewhall.testing.world import Asker, World

T = TypeVar("T")


class Person:
    """Somebody with an account, here or (if `name` is a whole user id) on another server.

    Raises the same `crewhall.errors` as the service's own client.
    """

    def __init__(self, world: World, name: str) -> None:
        self.world = world
        self.id = UserId(name if name.startswith("@") else f"@{name}:{world.server}")
        if server(self.id) == world.server and self.id not in world.directory.registered:
            world.directory.register(local(self.id))
        self._said = 0

    async def join(self, room: str) -> RoomId:
        """Enter a room by id or alias."""
        return self._do(lambda: self.world.enter(self._asker, room))

    async def leave(self, room: str) -> None:
        """Leave, decline, or take a knock back."""
        self._do(lambda: self.world.leave(self._asker, room))

    async def knock(self, room: str, reason: str = "") -> None:
        """Ask to be let in."""
        self._do(lambda: self.world.knock(self._asker, room, reason))

    async def invite(self, room: str, person: str) -> None:
        """Invite somebody."""
        self._do(lambda: self.world.become(self._asker, room, UserId(person), "invite"))

    async def kick(self, room: str, person: str, reason: str = "") -> None:
        """Remove somebody."""
        self._do(lambda: self.world.kick(self._asker, room, UserId(person), reason))

    async def ban(self, room: str, person: str, reason: str = "") -> None:
        """Keep somebody out."""
        self._do(lambda: self.world.become(self._asker, room, UserId(person), "ban", reason))

    async def unban(self, room: str, person: str) -> None:
        """Lift a ban."""
        self._do(lambda: self.world.unban(self._asker, room, UserId(person)))

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
        return self._do(lambda: self.world.send(self._asker, room, kind, content, f"p{self._said}"))

    async def redact(self, room: str, event: str) -> None:
        """Take an event back."""
        self._said += 1
        self._do(lambda: self.world.redact(self._asker, room, EventId(event), f"p{self._said}"))

    async def set_state(self, room: str, kind: str, content: Content, key: str = "") -> EventId:
        """Write a state event."""
        return self._do(lambda: self.world.put_state(self._asker, room, kind, key, content))

    async def state(self, room: str, kind: str, key: str = "") -> Content:
        """Read a state event's content; `NotThere` if there is none."""
        return self._do(lambda: self.world.content(self._asker, room, kind, key))

    async def give_power(self, room: str, levels: Mapping[str, int]) -> EventId:
        """Change people's power, leaving the rest of the levels as they stand."""
        standing = await self.state(room, "m.room.power_levels")
        users = standing.get("users")
        merged = {**(users if isinstance(users, Mapping) else {}), **levels}
        return await self.set_state(room, "m.room.power_levels", {**standing, "users": merged})

    async def create_room(self, body: Mapping[str, object] | None = None) -> RoomId:
        """Make a room from a ``createRoom`` body."""
        asked = creation.read(self.world, body or {})
        return self._do(lambda: creation.create(self.world, self._asker, asked))

    @property
    def _asker(self) -> Asker:
        return Asker(self.id)

    def _do(self, act: Callable[[], T]) -> T:
        try:
            return act()
        except Refused as no:
            raise trouble(no) from no
