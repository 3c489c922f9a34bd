"""The whole service beside a homeserver on the wire: its papers, its processes, and what people see of it."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import structlog
import yaml

from crewhall import registration as registrations
from crewhall.adapters.clock import SystemClock
from crewhall.app import Service
from crewhall.charter.model import Charter
from crewhall.cli.opening import shelf
from crewhall.ground.ids import EventId, RoomId, RoomKey, UserId, alias_of
from crewhall.ground.rooms import HEARTBEAT, LOCATOR
from crewhall.lab import seedbed
from crewhall.lab.child import Child
from crewhall.lab.ports import LOOPBACK, free_port
from crewhall.ports import Clock
from crewhall.settings import Settings, load
from crewhall.testing.clock import ToldClock
from crewhall.testing.directory import Service as Registered
from crewhall.testing.events import Event
from crewhall.testing.people import Person
from crewhall.testing.wire import Wire
from crewhall.testing.world import World
from crewhall.watching.metrics import Watch
from crewhall.works import Works, works

CHARTER: Mapping[str, Any] = {
    "key": "rivendell",
    "name": "Rivendell",
    "founders": ["@ann:hall.test"],
    "door": {"join": "public"},
    "places": [{"key": "lobby", "name": "Lobby"}],
    "rungs": [{"key": "friends", "name": "Friends", "rooms": [{"key": "commons", "name": "Commons"}]}],
}
PATIENCE = 60.0
POLL = 0.005
PASSES = timedelta(seconds=0.25)
"""How much told time passes at each poll: about fifty times as fast as real time."""
LOOKS = 30
"""How often it is looked whether anything happens, before nothing does: more told time than one beat."""


class Site:
    """A homeserver on the wire, and the papers of the service beside it."""

    def __init__(self, folder: Path, wire: Wire, charter: Mapping[str, Any], **limits: Any) -> None:
        self.folder = folder
        self.wire = wire
        self.world = wire.world
        self.charter = Charter.model_validate(charter)
        self.paper = folder / "rivendell.yaml"
        self.config = folder / "config.yaml"
        self.keeper = UserId(f"@keeper:{self.world.server}")
        self._limits = limits
        self._started = 0
        self._running: list[Works] = []
        self.ann, self.ben, self.cleo = (Person(self.world, name) for name in ("ann", "ben", "cleo"))

    def write_papers(self) -> None:
        """Write what an operator would, and register the service with the homeserver."""
        address = f"{LOOPBACK}:{free_port()}"
        told = {
            "homeserver": {"address": self.wire.url, "name": self.world.server},
            "service": {"listen": address, "address": f"http://{address}"},
            "limits": self._limits,
            "watch": {"listen": f"{LOOPBACK}:{free_port()}"},
        }
        self.config.write_text(yaml.safe_dump(told))
        self.write_charter(self.charter)
        drafted = registrations.draft(self.settings)
        registrations.write(self.folder / "registration.yaml", drafted)
        self.world.directory.add_service(
            Registered(
                id=drafted.id,
                sender=UserId(f"@{drafted.sender_localpart}:{self.world.server}"),
                users=drafted.namespaces.users[0].regex,
                aliases=drafted.namespaces.aliases[0].regex,
                as_token=drafted.as_token.get_secret_value(),
                hs_token=drafted.hs_token.get_secret_value(),
                url=drafted.url,
            )
        )

    def write_charter(self, charter: Charter, name: str = "rivendell") -> Path:
        """Write a charter file."""
        path = self.folder / f"{name}.yaml"
        path.write_text(yaml.safe_dump(charter.model_dump(mode="json")))
        return path

    @property
    def settings(self) -> Settings:
        return load(self.config, {})

    def works(self, **more: Any) -> AbstractAsyncContextManager[Works]:
        """Open the service's works in this process."""
        settings = self.settings
        return works(settings, registrations.of(settings), shelf(settings), clock=self.world.clock, **more)

    async def found(self) -> None:
        """Found the community, and let its people into space and lobby."""
        async with self.works() as built:
            report = await built.found(self.charter)
        assert report.whole, report
        for person in (self.ann, self.ben, self.cleo):
            for key in ("rivendell", "rivendell/place/lobby"):
                await person.join(self.room(key))

    @asynccontextmanager
    async def serving(self) -> AsyncIterator[Service]:
        """Run the service in this process; afterwards nothing of it is left."""
        before: set[Any] = asyncio.all_tasks()
        watch = Watch()
        async with self.works(on_call=watch.called) as built:
            service = Service(built, watch)
            async with service.running():
                self._running.append(built)
                try:
                    yield service
                finally:
                    self._running.remove(built)
        end = time.monotonic() + 5
        before |= {tour._task for tour in self.wire.post._rounds.values()}
        while left := [task for task in asyncio.all_tasks() - before if not task.done()]:
            assert time.monotonic() < end, f"these tasks were left behind: {left}"
            await asyncio.sleep(POLL)

    @asynccontextmanager
    async def crewhall(self, command: str, *arguments: str) -> AsyncIterator[Child]:
        """Start a command as a process; it is ended by its id."""
        self._started += 1
        child = await seedbed.start(
            [command, "-c", str(self.config), *arguments],
            log=self.folder / f"{self._started}-{command}.log",
            cwd=self.folder,
        )
        try:
            yield child
        finally:
            await child.kill()

    async def run(self, command: str, *arguments: str) -> tuple[int, str]:
        """Run a command to its end; return its exit status and all that it printed."""
        async with self.crewhall(command, *arguments) as child:
            async with asyncio.timeout(PATIENCE):
                status = await child.wait()
            return status, (self.folder / f"{self._started}-{command}.log").read_text()

    async def until(self, test: Callable[[], bool], what: str, within: float = PATIENCE) -> None:
        """Wait until something is so; told time passes meanwhile. `within` is in real seconds."""
        end = time.monotonic() + within
        while not test():
            assert time.monotonic() < end, f"waited in vain until {what}"
            await self.pass_()

    async def awake(self, beats: int = 1) -> None:
        """Wait until the service has awakened so many times."""
        await self.until(lambda: self.beats >= beats, "the service is awake")
        await self.quiet()

    async def quiet(self, looks: int = LOOKS) -> None:
        """Wait until nothing was pushed, asked, said or written down for a while.

        The while is a number of looks and no span of time, each look behind all that the ledger was asked for
        before it: on a busy machine it is as much longer as the service is slower.
        """
        seen, still, end = None, 0, time.monotonic() + PATIENCE
        while still < looks:
            assert time.monotonic() < end, "waited in vain until nothing happens any more"
            await self.pass_()
            told = (self.wire.calls.by_kind.total(), len(self.world.log), len(self.wire.post.sent))
            now = (*told, *[await built.ledger.measure() for built in self._running])
            seen, still = now, still + 1 if now == seen else 0

    async def pass_(self) -> None:
        """Let a moment pass, and told time with it."""
        if isinstance(self.world.clock, ToldClock):
            await self.world.clock.advance(PASSES)
        await asyncio.sleep(POLL)

    @property
    def beats(self) -> int:
        """How many starts have left their heartbeat."""
        beats = (self.world.events[event] for event in self.world.log)
        return sum(event.kind == HEARTBEAT and "again" not in event.content for event in beats)

    async def answered(self, *events: EventId) -> None:
        """Wait until commands are answered, and for what comes then."""
        await self.until(lambda: all(self.answers(e) and self.reactions(e) for e in events), "it is answered")
        await self.quiet()

    async def start_crew(self, name: str = "Lantern") -> EventId:
        """Have somebody ask for a crew that the keeper hears, with a seat for somebody else."""
        lobby = self.room("rivendell/place/lobby")
        return await self.ann.say(lobby, f"!crew start {name} @ben:hall.test open")

    def exists(self, key: str) -> bool:
        """Whether a managed room can be found by its address."""
        return f"#{alias_of(RoomKey(key))}:{self.world.server}" in self.world.directory.aliases

    def room(self, key: str) -> RoomId:
        """Return a managed room, found by its address."""
        return self.world.directory.resolve(f"#{alias_of(RoomKey(key))}:{self.world.server}")

    def made(self) -> list[str]:
        """Return the keys of all rooms the keeper ever made, sorted, half-made ones too."""
        return sorted(
            str((room.content(LOCATOR) or {}).get("key", "?"))
            for room in self.world.rooms.values()
            if room.creator == self.keeper
        )

    def said(self, room: str) -> list[Event]:
        """Return the keeper's messages in a room."""
        timeline = self.world.room(room).timeline
        return [e for e in timeline if e.sender == self.keeper and e.kind == "m.room.message"]

    def answers(self, event: EventId) -> list[str]:
        """Return the keeper's replies to a message."""
        found = []
        for e in self.said(self.world.events[event].room):
            relation: Any = e.content.get("m.relates_to", {})
            if relation.get("m.in_reply_to", {}).get("event_id") == event:
                found.append(str(e.content["body"]))
        return found

    def reactions(self, event: EventId) -> list[str]:
        """Return the keeper's reactions to a message, as often as they stand there."""
        found = []
        for e in self.world.room(self.world.events[event].room).timeline:
            relation: Any = e.content.get("m.relates_to", {})
            if e.kind == "m.reaction" and e.sender == self.keeper and relation.get("event_id") == event:
                found.append(str(relation["key"]))
        return found

    def invited(self, key: str) -> list[str]:
        """Return whom the keeper invited into a room, as often as it did."""
        timeline = self.world.room(self.room(key)).timeline
        return [str(e.key) for e in timeline if e.sender == self.keeper and e.membership == "invite"]


@pytest.fixture(scope="session", autouse=True)
def bed() -> Iterator[None]:
    """Have our program read once: most tests want what it does, not its very start."""
    with seedbed.laid():
        yield


@pytest.fixture
def log_as_before() -> Iterator[None]:
    """Put the log of this process back to what it was."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


Sites = Callable[..., AbstractAsyncContextManager[Site]]


@pytest.fixture
def sites(tmp_path: Path) -> Sites:
    """Make one homeserver after the other, each with fresh papers beside it."""
    count = 0

    @asynccontextmanager
    async def site(
        clock: Clock | None = None, charter: Mapping[str, Any] = CHARTER, **limits: Any
    ) -> AsyncIterator[Site]:
        nonlocal count
        count += 1
        folder = tmp_path / str(count)
        folder.mkdir()
        wire = Wire(World(clock=clock or SystemClock()))
        wire.post.delivery.first_wait = wire.post.delivery.most_wait = timedelta(seconds=0.1)
        wire.port = free_port()
        made = Site(folder, wire, charter, **limits)
        made.write_papers()
        async with wire:
            yield made

    return site
