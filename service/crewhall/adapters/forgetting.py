"""Forgets a person: no byte of their id stays in the ledger's file, its log or its copies.

What was decided stays under a token that nobody can resolve. What was taken in and not handled, and
what waits to be said to them, goes. Texts that hold the id without a type to tell it (causes, the
charter in a founding) get the same stand-in as the token.
"""

import json
import re
import secrets
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote

from sqlite_utils import Database

from crewhall.adapters.codec import compact
from crewhall.adapters.migrations import backup_of
from crewhall.adapters.people_table import forgotten, token_of
from crewhall.errors import TryLater
from crewhall.ground.ids import UserId


def forget(db: Database, person: UserId) -> None:
    """Erase who somebody was, in the writer's transaction."""
    token = token_of(db, person) or secrets.token_hex(16)
    db.execute("DELETE FROM people WHERE mxid = ?", (person,))
    db.execute("DELETE FROM outbox WHERE person = ?1 OR (asker = ?1 AND target = 'reply')", (token,))
    db.execute("UPDATE outbox SET asker = NULL WHERE asker = ?", (token,))
    name = _Name(person, forgotten(token))
    for spelled in {person, quote(person)}:
        for row in name.rows(db, "inbox", "event", _escaped(spelled)):
            db.execute("UPDATE inbox SET event = NULL WHERE row = ?", (row,))
    for row in [
        *name.rows(db, "outbox", "say", _escaped(person)),
        *name.rows(db, "outbox", "card_subject", person),
    ]:
        db.execute("DELETE FROM outbox WHERE row = ?", (row,))
    for table in ("facts", "causes", "outbox"):
        name.replace(db, table, "cause", person, name.replaced)
    name.replace(db, "facts", "body", _escaped(person), name.replaced_within)


def scrub(db: Database, path: Path) -> None:
    """Rewrite the file and empty its log, outside of any transaction.

    Raises `TryLater` if another process is just reading it: forgetting again finishes the work.
    """
    db.execute("VACUUM")
    busy = db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
    for copy in path.parent.glob(backup_of(path, "*").name):
        with suppress(FileNotFoundError):
            copy.unlink()
    if busy:
        raise TryLater("another process is reading the ledger; what is forgotten still stands in its log")


class _Name:
    """A user id within texts; ``@ann:x.org`` is not in ``@ann:x.org:8448`` nor in ``@joann:x.org``."""

    def __init__(self, person: str, nobody: str) -> None:
        spelled = "|".join(re.escape(one) for one in (person, quote(person)))
        self._pattern = re.compile(rf"(?<![A-Za-z0-9._=+@-])(?:{spelled})(?![A-Za-z0-9-]|[.:][A-Za-z0-9])")
        self._nobody = nobody

    def rows(self, db: Database, table: str, column: str, needle: str) -> list[int]:
        """Return the rows whose text, JSON or plain, names the person."""
        found = db.execute(
            f"SELECT row, {column} FROM {table} WHERE instr({column}, ?)",  # noqa: S608
            (needle,),
        )
        return [
            row for row, text in found if self.replaced(text) != text or self.replaced_within(text) != text
        ]

    def replace(
        self, db: Database, table: str, column: str, needle: str, replaced: Callable[[str], str]
    ) -> None:
        """Put the stand-in where the person is named in a column."""
        found = db.execute(
            f"SELECT DISTINCT {column} FROM {table} WHERE instr({column}, ?)",  # noqa: S608
            (needle,),
        )
        for (text,) in found.fetchall():
            db.execute(f"UPDATE {table} SET {column} = ? WHERE {column} = ?", (replaced(text), text))  # noqa: S608

    def replaced(self, text: str) -> str:
        """Return a text with the stand-in in the person's place."""
        return self._pattern.sub(self._nobody, text)

    def replaced_within(self, text: str) -> str:
        """Return JSON with the stand-in in the person's place in each of its strings."""
        try:
            return compact(self._walk(json.loads(text)))
        except ValueError:
            return text

    def _walk(self, value: object) -> object:
        match value:
            case str():
                return self.replaced(value)
            case list():
                return [self._walk(one) for one in value]
            case dict():
                return {self.replaced(key): self._walk(one) for key, one in value.items()}
            case _:
                return value


def _escaped(text: str) -> str:
    return compact(text)[1:-1]
