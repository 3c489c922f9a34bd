"""Hands what the inbox took in to the hearing: in order in each room, rooms side by side, in bounded memory.

Who comes or goes in one room may have asked for something in another: whatever was taken in after a coming
or going waits until that is decided, unless it has to wait itself.

What does not fit into memory stays in the inbox and is read again room by room, a page at a time, so that one
room's flood neither fills the memory nor delays the others. A room whose event cannot be decided now rests
with everything behind it; an event that is a bug is given up after some tries and stops nothing else.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from heapq import heappop, heappush
from types import TracebackType
from typing import Final, Self

from crewhall.errors import Trouble, TryLater
from crewhall.flows.latest import Latest
from crewhall.ground.hearsay import MEMBER
from crewhall.ground.ids import RoomId
from crewhall.ports import Clock, Incoming, Ledger

Hear = Callable[[Incoming], Awaitable[bool]]
"""Does what follows; tells whether the ledger knows already that it is handled. May raise `Trouble`."""

TRIES: Final = 3
"""How often an event is tried that raises a bug of ours."""
_FIND: Final = RoomId("")
"""The place in line of looking for what waits in the inbox from before."""
_SLICE: Final = 50
"""Events of one room before the next room has its turn; also the most that one room keeps in memory."""


def _untold(_incoming: Incoming, _trouble: Exception) -> None:
    return


class Workers:
    """An async context that owns its tasks. `take` is told of each new event once it is stored.

    At most `rooms` rooms are heard at once, and about `memory` events kept outside of the inbox. `on_trouble`
    hears of bugs and of what has to wait.
    """

    def __init__(
        self,
        ledger: Ledger,
        clock: Clock,
        hear: Hear,
        *,
        on_trouble: Callable[[Incoming, Exception], None] = _untold,
        rooms: int = 64,
        memory: int = 2_000,
    ) -> None:
        self._ledger = ledger
        self._hear = hear
        self._on_trouble = on_trouble
        self._memory = memory
        self._queues: dict[RoomId, deque[Incoming]] = {}
        self._behind: set[RoomId] = set()
        self._reading: set[RoomId] = set()
        self._more = True
        self._limit = memory
        self._held = 0
        self._done: dict[RoomId, list[int]] = {}
        self._moves: dict[RoomId, list[int]] = {}
        self._after: set[RoomId] = set()
        self._tries: dict[int, int] = {}
        self._latest = Latest(self._work, clock, workers=rooms)
        self._latest.poke(_FIND)

    async def __aenter__(self) -> Self:
        """Begin to work, first on what waited in the inbox."""
        await self._latest.__aenter__()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop; what was not handled waits in the inbox."""
        await self._latest.__aexit__(kind, error, trace)

    def take(self, events: Sequence[Incoming]) -> None:
        """Have new events heard, those of a room after each other; must not wait."""
        for incoming in events:
            room = incoming.room
            queue = self._queues.setdefault(room, deque())
            self._note_move(incoming)
            if self._must_read(room) or len(queue) >= _SLICE or self._held >= self._memory:
                self._behind.add(room)
            else:
                queue.append(incoming)
                self._held += 1
            self._latest.poke(room)

    async def idle(self) -> None:
        """Wait until nothing is left but what has to wait."""
        await self._latest.idle()

    @property
    def held(self) -> int:
        """How many events are kept outside of the inbox."""
        return self._held

    @property
    def resting(self) -> int:
        """How many rooms are tried again later."""
        return len(self._latest.resting)

    def _must_read(self, room: RoomId) -> bool:
        """Return whether older events of this room may be in the inbox, which go first."""
        return self._more or room in self._behind or room in self._reading

    async def _work(self, room: RoomId) -> None:
        if room == _FIND:
            return await self._find()
        queue = self._queues.setdefault(room, deque())
        await self._settle(room)
        if not queue and room in self._behind:
            await self._read(room, queue)
        try:
            await self._hear_all(room, queue)
        except BaseException:
            self._release()
            raise
        if room in self._after:
            return None
        if queue or room in self._behind:
            self._latest.poke(room)
            return None
        del self._queues[room]
        if self._moves.pop(room, None):
            self._release()
        if self._more:
            self._latest.poke(_FIND)
        return None

    async def _hear_all(self, room: RoomId, queue: deque[Incoming]) -> None:
        """Hear what is in memory of one room, and have done with it. Raises `TryLater`."""
        try:
            while queue and not self._must_wait(room, queue[0]):
                if not await self._heard(queue[0]):
                    self._done.setdefault(room, []).append(queue[0].row)
                self._forget_moves(room, queue.popleft().row)
                self._held -= 1
        finally:
            await self._settle(room)

    def _note_move(self, incoming: Incoming) -> None:
        if incoming.event.get("type") == MEMBER:
            heappush(self._moves.setdefault(incoming.room, []), incoming.row)

    def _forget_moves(self, room: RoomId, row: int) -> None:
        """Forget the comings and goings of a room up to a row; who waited for them is looked at again."""
        rows = self._moves.get(room)
        if rows is None or rows[0] > row:
            return
        while rows and rows[0] <= row:
            heappop(rows)
        if not rows:
            del self._moves[room]
        self._release()

    def _must_wait(self, room: RoomId, incoming: Incoming) -> bool:
        """Return whether somebody came or went before this, elsewhere, and it is not decided yet."""
        if not self._moves or incoming.event.get("type") == MEMBER:
            return False
        resting = self._latest.resting
        waits = any(
            rows[0] < incoming.row
            for where, rows in self._moves.items()
            if where != room and where in self._queues and where not in resting
        )
        if waits:
            self._after.add(room)
        return waits

    def _release(self) -> None:
        """Have the rooms looked at again that waited for comings and goings elsewhere."""
        after, self._after = self._after, set()
        for room in after:
            self._latest.poke(room)

    async def _settle(self, room: RoomId) -> None:
        """Have the ledger know what is handled, together: one wait for the disk. Raises what it raises."""
        if (rows := self._done.get(room)) is not None:
            await asyncio.gather(*(self._ledger.handled(row) for row in rows))
            del self._done[room]

    async def _heard(self, incoming: Incoming) -> bool:
        """Return whether the ledger knows that it is handled; a bug is, in the end, nothing to be done."""
        try:
            known = await self._hear(incoming)
        except Trouble as trouble:
            self._on_trouble(incoming, trouble)
            if isinstance(trouble, TryLater):
                raise
            raise TryLater(str(trouble)) from trouble
        except Exception as bug:
            self._on_trouble(incoming, bug)
            self._tries[incoming.row] = tries = self._tries.get(incoming.row, 0) + 1
            if tries < TRIES:
                raise TryLater("a bug") from bug
            known = False
        self._tries.pop(incoming.row, None)
        return known

    async def _read(self, room: RoomId, queue: deque[Incoming]) -> None:
        """Read the next page of one room; what is taken in meanwhile is for the page after it."""
        self._behind.discard(room)
        self._reading.add(room)
        try:
            page = await self._ledger.waiting(room, _SLICE)
        except BaseException:
            self._behind.add(room)
            raise
        finally:
            self._reading.discard(room)
        if len(page) == _SLICE:
            self._behind.add(room)
        queue.extend(page)
        for incoming in page:
            self._note_move(incoming)
        self._held += len(page)

    async def _find(self) -> None:
        """Find rooms with events that wait in the inbox from before; until there are none."""
        page = await self._ledger.waiting(limit=self._limit)
        rooms = dict.fromkeys(incoming.room for incoming in page)
        new = [room for room in rooms if room not in self._queues]
        self._more = len(page) == self._limit
        if self._more and not new:  # all of these rest: look behind them
            self._limit *= 2
            self._latest.poke(_FIND)
        for incoming in page:
            self._note_move(incoming)
        for room in rooms:
            self._queues.setdefault(room, deque())
            self._behind.add(room)
            self._latest.poke(room)
