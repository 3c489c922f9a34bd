"""The facts: appended under a cause that works once, on the version they were decided on."""

from collections.abc import Iterable
from datetime import datetime

from sqlite_utils import Database

from crewhall.adapters.codec import Codec, instant
from crewhall.adapters.people_table import People, token_of
from crewhall.errors import Stale
from crewhall.ground.facts import Recorded, Stream
from crewhall.ports import Entry

_SELECT = "SELECT seq, stream, version, cause, at, kind, body FROM facts"


def is_known(db: Database, cause: str) -> bool:
    """Return whether something was committed under this cause."""
    return (
        db.execute(
            "SELECT 1 FROM facts WHERE cause = ?1 UNION ALL SELECT 1 FROM causes WHERE cause = ?1 LIMIT 1",
            (cause,),
        ).fetchone()
        is not None
    )


def append(db: Database, codec: Codec, entry: Entry, people: People) -> tuple[Recorded, ...]:
    """Append an entry's facts, or remember its cause if it has none; raise `Stale`."""
    versions: dict[Stream, int] = {}
    for writing in entry.facts:
        found = versions.setdefault(writing.stream, _version(db, writing.stream))
        if writing.expected is not None and writing.expected != found:
            raise Stale(writing.stream, writing.expected, found)
    if not entry.facts:
        db.execute("INSERT INTO causes (cause, at) VALUES (?, ?)", (entry.cause, instant(entry.at)))
    new = []
    seq = int(db.execute("SELECT coalesce(max(seq), 0) FROM facts").fetchone()[0])
    for n, writing in enumerate(entry.facts):
        versions[writing.stream] += 1
        version = versions[writing.stream]
        kind, body = codec.write(writing.fact, people.token)
        seq += 1
        db.execute(
            "INSERT INTO facts (seq, stream, version, kind, cause, n, at, body)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (seq, writing.stream, version, kind, entry.cause, n, instant(entry.at), body),
        )
        new.append(Recorded(seq, writing.stream, version, entry.cause, entry.at, writing.fact))
    return tuple(new)


def since(db: Database, codec: Codec, seq: int) -> list[Recorded]:
    """Return all records after `seq`."""
    return list(_read(db, codec, db.execute(f"{_SELECT} WHERE seq > ? ORDER BY seq", (seq,))))


def caused_by(db: Database, codec: Codec, cause: str) -> tuple[Recorded, ...]:
    """Return the records of one cause."""
    return tuple(_read(db, codec, db.execute(f"{_SELECT} WHERE cause = ? ORDER BY n", (cause,))))


def naming(db: Database, person: str) -> dict[str, int]:
    """Return how many records name a person, by kind."""
    token = token_of(db, person)
    if token is None:
        return {}
    rows = db.execute("SELECT kind, count(*) FROM facts WHERE instr(body, ?) GROUP BY kind", (token,))
    return {str(kind): int(count) for kind, count in rows}


def prune(db: Database, before: datetime) -> None:
    """Drop events' causes that wrote no facts before then; other causes may come back at any time."""
    db.execute("DELETE FROM causes WHERE at < ? AND cause LIKE '$%'", (instant(before),))


def _version(db: Database, stream: Stream) -> int:
    found = db.execute("SELECT max(version) FROM facts WHERE stream = ?", (stream,)).fetchone()[0]
    return int(found or 0)


def _read(
    db: Database, codec: Codec, rows: Iterable[tuple[int, str, int, str, str, str, str]]
) -> Iterable[Recorded]:
    people = People(db)
    for seq, stream, version, cause, at, kind, body in rows:
        fact = codec.read(kind, body, people.name)
        yield Recorded(seq, Stream(stream), version, cause, datetime.fromisoformat(at), fact)
