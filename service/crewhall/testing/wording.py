"""What an event may say at all, before any rule is asked; and what is left of it once taken back.

Sources: Synapse 1.163 `events/validator.py`; Matrix specification v1.19, room version 11, "Redactions".
"""

import json
from collections.abc import Mapping

from crewhall.ground.rooms import Content
from crewhall.testing import rules
from crewhall.testing.events import UNKNOWN, Refused

MOST_BYTES = 65_536
MOST_NAME = 255
_MUST_BE_TEXT = {"m.room.message": ("body", "msgtype"), "m.room.topic": ("topic",), "m.room.name": ("name",)}
_KEPT = {
    "m.room.member": ("membership", "join_authorised_via_users_server"),
    "m.room.join_rules": ("join_rule", "allow"),
    "m.room.power_levels": (*rules.NAMED, "events", "users"),
    "m.room.history_visibility": ("history_visibility",),
    "m.room.redaction": ("redacts",),
}


def check_event(kind: str, key: str | None, content: Content, room: str = "") -> None:
    """Refuse an event that no room would carry: floats, missing texts, bad levels, too long."""
    check_json(content)
    if max(len(kind.encode()), len((key or "").encode())) > MOST_NAME:
        raise Refused(413, "M_TOO_LARGE", "event too large")
    if len(json.dumps(content, ensure_ascii=False).encode()) > MOST_BYTES:
        raise Refused(413, "M_TOO_LARGE", "event too large")
    for field in _MUST_BE_TEXT.get(kind, ()):
        if not isinstance(content.get(field), str):
            raise Refused(400, UNKNOWN, f"'{field}' not a string type")
    if kind == "m.room.power_levels":
        rules.check_levels(content)
    if kind == "m.room.tombstone" and content.get("replacement_room") in {None, room}:
        raise Refused(400, UNKNOWN, "Content has no replacement_room key, or it names its own room")


def check_json(value: object) -> None:
    """Refuse what canonical JSON cannot say: floats, and whole numbers beyond 2^53."""
    match value:
        case bool() | None | str():
            return
        case int():
            if abs(value) > rules.MOST:
                raise Refused(400, "M_BAD_JSON", "JSON integer out of range")
        case Mapping():
            for part in value.values():
                check_json(part)
        case list() | tuple():
            for part in value:
                check_json(part)
        case _:
            raise Refused(400, "M_BAD_JSON", "Bad JSON value: float")


def redacted(kind: str, content: Content) -> Content:
    """Return what a redaction leaves of an event's content (room version 11)."""
    return {field: content[field] for field in _KEPT.get(kind, ()) if field in content}
