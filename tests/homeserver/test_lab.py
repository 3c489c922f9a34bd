"""The lab keeps its promises: a real Synapse that stays, dies and comes back, and people who live on it."""

import asyncio
import contextlib
import os
import select
import signal
import socket
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from crewhall.errors import Denied, Misconfigured, Taken, TryLater
from crewhall.lab.people import Person
from crewhall.lab.sight import becomes, reacts, says
from crewhall.lab.synapse import Synapse

pytestmark = pytest.mark.homeserver

STARTER = """
import asyncio, sys
from pathlib import Path
from crewhall.lab.synapse import Synapse

async def main():
    async with Synapse(Path(sys.argv[1])) as synapse:
        print(synapse.pid, flush=True)
        await asyncio.sleep(600)

asyncio.run(main())
"""


@pytest.fixture
async def synapse(tmp_path: Path) -> AsyncIterator[Synapse]:
    async with Synapse(tmp_path / "homeserver") as one:
        yield one


def gone(pid: int, within: float = 10.0) -> bool:
    """Wait until a process is dead (a zombie counts)."""
    try:
        handle = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    try:
        return bool(select.select([handle], [], [], within)[0])
    finally:
        os.close(handle)


async def test_a_second_start_finds_the_same_users_at_the_same_address(tmp_path: Path) -> None:
    async with Synapse(tmp_path) as first:
        await first.register("ada", "secret")
        address, name, pid = first.address, first.name, first.pid
    assert gone(pid)
    async with Synapse(tmp_path) as second:
        assert (second.address, second.name) == (address, name)
        with pytest.raises(Taken):
            await second.register("ada", "secret")


async def test_a_kill_loses_nobody_and_it_can_be_started_again(synapse: Synapse) -> None:
    await synapse.register("ada", "secret")
    await synapse.kill()
    assert not synapse.running
    await synapse.start()
    with pytest.raises(Taken):
        await synapse.register("ada", "secret")


async def test_a_homeserver_dies_with_its_starter(tmp_path: Path) -> None:
    starter = await asyncio.create_subprocess_exec(
        sys.executable, "-c", STARTER, str(tmp_path), stdout=asyncio.subprocess.PIPE
    )
    assert starter.stdout is not None
    pid = int(await starter.stdout.readline())
    starter.kill()
    await starter.wait()
    assert gone(pid)
    async with Synapse(tmp_path) as after:
        assert after.running


async def test_what_a_crashed_run_left_is_cleaned_up_but_nobody_else_is_touched(tmp_path: Path) -> None:
    async with Synapse(tmp_path) as one:
        pid = one.pid
    bystander = await asyncio.create_subprocess_exec(
        sys.executable, "-c", "import time; time.sleep(60)", "synapse.app.homeserver"
    )
    try:
        for stale in (bystander.pid, pid, "nonsense"):
            (tmp_path / "synapse.pid").write_text(str(stale))
            async with Synapse(tmp_path):
                pass
        assert bystander.returncode is None
    finally:
        with contextlib.suppress(ProcessLookupError):
            bystander.kill()
        await bystander.wait()


async def test_two_cannot_live_in_one_directory(synapse: Synapse) -> None:
    with pytest.raises(Misconfigured, match="already"):
        await Synapse(synapse.directory).start()
    assert synapse.running


async def test_a_port_in_use_is_said_in_one_sentence(tmp_path: Path) -> None:
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        port = holder.getsockname()[1]
        with pytest.raises(Misconfigured, match=f"^Port {port} on 127.0.0.1 is in use"):
            await Synapse(tmp_path, port=port).start()


async def test_a_kept_port_that_somebody_took_is_said_in_one_sentence(tmp_path: Path) -> None:
    async with Synapse(tmp_path) as one:
        port = one.kept.client
    with socket.socket() as holder:
        holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        holder.bind(("127.0.0.1", port))
        holder.listen()
        with pytest.raises(Misconfigured, match=f"^Port {port} on 127.0.0.1 is in use"):
            await Synapse(tmp_path).start()


async def test_a_missing_package_is_said_with_the_way_to_get_it(tmp_path: Path) -> None:
    bare = tmp_path / "python"
    bare.write_text(f'#!/bin/sh\nexec {sys.executable} -I -S "$@"\n')
    bare.chmod(0o700)
    with pytest.raises(Misconfigured, match=r"crewhall\[demo\]"):
        await Synapse(tmp_path / "homeserver", python=bare).start()
    with pytest.raises(Misconfigured, match="no Python interpreter"):
        await Synapse(tmp_path / "homeserver", python=tmp_path / "nothing").start()


async def test_a_homeserver_that_dies_at_its_start_says_why(tmp_path: Path) -> None:
    with pytest.raises(TryLater, match=r"ended with status [1-9].*nothing-here"):
        await Synapse(tmp_path, appservices=[tmp_path / "nothing-here.yaml"]).start()


async def test_a_homeserver_that_dies_later_is_noticed(synapse: Synapse) -> None:
    noticing = asyncio.create_task(synapse.died())
    os.kill(synapse.pid, signal.SIGKILL)
    assert "was ended by signal 9" in await asyncio.wait_for(noticing, 10)


async def test_real_limits_are_kept_on_demand(tmp_path: Path) -> None:
    async with Synapse(tmp_path, defaults=True) as strict:
        await strict.register("ada", "secret")
        config = (strict.directory / "homeserver.yaml").read_text()
    assert "rc_message" not in config


async def test_people_speak_in_secret_and_only_they_can_read(synapse: Synapse, tmp_path: Path) -> None:
    words = "the owl sleeps at noon"
    for name in ("ada", "bob"):
        await synapse.register(name, "secret")
    async with (
        await Person.enter(synapse, "ada", "secret", tmp_path / "ada", shown="Ada") as ada,
        await Person.enter(synapse, "bob", "secret", tmp_path / "bob", shown="Bob") as bob,
    ):
        room = await ada.start_chat(bob.id)
        invitation = await bob.invited(lambda one: one.room == room, "to a chat")
        assert (invitation.inviter, invitation.direct, invitation.encrypted) == (ada.id, True, True)
        await bob.accept(room)
        await ada.saw(room, becomes(bob.id, "join"), "Bob coming in")
        said = await ada.say_encrypted(room, words)
        heard = await bob.saw(room, says(words), "the words")
        assert (heard.id, heard.secret, heard.sender) == (said, True, ada.id)
        await bob.react(room, said, "👍️")
        assert (await ada.saw(room, reacts(said), "a reaction")).reaction == "👍"
    async with (
        await Person.enter(synapse, "ada", "secret", tmp_path / "ada") as ada,
        await Person.enter(synapse, "bob", "secret", tmp_path / "bob") as bob,
    ):
        await bob.say_encrypted(room, f"yes, {words}")
        assert (await ada.saw(room, says("yes, "), "the answer")).secret
        await bob.leave(room)
        await ada.saw(room, becomes(bob.id, "leave"), "Bob leaving")
    everything = [path.read_bytes() for path in synapse.directory.rglob("*") if path.is_file()]
    assert not any(words.encode() in content for content in everything)


async def test_people_live_through_a_restart_of_the_homeserver(synapse: Synapse, tmp_path: Path) -> None:
    await synapse.register("ada", "secret")
    async with await Person.enter(synapse, "ada", "secret", tmp_path / "ada") as ada:
        room = str((await ada.call("POST", "v3/createRoom", body={"name": "Shed"}))["room_id"])
        await synapse.restart()
        await ada.say(room, "still here")
        await ada.saw(room, says("still here"), "her own words")
        assert ada.sight.names[room] == "Shed"
        with pytest.raises(TryLater, match=r"did not see a ghost within 0\.2 s"):
            await ada.saw(room, says("boo"), "a ghost", within=0.2)


async def test_a_wrong_password_is_refused(synapse: Synapse, tmp_path: Path) -> None:
    await synapse.register("ada", "secret")
    with pytest.raises(Denied, match="M_FORBIDDEN"):
        await Person.enter(synapse, "ada", "wrong", tmp_path / "ada")
