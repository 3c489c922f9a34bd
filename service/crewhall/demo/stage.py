"""Where the story happens: a homeserver, the service beside it as operators run it, and people."""

import asyncio
import sys
from collections.abc import Coroutine
from contextlib import AsyncExitStack
from typing import Self, TypeVar

from crewhall.charter.model import Charter
from crewhall.demo.directory import KEEPER, Home
from crewhall.errors import Misconfigured, Taken, TryLater
from crewhall.lab.child import Child
from crewhall.lab.people import Person
from crewhall.lab.ports import LOOPBACK
from crewhall.lab.synapse import Synapse

T = TypeVar("T")
START = 30.0
COMMAND = 120.0
PAUSE = 0.05


class Stage:
    """All that runs. Entering starts it; leaving ends every process that was started.

    `people` are those who listen, by name; `marks` is how much each had seen on coming in; `notes` is what
    scenes tell later scenes (rooms, by what for).
    """

    def __init__(self, home: Home, founder: str, shipped: str, port: int | None = None) -> None:
        self.home = home
        self.synapse = Synapse(home.homeserver, port=port, appservices=[home.registration])
        self.people: dict[str, Person] = {}
        self.passwords: dict[str, str] = {}
        self.notes: dict[str, str] = {}
        self.marks: dict[str, int] = {}
        self._founder = founder
        self._shipped = shipped
        self._charter: Charter | None = None
        self._service: Child | None = None
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._stack.aclose()

    @property
    def keeper(self) -> str:
        """The keeper's user id."""
        return f"@{KEEPER}:{self.synapse.name}"

    def user(self, name: str) -> str:
        """Return the user id of somebody on this homeserver."""
        return f"@{name}:{self.synapse.name}"

    @property
    def charter(self) -> Charter:
        """The charter of the community."""
        if self._charter is None:
            raise RuntimeError("not started")
        return self._charter

    @property
    def lobby(self) -> str:
        """Name of the room where everybody may write and the keeper listens."""
        return next(
            place.name for place in self.charter.places if place.commands and place.post == "everyone"
        )

    @property
    def starters(self) -> str:
        """Name of the rung from which on crews are started, "" if anybody may."""
        start = self.charter.crews.start
        return next((rung.name for rung in self.charter.rungs if rung.key == start), "")

    async def start_homeserver(self) -> None:
        """Write all papers and start the homeserver."""
        self._stack.push_async_callback(self.synapse.close)
        await self.synapse.prepare()
        self._port = self.home.write_config(self.synapse.address, self.synapse.name, self._founder)
        self._charter = self.home.write_charter(self._shipped, f"@{self._founder}:{self.synapse.name}")
        if not self.home.registration.exists():
            await self.crewhall("generate", "-r", str(self.home.registration))
        await self.synapse.start()

    async def start_service(self) -> None:
        """Start the service and wait until it listens."""
        self._service = await Child.start(
            [sys.executable, "-m", "crewhall", "serve", "-c", str(self.home.config)],
            log=self.home.logs / "crewhall.log",
            cwd=self.home.path,
        )
        self._stack.push_async_callback(self._service.stop)
        try:
            async with asyncio.timeout(START):
                await self.while_all_lives(self._listening())
        except TimeoutError:
            raise TryLater(
                f"The service did not listen within {START:.0f} s; see {self.home.logs}."
            ) from None

    async def found(self) -> None:
        """Found the community from its charter, if it is not founded yet."""
        await self.crewhall("found", str(self.home.charters / f"{self._shipped}.yaml"))

    async def crewhall(self, command: str, *arguments: str) -> None:
        """Run an operator's command to its end; raise `Misconfigured` with its last words if it fails."""
        child = await Child.start(
            [sys.executable, "-m", "crewhall", command, "-c", str(self.home.config), *arguments],
            log=self.home.logs / f"{command}.log",
            cwd=self.home.path,
        )
        try:
            async with asyncio.timeout(COMMAND):
                status = await child.wait()
        except TimeoutError:
            raise TryLater(f"crewhall {command} took longer than {COMMAND:.0f} s.") from None
        finally:
            await child.kill()
        if status != 0:
            raise Misconfigured(f"crewhall {command} {await child.ended()}")

    async def welcome(self, name: str, shown: str) -> Person:
        """Register somebody, or let them come back, with a listening client."""
        await self.register(name)
        person = await Person.enter(
            self.synapse, name, self.passwords[name], self.home.store(name), shown=shown
        )
        self._stack.push_async_callback(person.close)
        self.people[name] = person
        self.marks[name] = person.mark if self.home.again else 0
        return person

    async def register(self, name: str) -> None:
        """Register somebody unless that was done before."""
        try:
            await self.synapse.register(name, self.passwords[name])
        except Taken:
            return

    async def while_all_lives(self, act: Coroutine[object, object, T]) -> T:
        """Do something, unless homeserver or service die over it: then raise `TryLater` saying so."""
        doing = asyncio.create_task(act)
        dying = [asyncio.create_task(self.synapse.died())]
        if self._service is not None:
            dying.append(asyncio.create_task(self._died(self._service)))
        try:
            await asyncio.wait([doing, *dying], return_when=asyncio.FIRST_COMPLETED)
            for one in dying:
                if one.done():
                    raise TryLater(one.result())
            return await doing
        finally:
            for task in (doing, *dying):
                task.cancel()
            await asyncio.gather(doing, *dying, return_exceptions=True)

    async def _died(self, service: Child) -> str:
        return f"The service {await service.ended()}"

    async def _listening(self) -> None:
        while True:
            try:
                _, writer = await asyncio.open_connection(LOOPBACK, self._port)
            except OSError:
                await asyncio.sleep(PAUSE)
            else:
                writer.close()
                return await writer.wait_closed()
