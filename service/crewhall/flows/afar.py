"""Leaves servers alone that do not answer: for seconds, then longer, up to an hour, until they are heard of.

Only what needs such a server waits: an invitation of one of its people. The room that it is for does not
rest, and is looked at again when the server may be asked.
"""

import random
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from crewhall.errors import Beyond
from crewhall.ground.ids import RoomKey, server
from crewhall.ground.waiting import growing
from crewhall.ports import Clock

FIRST_REST: Final = timedelta(seconds=10)
LONGEST_REST: Final = timedelta(hours=1)
MOST: Final = 1_000
"""Servers that are remembered; the one that was asked last goes last."""

Accept = Callable[[Sequence[object]], Awaitable[None]]
"""Takes in a transaction of the homeserver."""


class LeftAlone(Beyond):
    """Nobody was asked: their server did not answer lately."""


@dataclass(slots=True)
class _Silence:
    """A server that did not answer: how often, until when it is left alone, which rooms wait for it.

    `asked`: a call to it is under way, and may take long; no other is made beside it.
    """

    until: datetime
    tries: int = 0
    rooms: set[RoomKey] = field(default_factory=set)
    asked: bool = False


class Afar:
    """Which other servers do not answer. `jitter` gives numbers from 0 to 1."""

    def __init__(self, clock: Clock, *, jitter: Callable[[], float] = random.random) -> None:
        self._clock = clock
        self._jitter = jitter
        self._silent: dict[str, _Silence] = {}

    async def ask(self, name: str, room: RoomKey, call: Callable[[], Awaitable[None]]) -> None:
        """Make a call that needs another server. Raises `LeftAlone` if it is not to be asked now."""
        silence = self._silent.get(name) or _Silence(self._clock.now())
        if silence.asked or self._clock.now() < silence.until:
            silence.rooms.add(room)
            raise LeftAlone(f"{name} does not answer", silence.until - self._clock.now())
        silence.asked = name in self._silent
        try:
            await call()
        except Beyond:
            self._failed(name, room)
            raise
        finally:
            silence.asked = False
        self.heard(name)

    def heard(self, name: str) -> None:
        """Note that something came from a server: it may be asked at once, as if it had never been silent."""
        if (silence := self._silent.get(name)) is not None:
            silence.until, silence.tries = self._clock.now(), 0

    def taking(self, accept: Accept) -> Accept:
        """Return what takes in transactions and hears in them which servers are there."""

        async def accepted(events: Sequence[object]) -> None:
            for event in events if self._silent else ():
                sender = event.get("sender") if isinstance(event, Mapping) else None
                if isinstance(sender, str):
                    self.heard(server(sender))
            await accept(events)

        return accepted

    def beat(self, poke: Callable[[RoomKey], None]) -> None:
        """Have the rooms looked at that waited for a server which may be asked again."""
        for room in self._due():
            poke(room)

    def _due(self) -> Iterable[RoomKey]:
        now, due = self._clock.now(), set[RoomKey]()
        for name, silence in list(self._silent.items()):
            if silence.until <= now:
                due |= silence.rooms
                silence.rooms = set()
                if not silence.tries:
                    del self._silent[name]
        return sorted(due)

    def _failed(self, name: str, room: RoomKey) -> None:
        """Leave a server alone; what failed beside another failure counts once."""
        now = self._clock.now()
        silence = self._silent.pop(name, None) or _Silence(now)
        if silence.until <= now:
            longest = growing(FIRST_REST, silence.tries, LONGEST_REST)
            silence.until = now + longest * (0.75 + self._jitter() / 4)
            silence.tries += 1
        silence.rooms.add(room)
        self._silent[name] = silence
        while len(self._silent) > MOST:
            del self._silent[next(iter(self._silent))]
