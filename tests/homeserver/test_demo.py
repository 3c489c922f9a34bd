"""The demo keeps its promises: one command lives the whole story on a real homeserver and cleans up."""

import asyncio
import json
import os
import select
import signal
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import psutil
import pytest

pytestmark = [pytest.mark.homeserver, pytest.mark.slow, pytest.mark.timeout(300)]

OPEN = b"until Ctrl-C"


async def demo(*arguments: object) -> tuple[int, str, str]:
    """Run the demo to its end; return its exit status and what it said."""
    process = await asyncio.create_subprocess_exec(
        *command(*arguments), stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    out, err = await process.communicate()
    return await process.wait(), out.decode(), err.decode()


def command(*arguments: object) -> list[str]:
    return [sys.executable, "-m", "crewhall", "demo", *map(str, arguments)]


@asynccontextmanager
async def running_demo(
    temporary: Path,
) -> AsyncIterator[tuple[asyncio.subprocess.Process, list[psutil.Process]]]:
    """Give a demo whose story is over and whose doors are open, and all the processes it started."""
    process = await asyncio.create_subprocess_exec(
        *command(),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env={**os.environ, "TMPDIR": str(temporary)},
    )
    assert process.stdout is not None
    try:
        while OPEN not in (line := await process.stdout.readline()):
            assert line, "the demo ended before its doors were open"
        yield process, psutil.Process(process.pid).children(recursive=True)
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


def gone(process: psutil.Process, within: float = 10.0) -> bool:
    """Wait until a process is dead (a zombie counts)."""
    try:
        handle = os.pidfd_open(process.pid)
    except ProcessLookupError:
        return True
    try:
        return not process.is_running() or bool(select.select([handle], [], [], within)[0])
    finally:
        os.close(handle)


async def test_the_story_is_lived_kept_found_again_and_grows(tmp_path: Path) -> None:
    data = tmp_path / "kept"
    status, told, trouble = await demo("--once", "--data", data)
    assert (status, trouble) == (0, "")
    assert "Dara asks Tidepool for a seat and a member's reaction lets her in" in told
    assert "Ben's reaction vouches, and she is invited" in " ".join(told.split())
    assert "Commons closes behind her" in " ".join(told.split())
    for name in ("config.yaml", "registration.yaml", "crewhall.db", "charters", "logs"):
        assert (data / name).exists()
    passwords = json.loads((data / "people.json").read_text())
    assert all(password in told for password in passwords.values())

    status, told, trouble = await demo("--once", "--data", data, "--people", 10, "--crews", 3)
    assert (status, trouble) == (0, "")
    assert "The service has looked at everything and written nothing" in told
    assert len(json.loads((data / "people.json").read_text())) == 10


@pytest.mark.parametrize("charter", ["friends", "land"])
async def test_the_story_is_lived_under_every_shipped_charter(charter: str) -> None:
    status, told, trouble = await demo("--once", "--charter", charter, "--people", 9, "--crews", 3)
    assert (status, trouble) == (0, "")
    assert "Everything is as it was decided" in told


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
async def test_after_ctrl_c_nothing_it_started_is_left(tmp_path: Path, number: signal.Signals) -> None:
    async with running_demo(tmp_path) as (process, started):
        assert len(started) >= 2
        process.send_signal(number)
        assert await process.wait() == 0
        assert all(gone(one) for one in started)
    assert not os.listdir(tmp_path)  # noqa: PTH208 - a look, not a walk


async def test_even_killed_by_force_it_leaves_nothing_running(tmp_path: Path) -> None:
    async with running_demo(tmp_path) as (process, started):
        process.kill()
        assert all(gone(one) for one in started)


async def test_a_dying_homeserver_is_one_sentence_and_a_failure(tmp_path: Path) -> None:
    async with running_demo(tmp_path) as (process, started):
        homeserver = next(one for one in started if "synapse.app.homeserver" in one.cmdline())
        homeserver.kill()
        _, trouble = await process.communicate()
        assert process.returncode == 1
        assert trouble.decode().strip().splitlines()[-1].endswith("The homeserver was ended by signal 9")
        assert all(gone(one) for one in started)


async def test_a_port_in_use_is_one_sentence_and_a_failure(tmp_path: Path) -> None:
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        port = holder.getsockname()[1]
        status, _, trouble = await demo("--once", "--data", tmp_path / "data", "--port", port)
    assert status == 75
    assert f"Port {port} on 127.0.0.1 is in use" in trouble
    assert len(trouble.strip().splitlines()) == 1


async def test_a_directory_that_holds_something_else_is_left_alone(tmp_path: Path) -> None:
    letter = tmp_path / "letter.txt"
    letter.write_text("dear you")
    status, _, trouble = await demo("--once", "--data", tmp_path)
    assert status == 73
    assert "holds something else" in trouble
    assert os.listdir(tmp_path) == [letter.name]  # noqa: PTH208 - a look, not a walk


async def test_more_crews_than_people_could_fill_is_one_sentence(tmp_path: Path) -> None:
    status, _, trouble = await demo("--once", "--data", tmp_path / "data", "--people", 7, "--crews", 9)
    assert status == 78
    assert "raise --people" in trouble
