"""Which loopback ports are free for a server that starts a little later."""

import os
import socket
from collections.abc import Iterator
from functools import cache
from itertools import cycle
from typing import Final

from crewhall.errors import Misconfigured, Occupied

LOOPBACK = "127.0.0.1"
# Below the range from which kernels take the near end of outgoing connections: what is free stays free.
LOWEST, HIGHEST = 18_000, 32_000
STRETCH: Final = 140
"""How many ports are a process's own."""


def is_free(port: int) -> bool:
    """Say whether nothing listens on a loopback port."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
            probe.listen(1)
        except OSError:
            return False
    return True


def stretch(process: int) -> range:
    """Return the ports that a process gives out, by its id.

    Two that were started one soon after the other have none in common: what one of them has given out, for a
    server that is yet to start or is away for a while, the other neither gives out nor tries out.
    """
    begin = LOWEST + process * STRETCH % (HIGHEST - LOWEST)
    return range(begin, begin + STRETCH)


def free_port() -> int:
    """Return a free loopback port, the one given out longest ago; raise `Misconfigured` if there is none."""
    own = os.getpid()
    for _ in range(STRETCH):
        if is_free(port := next(_row(own))):
            return port
    raise Misconfigured(f"No free port was found on {LOOPBACK} from {stretch(own)[0]} to {stretch(own)[-1]}.")


@cache
def _row(process: int) -> Iterator[int]:
    return cycle(stretch(process))


def wanted(port: int, what: str) -> int:
    """Return `port` if it is free; raise `Misconfigured` naming `what` wanted it otherwise."""
    if not is_free(port):
        raise Occupied(f"Port {port} on {LOOPBACK} is in use, but {what} needs it.")
    return port
