"""Copies a ledger that is in use, and says whether a copy is whole. SQLite's own online backup does the work.

The copy is of one moment: a write during the copying starts it again (SQLite, "Online Backup API").
"""

import os
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Final

from crewhall.adapters.writer import not_now
from crewhall.errors import Damaged, Missing, Unreadable

_PAGES: Final = 2_000
_PATIENCE: Final = 10.0


def see_ledger(source: Path) -> None:
    """Raise `Missing` or `Unreadable` unless there is a file."""
    if not source.exists():
        raise Missing(f"There is no ledger at {source}: there is nothing to take.")
    if not source.is_file():
        raise Unreadable(f"{source} is no file, so no ledger can be read from it.")


def copy_ledger(source: Path, target: Path) -> None:
    """Copy a ledger that others may be writing to. `target` must not be there; only its owner may read it.

    Raises `Misconfigured` if there is no such ledger or it is damaged, `TryLater` if it is busy or the
    disk is full.
    """
    see_ledger(source)
    os.close(os.open(target, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
    try:
        with (
            closing(
                sqlite3.connect(f"{source.resolve().as_uri()}?mode=ro", uri=True, timeout=_PATIENCE)
            ) as own,
            closing(sqlite3.connect(target)) as copy,
        ):
            own.backup(copy, pages=_PAGES)
            copy.execute("PRAGMA journal_mode = DELETE")  # one file, with nothing beside it
    except sqlite3.OperationalError as error:
        raise not_now(f"The ledger {source} cannot be copied now: {error}.", error) from error
    except sqlite3.DatabaseError as error:
        raise Damaged(f"The ledger {source} is damaged: {error}.") from error
    look_over(target)


def look_over(path: Path) -> None:
    """Raise `Misconfigured` unless every page of the file is sound (``PRAGMA integrity_check``)."""
    try:
        with closing(sqlite3.connect(path)) as db:
            told = [str(row[0]) for row in db.execute("PRAGMA integrity_check(1)")]
    except sqlite3.DatabaseError as error:
        told = [str(error)]
    if told != ["ok"]:
        raise Damaged(f"{path.name} is damaged: {told[0]}.")
