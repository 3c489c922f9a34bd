"""A backup is one moment of a service that goes on; only a whole one is brought back, never over another."""

import hashlib
import json
import sqlite3
import stat
import threading
import zipfile
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyrage
import pytest
from sqlite_utils import Database
from sqlite_utils.migrations import Migrations

from crewhall.adapters.ledger import SqliteLedger
from crewhall.adapters.migrations import backup_of, form_of, m001_ledger, migrate
from crewhall.errors import Misconfigured, Trouble
from crewhall.ground.facts import HOUSE, ChatNamed, Recorded, Writing
from crewhall.ground.ids import RoomKey, UserId
from crewhall.house import FACTS
from crewhall.keepsake import bring_back, keep
from crewhall.ports import Entry
from crewhall.settings import Settings, load

NOW = datetime(2026, 5, 3, 14, 5, tzinfo=UTC)
CONFIG = 'homeserver: {address: "http://127.0.0.1:8008", name: hall.test}\n'


def place(folder: Path) -> Settings:
    folder.mkdir(exist_ok=True)
    (folder / "config.yaml").write_text(CONFIG)
    return load(folder / "config.yaml", {})


def entry(n: int) -> Entry:
    named = ChatNamed(UserId(f"@p{n}:hall.test"), RoomKey(f"chat/{n:016x}"))
    return Entry(f"test:{n}", NOW + timedelta(seconds=n), (Writing(HOUSE, named),))


async def lived_in(settings: Settings, facts: int = 20) -> list[Recorded]:
    settings.registration.write_text("as_token: secret\n")
    settings.charters.mkdir()
    (settings.charters / "own.yaml").write_text("charter: 1\n")
    async with SqliteLedger.open(settings.ledger, FACTS) as ledger:
        for n in range(facts):
            await ledger.commit(entry(n))
        return list(await ledger.since(0))


async def facts_in(settings: Settings) -> list[Recorded]:
    async with SqliteLedger.open(settings.ledger, FACTS) as ledger:
        return list(await ledger.since(0))


def recipient_of(key: Path) -> pyrage.x25519.Recipient:
    return pyrage.x25519.Identity.from_str(key.read_text().splitlines()[1]).to_public()


def papers(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.rglob("*.yaml"))


def everything_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@pytest.fixture
def key(tmp_path: Path) -> Path:
    path = tmp_path / "key.txt"
    path.write_text(f"# made by age-keygen\n{pyrage.x25519.Identity.generate()}\n")
    return path


async def test_what_was_kept_comes_back_into_an_empty_place(tmp_path: Path) -> None:
    old, new = place(tmp_path / "old"), place(tmp_path / "new")
    records = await lived_in(old)
    kept = keep(old, tmp_path / "hall.backup", NOW)
    assert kept.files == ("crewhall.db", "registration.yaml", "charters/own.yaml")
    assert stat.S_IMODE((tmp_path / "hall.backup").stat().st_mode) == 0o600
    back = bring_back(new, tmp_path / "hall.backup")
    assert back.at == "2026-05-03T14:05:00+00:00"
    assert await facts_in(new) == records
    assert new.registration.read_bytes() == old.registration.read_bytes()
    assert (new.charters / "own.yaml").read_text() == "charter: 1\n"
    assert stat.S_IMODE(new.ledger.stat().st_mode) == 0o600


async def test_a_backup_of_a_busy_ledger_is_one_moment_of_it(tmp_path: Path) -> None:
    old = place(tmp_path / "old")
    await lived_in(old, 3)
    done = threading.Event()
    async with SqliteLedger.open(old.ledger, FACTS) as ledger:
        copies: list[Path] = []

        def copy() -> None:
            while not done.is_set() and len(copies) < 5:
                copies.append(tmp_path / f"copy-{len(copies)}")
                keep(old, copies[-1], NOW)

        copying = threading.Thread(target=copy)
        copying.start()
        for n in range(3, 120):
            await ledger.commit(entry(n))
        done.set()
        copying.join()
        everything = list(await ledger.since(0))
    assert copies
    for n, path in enumerate(copies):
        new = place(tmp_path / f"new-{n}")
        bring_back(new, path)
        found = await facts_in(new)
        assert found == everything[: len(found)]
        assert len(found) >= 3


async def test_with_a_key_nobody_else_can_read_it(tmp_path: Path, key: Path) -> None:
    old, new = place(tmp_path / "old"), place(tmp_path / "new")
    records = await lived_in(old)
    file = tmp_path / "hall.backup"
    assert keep(old, file, NOW, key).encrypted
    assert b"secret" not in file.read_bytes()
    assert b"crewhall.db" not in file.read_bytes()
    with pytest.raises(Misconfigured, match=r"is encrypted: name its key with --key\."):
        bring_back(new, file)
    other = tmp_path / "other.txt"
    other.write_text(f"{pyrage.x25519.Identity.generate()}\n")
    with pytest.raises(Misconfigured, match="made for another key"):
        bring_back(new, file, other)
    assert not new.ledger.exists()
    bring_back(new, file, key)
    assert await facts_in(new) == records


async def test_a_public_key_is_enough_to_keep_and_not_to_bring_back(tmp_path: Path, key: Path) -> None:
    old, new = place(tmp_path / "old"), place(tmp_path / "new")
    await lived_in(old)
    public = tmp_path / "public.txt"
    public.write_text(f"{recipient_of(key)}\n")
    keep(old, tmp_path / "hall.backup", NOW, public)
    with pytest.raises(Misconfigured, match="holds no line that begins with AGE-SECRET-KEY"):
        bring_back(new, tmp_path / "hall.backup", public)
    bring_back(new, tmp_path / "hall.backup", key)


async def test_nothing_that_is_there_is_written_over(tmp_path: Path) -> None:
    old, new = place(tmp_path / "old"), place(tmp_path / "new")
    await lived_in(old)
    file = tmp_path / "hall.backup"
    keep(old, file, NOW)
    before = file.read_bytes()
    with pytest.raises(Misconfigured, match="is there already: it is not overwritten"):
        keep(old, file, NOW)
    assert file.read_bytes() == before
    with pytest.raises(Misconfigured, match="into an empty place only"):
        bring_back(old, file)
    new.registration.write_text("as_token: another\n")
    assert "registration.yaml" not in bring_back(new, file).files
    assert new.registration.read_text() == "as_token: another\n"


@pytest.mark.parametrize("cut", [0, 1, 10, 500, -30, -1])
async def test_half_a_backup_is_none(tmp_path: Path, cut: int) -> None:
    old, new = place(tmp_path / "old"), place(tmp_path / "new")
    await lived_in(old)
    file = tmp_path / "hall.backup"
    keep(old, file, NOW)
    file.write_bytes(file.read_bytes()[:cut])
    with pytest.raises(Misconfigured, match=r"no backup of Crewhall|damaged"):
        bring_back(new, file)
    assert not new.ledger.exists()
    assert not new.registration.exists()


def repacked(file: Path, change: dict[str, bytes]) -> None:
    with zipfile.ZipFile(file) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(file, "w") as archive:
        for name, data in (files | change).items():
            archive.writestr(name, data)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"crewhall.db": b"SQLite format 3\0 but not really"}, "is damaged"),
        ({"charters/../../evil.yaml": b"x"}, "is damaged"),
        ({"about.json": b"[]"}, "no backup of Crewhall"),
        ({"about.json": json.dumps({"form": 2, "at": "", "crewhall": "9", "sha256": {}}).encode()}, "newer"),
    ],
)
async def test_what_was_changed_afterwards_is_refused(
    tmp_path: Path, change: dict[str, bytes], said: str
) -> None:
    old, new = place(tmp_path / "old"), place(tmp_path / "new")
    await lived_in(old)
    file = tmp_path / "hall.backup"
    keep(old, file, NOW)
    repacked(file, change)
    with pytest.raises(Misconfigured, match=said):
        bring_back(new, file)
    assert papers(tmp_path / "new") == ["config.yaml"]
    assert not new.ledger.exists()


async def test_without_a_ledger_there_is_nothing_to_keep(tmp_path: Path) -> None:
    empty = place(tmp_path / "empty")
    with pytest.raises(Misconfigured, match="there is nothing to take"):
        keep(empty, tmp_path / "hall.backup", NOW)
    assert not (tmp_path / "hall.backup").exists()


async def test_a_file_that_is_no_ledger_is_not_kept(tmp_path: Path) -> None:
    odd = place(tmp_path / "odd")
    odd.ledger.write_bytes(b"not a database at all" * 400)
    with pytest.raises(Trouble):
        keep(odd, tmp_path / "hall.backup", NOW)
    assert not (tmp_path / "hall.backup").exists()


@pytest.mark.parametrize("text", ["", "nonsense", "age1nonsense"])
async def test_a_key_that_is_none_is_said_before_anything_is_written(tmp_path: Path, text: str) -> None:
    old = place(tmp_path / "old")
    await lived_in(old)
    bad = tmp_path / "bad.txt"
    bad.write_text(text)
    with pytest.raises(Misconfigured, match="age-keygen"):
        keep(old, tmp_path / "hall.backup", NOW, bad)
    assert not (tmp_path / "hall.backup").exists()


def ledger_in(file: Path, change: str) -> None:
    """Change the ledger within a backup, and its sum with it, as another version would have written it."""
    with zipfile.ZipFile(file) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    copy = file.with_name("changed.db")
    copy.write_bytes(files["crewhall.db"])
    with closing(sqlite3.connect(copy)) as db:
        db.executescript(change)
    about = json.loads(files["about.json"])
    about["sha256"]["crewhall.db"] = hashlib.sha256(copy.read_bytes()).hexdigest()
    repacked(file, {"crewhall.db": copy.read_bytes(), "about.json": json.dumps(about).encode()})


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("INSERT INTO _sqlite_migrations (migration_set, name) VALUES ('crewhall', 'm999_later')", "newer"),
        ("DROP TABLE _sqlite_migrations", "database of something else"),
    ],
)
async def test_a_ledger_that_this_crewhall_cannot_read_is_not_brought_back(
    tmp_path: Path, change: str, said: str
) -> None:
    old, new = place(tmp_path / "old"), place(tmp_path / "new")
    await lived_in(old)
    file = tmp_path / "hall.backup"
    keep(old, file, NOW)
    ledger_in(file, change)
    with pytest.raises(Misconfigured, match=said):
        bring_back(new, file)
    assert papers(tmp_path / "new") == ["config.yaml"]
    assert not new.ledger.exists()


async def test_a_ledger_from_before_an_update_is_carried_forward_once_it_is_back(tmp_path: Path) -> None:
    later = Migrations("crewhall")
    later()(m001_ledger)

    @later()
    def m002_more(db: Database) -> None:
        db.execute("ALTER TABLE facts ADD COLUMN more TEXT")

    old, new = place(tmp_path / "old"), place(tmp_path / "new")
    records = await lived_in(old)
    keep(old, tmp_path / "hall.backup", NOW)
    bring_back(new, tmp_path / "hall.backup")
    assert form_of(new.ledger, later) == "older"
    with closing(sqlite3.connect(new.ledger)) as connection:
        migrate(Database(connection), new.ledger, later)
    assert form_of(new.ledger, later) == "current"
    with closing(sqlite3.connect(new.ledger)) as connection:
        (count,) = connection.execute("SELECT count(*) FROM facts WHERE more IS NULL").fetchone()
    assert count == len(records)
    assert backup_of(new.ledger, "m002_more").is_file()


async def test_a_backup_that_is_cut_off_half_way_leaves_no_file(tmp_path: Path) -> None:
    old = place(tmp_path / "old")
    await lived_in(old)
    (old.charters / "gone.yaml").symlink_to(tmp_path / "nowhere")
    with pytest.raises(Trouble):
        keep(old, tmp_path / "hall.backup", NOW)
    assert everything_in(tmp_path) == ["old"]
