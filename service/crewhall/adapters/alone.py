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
    """Be the only service at a ledger. Raises `Occupied` if another one is, and leaves its file as it is.

    The lock is on a file beside the ledger, which stays: SQLite forbids to open the ledger itself for it
    (sqlite.org/howtocorrupt.html, 2.2). Where a file system knows no locks there is none.
    """
    path = ledger.with_name(f"{ledger.name}.lock")
    try:
        held = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise unwritten(path, error) from error
    try:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            if error.errno in _HELD:
                told = "stop it first, or name another file under ledger"
                raise Occupied(f"Another crewhall serves {ledger}: {told}.") from error
        yield
    finally:
        os.close(held)
