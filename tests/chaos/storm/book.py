"""A ledger's file read by nobody else's code: facts, what was taken in, what was said.

Nothing of the service is used here, so that what it forgets or misreads cannot be forgotten twice.
"""

import json
import re
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from crewhall.charter.model import Charter

_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d")


@dataclass(frozen=True)
class Record:
    """One fact; its class is made up from its kind."""

    seq: int
    stream: str
    version: int
    cause: str
    at: datetime
    fact: Any


@dataclass(frozen=True)
class Said:
    """One row of what was to be said. `ack` is a reaction; `event` is answered."""

    cause: str
    part: int
    target: str
    event: str | None
    ack: str
    sent_room: str | None
    sent: str | None
    given_up: bool

    @property
    def waits(self) -> bool:
        return self.sent is None and not self.given_up


@dataclass(frozen=True)
class Book:
    """All of it. `inbox` tells which events were taken in, and whether each waits still."""

    sound: bool
    records: tuple[Record, ...]
    causes: frozenset[str]
    inbox: dict[str, bool]
    said: tuple[Said, ...]


def read(path: Path) -> Book:
    """Read a ledger, also beside a running service."""
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=20)) as db:
        db.execute("BEGIN")
        people = dict(db.execute("SELECT token, mxid FROM people"))
        facts = db.execute("SELECT seq, stream, version, cause, at, kind, body FROM facts ORDER BY seq")
        records = tuple(
            Record(seq, stream, version, cause, datetime.fromisoformat(at), _fact(kind, body, people))
            for seq, stream, version, cause, at, kind, body in facts
        )
        causes = {cause for (cause,) in db.execute("SELECT cause FROM causes")}
        inbox = {name: waits == 1 for name, waits in db.execute("SELECT id, event IS NOT NULL FROM inbox")}
        said = db.execute(
            "SELECT cause, part, target, event, ack, sent_room, sent, given_up FROM outbox ORDER BY row"
        )
        rows = tuple(Said(*row[:7], bool(row[7])) for row in said)
        sound = db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    return Book(sound, records, frozenset(causes | {one.cause for one in records}), inbox, rows)


def waits(path: Path) -> int:
    """Return how much is still to be heard or to be said."""
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=20)) as db:
        heard = db.execute("SELECT count(*) FROM inbox WHERE event IS NOT NULL").fetchone()[0]
        said = db.execute("SELECT count(*) FROM outbox WHERE sent IS NULL AND given_up = 0").fetchone()[0]
    return int(heard) + int(said)


def _fact(kind: str, body: str, people: dict[str, str]) -> Any:
    told = {name: _value(name, value, people) for name, value in json.loads(body).items()}
    return type(kind, (SimpleNamespace,), {})(**told)


def _value(name: str, value: Any, people: dict[str, str]) -> Any:
    match value:
        case dict() if name == "charter":
            return Charter.model_validate(value)
        case dict():
            return SimpleNamespace(**{str(k): _value(str(k), v, people) for k, v in value.items()})
        case list():
            return [_value("", one, people) for one in value]
        case str() if _INSTANT.match(value):
            return datetime.fromisoformat(value)
        case str():
            return people.get(value, value)
        case _:
            return value
