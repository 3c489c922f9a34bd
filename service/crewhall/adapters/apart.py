"""Reads what strangers wrote in a process of its own, with little memory and time: only that can die of it.

It is started as ``python -I -m crewhall.adapters.apart MODULE:FUNCTION WORD...`` with an empty environment,
reads bytes from its standard input and writes what the function returns as JSON.
"""

import asyncio
import importlib
import json
import resource
import sys
from collections.abc import Sequence
from contextlib import suppress
from typing import Final

from crewhall.door import Unread

PATIENCE: Final = 20.0
"""Seconds from start to end."""
SECONDS: Final = 10
"""Seconds of work."""
BYTES: Final = 1024**3
"""Memory, all libraries included."""
MOST: Final = 1024 * 1024
"""Bytes that it may answer."""


async def apart(function: str, data: bytes, *words: str, patience: float = PATIENCE) -> object:
    """Return what ``module:function`` makes of these bytes and words, as JSON has it. Raises `Unread`."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-I", "-B", "-m", __name__, function, *words),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        env={},
    )
    try:
        async with asyncio.timeout(patience):
            out, _ = await process.communicate(data)
    except TimeoutError:
        raise Unread("unclear") from None
    finally:
        if process.returncode is None:
            with suppress(ProcessLookupError):
                process.kill()
            await process.wait()
    if process.returncode:
        raise Unread("unclear")
    answer: object = json.loads(out)
    return answer


def main(arguments: Sequence[str]) -> int:
    """Bind our own hands, then read; return the exit status."""
    for what, most in (
        (resource.RLIMIT_AS, BYTES),
        (resource.RLIMIT_CPU, SECONDS),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, 0),
    ):
        _, hard = resource.getrlimit(what)
        least = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(what, (least, least))
    module, _, name = arguments[0].partition(":")
    function = getattr(importlib.import_module(module), name)
    answer = json.dumps(function(sys.stdin.buffer.read(), *arguments[1:]))
    if len(answer) > MOST:
        return 1
    sys.stdout.write(answer)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
