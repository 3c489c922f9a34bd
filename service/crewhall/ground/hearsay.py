"""Reads what others wrote, whatever they wrote there instead. Pure; nothing here raises."""

from collections.abc import Mapping
from typing import Final, cast, get_args

from crewhall.ground.ids import RoomId
from crewhall.ground.rooms import Content, Membership

MEMBER: Final = "m.room.member"
_MEMBERSHIPS: Final = frozenset(get_args(Membership))


def text(value: object) -> str:
    """Return `value` if it is a string, else an empty one."""
    return value if isinstance(value, str) else ""


def mapping(value: object) -> Content:
    """Return `value` if it is an object, else an empty one."""
    return value if isinstance(value, Mapping) else {}


def membership_of(value: object) -> Membership | None:
    """Return `value` if it is a membership."""
    return cast("Membership", value) if isinstance(value, str) and value in _MEMBERSHIPS else None


def predecessor_of(creation: Content) -> RoomId | None:
    """Return the room that a room says at its creation it continues."""
    return RoomId(text(mapping(creation.get("predecessor")).get("room_id"))) or None
