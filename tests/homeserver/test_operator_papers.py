"""An operator's way with a real Synapse: generate, check before and after its restart, found what ships."""

import asyncio
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from crewhall.lab.synapse import Synapse
from crewhall_config import charters

pytestmark = pytest.mark.homeserver


class Desk:
    """A folder with the operator's papers, beside a homeserver that does not know them yet."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.registration = folder / "registration.yaml"
        self.synapse = Synapse(folder / "homeserver", appservices=[])

    async def crewhall(self, *arguments: str) -> tuple[int, str]:
        """Run a command to its end; return its status and all it said."""
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "crewhall",
            *arguments,
            cwd=self.folder,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        try:
            said, _ = await process.communicate()
        finally:
            if process.returncode is None:
                process.kill()
        return process.returncode or 0, said.decode()


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    desk = Desk(tmp_path)
    async with desk.synapse:
        yield desk


async def test_from_generate_to_three_communities(desk: Desk) -> None:
    synapse = desk.synapse
    status, said = await desk.crewhall("generate", "--server", synapse.name, "--homeserver", synapse.address)
    assert status == 0, said
    before = desk.registration.read_bytes()
    status, said = await desk.crewhall("generate")
    assert (status, "not overwritten" in said) == (73, True), said
    assert desk.registration.read_bytes() == before

    status, said = await desk.crewhall("check")
    assert (status, "the homeserver does not know our token" in said) == (1, True), said

    synapse.appservices = (desk.registration,)
    await synapse.restart()
    status, said = await desk.crewhall("check")
    assert status == 0, said
    assert "a ping came back" in said

    for name, text in sorted(charters().items()):
        (desk.folder / f"{name}.yaml").write_bytes(text)
        status, said = await desk.crewhall("found", f"{name}.yaml")
        assert status == 0, said
    status, said = await desk.crewhall("apply")
    assert status == 0, said
    status, said = await desk.crewhall("plan")
    assert status == 0, said
