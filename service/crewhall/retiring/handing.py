"""Decides how a room goes on without the service: who owns it then, and at which levels. Pure."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from crewhall.ground.ids import RoomId, RoomKey, UserId, server
from crewhall.ground.rights import DEFAULTS, level, may_write, number, part
from crewhall.ground.rooms import Content, RoomSeen
from crewhall.ground.seen import has_endless_creators

POWERS: Final = "m.room.power_levels"
_OWNER: Final = 150
"""What an owner has from room version 12 on: enough for everything, a tombstone included."""
_OWNER_BEFORE: Final = 100
_RESTRICTED: Final = frozenset({"restricted", "knock_restricted"})


@dataclass(frozen=True, slots=True)
class Handing:
    """What is done with one room: `powers` to write (None if they stand so), whose it is, then we leave it.

    `chat` is the person whose private chat it is. `seen` is whether the keeper is in it at all, `empty`
    whether nobody else is: such a room ends.
    """

    key: RoomKey
    room: RoomId
    name: str
    owners: tuple[UserId, ...] = ()
    powers: Content | None = None
    chat: UserId | None = None
    seen: bool = True
    empty: bool = False


def handing(key: RoomKey, seen: RoomSeen, keyholders: Iterable[UserId], me: UserId) -> Handing:
    """Return how a room of the community goes to its people.

    A crew's rooms are all its members' alike; every other the keyholders', or, if none of them is in a room
    that one cannot simply enter, everybody's who is.
    """
    inside = tuple(sorted(p for p, m in seen.members.items() if p != me and m.membership == "join"))
    keys = tuple(sorted(set(keyholders)))
    join = seen.joins.get("join_rule")
    if key.split("/")[1:2] == ["crew"] or not (set(keys) & set(inside) or join in {"public", *_RESTRICTED}):
        owners = inside
    else:
        owners = keys
    name = seen.name or key
    if not may_write(seen, me, POWERS):
        return Handing(key, seen.room, name, owners, empty=not inside)
    powers = _powers(seen, owners, me)
    if join in _RESTRICTED and not _can_let_in(seen, powers, inside, me):
        powers["invite"] = 0  # else the homeserver finds nobody in it by whom others may enter
    return Handing(key, seen.room, name, owners, powers if powers != seen.powers else None, empty=not inside)


def fingerprint(handings: Iterable[Handing]) -> str:
    """Return eight hex digits that are the same exactly for the same plan."""
    told = [[h.key, h.room, *h.owners, json.dumps(h.powers, sort_keys=True), h.chat] for h in handings]
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()[:8]


def _powers(seen: RoomSeen, owners: Iterable[UserId], me: UserId) -> dict[str, object]:
    endless = has_endless_creators(seen.version)
    top = _OWNER if endless else _OWNER_BEFORE
    powers: dict[str, object] = dict(seen.powers)
    for name, absent in DEFAULTS.items():
        if number(powers.get(name), absent) > top:
            powers[name] = top
    for table in ("events", "notifications"):
        if table in powers:
            powers[table] = _below(part(powers, table), top)
    users = part(powers, "users")
    creators = seen.creators if endless else frozenset()
    for person in owners:
        if person not in creators:
            users[person] = max(number(users.get(person), 0), top)
    users.pop(me, None)
    powers["users"] = users
    return powers


def _below(table: Mapping[str, object], top: int) -> dict[str, object]:
    return {name: top if number(value, 0) > top else value for name, value in table.items()}


def _can_let_in(seen: RoomSeen, powers: Content, inside: Iterable[UserId], me: UserId) -> bool:
    """Return whether somebody of this homeserver is in the room who may invite: joining goes by them."""
    users, needed = part(powers, "users"), number(powers.get("invite"), DEFAULTS["invite"])
    default = number(powers.get("users_default"), 0)
    own = (p for p in inside if server(p) == server(me))
    return any(max(number(users.get(p), default), level(seen, p)) >= needed for p in own)
