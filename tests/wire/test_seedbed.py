"""What grows from a bed is a process like any other: its words, its folder, its end, its death by signal."""

import os
import signal
from pathlib import Path
from typing import Any

import psutil
import pytest

from crewhall.lab import seedbed


@pytest.mark.parametrize("line", ["--version", "plan -c nowhere.yaml", "frobnicate"])
async def test_a_command_prints_complains_and_ends_as_it_does_from_nothing(tmp_path: Path, line: str) -> None:
    grown = await seedbed.run(line.split(), cwd=tmp_path, within=60)
    with seedbed.bare():
        begun = await seedbed.run(line.split(), cwd=tmp_path, within=60)
    assert grown == begun


async def test_it_has_a_folder_and_an_environment_of_its_own(tmp_path: Path) -> None:
    for place in ("first", "second"):
        (tmp_path / place).mkdir()
        words = ["generate", "--server", f"{place}.test", "--homeserver", "http://127.0.0.1:1"]
        told = {"CREWHALL_SERVICE__KEEPER": place}
        assert (await seedbed.run(words, cwd=tmp_path / place, within=60, environment=told))[0] == 0
        assert f"@{place}:" in (tmp_path / place / "registration.yaml").read_text()
    assert "CREWHALL_SERVICE__KEEPER" not in os.environ


@pytest.mark.parametrize(
    ("number", "status"), [(signal.SIGTERM, 0), (signal.SIGKILL, -signal.SIGKILL)], ids=["term", "kill"]
)
async def test_a_signal_ends_it_and_its_starter_is_told_how(
    sites: Any, number: signal.Signals, status: int
) -> None:
    async with sites() as site:
        await site.found()
        async with site.crewhall("serve") as child:
            await site.awake()
            assert child.status is None
            os.kill(child.pid, number)
            assert await child.wait() == status
            assert not psutil.pid_exists(child.pid)


async def test_what_still_runs_goes_with_the_bed(sites: Any) -> None:
    async with sites() as site:
        await site.found()
        with seedbed.laid():
            async with site.crewhall("serve") as child:
                await site.awake()
                process = psutil.Process(child.pid)
                parent = process.parent()
                assert parent is not None
                parent.kill()
                process.wait(10)
                assert not process.is_running()
                assert await child.wait() == -signal.SIGKILL
