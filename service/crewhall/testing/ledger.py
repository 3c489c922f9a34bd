"""A ledger in memory that keeps the promises of the real one: for fast tests, nothing survives it."""

import secrets
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass, replace
from datetime import datetime
from typing import TypeVar, cast

from crewhall.errors import Stale
from crewhall.ground.facts import Fact, Lapsed, Recorded, Stream
from crewhall.ground.ids import EventId, RoomId, UserId
from crewhall.ground.talk import Card, Reply, Say, Sentence, ToPerson
from crewhall.ports import Entry, Incoming, Measures, Outgoing, Posted

T = TypeVar("T")
NOTHING = Say(Reply(), Sentence(""))
"""What an acknowledgement says besides its reaction."""


@dataclass(slots=True)
class _Row:
    out: Outgoing
    given_up: bool = False


class MemoryLedger:
    """Implements `crewhall.ports.Ledger`.

    `fail_next`, if set, is raised by the next call in place of doing it: a full disk, a busy file.
    """

    def __init__(self) -> None:
        self.fail_next: Exception | None = None
        self.records: list[Recorded] = []
        self._versions: dict[Stream, int] = {}
        self._causes: dict[str, tuple[Recorded, ...]] = {}
        self._times: dict[str, datetime] = {}
        self._inbox: dict[int, Incoming] = {}
        self._ids: dict[EventId, tuple[int, datetime]] = {}
        self._outbox: dict[int, _Row] = {}
        self._cards: dict[int, Posted] = {}
        self._rows = 0

    async def commit(self, entry: Entry) -> tuple[Recorded, ...]:
        """Append; return the records (the earlier ones if the cause is known). Raises `Stale`."""
        self._maybe_fail()
        if entry.cause not in self._causes:
            for writing in entry.facts:
                found = self._versions.get(writing.stream, 0)
                if writing.expected is not None and writing.expected != found:
                    raise Stale(writing.stream, writing.expected, found)
            self._causes[entry.cause] = self._append(entry)
            self._times[entry.cause] = entry.at
            self._speak(entry)
        if entry.handled is not None:
            self._inbox.pop(entry.handled, None)
        return self._causes[entry.cause]

    async def since(self, seq: int) -> Sequence[Recorded]:
        """Return all records after `seq`, in order."""
        self._maybe_fail()
        return self.records[max(seq, 0) :]

    async def caused_by(self, cause: str) -> tuple[Recorded, ...]:
        """Return the records that this cause wrote."""
        self._maybe_fail()
        return self._causes.get(cause, ())

    async def take_in(self, events: Sequence[Mapping[str, object]], at: datetime) -> Sequence[Incoming]:
        """Keep events, each id once; return those that were new, in order."""
        self._maybe_fail()
        new = []
        for event in events:
            name = EventId(cast("str", event["event_id"]))
            if name in self._ids:
                continue
            self._rows += 1
            incoming = Incoming(self._rows, RoomId(cast("str", event["room_id"])), name, event, at)
            self._ids[name] = (incoming.row, at)
            self._inbox[incoming.row] = incoming
            new.append(incoming)
        return new

    async def waiting(self, room: RoomId | None = None, limit: int = 100) -> Sequence[Incoming]:
        """Return unhandled events, oldest first, of one room or of all."""
        self._maybe_fail()
        return [i for i in self._inbox.values() if room is None or i.room == room][:limit]

    async def handled(self, row: int) -> None:
        """Mark an inbox row done and erase its content."""
        self._maybe_fail()
        self._inbox.pop(row, None)

    async def unsaid(self, limit: int = 100, after: int = 0) -> Sequence[Outgoing]:
        """Return messages not sent yet, oldest first: those behind the row `after`."""
        self._maybe_fail()
        rows = (r.out for r in self._outbox.values() if r.out.sent is None and not r.given_up)
        return [out for out in rows if out.row > after][:limit]

    async def said(self, row: int, room: RoomId, event: EventId) -> None:
        """Mark a message as sent; its text is erased, its card stays."""
        self._maybe_fail()
        kept = self._outbox.get(row)
        if kept is None:
            return
        if kept.out.say.card is not None:
            self._cards[row] = Posted(kept.out.say.card, room, event)
        kept.out = replace(kept.out, sent=event, say=NOTHING)

    async def unsay(self, row: int) -> None:
        """Give a message up for good."""
        self._maybe_fail()
        if (kept := self._outbox.get(row)) is not None and kept.out.sent is None:
            kept.given_up = True
            kept.out = replace(kept.out, say=NOTHING)

    async def card(self, room: RoomId, event: EventId) -> Posted | None:
        """Return the card that this message is, as it was said last; None if it is none of ours."""
        self._maybe_fail()
        standing = [p for _, p in sorted(self._cards.items()) if (p.room, p.event) == (room, event)]
        return standing[-1] if standing else None

    async def posted(self, card: Card) -> Sequence[Posted]:
        """Return where a card of this kind and subject stands, each message once."""
        self._maybe_fail()
        name = (card.kind, card.subject)
        standing = [p for _, p in sorted(self._cards.items()) if (p.card.kind, p.card.subject) == name]
        return list({(p.room, p.event): p for p in standing}.values())

    async def forget(self, person: UserId) -> None:
        """Erase who somebody was; what was decided stays under a token."""
        self._maybe_fail()
        nobody = UserId(f"@forgotten-{secrets.token_hex(4)}:invalid")

        def unnamed(value: T) -> T:
            return _rename(value, lambda text: nobody if text == person else text)

        self.records = [unnamed(r) for r in self.records]
        self._causes = {c: tuple(self.records[r.seq - 1] for r in rs) for c, rs in self._causes.items()}
        self._inbox = {row: i for row, i in self._inbox.items() if person not in repr(i.event)}
        for row, kept in list(self._outbox.items()):
            to = kept.out.say.to
            if to == ToPerson(person) or (isinstance(to, Reply) and kept.out.asker == person):
                del self._outbox[row]
                self._cards.pop(row, None)
            else:
                kept.out = unnamed(kept.out)

    async def lapse(self, records: Collection[int], seen: int) -> None:
        """Empty these records: they read as `Lapsed`. Raises `Stale` unless `seen` is the last."""
        self._maybe_fail()
        if seen != len(self.records):
            raise Stale(Stream(""), seen, len(self.records))
        self.records = [replace(r, fact=Lapsed()) if r.seq in records else r for r in self.records]
        self._causes = {c: tuple(self.records[r.seq - 1] for r in rs) for c, rs in self._causes.items()}
        gone = {c for c, rs in self._causes.items() if rs and all(isinstance(r.fact, Lapsed) for r in rs)}
        self._cards = {
            row: posted
            for row, posted in self._cards.items()
            if any(
                self._outbox[other].out.cause not in gone
                for other, also in self._cards.items()
                if (also.card.kind, also.card.subject) == (posted.card.kind, posted.card.subject)
            )
        }

    async def naming(self, person: UserId) -> Mapping[str, int]:
        """Return how many records name a person, by kind."""
        self._maybe_fail()

        def unnamed(fact: Fact) -> Fact:
            return _rename(fact, lambda text: "" if text == person else text)

        return dict(Counter(type(r.fact).__name__ for r in self.records if unnamed(r.fact) != r.fact))

    async def measure(self) -> Measures:
        """Return how much waits."""
        return Measures(len(self._inbox), len(await self.unsaid(len(self._outbox))))

    async def prune(self, before: datetime) -> None:
        """Drop what was only kept to know it again."""
        self._maybe_fail()
        waiting = set(self._inbox)
        self._ids = {e: (row, at) for e, (row, at) in self._ids.items() if row in waiting or at >= before}
        for row, kept in list(self._outbox.items()):
            done = kept.given_up or kept.out.sent is not None
            if done and kept.out.at < before and row not in self._cards:
                del self._outbox[row]
        for cause, records in list(self._causes.items()):
            if not records and cause.startswith("$") and self._times[cause] < before:
                del self._causes[cause], self._times[cause]

    def _append(self, entry: Entry) -> tuple[Recorded, ...]:
        new = []
        for writing in entry.facts:
            version = self._versions.get(writing.stream, 0) + 1
            self._versions[writing.stream] = version
            seq = len(self.records) + 1
            recorded = Recorded(seq, writing.stream, version, entry.cause, entry.at, writing.fact)
            self.records.append(recorded)
            new.append(recorded)
        return tuple(new)

    def _speak(self, entry: Entry) -> None:
        acks = [(NOTHING, entry.ack)] if entry.ack else []
        for part, (say, ack) in enumerate([*acks, *((say, "") for say in entry.says)]):
            self._rows += 1
            self._outbox[self._rows] = _Row(
                Outgoing(
                    row=self._rows,
                    cause=entry.cause,
                    say=say,
                    room=entry.room,
                    event=entry.event,
                    asker=entry.asker,
                    at=entry.at,
                    part=part,
                    ack=ack,
                )
            )

    def _maybe_fail(self) -> None:
        if self.fail_next is not None:
            error, self.fail_next = self.fail_next, None
            raise error


def _rename(value: T, swap: Callable[[str], str]) -> T:
    """Return the same value with each whole text swapped."""
    changed: object = value
    if isinstance(value, str):
        changed = swap(value)
    elif isinstance(value, tuple | frozenset):
        changed = type(value)(_rename(v, swap) for v in value)
    elif isinstance(value, Mapping):
        changed = {_rename(k, swap): _rename(v, swap) for k, v in value.items()}
    elif is_dataclass(value) and not isinstance(value, type):
        changed = replace(value, **{f.name: _rename(getattr(value, f.name), swap) for f in fields(value)})
    return cast("T", changed)
