"""A real Synapse on loopback: started in a directory of its own, waited for, ended by its process id.

::

    async with Synapse(directory, appservices=[registration]) as synapse:
        token = await synapse.register("ada", "secret")
        ... synapse.address, synapse.name

What a start makes (name, ports, secrets, database) stays in the directory; a second start finds it all.
"""

import asyncio
import fcntl
import hashlib
import hmac
import importlib.util
import os
import select
import signal
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO, Self

import aiohttp

from crewhall.errors import Denied, Misconfigured, Occupied, Taken, TryLater
from crewhall.lab import papers
from crewhall.lab.child import Child
from crewhall.lab.papers import Tls
from crewhall.lab.ports import LOOPBACK

__all__ = ["Synapse", "Tls"]

MODULE = "synapse.app.homeserver"
PID = "synapse.pid"
LOCK = "lock"
PATIENCE = 60.0
PAUSE = 0.05


class Synapse:
    """A homeserver. Entering starts it and waits until it answers; leaving stops it.

    directory     where it keeps everything
    port          its client port on loopback; free ones are found and kept if None
    appservices   registration files; read at each start
    defaults      keep Synapse's own rate limits instead of lifting them
    federation    certificates for a federation listener, None to stand alone
    python        an interpreter that has matrix-synapse; our own if None

    Starting raises `Misconfigured` if the package is missing, a port is in use or somebody else runs
    a homeserver in the directory, and `TryLater` if it dies or does not answer in time.
    """

    def __init__(
        self,
        directory: Path,
        *,
        port: int | None = None,
        appservices: Sequence[Path] = (),
        defaults: bool = False,
        federation: Tls | None = None,
        python: Path | None = None,
    ) -> None:
        self.directory = directory.resolve()
        self.appservices = tuple(path.resolve() for path in appservices)
        self._port = port
        self._limits = defaults
        self._tls = federation
        self._python = python
        self._kept: papers.Kept | None = None
        self._child: Child | None = None
        self._lock: IO[str] | None = None

    @property
    def log(self) -> Path:
        """The file it logs to."""
        return self.directory / "synapse.log"

    @property
    def kept(self) -> papers.Kept:
        """Its name, ports and secrets, known once it was prepared."""
        if self._kept is None:
            raise RuntimeError("not prepared")
        return self._kept

    @property
    def name(self) -> str:
        """Server name: what follows the colon in user ids."""
        return self.kept.name

    @property
    def address(self) -> str:
        """Base of its client API."""
        return f"http://{LOOPBACK}:{self.kept.client}"

    @property
    def pid(self) -> int:
        """Process id of the running homeserver."""
        if self._child is None:
            raise RuntimeError("not started")
        return self._child.pid

    @property
    def running(self) -> bool:
        """Whether the process is there."""
        return self._child is not None and self._child.status is None

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def prepare(self) -> None:
        """Take the directory and its ports, so that `name` and `address` are known before the start."""
        if self._kept is not None:
            return
        await self._look_for_package()
        self.directory.mkdir(parents=True, exist_ok=True)
        self._take_directory()
        try:
            self._clear_stale()
            self._kept = papers.keep(self.directory, port=self._port, federation=self._tls is not None)
        except Misconfigured:
            self._leave_directory()
            raise

    async def start(self) -> None:
        """Start it and wait until it answers."""
        await self.prepare()
        config = papers.write(self.directory, self.kept, self.appservices, self._tls, limits=self._limits)
        python = str(self._python or sys.executable)
        self._child = await Child.start(
            [python, "-m", MODULE, "-c", str(config)], log=self.log, cwd=self.directory
        )
        (self.directory / PID).write_text(str(self._child.pid))
        try:
            await self.ready()
        except BaseException:
            await self.close()
            raise

    async def ready(self, within: float = PATIENCE) -> None:
        """Wait until it answers; raise `TryLater` if it dies or `within` seconds pass."""
        child = self._child
        if child is None:
            raise RuntimeError("not started")
        answering = asyncio.create_task(self._answers())
        dying = asyncio.create_task(child.ended())
        try:
            await asyncio.wait({answering, dying}, timeout=within, return_when=asyncio.FIRST_COMPLETED)
            if dying.done():
                raise TryLater(f"The homeserver {dying.result()}")
            if not answering.done():
                raise TryLater(f"The homeserver did not answer within {within:.0f} seconds; see {self.log}.")
        finally:
            for task in (answering, dying):
                task.cancel()
            await asyncio.gather(answering, dying, return_exceptions=True)

    async def died(self) -> str:
        """Wait until the process ends by itself; return a sentence that says so."""
        if self._child is None:
            raise RuntimeError("not started")
        return f"The homeserver {await self._child.ended()}"

    async def stop(self) -> None:
        """End it kindly, by force if it takes too long. It can be started again."""
        if self._child is not None:
            await self._child.stop()
            (self.directory / PID).unlink(missing_ok=True)

    async def kill(self) -> None:
        """End it by force, as a power cut would. It can be started again."""
        if self._child is not None:
            await self._child.kill()
            (self.directory / PID).unlink(missing_ok=True)

    async def restart(self) -> None:
        """Stop and start it, on the same ports with the same data; registration files are read anew."""
        await self.stop()
        await self.start()

    async def close(self) -> None:
        """Stop it and let go of the directory."""
        await self.stop()
        self._leave_directory()

    async def register(self, name: str, password: str, *, admin: bool = False) -> str:
        """Register a user through the shared-secret admin API; return an access token.

        Raises `Taken` if the name is in use.
        """
        url = f"{self.address}/_synapse/admin/v1/register"
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=PATIENCE)) as session:
            async with session.get(url) as response:
                nonce = str((await response.json())["nonce"])
            signed = "\0".join((nonce, name, password, "admin" if admin else "notadmin"))
            body = {
                "nonce": nonce,
                "username": name,
                "password": password,
                "admin": admin,
                "mac": hmac.new(self.kept.shared_secret.encode(), signed.encode(), hashlib.sha1).hexdigest(),
            }
            async with session.post(url, json=body) as response:
                answer = await response.json()
        match answer:
            case {"access_token": str(token)}:
                return token
            case {"errcode": "M_USER_IN_USE"}:
                raise Taken("M_USER_IN_USE", name)
            case _:
                raise Denied(str(answer.get("errcode")), str(answer.get("error")))

    async def _look_for_package(self) -> None:
        """Raise `Misconfigured` if the interpreter has no Synapse."""
        if self._python is None:
            there = importlib.util.find_spec("synapse") is not None
        else:
            look = "import importlib.util as u, sys; sys.exit(u.find_spec('synapse') is None)"
            try:
                process = await asyncio.create_subprocess_exec(str(self._python), "-I", "-c", look)
            except OSError:
                raise Misconfigured(f"There is no Python interpreter at {self._python}.") from None
            there = await process.wait() == 0
        if not there:
            raise Misconfigured(
                f"{self._python or sys.executable} has no matrix-synapse: "
                "pip install 'crewhall[demo]' brings it."
            )

    def _take_directory(self) -> None:
        """Hold the directory for this process; the hold ends with us, however we end."""
        lock = (self.directory / LOCK).open("a")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            lock.close()
            raise Occupied(f"Somebody else runs a homeserver in {self.directory} already.") from None
        self._lock = lock

    def _leave_directory(self) -> None:
        if self._lock is not None:
            self._lock.close()
            self._lock = None
            self._kept = None

    def _clear_stale(self) -> None:
        """End a homeserver that a crashed run left behind here, once sure that it is that one."""
        paper = self.directory / PID
        try:
            pid = int(paper.read_text())
            handle = os.pidfd_open(pid)
            words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
        except (OSError, ValueError):
            return
        try:
            if MODULE.encode() in words and str(self.directory / papers.CONFIG).encode() in words:
                signal.pidfd_send_signal(handle, signal.SIGKILL)
                select.select([handle], [], [], PATIENCE)
        finally:
            os.close(handle)
        paper.unlink(missing_ok=True)

    async def _answers(self) -> None:
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=5)) as session:
            while True:
                with suppress(aiohttp.ClientError, TimeoutError):
                    async with session.get(f"{self.address}/health") as response:
                        if response.ok:
                            return
                await asyncio.sleep(PAUSE)
