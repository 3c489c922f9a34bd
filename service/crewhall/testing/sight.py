"""What somebody may see of a room: its state now, or as it was when they went."""

from collections.abc import Mapping

from crewhall.ground.ids import UserId
from crewhall.testing.events import FORBIDDEN, MEMBER, Event, Refused, Room

State = Mapping[tuple[str, str], Event]


def visible(room: Room, person: UserId) -> State:
    """Return the state that a person may read.

    Whoever has gone, or was let go before they came in, reads the state at that moment; the banned read
    nothing (Synapse 1.163, `check_user_in_room`).
    """
    if room.membership(person) == "join":
        return room.state
    if room.membership(person) == "leave":
        return _at(room, room.state[MEMBER, person])
    if (room.content("m.room.history_visibility") or {}).get("history_visibility") == "world_readable":
        return room.state
    raise Refused(403, FORBIDDEN, f"User {person} not in room {room.id}")


def _at(room: Room, last: Event) -> State:
    seen: dict[tuple[str, str], Event] = {}
    for event in room.timeline:
        if event.key is not None:
            seen[event.kind, event.key] = event
        if event.order == last.order:
            break
    return seen


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
