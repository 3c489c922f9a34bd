"""The commands of compose file and image, run as plain processes with a real Synapse: it answers."""

import asyncio
import json
import os
import re
import shlex
import stat
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import yaml

from crewhall.lab.child import Child
from crewhall.lab.guests import Guest
from crewhall.lab.line import Line
from crewhall.lab.plainly import PATIENCE, answer, chat_with, run, serving
from crewhall.lab.ports import LOOPBACK, free_port

pytestmark = [pytest.mark.homeserver, pytest.mark.timeout(240)]


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
