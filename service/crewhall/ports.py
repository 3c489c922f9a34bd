"""The narrow doors of the shell: what the flows need of the world, as protocols.

Every implementation of `Homeserver` and `Ledger` passes the suites of `crewhall.testing.contracts`.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from crewhall.ground.facts import Recorded, Writing
from crewhall.ground.ids import EventId, RoomId, UserId
from crewhall.ground.rooms import Content, NewRoom, RoomSeen
from crewhall.ground.talk import Card, Say


class Clock(Protocol):
    """Time, told from outside."""

    def now(self) -> datetime:
        """Return the present instant, aware UTC."""
        ...

    async def sleep(self, span: timedelta) -> None:
        """Wait."""
        ...


class Homeserver(Protocol):
    """A homeserver as one of its users (`me`) can use it.

    Every method raises `TryLater` after finite retries, `Denied` (or `NotThere`, `Taken`, `TokenRefused`)
    for good. `txn` makes a repeated call the same act.
    """

    @property
    def me(self) -> UserId:
        """Who speaks."""
        ...

    async def create_room(self, new: NewRoom) -> RoomId:
        """Make a room; raise `Taken` if the alias is in use. Not atomic on a real server."""
        ...

    async def find(self, alias: str) -> RoomId | None:
        """Return the room behind a full alias (``#local:server``), None if there is none."""
        ...

    async def readdress(self, alias: str, room: RoomId) -> None:
        """Let a full alias of ours lead to this room; on the way from another it leads nowhere."""
        ...

    async def unaddress(self, alias: str) -> None:
        """Let a full alias of ours lead nowhere; no error if it did not lead anywhere."""
        ...

    async def look(self, room: RoomId) -> RoomSeen:
        """Read the whole state of a room in one call; raise `Denied` if not in it."""
        ...

    async def state(self, room: RoomId, kind: str, key: str = "") -> Content | None:
        """Read one state event's content, None if there is none."""
        ...

    async def put_state(self, room: RoomId, kind: str, key: str, content: Content) -> EventId:
        """Write one state event. Identical content gives the existing event."""
        ...

    async def send(self, room: RoomId, kind: str, content: Content, txn: str) -> EventId:
        """Send an event once per `txn`."""
        ...

    async def redact(self, room: RoomId, event: EventId, txn: str) -> None:
        """Take an event back."""
        ...

    async def invite(self, room: RoomId, person: UserId, *, direct: bool = False) -> None:
        """Invite, `direct` to a private chat; a person who is already in or invited is no error."""
        ...

    async def remove(self, room: RoomId, person: UserId, reason: str) -> None:
        """Remove somebody, refuse a knock, or take an invitation back; no error if they are not in."""
        ...

    async def join(self, room: str, via: Sequence[str] = ()) -> RoomId:
        """Enter a room by id or alias."""
        ...

    async def leave(self, room: RoomId) -> None:
        """Leave a room or decline an invitation; no error if not in it."""
        ...

    async def joined(self) -> frozenset[RoomId]:
        """Return the rooms `me` is in."""
        ...


@dataclass(frozen=True, slots=True)
class Incoming:
    """An event as the inbox keeps it until it is handled. `event` is the raw client-format event.

    `at` is when we took it in; `row` orders the inbox.
    """

    row: int
    room: RoomId
    id: EventId
    event: Mapping[str, object]
    at: datetime


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A message that waits to be said, or was said.

    `row` is its key; `cause` with `part` (its place among what its cause says) never changes and is the
    source of the transaction id. `room` is where a reply goes; `event` is the event replied to. `sent` is
    the event that carries it, once sent. If `ack` is not empty there is nothing to say (`say` is then an
    empty `Reply`): it is a reaction on `event` in `room`.
    """

    row: int
    cause: str
    say: Say
    room: RoomId | None
    event: EventId | None
    asker: UserId | None
    at: datetime
    sent: EventId | None = None
    part: int = 0
    ack: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """One commit of the ledger: all of it is written, or nothing.

    `cause` makes it idempotent: a second commit with the same cause writes and says nothing new.
    `room`, `event` and `asker` tell where a `Reply` goes. `handled` is the inbox row that is done
    with (its content is erased). `ack` is a reaction on `event` in `room` as acknowledgement, "" for none.
    `expected` of each fact is the version that its stream has before this entry.
    """

    cause: str
    at: datetime
    facts: tuple[Writing, ...] = ()
    says: tuple[Say, ...] = ()
    room: RoomId | None = None
    event: EventId | None = None
    asker: UserId | None = None
    handled: int | None = None
    ack: str = ""


@dataclass(frozen=True, slots=True)
class Posted:
    """One of our cards as it stands in a room."""

    card: Card
    room: RoomId
    event: EventId


@dataclass(frozen=True, slots=True)
class Measures:
    """How much waits: events to be heard, messages to be said."""

    inbox: int
    outbox: int


class Ledger(Protocol):
    """The memory: facts, inbox, outbox. One writer; each method is one transaction."""

    async def commit(self, entry: Entry) -> tuple[Recorded, ...]:
        """Append; return the records (the earlier ones if `entry.cause` is known). Raises `Stale`."""
        ...

    async def since(self, seq: int) -> Sequence[Recorded]:
        """Return all records after `seq`, in order."""
        ...

    async def caused_by(self, cause: str) -> tuple[Recorded, ...]:
        """Return the records that this cause wrote."""
        ...

    async def take_in(self, events: Sequence[Mapping[str, object]], at: datetime) -> Sequence[Incoming]:
        """Keep events durably, each id once for ever; return those that were new, in order."""
        ...

    async def waiting(self, room: RoomId | None = None, limit: int = 100) -> Sequence[Incoming]:
        """Return unhandled events, oldest first, of one room or of all."""
        ...

    async def handled(self, row: int) -> None:
        """Mark an inbox row done and erase its content."""
        ...

    async def unsaid(self, limit: int = 100, after: int = 0) -> Sequence[Outgoing]:
        """Return messages not sent yet, oldest first: those behind the row `after`."""
        ...

    async def said(self, row: int, room: RoomId, event: EventId) -> None:
        """Mark a message as sent; its text is erased, its card stays."""
        ...

    async def unsay(self, row: int) -> None:
        """Give a message up for good (its room is gone, its person cannot be reached)."""
        ...

    async def card(self, room: RoomId, event: EventId) -> Posted | None:
        """Return the card that this message is, None if it is none of ours."""
        ...

    async def posted(self, card: Card) -> Sequence[Posted]:
        """Return where a card of this kind and subject stands."""
        ...

    async def forget(self, person: UserId) -> None:
        """Erase who somebody was; what was decided stays under a token."""
        ...

    async def naming(self, person: UserId) -> Mapping[str, int]:
        """Return how many records name a person, by kind."""
        ...

    async def measure(self) -> Measures:
        """Return how much waits."""
        ...

    async def lapse(self, records: Collection[int], seen: int) -> None:
        """Empty these records for good: they read as `Lapsed`. Raises `Stale` unless `seen` is the last."""
        ...

    async def prune(self, before: datetime) -> None:
        """Drop what was only kept to know it again: ids of events handled and rows sent before then."""
        ...
