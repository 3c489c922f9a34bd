"""`crewhall doctor` changes nothing, and says of each thing that is amiss what it is and what to do."""

import json
import sqlite3
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, closing
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import yaml
from aiohttp import web
from click.testing import CliRunner

from crewhall.adapters.ledger import SqliteLedger
from crewhall.adapters.listening import listening
from crewhall.adapters.migrations import form_of
from crewhall.cli import crewhall
from crewhall.doctor import beside
from crewhall.doctor.examination import examine
from crewhall.doctor.finding import Finding, worst
from crewhall.house import FACTS
from crewhall.lab.ports import LOOPBACK, free_port
from crewhall.testing.ledger import MemoryLedger
from crewhall.testing.ledger_values import AT, event
from crewhall.watching.probe import build

NOW = datetime(2026, 5, 3, 14, 5, tzinfo=UTC)


def now() -> datetime:
    return NOW


def amiss(findings: Sequence[Finding]) -> list[Finding]:
    return [finding for finding in findings if finding.level != "fine"]


def about(findings: Sequence[Finding], what: str) -> list[Finding]:
    return [finding for finding in findings if finding.about == what]


@asynccontextmanager
async def answering(**headers: str) -> AsyncIterator[str]:
    """Have something answer on loopback; yield its address."""

    async def answer(_request: web.Request) -> web.Response:
        return web.json_response({"versions": []}, headers=headers)

    app = web.Application()
    app.router.add_get("/{path:.*}", answer)
    async with listening(app, LOOPBACK, 0) as port:
        yield f"http://{LOOPBACK}:{port}"


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """Write papers beside a homeserver that is not there."""
    told = {
        "homeserver": {"address": f"http://{LOOPBACK}:{free_port()}", "name": "hall.test"},
        "watch": {"listen": ""},
    }
    (tmp_path / "config.yaml").write_text(yaml.safe_dump(told))
    made = CliRunner().invoke(
        crewhall, ["generate", "-c", str(tmp_path / "config.yaml"), "-r", str(tmp_path / "registration.yaml")]
    )
    assert made.exit_code == 0, made.output
    return tmp_path / "config.yaml"


async def with_ledger(folder: Path) -> Path:
    async with SqliteLedger.open(folder / "crewhall.db", FACTS):
        pass
    return folder / "crewhall.db"


def files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (None, "There is no configuration at"),
        ("", "This file is empty"),
        ("homeserver: [", "config.yaml:"),
        ("\x00\x01", "config.yaml:"),
        ("homeserver: {address: 'http://127.0.0.1:1', name: hall.test}\nwach: 1\n", "wach"),
        (
            "homeserver: {address: 'http://127.0.0.1:1', name: hall.test}\nwatch: {listen: x}\n",
            "`listen` must be a host and a port",
        ),
    ],
)
@pytest.mark.parametrize("arguments", [[], ["--json"]])
def test_a_configuration_that_cannot_be_used_is_one_finding_each(
    tmp_path: Path, text: str | None, said: str, arguments: list[str]
) -> None:
    path = tmp_path / "config.yaml"
    if text is not None:
        path.write_text(text)
    told = CliRunner().invoke(crewhall, ["doctor", "-c", str(path), *arguments], terminal_width=400)
    assert told.exit_code == 1
    assert "Traceback" not in told.output
    if arguments:
        findings = json.loads(told.stdout)["findings"]
        assert {one["level"] for one in findings} == {"wrong"}
        assert all(one["remedy"] for one in findings)
        assert any(said in one["what"] for one in findings), findings
    assert sorted(files(tmp_path)) == ([] if text is None else ["config.yaml"])


def test_a_folder_in_place_of_a_configuration_is_refused(tmp_path: Path) -> None:
    told = CliRunner().invoke(crewhall, ["doctor", "-c", str(tmp_path)])
    assert told.exit_code == 1
    assert "cannot be read: Is a directory" in " ".join(told.output.split())


async def test_without_a_homeserver_all_else_is_looked_at(config: Path, tmp_path: Path) -> None:
    await with_ledger(tmp_path)
    before = files(tmp_path)
    findings = await examine(config, {})
    (fault,) = amiss(findings)
    assert (fault.level, fault.about) == ("wrong", "homeserver")
    assert "no homeserver answers" in fault.what
    assert "start the homeserver" in fault.remedy
    assert {one.about for one in findings} >= {"papers", "machine", "homeserver", "ledger", "service"}
    after = files(tmp_path)
    assert after.pop("crewhall.db-wal", b"") == b""  # what SQLite leaves of reading: nothing is in it
    after.pop("crewhall.db-shm", b"")
    assert after == before


async def test_where_there_is_no_ledger_none_is_made(config: Path, tmp_path: Path) -> None:
    (found,) = about(await examine(config, {}), "ledger")
    assert (found.level, "there is no ledger" in found.what) == ("fine", True)
    assert not (tmp_path / "crewhall.db").exists()


@pytest.mark.parametrize("damage", ["garbage", "cut", "scribbled"])
async def test_a_damaged_ledger_is_told_with_what_to_do(config: Path, tmp_path: Path, damage: str) -> None:
    path = await with_ledger(tmp_path)
    whole = path.read_bytes()
    broken = {
        "garbage": b"not a ledger at all" * 300,
        "cut": whole[: len(whole) // 2],
        "scribbled": whole[:5000] + b"\xff" * 9000 + whole[14000:],
    }[damage]
    path.write_bytes(broken)
    (fault,) = amiss(about(await examine(config, {}), "ledger"))
    assert fault.level == "wrong"
    assert "damaged" in fault.what or "malformed" in fault.what, fault
    assert "restore your latest backup" in fault.remedy
    assert path.read_bytes() == broken


async def test_a_ledger_of_a_newer_version_is_not_opened(config: Path, tmp_path: Path) -> None:
    path = await with_ledger(tmp_path)
    with closing(sqlite3.connect(path)) as db, db:
        db.execute(
            "INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES ('crewhall', 'm999', '')"
        )
    (fault,) = amiss(about(await examine(config, {}), "ledger"))
    assert (fault.level, "newer Crewhall" in fault.what) == ("wrong", True)


async def test_a_database_of_something_else_is_not_taken_for_a_ledger(config: Path, tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "crewhall.db")) as db, db:
        db.execute("CREATE TABLE recipes (name TEXT)")
    (fault,) = amiss(about(await examine(config, {}), "ledger"))
    assert "a database of something else" in fault.what
    assert form_of(tmp_path / "crewhall.db") == "foreign"


async def test_tokens_that_everybody_can_read_are_wrong(config: Path, tmp_path: Path) -> None:
    (tmp_path / "registration.yaml").chmod(0o644)
    (fault,) = amiss(about(await examine(config, {}), "papers"))
    assert fault.remedy.startswith("chmod o= ")


@pytest.mark.parametrize(
    ("free", "level"), [(10 << 20, "wrong"), (200 << 20, "warning"), (600 << 20, "fine"), (5 << 30, "fine")]
)
def test_a_disk_is_full_before_the_last_byte(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, free: int, level: str
) -> None:
    monkeypatch.setattr("shutil.disk_usage", lambda _folder: SimpleNamespace(free=free))
    found = beside.disk(tmp_path / "not" / "yet" / "crewhall.db")
    assert found.level == level
    assert (found.remedy == "") == (level == "fine")


@pytest.mark.parametrize(
    ("ahead", "level", "said"),
    [
        (timedelta(0), "fine", "agree"),
        (timedelta(seconds=9), "fine", "agree"),
        (timedelta(seconds=-9), "fine", "agree"),
        (timedelta(seconds=40), "warning", "ahead of ours"),
        (timedelta(seconds=-40), "warning", "behind ours"),
        (timedelta(hours=3), "wrong", "ahead of ours"),
        (timedelta(days=-400), "wrong", "behind ours"),
    ],
)
async def test_clocks_that_are_apart_are_told(ahead: timedelta, level: str, said: str) -> None:
    async with answering(Date=format_datetime(NOW + ahead, usegmt=True)) as address:
        found = await beside.clocks(address, now)
    assert found is not None
    assert found.level == level
    assert said in found.what
    assert ("NTP" in found.remedy) == (level != "fine")


@pytest.mark.parametrize("date", ["", "yesterday", "99 Foo 99999", "Mon, 01 Jan 0001 00:00:00 GMT"])
async def test_a_date_that_is_none_says_nothing_of_clocks(date: str) -> None:
    async with answering(Date=date) as address:
        found = await beside.clocks(address, now)
    assert found is None or found.level == "wrong"
    assert await beside.clocks(f"http://{LOOPBACK}:{free_port()}", now) is None


async def test_what_waits_long_is_told_and_what_just_came_is_not() -> None:
    ledger = MemoryLedger()
    assert [one.level for one in await beside.queues(ledger, AT)] == ["fine"]
    await ledger.take_in([event("$1"), event("$2")], AT)
    assert [one.level for one in await beside.queues(ledger, AT + timedelta(minutes=9))] == ["fine"]
    (late,) = await beside.queues(ledger, AT + timedelta(minutes=11))
    assert (late.level, late.what.startswith("2 events wait to be heard")) == ("warning", True)


async def test_whether_the_service_runs_is_asked_of_itself() -> None:
    why = "not ready: x"

    async def text() -> bytes:
        return b""

    async with listening(build("@keeper:hall.test", lambda: why, text), LOOPBACK, 0) as port:
        listen = f"{LOOPBACK}:{port}"
        found = await beside.running(listen, "@keeper:hall.test", now)
        assert (found.level, found.what) == ("warning", "the service runs, but is not ready: x")
        why = ""
        assert (await beside.running(listen, "@keeper:hall.test", now)).level == "fine"
        assert (await beside.running(f"0.0.0.0:{port}", "@keeper:hall.test", now)).level == "fine"
        other = await beside.running(listen, "@warden:hall.test", now)
        assert (other.level, "is not the service of @warden" in other.what) == ("warning", True)
    gone = await beside.running(listen, "@keeper:hall.test", now)
    assert (gone.level, gone.remedy) == ("warning", "start it: crewhall serve")
    assert (await beside.running("", "@keeper:hall.test", now)).level == "fine"


async def test_something_else_on_the_port_is_not_the_service() -> None:
    async with answering() as address:
        found = await beside.running(address.removeprefix("http://"), "@keeper:hall.test", now)
    assert "is not the service" in found.what


@pytest.mark.parametrize(
    ("levels", "worst_of_them"),
    [
        ([], "fine"),
        (["fine", "fine"], "fine"),
        (["warning", "fine"], "warning"),
        (["warning", "wrong", "fine"], "wrong"),
    ],
)
def test_the_worst_finding_counts(levels: list[Any], worst_of_them: str) -> None:
    assert worst(Finding(level, "x", "y") for level in levels) == worst_of_them


def test_for_machines_there_is_nothing_but_json(config: Path) -> None:
    told = CliRunner().invoke(crewhall, ["doctor", "-c", str(config), "--json"])
    assert told.exit_code == 1
    found = json.loads(told.stdout)
    assert found["status"] == "wrong"
    assert all(one.keys() == {"level", "about", "what", "remedy"} for one in found["findings"])
    assert all(one["remedy"] for one in found["findings"] if one["level"] == "warning")


async def test_whatever_is_amiss_says_what_to_do(config: Path, tmp_path: Path) -> None:
    path = await with_ledger(tmp_path)
    path.write_bytes(b"not a ledger at all" * 300)
    (tmp_path / "charters").mkdir()
    (tmp_path / "charters" / "draft.yaml").write_text("key: x\nnaem: y\n")
    (tmp_path / "registration.yaml").write_text("id: crewhall\n")
    found = amiss(await examine(config, {}))
    assert {one.about for one in found} >= {"papers", "ledger"}
    assert [one for one in found if not one.remedy] == []


def test_people_get_a_table_with_the_worst_above_and_the_count_below(config: Path) -> None:
    told = CliRunner().invoke(crewhall, ["doctor", "-c", str(config)])
    assert told.exit_code == 1
    marks = [line.split()[0] for line in told.output.splitlines() if line[:1] in {"w", "f"}]
    assert marks == sorted(marks, key=("wrong", "warning", "fine").index)
    assert "What to do" in told.output
    assert "Wrong: 1." in told.output
