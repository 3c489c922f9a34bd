"""A homeserver and the service beside it, run as operators run them: by the commands, each a process.

::

    async with Town(directory, {"ours": charter}) as town:
        ann = await town.guest("ann")
        chat = await town.chat(ann)
        told = await town.answer(ann, chat, "!help")
"""

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import yaml

from crewhall.errors import Misconfigured, TryLater
from crewhall.lab import seedbed
from crewhall.lab.child import Child
from crewhall.lab.gestures import Gestures
from crewhall.lab.guests import WITHIN, Guest
from crewhall.lab.ports import LOOPBACK, free_port
from crewhall.lab.sight import Seen
from crewhall.lab.synapse import Synapse, Tls

OPERATOR = "op"
COMMAND = 60.0
START = 30.0
PAUSE = 0.05


@dataclass(frozen=True, slots=True)
class Told:
    """What a command printed, and its exit status."""

    status: int
    out: str
    err: str


class Town:
    """All that runs. Entering starts it; leaving ends every process that was started.

    `charters` are put into the charters' folder by name; `settings` over the configuration; `federation`
    are the homeserver's certificates, if it federates. The operator is called ``op``.
    """

    def __init__(
        self,
        directory: Path,
        charters: Mapping[str, Mapping[str, object]] | None = None,
        settings: Mapping[str, object] | None = None,
        federation: Tls | None = None,
    ) -> None:
        self.directory = directory
        self.federation = federation
        self.synapse = Synapse(
            directory / "homeserver", appservices=[directory / "registration.yaml"], federation=federation
        )
        self.port = free_port()
        self.watched = f"{LOOPBACK}:{free_port()}"
        self._charters = charters or {}
        self._settings = settings or {}
        self._service: Child | None = None
        self._words = 0
        self._stack = AsyncExitStack()

    @property
    def keeper(self) -> str:
        """The keeper's user id."""
        return self.user("keeper")

    @property
    def log(self) -> str:
        """What the service has logged so far."""
        return (self.directory / "service.log").read_text()

    @property
    def listens(self) -> bool:
        """Whether the service runs."""
        return self._service is not None and self._service.status is None

    def user(self, name: str) -> str:
        """Return the user id of somebody on this homeserver."""
        return f"@{name}:{self.synapse.name}"

    def word(self, start: str) -> str:
        """Return a name that was never given before."""
        self._words += 1
        return f"{start}{self._words}"

    async def __aenter__(self) -> Self:
        try:
            await self._open()
        except BaseException:
            await self._stack.aclose()
            raise
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._stack.aclose()

    async def _open(self) -> None:
        self._stack.push_async_callback(self.synapse.close)
        await self.synapse.prepare()
        await asyncio.to_thread(self._write)
        generated = await self.crewhall("generate")
        if generated.status:
            raise Misconfigured(f"crewhall generate: {generated.err}")
        await self.synapse.start()
        self._stack.push_async_callback(self.rest)
        await self.serve()

    def _write(self) -> None:
        address = f"{LOOPBACK}:{self.port}"
        config = {
            "homeserver": {"address": self.synapse.address, "name": self.synapse.name},
            "service": {
                "listen": address,
                "address": f"http://{address}",
                "keeper": "keeper",
                "operators": [self.user(OPERATOR)],
            },
            "ledger": "./crewhall.db",
            "charters": "./charters",
            "watch": {"listen": self.watched},
            **self._settings,
        }
        (self.directory / "config.yaml").write_text(yaml.safe_dump(config))
        for name, charter in self._charters.items():
            self.write_charter(name, charter)

    def write_charter(self, name: str, charter: Mapping[str, object]) -> Path:
        """Put a charter into the charters' folder; return the file."""
        folder = self.directory / "charters"
        folder.mkdir(exist_ok=True)
        paper = folder / f"{name}.yaml"
        paper.write_text(yaml.safe_dump(dict(charter), sort_keys=False))
        return paper

    # What the operator does.

    async def serve(self) -> None:
        """Start the service and wait until it listens."""
        service = self._service = await seedbed.start(
            ["serve"], log=self.directory / "service.log", cwd=self.directory
        )
        try:
            async with asyncio.timeout(START):
                while not await self._is_reached():
                    if service.status is not None:
                        raise TryLater(f"The service {await service.ended()}")
                    await asyncio.sleep(PAUSE)
        except TimeoutError:
            raise TryLater(f"The service did not listen within {START:.0f} s.") from None

    async def rest(self) -> int:
        """Stop the service; return its exit status. It can be started again."""
        service, self._service = self._service, None
        return await service.stop() if service is not None else 0

    async def kill(self) -> None:
        """End the service by force."""
        service, self._service = self._service, None
        if service is not None:
            await service.kill()

    async def crewhall(self, *arguments: str, **environment: str) -> Told:
        """Run one of the operator's commands to its end."""
        return Told(
            *await seedbed.run(arguments, cwd=self.directory, within=COMMAND, environment=environment)
        )

    # What people do.

    async def guest(self, name: str, shown: str = "") -> Guest:
        """Register somebody, who goes when the town is left."""
        guest = await Guest.register(self.synapse, name, shown)
        self._stack.push_async_callback(guest.close)
        return guest

    async def chat(self, guest: Guest, within: float = WITHIN) -> str:
        """Have somebody open a private chat with the keeper, and accept the one they are asked into."""
        own = await guest.start_chat(self.keeper, encrypted=True)
        invitation = await guest.finds(
            lambda: next(
                (i for i in guest.sight.invited.values() if i.inviter == self.keeper and i.direct), None
            ),
            "an invitation to a private chat",
            within,
        )
        await guest.leave(own)
        return await guest.follows(invitation, within)

    async def answer(
        self, guest: Guest, room: str, text: str, *, to: Sequence[Gestures] = (), within: float = WITHIN
    ) -> Seen:
        """Say something and wait for the keeper's reply to it."""
        return await self.reply(guest, room, await guest.say(room, text, to=to), within)

    async def reply(self, guest: Guest, room: str, event: str, within: float = WITHIN) -> Seen:
        """Wait for the keeper's reply to something that was said."""
        return await guest.saw(
            room,
            lambda seen: seen.sender == self.keeper and seen.replies_to == event and not seen.edits,
            f"an answer to {event}",
            within=within,
        )

    async def _is_reached(self) -> bool:
        try:
            _, writer = await asyncio.open_connection(LOOPBACK, self.port)
        except OSError:
            return False
        writer.close()
        await writer.wait_closed()
        return True
