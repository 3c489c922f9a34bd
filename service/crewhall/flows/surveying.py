"""Looks once at every managed room, several at a time, and tells what was seen in a settled order."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable

from crewhall.errors import Denied, TokenRefused, TryLater
from crewhall.flows.carrying import Hands
from crewhall.ground.ids import RoomKey
from crewhall.ground.plan import absent
from crewhall.ground.rooms import RoomSeen
from crewhall.ground.sight import Sight
from crewhall.ground.steps import Blocked


class Surveyor:
    """Makes a `Sight`. A room that cannot be seen now is missed; too many at once, and nothing is seen."""

    def __init__(
        self, hands: Hands, on_look: Callable[[RoomKey, RoomSeen], Awaitable[None]], patience: int
    ) -> None:
        self._hands = hands
        self._on_look = on_look
        self._patience = patience

    async def look_at(self, keys: Iterable[RoomKey], *, search: bool) -> Sight:
        """Look at rooms by key; with `search`, find those unknown to the ledger by their address.

        `on_look` hears of them afterwards one by one, in the order of `keys`. Raises `TryLater` if the
        homeserver seems to be away, `TokenRefused`.
        """
        keys = tuple(keys)
        found: dict[RoomKey, RoomSeen | Blocked] = {}
        troubles: list[TryLater | TokenRefused] = []

        async def one(key: RoomKey) -> None:
            if len(troubles) > self._patience or any(isinstance(t, TokenRefused) for t in troubles):
                return
            try:
                seen = await self._look(key, search=search)
            except (TryLater, TokenRefused) as trouble:
                troubles.append(trouble)
                seen = Blocked(key, "look into the room now", "Nothing to do: it is tried again.")
            if seen is not None:
                found[key] = seen

        async with asyncio.TaskGroup() as group:
            for key in keys:
                group.create_task(one(key))
        rooms = {key: seen for key in keys if isinstance(seen := found.get(key), RoomSeen)}
        for trouble in troubles:
            if isinstance(trouble, TokenRefused) or len(troubles) > self._patience or not rooms:
                raise trouble
        for key, seen in rooms.items():
            await self._on_look(key, seen)
        missed = {key: why for key, why in found.items() if isinstance(why, Blocked)}
        return Sight(self._hands.homeserver.me, rooms, missed)

    async def _look(self, key: RoomKey, *, search: bool) -> RoomSeen | Blocked | None:
        homeserver, opened = self._hands.homeserver, self._hands.keeping.house.rooms.get(key)
        if opened is None:
            return await self._search(key) if search else None
        room = opened.room
        try:
            return await self._hands.ask(lambda: homeserver.look(room))
        except TokenRefused:
            raise
        except Denied:
            return absent(key, homeserver.me)

    async def _search(self, key: RoomKey) -> RoomSeen | Blocked | None:
        wish = self._hands.wish_of(key)
        if wish is None or wish.closed:
            return None
        found = await self._hands.find(wish)
        if isinstance(found, RoomSeen):
            await self._hands.opened(key, found.room, found.version)
        return found
