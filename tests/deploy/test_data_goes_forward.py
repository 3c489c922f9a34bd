"""A newer version carries an older ledger forward, with a copy first; an older version leaves it alone."""

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from sqlite_utils import Database

from crewhall.adapters.migrations import MIGRATIONS, backup_of
from crewhall.cli import main
from crewhall.lab.desk import everything, no_room

NEXT = "m777_tomorrow"


def tomorrow(db: Database) -> None:
    """Change the tables as a later version might."""
    db.execute("CREATE TABLE tomorrow (what TEXT) STRICT")


@pytest.fixture
def place(desk: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "place"
    shutil.copytree(desk, folder)
    monkeypatch.chdir(folder)
    return folder


@contextmanager
def a_later_version() -> Iterator[None]:
    """Have one change more in the list, as the version that brings it has."""
    MIGRATIONS(name=NEXT)(tomorrow)
    try:
        yield
    finally:
        MIGRATIONS._migrations.pop()


def crewhall(*words: str) -> int:
    return main([words[0], "-c", "config.yaml", *words[1:]])


def tables(path: Path) -> set[str]:
    with closing(sqlite3.connect(path)) as db:
        return {str(row[0]) for row in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}


def facts(path: Path) -> list[object]:
    with closing(sqlite3.connect(path)) as db:
        return db.execute("SELECT * FROM facts").fetchall()


def test_an_older_ledger_is_carried_forward_with_a_copy_beside_it(
    place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ledger = place / "crewhall.db"
    before = facts(ledger)
    with a_later_version():
        assert crewhall("export", "dale", "one.json") == 0
        assert "tomorrow" in tables(ledger)
        assert facts(ledger) == before
        assert crewhall("export", "dale", "two.json") == 0
    copy = backup_of(ledger, NEXT)
    assert copy.stat().st_mode & 0o077 == 0
    assert facts(copy) == before
    assert "tomorrow" not in tables(copy)

    # The version before: it leaves the newer ledger alone, and works with the copy put in its place.
    newer = ledger.read_bytes()
    capsys.readouterr()
    assert crewhall("export", "dale", "three.json") == 76
    assert "was written by a newer Crewhall" in capsys.readouterr().err
    assert ledger.read_bytes() == newer
    copy.replace(ledger)
    assert crewhall("export", "dale", "three.json") == 0


def test_without_room_for_the_copy_nothing_is_changed(
    place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = everything(place)
    capsys.readouterr()
    with a_later_version():
        with no_room():
            assert crewhall("export", "dale", "one.json") == 74
        assert capsys.readouterr().err.count("\n") == 1
        assert everything(place) == before
        assert crewhall("export", "dale", "one.json") == 0


def test_what_a_broken_off_copy_left_is_made_whole(place: Path) -> None:
    ledger = place / "crewhall.db"
    copy = backup_of(ledger, NEXT)
    copy.write_bytes(ledger.read_bytes()[:5000])
    before = facts(ledger)
    with a_later_version():
        assert crewhall("export", "dale", "one.json") == 0
    assert facts(copy) == before
