"""Reads a room's state, as a homeserver lists it, into `RoomSeen`. Hostile content becomes "absent"."""

from collections.abc import Iterable, Mapping

from crewhall.ground.hearsay import membership_of, predecessor_of, text
from crewhall.ground.ids import EventId, RoomId, RoomKey, UserId
from crewhall.ground.rooms import (
    HEARTBEAT,
    LOCATOR,
    OURS,
    ChildSeen,
    Content,
    Member,
    RoomSeen,
    Statement,
)

_SIGNED = frozenset(
    {
        "m.room.power_levels",
        "m.room.join_rules",
        "m.room.history_visibility",
        "m.room.guest_access",
        "m.room.tombstone",
    }
)
"""Kinds of state of which it matters who wrote them."""
_CARRIED = (
    "m.room.topic",
    "m.room.avatar",
    "m.room.encryption",
    "m.room.pinned_events",
    "m.room.server_acl",
)
"""Kinds of state that a room keeps word for word when it moves."""


def read_state(  # noqa: C901 - one pass over the events, one case a kind
    room: RoomId, events: Iterable[Mapping[str, object]]
) -> RoomSeen:
    """Return the room; `events` are client-format state events (``GET /rooms/{id}/state``)."""
    contents: dict[tuple[str, str], Content] = {}
    members: dict[UserId, Member] = {}
    children: dict[RoomId, ChildSeen] = {}
    parents: set[RoomId] = set()
    by: dict[str, UserId] = {}
    statements: dict[tuple[str, str], Statement] = {}
    creator = ""
    for event in events:
        kind, key = text(event.get("type")), event.get("state_key")
        content = event.get("content")
        if not isinstance(key, str) or not isinstance(content, Mapping):
            continue
        match kind:
            case "m.room.member":
                if (member := _member(event, content)) is not None:
                    members[UserId(key)] = member
            case "m.space.child":
                if (child := read_child(content)) is not None:
                    children[RoomId(key)] = child
            case "m.space.parent":
                if _via(content):
                    parents.add(RoomId(key))
            case _ if kind.startswith(OURS) and kind not in {LOCATOR, HEARTBEAT}:
                sender, name = UserId(text(event.get("sender"))), EventId(text(event.get("event_id")))
                statements[kind, key] = Statement(content, sender, name)
            case _:
                contents[kind, key] = content
                if kind in _SIGNED and not key:
                    by[kind] = UserId(text(event.get("sender")))
                if kind == "m.room.create":
                    creator = text(event.get("sender"))

    def at(kind: str, field: str) -> str | None:
        value = contents.get((kind, ""), {}).get(field)
        return value if isinstance(value, str) else None

    create = contents.get(("m.room.create", ""), {})
    locator, tombstone = at(LOCATOR, "key"), at("m.room.tombstone", "replacement_room")
    return RoomSeen(
        room=room,
        version=text(create.get("room_version")) or "1",
        creators=_creators(create, creator),
        space=create.get("type") == "m.space",
        locator=RoomKey(locator) if locator else None,
        members=members,
        powers=contents.get(("m.room.power_levels", ""), {}),
        joins=contents.get(("m.room.join_rules", ""), {}),
        history=at("m.room.history_visibility", "history_visibility"),
        guests=at("m.room.guest_access", "guest_access"),
        encrypted=bool(at("m.room.encryption", "algorithm")),
        name=at("m.room.name", "name"),
        topic=at("m.room.topic", "topic"),
        avatar=at("m.room.avatar", "url"),
        alias=at("m.room.canonical_alias", "alias"),
        children=children,
        parents=frozenset(parents),
        tombstone=RoomId(tombstone) if tombstone else None,
        statements=statements,
        by=by,
        kind=text(create.get("type")),
        predecessor=predecessor_of(create),
        carried={kind: contents[kind, ""] for kind in _CARRIED if contents.get((kind, ""))},
    )


def has_endless_creators(version: str) -> bool:
    """Return whether creators stand above all levels (room version 12 and later, MSC4289)."""
    return not (version.isdigit() and int(version) < 12)  # noqa: PLR2004 - a room version


def read_child(content: Content) -> ChildSeen | None:
    """Return an ``m.space.child``, None if it does not count: its `via` is empty."""
    via = _via(content)
    if not via:
        return None
    return ChildSeen(via, text(content.get("order")), content.get("suggested") is True)


def _creators(create: Content, sender: str) -> frozenset[UserId]:
    more = create.get("additional_creators")
    listed = [u for u in more if isinstance(u, str)] if isinstance(more, list) else []
    return frozenset(UserId(u) for u in (sender, *listed) if u)


def _member(event: Mapping[str, object], content: Content) -> Member | None:
    membership = membership_of(content.get("membership"))
    if membership is None:
        return None
    return Member(
        membership,
        UserId(text(event.get("sender"))),
        EventId(text(event.get("event_id"))),
        text(content.get("reason")),
    )


def _via(content: Content) -> tuple[str, ...]:
    via = content.get("via")
    return tuple(v for v in via if isinstance(v, str)) if isinstance(via, list) else ()
