"""Goes to sisters' letterboxes: enters those that were offered, reads them whole, leaves those that end.

::

    start, hint, slow cycle -> due -> look (or come in, and look) -> the pure check -> facts
                                ^            |
                                '-- rests, longer each time, if nobody answers

A look is a question to our own homeserver; only coming in and leaving ask the sister's. All state is read
each time, since what is pushed is neither complete nor in order: nothing is kept in mind but when to look.
"""

import asyncio
import hashlib
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from crewhall.door import (
    CommunityKey,
    Decision,
    Denied,
    Doors,
    House,
    RoomId,
    RoomSeen,
    TokenRefused,
    TryLater,
    ids,
)
from crewhall_bridges.sister.bond import SISTERS, Link, state_of
from crewhall_bridges.sister.facts import LetterboxRefused, Trouble
from crewhall_bridges.sister.heard import heard
from crewhall_bridges.sister.unread import unread
from crewhall_bridges.sister.wire import PREFIX

CYCLE: Final = timedelta(hours=1)
"""How often a letterbox is read if nothing is heard of it."""
MAKING: Final = timedelta(minutes=5)
"""How often while a link is being made."""
LONGEST_MAKING: Final = timedelta(days=14)
"""For how long after the last sign of the sister a link counts as being made."""
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
MOST_SWEPT: Final = 100
"""Rooms that are looked at after a start because nobody knows them."""

_Whose = tuple[CommunityKey, str]
"""A link: the community's key and the link's mark."""


@dataclass(slots=True)
class _Box:
    """When to look at a room, and not before; `refused` counts refusals in a row, `tries` all failures."""

    due: datetime
    earliest: datetime
    busy: bool = False
    again: bool = False
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
        now, wanted = self._doors.clock.now(), _wanted(self._doors.house())
        for room in wanted:
            self._boxes.setdefault(room, _Box(now, now))
        for room, box in self._boxes.items():
            if box.parting is (room in wanted):
                box.parting, box.due, box.tries = room not in wanted, now, 0
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
        began = clock.now()
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
            box.tries = 0
            box.due = clock.now() + self._until_next(room)
            if box.parting:
                self._boxes.pop(room, None)
        finally:
            now = clock.now()
            box.earliest = now + max(BREATH, COST * (now - began))
            box.due = box.earliest if box.again else box.due
            box.busy = box.again = False
            self._heard.set()

    async def _visit(self, room: RoomId, box: _Box) -> None:
        """Read a letterbox, and write down what follows. Raises `TryLater`."""
        try:
            seen = await self._seen(room)
        except TokenRefused as refused:
            raise TryLater(refused.why) from refused
        except Denied as no:
            box.refused += 1
            if box.refused < PATIENCE:
                raise TryLater(no.why) from no
            what: Trouble = "unreadable" if no.code == "M_TOO_LARGE" else "missing"
            await self._bring(room, lambda house, whose: _lost(house, whose, room, what), what)
            return
        box.refused = 0
        now = self._doors.clock.now()
        rule = partial(_read, seen=seen, now=now)
        if _is_refused(self._doors.house(), rule, room):
            await self._leave(room)  # before it is written down, so that a crash leaves us in no strange room
        await self._bring(room, rule, _digest(seen))

    async def _seen(self, room: RoomId) -> RoomSeen:
        """Return a room as it stands; come in if we are not. Raises `Denied`, `TryLater`."""
        keeper = self._doors.keeper
        try:
            async with self._looks:
                return await keeper.look(room)
        except TokenRefused:
            raise
        except Denied as no:
            if no.code == "M_TOO_LARGE":
                raise
        servers = {ids.server(link.keeper) for link in _wanted(self._doors.house()).get(room, {}).values()}
        async with self._ways:
            await keeper.join(room, via=sorted(servers))
        async with self._looks:
            return await keeper.look(room)

    async def _bring(self, room: RoomId, rule: Callable[[House, _Whose], Decision | None], what: str) -> None:
        """Bring what was found before the rules, for each link that it is about. Raises `TryLater`."""
        house = self._doors.house()
        for whose in _wanted(house).get(room, {}):
            community, mark = whose
            known = SISTERS.of(house.halls[community]).version
            cause = f"sister:{community}:{mark}:{room}:{what}:{known}"
            await self._doors.record(cause, lambda now, whose=whose: rule(now, whose))

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
        self._swept = True
        keeper = self._doors.keeper
        try:
            house = self._doors.house()
            strange = await keeper.joined() - {*house.keys, *_wanted(house)}
            for room in sorted(strange)[:MOST_SWEPT]:
                async with self._looks:
                    seen = await keeper.look(room)
                states = any(kind.startswith(PREFIX) for kind, _ in seen.statements)
                if states and keeper.me not in seen.creators and room not in _wanted(self._doors.house()):
                    await self._leave(room)
        except (Denied, TryLater):
            return

    def _rest(self, box: _Box, told: timedelta | None) -> None:
        longest = min(FIRST_REST * (1 << min(box.tries, 20)), LONGEST_REST)
        box.tries += 1
        box.due = self._doors.clock.now() + max(longest * (0.5 + self._jitter() / 2), told or timedelta())

    def _until_next(self, room: RoomId) -> timedelta:
        now = self._doors.clock.now()
        about = _wanted(self._doors.house()).get(room, {}).values()
        made = any(_is_being_made(link, now) for link in about)
        return (MAKING if made else CYCLE) * (0.9 + self._jitter() / 5)


def _wanted(house: House) -> dict[RoomId, dict[_Whose, Link]]:
    """Return the rooms that are read, each with the links it is about. What we have ended is not."""
    found: dict[RoomId, dict[_Whose, Link]] = {}
    for key, hall in house.halls.items():
        for mark, link in SISTERS.of(hall).links.items():
            if not link.ours.ended:
                for room in (*((link.room,) if link.room else ()), *link.offered):
                    found.setdefault(room, {})[key, mark] = link
    return found


def _link(house: House, whose: _Whose) -> Link | None:
    hall = house.halls.get(whose[0])
    return SISTERS.of(hall).links.get(whose[1]) if hall is not None else None


def _read(house: House, whose: _Whose, seen: RoomSeen, now: datetime) -> Decision | None:
    link = _link(house, whose)
    return heard(house.halls[whose[0]], link, seen, now) if link is not None else None


def _lost(house: House, whose: _Whose, room: RoomId, what: Trouble) -> Decision | None:
    link = _link(house, whose)
    return unread(house.halls[whose[0]], link, room, what) if link is not None else None


def _is_refused(house: House, rule: Callable[[House, _Whose], Decision | None], room: RoomId) -> bool:
    """Return whether a room turns out to be no letterbox for any link."""
    decisions = [rule(house, whose) for whose in _wanted(house).get(room, {})]
    return bool(decisions) and all(
        one is not None and any(isinstance(told.fact, LetterboxRefused) for told in one.facts)
        for one in decisions
    )


def _is_being_made(link: Link, now: datetime) -> bool:
    last = max((link.since, *link.tries, *([link.health.read_at] if link.health.read_at else [])))
    open_ = link.question is not None or bool(link.offered) or state_of(link, now) in {"proposed", "asked"}
    return open_ and now - last < LONGEST_MAKING


def _digest(seen: RoomSeen) -> str:
    """Return what is the same for the same content of a room."""
    said: Mapping[tuple[str, str], object] = {at: one.event for at, one in seen.statements.items()}
    told = (
        seen.version,
        sorted(seen.creators),
        seen.space,
        seen.tombstone,
        seen.powers,
        sorted(said.items()),
    )
    return hashlib.sha256(repr(told).encode()).hexdigest()[:32]
