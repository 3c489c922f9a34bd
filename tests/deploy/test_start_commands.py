"""The commands of README, unit and image, run as plain processes with a real Synapse: it answers.

What is not run is named in `ELSEWHERE`: who owns what, what the machine installs and starts.
"""

import asyncio
import json
import os
import re
import shlex
import stat
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import yaml

from crewhall.lab.child import Child
from crewhall.lab.guests import Guest
from crewhall.lab.line import Line
from crewhall.lab.ports import LOOPBACK, free_port
from crewhall.lab.synapse import Synapse

pytestmark = [pytest.mark.homeserver, pytest.mark.timeout(240)]

ELSEWHERE = ("useradd ", "python3 -m venv ", "/opt/crewhall/bin/pip install ", "systemctl ")
"""How lines begin that are for another machine."""
PATIENCE = 60.0
BOUND = """
import ctypes, os, sys
libc = ctypes.CDLL(None, use_errno=True)
PR_SET_NO_NEW_PRIVS, PR_SET_MDWE = 38, 65
os.umask(0o077)
for what in (PR_SET_NO_NEW_PRIVS, PR_SET_MDWE):
    if libc.prctl(what, 1, 0, 0, 0):
        sys.exit(f"prctl {what}: {os.strerror(ctypes.get_errno())}")
os.execv(sys.argv[1], sys.argv[1:])
"""
"""Becomes a program that gains no rights, makes no memory executable, and whose files are its own."""


async def run(words: Sequence[str], folder: Path, environment: Mapping[str, str]) -> tuple[int, str]:
    process = await asyncio.create_subprocess_exec(
        *words,
        cwd=folder,
        env={**os.environ, **environment},
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    try:
        async with asyncio.timeout(PATIENCE):
            said, _ = await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    return process.returncode or 0, said.decode()


@asynccontextmanager
async def serving(
    words: Sequence[str], folder: Path, port: int, environment: Mapping[str, str]
) -> AsyncIterator[Path]:
    """Run the service and wait until it listens; yield its log. Told to stop, it ends well."""
    log = folder / f"service-{port}.log"
    child = await Child.start([words[0], *words[1:]], log=log, cwd=folder, environment=environment)
    try:
        async with asyncio.timeout(PATIENCE):
            while True:
                assert child.status is None, child.last_words()
                try:
                    _, writer = await asyncio.open_connection(LOOPBACK, port)
                except OSError:
                    await asyncio.sleep(0.05)
                    continue
                writer.close()
                await writer.wait_closed()
                break
        yield log
        assert await child.stop() == 0, child.last_words()
    finally:
        await child.kill()


async def chat_with(guest: Guest, keeper: str) -> str:
    """Greet the keeper in a private chat, as Element would; return the room that it asks into."""
    own = await guest.start_chat(keeper, encrypted=True)
    invitation = await guest.finds(
        lambda: next((i for i in guest.sight.invited.values() if i.inviter == keeper and i.direct), None),
        "an invitation to a private chat",
        within=PATIENCE,
    )
    await guest.leave(own)
    return await guest.enter_room(invitation.room)


async def answer(guest: Guest, room: str, keeper: str, text: str) -> str:
    event = await guest.say(room, text)
    seen = await guest.saw(
        room,
        lambda one: one.sender == keeper and one.replies_to == event,
        f"an answer to {text}",
        within=PATIENCE,
    )
    return seen.text


def crewhall(words: Sequence[str]) -> list[str]:
    """Return a command of the service's own with the program that is there to run it."""
    return [sys.executable, "-m", "crewhall", *words]


class Machine:
    """A folder in place of a machine: what is under /etc and /var/lib there is below it."""

    def __init__(self, root: Path, homeserver: Synapse) -> None:
        self.root = root
        self.homeserver = homeserver
        self.port, self.watched = free_port(), free_port()
        self.config = root / "etc" / "crewhall" / "config.yaml"
        self.registration = root / "etc" / "matrix-synapse" / "crewhall.yaml"
        for folder in ("etc/matrix-synapse", "etc/systemd/system", "var/lib"):
            (root / folder).mkdir(parents=True)

    @property
    def environment(self) -> dict[str, str]:
        """Ports of this test's own; nothing else differs from what an operator has."""
        address = f"{LOOPBACK}:{self.port}"
        return {
            "CREWHALL_SERVICE__LISTEN": address,
            "CREWHALL_SERVICE__ADDRESS": f"http://{address}",
            "CREWHALL_WATCH__LISTEN": f"{LOOPBACK}:{self.watched}",
        }

    def here(self, text: str) -> str:
        """Return a line of the README with this machine's places and names."""
        for place in ("/etc/", "/var/lib/"):
            text = re.sub(rf"(?<![\w.]){place}", f"{self.root}{place}", text)
        text = text.replace("http://127.0.0.1:8008", self.homeserver.address)
        return text.replace("example.org", self.homeserver.name)

    def words(self, line: str) -> list[str]:
        """Return the words of a line without who runs it and who will own what it makes."""
        line = re.sub(r"^sudo (-u \w+ )?", "", line)
        line = re.sub(r" -[og] [\w-]+", "", line) if line.startswith("install ") else line
        words = shlex.split(self.here(line))
        return crewhall(words[1:]) if words[0] == "/opt/crewhall/bin/crewhall" else words


def by_hand(deploy: Path) -> list[str]:
    """Return the commands of the README's by-hand way, in order."""
    text = (deploy / "README.md").read_text()
    section = re.search(r"^## By hand.*?(?=^## )", text, re.MULTILINE | re.DOTALL)
    assert section is not None
    blocks = re.findall(r"```sh\n(.*?)```", section[0], re.DOTALL)
    return [line.strip() for block in blocks for line in block.splitlines() if line.strip()]


@pytest.fixture
async def machine(tmp_path: Path) -> AsyncIterator[Machine]:
    homeserver = Synapse(tmp_path / "homeserver")
    await homeserver.prepare()
    try:
        yield Machine(tmp_path, homeserver)
    finally:
        await homeserver.close()


async def test_by_hand_and_as_the_unit_starts_it(
    machine: Machine, deploy: Path, unit: dict[str, list[str]]
) -> None:
    homeserver = machine.homeserver
    top = deploy.parent
    ran, left = [], []
    for line in by_hand(deploy):
        plain = re.sub(r"^sudo (-u \w+ )?", "", line)
        if plain == "systemctl restart matrix-synapse":
            # The key that the README puts into homeserver.yaml, with the file that was installed for it.
            assert f"  - {machine.registration}\n" in machine.here((deploy / "README.md").read_text())
            homeserver.appservices = (machine.registration,)
            await homeserver.start()
        if plain.startswith(ELSEWHERE):
            left.append(plain)
        elif " serve " in plain:
            ran.append("serve")
            async with serving(machine.words(line), machine.root, machine.port, machine.environment):
                you = await Guest.register(homeserver, "you")
                keeper = machine.here("@keeper:example.org")
                chat = await chat_with(you, keeper)
                assert "stands" in await answer(you, chat, keeper, "!found Rivendell as congregation")
                await you.accepts("Rivendell")
        else:
            ran.append(shlex.split(plain)[1] if "bin/crewhall " in plain else plain.split()[0])
            status, said = await run(machine.words(line), top, machine.environment)
            assert status == 0, f"{line}: {said}"
    assert ran == ["install", "generate", "sed", "install", "check", "serve", "install"]
    assert len(left) == 6, left

    # The very unit that was installed last, on what was written by hand.
    assert (machine.root / "etc/systemd/system/crewhall.service").read_bytes() == (
        deploy / "systemd" / "crewhall.service"
    ).read_bytes()
    (start,) = unit["ExecStart"]
    (place,) = unit["WorkingDirectory"]
    told = dict(pair.split("=", 1) for pair in unit["Environment"])
    bounded = [sys.executable, "-c", BOUND, *machine.words(start)]
    folder = Path(machine.here(place + "/"))
    async with serving(bounded, folder, machine.port, {**machine.environment, **told}):
        assert "Rivendell" in await answer(you, chat, keeper, "!me")
    ledger = folder / "crewhall.db"
    assert stat.S_IMODE(ledger.stat().st_mode) == 0o600
    await you.close()


async def test_the_role_s_papers_are_read_by_both_sides(
    machine: Machine, rendered: Any, image_command: list[str]
) -> None:
    homeserver = machine.homeserver
    given = {
        "matrix_base_data_path": str(machine.root),
        "matrix_domain": homeserver.name,
        "matrix_homeserver_generic_secret_key": "a secret of the playbook",
        "matrix_addons_homeserver_client_api_url": homeserver.address,
        "matrix_bot_crewhall_operators": [f"@you:{homeserver.name}"],
        "matrix_bot_crewhall_address": f"http://{LOOPBACK}:{machine.port}",
        "matrix_bot_crewhall_port": machine.port,
    }
    machine.config.parent.mkdir()
    for name in ("config.yaml", "registration.yaml"):
        paper = machine.config.with_name(name)
        paper.write_text(machine.here(rendered(f"{name}.j2", given)))
        paper.chmod(0o440)
    (machine.root / "var/lib/crewhall").mkdir()
    homeserver.appservices = (machine.config.with_name("registration.yaml"),)
    await homeserver.start()
    status, said = await run(crewhall(["check", "-c", str(machine.config)]), machine.root, {})
    assert status == 0, said
    words = crewhall([machine.here(word) for word in image_command[1:]])
    watched = {"CREWHALL_WATCH__LISTEN": machine.environment["CREWHALL_WATCH__LISTEN"]}
    async with serving(words, machine.root, machine.port, watched):
        you = await Guest.register(homeserver, "you")
        keeper = f"@keeper:{homeserver.name}"
        assert "!found" in await answer(you, await chat_with(you, keeper), keeper, "!help")
        await you.close()


async def log_in(address: str, user: str, password: str) -> str:
    """Log in as people do; return the token."""
    asked = {
        "type": "m.login.password",
        "identifier": {"type": "m.id.user", "user": user},
        "password": password,
    }
    async with (
        aiohttp.ClientSession() as session,
        session.post(f"{address}/_matrix/client/v3/login", json=asked) as response,
    ):
        told = await response.json()
        assert response.status == 200, told
        return str(told["access_token"])


class Containers:
    """Folders in place of the volumes, and what compose file and image put into the environment."""

    def __init__(self, root: Path, container: Path, compose: dict[str, Any], env: dict[str, str]) -> None:
        self.container = container
        self.port, self.inner, self.watched = free_port(), free_port(), free_port()
        self.server = f"localhost:{self.port}"
        self.address = f"http://{LOOPBACK}:{self.port}"
        self._services = compose["services"]
        self.volumes = {name: root / name for name in ("crewhall", "data", "database", "state", "bin")}
        for place in self.volumes.values():
            place.mkdir()
        # The image has the command on its path.
        self.command = self.volumes["bin"] / "crewhall"
        self.command.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m crewhall "$@"\n')
        self.command.chmod(0o755)
        self.environment = {
            **{name: one for name, one in env.items() if name.startswith(("CREWHALL_", "PYTHON"))},
            **self._filled("crewhall"),
            # In place of the containers' names and places.
            "CREWHALL_HOMESERVER__ADDRESS": self.address,
            "CREWHALL_SERVICE__LISTEN": f"{LOOPBACK}:{self.inner}",
            "CREWHALL_SERVICE__ADDRESS": f"http://{LOOPBACK}:{self.inner}",
            "CREWHALL_WATCH__LISTEN": f"{LOOPBACK}:{self.watched}",
            "CREWHALL_LEDGER": str(self.volumes["state"] / "crewhall.db"),
            "PATH": f"{self.volumes['bin']}:{os.environ['PATH']}",
            "PAPERS": str(self.volumes["crewhall"]),
        }

    def _filled(self, service: str) -> dict[str, str]:
        told = {
            "SERVER_NAME": self.server,
            "OPERATORS": f"@you:{self.server}",
            "MATRIX_HOST": "m.example.org",
        }
        found = self._services[service]["environment"]
        return {name: re.sub(r"\$\{(\w+)[^}]*\}", lambda m: told[m[1]], one) for name, one in found.items()}

    async def write_papers(self) -> dict[Path, bytes]:
        """Run both steps that run once; return all that they left."""
        papers = {
            **self._filled("synapse-papers"),
            **{name.upper(): str(self.volumes[name]) for name in ("data", "crewhall", "database")},
        }
        for words, environment in (
            (["/bin/sh", str(self.container / "crewhall/papers.sh")], self.environment),
            ([sys.executable, str(self.container / "synapse/papers.py")], papers),
        ):
            status, said = await run(words, self.container, environment)
            assert status == 0, said
        places = [self.volumes[name] for name in ("crewhall", "data", "database")]
        return {path: path.read_bytes() for place in places for path in place.iterdir()}

    def elsewhere(self) -> Path:
        """Give the homeserver a port on loopback and a database that is there; return its configuration."""
        paper = self.volumes["data"] / "homeserver.yaml"
        assert stat.S_IMODE(paper.stat().st_mode) == 0o600
        config = yaml.safe_load(paper.read_text())
        assert config["enable_registration"] is False
        assert config["database"]["name"] == "psycopg2"
        assert config["database"]["args"]["password"] == (self.volumes["database"] / "password").read_text()
        config["listeners"][0] |= {"port": self.port, "bind_addresses": [LOOPBACK]}
        place = str(self.volumes["state"] / "homeserver.db")
        config["database"] = {"name": "sqlite3", "args": {"database": place}}
        paper.write_text(json.dumps(config))
        return paper

    @asynccontextmanager
    async def synapse(self, paper: Path) -> AsyncIterator[None]:
        """Run the homeserver."""
        state = self.volumes["state"]
        words = [sys.executable, "-m", "synapse.app.homeserver", "--config-path", str(paper)]
        child = await Child.start(words, log=state / "synapse.log", cwd=state)
        try:
            async with asyncio.timeout(PATIENCE), aiohttp.ClientSession() as session:
                while True:
                    assert child.status is None, child.last_words()
                    with suppress(aiohttp.ClientError):
                        async with session.get(f"{self.address}/health") as response:
                            if response.ok:
                                break
                    await asyncio.sleep(0.1)
            yield
        finally:
            await child.stop()


async def test_as_the_containers_start_it(
    tmp_path: Path,
    deploy: Path,
    compose: dict[str, Any],
    image: list[tuple[str, str]],
    image_env: dict[str, str],
) -> None:
    there = Containers(tmp_path, deploy / "container", compose, image_env)
    before = await there.write_papers()
    assert await there.write_papers() == before, "a second start writes nothing new"
    paper = there.elsewhere()
    async with there.synapse(paper):
        # The README's line for the first person, with a password where people type one.
        register = str(Path(sys.executable).with_name("register_new_matrix_user"))
        words = ["-c", str(paper), "-u", "you", "-p", "a password", "--no-admin", there.address]
        status, said = await run([register, *words], tmp_path, {})
        assert status == 0, said
        token = await log_in(there.address, "you", "a password")
        config = str(there.volumes["crewhall"] / "config.yaml")
        told = dict(image)
        start = [config if word == "/etc/crewhall/config.yaml" else word for word in json.loads(told["CMD"])]
        words = [str(there.command), *start]
        async with serving(words, there.volumes["state"], there.inner, there.environment):
            you = Guest(f"@you:{there.server}", "you", Line(there.address, token))
            keeper = f"@keeper:{there.server}"
            chat = await chat_with(you, keeper)
            assert "stands" in await answer(you, chat, keeper, "!found Rivendell as congregation")
            await you.close()
            # The image's own look at its health: it passes now, and does not once the service has gone.
            looked = json.loads(told["HEALTHCHECK"].partition("CMD ")[2])
            health = [sys.executable, looked[1], looked[2].replace("29332", str(there.watched))]
            assert (await run(health, tmp_path, {}))[0] == 0
        assert (await run(health, tmp_path, {}))[0] != 0
