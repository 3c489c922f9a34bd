"""Whatever a command is given that it cannot use: one sentence, an exit status of its own, nothing changed.

The table has a row for each command and an entry for each kind of bad input; a new command has to take its
place in it. Commands run in this process: a process of their own would add nothing.
"""

import asyncio
import json
import resource
import shutil
import sqlite3
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager, nullcontext
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import yaml

from crewhall.adapters.alone import alone
from crewhall.adapters.ledger import SqliteLedger
from crewhall.charter.model import Charter
from crewhall.cli import crewhall, main
from crewhall.cli.statuses import STATUSES
from crewhall.ground.facts import Stream, Writing
from crewhall.ground.ids import UserId
from crewhall.house import FACTS
from crewhall.lab.ports import LOOPBACK, free_port
from crewhall.life.community.facts import Founded
from crewhall.ports import Entry
from crewhall.testing.ledger_contract import AT

USAGE, DAMAGED, MISSING, NOT_OURS, AWAY, UNREADABLE = 64, 65, 66, 68, 69, 72
IN_THE_WAY, FULL, OCCUPIED, NEWER, WRONG = 73, 74, 75, 76, 78
TOLD = 1
"""`check` and `doctor` tell what they find; they do not break off."""

ARGUMENTS: Mapping[str, tuple[str, ...]] = {
 both in tests/flows/test_service_weather.py  "demo": ("--once", "--data", "data"),
 both in tests/flows/test_service_weather.py  "serve": (),
 both in tests/flows/test_service_weather.py  "generate": ("-r", "new.yaml"),
 both in tests/flows/test_service_weather.py  "check": (),
 both in tests/flows/test_service_weather.py  "doctor": (),
 both in tests/flows/test_service_weather.py  "found": ("dale.yaml",),
 both in tests/flows/test_service_weather.py  "plan": (),
 both in tests/flows/test_service_weather.py  "apply": (),
 both in tests/flows/test_service_weather.py  "backup": ("new.backup",),
 both in tests/flows/test_service_weather.py  "restore": ("kept.backup",),
 both in tests/flows/test_service_weather.py  "recover": (),
 both in tests/flows/test_service_weather.py  "export": ("dale", "new.json"),
 both in tests/flows/test_service_weather.py  "import": ("kept.json",),
 both in tests/flows/test_service_weather.py  "retire": ("dale", "--yes", "0123abcd"),
 both in tests/flows/test_service_weather.py  "upgrade": ("dale",),
}
FILES: Mapping[str, str] = {"found": "dale.yaml", "restore": "kept.backup", "import": "kept.json"}
"""The file that a command reads beside its papers."""

CONFIG = {
 both in tests/flows/test_service_weather.py  "configuration missing": MISSING,
 both in tests/flows/test_service_weather.py  "configuration unreadable": UNREADABLE,
 both in tests/flows/test_service_weather.py  "configuration half-written": WRONG,
 both in tests/flows/test_service_weather.py  "configuration foreign": WRONG,
 both in tests/flows/test_service_weather.py  "configuration newer": WRONG,
}
REGISTRATION = {
 both in tests/flows/test_service_weather.py  "registration missing": MISSING,
 both in tests/flows/test_service_weather.py  "registration unreadable": UNREADABLE,
 both in tests/flows/test_service_weather.py  "registration half-written": WRONG,
 both in tests/flows/test_service_weather.py  "registration foreign": WRONG,
}
LEDGER = {
 both in tests/flows/test_service_weather.py  "ledger unreadable": UNREADABLE,
 both in tests/flows/test_service_weather.py  "ledger half-written": DAMAGED,
 both in tests/flows/test_service_weather.py  "ledger foreign": DAMAGED,
 both in tests/flows/test_service_weather.py  "ledger newer": NEWER,
}
SERVER = {
 both in tests/flows/test_service_weather.py  "homeserver away": AWAY,
 both in tests/flows/test_service_weather.py  "homeserver another": NOT_OURS,
 both in tests/flows/test_service_weather.py  "homeserver refuses our token": NOT_OURS,
 both in tests/flows/test_service_weather.py  "homeserver is none": NOT_OURS,
}
FILE = {
 both in tests/flows/test_service_weather.py  "file missing": MISSING,
 both in tests/flows/test_service_weather.py  "file unreadable": UNREADABLE,
 both in tests/flows/test_service_weather.py  "file half-written": DAMAGED,
 both in tests/flows/test_service_weather.py  "file foreign": DAMAGED,
 both in tests/flows/test_service_weather.py  "file newer": DAMAGED,
}
ALWAYS = {"usage": USAGE}
KINDS = (*ALWAYS, *CONFIG, *REGISTRATION, *LEDGER, *SERVER, *FILE, "target there", "second copy", "disk full")

ONLINE = ALWAYS | CONFIG | REGISTRATION | LEDGER | SERVER
EXPECTED: Mapping[str, Mapping[str, int]] = {
 both in tests/flows/test_service_weather.py  "demo": {**ALWAYS, "target there": IN_THE_WAY},
 both in tests/flows/test_service_weather.py  "serve": {
 both in tests/flows/test_service_weather.py      **ONLINE,
 both in tests/flows/test_service_weather.py      "second copy": OCCUPIED,
 both in tests/flows/test_service_weather.py      "disk full": FULL,
 both in tests/flows/test_service_weather.py  },
 both in tests/flows/test_service_weather.py  "generate": {**ALWAYS, **CONFIG, "target there": IN_THE_WAY, "disk full": FULL},
 both in tests/flows/test_service_weather.py  "check": {**ALWAYS, **dict.fromkeys([*CONFIG, *REGISTRATION, *SERVER], TOLD)},
 both in tests/flows/test_service_weather.py  "doctor": {**ALWAYS, **dict.fromkeys([*CONFIG, *REGISTRATION, *LEDGER, *SERVER], TOLD)},
 both in tests/flows/test_service_weather.py  "found": {**ONLINE, **FILE, **dict.fromkeys(list(FILE)[2:], WRONG), "disk full": FULL},
 both in tests/flows/test_service_weather.py  "plan": {**ONLINE, "disk full": FULL},
 both in tests/flows/test_service_weather.py  "apply": {**ONLINE, "disk full": FULL},
 both in tests/flows/test_service_weather.py  "backup": {**ALWAYS, **CONFIG, **LEDGER, "target there": IN_THE_WAY, "disk full": FULL},
 both in tests/flows/test_service_weather.py  "restore": {
 both in tests/flows/test_service_weather.py      **ALWAYS,
 both in tests/flows/test_service_weather.py      **CONFIG,
 both in tests/flows/test_service_weather.py      **FILE,
 both in tests/flows/test_service_weather.py      "file newer": NEWER,
 both in tests/flows/test_service_weather.py      "target there": IN_THE_WAY,
 both in tests/flows/test_service_weather.py      "disk full": FULL,
 both in tests/flows/test_service_weather.py  },
 both in tests/flows/test_service_weather.py  "recover": {**ONLINE, "target there": IN_THE_WAY, "second copy": OCCUPIED, "disk full": FULL},
 both in tests/flows/test_service_weather.py  "export": {
 both in tests/flows/test_service_weather.py      **ALWAYS,
 both in tests/flows/test_service_weather.py      **CONFIG,
 both in tests/flows/test_service_weather.py      **REGISTRATION,
 both in tests/flows/test_service_weather.py      **LEDGER,
 both in tests/flows/test_service_weather.py      "target there": IN_THE_WAY,
 both in tests/flows/test_service_weather.py      "disk full": FULL,
 both in tests/flows/test_service_weather.py  },
 both in tests/flows/test_service_weather.py  "import": {**ONLINE, **FILE, "target there": IN_THE_WAY, "disk full": FULL},
 both in tests/flows/test_service_weather.py  "retire": {**ONLINE, "second copy": OCCUPIED, "disk full": FULL},
 both in tests/flows/test_service_weather.py  "upgrade": {**ONLINE, "disk full": FULL},
}
"""What each command ends with. It takes no input of the kinds that are left out."""

ASIDE: Mapping[tuple[str, str], str] = { both in tests/flows/test_service_weather.py# both in tests/flows/test_service_weather.py
 both in tests/flows/test_service_weather.py  ("serve", "homeserver away"): "it waits for one",
 both in tests/flows/test_service_weather.py  ("serve", "homeserver refuses our token"): "it waits until it is known, and says so",
}
CELLS = [(verb, kind) for verb, row in EXPECTED.items() for kind in row if (verb, kind) not in ASIDE]


class Answers(BaseHTTPRequestHandler):
 both in tests/flows/test_service_weather.py  """A server that answers every question alike."""

 both in tests/flows/test_service_weather.py  status, said = 200, b"<html>Welcome</html>"

 both in tests/flows/test_service_weather.py  def do_GET(self) -> None:
 both in tests/flows/test_service_weather.py      self.rfile.read(int(self.headers.get("Content-Length") or 0))
 both in tests/flows/test_service_weather.py      self.send_response(self.status)
 both in tests/flows/test_service_weather.py      self.send_header("Content-Length", str(len(self.said)))
 both in tests/flows/test_service_weather.py      self.end_headers()
 both in tests/flows/test_service_weather.py      self.wfile.write(self.said)

 both in tests/flows/test_service_weather.py  do_POST = do_PUT = do_GET  # noqa: N815 - the library's names

 both in tests/flows/test_service_weather.py  def log_message(self, *_: object) -> None:
 both in tests/flows/test_service_weather.py      """Keep quiet."""


@contextmanager
def answering(status: int, said: bytes) -> Iterator[str]:
 both in tests/flows/test_service_weather.py  kind = type("Own", (Answers,), {"status": status, "said": said})
 both in tests/flows/test_service_weather.py  with ThreadingHTTPServer((LOOPBACK, 0), kind) as server:
 both in tests/flows/test_service_weather.py      thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
 both in tests/flows/test_service_weather.py      thread.start()
 both in tests/flows/test_service_weather.py      try:
 both in tests/flows/test_service_weather.py          yield f"http://{LOOPBACK}:{server.server_port}"
 both in tests/flows/test_service_weather.py      finally:
 both in tests/flows/test_service_weather.py          server.shutdown()
 both in tests/flows/test_service_weather.py          thread.join()


CHARTER = Charter.model_validate(
 both in tests/flows/test_service_weather.py  {"key": "dale", "name": "Dale", "places": [{"key": "hall", "name": "Hall"}], "founders": []}
)


async def _lived_in(ledger: Path) -> None:
 both in tests/flows/test_service_weather.py  async with SqliteLedger.open(ledger, FACTS) as made:
 both in tests/flows/test_service_weather.py      founded = Writing(Stream("dale"), Founded(CHARTER, (UserId("@ann:hall.test"),)), 0)
 both in tests/flows/test_service_weather.py      await made.commit(Entry("test:founded", AT, (founded,)))


def said_to(folder: Path, arguments: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> tuple[int, str]:
 both in tests/flows/test_service_weather.py  """Run a command beside a folder's papers; return its status and what it said, on both ways."""
 both in tests/flows/test_service_weather.py  verb, *rest = arguments
 both in tests/flows/test_service_weather.py  config = [] if verb == "demo" else ["-c", "config.yaml"]
 both in tests/flows/test_service_weather.py  with pytest.MonkeyPatch.context() as patch:
 both in tests/flows/test_service_weather.py      patch.chdir(folder)
 both in tests/flows/test_service_weather.py      status = main([verb, *config, *rest])
 both in tests/flows/test_service_weather.py  told = capsys.readouterr()
 both in tests/flows/test_service_weather.py  return status, told.err or told.out


def write_config(folder: Path, address: str) -> None:
 both in tests/flows/test_service_weather.py  told = {
 both in tests/flows/test_service_weather.py      "homeserver": {"address": address, "name": "hall.test"},
 both in tests/flows/test_service_weather.py      "service": {"listen": f"{LOOPBACK}:{free_port()}"},
 both in tests/flows/test_service_weather.py      "watch": {"listen": ""},
 both in tests/flows/test_service_weather.py  }
 both in tests/flows/test_service_weather.py  (folder / "config.yaml").write_text(yaml.safe_dump(told))


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
 both in tests/flows/test_service_weather.py  """Make a folder with everything that any command reads, beside a homeserver that knows us."""
 both in tests/flows/test_service_weather.py  folder = tmp_path_factory.mktemp("desk")
 both in tests/flows/test_service_weather.py  with answering(*OURS) as address:
 both in tests/flows/test_service_weather.py      write_config(folder, address)
 both in tests/flows/test_service_weather.py      _fill(folder)
 both in tests/flows/test_service_weather.py      yield folder


def _fill(folder: Path) -> None:
 both in tests/flows/test_service_weather.py  here = ["-c", str(folder / "config.yaml")]
 both in tests/flows/test_service_weather.py  assert main(["generate", *here, "-r", str(folder / "registration.yaml")]) == 0
 both in tests/flows/test_service_weather.py  (folder / "dale.yaml").write_text(yaml.safe_dump(CHARTER.model_dump(mode="json")))
 both in tests/flows/test_service_weather.py  asyncio.run(_lived_in(folder / "crewhall.db"))
 both in tests/flows/test_service_weather.py  assert main(["backup", *here, str(folder / "kept.backup")]) == 0
 both in tests/flows/test_service_weather.py  assert main(["export", *here, "dale", str(folder / "kept.json")]) == 0


@pytest.fixture
def place(desk: Path, tmp_path: Path, request: pytest.FixtureRequest) -> Path:
 both in tests/flows/test_service_weather.py  """Copy the desk, as this command finds it when all is well."""
 both in tests/flows/test_service_weather.py  verb = request.node.callspec.params.get("verb")
 both in tests/flows/test_service_weather.py  folder = tmp_path / "place"
 both in tests/flows/test_service_weather.py  shutil.copytree(desk, folder)
 both in tests/flows/test_service_weather.py  if verb in {"restore", "recover", "import"}:
 both in tests/flows/test_service_weather.py      (folder / "crewhall.db").unlink()
 both in tests/flows/test_service_weather.py  return folder


def everything(folder: Path) -> dict[str, bytes]:
 both in tests/flows/test_service_weather.py  """Return every file with its bytes, and every folder."""
 both in tests/flows/test_service_weather.py  found = {str(path.relative_to(folder)): b"" for path in folder.rglob("*")}
 both in tests/flows/test_service_weather.py  found |= {name: (folder / name).read_bytes() for name in found if (folder / name).is_file()}
 both in tests/flows/test_service_weather.py  for ending in ("-wal", "-shm"):  # what SQLite leaves of reading: nothing is in the log
 both in tests/flows/test_service_weather.py      assert not found.pop(f"crewhall.db{ending}", b"") or ending == "-shm"
 both in tests/flows/test_service_weather.py  return found


def half(path: Path) -> None:
 both in tests/flows/test_service_weather.py  whole = path.read_bytes()
 both in tests/flows/test_service_weather.py  path.write_bytes(whole[: len(whole) * 2 // 3] if path.suffix != ".yaml" else whole[:-40] + b"\n  x: [")


def unreadable(path: Path) -> None:
 both in tests/flows/test_service_weather.py  """Put something there that nobody can read as a file, not even root."""
 both in tests/flows/test_service_weather.py  path.unlink(missing_ok=True)
 both in tests/flows/test_service_weather.py  path.mkdir()


def foreign(path: Path) -> None:
 both in tests/flows/test_service_weather.py  path.unlink(missing_ok=True)
 both in tests/flows/test_service_weather.py  if path.suffix == ".db":
 both in tests/flows/test_service_weather.py      with closing(sqlite3.connect(path)) as db, db:
 both in tests/flows/test_service_weather.py          db.execute("CREATE TABLE recipes (name TEXT)")
 both in tests/flows/test_service_weather.py  else:
 both in tests/flows/test_service_weather.py      path.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 8)


def newer(path: Path) -> None:
 both in tests/flows/test_service_weather.py  match path.suffix:
 both in tests/flows/test_service_weather.py      case ".db":
 both in tests/flows/test_service_weather.py          with closing(sqlite3.connect(path)) as db, db:
 both in tests/flows/test_service_weather.py              row = (
 both in tests/flows/test_service_weather.py                  "INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES (?, 'm999', '')"
 both in tests/flows/test_service_weather.py              )
 both in tests/flows/test_service_weather.py              db.execute(row, ("crewhall",))
 both in tests/flows/test_service_weather.py          with closing(sqlite3.connect(path)) as db:
 both in tests/flows/test_service_weather.py              db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
 both in tests/flows/test_service_weather.py      case ".json":
 both in tests/flows/test_service_weather.py          path.write_text(json.dumps({**json.loads(path.read_text()), "form": 99}))
 both in tests/flows/test_service_weather.py      case ".yaml" if path.stem == "dale":
 both in tests/flows/test_service_weather.py          path.write_text(path.read_text().replace("charter: 1", "charter: 99"))
 both in tests/flows/test_service_weather.py      case ".yaml":
 both in tests/flows/test_service_weather.py          path.write_text(path.read_text() + "tomorrow: {of: a newer version}\n")
 both in tests/flows/test_service_weather.py      case _:
 both in tests/flows/test_service_weather.py          from zipfile import ZipFile  # noqa: PLC0415 - here only

 both in tests/flows/test_service_weather.py          with ZipFile(path) as archive:
 both in tests/flows/test_service_weather.py              files = {name: archive.read(name) for name in archive.namelist()}
 both in tests/flows/test_service_weather.py          files["about.json"] = json.dumps({**json.loads(files["about.json"]), "form": 99}).encode()
 both in tests/flows/test_service_weather.py          with ZipFile(path, "w") as archive:
 both in tests/flows/test_service_weather.py              for name, data in files.items():
 both in tests/flows/test_service_weather.py                  archive.writestr(name, data)


DEEDS: Mapping[str, Callable[[Path], None]] = {
 both in tests/flows/test_service_weather.py  "missing": lambda path: path.unlink(),
 both in tests/flows/test_service_weather.py  "unreadable": unreadable,
 both in tests/flows/test_service_weather.py  "half-written": half,
 both in tests/flows/test_service_weather.py  "foreign": foreign,
 both in tests/flows/test_service_weather.py  "newer": newer,
}
OURS = (200, b'{"user_id": "@_crewhall:hall.test", "versions": ["v1.1"]}')
ANSWERS: Mapping[str, tuple[int, bytes]] = {
 both in tests/flows/test_service_weather.py  "another": (200, b'{"user_id": "@_crewhall:other.test", "versions": ["v1.1"]}'),
 both in tests/flows/test_service_weather.py  "refuses our token": (401, b'{"errcode": "M_UNKNOWN_TOKEN", "error": "no"}'),
 both in tests/flows/test_service_weather.py  "is none": (404, b"<html>Nothing here</html>"),
}


@contextmanager
def no_room() -> Iterator[None]:
 both in tests/flows/test_service_weather.py  """Let no file of this process grow: what a full disk does, for root too."""
 both in tests/flows/test_service_weather.py  soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
 both in tests/flows/test_service_weather.py  resource.setrlimit(resource.RLIMIT_FSIZE, (0, hard))
 both in tests/flows/test_service_weather.py  try:
 both in tests/flows/test_service_weather.py      yield
 both in tests/flows/test_service_weather.py  finally:
 both in tests/flows/test_service_weather.py      resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@contextmanager
def given(kind: str, verb: str, place: Path) -> Iterator[None]:
 both in tests/flows/test_service_weather.py  """Bring about what is bad."""
 both in tests/flows/test_service_weather.py  what, _, how = kind.partition(" ")
 both in tests/flows/test_service_weather.py  paths = {
 both in tests/flows/test_service_weather.py      "configuration": place / "config.yaml",
 both in tests/flows/test_service_weather.py      "registration": place / "registration.yaml",
 both in tests/flows/test_service_weather.py      "ledger": place / "crewhall.db",
 both in tests/flows/test_service_weather.py      "file": place / FILES.get(verb, ""),
 both in tests/flows/test_service_weather.py  }
 both in tests/flows/test_service_weather.py  if what in paths:
 both in tests/flows/test_service_weather.py      if what == "ledger" and not paths[what].exists():
 both in tests/flows/test_service_weather.py          shutil.copy(place.parent / "ledger", paths[what])
 both in tests/flows/test_service_weather.py      DEEDS[how](paths[what])
 both in tests/flows/test_service_weather.py      yield
 both in tests/flows/test_service_weather.py  elif what == "homeserver" and how in ANSWERS:
 both in tests/flows/test_service_weather.py      with answering(*ANSWERS[how]) as address:
 both in tests/flows/test_service_weather.py          write_config(place, address)
 both in tests/flows/test_service_weather.py          yield
 both in tests/flows/test_service_weather.py  elif kind == "homeserver away":
 both in tests/flows/test_service_weather.py      write_config(place, f"http://{LOOPBACK}:{free_port()}")
 both in tests/flows/test_service_weather.py      yield
 both in tests/flows/test_service_weather.py  elif kind == "target there":
 both in tests/flows/test_service_weather.py      if verb in {"recover", "restore", "import"}:
 both in tests/flows/test_service_weather.py          shutil.copy(place.parent / "ledger", place / "crewhall.db")
 both in tests/flows/test_service_weather.py      elif verb == "demo":
 both in tests/flows/test_service_weather.py          (place / "data").mkdir()
 both in tests/flows/test_service_weather.py          (place / "data" / "letter.txt").write_text("dear you")
 both in tests/flows/test_service_weather.py      else:
 both in tests/flows/test_service_weather.py          target = ARGUMENTS[verb][-1]
 both in tests/flows/test_service_weather.py          (place / target).write_text("mine")
 both in tests/flows/test_service_weather.py      yield
 both in tests/flows/test_service_weather.py  elif kind == "second copy":
 both in tests/flows/test_service_weather.py      with alone(place / "crewhall.db"):
 both in tests/flows/test_service_weather.py          yield
 both in tests/flows/test_service_weather.py  else:
 both in tests/flows/test_service_weather.py      yield


def test_every_command_has_its_row() -> None:
 both in tests/flows/test_service_weather.py  assert EXPECTED.keys() == ARGUMENTS.keys() == crewhall.commands.keys()
 both in tests/flows/test_service_weather.py  assert {kind for row in EXPECTED.values() for kind in row} == set(KINDS)
 both in tests/flows/test_service_weather.py  assert {status for row in EXPECTED.values() for status in row.values()} <= {
 both in tests/flows/test_service_weather.py      one.number for one in STATUSES
 both in tests/flows/test_service_weather.py  }


@pytest.mark.parametrize(("verb", "kind"), CELLS, ids=[f"{verb}-{kind}" for verb, kind in CELLS])
def test_bad_input_is_one_sentence_and_changes_nothing(
 both in tests/flows/test_service_weather.py  verb: str, kind: str, place: Path, desk: Path, capsys: pytest.CaptureFixture[str]
) -> None:
 both in tests/flows/test_service_weather.py  shutil.copy(desk / "crewhall.db", place.parent / "ledger")
 both in tests/flows/test_service_weather.py  arguments = (verb, *ARGUMENTS[verb])
 both in tests/flows/test_service_weather.py  if kind == "usage":
 both in tests/flows/test_service_weather.py      arguments = (verb, "--frob")
 both in tests/flows/test_service_weather.py  capsys.readouterr()
 both in tests/flows/test_service_weather.py  with given(kind, verb, place):
 both in tests/flows/test_service_weather.py      before = everything(place)
 both in tests/flows/test_service_weather.py      with no_room() if kind == "disk full" else nullcontext():
 both in tests/flows/test_service_weather.py          status, said = said_to(place, arguments, capsys)
 both in tests/flows/test_service_weather.py      assert everything(place) == before, said
 both in tests/flows/test_service_weather.py  assert status == EXPECTED[verb][kind], said
 both in tests/flows/test_service_weather.py  assert "Traceback" not in said
 both in tests/flows/test_service_weather.py  assert "sqlite3" not in said
 both in tests/flows/test_service_weather.py  if status != TOLD:
 both in tests/flows/test_service_weather.py      told = [line for line in said.splitlines() if line.startswith("crewhall: ")]
 both in tests/flows/test_service_weather.py      assert len(told) == 1, said
 both in tests/flows/test_service_weather.py      assert told[0].endswith((".", "?", "--help")), told
