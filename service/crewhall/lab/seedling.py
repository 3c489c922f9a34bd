"""A Python that has read a program already, and becomes it for whoever asks: again and again, by forking.

``python -m crewhall.lab.seedling SOCKET MODULE...`` reads the modules once. Each request on the socket, a
JSON object with two file descriptors, forks a process that goes on as ``python -m PROGRAM ARGUMENT...``
would. Told back are its process id, and later how it ended. See `crewhall.lab.seedbed` for the other end.
"""

import importlib
import json
import os
import runpy
import selectors
import signal
import socket
import sys
from dataclasses import dataclass
from typing import Final

from crewhall.lab.tether import tie

MOST: Final = 65_536
"""Bytes of a request at most."""


@dataclass(frozen=True, slots=True)
class Request:
    """What to become: a program's words, where, with what in the environment; and its two outputs."""

    words: tuple[str, ...]
    folder: str
    environment: dict[str, str]
    out: int
    err: int


def serve(line: socket.socket) -> Request | None:
    """Fork for each request; return it in the new process, and None where nobody can ask any more."""
    heard, woken = os.pipe()
    os.set_blocking(woken, False)
    os.set_blocking(heard, False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(woken)
    with selectors.DefaultSelector() as selector:
        selector.register(line, selectors.EVENT_READ)
        selector.register(heard, selectors.EVENT_READ)
        while True:
            ready = {key.fileobj for key, _ in selector.select()}
            if heard in ready:
                os.read(heard, MOST)
            if line in ready:
                request = _asked(line)
                if request is None:
                    return None
                starter = os.getpid()
                child = os.fork()
                if child == 0:
                    signal.set_wakeup_fd(-1)
                    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
                    tie(starter)
                    os.close(heard)
                    os.close(woken)
                    return request
                os.close(request.out)
                os.close(request.err)
                _tell(line, {"pid": child})
            _reap(line)


def _asked(line: socket.socket) -> Request | None:
    said, descriptors, _, _ = socket.recv_fds(line, MOST, 2)
    if not said:
        return None
    asked = json.loads(said)
    return Request(tuple(asked["words"]), asked["folder"], asked["environment"], *descriptors)


def _reap(line: socket.socket) -> None:
    while True:
        try:
            pid, ended = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return
        if pid == 0:
            return
        _tell(line, {"ended": pid, "status": os.waitstatus_to_exitcode(ended)})


def _tell(line: socket.socket, what: dict[str, int]) -> None:
    line.send(json.dumps(what).encode())


def become(request: Request) -> None:
    """Go on as the program that was asked for."""
    os.setsid()
    os.chdir(request.folder)
    os.environ.clear()
    os.environ.update(request.environment)
    nothing = os.open(os.devnull, os.O_RDONLY)
    for number, what in enumerate((nothing, request.out, request.err)):
        os.dup2(what, number)
        os.close(what)
    program, *arguments = request.words
    sys.argv = [program, *arguments]
    runpy.run_module(program, run_name="__main__", alter_sys=True)


def main() -> None:
    """Read the modules, then serve."""
    line = socket.socket(fileno=int(sys.argv[1]))
    for module in sys.argv[2:]:
        importlib.import_module(module)
    request = serve(line)
    line.close()
    if request is not None:
        become(request)


if __name__ == "__main__":
    main()
