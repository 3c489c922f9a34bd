"""Moves managed rooms to new ones, and puts right what names them: once, however often it is cut off.

::

    look -> gestures that were missed -> successor made, or found by its address -> `RoomMoved`
    then, until nothing is left: look at everything -> what is left (pure) -> do it -> `MoveSettled`

From `RoomMoved` on the ledger knows the new room only: to leave the old one means nothing any more.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import replace
from typing import Final

from crewhall.errors import Denied, NotThere, Taken, TokenRefused, TryLater
from crewhall.flows.carrying import Hands
from crewhall.flows.righting import Finished, Righting, Tally
from crewhall.ground.facts import HOUSE, MoveSettled, RoomClosed, RoomMoved, Writing
from crewhall.ground.guard import community_of
from crewhall.ground.ids import CommunityKey, RoomId, RoomKey, server
from crewhall.ground.moving import Move, Scene, leftover, no_longer_welcome
from crewhall.ground.powers import POWERS
from crewhall.ground.rooms import NewRoom, RoomSeen, RoomWish, StatePut
from crewhall.ground.steps import Blocked
from crewhall.ground.successor import successor, successors_alias
from crewhall.ports import Entry

OnLook = Callable[[RoomKey, RoomSeen], Awaitable[None]]
ROUNDS: Final = 3


class Mover:
    """Moves rooms, one community at a time. `on_look` hears of each old room before anything is changed."""

    def __init__(self, hands: Hands, on_look: OnLook) -> None:
        self._hands = hands
        self._homeserver = hands.homeserver
        self._keeping = hands.keeping
        self._clock = hands.clock
        self._on_look = on_look
        self._righting = Righting(hands)

    async def move(self, wish: RoomWish) -> RoomId:
        """Have a managed room continued by a new one, in the version that `wish` says; return the new one.

        Raises `Denied`, `TryLater`, `TokenRefused`.
        """
        key, version = wish.key, wish.version
        await self._keeping.refresh()
        opened = self._keeping.house.rooms.get(key)
        if opened is None:
            raise NotThere("M_NOT_FOUND", f"{key} is not there")
        old = await self._look(opened.room)
        await self._on_look(key, old)
        wish = replace(self._hands.wish_of(key) or wish, version=version)
        new = successor(wish, old, self._keeping.house.rooms, self._homeserver.me)
        try:
            room = await self._hands.ask(lambda: self._homeserver.create_room(new))
        except Taken:
            room = await self._begun(new, old.room)
        await self.moved(key, old.room, await self._look(room))
        return room

    async def moved(self, key: RoomKey, former: RoomId, new: RoomSeen) -> None:
        """Write down that a room is another one now."""
        fact = RoomMoved(key, former, new.room, new.version)
        entry = Entry(f"moved:{former}:{new.room}", self._clock.now(), (Writing(HOUSE, fact),))
        await self._keeping.record(entry)

    def under_way(self, community: CommunityKey) -> tuple[RoomId, ...]:
        """Return the rooms that have moved and are not settled yet."""
        former = self._keeping.house.former
        pending = (room for room, one in former.items() if not one.settled)
        return tuple(sorted(room for room in pending if community_of(former[room].key) == community))

    async def tend(self, community: CommunityKey) -> tuple[Blocked, ...]:
        """Finish what has begun, and have nobody in an old room who may not be; return what is in the way."""
        finished = await self.finish(community)
        await self.tidy(community)
        return finished.blocked

    async def finish(self, community: CommunityKey) -> Finished:
        """Put right what names rooms that have moved; nothing is read if there are none.

        Raises `TryLater` if the homeserver is away, `TokenRefused`.
        """
        tally = Tally()
        moves: tuple[Move, ...] = ()
        for _ in range(ROUNDS):
            if not self.under_way(community):
                break
            found, scene = await self.scene(community)
            moves = found or moves
            no = [act for act, _ in tally.refused]
            acts = [act for act in leftover(found, scene) if act not in no]
            if not acts:
                await self._settle(community)
                break
            await self._righting.do(acts, tally)
            if tally.later:
                break
        return tally.finished(moves)

    async def tidy(self, community: CommunityKey) -> None:
        """Have people whose removal was decided be in no room that has moved, and leave those of closed ones.

        Raises `TryLater`, `TokenRefused`.
        """
        house, me = self._keeping.house, self._homeserver.me
        for room, one in sorted(house.former.items()):
            wish = self._hands.wish_of(one.key) if community_of(one.key) == community else None
            if wish is None or not (wish.closed or wish.unwelcome):
                continue
            old = (await self._look_at((room,))).get(room)
            for person in no_longer_welcome(wish, old, me) if old is not None else ():
                try:
                    await self._homeserver.remove(room, person, wish.why_only)
                except TokenRefused:
                    raise
                except Denied:
                    continue
            if wish.closed:
                await self._homeserver.leave(room)
                closed = Writing(HOUSE, RoomClosed(one.key, room))
                await self._keeping.record(Entry(f"closed:{one.key}:{room}", self._clock.now(), (closed,)))

    async def scene(self, community: CommunityKey) -> tuple[tuple[Move, ...], Scene]:
        """Look at all rooms of a community, and at those that moved and are not settled."""
        house, me = self._keeping.house, self._homeserver.me
        named = {key: opened.room for key, opened in house.rooms.items() if community_of(key) == community}
        pending = self.under_way(community)
        looks = await self._look_at((*named.values(), *pending))
        heirs = {room: one.room for room, one in house.former.items()}
        before = Scene(me, looks, heirs, {})
        moves: list[Move] = []
        for room in pending:
            key, old, new = house.former[room].key, looks.get(room), looks.get(before.heir(room))
            if old is not None and old.tombstone is None:
                await self._on_look(key, old)
            wish = self._hands.wish_of(key)
            if wish is not None and not wish.closed and old is not None and new is not None:
                moves.append(Move(wish, old, new))
        addresses: dict[str, RoomId | None] = {}
        for move in moves:
            for name in (move.wish.alias, successors_alias(move.old.room)):
                alias = before.address(name)
                addresses[alias] = await self._find(alias)
        return tuple(moves), replace(before, addresses=addresses)

    async def _look(self, room: RoomId) -> RoomSeen:
        return await self._hands.ask(lambda: self._homeserver.look(room))

    async def _find(self, alias: str) -> RoomId | None:
        return await self._hands.ask(lambda: self._homeserver.find(alias))

    async def _look_at(self, rooms: Iterable[RoomId]) -> dict[RoomId, RoomSeen]:
        """Look at rooms side by side; those that the keeper is not in are left out."""
        found: dict[RoomId, RoomSeen] = {}
        trouble: list[TryLater | TokenRefused] = []

        async def one(room: RoomId) -> None:
            try:
                found[room] = await self._look(room)
            except (TryLater, TokenRefused) as later:
                trouble.append(later)
            except Denied:
                return

        async with asyncio.TaskGroup() as group:
            for room in dict.fromkeys(rooms):
                group.create_task(one(room))
        if trouble:
            raise trouble[0]
        return found

    async def _begun(self, new: NewRoom, old: RoomId) -> RoomId:
        """Return the successor that was made before, whole. Raises `TryLater` while it is being made."""
        me = self._homeserver.me
        alias = f"#{new.alias}:{server(me)}"
        room = await self._find(alias)
        if room is None:
            raise TryLater(f"{alias} is taken, and leads nowhere yet")
        try:
            seen = await self._hands.look_in(room)
        except TokenRefused:
            raise
        except Denied as no:
            raise TryLater(f"{alias} is taken, and leads nowhere yet") from no
        if me not in seen.creators or seen.predecessor != old:
            raise Denied("M_FORBIDDEN", f"{alias} leads to {seen.room}, which does not continue {old}")
        if seen.locator is None:
            for put in (StatePut(POWERS, "", new.powers), *new.state):
                await self._righting.write(seen.room, put)
        return seen.room

    async def _settle(self, community: CommunityKey) -> None:
        for room in self.under_way(community):
            fact = MoveSettled(self._keeping.house.former[room].key, room)
            entry = Entry(f"moved:settled:{room}", self._clock.now(), (Writing(HOUSE, fact),))
            await self._keeping.record(entry)
