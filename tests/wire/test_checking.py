"""`crewhall check` says of everything that is not in order what it is and what to do."""

import random
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from crewhall import registration as registrations
from crewhall.adapters.clock import SystemClock
from crewhall.adapters.connection import Connection
from crewhall.adapters.listening import listening
from crewhall.adapters.transactions import build
from crewhall.checking import Finding, check_homeserver, check_papers, read_charters
from crewhall.ground.ids import UserId
from crewhall.lab.ports import LOOPBACK, free_port
from crewhall.registration import Registration
from crewhall.settings import Settings, load
from crewhall.testing.directory import Service
from crewhall.testing.wire import Wire
from crewhall.testing.world import World

CHANCE = random.Random(1)  # noqa: S311 - scatters retries
CHARTER = "key: rivendell\nname: Rivendell\n"


class Desk:
    """An operator's papers beside a homeserver."""

    def __init__(self, folder: Path, wire: Wire) -> None:
        self.folder, self.wire = folder, wire
        self.config = folder / "config.yaml"
        self.port = free_port()
        self.write()
        registrations.write(folder / "registration.yaml", registrations.draft(self.settings))
        self.register()

    def write(self, **service: object) -> None:
        address = f"{LOOPBACK}:{self.port}"
        told = {
            "homeserver": {"address": self.wire.url, "name": self.wire.world.server},
            "service": {"listen": address, "address": f"http://{address}", **service},
        }
        self.config.write_text(yaml.safe_dump(told))

    @property
    def settings(self) -> Settings:
        return load(self.config, {})

    @property
    def registration(self) -> Registration:
        return registrations.read(self.folder / "registration.yaml")

    def register(self, **changes: str) -> None:
        paper = self.registration
        service = Service(
            id=paper.id,
            sender=UserId(f"@{paper.sender_localpart}:{self.wire.world.server}"),
            users=paper.namespaces.users[0].regex,
            aliases=paper.namespaces.aliases[0].regex,
            as_token=paper.as_token.get_secret_value(),
            hs_token=paper.hs_token.get_secret_value(),
            url=paper.url,
        )
        self.wire.world.directory.add_service(replace(service, **changes))

    async def other_side(self) -> tuple[Finding, ...]:
        token = self.registration.as_token.get_secret_value()
        async with Connection(self.wire.url, token, clock=SystemClock(), chance=CHANCE) as connection:
            return await check_homeserver(self.settings, self.registration, connection)


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    async with Wire(World()) as wire:
        yield Desk(tmp_path, wire)


def faults(findings: Sequence[Finding]) -> list[Finding]:
    return [finding for finding in findings if not finding.ok]


async def test_all_is_well(desk: Desk) -> None:
    (desk.folder / "charters").mkdir()
    (desk.folder / "charters" / "rivendell.yaml").write_text(CHARTER)
    papers, settings, registration = check_papers(desk.config, {})
    assert (settings, registration) == (desk.settings, desk.registration)
    assert faults(papers) == []
    assert any("rivendell" in finding.what for finding in papers)
    other = await desk.other_side()
    assert faults(other) == []
    assert "a ping came back" in other[-1].what


async def test_the_running_service_answers_the_ping_where_it_has_the_port(desk: Desk) -> None:
    async def take(_events: Sequence[object]) -> None:
        return

    app = build(take, lambda _: False, lambda _: False, desk.registration.hs_token.get_secret_value())
    async with listening(app, LOOPBACK, desk.port):
        assert faults(await desk.other_side()) == []


async def test_a_stranger_on_our_port_is_noticed(desk: Desk) -> None:
    async def take(_events: Sequence[object]) -> None:
        return

    async with listening(build(take, lambda _: False, lambda _: False, "another"), LOOPBACK, desk.port):
        (fault,) = faults(await desk.other_side())
    assert "does not get through" in fault.what


async def test_a_homeserver_that_is_not_there(desk: Desk) -> None:
    await desk.wire.stop()
    (fault,) = await desk.other_side()
    assert (fault.ok, fault.what) == (False, f"no homeserver answers at {desk.wire.url}")
    assert "start the homeserver" in fault.remedy


async def test_a_homeserver_that_was_not_restarted(desk: Desk) -> None:
    desk.wire.world.directory.services.clear()
    (fault,) = faults(await desk.other_side())
    assert fault.what == "the homeserver does not know our token"
    assert "restart it" in fault.remedy


async def test_a_homeserver_of_another_name(desk: Desk) -> None:
    told = yaml.safe_load(desk.config.read_text())
    told["homeserver"]["name"] = "example.org"
    desk.config.write_text(yaml.safe_dump(told))
    (fault,) = faults(await desk.other_side())
    assert f"write {desk.wire.world.server} as homeserver.name" in fault.remedy


async def test_a_homeserver_that_knows_an_older_registration(desk: Desk) -> None:
    desk.register(users="@warden:hall.test$")
    found = faults(await desk.other_side())
    assert "does not let us speak as @keeper:hall.test" in found[0].what
    assert "restart" in found[0].remedy


@pytest.mark.parametrize("url", [f"http://{LOOPBACK}:9", None])
async def test_a_homeserver_that_does_not_find_the_way_back(desk: Desk, url: str | None) -> None:
    desk.register(url=url)  # type: ignore[arg-type]  # none at all is possible
    (fault,) = faults(await desk.other_side())
    assert "ping us" in fault.what or "does not get through" in fault.what
    assert fault.remedy


async def test_papers_that_contradict_each_other(desk: Desk) -> None:
    desk.write(keeper="warden")
    papers, settings, registration = check_papers(desk.config, {})
    assert settings is not None
    assert registration is None
    (fault,) = faults(papers)
    assert "No namespace of users holds @warden:hall.test" in fault.what


async def test_tokens_that_everybody_can_read(desk: Desk) -> None:
    (desk.folder / "registration.yaml").chmod(0o644)
    (fault,) = faults(check_papers(desk.config, {})[0])
    assert "everybody on this machine can read" in fault.what
    assert fault.remedy.startswith("chmod o= ")


async def test_a_configuration_that_cannot_be_read_is_all_there_is_to_say(desk: Desk) -> None:
    desk.config.write_text("homeserver: {addres: x}\nlegder: 1\n")
    papers, settings, registration = check_papers(desk.config, {})
    assert (settings, registration) == (None, None)
    assert len(papers) == 4
    assert all(not finding.ok and ":" in finding.what for finding in papers)


async def test_a_ledger_that_is_a_folder(desk: Desk) -> None:
    (desk.folder / "crewhall.db").mkdir()
    (fault,) = faults(check_papers(desk.config, {})[0])
    assert "is a folder" in fault.what


def test_charters_are_told_with_file_and_line(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(CHARTER)
    (tmp_path / "b.yaml").write_text(CHARTER)
    (tmp_path / "c.yaml").write_text("key: c\nname: C\ndoor: {join: no}\n")
    (tmp_path / "d.yml").write_text("key: d\nname: D\n")
    (tmp_path / "e.yaml").mkdir()
    (tmp_path / "notes.txt").write_text("not a charter")
    found, told = read_charters(tmp_path)
    assert sorted(found) == ["a", "d"]
    assert [line.partition(str(tmp_path))[2].split(" ")[0] for line in told] == [
        "/b.yaml:1:1:",
        "/c.yaml:3:8:",
        "/e.yaml",
    ]
    assert read_charters(tmp_path / "none") == ({}, ())
