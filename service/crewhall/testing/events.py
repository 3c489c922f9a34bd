"""What the fake homeserver's rooms are made of: events, the state that stands, and a homeserver's no."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from crewhall.ground.ids import EventId, RoomId, UserId
from crewhall.ground.rooms import Content
from crewhall.ground.seen import has_endless_creators

CREATE = "m.room.create"
MEMBER = "m.room.member"
POWERS = "m.room.power_levels"
JOINS = "m.room.join_rules"
REDACTION = "m.room.redaction"
CANONICAL = "m.room.canonical_alias"

KNOWN_VERSIONS = ("10", "11", "12")
"""The room versions that the fake knows; their rules differ here only in who creators are."""

FORBIDDEN = "M_FORBIDDEN"
UNKNOWN = "M_UNKNOWN"
"""The code of a Synapse error that has no code of its own."""


class Refused(Exception):
    """The homeserver's answer is no: HTTP status, Matrix error code, text, and how long to wait."""

    def __init__(self, status: int, code: str, why: str, after: timedelta | None = None) -> None:
        super().__init__(f"{status} {code}: {why}")
        self.status = status
        self.code = code
        self.why = why
        self.after = after


@dataclass(frozen=True, slots=True)
class Event:
    """One event. `key` is None for messages; `at` is in milliseconds; `order` counts over the server.

    `replaces` and `before` are the state event that stood there before, and its content.
    """

    id: EventId
    room: RoomId
    kind: str
    sender: UserId
    content: Content
    at: int
    order: int
    key: str | None = None
    redacts: EventId | None = None
    replaces: EventId | None = None
    before: Content | None = None
    unsigned: Content = field(default_factory=dict)

    @property
    def membership(self) -> str:
        """Return the membership that the event states, "" if it is none."""
        stated = self.content.get("membership")
        return stated if self.kind == MEMBER and isinstance(stated, str) else ""

    @property
    def told(self) -> dict[str, object]:
        """Return what the homeserver adds to the event: its ``unsigned`` part."""
        if self.replaces is None:
            return dict(self.unsigned)
        return {**self.unsigned, "replaces_state": self.replaces, "prev_content": dict(self.before or {})}

    def seen(self) -> dict[str, object]:
        """Return the event as a client reads it (client-server API, "Room event format")."""
        seen: dict[str, object] = {
            "type": self.kind,
            "room_id": self.room,
            "sender": self.sender,
            "content": dict(self.content),
            "event_id": self.id,
            "origin_server_ts": self.at,
            "unsigned": self.told,
        }
        if self.key is not None:
            seen["state_key"] = self.key
        if self.redacts is not None:
            seen["redacts"] = self.redacts
        return seen


@dataclass(slots=True)
class Room:
    """A room as its server holds it: what stands, and everything that was said, oldest first."""

    id: RoomId
    version: str
    state: dict[tuple[str, str], Event] = field(default_factory=dict)
    timeline: list[Event] = field(default_factory=list)
    joined: set[UserId] = field(default_factory=set)

    def content(self, kind: str, key: str = "") -> Content | None:
        """Return what stands under a state key, None if nothing does."""
        event = self.state.get((kind, key))
        return None if event is None else event.content

    def membership(self, person: str) -> str:
        """Return the membership of a person, "" if they never had any."""
        event = self.state.get((MEMBER, person))
        return "" if event is None else event.membership

    @property
    def creator(self) -> UserId:
        """Return who sent the create event."""
        return self.state[CREATE, ""].sender

    @property
    def creators(self) -> frozenset[UserId]:
        """Return those who stand above all levels: none up to room version 11."""
        if not has_endless_creators(self.version):
            return frozenset()
        more = (self.content(CREATE) or {}).get("additional_creators")
        listed = [UserId(u) for u in more if isinstance(u, str)] if isinstance(more, list) else []
        return frozenset((self.creator, *listed))

    @property
    def federates(self) -> bool:
        """Return whether people of other servers may take part."""
        return (self.content(CREATE) or {}).get("m.federate", True) is True

    @property
    def join_rule(self) -> str:
        """Return the join rule that stands, ``invite`` if none does."""
        rule = (self.content(JOINS) or {}).get("join_rule", "invite")
        return rule if isinstance(rule, str) else "invite"

    def levels(self, table: str) -> Mapping[str, int]:
        """Return one of the tables of the power levels (``users``, ``events``, ``notifications``)."""
        found = (self.content(POWERS) or {}).get(table)
        return found if isinstance(found, Mapping) else {}
