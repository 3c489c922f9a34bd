"""One homeserver's memory: rooms, people, aliases and everything that was said, kept by the rules.

A `World` is synchronous and has no faults of its own: each call is done at once, or refused with
`Refused`. `FakeHomeserver` and the wire in front of it add waiting, faults and errors. People of other
servers live in the same world; a server named in `unreachable` cannot be invited to.

What it answers follows Synapse 1.163: identical state by the same sender is the existing event, a repeated
transaction id is the first event (per path and *application service*, whoever speaks), room ids of
version 12 carry no server.
"""

import base64
import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from crewhall.ground.ids import EventId, RoomId, UserId, server
from crewhall.ground.rooms import Content
from crewhall.ports import Clock
from crewhall.testing import rules
from crewhall.testing.clock import ToldClock
from crewhall.testing.directory import Directory
from crewhall.testing.events import CANONICAL, FORBIDDEN, MEMBER, REDACTION, UNKNOWN, Event, Refused, Room
from crewhall.testing.sight import stripped, visible
from crewhall.testing.wording import check_event, redacted

SERVER = "hall.test"


@dataclass(frozen=True, slots=True)
class Asker:
    """Who calls: a user, and the application service that speaks as them, if any."""

    user: UserId
    service: str | None = None


class World:
    """Everything that one homeserver knows. `log` is every event in order; `listeners` hear each one."""

    def __init__(self, name: str = SERVER, clock: Clock | None = None, version: str = "12") -> None:
        self.server = name
        self.clock: Clock = clock or ToldClock(hurried=True)
        self.version = version
        self.rooms: dict[RoomId, Room] = {}
        self.events: dict[EventId, Event] = {}
        self.log: list[EventId] = []
        self.directory = Directory(name)
        self.unreachable: set[str] = set()
        self.listeners: list[Callable[[Event], None]] = []
        self._where: dict[UserId, dict[RoomId, str]] = {}
        self._done: dict[tuple[str, str], EventId] = {}
        self._reactions: set[tuple[str, str, str]] = set()
        self._made = 0

    def asker(self, user: UserId) -> Asker:
        """Return how this user speaks: through the service whose namespace they are in, or themselves."""
        service = self.directory.service_of(user)
        return Asker(user, service.id if service else None)

    def room(self, room: str) -> Room:
        """Return a room; refused as Synapse refuses a room that it does not know."""
        found = self.rooms.get(RoomId(room))
        if found is None:
            raise Refused(403, FORBIDDEN, f"User not in room {room}, or room unknown")
        return found

    def memberships(self, person: UserId) -> Mapping[RoomId, str]:
        """Return the rooms that a person has to do with, and how."""
        return self._where.get(person, {})

    def state(self, asker: Asker, room: str) -> list[Event]:
        """List a room's state: as it is for members, as it was when they left for those who were."""
        return list(visible(self.room(room), asker.user).values())

    def content(self, asker: Asker, room: str, kind: str, key: str = "") -> Content:
        """Return the content of one state event."""
        event = visible(self.room(room), asker.user).get((kind, key))
        if event is None:
            raise Refused(404, "M_NOT_FOUND", "Event not found.")
        return event.content

    def put_state(self, asker: Asker, room: str, kind: str, key: str, content: Content) -> EventId:
        """Write a state event, or return the one that already says the same."""
        if kind == MEMBER:
            reason = content.get("reason")
            return self.become(
                asker,
                room,
                UserId(key),
                str(content.get("membership")),
                reason if isinstance(reason, str) else "",
                direct=content.get("is_direct") is True,
            )
        place = self.room(room)
        check_event(kind, key, content, place.id)
        rules.must_be_in(place, asker.user)
        if (same := _same(place, asker.user, kind, key, content)) is not None:
            return same
        rules.may_send(place, asker.user, kind, key, content)
        if kind == CANONICAL:
            self.directory.check_canonical(place.id, content, place.content(CANONICAL) or {})
        return self.append(place, asker.user, kind, content, key).id

    def send(self, asker: Asker, room: str, kind: str, content: Content, txn: str) -> EventId:
        """Send a message event, once for each transaction id."""
        if (first := self._done.get(done := _once(asker, f"{room}/send/{kind}/{txn}"))) is not None:
            return first
        if kind == REDACTION:
            target = content.get("redacts")
            return self.redact(asker, room, EventId(str(target)), txn)
        place = self.room(room)
        check_event(kind, None, content, place.id)
        rules.may_send(place, asker.user, kind, None, content)
        self._relate(asker.user, kind, content)
        event = self.append(place, asker.user, kind, content)
        self._done[done] = event.id
        return event.id

    def redact(self, asker: Asker, room: str, event: EventId, txn: str, reason: str = "") -> EventId:
        """Take an event back: its content goes, that it was stays."""
        if (first := self._done.get(done := _once(asker, f"{room}/redact/{event}/{txn}"))) is not None:
            return first
        place = self.room(room)
        rules.may_send(place, asker.user, REDACTION, None, {})
        target = self.events.get(event)
        if target is None or target.room != place.id:
            raise Refused(404, "M_NOT_FOUND", f"Could not find event {event}")
        if target.kind == "m.room.create":
            raise Refused(403, FORBIDDEN, "Redacting create events is not permitted")
        rules.may_redact(place, asker.user, target.sender)
        content: dict[str, object] = {"redacts": event} | ({"reason": reason} if reason else {})
        said = self.append(place, asker.user, REDACTION, content, redacts=event)
        self._blank(place, target, said)
        self._done[done] = said.id
        return said.id

    def become(
        self,
        asker: Asker,
        room: str,
        person: UserId,
        membership: str,
        reason: str = "",
        *,
        direct: bool = False,
    ) -> EventId:
        """Change somebody's membership; the same change by the same sender is the existing event."""
        place = self.room(room)
        content: dict[str, object] = {"membership": membership}
        if membership in {"join", "invite", "knock"}:
            content |= self.directory.profiles.get(person, {})
        if reason:
            content["reason"] = reason
        if direct:
            content["is_direct"] = True
        if place.membership(person) == "ban" and membership not in {"ban", "leave"}:
            raise Refused(403, "M_BAD_STATE", f"Cannot {membership} user who was banned")
        vouches = None
        if membership == "join" and rules.needs_voucher(place, asker.user):
            vouches = rules.voucher(place, self.memberships(asker.user), self.unreachable)
        if vouches is not None:
            content["join_authorised_via_users_server"] = vouches
        if (same := _same(place, asker.user, MEMBER, person, content)) is not None:
            return same
        rules.may_become(place, asker.user, person, membership, vouches)
        if membership == "invite" and server(person) in self.unreachable:
            raise Refused(502, UNKNOWN, "Can't connect to server")
        told = stripped(place, place.state.get((MEMBER, asker.user)))
        shown = {f"{membership}_room_state": told} if membership in {"invite", "knock"} else {}
        return self.append(place, asker.user, MEMBER, content, person, unsigned=shown).id

    def kick(self, asker: Asker, room: str, person: UserId, reason: str = "") -> EventId:
        """Remove somebody who is in, invited or knocking; refused if they are none of these."""
        match self.room(room).membership(person):
            case "join" | "invite" | "knock":
                return self.become(asker, room, person, "leave", reason)
            case before:
                code = "M_BAD_STATE" if before == "ban" else FORBIDDEN
                raise Refused(403, code, "The target user is not in the room")

    def unban(self, asker: Asker, room: str, person: UserId) -> EventId:
        """Lift a ban; of somebody who never had to do with the room, it is a removal like any other."""
        if self.room(room).membership(person) not in {"ban", ""}:
            raise Refused(403, "M_BAD_STATE", "Cannot unban user who was not banned")
        return self.become(asker, room, person, "leave")

    def enter(self, asker: Asker, room: str) -> RoomId:
        """Join a room by id or alias."""
        return self._at_the_door(asker, room, "join", "")

    def leave(self, asker: Asker, room: str, reason: str = "") -> None:
        """Leave a room, decline an invitation or take a knock back."""
        if RoomId(room) not in self.rooms:
            raise Refused(404, "M_NOT_FOUND", "Not a known room")
        self.become(asker, room, asker.user, "leave", reason)

    def knock(self, asker: Asker, room: str, reason: str = "") -> RoomId:
        """Ask to be let in."""
        return self._at_the_door(asker, room, "knock", reason)

    def set_profile(self, asker: Asker, field: str, value: str) -> None:
        """Change one's display name or picture; every room one is in tells it."""
        self.directory.profiles.setdefault(asker.user, {})[field] = value
        for room, membership in list(self.memberships(asker.user).items()):
            if membership == "join":
                self.become(asker, room, asker.user, "join")

    def append(
        self,
        room: Room,
        sender: UserId,
        kind: str,
        content: Content,
        key: str | None = None,
        *,
        redacts: EventId | None = None,
        unsigned: Content | None = None,
    ) -> Event:
        """Write an event down without asking any rule, and tell the listeners."""
        former = None if key is None else room.state.get((kind, key))
        event = Event(
            id=EventId(f"${self.mint()}"),
            room=room.id,
            kind=kind,
            sender=sender,
            content=json.loads(json.dumps(content)),
            at=int(self.clock.now().timestamp() * 1000),
            order=len(self.log),
            key=key,
            redacts=redacts,
            replaces=former.id if former else None,
            before=former.content if former else None,
            unsigned=unsigned or {},
        )
        self.events[event.id] = event
        self.log.append(event.id)
        room.timeline.append(event)
        if key is not None:
            room.state[kind, key] = event
        if kind == MEMBER and key is not None:
            self._moved(room, UserId(key), event.membership)
        for listener in self.listeners:
            listener(event)
        return event

    def mint(self) -> str:
        """Return a fresh opaque name of 43 characters, the same in every run."""
        self._made += 1
        digest = hashlib.sha256(f"{self.server}/{self._made}".encode()).digest()
        return base64.urlsafe_b64encode(digest).decode().rstrip("=")

    def _at_the_door(self, asker: Asker, room: str, membership: str, reason: str) -> RoomId:
        named = self.directory.resolve(room) if room.startswith("#") else RoomId(room)
        if named not in self.rooms or not self.rooms[named].joined:
            raise Refused(404, UNKNOWN, "No servers that are in the room have been provided.")
        self.become(asker, named, asker.user, membership, reason)
        return named

    def _relate(self, sender: UserId, kind: str, content: Content) -> None:
        relation = content.get("m.relates_to")
        if kind != "m.reaction" or not isinstance(relation, Mapping):
            return
        mark = (str(relation.get("event_id")), str(relation.get("key")), sender)
        if mark in self._reactions:
            raise Refused(400, "M_DUPLICATE_ANNOTATION", "Can't send same reaction twice")
        self._reactions.add(mark)

    def _blank(self, room: Room, target: Event, said: Event) -> None:
        relation = target.content.get("m.relates_to")
        if isinstance(relation, Mapping):
            self._reactions.discard((str(relation.get("event_id")), str(relation.get("key")), target.sender))
        bare = replace(
            target,
            content=redacted(target.kind, target.content),
            unsigned={"redacted_because": said.seen()},
        )
        self.events[target.id] = bare
        room.timeline[room.timeline.index(target)] = bare
        if target.key is not None and room.state.get((target.kind, target.key)) is target:
            room.state[target.kind, target.key] = bare

    def _moved(self, room: Room, person: UserId, membership: str) -> None:
        self._where.setdefault(person, {})[room.id] = membership
        if membership == "join":
            room.joined.add(person)
        else:
            room.joined.discard(person)


def _once(asker: Asker, path: str) -> tuple[str, str]:
    return asker.service or asker.user, path


def _same(room: Room, sender: UserId, kind: str, key: str, content: Content) -> EventId | None:
    standing = room.state.get((kind, key))
    if standing is None or standing.sender != sender or standing.content != content:
        return None
    return standing.id
