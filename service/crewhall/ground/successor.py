"""What a room of ours begins with when it moves to a new one, and which rooms cannot move. Pure.

We make the successor ourselves instead of asking for the homeserver's own ``/upgrade``: what that makes is
found again by nothing until its tombstone stands; asked again after a restart it makes a second room; and it
leaves behind locators, pins and the spaces that a room names (Synapse 1.163). Ours has an address of its own,
derived from the room it continues, and its locator last. Old pins go along, though clients open what they
name only in the old room.
"""

import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Final, TypeAlias

from crewhall.ground.creation import (
    ALIAS,
    CHILD,
    ENCRYPTION,
    GUESTS,
    HISTORY,
    JOINS,
    PARENT,
    RESTRICTED,
    encryption_content,
    guests_content,
    joins_content,
    locator,
    parent_content,
    same_joins,
    stated,
)
from crewhall.ground.hall import Opened
from crewhall.ground.ids import ALIAS_PREFIX, RoomId, RoomKey, UserId
from crewhall.ground.powers import POWERS, TOMBSTONE, next_powers
from crewhall.ground.rights import may_write, part
from crewhall.ground.rooms import ChildSeen, Content, NewRoom, RoomSeen, RoomWish, StatePut
from crewhall.ground.seen import has_endless_creators
from crewhall.ground.steps import Blocked

NAME: Final = "m.room.name"
Heir: TypeAlias = Callable[[RoomId], RoomId]
"""Tells where a room is now, after all its moves."""


def successors_alias(room: RoomId) -> str:
    """Return the local part of the address under which a room's successor is found while it moves."""
    return f"{ALIAS_PREFIX}next_{hashlib.sha256(room.encode()).hexdigest()[:16]}"


def successor(wish: RoomWish, old: RoomSeen, rooms: Mapping[RoomKey, Opened], me: UserId) -> NewRoom:
    """Return the room that continues `old`, in the version of `wish`, with all that people have in it.

    `rooms` are those that exist: those that moved already under their new ids.
    """
    return NewRoom(
        alias=successors_alias(old.room),
        version=wish.version,
        powers=kept_powers(wish, old, me),
        state=tuple(_state(wish, old, rooms, me)),
        space=wish.space,
        federate=wish.federate,
        kind=wish.kind,
        predecessor=old.room,
    )


def is_letterbox(wish: RoomWish) -> bool:
    """Return whether a room is known to a sister's keeper by its id and its maker: it never moves."""
    return bool(wish.kind) or wish.key.split("/")[1:2] == ["sister"]


def kept_powers(wish: RoomWish, old: RoomSeen, me: UserId) -> Content:
    """Return the levels as they stand, brought to what the community's rule says in the new version."""
    standing = dict(old.powers)
    if has_endless_creators(wish.version):
        standing["users"] = {who: n for who, n in part(old.powers, "users").items() if who != me}
    begun = replace(old, version=wish.version, creators=frozenset({me}), powers=standing)
    kept = replace(wish, powers=replace(wish.powers, drift="respect"))
    return next_powers(kept, begun, me)[0] or standing


def cannot_move(
    wish: RoomWish, old: RoomSeen, rooms: Mapping[RoomKey, Opened], heir: Heir, me: UserId
) -> Blocked | None:
    """Return what is in the way of a room's moving, None if nothing is."""
    room = old.name or wish.name or wish.key
    if not (may_write(old, me, TOMBSTONE) and may_write(old, me, POWERS)):
        return Blocked(wish.key, f"move {room}", f"Give {me} power 100 in {room}.")
    if wish.doors != "restore" and (by := _doors_changed_by(wish, old, rooms, heir, me)) is not None:
        what = f"move {room}: {by} changed by hand how one comes in or reads, and a new room would forget it"
        return Blocked(wish.key, what, f"Put the doors of {room} back as the charter says, then look again.")
    return None


def pointed(joins: Content, heir: Heir) -> Content:
    """Return a join rule that names rooms where they are now."""
    listed = joins.get("allow")
    if joins.get("join_rule") not in RESTRICTED or not isinstance(listed, list):
        return joins
    found = [_pointed(entry, heir) for entry in listed]
    return {**joins, "allow": [entry for n, entry in enumerate(found) if entry not in found[:n]]}


def _pointed(entry: object, heir: Heir) -> object:
    room = entry.get("room_id") if isinstance(entry, Mapping) else None
    if not isinstance(entry, Mapping) or not isinstance(room, str):
        return entry
    return {**entry, "room_id": heir(RoomId(room))}


def _doors_changed_by(
    wish: RoomWish, old: RoomSeen, rooms: Mapping[RoomKey, Opened], heir: Heir, me: UserId
) -> UserId | None:
    differ = {
        JOINS: not same_joins(pointed(old.joins, heir), joins_content(wish, rooms)),
        HISTORY: (old.history or "shared") != wish.history,
        GUESTS: (old.guests or "forbidden") != guests_content(wish)["guest_access"],
    }
    changed = (old.by.get(kind, me) for kind, differs in differ.items() if differs)
    return next((by for by in changed if by != me), None)


def _state(wish: RoomWish, old: RoomSeen, rooms: Mapping[RoomKey, Opened], me: UserId) -> Iterator[StatePut]:
    yield StatePut(JOINS, "", joins_content(wish, rooms))
    yield StatePut(HISTORY, "", {"history_visibility": wish.history})
    yield StatePut(GUESTS, "", guests_content(wish))
    yield StatePut(ALIAS, "", {})  # the address moves later
    if old.name:
        yield StatePut(NAME, "", {"name": old.name})
    carried = dict(old.carried)
    if wish.encrypted:
        carried.setdefault(ENCRYPTION, encryption_content())
    for kind, content in sorted(carried.items()):
        yield StatePut(kind, "", content)
    if wish.listing is not None and (space := rooms.get(wish.listing.space)) is not None:
        yield StatePut(PARENT, space.room, parent_content(me))
    ours = {opened.room for opened in rooms.values()}  # they may move too, and are listed then
    for child, listed in sorted(old.children.items()):
        if child not in ours:
            yield StatePut(CHILD, child, child_as_listed(listed))
    yield from stated(wish)
    yield locator(wish.key)


def child_as_listed(listed: ChildSeen) -> Content:
    """Return the entry of a space's list as people arranged it."""
    content: dict[str, object] = {"via": list(listed.via)}
    if listed.order:
        content["order"] = listed.order
    if listed.suggested:
        content["suggested"] = True
    return content
