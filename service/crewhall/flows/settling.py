"""Brings one room to what it should be, from nothing or from what it is. See `crewhall.flows.reconcile`."""

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import replace
from typing import Final

from immutables import Map

from crewhall.errors import Denied, TokenRefused
from crewhall.flows.allowing import concerns_of, waits_in
from crewhall.flows.carrying import Hands
from crewhall.flows.conducting import conduct
from crewhall.flows.drifting import restored
from crewhall.flows.report import Report, Waiting
from crewhall.ground.creation import CHILD
from crewhall.ground.drift import Found
from crewhall.ground.effects import RoomPart
from crewhall.ground.hall import Opened
from crewhall.ground.ids import RoomId, RoomKey
from crewhall.ground.links import link_step, needs
from crewhall.ground.order import ordered
from crewhall.ground.plan import absent, foreign, plan_room, stale_parents
from crewhall.ground.rooms import ChildSeen, RoomSeen, RoomWish
from crewhall.ground.seen import read_child
from crewhall.ground.sight import Sight
from crewhall.ground.steps import Plan, Step, Unlink

ROUNDS: Final = 3
"""How often one call looks at a room that others keep changing."""

OnLook = Callable[[RoomKey, RoomSeen], Awaitable[None]]
OnDrift = Callable[[RoomKey, tuple[Found, ...]], Awaitable[None]]
OnReplaced = Callable[[RoomKey, RoomSeen], Awaitable[bool]]
"""Told of a room with a tombstone; says whether the room is another one by now."""


class Settler:
    """Looks, plans, guards and applies, for one room at a time."""

    def __init__(self, hands: Hands, on_look: OnLook, on_drift: OnDrift, on_replaced: OnReplaced) -> None:
        self._hands = hands
        self._homeserver = hands.homeserver
        self._on_look = on_look
        self._on_drift = on_drift
        self._on_replaced = on_replaced

    async def settle(self, key: RoomKey, confirmed: str | None = None) -> Report:
        """Bring the room to what it should be. Raises `TryLater`, `TokenRefused`."""
        wish = self._hands.wish_of(key)
        if wish is None:
            return Report()
        if key in self._rooms:
            return await self._tend(key, confirmed)
        if wish.closed:
            return Report()
        report = await conduct(self._hands, self._beginning(wish))
        total = replace(report, again=frozenset(), others=frozenset())
        for found in sorted(report.again | (report.others & {key})):
            total += await self._tend(found, confirmed if found == key else None)
        return total

    def _beginning(self, wish: RoomWish) -> Iterable[Step]:
        """Return the steps that make a room and what it needs, and list them, without having looked."""
        wanted: dict[RoomKey, RoomWish] = {}
        ahead = [wish]
        while ahead:
            one = ahead.pop()
            wanted[one.key] = one
            missing = (need for need in needs(one) if need not in wanted and need not in self._rooms)
            found = map(self._hands.wish_of, missing)
            ahead += [need for need in found if need is not None]
        steps: list[Step] = []
        for _, one in sorted(wanted.items()):
            steps += plan_room(one, None, self._rooms, self._homeserver.me).steps
            link = link_step(one, None, None, self._homeserver.me)
            steps += (link,) if link is not None else ()
        return ordered(steps)

    async def _tend(self, key: RoomKey, confirmed: str | None) -> Report:
        """Look, plan, guard and apply, until nothing differs or nothing more can be done now."""
        total, last = Report(), ""
        for _ in range(ROUNDS):
            if key not in self._rooms:
                break
            try:
                seen = await self._look(self._rooms[key].room)
            except TokenRefused:
                raise
            except Denied:
                return total + Report(blocked=(absent(key, self._homeserver.me),))
            await self._on_look(key, seen)
            if seen.tombstone is not None and await self._on_replaced(key, seen):
                continue
            wish = self._hands.wish_of(key)
            if wish is None or key not in self._rooms:
                break
            found = self._hands.finds(key, seen)
            await self._on_drift(key, found)
            waits = waits_in(self._hands.keeping.house, key) if confirmed is None else None
            plan = await self._plan_one(wish, seen, waits)
            if plan.fingerprint == last:
                break
            total = replace(total, refused=(), blocked=plan.blocked)
            sight = Sight(self._homeserver.me, {key: seen})
            concerns = concerns_of(plan, sight, self._hands.keeping.house, self._hands.clock.now())
            if concerns and confirmed != plan.fingerprint:
                return total + Report(waiting=(Waiting(plan.fingerprint, plan, concerns),))
            report = await conduct(self._hands, plan.steps)
            await restored(self._hands.keeping, self._hands.clock, key, found, report.done)
            total = replace(total + report, again=frozenset())
            last = plan.fingerprint
            if report.later or not (report.refused or report.again):
                break
        return total

    async def _plan_one(self, wish: RoomWish, seen: RoomSeen, waits: RoomPart | None) -> Plan:
        """Return the plan for one room with its place in spaces, of which only this entry is read."""
        me, rooms = self._homeserver.me, self._rooms
        plan = plan_room(wish, seen, rooms, me, memory=self._hands.memory_of(wish), waits=waits)
        if foreign(wish, seen, me) is not None:
            return plan
        steps = list(plan.steps)
        listing = wish.listing if not wish.closed else None
        space = rooms.get(listing.space) if listing is not None else None
        for parent, parent_key in stale_parents(wish, seen, rooms).items():
            if await self._child(parent, seen.room) is not None:
                steps.append(Unlink(wish.key, parent_key, seen.room))
        if listing is not None and space is not None and self._hands.linked.get(wish.key) != listing.space:
            child = await self._child(space.room, seen.room)
            opened = Opened(seen.room, seen.version, rooms[wish.key].since)
            link = link_step(wish, child, opened, me)
            if link is None:
                self._hands.linked[wish.key] = listing.space
            else:
                steps.append(link)
        return Plan(ordered(steps), plan.blocked)

    async def _look(self, room: RoomId) -> RoomSeen:
        return await self._hands.ask(lambda: self._homeserver.look(room))

    async def _child(self, space: RoomId, room: RoomId) -> ChildSeen | None:
        """Read one entry of a space's list: a space may hold a thousand, and one is wanted."""
        content = await self._hands.ask(lambda: self._homeserver.state(space, CHILD, room))
        return read_child(content) if content is not None else None

    @property
    def _rooms(self) -> Map[RoomKey, Opened]:
        return self._hands.keeping.house.rooms
