"""Who may do what in a room, in room versions 11 and 12: the authorization rules, without any I/O.

Source: Matrix specification v1.19, room versions 11 and 12, "Authorization rules", read together with what
Synapse 1.163 answers (its error codes are not in the specification). Every function returns nothing or
raises `Refused`. Room version 12 (MSC4289) puts creators above all levels and refuses them in ``users``.
"""

from collections.abc import Container, Iterator, Mapping

from crewhall.ground.ids import RoomId, UserId, server
from crewhall.ground.rooms import Content
from crewhall.ground.seen import has_endless_creators
from crewhall.testing.events import FORBIDDEN, JOINS, POWERS, UNKNOWN, Refused, Room

ENDLESS = 2**53
"""What a creator's level compares as: above the greatest level that can be written."""
MOST = 2**53 - 1
NAMED = ("users_default", "events_default", "state_default", "ban", "redact", "kick", "invite")
TABLES = ("users", "events", "notifications")
_FALLBACK = {"invite": 0, "kick": 50, "ban": 50, "redact": 50, "state_default": 50}


def level_of(room: Room, person: str) -> int:
    """Return a person's power; ``ENDLESS`` for a creator of a version 12 room."""
    if person in room.creators:
        return ENDLESS
    powers = room.content(POWERS)
    if powers is None:
        return 100 if person == room.creator and not has_endless_creators(room.version) else 0
    return room.levels("users").get(person, _number(powers.get("users_default"), 0))


def level_for(room: Room, act: str) -> int:
    """Return the level that `act` needs: ``invite``, ``kick``, ``ban``, ``redact``."""
    return _number((room.content(POWERS) or {}).get(act), _FALLBACK.get(act, 0))


def level_to_send(room: Room, kind: str, key: str | None) -> int:
    """Return the level that sending an event of this type needs."""
    if kind in (events := room.levels("events")):
        return events[kind]
    return level_for(room, "events_default" if key is None else "state_default")


def may_send(room: Room, sender: UserId, kind: str, key: str | None, content: Content) -> None:
    """Refuse an event that is not a membership (nor the room's first)."""
    may_federate(room, sender)
    must_be_in(room, sender)
    if level_of(room, sender) < level_to_send(room, kind, key):
        raise _no("You don't have permission to post that to the room")
    if key is not None and key.startswith("@") and key != sender:
        raise _no("You are not allowed to set others state")
    if kind == POWERS and key is not None:
        may_change_powers(room, sender, content)


def may_change_powers(room: Room, sender: UserId, content: Content) -> None:
    """Refuse new levels that `sender` may not give: above their own, or over those who stand as high."""
    check_levels(content)
    for creator in room.creators & set(_table(content, "users")):
        raise Refused(400, UNKNOWN, f"Creator user {creator} must not appear in content.users")
    standing = room.content(POWERS)
    if standing is None:
        return
    own = level_of(room, sender)
    for table, name, old, new in _changes(standing, content):
        if table == "users" and name != sender and old == own:
            raise _no("You don't have permission to remove ops level equal to your own")
        if max(level for level in (old, new) if level is not None) > own:
            raise _no("You don't have permission to add ops level greater than your own")


def check_levels(content: Content) -> None:
    """Refuse levels that are no whole numbers, and names that are none (room version 10 and later)."""
    for name in NAMED:
        if name in content and not _whole(content[name]):
            raise Refused(400, "M_BAD_JSON", f'"{name}": {content[name]!r} is not of type integer')
    for table in TABLES:
        found = content.get(table, {})
        if not isinstance(found, Mapping) or not all(_whole(level) for level in found.values()):
            raise Refused(400, "M_BAD_JSON", f'"{table}": must be an object of integers')
    for person in _table(content, "users"):
        if not person.startswith("@") or ":" not in person:
            raise Refused(400, UNKNOWN, f"Not a valid user_id: {person}")


def may_become(
    room: Room, sender: UserId, person: UserId, membership: str, authoriser: UserId | None = None
) -> None:
    """Refuse a change of membership. `authoriser` is who vouches for a restricted join."""
    may_federate(room, sender)
    may_federate(room, person)
    match membership:
        case "join":
            _may_join(room, sender, person, authoriser)
        case "knock":
            _may_knock(room, sender, person)
        case "invite":
            _may_invite(room, sender, person)
        case "leave":
            _may_leave(room, sender, person)
        case "ban":
            must_be_in(room, sender)
            own = level_of(room, sender)
            if own < level_for(room, "ban") or own <= level_of(room, person):
                raise _no("You don't have permission to ban this user")
        case _:
            raise Refused(400, UNKNOWN, "Invalid membership key")


def may_redact(room: Room, sender: UserId, author: UserId) -> None:
    """Refuse to take back somebody else's event without the ``redact`` level."""
    if sender != author and level_of(room, sender) < level_for(room, "redact"):
        raise _no("You don't have permission to redact events")


def may_federate(room: Room, person: str) -> None:
    """Refuse people of other servers in a room that does not federate."""
    if not room.federates and server(person) != server(room.creator):
        raise _no("This room has been marked as unfederatable.")


def must_be_in(room: Room, person: UserId) -> None:
    """Refuse whoever is not in the room."""
    if room.membership(person) != "join":
        raise _no(f"{person} not in room {room.id}.")


def allowed_rooms(room: Room) -> Iterator[str]:
    """Yield the rooms whose members may come in, as far as the ``allow`` list can be read."""
    listed = (room.content(JOINS) or {}).get("allow")
    for entry in listed if isinstance(listed, list) else ():
        if isinstance(entry, Mapping) and entry.get("type") == "m.room_membership":
            named = entry.get("room_id")
            if isinstance(named, str):
                yield named


def is_restricted(room: Room) -> bool:
    """Return whether membership of another room opens this one."""
    return room.join_rule in {"restricted", "knock_restricted"}


def needs_voucher(room: Room, person: UserId) -> bool:
    """Return whether `person` comes in only if somebody in the room vouches for them."""
    return is_restricted(room) and room.membership(person) not in {"join", "invite"}


def voucher(room: Room, memberships: Mapping[RoomId, str], unreachable: Container[str] = ()) -> UserId:
    """Return who lets somebody with these memberships into a restricted room; or refuse.

    It is anybody in the room who may invite and whose server answers; there must be one even for a person
    whom the room's list allows.
    """
    needed = level_for(room, "invite")
    likely = room.joined & (room.creators | room.levels("users").keys())
    reachable = (u for u in (*sorted(likely), *room.joined) if server(u) not in unreachable)
    found = next((u for u in reachable if level_of(room, u) >= needed), None)
    if found is None:
        raise Refused(404, UNKNOWN, "Can't join remote room: no servers in the room have been provided.")
    if not any(memberships.get(RoomId(allowed)) == "join" for allowed in allowed_rooms(room)):
        raise _no("You do not belong to any of the required rooms/spaces to join this room.")
    return found


def _may_join(room: Room, sender: UserId, person: UserId, authoriser: UserId | None) -> None:
    before = room.membership(person)
    if sender != person:
        raise _no("Cannot force another user to join.")
    if before == "ban":
        raise _no("You are banned from this room")
    if before in {"join", "invite"} or room.join_rule == "public":
        return
    if not is_restricted(room):
        raise _no("You are not invited to this room.")
    if authoriser is None:
        raise _no("Join event is missing authorising user.")
    must_be_in(room, authoriser)
    if level_of(room, authoriser) < level_for(room, "invite"):
        raise _no("Join event authorised by invalid server.")


def _may_knock(room: Room, sender: UserId, person: UserId) -> None:
    before = room.membership(person)
    if room.join_rule not in {"knock", "knock_restricted"}:
        raise _no("You don't have permission to knock")
    if sender != person:
        raise _no("You cannot knock for other users")
    if before in {"join", "invite", "ban"}:
        raise _no(f"You cannot knock: you are {before} in this room")


def _may_invite(room: Room, sender: UserId, person: UserId) -> None:
    must_be_in(room, sender)
    before = room.membership(person)
    if before == "ban":
        raise _no(f"{person} is banned from the room")
    if before == "join":
        raise _no(f"{person} is already in the room.")
    if level_of(room, sender) < level_for(room, "invite"):
        raise _no("You don't have permission to invite users")


def _may_leave(room: Room, sender: UserId, person: UserId) -> None:
    before = room.membership(person)
    if sender == person and before in {"invite", "knock"}:
        return
    must_be_in(room, sender)
    own = level_of(room, sender)
    if before == "ban" and own < level_for(room, "ban"):
        raise _no(f"You cannot unban user {person}.")
    if sender != person and (own < level_for(room, "kick") or own <= level_of(room, person)):
        raise _no(f"You cannot kick user {person}.")


def _changes(old: Content, new: Content) -> Iterator[tuple[str, str, int | None, int | None]]:
    """Yield (table, name, old level, new level) of every level that differs."""
    for name in NAMED:
        before, after = _maybe(old.get(name)), _maybe(new.get(name))
        if before != after:
            yield "", name, before, after
    for table in TABLES:
        was, will = _table(old, table), _table(new, table)
        for name in sorted(was.keys() | will.keys()):
            if was.get(name) != will.get(name):
                yield table, name, was.get(name), will.get(name)


def _table(content: Content, table: str) -> Mapping[str, int]:
    found = content.get(table)
    return found if isinstance(found, Mapping) else {}


def _whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and abs(value) <= MOST


def _maybe(value: object) -> int | None:
    return value if isinstance(value, int) else None


def _number(value: object, fallback: int) -> int:
    return value if isinstance(value, int) else fallback


def _no(why: str) -> Refused:
    return Refused(403, FORBIDDEN, why)
