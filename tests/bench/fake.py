"""A service as a process of its own beside a fake homeserver, which lives in the benchmark's process."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from stage import KEEPER, Served, as_token, hs_token, registered, served

from crewhall.adapters.clock import SystemClock
from crewhall.ground.ids import UserId
from crewhall.testing.directory import Service
from crewhall.testing.wire import Wire
from crewhall.testing.world import World

MEBIBYTE = 1 << 20


def world_with(port: int) -> World:
    """Return a homeserver's memory that knows our service (on this port)."""
    world = World("hall.test", clock=SystemClock())
    world.directory.services.clear()
    world.directory.add_service(
        Service(
            id=KEEPER,
            sender=UserId(f"@_{KEEPER}:{world.server}"),
            users=rf"@_?{KEEPER}:",
            aliases="#_crewhall_",
            as_token=as_token(KEEPER),
            hs_token=hs_token(KEEPER),
            url=f"http://127.0.0.1:{port}",
        )
    )
    return world


@asynccontextmanager
async def beside(
    folder: Path, world: World, port: int, commands: int = 1000
) -> AsyncIterator[tuple[Wire, Served]]:
    """Run the service on `folder/crewhall.db` beside this world; it can be done again.

    `commands` is how many one person is answered in a minute.
    """
    paper = folder / f"{KEEPER}.yaml"
    async with (
        Wire(world) as wire,
        served(
            folder,
            homeserver=wire.url,
            name=world.server,
            registration=paper if paper.exists() else registered(folder, KEEPER, port),
            port=port,
            commands=commands,
        ) as service,
    ):
        yield wire, service


def processor(pid: int) -> float:
    """Return the milliseconds that a process has had of the processor (Linux)."""
    tasks = Path(f"/proc/{pid}/task").glob("*/schedstat")
    return sum(int(task.read_text().split()[0]) for task in tasks) / 1e6


def weight(pid: int, name: str) -> float:
    """Return one of the sizes of a process, in MB of 1024 * 1024 bytes (Linux)."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    size = next(line.split()[1] for line in lines if line.startswith(f"{name}:"))
    return int(size) * 1024 / MEBIBYTE
