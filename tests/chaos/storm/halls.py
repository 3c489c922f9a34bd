"""A hall in the storm: its papers, its service as a child process, and the two ways to its homeserver."""

import asyncio
import json
import os
import random
import resource
import signal
import sys
from collections.abc import Awaitable, Callable, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml

from crewhall import registration as registrations
from crewhall.charter.model import Charter
from crewhall.cli.opening import shelf
from crewhall.ground.ids import RoomKey, alias_of
from crewhall.lab.child import Child
from crewhall.lab.ports import LOOPBACK, free_port
from crewhall.settings import Settings, load
from crewhall.works import works
from storm import skewed
from storm.grounds import Ground
from storm.ills import Ill
from storm.ways import Way

EVERYTHING = resource.RLIM_INFINITY
TRANSACTIONS = "/_matrix/app/v1/transactions/"
PATIENCE = 60.0
LIMITS: Mapping[str, Any] = {"commands_per_minute": 1000, "look_every": "15 s"}


class Hall:
    """One community beside its homeserver. `struck` is told of the faults that strike its ways.

    `accepted` are the events of which the homeserver was told that the service has them; `refused` is how
    many transactions it did not take while its disk was full. `fell` tells how often, and with which words,
    it ended though nobody had killed it.
    """

    def __init__(
        self,
        folder: Path,
        ground: Ground,
        charter: Mapping[str, Any],
        luck: random.Random,
        struck: Callable[["Hall", Ill], Awaitable[None]],
    ) -> None:
        self.folder = folder
        self.ground = ground
        self.accepted: set[str] = set()
        self.refused = 0
        self.fell: list[str] = []
        self.full = False
        self._starved = False
        self._told = charter
        self._luck = luck
        self._struck = struck
        self._child: Child | None = None
        self._awoken: Child | None = None
        self._dead: Child | None = None
        self._keeping: asyncio.Task[None] | None = None
        self._held = 0
        self._starts = 0
        self._left: int | None = None

    async def open(self) -> None:
        """Write the papers, open the ways, start the homeserver."""
        self.folder.mkdir(parents=True, exist_ok=True)
        await self.ground.prepare()
        server, listen = self.ground.name, f"{LOOPBACK}:{free_port()}"
        founders = [f"@{name}:{server}" for name in ("ann", "ben")]
        self.charter = Charter.model_validate({**self._told, "founders": founders})

        async def told(ill: Ill) -> None:
            await self._struck(self, ill)

        self.out = Way(free_port(), self.ground.address, self._luck, told, lambda *_: None)
        self.back = Way(free_port(), f"http://{listen}", self._luck, told, self._taken)
        self.ways = (self.out, self.back)
        for way in self.ways:
            await way.open()
        paper = {
            "homeserver": {"address": self.out.url, "name": server},
            "service": {"listen": listen, "address": self.back.url},
            "limits": dict(LIMITS),
            "watch": {"listen": ""},
        }
        self.config = self.folder / "config.yaml"
        self.config.write_text(yaml.safe_dump(paper))
        skewed.tell(self.clock, 0.0)
        drafted = registrations.draft(self.settings)
        registrations.write(self.folder / "registration.yaml", drafted)
        self.as_token = drafted.as_token.get_secret_value()
        await self.ground.open(drafted, self.folder / "registration.yaml")

    async def close(self) -> None:
        """End everything."""
        await self.rest()
        for way in self.ways:
            await way.close()
        await self.ground.close()

    @cached_property
    def settings(self) -> Settings:
        return load(self.config, {})

    @property
    def clock(self) -> Path:
        return self.folder / "clock"

    @property
    def log(self) -> str:
        return "".join(path.read_text(errors="replace") for path in sorted(self.folder.glob("service*.log")))

    @property
    def keeper(self) -> str:
        return f"@keeper:{self.ground.name}"

    @property
    def key(self) -> str:
        return self.charter.key

    def alias(self, rest: str = "") -> str:
        """Return the address of one of the community's rooms."""
        return f"#{alias_of(RoomKey(f'{self.key}{rest}'))}:{self.ground.name}"

    async def found(self) -> None:
        """Found the community."""
        settings = self.settings
        async with works(settings, registrations.of(settings), shelf(settings)) as built:
            report = await built.found(self.charter)
        assert report.whole, report

    # The service.

    def serve(self) -> None:
        """Keep the service running, as an init system would."""
        self._keeping = asyncio.get_running_loop().create_task(self._keep())

    @property
    def is_awake(self) -> bool:
        """Whether the service that runs now has awakened."""
        child = self._child
        if child is None or child is self._dead or child.status is not None:
            return False
        if self._awoken is not child and "service.awake" in child.last_words(200):
            self._awoken = child
        return self._awoken is child

    async def awake(self) -> None:
        """Wait until the service that runs now is awake."""
        async with asyncio.timeout(PATIENCE):
            while not self.is_awake:  # noqa: ASYNC110 - another process's log tells of nothing by itself
                await asyncio.sleep(0.05)

    async def rest(self) -> None:
        """Stop the service kindly."""
        keeping, self._keeping = self._keeping, None
        if keeping is not None:
            keeping.cancel()
            await asyncio.gather(keeping, return_exceptions=True)
        child, self._child = self._child, None
        if child is not None and await child.stop() not in {0, -signal.SIGKILL}:
            self.fell.append(f"asked to stop: {child.last_words(6)}")

    async def kill(self, down: float) -> None:
        """Kill the service now, and hold it down for so many seconds."""
        self.strike_dead()
        self._held += 1
        try:
            await asyncio.sleep(down)
        finally:
            self._held -= 1

    def strike_dead(self) -> None:
        """Kill the service now; it comes back by itself."""
        if self._child is not None and self._child.status is None:
            os.kill(self._child.pid, signal.SIGKILL)
            self._dead = self._child  # it has no status yet

    def fill_disk(self, left: int | None) -> None:
        """Let no file of the service grow beyond so many bytes; None: the disk is free again."""
        self.full = left is not None
        self._starved = self._starved or self.full
        child = self._child
        if child is not None and child.status is None:
            _, hard = resource.prlimit(child.pid, resource.RLIMIT_FSIZE)
            resource.prlimit(child.pid, resource.RLIMIT_FSIZE, (EVERYTHING if left is None else left, hard))
        self._left = left

    def set_clock(self, seconds: float) -> None:
        """Have the service believe that it is so many seconds later than it is."""
        skewed.tell(self.clock, seconds)

    @property
    def calls(self) -> int:
        """How many calls there were, either way."""
        return sum(way.calls for way in self.ways)

    @property
    def under_way(self) -> int:
        """How many calls are under way."""
        return sum(way.under_way for way in self.ways)

    async def _keep(self) -> None:
        while True:
            while self._held:  # noqa: ASYNC110 - by whoever counts
                await asyncio.sleep(0.02)
            self._starts += 1
            self._starved = self.full
            child = self._child = await Child.start(
                [sys.executable, skewed.__file__, str(self.config), str(self.clock)],
                log=self.folder / f"service{self._starts:04}.log",
                cwd=self.folder,
                environment={"PYTHONUNBUFFERED": "1"},
            )
            if self._left is not None:
                self.fill_disk(self._left)
            status = await child.wait()
            hopeless = self._starved and self._awoken is not child  # it cannot even begin on a full disk
            if status != -signal.SIGKILL and not hopeless:
                self.fell.append(f"{status}: {child.last_words(6)}")
            await asyncio.sleep(0.1)

    def _taken(self, method: str, path: str, body: bytes, status: int) -> None:
        if method != "PUT" or not path.startswith(TRANSACTIONS):
            return
        self.refused += self.full and status >= 500
        if status == 200:
            self.accepted.update(str(event.get("event_id")) for event in json.loads(body)["events"])
