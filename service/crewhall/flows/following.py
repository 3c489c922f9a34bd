"""Follows a tombstone that people put up: looks at the room it names, judges it, and goes on caring there.

Whether it is believed is decided in `crewhall.ground.following`. What is in the way is told once: to who did
it if they can put it right, to the keyholders if nobody can.
"""

from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from crewhall import house as rules
from crewhall.errors import Denied, TokenRefused, TryLater
from crewhall.flows.chats import Chats
from crewhall.flows.keeping import Keeping
from crewhall.flows.moving import Mover
from crewhall.flows.recording import Occasion, Recorder
from crewhall.ground.creation import locator
from crewhall.ground.facts import HOUSE, SuccessorMet, Writing
from crewhall.ground.following import FOREVER, Claim, Doubt, doubt, lowered
from crewhall.ground.guard import community_of
from crewhall.ground.hall import Hall, House
from crewhall.ground.ids import RoomId, RoomKey, UserId, server
from crewhall.ground.powers import POWERS, TOMBSTONE
from crewhall.ground.rooms import RoomSeen, RoomWish, StatePut
from crewhall.ground.successor import is_letterbox
from crewhall.ground.talk import Decision, PersonLink, RoomLink, Say, Sentence, ToPerson
from crewhall.ports import Clock, Homeserver

_PATIENCE: Final = timedelta(seconds=10)
"""How long an invitation may take that people send after the tombstone, before they are asked for it."""


class Following:
    """Goes after rooms that people replaced."""

    def __init__(
        self, homeserver: Homeserver, keeping: Keeping, chats: Chats, clock: Clock, mover: Mover
    ) -> None:
        self._homeserver = homeserver
        self._keeping = keeping
        self._recorder = Recorder(keeping, chats)
        self._clock = clock
        self._mover = mover
        self._since: dict[RoomId, datetime] = {}

    async def met(self, key: RoomKey, seen: RoomSeen) -> bool:
        """Hear of a managed room with a tombstone; return whether the room is another one by now.

        Raises `TryLater`, `TokenRefused`.
        """
        await self._keeping.refresh()
        house, me = self._keeping.house, self._homeserver.me
        opened, wish, there = house.rooms.get(key), rules.wish(house, key), seen.tombstone
        if opened is None or opened.room != seen.room:
            return True
        if there is None or wish is None or wish.closed or rules.hall_at(house, key) is None:
            return False
        known = house.successors.get(there)
        if is_letterbox(wish) or (known and known.former == seen.room and known.doubt in FOREVER):
            return False
        new, entered = await self._inside(there, seen)
        if new is None:
            await self._away(wish, seen)
            return False
        before = frozenset(room for room, one in house.former.items() if one.key == key)
        claim = Claim(wish, seen, new, before, house.keys)
        if (no := doubt(claim, me)) is not None:
            await self._record(wish, seen, no)
            if no in FOREVER and (entered or known is not None):  # it may be in a sister's room, say
                await self._homeserver.leave(there)
            return False
        await self._take(claim)
        return True

    async def _inside(self, there: RoomId, seen: RoomSeen) -> tuple[RoomSeen | None, bool]:
        """Look into the successor, None if it lets nobody in; tell whether the keeper entered just now."""
        me, by = self._homeserver.me, seen.by.get(TOMBSTONE, self._homeserver.me)
        via = tuple(dict.fromkeys(s for s in (server(by), server(there), server(me)) if s))
        try:
            return await self._homeserver.look(there), False
        except TokenRefused:
            raise
        except Denied:
            pass
        try:
            await self._homeserver.join(there, via)
            return await self._homeserver.look(there), True
        except TokenRefused:
            raise
        except Denied:
            return None, False

    async def _away(self, wish: RoomWish, seen: RoomSeen) -> None:
        """Wait for an invitation to come of itself, then ask for it. Raises `TryLater` while it waits."""
        there, now = seen.tombstone, self._clock.now()
        if there is None:
            return
        await self._record(wish, seen, "away", told=False)
        if now - self._since.setdefault(there, now) < _PATIENCE:
            raise TryLater(f"the keeper is not in {there} yet", _PATIENCE)
        await self._record(wish, seen, "away")

    async def _take(self, claim: Claim) -> None:
        """Make the successor ours: nobody has more there than they had, it has our locator, it is known."""
        wish, new, me = claim.wish, claim.new, self._homeserver.me
        puts: list[StatePut] = []
        if (content := lowered(claim, me)) is not None:
            puts.append(StatePut(POWERS, "", content))
        if new.locator is None:
            puts.append(locator(wish.key))
        for put in puts:
            await self._homeserver.put_state(new.room, put.type, put.key, put.content)
        await self._mover.moved(wish.key, claim.old.room, new)
        with suppress(TryLater):  # what names the old room is put right at the next look
            await self._mover.finish(community_of(wish.key))

    async def _record(self, wish: RoomWish, seen: RoomSeen, no: Doubt, *, told: bool = True) -> None:
        cause = f"successor:{seen.room}:{seen.tombstone}:{no}{'' if told else ':met'}"
        decide = partial(_decided, wish=wish, seen=seen, no=no, me=self._homeserver.me, told=told)
        await self._recorder.record(Occasion(cause, self._clock.now()), decide)


def _decided(
    house: House, *, wish: RoomWish, seen: RoomSeen, no: Doubt, me: UserId, told: bool
) -> Decision | None:
    hall, there = rules.hall_at(house, wish.key), seen.tombstone
    if hall is None or there is None:
        return None
    fact = SuccessorMet(wish.key, seen.room, there, no)
    by = seen.by.get(TOMBSTONE, me)
    says: tuple[Say, ...] = ()
    if told:
        text = _in_words(hall, wish, no, me, by)
        people = hall.keyholders if no in FOREVER else (by,)
        says = tuple(Say(ToPerson(p), text, must=True) for p in sorted(people) if p != me)
    return Decision(facts=(Writing(HOUSE, fact),), says=says)


def _in_words(hall: Hall, wish: RoomWish, no: Doubt, me: UserId, by: UserId) -> Sentence:
    room, who, keeper = RoomLink(wish.key, wish.name or wish.key), PersonLink(by), PersonLink(me)
    match no:
        case "away":
            return Sentence("follow-away", {"room": room, "me": keeper})
        case "powerless":
            return Sentence("follow-powerless", {"room": room, "me": keeper})
        case "raised":
            return Sentence("follow-raised", {"room": room, "me": keeper})
        case "elsewhere":
            return Sentence("follow-elsewhere", {"room": room, "who": who, "community": hall.key})
        case "circle":
            return Sentence("follow-circle", {"room": room, "who": who, "community": hall.key})
        case "unlike":
            return Sentence("follow-unlike", {"room": room, "who": who, "community": hall.key})
        case "stranger":
            return Sentence("follow-stranger", {"room": room, "who": who, "community": hall.key})
        case "owned":
            return Sentence("follow-owned", {"room": room, "who": who, "community": hall.key})
