"""Ties a program to the life of its starter: ``python tether.py STARTER PROGRAM ARGUMENT...``.

It asks the kernel to be killed when the starter dies, however that happens, and then becomes the program,
under the same process id. Linux only (``PR_SET_PDEATHSIG`` in prctl(2)); elsewhere it only becomes the
program. It stands alone: no import of ours.
"""

import os
import signal
import sys

PR_SET_PDEATHSIG = 1


def tie(starter: int) -> None:
    """Have this process killed when its starter is gone; leave at once if that has happened already."""
    if not sys.platform.startswith("linux"):
        return
    import ctypes  # noqa: PLC0415 - slow, and only needed here

    if ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, int(signal.SIGKILL), 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "prctl")
    if os.getppid() != starter:
        sys.exit(1)


if __name__ == "__main__":
    tie(int(sys.argv[1]))
    os.execv(sys.argv[2], sys.argv[2:])  # noqa: S606 - the program is named by our own code
