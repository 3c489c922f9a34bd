"""Starts our program as a process: from nothing, or where a bed is laid, as a fork of one that has been read.

Reading the program takes longer than most of what a test asks of it. A fork is a process like any other, with
an id, a log and an end of its own; who wants to see the very start begins with `crewhall.lab.child.Child`.

::

    with laid():
        child = await start(["serve"], log=log, cwd=folder)
"""

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Final

from crewhall.lab.child import Child

PROGRAM: Final = "crewhall"
READ: Final = ("crewhall.cli", "crewhall.lab.tether")
GLANCE: Final = 0.005
"""Seconds between looks whether a process has ended."""
PATIENCE: Final = 60.0
"""Seconds that reading the program may take."""
MOST: Final = 65_536


class Bed:
    """A process that has read the program, started when it is first needed. Not for use by two threads."""

    def __init__(self) -> None:
        self._line: socket.socket | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._ended: dict[int, int] = {}

    def grow(
        self, words: Sequence[str], folder: Path, environment: Mapping[str, str], out: int, err: int
    ) -> int:
        """Have a process that goes on as the program; return its id."""
        line = self._line or self._open()
        asked = {"words": list(words), "folder": str(folder), "environment": dict(environment)}
        socket.send_fds(line, [json.dumps(asked).encode()], [out, err])
        while True:
            told = self._hear(line)
            if (pid := told.get("pid")) is not None:
                return pid

    def status(self, pid: int) -> int | None:
        """Return how a process ended, None while it runs; negative if a signal ended it."""
        line = self._line
        if line is None:
            return self._ended.get(pid, -signal.SIGKILL)  # it was tied to what is gone
        line.settimeout(0)
        try:
            while pid not in self._ended:
                self._hear(line)
        except BlockingIOError:
            return None
        except OSError:
            self.close()
            return self.status(pid)
        finally:
            if line.fileno() >= 0:
                line.settimeout(PATIENCE)
        return self._ended[pid]

    def close(self) -> None:
        """End the process, and with it all that still grows from it."""
        if self._line is not None:
            self._line.close()
        if self._process is not None:
            self._process.kill()
            self._process.wait()
        self._line = self._process = None

    def _open(self) -> socket.socket:
        self._line, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._line.settimeout(PATIENCE)
        with theirs:
            self._process = subprocess.Popen(  # noqa: S603 - our own program
                [sys.executable, "-m", "crewhall.lab.seedling", str(theirs.fileno()), *READ],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                start_new_session=True,
            )
        return self._line

    def _hear(self, line: socket.socket) -> dict[str, int]:
        said = line.recv(MOST)
        if not said:
            raise OSError("the process that had read the program is gone")
        told: dict[str, int] = json.loads(said)
        if "ended" in told:
            self._ended[told["ended"]] = told["status"]
        return told


class Grown:
    """A process that a bed has grown; as much of `asyncio.subprocess.Process` as `Child` needs."""

    def __init__(self, bed: Bed, pid: int) -> None:
        self.pid = pid
        self._bed = bed

    @property
    def returncode(self) -> int | None:
        """How it ended, None while it runs; negative if a signal ended it."""
        return self._bed.status(self.pid)

    async def wait(self) -> int:
        """Wait for its end; return the exit status."""
        while (status := self.returncode) is None:  # noqa: ASYNC110 - only its starter is told of its end
            await asyncio.sleep(GLANCE)
        return status

    def terminate(self) -> None:
        """Ask it to end."""
        self._send(signal.SIGTERM)

    def kill(self) -> None:
        """End it by force."""
        self._send(signal.SIGKILL)

    def _send(self, number: signal.Signals) -> None:
        if self.returncode is None:
            os.kill(self.pid, number)


_beds: list[Bed] = []


@contextmanager
def laid() -> Iterator[None]:
    """Have our program grow from a bed meanwhile, wherever it is started by `start`."""
    bed = Bed()
    _beds.append(bed)
    try:
        yield
    finally:
        _beds.remove(bed)
        bed.close()


@contextmanager
def bare() -> Iterator[None]:
    """Have our program start from nothing meanwhile."""
    aside = _beds[:]
    _beds.clear()
    try:
        yield
    finally:
        _beds[:] = aside


async def start(
    words: Sequence[str], *, log: Path, cwd: Path, environment: Mapping[str, str] | None = None
) -> Child:
    """Start our program with these words; what it prints is appended to `log`."""
    if not _beds:
        arguments = [sys.executable, "-m", PROGRAM, *words]
        return await Child.start(arguments, log=log, cwd=cwd, environment=environment)
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as out:
        begins = out.tell()
        return Child(_grow(words, cwd, environment, out, out), log, begins)


async def run(
    words: Sequence[str], *, cwd: Path, within: float, environment: Mapping[str, str] | None = None
) -> tuple[int, str, str]:
    """Run our program with these words to its end; return its exit status and what it printed and complained.

    Raises `TimeoutError` after `within` seconds, when it has been ended.
    """
    with TemporaryFile() as out, TemporaryFile() as err:
        process: Grown | asyncio.subprocess.Process
        if _beds:
            process = _grow(words, cwd, environment, out, err)
        else:
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", PROGRAM, *words),
                cwd=cwd,
                env=None if environment is None else {**os.environ, **environment},
                stdin=asyncio.subprocess.DEVNULL,
                stdout=out,
                stderr=err,
            )
        try:
            async with asyncio.timeout(within):
                status = await process.wait()
        except BaseException:
            with suppress(ProcessLookupError):
                process.kill()
            await process.wait()
            raise
        return status, _all(out), _all(err)


def _all(written: IO[bytes]) -> str:
    written.seek(0)
    return written.read().decode()


def _grow(
    words: Sequence[str], cwd: Path, environment: Mapping[str, str] | None, out: IO[bytes], err: IO[bytes]
) -> Grown:
    bed = _beds[-1]
    pid = bed.grow([PROGRAM, *words], cwd, {**os.environ, **(environment or {})}, out.fileno(), err.fileno())
    return Grown(bed, pid)
