"""Writes files all or nothing: never over another one, and nothing of them is left where there is no room."""

import os
from pathlib import Path

from crewhall.errors import InTheWay, unwritten


def write_new(path: Path, data: bytes, mode: int = 0o600) -> None:
    """Write a file that is not there yet, for its owner alone unless `mode` says more.

    Raises `InTheWay` if something is there or it is not allowed, `NoRoom` if the disk is full.
    """
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    except FileExistsError:
        raise InTheWay(f"{path} is there already: it is not overwritten. Choose another name.") from None
    except OSError as error:
        raise unwritten(path, error) from error
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
    except BaseException as error:
        path.unlink(missing_ok=True)
        if isinstance(error, OSError):
            raise unwritten(path, error) from error
        raise
