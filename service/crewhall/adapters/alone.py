"""Guards that one service at a time serves a ledger, by a lock that ends with its process."""

import errno
import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from crewhall.errors import Occupied, unwritten

_HELD: Final = frozenset({errno.EAGAIN, errno.EACCES})


@contextmanager
def alone(ledger: Path) -> Iterator[None]:
    """Be the only service at a ledger. Raises `Occupied` if another one is.

    The lock is on a file beside the ledger: SQLite forbids to open the ledger itself for it
    (sqlite.org/howtocorrupt.html, 2.2). Where a file system knows no locks there is none.
    """
    path = ledger.with_name(f"{ledger.name}.lock")
    held = _held(ledger, path)
    try:
        yield
    finally:
        path.unlink(missing_ok=True)
        os.close(held)


def _held(ledger: Path, path: Path) -> int:
    while True:
        try:
            held = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise unwritten(path, error) from error
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            if error.errno in _HELD:
                os.close(held)
                told = "stop it first, or name another file under ledger"
                raise Occupied(f"Another crewhall serves {ledger}: {told}.") from error
        if _is_at(held, path):
            return held
        os.close(held)  # who had it before has just taken it away


def _is_at(held: int, path: Path) -> bool:
    try:
        there = path.stat()
    except FileNotFoundError:
        return False
    return (there.st_dev, there.st_ino) == (os.fstat(held).st_dev, os.fstat(held).st_ino)
