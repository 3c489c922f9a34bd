"""Goes to sisters' letterboxes: enters those that were offered, reads them whole, leaves those that end.

::

    start, hint, slow cycle -> due -> look (or come in, and look) -> the pure check -> facts
                                ^            |
                                '-- rests, longer each time, if nobody answers

A look is a question to our own homeserver; only coming in and leaving ask the sister's. All state is read
each time, since what is pushed is neither complete nor in order: nothing is kept in mind but when to look.
"""

import asyncio
import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from crewhall.door import (
    Decision,
    Denied,
    Doors,
    House,
    NotThere,
    RoomId,
    RoomSeen,
    TokenRefused,
    TryLater,
    growing,
    ids,
)
from crewhall_bridges.sister import recipes
from crewhall_bridges.sister.bond import SISTERS
from crewhall_bridges.sister.facts import Trouble
from crewhall_bridges.sister.reading import (
    Rule,
    Whose,
    digest,
    is_anew,
    is_being_made,
    is_refused,
    learn,
    lost,
    read,
    wanted,
)
from crewhall_bridges.sister.visiting.book import BOOK
from crewhall_bridges.sister.visiting.presenting import judge, waiting
from crewhall_bridges.sister.wire import PREFIX

CYCLE: Final = timedelta(hours=1)
"""How often a letterbox is read if nothing is heard of it."""
MAKING: Final = timedelta(minutes=5)
"""How often while a link is being made."""
BEAT: Final = timedelta(seconds=10)
"""How often it is seen what is due."""
LOOKS: Final = 4
"""Letterboxes that are read side by side."""
WAYS: Final = 2
"""Letterboxes that are entered or left side by side: a server that does not answer holds one up."""
FIRST_REST: Final = timedelta(seconds=2)
LONGEST_REST: Final = CYCLE
PATIENCE: Final = 6
"""Refusals in a row that are believed: an invitation may arrive before the room can be entered."""
BREATH: Final = timedelta(seconds=1)
"""The least time between two looks at one letterbox, however often something is heard of it."""
COST: Final = 20
"""How many times as long as a look took the next one waits: a huge letterbox costs its share, and no more."""
TOO_LARGE: Final = "M_TOO_LARGE"
"""The code of an answer that is larger than our client reads."""
MOST_SWEPT: Final = 100
"""Rooms that are looked at after a start because nobody knows them."""


@dataclass(slots=True)
class _Box:
    """When to look at a room, and not before; `refused` counts refusals in a row, `tries` all failures.

    `took` is how long reading it took; `again`: something was heard meanwhile; `anew`: all in it is news.
    """

    due: datetime
    earliest: datetime
    took: timedelta = timedelta()
    busy: bool = False
    again: bool = False
    anew: bool = False
    parting: bool = False
    tries: int = 0
    refused: int = 0


class Letterboxes:
    """The errand of sisters. `jitter` gives numbers from 0 to 1."""

    def __init__(self, doors: Doors, *, jitter: Callable[[], float] = random.random) -> None:
        self._doors = doors
        self._jitter = jitter
        self._boxes: dict[RoomId, _Box] = {}
        self._looks = asyncio.Semaphore(LOOKS)
        self._ways = asyncio.Semaphore(WAYS)
        self._heard = asyncio.Event()
        self._bugs: list[Exception] = []
        self._swept = False

    async def run(self) -> None:
        """Read what is due until cancelled; raises a bug of ours after everything else had its turn."""
        async with asyncio.TaskGroup() as group:
            if not self._swept:
                group.create_task(self._sweep())
            while not self._bugs:
                for room in self._due():
                    group.create_task(self._attend(room))
                await self._pause()
        raise self._bugs.pop(0)

    async def round(self) -> None:
        """Read what is due now, once."""
        if not self._swept:
            await self._sweep()
        await asyncio.gather(*map(self._attend, self._due()))
        if self._bugs:
            raise self._bugs.pop(0)

    def hint(self, room: RoomId) -> None:
        """Have a letterbox read soon; must not wait."""
        if (box := self._boxes.get(room)) is not None:
            box.due, box.refused, box.again = box.earliest, 0, box.busy
        self._heard.set()

    @property
    def remembered(self) -> int:
        """How many rooms are kept in mind."""
        return len(self._boxes)

    def _due(self) -> list[RoomId]:
        """Return the rooms whose turn it is; they count as busy from now on."""
        now, read_now = self._doors.clock.now(), wanted(self._doors.house())
        for room in read_now:
            self._boxes.setdefault(room, _Box(now, now))
        for room, box in self._boxes.items():
            if not box.busy and box.parting is (room in read_now):
                box.parting, box.due, box.tries = room not in read_now, now, 0
            was, box.anew = box.anew, is_anew(room, read_now.get(room, {}).values())
            if box.anew and not was:
                box.due, box.again = min(box.due, box.earliest), box.busy
        for room in waiting(self._doors.house()):
            if room in self._boxes and not self._boxes[room].tries:
                self._boxes[room].due = min(self._boxes[room].due, self._boxes[room].earliest)
        found = [room for room, box in self._boxes.items() if not box.busy and box.due <= now]
        for room in found:
            self._boxes[room].busy = True
        return found

    async def _pause(self) -> None:
        """Wait until something is heard, or for a beat; sooner if something is due before that."""
        self._heard.clear()
        now = self._doors.clock.now()
        next_ = min((box.due for box in self._boxes.values() if not box.busy), default=now + BEAT)
        span = min(max(next_ - now, timedelta()), BEAT)
        waits = [asyncio.create_task(self._doors.clock.sleep(span)), asyncio.create_task(self._woken())]
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for one in waits:
                one.cancel()
            await asyncio.gather(*waits, return_exceptions=True)

    async def _woken(self) -> None:
        await self._heard.wait()

    async def _attend(self, room: RoomId) -> None:
        """Look at one room; whatever goes wrong makes it rest and concerns no other."""
        box, clock = self._boxes[room], self._doors.clock
        try:
            if box.parting:
                await self._leave(room)
            else:
                await self._visit(room, box)
        except TryLater as later:
            self._rest(box, later.after)
        except Exception as bug:  # noqa: BLE001 - one letterbox must not stop the others
            box.due = clock.now() + LONGEST_REST
            self._bugs.append(bug)
        else:
            box.tries, box.due = 0, clock.now() + self._until_next(room)
            if box.parting:
                self._boxes.pop(room, None)
        finally:
            box.earliest = clock.now() + max(BREATH, COST * box.took)
            box.due = box.earliest if box.again else box.due
            box.busy = box.again = False
            self._heard.set()

    async def _visit(self, room: RoomId, box: _Box) -> None:
        """Read a letterbox, and write down what follows. Raises `TryLater`."""
        try:
            seen = await self._seen(room, box)
        except TokenRefused as refused:
            raise TryLater(refused.why) from refused
        except Denied as no:
            box.refused += 1
            large = no.code == TOO_LARGE
            if box.refused < PATIENCE and not large:
                raise TryLater(no.why) from no
            what: Trouble = "unreadable" if large else "missing"
            await self._bring(room, lambda house, whose: lost(house, whose, room, what), what)
            return
        box.refused, now = 0, self._doors.clock.now()
        rule = partial(read, seen=seen, now=now)
        if is_refused(self._doors.house(), rule, room):
            await self._leave(room)  # before it is written down, so that a crash leaves us in no strange room
        await self._bring(room, rule, digest(seen))
        for whose in waiting(self._doors.house()).get(room, ()):
            known = BOOK.of(self._doors.house().halls[whose[0]]).version
            cause = f"visit:{whose[0]}:{whose[1]}:{room}:words:{known}"
            await self._doors.record(cause, partial(_judged, whose, seen, now))
        for whose in wanted(self._doors.house()).get(room, {}):
            known = recipes.version(self._doors.house().halls[whose[0]])
            cause = f"recipes:{whose[0]}:{whose[1]}:{room}:{digest(seen)}:{known}"
            await self._doors.record(cause, partial(_asked, partial(learn, seen=seen, now=now), whose))

    async def _seen(self, room: RoomId, box: _Box) -> RoomSeen:
        """Return a room as it stands; come in if we are not. Raises `Denied`, `TryLater`."""
        try:
            return await self._look(room, box)
        except Denied as no:
            if isinstance(no, TokenRefused) or no.code == TOO_LARGE:
                raise
        servers = {ids.server(link.keeper) for link in wanted(self._doors.house()).get(room, {}).values()}
        async with self._ways:
            await self._doors.keeper.join(room, via=sorted(servers))
        return await self._look(room, box)

    async def _look(self, room: RoomId, box: _Box) -> RoomSeen:
        async with self._looks:
            began = self._doors.clock.now()
            try:
                return await self._doors.keeper.look(room)
            finally:
                box.took = self._doors.clock.now() - began

    async def _bring(self, room: RoomId, rule: Rule, what: str) -> None:
        """Bring what was found before the rules, for each link that it is about. Raises `TryLater`."""
        house = self._doors.house()
        for whose in wanted(house).get(room, {}):
            community, mark = whose
            known = SISTERS.of(house.halls[community]).version
            cause = f"sister:{community}:{mark}:{room}:{what}:{known}"
            await self._doors.record(cause, partial(_asked, rule, whose))

    async def _leave(self, room: RoomId) -> None:
        """Leave a room, or decline. Raises `TryLater`."""
        try:
            async with self._ways:
                await self._doors.keeper.leave(room)
        except TokenRefused as refused:
            raise TryLater(refused.why) from refused
        except Denied:
            return

    async def _sweep(self) -> None:
        """Leave letterboxes that no link is about, as after a crash; what fails waits for the next start."""
        self._swept, house = True, self._doors.house()
        try:
            strange = await self._doors.keeper.joined() - {*house.keys, *wanted(house)}
            for room in sorted(strange)[:MOST_SWEPT]:
                await self._sweep_out(room)
        except (Denied, TryLater):
            return

    async def _sweep_out(self, room: RoomId) -> None:
        keeper = self._doors.keeper
        try:
            seen = await keeper.look(room)
        except NotThere:
            return
        states = any(kind.startswith(PREFIX) for kind, _ in seen.statements)
        if states and keeper.me not in seen.creators and room not in wanted(self._doors.house()):
            await self._leave(room)

    def _rest(self, box: _Box, told: timedelta | None) -> None:
        longest = growing(FIRST_REST, box.tries, LONGEST_REST)
        box.tries += 1
        box.due = self._doors.clock.now() + max(longest * (0.5 + self._jitter() / 2), told or timedelta())

    def _until_next(self, room: RoomId) -> timedelta:
        now = self._doors.clock.now()
        made = any(is_being_made(link, now) for link in wanted(self._doors.house()).get(room, {}).values())
        return (MAKING if made else CYCLE) * (0.9 + self._jitter() / 5)


def _judged(whose: Whose, seen: RoomSeen, now: datetime, house: House) -> Decision | None:
    return judge(house, whose, seen, now)


def _asked(rule: Rule, whose: Whose, house: House) -> Decision | None:
    return rule(house, whose)
