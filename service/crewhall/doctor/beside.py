"""Looks at what is around the service: room on the disk, clocks, what waits, whether it runs."""

import shutil
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from crewhall.adapters.glimpse import glimpse
from crewhall.doctor.finding import Finding, Level
from crewhall.ports import Ledger

MIB: Final = 1 << 20
FULL: Final = 64 * MIB
"""With less than this the service soon cannot write any more."""
TIGHT: Final = 512 * MIB
APART: Final = timedelta(seconds=10)
"""How far two clocks may be apart without a word."""
FAR_APART: Final = timedelta(minutes=5)
STALE: Final = timedelta(minutes=10)
"""How long something may wait that is done in seconds."""
VERSIONS: Final = "/_matrix/client/versions"


def disk(ledger: Path) -> Finding:
    """Return whether there is room for the ledger to grow, and for a copy of it."""
    folder = next(one for one in (ledger.parent, *ledger.resolve().parents) if one.exists())
    free = shutil.disk_usage(folder).free
    size = ledger.stat().st_size if ledger.is_file() else 0
    level: Level = "wrong" if free < FULL else "warning" if free < max(TIGHT, 2 * size) else "fine"
    what = f"{free // MIB} MiB are free where the ledger is, which has {size / MIB:.1f} MiB"
    return Finding(level, "machine", what, "" if level == "fine" else f"make room beside {ledger}")


async def clocks(address: str, now: Callable[[], datetime]) -> Finding | None:
    """Return how far our clock and the homeserver's are apart, None if it does not tell."""
    answer = await glimpse(address + VERSIONS, now)
    if answer is None or answer.ahead is None:
        return None
    apart = abs(answer.ahead)
    level: Level = "wrong" if apart > FAR_APART else "warning" if apart > APART else "fine"
    seconds = max(apart.total_seconds() - 1, 0)
    way = "ahead of" if answer.ahead > timedelta(0) else "behind"
    what = f"the homeserver's clock is {seconds:.0f} s {way} ours" if level != "fine" else "both clocks agree"
    remedy = "" if level == "fine" else "set both clocks by the same source (NTP)"
    return Finding(level, "machine", what, remedy)


async def queues(ledger: Ledger, now: datetime) -> Sequence[Finding]:
    """Return what waits too long to be heard or said."""
    found = []
    measures = await ledger.measure()
    heard, said = await ledger.waiting(limit=1), await ledger.unsaid(1)
    remedy = "start the service; if it runs, its log says of each room why it waits"
    if heard and now - heard[0].at > STALE:
        what = f"{_events(measures.inbox)} to be heard, the first since {heard[0].at:%Y-%m-%d %H:%M} UTC"
        found.append(Finding("warning", "service", what, remedy))
    if said and now - said[0].at > STALE:
        what = f"{_messages(measures.outbox)} to be said, the first since {said[0].at:%Y-%m-%d %H:%M} UTC"
        found.append(Finding("warning", "service", what, remedy))
    return found or [Finding("fine", "service", "nothing waits for long to be heard or said")]


async def running(listen: str, keeper: str, now: Callable[[], datetime]) -> Finding:
    """Return whether the service runs and is ready, as it says itself."""
    if not listen:
        return Finding("fine", "service", "whether it runs cannot be seen: watch.listen is empty")
    host, _, port = listen.rpartition(":")
    here = {"0.0.0.0": "127.0.0.1", "[::]": "[::1]"}.get(host, host)  # noqa: S104 - asked, not listened on
    alive = await glimpse(f"http://{here}:{port}/live", now)
    if alive is None:
        return Finding("warning", "service", f"no service answers at {listen}", "start it: crewhall serve")
    if alive.text != f"{keeper} lives\n":
        what = f"what answers at {listen} is not the service of {keeper}"
        return Finding("warning", "service", what, "give this service a port of its own as watch.listen")
    ready = await glimpse(f"http://{here}:{port}/ready", now)
    why = ready.text.strip() if ready is not None else "it no longer answers"
    if why != "ready":
        return Finding("warning", "service", f"the service runs, but is {why}", "see its log")
    return Finding("fine", "service", "the service runs and is ready")


def _events(count: int) -> str:
    return "1 event waits" if count == 1 else f"{count} events wait"


def _messages(count: int) -> str:
    return "1 message waits" if count == 1 else f"{count} messages wait"
