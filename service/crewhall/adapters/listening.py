"""Ports that are open: one that cannot be opened is told in a sentence, one that closes leaves nobody behind.

Python 3.11 loses whom it has accepted and not yet let in when a server is closed: the other side waits at a
connection that nobody reads, and only a loop in debug mode says so. So first nobody is accepted any more,
then all who were are let in, and only then is the server closed.
"""

import asyncio
import errno
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Final, cast

from aiohttp import web

from crewhall.errors import Misconfigured, Occupied

_TURNS: Final = 4
"""Turns of the loop from being accepted to being let in: a task, its transport, the protocol of that, and the
task that reads."""


@asynccontextmanager
async def listening(
    app: web.Application, host: str, port: int, setting: str = "service.listen"
) -> AsyncIterator[int]:
    """Serve the application and yield the port (a free one for 0). Raises `Misconfigured` if it cannot.

    `setting` says where.
    """
    async with AsyncExitStack() as stack:
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=5.0)
        try:
            bound = await stack.enter_async_context(opened(runner, host, port))
        except (OSError, OverflowError) as error:
            raise _why_not(host, port, error, setting) from error
        yield bound


@asynccontextmanager
async def opened(runner: web.BaseRunner, host: str, port: int) -> AsyncIterator[int]:
    """Listen for the runner and yield the port. Raises `OSError` or `OverflowError` if it cannot be had."""
    await runner.setup()
    try:
        handlers = cast("web.Server", runner.server)  # there is one once it is set up
        server = await asyncio.get_running_loop().create_server(handlers, host, port)
        try:
            yield server.sockets[0].getsockname()[1]
        finally:
            await close(server)
    finally:
        await runner.cleanup()


async def close(server: asyncio.Server) -> None:
    """Close a server once all whom it accepted are let in; what they do then is for the caller to end."""
    loop = asyncio.get_running_loop()
    try:
        for one in server.sockets:
            loop.remove_reader(one)
        for _ in range(_TURNS):
            await asyncio.sleep(0)
    finally:
        server.close()


def _why_not(host: str, port: int, error: Exception, setting: str) -> Misconfigured:
    if isinstance(error, OSError) and error.errno == errno.EADDRINUSE:
        told = f"Port {port} on {host} is in use by another program: choose another for {setting}."
        return Occupied(told)
    return Misconfigured(f"Cannot listen on {host} port {port}: {error}. Change {setting}.")
