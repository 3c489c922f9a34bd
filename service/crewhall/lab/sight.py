"""What one person's own client has shown them so far, and how to wait for more of it."""

import asyncio
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from crewhall.errors import TryLater

T = TypeVar("T")
SHOWN = 3


@dataclass(frozen=True, slots=True)
class Seen:
    """An event as the person's client shows it. `key` is the state key, None for what is not state.

    `secret`: it came encrypted and was decrypted by this person's device.
    """

    room: str
    id: str
    sender: str
    kind: str
    content: Mapping[str, object]
    key: str | None = None
    secret: bool = False

    @property
    def text(self) -> str:
        """The words of a message (of an edit: the new ones), "" for anything else."""
        new = self.content.get("m.new_content")
        body = (new if isinstance(new, Mapping) else self.content).get("body")
        return body if isinstance(body, str) else ""

    @property
    def quiet(self) -> bool:
        """Whether it is a notice."""
        return self.content.get("msgtype") == "m.notice"

    @property
    def edits(self) -> str:
        """The event that it edits, "" if none."""
        return self._related("m.replace")

    @property
    def reacts_to(self) -> str:
        """The event that it is a reaction to, "" if none."""
        return self._related("m.annotation")

    @property
    def reaction(self) -> str:
        """The key of a reaction without variation selector, "" for anything else."""
        relation = self.content.get("m.relates_to")
        key = relation.get("key") if isinstance(relation, Mapping) else None
        return key.replace("\ufe0f", "") if isinstance(key, str) else ""

    @property
    def replies_to(self) -> str:
        """The event that it replies to, "" if none."""
        relation = self.content.get("m.relates_to")
        reply = relation.get("m.in_reply_to") if isinstance(relation, Mapping) else None
        event = reply.get("event_id") if isinstance(reply, Mapping) else None
        return event if isinstance(event, str) else ""

    @property
    def mentions(self) -> tuple[str, ...]:
        """The people it mentions."""
        found = self.content.get("m.mentions")
        people = found.get("user_ids") if isinstance(found, Mapping) else None
        return tuple(str(person) for person in people) if isinstance(people, list) else ()

    def _related(self, how: str) -> str:
        relation = self.content.get("m.relates_to")
        if not isinstance(relation, Mapping) or relation.get("rel_type") != how:
            return ""
        return str(relation.get("event_id", ""))


@dataclass(frozen=True, slots=True)
class Invitation:
    """An invitation as the client shows it before it is accepted."""

    room: str
    inviter: str
    name: str = ""
    topic: str = ""
    space: bool = False
    encrypted: bool = False
    direct: bool = False


@dataclass(slots=True)
class Sight:
    """All that a person has seen: events in order, invitations that wait, the rooms they are in.

    `who` is the person; `trouble` is why they see nothing any more, None while all is well.
    """

    who: str
    events: list[Seen] = field(default_factory=list)
    invited: dict[str, Invitation] = field(default_factory=dict)
    joined: set[str] = field(default_factory=set)
    names: dict[str, str] = field(default_factory=dict)
    trouble: BaseException | None = None
    _changed: asyncio.Event = field(default_factory=asyncio.Event)

    def changed(self) -> None:
        """Wake those who wait."""
        self._changed.set()
        self._changed = asyncio.Event()

    def take(self, seen: Seen) -> None:
        """Add an event."""
        self.events.append(seen)
        if seen.kind == "m.room.name" and seen.key == "":
            self.names[seen.room] = str(seen.content.get("name", ""))

    def take_sync(self, raw: Mapping[str, object], clear: Mapping[str, Mapping[str, object]]) -> None:
        """Add a sync answer; `clear` holds the decrypted form of events by id."""
        rooms = _mapping(raw.get("rooms"))
        for room, info in _mapping(rooms.get("join")).items():
            self.joined.add(room)
            self.invited.pop(room, None)
            self._take_room(room, _mapping(info), clear)
        for room, info in _mapping(rooms.get("invite")).items():
            self.joined.discard(room)
            self._take_invitation(_invitation(room, self.who, _events(_mapping(info), "invite_state")))
        for room, info in _mapping(rooms.get("leave")).items():
            self.joined.discard(room)
            self.invited.pop(room, None)
            self._take_room(room, _mapping(info), clear)

    def _take_invitation(self, invitation: Invitation) -> None:
        """Add an invitation, and as what it is seen as: an event without an id of its own."""
        room = invitation.room
        self.invited[room] = invitation
        if invitation.name:
            self.names[room] = invitation.name
        shown = {"membership": "invite"}
        self.take(Seen(room, f"invitation to {room}", invitation.inviter, "m.room.member", shown, self.who))

    def _take_room(
        self, room: str, info: Mapping[str, object], clear: Mapping[str, Mapping[str, object]]
    ) -> None:
        for event in (*_events(info, "state"), *_events(info, "timeline")):
            opened = clear.get(str(event.get("event_id")))
            self.take(seen(room, opened or event, secret=opened is not None))

    def since(self, mark: int, room: str | None = None) -> Iterator[Seen]:
        """Return the events after a mark (a count of events), of one room or of all."""
        return (seen for seen in self.events[mark:] if room is None or seen.room == room)

    async def until(self, look: Callable[[], T | None], within: float, what: str) -> T:
        """Return what `look` finds, once it finds something; raise `TryLater` after `within` seconds."""
        ends = time.monotonic() + within
        while True:
            waking = self._changed
            found = look()
            if found is not None:
                return found
            if self.trouble is not None:
                raise TryLater(f"{self.who} sees nothing any more: {self.trouble}") from self.trouble
            try:
                async with asyncio.timeout(ends - time.monotonic()):
                    await waking.wait()
            except TimeoutError:
                raise TryLater(f"{self.who} did not see {what} within {within:g} s; {self._last()}") from None

    def _last(self) -> str:
        said = [f"{seen.sender}: {seen.text!r}" for seen in self.events if seen.text]
        return f"the last words seen were {'; '.join(said[-SHOWN:])}" if said else "no words were seen"


def seen(room: str, event: Mapping[str, object], *, secret: bool = False) -> Seen:
    """Return a raw client-format event as it is seen."""
    key = event.get("state_key")
    return Seen(
        room=room,
        id=str(event.get("event_id")),
        sender=str(event.get("sender")),
        kind=str(event.get("type")),
        content=_mapping(event.get("content")),
        key=key if isinstance(key, str) else None,
        secret=secret,
    )


def _mapping(value: object) -> Mapping[str, object]:
    return value if isinstance(value, Mapping) else {}


def _events(info: Mapping[str, object], part: str) -> list[Mapping[str, object]]:
    events = _mapping(info.get(part)).get("events")
    return [_mapping(event) for event in events] if isinstance(events, list) else []


def _invitation(room: str, who: str, state: list[Mapping[str, object]]) -> Invitation:
    found = {(str(e.get("type")), str(e.get("state_key"))): e for e in state}

    def said(kind: str, field_: str) -> str:
        return str(_mapping(found.get((kind, ""), {}).get("content")).get(field_, ""))

    mine = found.get(("m.room.member", who), {})
    return Invitation(
        room=room,
        inviter=str(mine.get("sender", "")),
        name=said("m.room.name", "name"),
        topic=said("m.room.topic", "topic"),
        space=said("m.room.create", "type") == "m.space",
        encrypted=("m.room.encryption", "") in found,
        direct=bool(_mapping(mine.get("content")).get("is_direct")),
    )


Test = Callable[[Seen], bool]
"""Says whether an event is the one that is waited for."""


def says(words: str, by: str | None = None) -> Test:
    """Match a message that contains `words`, whatever their case."""
    return lambda seen: words.casefold() in seen.text.casefold() and by in {None, seen.sender}


def becomes(person: str, membership: str) -> Test:
    """Match a change of somebody's membership."""
    return lambda seen: (
        seen.kind == "m.room.member" and seen.key == person and seen.content.get("membership") == membership
    )


def reacts(event: str, by: str | None = None) -> Test:
    """Match a reaction to an event."""
    return lambda seen: seen.reacts_to == event and by in {None, seen.sender}


def edits(event: str) -> Test:
    """Match an edit of an event."""
    return lambda seen: seen.edits == event
