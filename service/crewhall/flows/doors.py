"""Judges what the hearing is told about rooms against what is so: whose room, overtaken, or not as wished."""

from collections import OrderedDict
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from crewhall import house as rules
from crewhall.errors import Denied, TokenRefused, TryLater
from crewhall.flows.budget import Budget, Verdict
from crewhall.flows.heard import Heard
from crewhall.flows.keeping import Keeping
from crewhall.ground.facts import HOUSE, ChatLeft, Writing
from crewhall.ground.following import FOREVER
from crewhall.ground.hall import House
from crewhall.ground.hearsay import MEMBER
from crewhall.ground.ids import RoomId, RoomKey, server
from crewhall.ground.powers import TOMBSTONE
from crewhall.ground.rights import KEY
from crewhall.ground.rooms import LOCATOR, Content, Membership
from crewhall.ground.talk import Decision, Gesture
from crewhall.ports import Clock, Homeserver

_FRESH: Final = timedelta(seconds=10)
"""Up to this age a membership is taken as it is told; an older one may have been overtaken."""
_LATELY: Final = timedelta(minutes=1)
"""How long after a look a membership may be told that the look has seen already."""
_MAKING: Final = timedelta(minutes=5)
"""How long a room may take from being made to being written down."""
_REMEMBERED: Final = 1_000
_OUT: Final = frozenset({"leave", "ban"})


class Doors:
    """What the hearing must know of rooms beyond the event it hears."""

    def __init__(
        self,
        keeping: Keeping,
        homeserver: Homeserver,
        clock: Clock,
        strangers: Budget,
        later: Callable[[RoomId], None] | None = None,
    ) -> None:
        self._keeping = keeping
        self._homeserver = homeserver
        self._clock = clock
        self._strangers = strangers
        self._later = later
        self._begun = clock.now()  # nobody knows what was looked at before
        self._looked: dict[RoomKey, datetime] = {}
        self._replaced: set[RoomId] = set()
        self._strange: OrderedDict[RoomId, datetime] = OrderedDict()

    async def adopted(self, room: RoomId) -> RoomKey | None:
        """Return the managed room that a charter wants to be this existing one, None if none does."""
        house = self._keeping.house
        for key in rules.rooms(house):
            wish = rules.wish(house, key) if key not in house.rooms else None
            if wish is None or not wish.adopt:
                continue
            named = await self._homeserver.find(wish.adopt) if wish.adopt[0] == "#" else wish.adopt
            if named == room:
                return key
        return None

    def awaited(self, heard: Heard) -> RoomKey | None:
        """Return the managed room that people replace by the one they invite to, if it may be followed there.

        The invitation is left open until a tombstone leads there.
        """
        house = self._keeping.house
        met = house.successors.get(heard.room)
        if met is None:
            return house.keys.get(heard.continues)
        opened = house.rooms.get(met.key)
        if opened is None or opened.room != met.former or met.doubt in FOREVER:
            return None
        return met.key

    def note(self, heard: Heard) -> None:
        """Remember whether people have replaced a room."""
        if heard.kind == TOMBSTONE:
            replaced = bool(heard.content.get("replacement_room"))
            (self._replaced.add if replaced else self._replaced.discard)(heard.room)

    async def has_moved(self, room: RoomId, membership: Membership) -> bool:
        """Return whether a room goes on in another one, so that leaving it means nothing any more."""
        if membership not in _OUT:
            return False
        await self._keeping.refresh()  # another process may just have moved it
        return room in self._replaced or room not in self._keeping.house.keys

    async def turn_away(self, room: RoomId) -> None:
        """Have an invitation declined: elsewhere if somebody does it, else here."""
        if self._later is not None:
            self._later(room)
        else:
            await self.decline(room)

    async def decline(self, room: RoomId) -> None:
        """Say no to an invitation; that it is gone already is as good."""
        try:
            await self._homeserver.leave(room)
        except TokenRefused as refused:
            raise TryLater(refused.why) from refused
        except Denied:
            return

    def is_wish_to_talk(self, heard: Heard) -> bool:
        """Return whether an invitation is answered in a chat: of strangers elsewhere only a few are."""
        house, who = self._keeping.house, heard.sender
        is_here = server(who) == server(self._homeserver.me)
        if is_here or who in house.chats or any(who in hall.inside for hall in house.halls.values()):
            return True
        if heard.content.get("is_direct") is not True:
            return False
        return self._strangers.spend(server(who), self._clock.now()) is Verdict.ANSWER

    async def wait_if_ours(self, heard: Heard) -> None:
        """Raise `TryLater` for a room that we have just made and not written down yet."""
        now = self._clock.now()
        judged = self._strange.get(heard.room)
        if now - heard.at > _MAKING or (judged is not None and now - judged < _MAKING):
            return
        content = await self._state(heard.room, LOCATOR)
        key = content.get("key") if content is not None else None
        wish = rules.wish(self._keeping.house, RoomKey(key)) if isinstance(key, str) else None
        if wish is not None and not wish.closed:
            raise TryLater("a room of ours that is just being made")
        self._strange[heard.room] = now
        if len(self._strange) > _REMEMBERED:
            self._strange.popitem(last=False)

    def came_before(self, heard: Heard, place: RoomKey) -> bool:
        """Return whether something was said in an existing room before the keeper came in."""
        house = self._keeping.house
        wish, opened = rules.wish(house, place), house.rooms.get(place)
        adopted = wish is not None and bool(wish.adopt)
        return adopted and opened is not None and heard.said < opened.since

    def has_looked(self, place: RoomKey) -> None:
        """Remember that something was learned from a look at this room, before its events told it."""
        self._looked[place] = self._clock.now()

    async def is_overtaken(self, heard: Heard, gesture: Gesture) -> bool:
        """Return whether a coming or going that is told late is no longer so. What is fresh is believed."""
        looked = self._looked.get(gesture.place, self._begun)
        # Our clock and the homeserver's may not agree: they are compared only where that does no harm.
        now = self._clock.now()
        fresh = timedelta() <= now - heard.said <= _FRESH and now - looked > _LATELY
        if fresh or gesture.membership not in {"join", *_OUT}:
            return False
        content = await self._state(heard.room, MEMBER, gesture.person)
        is_in = content is not None and content.get("membership") in {"join", "invite"}
        return is_in if gesture.membership in _OUT else not is_in

    def differs(self, gesture: Gesture) -> bool:
        """Return whether the room may now be other than it should be, as far as this person goes."""
        wish = rules.wish(self._keeping.house, gesture.place)
        if wish is None:
            return False
        person = gesture.person
        if gesture.membership in _OUT:
            return person in wish.invited or self._by_hand(gesture)
        if person in wish.unwelcome or (wish.only is not None and person not in wish.only):
            return True
        # Somebody's key may have stayed for want of another in the room.
        return bool(wish.powers.lowered) and wish.powers.users.get(person, 0) >= KEY

    def _by_hand(self, gesture: Gesture) -> bool:
        """Return whether somebody was removed by another, and the charter does not simply respect that."""
        hall = rules.hall_at(self._keeping.house, gesture.place)
        if hall is None or gesture.by in {gesture.person, gesture.me}:
            return False
        return hall.charter.drift.people != "respect"

    async def _state(self, room: RoomId, kind: str, key: str = "") -> Content | None:
        try:
            return await self._homeserver.state(room, kind, key)
        except TokenRefused as refused:
            raise TryLater(refused.why) from refused
        except Denied:
            return None


def chat_left(house: House, gesture: Gesture) -> tuple[Decision, ...]:
    """Return what follows when somebody leaves or declines their own private chat."""
    person = house.people.get(gesture.place)
    goes = gesture.membership in _OUT and gesture.by == gesture.person == person
    if not goes or person is None or person in house.away:
        return ()
    return (Decision(facts=(Writing(HOUSE, ChatLeft(person)),)),)
