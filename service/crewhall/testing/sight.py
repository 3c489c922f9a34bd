"""What somebody may see of a room: its state now, or as it was when they went."""

from collections.abc import Mapping

from crewhall.ground.ids import UserId
from crewhall.testing.events import FORBIDDEN, MEMBER, Event, Refused, Room

State = Mapping[tuple[str, str], Event]


def visible(room: Room, person: UserId) -> State:
    """Return the state that a person may read; refused to those who were never in."""
    if room.membership(person) == "join":
        return room.state
    if (room.content("m.room.history_visibility") or {}).get("history_visibility") == "world_readable":
        return room.state
    if room.membership(person) not in {"leave", "ban"} or not (seen := _when_they_went(room, person)):
        raise Refused(403, FORBIDDEN, f"User {person} not in room {room.id}")
    return seen


def _when_they_went(room: Room, person: UserId) -> State:
    seen: dict[tuple[str, str], Event] = {}
    last: State = {}
    inside = False
    for event in room.timeline:
        if event.key is None:
            continue
        seen[event.kind, event.key] = event
        if (event.kind, event.key) == (MEMBER, person):
            if inside and event.membership != "join":
                last = dict(seen)
            inside = event.membership == "join"
    return last


STRIPPED = (
    "m.room.create",
    "m.room.name",
    "m.room.topic",
    "m.room.avatar",
    "m.room.join_rules",
    "m.room.canonical_alias",
    "m.room.encryption",
)


def stripped(room: Room, invitation: Event | None = None) -> list[dict[str, object]]:
    """Return what somebody invited or knocking is told of a room (client-server API, "Stripped state")."""
    shown = [event for kind in STRIPPED if (event := room.state.get((kind, ""))) is not None]
    if invitation is not None:
        host = room.state.get((MEMBER, invitation.sender))
        shown += [host, invitation] if host is not None else [invitation]
    return [
        {"type": e.kind, "state_key": e.key, "sender": e.sender, "content": dict(e.content)} for e in shown
    ]
