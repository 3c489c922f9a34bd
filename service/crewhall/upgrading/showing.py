"""What moving a community's rooms would mean, room by room, before anything is done. Pure."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Literal

from crewhall.ground.hall import House
from crewhall.ground.ids import CommunityKey, RoomId, RoomKey
from crewhall.ground.links import depths
from crewhall.ground.moving import Move, Scene, asked_again
from crewhall.ground.rooms import RoomSeen, RoomWish
from crewhall.ground.steps import Blocked
from crewhall.ground.successor import cannot_move, is_letterbox

Why = Literal["letterbox", "people's", "ended", "unseen"]


@dataclass(frozen=True, slots=True)
class Row:
    """One room that moves: so many `people` are asked in again, so many of our spaces have it `listed`.

    To so many rooms it `opens` the door. `room` is the one that moves, also if its successor stands already
    (`begun`).
    """

    key: RoomKey
    name: str
    room: RoomId
    version: str
    people: int
    listed: int
    opens: int
    alias: str
    begun: bool = False


@dataclass(frozen=True, slots=True)
class Stay:
    """One room that stays as it is, and why."""

    key: RoomKey
    name: str
    why: Why


@dataclass(frozen=True, slots=True)
class Upgrade:
    """All that would be done: the rooms that move, spaces first; those that stay; those that cannot."""

    community: CommunityKey
    name: str
    to: str
    charter: str
    rows: tuple[Row, ...]
    stays: tuple[Stay, ...] = ()
    blocked: tuple[Blocked, ...] = ()

    @property
    def fingerprint(self) -> str:
        """Eight hex digits that are the same for the same rooms and version, until all of it is done."""
        told = [self.community, self.to, *sorted([row.key, row.room] for row in self.rows)]
        return hashlib.sha256(json.dumps(told).encode()).hexdigest()[:8]

    @property
    def begun(self) -> bool:
        """Whether all rooms have their successors, and only what names them is left to be put right."""
        return bool(self.rows) and all(row.begun for row in self.rows)


def planned(
    house: House,
    wishes: Mapping[RoomKey, RoomWish],
    scene: Scene,
    to: str,
    *,
    ended: Iterable[RoomKey] = (),
    under_way: Iterable[RoomId] = (),
) -> tuple[tuple[Row, ...], tuple[Stay, ...], tuple[Blocked, ...]]:
    """Return which rooms move, which stay, and which cannot move though they should."""
    over = frozenset(ended)
    rows: list[Row] = []
    stays: list[Stay] = []
    blocked: list[Blocked] = []
    for former in under_way:
        key = house.former[former].key
        old = scene.looks.get(former)
        if old is not None and key in wishes:
            rows.append(_row(wishes[key], old, scene, begun=True))
    for key, wish in sorted(wishes.items()):
        opened = house.rooms.get(key)
        if opened is None or wish.closed or any(row.key == key for row in rows):
            continue
        seen = scene.looks.get(opened.room)
        version = seen.version if seen is not None else opened.version
        replaced = seen is not None and seen.tombstone is not None
        if not older(version, to) and not replaced:
            continue
        if (why := _stays(wish, seen, over)) is not None or seen is None:
            stays.append(Stay(key, wish.name or key, why or "unseen"))
        elif (no := cannot_move(wish, seen, house.rooms, scene.heir, scene.me)) is not None:
            blocked.append(no)
        else:
            rows.append(_row(replace(wish, version=to), seen, scene))
    depth = depths(wishes, wishes.get)
    rows.sort(key=lambda row: (not wishes[row.key].space, depth[row.key], row.key))
    return tuple(rows), tuple(stays), tuple(blocked)


def older(version: str, to: str) -> bool:
    """Return whether a room version comes before another; what is no number is nobody's elder."""
    return version.isdecimal() and to.isdecimal() and int(version) < int(to)


def _stays(wish: RoomWish, seen: RoomSeen | None, ended: frozenset[RoomKey]) -> Why | None:
    """Return why a room is left where it is.

    A sister's keeper knows our letterbox for it by its id and maker; an existing room that was taken in
    is its people's own; an ended crew's rooms are left alone.
    """
    if is_letterbox(wish):
        return "letterbox"
    if wish.adopt:
        return "people's"
    if wish.key in ended:
        return "ended"
    return "unseen" if seen is None else None


def _row(wish: RoomWish, old: RoomSeen, scene: Scene, *, begun: bool = False) -> Row:
    heir = scene.heir(old.room)
    new = scene.looks.get(heir) if begun else None
    move = Move(wish, old, new or replace(old, members={}))
    return Row(
        key=wish.key,
        name=old.name or wish.name or wish.key,
        room=old.room,
        version=old.version,
        people=len(asked_again(move, scene)),
        listed=sum(old.room in seen.children for seen in scene.looks.values()),
        opens=sum(old.room in set(_allowed(seen)) for seen in scene.looks.values()),
        alias=scene.address(wish.alias),
        begun=begun,
    )


def _allowed(seen: RoomSeen) -> Iterator[object]:
    listed = seen.joins.get("allow")
    for entry in listed if isinstance(listed, list) else ():
        if isinstance(entry, Mapping):
            yield entry.get("room_id")
