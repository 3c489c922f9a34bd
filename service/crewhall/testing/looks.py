"""Rooms as a look would show them, without a homeserver: for tests of what a plan makes of them."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime

from crewhall.ground.creation import new_room
from crewhall.ground.hall import Opened
from crewhall.ground.ids import EventId, RoomId, RoomKey, UserId
from crewhall.ground.rooms import Content, Member, Membership, RoomSeen, RoomWish
from crewhall.ground.seen import read_state

ME = UserId("@keeper:hall.test")
LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)


def room_id(key: RoomKey) -> RoomId:
    """Return the id that a room has in these tests."""
    return RoomId(f"!{key.replace('/', '-')}")


def rooms_of(keys: Iterable[RoomKey], version: str = "12") -> dict[RoomKey, Opened]:
    """Return these rooms as the ledger knows them."""
    return {key: Opened(room_id(key), version, LONG_AGO) for key in keys}


def made(
    wish: RoomWish,
    rooms: Mapping[RoomKey, Opened] | None = None,
    members: Mapping[UserId, Membership] | None = None,
    me: UserId = ME,
) -> RoomSeen:
    """Return the room as the keeper sees it right after making it, with these people in it."""
    new = new_room(wish, rooms or {}, me)
    create: dict[str, object] = {"room_version": wish.version}
    if wish.space or wish.kind:
        create["type"] = "m.space" if wish.space else wish.kind
    state: list[tuple[str, str, Content]] = [
        ("m.room.create", "", create),
        ("m.room.power_levels", "", new.powers),
        ("m.room.canonical_alias", "", {"alias": f"#{wish.alias}:hall.test"}),
        *((put.type, put.key, put.content) for put in new.state),
    ]
    listed = {(kind, key): content for kind, key, content in state}
    seen = read_state(
        room_id(wish.key),
        (
            {"type": kind, "state_key": key, "content": content, "sender": me}
            for (kind, key), content in listed.items()
        ),
    )
    return with_members(seen, {me: "join", **dict.fromkeys(new.invite, "invite"), **(members or {})})


def with_members(seen: RoomSeen, members: Mapping[UserId, Membership]) -> RoomSeen:
    """Return the room with exactly these people."""
    found = {
        person: Member(membership, person, EventId(f"${n}"))
        for n, (person, membership) in enumerate(members.items())
    }
    return replace(seen, members=found)


def with_levels(seen: RoomSeen, users: Mapping[UserId, int]) -> RoomSeen:
    """Return the room with these people at these levels besides, as somebody gave them by hand."""
    found = seen.powers.get("users")
    standing = found if isinstance(found, Mapping) else {}
    return replace(seen, powers={**seen.powers, "users": {**standing, **users}})
