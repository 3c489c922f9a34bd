"""The ledger's tables and how an older file becomes this one.

====================  ==========================================================================
facts                 what was decided, append-only; bodies hold tokens in place of people
causes                causes of commits that wrote no facts, so that they too happen once
people                the only place where a token has a name
inbox                 events taken in; `event` is null once handled, the id stays to know it again
outbox                what waits to be said, was said, or was given up; `say` is null once said
====================  ==========================================================================
"""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Literal

from sqlite_utils import Database
from sqlite_utils.migrations import Migrations

from crewhall.adapters.copying import copy_ledger
from crewhall.errors import Damaged, Newer

MIGRATIONS = Migrations("crewhall")
"""Every change of the tables, in order. One that has been released is never edited."""


@MIGRATIONS()
def m001_ledger(db: Database) -> None:
    """Lay the first tables."""
    for statement in (
        """
        CREATE TABLE facts (
            seq INTEGER PRIMARY KEY, stream TEXT NOT NULL, version INTEGER NOT NULL,
            kind TEXT NOT NULL, cause TEXT NOT NULL, n INTEGER NOT NULL, at TEXT NOT NULL, body TEXT NOT NULL,
            UNIQUE (stream, version), UNIQUE (cause, n)
        ) STRICT
        """,
        "CREATE TABLE causes (cause TEXT PRIMARY KEY, at TEXT NOT NULL) STRICT, WITHOUT ROWID",
        "CREATE TABLE people (token TEXT PRIMARY KEY, mxid TEXT NOT NULL UNIQUE) STRICT, WITHOUT ROWID",
        """
        CREATE TABLE inbox (
            row INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, room TEXT NOT NULL,
            at TEXT NOT NULL, event TEXT
        ) STRICT
        """,
        "CREATE INDEX inbox_waiting ON inbox (room, row) WHERE event IS NOT NULL",
        """
        CREATE TABLE outbox (
            row INTEGER PRIMARY KEY AUTOINCREMENT, cause TEXT NOT NULL, part INTEGER NOT NULL,
            at TEXT NOT NULL, target TEXT NOT NULL, person TEXT, asker TEXT,
            room TEXT, event TEXT, ack TEXT NOT NULL, say TEXT,
            card_kind TEXT, card_subject TEXT, card_choices TEXT,
            sent_room TEXT, sent TEXT, given_up INTEGER NOT NULL DEFAULT 0,
            UNIQUE (cause, part)
        ) STRICT
        """,
        "CREATE INDEX outbox_unsaid ON outbox (row) WHERE sent IS NULL AND given_up = 0",
        "CREATE INDEX outbox_card ON outbox (sent_room, sent) WHERE card_kind IS NOT NULL",
        "CREATE INDEX outbox_subject ON outbox (card_subject, card_kind) WHERE card_kind IS NOT NULL",
    ):
        db.execute(statement)


def migrate(db: Database, path: Path, migrations: Migrations = MIGRATIONS) -> None:
    """Bring the file up to date, all or nothing; raise `Misconfigured` if it is not one of ours, or newer.

    A file that holds something is copied first, to ``<path>.before-<migration>``.
    """
    applied = {one.name for one in migrations.applied(db)}
    pending = migrations.pending(db)
    if applied - _known(migrations):
        raise Newer(f"The ledger {path} was written by a newer Crewhall. Use that version.")
    if not pending:
        return
    if not applied and db.table_names():
        raise Damaged(f"{path} is a database of something else, not a ledger.")
    if applied:
        _keep(path, backup_of(path, pending[0].name))
    db.execute("BEGIN IMMEDIATE")  # two processes may start at once
    try:
        migrations.apply(db)
    except BaseException:
        db.rollback()
        raise
    db.commit()


def _keep(path: Path, copy: Path) -> None:
    """Copy the file as it is, whole or not at all, for its owner alone."""
    part = copy.with_name(f"{copy.name}.part")
    part.unlink(missing_ok=True)  # of a start that was broken off
    try:
        copy_ledger(path, part)
        part.replace(copy)
    finally:
        part.unlink(missing_ok=True)


def form_of(
    path: Path, migrations: Migrations = MIGRATIONS
) -> Literal["current", "older", "newer", "foreign"]:
    """Return how the tables of a sound file stand to those of this version; nothing of them is changed."""
    with closing(sqlite3.connect(path)) as connection:
        db = Database(connection)
        tables = set(db.table_names())
        applied = {one.name for one in migrations.applied(db)}
        if applied - _known(migrations):
            return "newer"
        if not migrations.pending(db):
            return "current"
        return "older" if applied or not tables else "foreign"


def backup_of(path: Path, migration: str) -> Path:
    """Return where the copy from before a migration lies; with ``*`` the pattern of all of them."""
    return path.with_name(f"{path.name}.before-{migration}")


def _known(migrations: Migrations) -> set[str]:
    with Database(memory=True) as empty:
        return {one.name for one in migrations.pending(empty)}
