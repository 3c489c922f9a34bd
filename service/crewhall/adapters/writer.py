"""One thread and one connection through which everything is read from and written to the ledger.

Work that waits together is committed together, each piece in its own savepoint: what one of them raises
undoes that one only. Nobody is told of success before the commit is on disk.
"""

import asyncio
import queue
import sqlite3
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Any, Generic, TypeVar

from sqlite_utils import Database

from crewhall.errors import Damaged, NoRoom, TryLater

T = TypeVar("T")
MOST_TOGETHER = 64
"""How many pieces of work one commit may hold."""


@dataclass(slots=True)
class _Job(Generic[T]):
    work: Callable[[Database], T]
    loop: asyncio.AbstractEventLoop
    future: asyncio.Future[T]
    writes: bool
    alone: bool
    _outcome: Callable[[], None] | None = None

    def run(self, db: Database) -> None:
        """Do the work; in the thread."""
        self._outcome = partial(self.future.set_result, self.work(db))

    def fail(self, error: BaseException) -> None:
        """Have `error` raised where the work was asked for; in the thread."""
        self._outcome = partial(self.future.set_exception, _explained(error))

    def settle(self) -> None:
        """Tell whoever waits, if they still do; on the loop."""
        if self._outcome is not None and not self.future.done():
            self._outcome()


class Writer:
    """Runs work on the database, in order. `connect` is called in the thread.

    What SQLite cannot do now (busy, disk full) is raised as `TryLater`, a file that is damaged or none of
    SQLite's as `Misconfigured`.
    """

    def __init__(self, connect: Callable[[], Database]) -> None:
        self._connect = connect
        self._queue: queue.SimpleQueue[_Job[Any] | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="ledger", daemon=True)
        self._closed = False

    async def open(self) -> None:
        """Start the thread and connect; raise what `connect` raises."""
        self._thread.start()
        await self._put(lambda _: None, writes=False, alone=True)

    async def close(self) -> None:
        """Finish what was asked for, then close the file."""
        if not self._closed:
            self._closed = True
            self._queue.put(None)
        await asyncio.to_thread(self._thread.join)

    async def write(self, work: Callable[[Database], T]) -> T:
        """Run `work` in a transaction that is durable when this returns."""
        return await self._put(work, writes=True, alone=False)

    async def read(self, work: Callable[[Database], T]) -> T:
        """Run `work`, which writes nothing, after everything asked for earlier."""
        return await self._put(work, writes=False, alone=False)

    async def alone(self, work: Callable[[Database], T]) -> T:
        """Run `work` outside of any transaction."""
        return await self._put(work, writes=True, alone=True)

    async def _put(self, work: Callable[[Database], T], *, writes: bool, alone: bool) -> T:
        if self._closed:
            raise TryLater("the ledger is closed")
        loop = asyncio.get_running_loop()
        future: asyncio.Future[T] = loop.create_future()
        self._queue.put(_Job(work, loop, future, writes, alone))
        return await future

    def _run(self) -> None:
        first = self._queue.get()
        if first is None:
            return
        try:
            db = self._connect()
            first.run(db)
        except BaseException as error:  # noqa: BLE001 - whoever opens it gets it
            self._closed = True
            first.fail(error)
            _tell([first])
            return
        _tell([first])
        try:
            while (job := self._queue.get()) is not None:
                self._serve(db, job)
        finally:
            db.close()

    def _serve(self, db: Database, job: _Job[Any] | None) -> None:
        """Serve a job and those that wait behind it; a job to be done alone ends the group."""
        group: list[_Job[Any]] = []
        while job is not None and not job.alone:
            group.append(job)
            if len(group) == MOST_TOGETHER or self._queue.empty():
                return _together(db, group)
            job = self._queue.get()
        _together(db, group)
        if job is None:
            return self._queue.put(None)
        try:
            job.run(db)
        except BaseException as error:  # noqa: BLE001 - whoever asked gets it
            job.fail(error)
        return _tell([job])


def _together(db: Database, group: list[_Job[Any]]) -> None:
    if not group:
        return
    try:
        db.execute("BEGIN IMMEDIATE" if any(job.writes for job in group) else "BEGIN")
        for job in group:
            _one(db, job)
        db.execute("COMMIT")
    except BaseException as error:  # noqa: BLE001 - all who asked get it
        with suppress(sqlite3.Error):
            db.rollback()
        for job in group:
            job.fail(error)
    _tell(group)


def _one(db: Database, job: _Job[Any]) -> None:
    try:
        with db.atomic():
            job.run(db)
    except BaseException as error:
        if not db.conn.in_transaction:  # SQLite undid the whole group
            raise
        job.fail(error)


def _explained(error: BaseException) -> BaseException:
    match error:
        case sqlite3.OperationalError():
            trouble: Exception = not_now(f"The ledger cannot be used now: {error}.", error)
        case sqlite3.IntegrityError() | sqlite3.ProgrammingError() | sqlite3.InterfaceError():
            return error
        case sqlite3.DatabaseError():
            trouble = Damaged(f"The ledger is damaged or not a ledger: {error}.")
        case _:
            return error
    trouble.__cause__ = error
    return trouble


def not_now(told: str, error: sqlite3.Error) -> TryLater:
    """Return what it means that SQLite could not do its work: the disk is full or fails, or it is busy."""
    full = error.sqlite_errorcode & 0xFF in {sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR}
    return NoRoom(f"{told} Is its disk full?") if full else TryLater(told)


def _tell(jobs: list[_Job[Any]]) -> None:
    def settle() -> None:
        for job in jobs:
            job.settle()

    for loop in {job.loop for job in jobs}:
        with suppress(RuntimeError):  # it was closed: nobody waits any more
            loop.call_soon_threadsafe(settle)
