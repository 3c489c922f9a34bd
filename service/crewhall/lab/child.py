"""A program that we started: it dies with us, writes to a log file, and is ended by its process id."""

import asyncio
import os
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Protocol

TETHER = Path(__file__).with_name("tether.py")
TAIL = 20_000


class Running(Protocol):
    """What `Child` needs of a process; `asyncio.subprocess.Process` has it."""

    @property
    def pid(self) -> int:
        """Process id."""

    @property
    def returncode(self) -> int | None:
        """Exit status, None while it runs; negative if a signal ended it."""

    async def wait(self) -> int:
        """Wait for its end; return the exit status."""

    def terminate(self) -> None:
        """Ask it to end."""

    def kill(self) -> None:
        """End it by force."""


class Child:
    """A started program.

    `pid` is its process id; `status` its exit status, None while it runs (negative: the signal).
    """

    def __init__(self, process: Running, log: Path, begins: int) -> None:
        self._process = process
        self._log = log
        self._begins = begins

    @classmethod
    async def start(
        cls, arguments: Sequence[str], *, log: Path, cwd: Path, environment: Mapping[str, str] | None = None
    ) -> "Child":
        """Start a program (`arguments`, an absolute path first); what it prints is appended to `log`."""
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("ab") as out:
            begins = out.tell()
            process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-I",
                str(TETHER),
                str(os.getpid()),
                *arguments,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=out,
                stderr=out,
                cwd=cwd,
                env=None if environment is None else {**os.environ, **environment},
                start_new_session=True,  # a Ctrl-C in the terminal is ours to pass on
            )
        return cls(process, log, begins)

    @property
    def pid(self) -> int:
        """Process id."""
        return self._process.pid

    @property
    def status(self) -> int | None:
        """Exit status, None while it runs; negative if a signal ended it."""
        return self._process.returncode

    async def wait(self) -> int:
        """Wait for its end; return the exit status."""
        return await self._process.wait()

    async def stop(self, patience: float = 10.0) -> int:
        """End it kindly, then after `patience` seconds by force; return the exit status."""
        if self.status is None:
            with suppress(ProcessLookupError):
                self._process.terminate()
            try:
                return await asyncio.wait_for(self._process.wait(), patience)
            except TimeoutError:
                return await self.kill()
        return await self._process.wait()

    async def kill(self) -> int:
        """End it by force; return the exit status."""
        if self.status is None:
            with suppress(ProcessLookupError):
                self._process.kill()
        return await self._process.wait()

    async def ended(self) -> str:
        """Wait for its end; return how it ended, as the rest of a sentence."""
        status = await self.wait()
        if status < 0:
            return f"was ended by signal {-status}"
        if status == 0:
            return "has ended, though nobody here told it to"
        return f"ended with status {status}; {self._log} ends with: {self.last_words()}"

    def last_words(self, most: int = 3) -> str:
        """Return the last lines that this run wrote, in one line of text."""
        with self._log.open("rb") as log:
            end = log.seek(0, os.SEEK_END)
            log.seek(max(self._begins, end - TAIL))
            lines = log.read().decode(errors="replace").splitlines()
        said = [line.strip() for line in lines if line.strip(" *-=")]
        return " / ".join(said[-most:]) or "nothing"
