"""Quick people: somebody with a token and eyes, but no device, so that they can read no secrets.

They look when they wait for something, and own no task.
"""

import asyncio
import time
from collections.abc import Callable, Sequence
from typing import Self, TypeVar

from crewhall.errors import Denied, TryLater
from crewhall.ground import ids
from crewhall.lab.gestures import Gestures, message
from crewhall.lab.line import Line
from crewhall.lab.sight import Invitation, Seen, Sight, Test
from crewhall.lab.synapse import Synapse

T = TypeVar("T")
WITHIN = 15.0
AGAIN = 0.3
FILTER = '{"room":{"timeline":{"limit":500}},"presence":{"types":[]}}'
GLANCE, STARE = 0, 2_000


class Guest(Gestures):
    """Somebody without a device; `sight` is all they have seen when they looked."""

    def __init__(self, user: str, shown: str, line: Line) -> None:
        super().__init__(user, shown, line)
        self.sight = Sight(who=user)
        self._since = ""

    @classmethod
    async def register(cls, synapse: Synapse, name: str, shown: str = "") -> Self:
        """Register somebody; `shown` is their display name. Raises `Taken`."""
        token = await synapse.register(name, f"the password of {name}")
        guest = cls(f"@{name}:{synapse.name}", shown or name, Line(synapse.address, token))
        if shown:
            await guest.take_name(shown)
        return guest

    async def close(self) -> None:
        """Go."""
        await self.line.close()

    @property
    def mark(self) -> int:
        """Here and now, to look only at what comes after."""
        return len(self.sight.events)

    async def look(self, wait: int = GLANCE) -> None:
        """Sync once, waiting at most `wait` milliseconds for news. Raises `TryLater`."""
        since = {"since": self._since} if self._since else {}
        answer = await self.call("GET", "v3/sync", filter=FILTER, timeout=wait, **since)
        self._since = str(answer["next_batch"])
        self.sight.take_sync(answer, {})

    async def finds(self, look: Callable[[], T | None], what: str, within: float = WITHIN) -> T:
        """Look until `look` finds something in what was seen; raise `TryLater` if it does not."""
        ends = time.monotonic() + within
        wait = GLANCE
        while True:
            await self.look(wait)
            if (found := look()) is not None:
                return found
            left = ends - time.monotonic()
            if left <= 0:
                words = [f"{seen.sender}: {seen.text!r}" for seen in self.sight.events if seen.text]
                raise TryLater(
                    f"{self.shown} did not see {what} within {within:g} s; last words: {words[-3:]}"
                )
            wait = int(min(left * 1000, STARE))

    async def saw(
        self, room: str | None, test: Test, what: str, *, after: int = 0, within: float = WITHIN
    ) -> Seen:
        """Wait for an event, in one room or any; `after` is a `mark`, `what` names it in words."""
        return await self.finds(lambda: next(filter(test, self.sight.since(after, room)), None), what, within)

    async def invited(self, name: str, within: float = WITHIN) -> Invitation:
        """Wait for an invitation to a room of this name."""
        waiting = self.sight.invited
        return await self.finds(
            lambda: next((one for one in waiting.values() if one.name == name), None),
            f"an invitation to {name}",
            within,
        )

    async def accepts(self, name: str, within: float = WITHIN) -> str:
        """Wait for an invitation to a room of this name and accept it; return the room."""
        return await self.follows(await self.invited(name, within), within)

    async def follows(self, invitation: Invitation, within: float = WITHIN) -> str:
        """Accept an invitation; one from afar may arrive before its room knows of it (Synapse 1.163)."""
        ends = time.monotonic() + within
        while True:
            try:
                return await self.enter_room(invitation.room)
            except Denied:
                if ids.server(invitation.inviter) == ids.server(self.id) or time.monotonic() > ends:
                    raise
                await asyncio.sleep(AGAIN)

    async def say(self, room: str, text: str, *, to: Sequence[Gestures] = ()) -> str:
        """Say something; ids of people in `to` become pills. Return the event."""
        return await self.say_plain(room, message(text, to))

    async def silence(self, room: str, test: Test, seconds: float = 1.0) -> None:
        """Look for a while and raise `AssertionError` if something is seen that should not be."""
        ends = time.monotonic() + seconds
        while (left := ends - time.monotonic()) > 0:
            await self.look(int(left * 1000))
        await asyncio.sleep(0)
        for seen in self.sight.since(0, room):
            if test(seen):
                raise AssertionError(f"{self.shown} saw {seen}")
