"""Three stages: the fake in this process, our client before the fake on the wire, our client before Synapse.

The Synapse is real, is started once, knows the service and has nobody to push to.
"""

import itertools
import json
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import pytest_asyncio

from crewhall.adapters.clock import SystemClock
from crewhall.adapters.connection import Connection
from crewhall.ground.ids import UserId, local
from crewhall.lab.synapse import Synapse
from crewhall.ports import Homeserver
from crewhall.testing import FakeHomeserver, Person, World
from crewhall.testing.directory import our_service
from crewhall.testing.visitors import Visitor
from crewhall.testing.wire import Wire

REGISTRATION = {"id": "crewhall", "url": None, "hs_token": "hs-token", "rate_limited": False}
CHANCE = random.Random(1)  # noqa: S311 - the same in every run
WORDS = itertools.count(1)
"""Words are given once in a process: its tests share one Synapse."""


class Stage:
    """A stage as the promises know it."""

    keeper: Homeserver
    server_name: str

    def word(self) -> str:
        return f"w{next(WORDS)}"


class InProcess(Stage):
    def __init__(self) -> None:
        self.world = World()
        self.keeper = FakeHomeserver(self.world)
        self.server_name = self.world.server

    async def person(self, name: str) -> Person:
        return Person(self.world, f"{name}{next(WORDS)}")


class OnTheWire(Stage):
    def __init__(self, wire: Wire, keeper: Homeserver) -> None:
        self.wire = wire
        self.keeper = keeper
        self.server_name = wire.world.server

    async def person(self, name: str) -> Visitor:
        return await self.wire.visitor(f"{name}{next(WORDS)}")


class OnSynapse(Stage):
    def __init__(self, synapse: Synapse, keeper: Homeserver) -> None:
        self.synapse = synapse
        self.keeper = keeper
        self.server_name = synapse.name

    async def person(self, name: str) -> Visitor:
        local = f"{name}{next(WORDS)}"
        token = await self.synapse.register(local, "secret")
        return Visitor(self.synapse.address, UserId(f"@{local}:{self.server_name}"), token)


@asynccontextmanager
async def our_client(address: str, server_name: str) -> AsyncIterator[Homeserver]:
    token = our_service(server_name).as_token
    async with Connection(address, token, clock=SystemClock(), chance=CHANCE) as connection:
        keeper = UserId(f"@keeper:{server_name}")
        await connection.ensure_user(keeper)
        yield connection.as_user(keeper)


@pytest.fixture
def in_process() -> InProcess:
    return InProcess()


@pytest.fixture
async def on_the_wire() -> AsyncIterator[OnTheWire]:
    async with Wire(World()) as wire, our_client(wire.url, wire.world.server) as keeper:
        yield OnTheWire(wire, keeper)


@pytest.fixture
async def on_synapse(synapse: Synapse) -> AsyncIterator[OnSynapse]:
    async with our_client(synapse.address, synapse.name) as keeper:
        yield OnSynapse(synapse, keeper)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def synapse(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Synapse]:
    folder: Path = tmp_path_factory.mktemp("synapse")
    registration = folder / "registration.yaml"
    homeserver = Synapse(folder / "data", appservices=[registration])
    await homeserver.prepare()
    ours = our_service(homeserver.name)
    body = {
        **REGISTRATION,
        "as_token": ours.as_token,
        "sender_localpart": local(ours.sender),
        "namespaces": {
            "users": [{"exclusive": True, "regex": ours.users}],
            "aliases": [{"exclusive": True, "regex": ours.aliases}],
            "rooms": [],
        },
    }
    registration.write_text(json.dumps(body))
    async with homeserver:
        yield homeserver
