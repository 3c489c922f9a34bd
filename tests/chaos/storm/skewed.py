"""``python skewed.py CONFIG CLOCK``: the service as `crewhall serve` runs it, but for its clock.

Its clock is the machine's, moved by as many seconds as the file CLOCK says (one float, read anew each time),
so that it can be set while the service runs. Waiting takes as long as ever.
"""

import asyncio
import mmap
import struct
import sys
from datetime import datetime, timedelta
from pathlib import Path

from crewhall.adapters.clock import SystemClock
from crewhall.cli.living import run_until_told
from crewhall.cli.opening import shelf
from crewhall.errors import Trouble
from crewhall.log import configure
from crewhall.registration import of as registration_of
from crewhall.settings import load
from crewhall.watching.metrics import Watch
from crewhall.works import works

FORM = struct.Struct("<d")


class Skewed(SystemClock):
    """The machine's clock, moved."""

    def __init__(self, file: Path) -> None:
        with file.open("rb") as told:
            self._told = mmap.mmap(told.fileno(), FORM.size, access=mmap.ACCESS_READ)

    def now(self) -> datetime:
        """Return what somebody believes who looks at this clock."""
        (seconds,) = FORM.unpack(self._told[:])
        return super().now() + timedelta(seconds=seconds)


def tell(file: Path, seconds: float) -> None:
    """Set the clock; a running service follows at once."""
    if not file.exists():
        file.write_bytes(FORM.pack(0.0))
    with file.open("r+b") as told:
        told.write(FORM.pack(seconds))


async def serve(config: Path, clock: Path) -> None:
    """Run until told to stop."""
    settings = load(config)
    configure(settings.log)
    watch = Watch()
    async with works(
        settings, registration_of(settings), shelf(settings), clock=Skewed(clock), on_call=watch.called
    ) as built:
        await run_until_told(built, watch)


if __name__ == "__main__":
    try:
        asyncio.run(serve(Path(sys.argv[1]), Path(sys.argv[2])))
    except Trouble as trouble:
        sys.exit(str(trouble))
