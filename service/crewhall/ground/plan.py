"""What to do about one room: what is wished against what was seen. Pure, and empty if nothing differs.

Taking away comes before giving. Encryption is never switched off, names, topics and pictures are never
written over, a ban is never lifted, and a knock is a question that the plan does not refuse.
"""

from collections.abc import Mapping
from typing import Final

from crewhall.ground import ids
from crewhall.ground.creation import (
    ALIAS,
    CHILD,
    ENCRYPTION,
    GUESTS,
    HISTORY,
    JOINS,
    PARENT,
    encryption_content,
    guests_content,
    guests_of,
    joins_content,
    locator,
    new_room,
    parent_content,
    same_joins,
    unstated,
    welcome,
)
from crewhall.ground.drift import NOTHING, Memory, finds, questions, settled, stands
from crewhall.ground.effects import RoomPart, held
from crewhall.ground.hall import Opened
from crewhall.ground.ids import RoomId, RoomKey, UserId, server
from crewhall.ground.order import ordered
from crewhall.ground.powers import POWERS, next_powers
from crewhall.ground.rights import may_invite, may_remove, may_write
from crewhall.ground.rooms import LOCATOR, RoomSeen, RoomWish, StatePut
from crewhall.ground.steps import Blocked, Close, Create, Enter, Invite, Plan, Put, Remove, Step

WHY: Final[Mapping[str, str]] = {
    JOINS: "doors",
    HISTORY: "doors",
    GUESTS: "doors",
    ENCRYPTION: "encryption",
    PARENT: "parent",
    CHILD: "link",
    LOCATOR: "locator",
    POWERS: "powers",
}
"""The word that a plan's table has for each kind of state."""


def plan_room(
    wish: RoomWish,
    seen: RoomSeen | None,
    rooms: Mapping[RoomKey, Opened],
    me: UserId,
    *,
    memory: Memory = NOTHING,
    waits: RoomPart | None = None,
) -> Plan:
    """Return the steps for one room, its place in spaces apart; `rooms` are those that exist.

    What people changed by hand is left, asked about or put back as the charter says and `memory` tells; what
    `waits` for somebody's yes is left out.
    """
    if seen is None:
        return _from_nothing(wish, me)
    if (strange := foreign(wish, seen, me)) is not None:
        return Plan((), (strange,))
    if (away := _away(wish, seen, me)) is not None:
        return away
    drifts = finds(wish, seen, rooms, me, memory)
    asked = frozenset(wish.invited)
    if stands(wish, seen):
        wish = settled(wish, seen, drifts, memory)
    back = frozenset(wish.invited) - asked
    if waits is not None:
        wish = held(wish, seen, waits, me)
    found = _Findings(wish, seen, rooms, me, back)
    found.blocked += questions(wish, drifts)
    if not wish.closed:
        found.completion()
        found.parents()
        found.contents()
    found.doors()
    found.removals()
    if wish.closed:
        found.closing()
    else:
        found.powers()
        found.invitations()
    return found.plan()


def foreign(wish: RoomWish, seen: RoomSeen, me: UserId) -> Blocked | None:
    """Return why a room that was found where ours should be is not ours, None if it is."""
    if seen.locator == wish.key:
        return None
    if seen.locator is None and (me in seen.creators or wish.adopt):
        return None
    whose = f"the room {seen.locator}" if seen.locator else "a room that is not the keeper's"
    where = wish.adopt or f"#{wish.alias}"
    remedy = f"Give {where} to the right room, or take the address away from {seen.room}."
    return Blocked(wish.key, f"use {where}: {whose} holds this address", remedy)


def absent(key: RoomKey, me: UserId) -> Blocked:
    """Return what to say about a room that the keeper is not in."""
    return Blocked(key, "look into the room: the keeper is not in it", f"Invite {me} again.")


def stale_parents(wish: RoomWish, seen: RoomSeen, rooms: Mapping[RoomKey, Opened]) -> dict[RoomId, RoomKey]:
    """Return the spaces of its own community that a room still names, though it is not to be listed there."""
    listing = wish.listing if not wish.closed else None
    space = rooms.get(listing.space) if listing is not None else None
    others = seen.parents - {space.room} if space is not None else seen.parents
    if not others:
        return {}
    hall = ids.hall_of(wish.key)
    ours = ((opened.room, key) for key, opened in rooms.items() if ids.hall_of(key) == hall)
    return {room: key for room, key in sorted(ours) if room in others}


def _from_nothing(wish: RoomWish, me: UserId) -> Plan:
    if wish.closed:
        return Plan()
    if wish.adopt:
        return Plan((Enter(wish.key),))
    remote = (p for p in guests_of(wish, me) if server(p) != server(me))
    return Plan((Create(wish.key, wish), *(Invite(wish.key, p) for p in remote)))


def _away(wish: RoomWish, seen: RoomSeen, me: UserId) -> Plan | None:
    """Return the plan for a room in which nothing can be done, None if the keeper is in and it lives."""
    mine = seen.members.get(me)
    if mine is None or mine.membership != "join":
        if wish.closed:
            return Plan()
        if mine is not None and mine.membership == "invite":
            return Plan((Enter(wish.key),))
        return Plan((), (absent(wish.key, me),))
    if seen.tombstone is not None and not wish.closed:
        what = f"care for {wish.name or wish.key}: it was replaced by {seen.tombstone}"
        hall = ids.hall_of(wish.key)
        ours = f"; or have a room of ours continue it: crewhall upgrade {hall}" if hall else ""
        remedy = f"Invite {me} to {seen.tombstone} with power 100: it is followed if it may be{ours}."
        return Plan((), (Blocked(wish.key, what, remedy),))
    return None


class _Findings:
    """Steps for a room that stands, each only if the homeserver would let the keeper take it."""

    def __init__(
        self,
        wish: RoomWish,
        seen: RoomSeen,
        rooms: Mapping[RoomKey, Opened],
        me: UserId,
        back: frozenset[UserId],
    ) -> None:
        self.wish, self.seen, self.rooms, self.me, self.back = wish, seen, rooms, me, back
        self.half = seen.locator is None and me in seen.creators and not wish.adopt
        self.puts: dict[tuple[str, str], StatePut] = {}
        self.steps: list[Step] = []
        self.blocked: list[Blocked] = []
        self.powerless: list[str] = []

    def completion(self) -> None:
        """Finish a creation that stopped half-way; mark a room that was adopted."""
        if self.half:
            address = {"alias": f"#{self.wish.alias}:{server(self.me)}"} if self.wish.shown else {}
            first = new_room(self.wish, self.rooms, self.me).state
            for put in (StatePut(ALIAS, "", address), *first):
                if self._lacks(put):
                    self._put(put)
        elif self.seen.locator is None and may_write(self.seen, self.me, LOCATOR):
            self._put(locator(self.wish.key))

    def parents(self) -> None:
        """Name the space the room is listed in, and none of ours that it is no longer in."""
        if not may_write(self.seen, self.me, PARENT):
            return
        for stale in stale_parents(self.wish, self.seen, self.rooms):
            self._put(StatePut(PARENT, stale, {}))
        listing = self.wish.listing
        space = self.rooms.get(listing.space) if listing is not None else None
        if space is not None and space.room not in self.seen.parents:
            self._put(StatePut(PARENT, space.room, parent_content(self.me)))

    def contents(self) -> None:
        """Switch encryption on where it is wished, and state what is not stated yet."""
        if self.wish.encrypted and not self.seen.encrypted:
            self._put(StatePut(ENCRYPTION, "", encryption_content()))
        for put in unstated(self.wish, self.seen, self.me):
            self._put(put)

    def doors(self) -> None:
        """Put back how one comes in and what newcomers can read."""
        wish, seen = self.wish, self.seen
        joins = joins_content(wish, self.rooms)
        if not same_joins(seen.joins, joins) and self._is_ours(JOINS):
            self._put(StatePut(JOINS, "", joins))
        if wish.closed:
            return
        if (seen.history or "shared") != wish.history and self._is_ours(HISTORY):
            self._put(StatePut(HISTORY, "", {"history_visibility": wish.history}))
        guests = guests_content(wish)
        if (seen.guests or "forbidden") != guests["guest_access"] and self._is_ours(GUESTS):
            self._put(StatePut(GUESTS, "", guests))

    def removals(self) -> None:
        """Remove who should not be here; the keeper removes nobody who stands as high as itself."""
        wish = self.wish
        for person, member in sorted(self.seen.members.items()):
            knocks = member.membership == "knock"
            if person == self.me or member.membership in {"leave", "ban"} or welcome(wish, person):
                continue
            if knocks and not wish.closed and person not in wish.unwelcome:
                continue
            if may_remove(self.seen, self.me, person):
                decided = wish.decided or person in wish.unwelcome
                self.steps.append(Remove(wish.key, person, wish.why_only, decided))
            else:
                remedy = (
                    f"{person} can leave; or give {self.me} more power than {person} has in {self._name}."
                )
                self.blocked.append(Blocked(wish.key, f"remove {person}", remedy))

    def closing(self) -> None:
        """Leave, once nobody is left who could not be removed."""
        if not self.blocked:
            self.steps.append(Close(self.wish.key))

    def powers(self) -> None:
        """Bring the levels."""
        content, blocked = next_powers(self.wish, self.seen, self.me)
        self.blocked += blocked
        if content is not None:
            self._put(StatePut(POWERS, "", content))

    def invitations(self) -> None:
        """Invite who should be here and is not."""
        for person in guests_of(self.wish, self.me):
            member = self.seen.members.get(person)
            match member.membership if member is not None else "leave":
                case "join" | "invite":
                    continue
                case "ban":
                    remedy = f"Somebody who banned {person} from {self._name} can lift the ban."
                    self.blocked.append(Blocked(self.wish.key, f"invite {person}, who is banned", remedy))
                case _ if may_invite(self.seen, self.me):
                    self.steps.append(Invite(self.wish.key, person, person in self.back))
                case _:
                    self.powerless.append(f"invite {person}")

    def plan(self) -> Plan:
        """Return what was found."""
        key = self.wish.key
        # The locator last: a room that has it has everything.
        listed = sorted(self.puts.values(), key=lambda put: put.type == LOCATOR)
        puts = (Put(key, put, WHY.get(put.type, put.type)) for put in listed)
        blocked = self.blocked
        if self.powerless:
            remedy = f"Give {self.me} power 100 in {self._name}."
            blocked = [Blocked(key, ", ".join(dict.fromkeys(self.powerless)), remedy), *blocked]
        return Plan(ordered((*puts, *self.steps)), tuple(blocked))

    def _is_ours(self, kind: str) -> bool:
        """Return whether the keeper may bring this: not what others changed and is to be left."""
        ours = self.seen.by.get(kind) == self.me or self.half or self.wish.closed
        return ours or self.wish.doors == "restore"

    @property
    def _name(self) -> str:
        return self.seen.name or self.wish.name or self.wish.key

    def _put(self, put: StatePut) -> None:
        if may_write(self.seen, self.me, put.type):
            self.puts[put.type, put.key] = put
        else:
            self.powerless.append(f"set {WHY.get(put.type, put.type)}")

    def _lacks(self, put: StatePut) -> bool:
        seen = self.seen
        standing: Mapping[str, object] = {
            "m.room.name": seen.name,
            "m.room.topic": seen.topic,
            "m.room.avatar": seen.avatar,
            JOINS: seen.joins.get("join_rule"),
            HISTORY: seen.history,
            GUESTS: seen.guests,
            ENCRYPTION: seen.encrypted or None,
            LOCATOR: seen.locator,
            PARENT: put.key if put.key in seen.parents else None,
        }
        if put.type == ALIAS:
            return seen.alias != put.content.get("alias")
        return standing.get(put.type) is None
