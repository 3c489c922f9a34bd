"""Whatever a command is given that it cannot use: one sentence, an exit status of its own, nothing changed.

The table has a row for each command and an entry for each kind of bad input; a new command has to take its
place in it. Commands run in this process: a process of their own would add nothing.
"""

import json
import shutil
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager, nullcontext
from pathlib import Path

import pytest

from crewhall.adapters.alone import alone
from crewhall.cli import crewhall, main
from crewhall.cli.statuses import STATUSES
from crewhall.lab.desk import answering, everything, no_room, write_config
from crewhall.lab.ports import LOOPBACK, free_port

USAGE, DAMAGED, MISSING, NOT_OURS, AWAY, UNREADABLE = 64, 65, 66, 68, 69, 72
IN_THE_WAY, FULL, OCCUPIED, NEWER, WRONG = 73, 74, 75, 76, 78
TOLD = 1
"""`check` and `doctor` tell what they find; they do not break off."""

ARGUMENTS: Mapping[str, tuple[str, ...]] = {
    "demo": ("--once", "--data", "data"),
    "serve": (),
    "generate": ("-r", "new.yaml"),
    "check": (),
    "doctor": (),
    "found": ("dale.yaml",),
    "plan": (),
    "apply": (),
    "backup": ("new.backup",),
    "restore": ("kept.backup",),
    "recover": (),
    "export": ("dale", "new.json"),
    "import": ("kept.json",),
    "retire": ("dale", "--yes", "0123abcd"),
    "upgrade": ("dale",),
}
FILES: Mapping[str, str] = {"found": "dale.yaml", "restore": "kept.backup", "import": "kept.json"}
"""The file that a command reads beside its papers."""

CONFIG = {
    "configuration missing": MISSING,
    "configuration unreadable": UNREADABLE,
    "configuration half-written": WRONG,
    "configuration foreign": WRONG,
    "configuration newer": WRONG,
}
REGISTRATION = {
    "registration missing": MISSING,
    "registration unreadable": UNREADABLE,
    "registration half-written": WRONG,
    "registration foreign": WRONG,
}
LEDGER = {
    "ledger unreadable": UNREADABLE,
    "ledger half-written": DAMAGED,
    "ledger foreign": DAMAGED,
    "ledger newer": NEWER,
}
SERVER = {
    "homeserver away": AWAY,
    "homeserver busy": AWAY,
    "homeserver another": NOT_OURS,
    "homeserver refuses our token": NOT_OURS,
    "homeserver is none": NOT_OURS,
}
FILE = {
    "file missing": MISSING,
    "file unreadable": UNREADABLE,
    "file half-written": DAMAGED,
    "file foreign": DAMAGED,
    "file newer": DAMAGED,
}
ALWAYS = {"usage": USAGE}
KINDS = (*ALWAYS, *CONFIG, *REGISTRATION, *LEDGER, *SERVER, *FILE, "target there", "second copy", "disk full")

ONLINE = ALWAYS | CONFIG | REGISTRATION | LEDGER | SERVER
EXPECTED: Mapping[str, Mapping[str, int]] = {
    "demo": {**ALWAYS, "target there": IN_THE_WAY},
    "serve": {
        **ONLINE,
        "second copy": OCCUPIED,
        "disk full": FULL,
    },
    "generate": {**ALWAYS, **CONFIG, "target there": IN_THE_WAY, "disk full": FULL},
    "check": {**ALWAYS, **dict.fromkeys([*CONFIG, *REGISTRATION, *SERVER], TOLD)},
    "doctor": {**ALWAYS, **dict.fromkeys([*CONFIG, *REGISTRATION, *LEDGER, *SERVER], TOLD)},
    "found": {**ONLINE, **FILE, **dict.fromkeys(list(FILE)[2:], WRONG), "disk full": FULL},
    "plan": {**ONLINE, "disk full": FULL},
    "apply": {**ONLINE, "disk full": FULL},
    "backup": {**ALWAYS, **CONFIG, **LEDGER, "target there": IN_THE_WAY, "disk full": FULL},
    "restore": {
        **ALWAYS,
        **CONFIG,
        **FILE,
        "file newer": NEWER,
        "target there": IN_THE_WAY,
        "disk full": FULL,
    },
    "recover": {**ONLINE, "target there": IN_THE_WAY, "second copy": OCCUPIED, "disk full": FULL},
    "export": {
        **ALWAYS,
        **CONFIG,
        **REGISTRATION,
        **LEDGER,
        "target there": IN_THE_WAY,
        "disk full": FULL,
    },
    "import": {**ONLINE, **FILE, "target there": IN_THE_WAY, "disk full": FULL},
    "retire": {**ONLINE, "second copy": OCCUPIED, "disk full": FULL},
    "upgrade": {**ONLINE, "disk full": FULL},
}
"""What each command ends with. It takes no input of the kinds that are left out."""

ASIDE: Mapping[tuple[str, str], str] = {
    ("serve", "homeserver away"): "it waits for one",
    ("serve", "homeserver busy"): "it waits for it",
    ("serve", "homeserver refuses our token"): "it waits until it is known, and says so",
}
CELLS = [(verb, kind) for verb, row in EXPECTED.items() for kind in row if (verb, kind) not in ASIDE]


def said_to(folder: Path, arguments: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> tuple[int, str]:
    """Run a command beside a folder's papers; return its status and what it said, on both ways."""
    verb, *rest = arguments
    config = [] if verb == "demo" else ["-c", "config.yaml"]
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        status = main([verb, *config, *rest])
    told = capsys.readouterr()
    return status, told.err or told.out


@pytest.fixture
def place(desk: Path, tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    """Copy the desk, as this command finds it when all is well."""
    verb = request.node.callspec.params.get("verb")
    folder = tmp_path / "place"
    shutil.copytree(desk, folder)
    if verb in {"restore", "recover", "import"}:
        (folder / "crewhall.db").unlink()
    return folder


def half(path: Path) -> None:
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) * 2 // 3] if path.suffix != ".yaml" else whole[:-40] + b"\n  x: [")


def unreadable(path: Path) -> None:
    """Put something there that nobody can read as a file, not even root."""
    path.unlink(missing_ok=True)
    path.mkdir()


def foreign(path: Path) -> None:
    path.unlink(missing_ok=True)
    if path.suffix == ".db":
        with closing(sqlite3.connect(path)) as db, db:
            db.execute("CREATE TABLE recipes (name TEXT)")
    else:
        path.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 8)


def newer(path: Path) -> None:
    match path.suffix:
        case ".db":
            with closing(sqlite3.connect(path)) as db, db:
                row = (
                    "INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES (?, 'm999', '')"
                )
                db.execute(row, ("crewhall",))
            with closing(sqlite3.connect(path)) as db:
                db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        case ".json":
            path.write_text(json.dumps({**json.loads(path.read_text()), "form": 99}))
        case ".yaml" if path.stem == "dale":
            path.write_text(path.read_text().replace("charter: 1", "charter: 99"))
        case ".yaml":
            path.write_text(path.read_text() + "tomorrow: {of: a newer version}\n")
        case _:
            from zipfile import ZipFile  # noqa: PLC0415 - here only

            with ZipFile(path) as archive:
                files = {name: archive.read(name) for name in archive.namelist()}
            files["about.json"] = json.dumps({**json.loads(files["about.json"]), "form": 99}).encode()
            with ZipFile(path, "w") as archive:
                for name, data in files.items():
                    archive.writestr(name, data)


DEEDS: Mapping[str, Callable[[Path], None]] = {
    "missing": lambda path: path.unlink(),
    "unreadable": unreadable,
    "half-written": half,
    "foreign": foreign,
    "newer": newer,
}
ANSWERS: Mapping[str, tuple[int, bytes]] = {
    "busy": (429, b'{"errcode": "M_LIMIT_EXCEEDED", "error": "Too many", "retry_after_ms": 99000}'),
    "another": (200, b'{"user_id": "@_crewhall:other.test", "versions": ["v1.1"]}'),
    "refuses our token": (401, b'{"errcode": "M_UNKNOWN_TOKEN", "error": "no"}'),
    "is none": (404, b"<html>Nothing here</html>"),
}


@contextmanager
def given(kind: str, verb: str, place: Path) -> Iterator[None]:
    """Bring about what is bad."""
    what, _, how = kind.partition(" ")
    paths = {
        "configuration": place / "config.yaml",
        "registration": place / "registration.yaml",
        "ledger": place / "crewhall.db",
        "file": place / FILES.get(verb, ""),
    }
    if what in paths:
        if what == "ledger" and not paths[what].exists():
            shutil.copy(place.parent / "ledger", paths[what])
        DEEDS[how](paths[what])
        yield
    elif what == "homeserver" and how in ANSWERS:
        with answering(*ANSWERS[how]) as address:
            write_config(place, address)
            yield
    elif kind == "homeserver away":
        write_config(place, f"http://{LOOPBACK}:{free_port()}")
        yield
    elif kind == "target there":
        if verb in {"recover", "restore", "import"}:
            shutil.copy(place.parent / "ledger", place / "crewhall.db")
        elif verb == "demo":
            (place / "data").mkdir()
            (place / "data" / "letter.txt").write_text("dear you")
        else:
            target = ARGUMENTS[verb][-1]
            (place / target).write_text("mine")
        yield
    elif kind == "second copy":
        with alone(place / "crewhall.db"):
            yield
    else:
        yield


def test_every_command_has_its_row() -> None:
    assert EXPECTED.keys() == ARGUMENTS.keys() == crewhall.commands.keys()
    assert {kind for row in EXPECTED.values() for kind in row} == set(KINDS)
    assert {status for row in EXPECTED.values() for status in row.values()} <= {
        one.number for one in STATUSES
    }


@pytest.mark.parametrize(("verb", "kind"), CELLS, ids=[f"{verb}-{kind}" for verb, kind in CELLS])
def test_bad_input_is_one_sentence_and_changes_nothing(
    verb: str, kind: str, place: Path, desk: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copy(desk / "crewhall.db", place.parent / "ledger")
    arguments = (verb, *ARGUMENTS[verb])
    if kind == "usage":
        arguments = (verb, "--frob")
    capsys.readouterr()
    with given(kind, verb, place):
        before = everything(place)
        with no_room() if kind == "disk full" else nullcontext():
            status, said = said_to(place, arguments, capsys)
        assert everything(place) == before, said
    assert status == EXPECTED[verb][kind], said
    assert "Traceback" not in said
    assert "sqlite3" not in said
    if status != TOLD:
        told = [line for line in said.splitlines() if line.startswith("crewhall: ")]
        assert len(told) == 1, said
        assert told[0].endswith((".", "?", "--help")), told
