"""Ports that are closed: whoever comes at that moment is let go at once, and nothing is told of them."""

import asyncio
import gc
import logging
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

import pytest
from aiohttp import web
from yarl import URL

from crewhall.adapters.listening import listening
from crewhall.lab.ports import LOOPBACK
from crewhall.testing.scripted import Scripted
from crewhall.testing.wire import Wire
from crewhall.testing.world import World

SOON = 5.0
MOST_TURNS = 8
"""More turns of the loop than it takes to let somebody in."""


@asynccontextmanager
async def door() -> AsyncIterator[int]:
    async with listening(web.Application(), LOOPBACK, 0) as port:
        yield port


@asynccontextmanager
async def fake() -> AsyncIterator[int]:
    async with Wire(World()) as wire:
        yield wire.port


@asynccontextmanager
async def scripted() -> AsyncIterator[int]:
    async with Scripted() as server:
        port = URL(server.url).port
        assert port
        yield port


def comes(port: int) -> socket.socket:
    """Come in as far as the kernel goes."""
    visitor = socket.create_connection((LOOPBACK, port))
    visitor.settimeout(0)
    return visitor


async def is_let_go(visitor: socket.socket) -> bool:
    loop = asyncio.get_running_loop()
    try:
        async with asyncio.timeout(SOON):
            return await loop.sock_recv(visitor, 1) == b""
    except ConnectionError:
        return True
    except TimeoutError:
        return False


@pytest.mark.parametrize("turns", range(MOST_TURNS))
@pytest.mark.parametrize("place", [door, fake, scripted])
async def test_who_comes_as_a_port_is_closed_is_let_go(
    place: Callable[[], AbstractAsyncContextManager[int]], turns: int, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, "asyncio")
    async with place() as port:
        visitor = comes(port)
        for _ in range(turns):
            await asyncio.sleep(0)
    with visitor:
        assert await is_let_go(visitor)
    gc.collect()
    assert [record.message for record in caplog.records if record.levelno >= logging.WARNING] == []
