"""The ledger in one SQLite file: keeps the promises of `crewhall.ports.Ledger` through crashes.

Write-ahead log, every commit synced to disk. Another process may write to the same file meanwhile.
"""

import os
import sqlite3
from collections.abc import AsyncIterator, Collection, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path

from sqlite_utils import Database

from crewhall.adapters import facts_table, inbox_table, outbox_table
from crewhall.adapters.codec import Codec
from crewhall.adapters.forgetting import forget, scrub
from crewhall.adapters.lapsing import lapse
from crewhall.adapters.migrations import migrate
from crewhall.adapters.people_table import People
from crewhall.adapters.writer import Writer
from crewhall.errors import InTheWay, Unreadable
from crewhall.ground.facts import Fact, Recorded
from crewhall.ground.ids import EventId, RoomId, UserId
from crewhall.ground.talk import Card
from crewhall.ports import Entry, Incoming, Measures, Outgoing, Posted

PATIENCE = 10.0
"""Seconds to wait while another process writes."""


class SqliteLedger:
    """Implements `crewhall.ports.Ledger`; made by `open`.

    Besides what the port says every method raises `TryLater` if the file cannot be used now (busy, disk
    full), `Misconfigured` if it is damaged or was written by a newer Crewhall.
    """

    def __init__(self, writer: Writer, codec: Codec, path: Path) -> None:
        self._writer = writer
        self._codec = codec
        self._path = path

    @classmethod
    @asynccontextmanager
    async def open(cls, path: Path, facts: Iterable[type[Fact]]) -> AsyncIterator["SqliteLedger"]:
        """Open the file, made readable to its owner alone if there is none, and close it at the end.

        `facts` are all kinds that it may hold. Raises `Misconfigured` with one sentence for the operator.
        """
        writer = Writer(lambda: _connect(path))
        await writer.open()
        try:
            yield cls(writer, Codec(facts), path)
        finally:
            await writer.close()

    async def commit(self, entry: Entry) -> tuple[Recorded, ...]:
        """Append; return the records (the earlier ones if the cause is known). Raises `Stale`."""
        return await self._writer.write(lambda db: _commit(db, self._codec, entry))

    async def since(self, seq: int) -> Sequence[Recorded]:
        """Return all records after `seq`, in order."""
        return await self._writer.read(lambda db: facts_table.since(db, self._codec, seq))

    async def caused_by(self, cause: str) -> tuple[Recorded, ...]:
        """Return the records that this cause wrote."""
        return await self._writer.read(lambda db: facts_table.caused_by(db, self._codec, cause))

    async def take_in(self, events: Sequence[Mapping[str, object]], at: datetime) -> Sequence[Incoming]:
        """Keep events durably, each id once; return those that were new, in order."""
        if not events:
            return []
        return await self._writer.write(lambda db: inbox_table.take_in(db, events, at))

    async def waiting(self, room: RoomId | None = None, limit: int = 100) -> Sequence[Incoming]:
        """Return unhandled events, oldest first, of one room or of all."""
        return await self._writer.read(lambda db: inbox_table.waiting(db, room, limit))

    async def handled(self, row: int) -> None:
        """Mark an inbox row done and erase its content."""
        await self._writer.write(lambda db: inbox_table.handled(db, row))

    async def unsaid(self, limit: int = 100, after: int = 0) -> Sequence[Outgoing]:
        """Return messages not sent yet, oldest first: those behind the row `after`."""
        return await self._writer.read(lambda db: outbox_table.unsaid(db, limit, after))

    async def said(self, row: int, room: RoomId, event: EventId) -> None:
        """Mark a message as sent; its text is erased, its card stays."""
        await self._writer.write(lambda db: outbox_table.said(db, row, room, event))

    async def unsay(self, row: int) -> None:
        """Give a message up for good."""
        await self._writer.write(lambda db: outbox_table.unsay(db, row))

    async def card(self, room: RoomId, event: EventId) -> Posted | None:
        """Return the card that this message is, as it was said last; None if it is none of ours."""
        return await self._writer.read(lambda db: outbox_table.card(db, room, event))

    async def posted(self, card: Card) -> Sequence[Posted]:
        """Return where a card of this kind and subject stands, each message once."""
        return await self._writer.read(lambda db: outbox_table.posted(db, card))

    async def forget(self, person: UserId) -> None:
        """Erase who somebody was, down to the bytes of the file; what was decided stays under a token."""
        await self._writer.write(lambda db: forget(db, person))
        await self._writer.alone(lambda db: scrub(db, self._path))

    async def lapse(self, records: Collection[int], seen: int) -> None:
        """Empty these records, down to the bytes of the file; raises `Stale` unless `seen` is the last."""
        await self._writer.write(lambda db: lapse(db, records, seen))
        await self._writer.alone(lambda db: scrub(db, self._path))

    async def naming(self, person: UserId) -> Mapping[str, int]:
        """Return how many records name a person, by kind."""
        return await self._writer.read(lambda db: facts_table.naming(db, person))

    async def measure(self) -> Measures:
        """Return how much waits."""
        return await self._writer.read(lambda db: Measures(inbox_table.count(db), outbox_table.count(db)))

    async def prune(self, before: datetime) -> None:
        """Drop what was only kept to know it again: ids of events handled and rows sent before then."""

        def work(db: Database) -> None:
            for table in (inbox_table, outbox_table, facts_table):
                table.prune(db, before)

        await self._writer.write(work)


def _commit(db: Database, codec: Codec, entry: Entry) -> tuple[Recorded, ...]:
    if facts_table.is_known(db, entry.cause):
        records = facts_table.caused_by(db, codec, entry.cause)
    else:
        people = People(db)
        records = facts_table.append(db, codec, entry, people)
        outbox_table.speak(db, entry, people)
    if entry.handled is not None:
        inbox_table.handled(db, entry.handled)
    return records


def _connect(path: Path) -> Database:
    new = not path.exists()
    try:
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    except OSError as error:
        told = f"The ledger {path} cannot be opened: {error.strerror}."
        trouble = Unreadable(told) if path.exists() else InTheWay(told)
        raise trouble from error
    db = Database(sqlite3.connect(path, timeout=PATIENCE, isolation_level=None))
    try:
        for pragma in ("synchronous = FULL", "secure_delete = ON", "temp_store = MEMORY"):
            db.execute(f"PRAGMA {pragma}")
        migrate(db, path)
        db.execute("PRAGMA journal_mode = WAL")  # changes the file: not before it is known as ours
    except BaseException:
        db.close()
        if new and path.stat().st_size == 0:  # there was no room for the first page: leave nothing
            path.unlink()
        raise
    return db
