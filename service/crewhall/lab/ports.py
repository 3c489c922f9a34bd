"""Which loopback ports are free for a server that starts a little later."""

import random
import socket

from crewhall.errors import Misconfigured, Occupied

LOOPBACK = "127.0.0.1"
# Below the range from which kernels take the near end of outgoing connections: what is free stays free.
LOWEST, HIGHEST = 18_000, 32_000
TRIES = 200


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


def free_port() -> int:
    """Return a free loopback port; raise `Misconfigured` if there seems to be none."""
    for _ in range(TRIES):
        port = random.randrange(LOWEST, HIGHEST)  # noqa: S311 - not a secret
        if is_free(port):
            return port
    raise Misconfigured(f"No free port was found on {LOOPBACK} between {LOWEST} and {HIGHEST}.")


def wanted(port: int, what: str) -> int:
    """Return `port` if it is free; raise `Misconfigured` naming `what` wanted it otherwise."""
    if not is_free(port):
        raise Occupied(f"Port {port} on {LOOPBACK} is in use, but {what} needs it.")
    return port
