"""The inbox: each event's id once, its content only until it is handled. Runs in the writer's transaction."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import cast

from sqlite_utils import Database

from crewhall.adapters.codec import compact, instant
from crewhall.ground.ids import EventId, RoomId
from crewhall.ports import Incoming

_COLUMNS = "row, room, id, event, at"


def take_in(db: Database, events: Sequence[Mapping[str, object]], at: datetime) -> list[Incoming]:
    """Store events by their ``event_id``; return those not known yet."""
    new, when, execute = [], instant(at), db.conn.execute
    for event in events:
        name, room = cast("EventId", event["event_id"]), cast("RoomId", event["room_id"])
        stored = execute(
            "INSERT OR IGNORE INTO inbox (id, room, at, event) VALUES (?, ?, ?, ?)",
            (name, room, when, compact(event)),
        )
        if stored.rowcount and stored.lastrowid is not None:
            new.append(Incoming(stored.lastrowid, room, name, event, at))
    return new


def waiting(db: Database, room: RoomId | None, limit: int) -> list[Incoming]:
    """Return events not handled yet, oldest first."""
    where, values = ("", ()) if room is None else ("AND room = ?", (room,))
    rows = db.execute(
        f"SELECT {_COLUMNS} FROM inbox WHERE event IS NOT NULL {where} ORDER BY row LIMIT ?",  # noqa: S608
        (*values, limit),
    )
    return [
        Incoming(row, RoomId(room), EventId(name), json.loads(event), datetime.fromisoformat(at))
        for row, room, name, event, at in rows
    ]


def count(db: Database) -> int:
    """Return how many events are not handled yet."""
    return int(db.execute("SELECT count(*) FROM inbox WHERE event IS NOT NULL").fetchone()[0])


def handled(db: Database, row: int) -> None:
    """Erase the content of an event; its id stays."""
    db.execute("UPDATE inbox SET event = NULL WHERE row = ? AND event IS NOT NULL", (row,))


def prune(db: Database, before: datetime) -> None:
    """Drop the ids of events that were handled and came before then."""
    db.execute("DELETE FROM inbox WHERE event IS NULL AND at < ?", (instant(before),))
