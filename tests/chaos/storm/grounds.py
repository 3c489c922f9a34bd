"""The homeservers that a storm can rage over: the fake one on sockets, and a real Synapse."""

from datetime import timedelta
from pathlib import Path
from typing import Protocol

from crewhall.ground.ids import UserId
from crewhall.lab.papers import Tls
from crewhall.lab.ports import free_port
from crewhall.lab.synapse import Synapse
from crewhall.registration import Registration
from crewhall.testing.directory import Service
from crewhall.testing.federation import Federation
from crewhall.testing.wire import Wire

FIRST_WAIT, MOST_WAIT = timedelta(seconds=0.1), timedelta(seconds=1)


class Ground(Protocol):
    """A homeserver. Whatever it has acknowledged is still there after a `kill` and a `start`."""

    name: str
    address: str

    async def prepare(self) -> None:
        """Find a name and an address."""

    async def open(self, registration: Registration, paper: Path) -> None:
        """Start it for the first time, with a service registered; `paper` is the registration's file."""

    async def start(self) -> None:
        """Start it again."""

    async def kill(self) -> None:
        """End it in the middle of anything."""

    async def close(self) -> None:
        """End it for good."""

    async def register(self, name: str) -> str:
        """Register somebody; return their token."""


class FakeGround:
    """One homeserver of a fake federation; what it has not pushed when it is killed, it never will."""

    def __init__(self, federation: Federation, name: str) -> None:
        self.name = name
        self.federation = federation
        self.wire = Wire(federation.worlds[name])
        self.address = ""

    async def prepare(self) -> None:
        self.wire.port = free_port()
        self.address = self.wire.url
        delivery = self.wire.post.delivery
        delivery.first_wait, delivery.most_wait = FIRST_WAIT, MOST_WAIT
        delivery.leave_every = 2

    async def open(self, registration: Registration, paper: Path) -> None:
        del paper
        self.wire.world.directory.add_service(
            Service(
                id=registration.id,
                sender=UserId(f"@{registration.sender_localpart}:{self.name}"),
                users=registration.namespaces.users[0].regex,
                aliases=registration.namespaces.aliases[0].regex,
                as_token=registration.as_token.get_secret_value(),
                hs_token=registration.hs_token.get_secret_value(),
                url=registration.url,
            )
        )
        await self.wire.start()

    async def start(self) -> None:
        await self.wire.start()
        self.federation.start(self.name)

    async def kill(self) -> None:
        self.federation.stop(self.name)
        await self.wire.stop()
        self.wire.post.restarted()

    async def close(self) -> None:
        await self.wire.stop()

    async def register(self, name: str) -> str:
        return self.wire.make_person(name)


class SynapseGround:
    """A Synapse in a folder of its own."""

    def __init__(self, folder: Path, federation: Tls | None = None) -> None:
        self.synapse = Synapse(
            folder, appservices=[folder.parent / "registration.yaml"], federation=federation
        )
        self.name = self.address = ""

    async def prepare(self) -> None:
        await self.synapse.prepare()
        self.name, self.address = self.synapse.name, self.synapse.address

    async def open(self, registration: Registration, paper: Path) -> None:
        del registration, paper
        await self.synapse.start()

    async def start(self) -> None:
        await self.synapse.start()

    async def kill(self) -> None:
        await self.synapse.kill()

    async def close(self) -> None:
        await self.synapse.close()

    async def register(self, name: str) -> str:
        return await self.synapse.register(name, f"the password of {name}")
