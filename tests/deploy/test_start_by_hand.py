"""The commands of README, unit and role, run as plain processes with a real Synapse: it answers.

What is not run is named in `ELSEWHERE`: who owns what, what the machine installs and starts.
"""

import re
import shlex
import stat
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from crewhall.lab.guests import Guest
from crewhall.lab.plainly import answer, chat_with, crewhall, run, serving
from crewhall.lab.ports import LOOPBACK, free_port
from crewhall.lab.synapse import Synapse

pytestmark = [pytest.mark.homeserver, pytest.mark.timeout(240)]

ELSEWHERE = ("useradd ", "python3 -m venv ", "/opt/crewhall/bin/pip install ", "systemctl ")
"""How lines begin that are for another machine."""
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
    assert len(left) == 8, left

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
