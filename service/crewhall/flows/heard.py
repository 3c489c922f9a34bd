"""An event from the inbox as the hearing reads it: every field is there and of the type it should have."""

from collections import OrderedDict
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from crewhall.ground.grammar import Line, parse
from crewhall.ground.hearsay import mapping, predecessor_of, text
from crewhall.ground.ids import EventId, RoomId, UserId
from crewhall.ground.rooms import Content
from crewhall.ports import Incoming

_REMEMBERED: Final = 1_000


@dataclass(frozen=True, slots=True)
class Heard:
    """An event. `key` is None unless it is state; `before` is the content that a state event replaced.

    `at` is when we took it in, `said` when its server says it was. `continues` is the room that an invitation
    says its own continues: nobody has checked that.
    """

    row: int
    id: EventId
    room: RoomId
    kind: str
    sender: UserId
    content: Content
    key: str | None
    at: datetime
    said: datetime
    before: Content
    redacts: EventId
    continues: RoomId


def read(incoming: Incoming) -> Heard:
    """Return the event; what is missing or of a wrong type is empty. Never raises."""
    event = incoming.event
    unsigned = mapping(event.get("unsigned"))
    content, key = mapping(event.get("content")), event.get("state_key")
    return Heard(
        row=incoming.row,
        id=incoming.id,
        room=incoming.room,
        kind=text(event.get("type")),
        sender=UserId(text(event.get("sender"))),
        content=content,
        key=key if isinstance(key, str) else None,
        at=incoming.at,
        said=_instant(event.get("origin_server_ts"), incoming.at),
        before=mapping(unsigned.get("prev_content") or event.get("prev_content")),
        redacts=EventId(text(event.get("redacts")) or text(content.get("redacts"))),
        continues=_continues(unsigned.get("invite_room_state")),
    )


def line_of(heard: Heard, me: UserId, name: str, *, private: bool) -> Line | None:
    """Return what was said to the keeper `me`, who is called `name`; None for notices, edits and chatter."""
    content = heard.content
    relation = mapping(content.get("m.relates_to"))
    if content.get("msgtype") != "m.text" or relation.get("rel_type") == "m.replace":
        return None
    mentioned = mapping(content.get("m.mentions")).get("user_ids")
    return parse(
        text(content.get("body")),
        text(content.get("formatted_body")) or None,
        me=me,
        name=name,
        mentioned=[UserId(text(one)) for one in mentioned] if isinstance(mentioned, list) else (),
        private=private,
    )


class Threads:
    """In which thread the latest commands were said, to be answered there; forgotten at a restart."""

    def __init__(self) -> None:
        self._roots: OrderedDict[EventId, EventId] = OrderedDict()

    def note(self, event: EventId, content: Content) -> None:
        """Remember the thread of a message, if it is in one."""
        relation = mapping(content.get("m.relates_to"))
        root = text(relation.get("event_id"))
        if relation.get("rel_type") == "m.thread" and root:
            self._roots[event] = EventId(root)
            if len(self._roots) > _REMEMBERED:
                self._roots.popitem(last=False)

    def root(self, event: EventId) -> EventId | None:
        """Return the first message of the thread that `event` was said in, None if it was in none."""
        return self._roots.get(event)


def _continues(stripped: object) -> RoomId:
    for one in map(mapping, stripped if isinstance(stripped, list) else ()):
        if one.get("type") == "m.room.create":
            return predecessor_of(mapping(one.get("content"))) or RoomId("")
    return RoomId("")


def _instant(stamp: object, otherwise: datetime) -> datetime:
    if not isinstance(stamp, int) or isinstance(stamp, bool):
        return otherwise
    try:
        return datetime.fromtimestamp(stamp / 1000, UTC)
    except (OverflowError, OSError, ValueError):
        return otherwise
