"""Empties records past their term: what they say, their cards, and names that nothing else has.

Their place stays: version, cause and instant, so that nothing is decided or written twice.
"""

import re
from collections.abc import Collection, Iterable
from typing import Final

from sqlite_utils import Database

from crewhall.errors import Stale
from crewhall.ground.facts import Lapsed, Stream

_KIND: Final = Lapsed.__name__
_TOKEN: Final = re.compile(r"person:[0-9a-f]{32}")


def lapse(db: Database, records: Collection[int], seen: int) -> None:
    """Empty these, in the writer's transaction; raise `Stale` if another record than `seen` is the last."""
    last = int(db.execute("SELECT coalesce(max(seq), 0) FROM facts").fetchone()[0])
    if last != seen:
        raise Stale(Stream(""), seen, last)
    tokens: set[str] = set()
    causes: dict[str, None] = {}
    for seq in sorted(records):
        for cause, body in db.execute("SELECT cause, body FROM facts WHERE seq = ?", (seq,)).fetchall():
            tokens.update(_TOKEN.findall(body))
            causes[cause] = None
        db.execute("UPDATE facts SET kind = ?, body = '{}' WHERE seq = ?", (_KIND, seq))
    tokens |= _without_cards(db, causes)
    for token in sorted(tokens):
        if not _is_named(db, token):
            db.execute("DELETE FROM people WHERE token = ?", (token,))


def _without_cards(db: Database, causes: Iterable[str]) -> set[str]:
    """Drop what was said with these causes alone; return who was named in that."""
    found: set[str] = set()
    for cause in causes:
        if not _is_empty(db, cause):
            continue
        rows = db.execute("SELECT row, card_kind, card_subject FROM outbox WHERE cause = ?", (cause,))
        for row, kind, subject in rows.fetchall():
            theirs = [row] if subject is None else _all_of(db, kind, subject)
            for one in theirs:
                told = db.execute("SELECT person, asker, say FROM outbox WHERE row = ?", (one,)).fetchone()
                found.update(_TOKEN.findall(" ".join(text or "" for text in told or ())))
                db.execute("DELETE FROM outbox WHERE row = ? AND (sent IS NOT NULL OR given_up = 1)", (one,))
    return found


def _all_of(db: Database, kind: str, subject: str) -> list[int]:
    """Return the rows of a card, none if a record that is still there has said it, too."""
    rows = db.execute(
        "SELECT row, cause FROM outbox WHERE card_subject = ? AND card_kind = ?", (subject, kind)
    ).fetchall()
    return [row for row, _ in rows] if all(_is_empty(db, cause) for _, cause in rows) else []


def _is_empty(db: Database, cause: str) -> bool:
    found = db.execute("SELECT 1 FROM facts WHERE cause = ? AND kind != ? LIMIT 1", (cause, _KIND))
    return found.fetchone() is None


def _is_named(db: Database, token: str) -> bool:
    found = db.execute(
        "SELECT 1 FROM facts WHERE instr(body, ?1) UNION ALL SELECT 1 FROM outbox"
        " WHERE person = ?1 OR asker = ?1 OR instr(coalesce(say, ''), ?1) LIMIT 1",
        (token,),
    )
    return found.fetchone() is not None
