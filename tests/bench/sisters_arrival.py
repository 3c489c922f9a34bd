"""From a statement in our letterbox to the sister's ledger, against a bare state event on the same way.

Both are on their way from when the homeserver has made the event. Ours has arrived when the sister's service
has been told, has read the whole letterbox, checked it, and written down what it says; the bare one when an
application service that only listens has been told.
"""

import asyncio
import sqlite3
import statistics
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

from pair import FAR, Ear, Side, enter, now, opened

from crewhall_bridges.sister.wire import event_type

ROUNDS, WARM = 24, 2
BREATH = 1.2
"""Seconds between two rounds: a letterbox is not looked at twice in one."""
TREATY = event_type("treaty")


async def measure(row: Callable[..., Any], shire: Side, dale: Side, listening: Ear) -> list[Any]:
    """Have statements and bare state events go the same way, in turns; compare the medians."""
    box = str((await dale.link()).room)
    room = await opened(shire, "private_chat", [dale.town.user("bare")])
    await asyncio.sleep(BREATH)
    await enter(dale.bare, room, shire.town.synapse.name)
    took: tuple[list[float], list[float]] = ([], [])
    for n in range(WARM + ROUNDS):
        for bare in (False, True) if n % 2 else (True, False):
            if bare:
                path = f"/rooms/{quote(room)}/state/{TREATY}/{n}"
                told = await shire.bare.call("PUT", path, {"v": 1, "seq": n})
                took[1].append(await listening.took(told["event_id"]))
            else:
                way = "open" if n % 2 else "close"
                took[0].append(await _stated(shire, dale, box, f"!link {way} introductions with Dale"))
            await asyncio.sleep(BREATH)
    ours, bare_ones = (sorted(one[WARM:]) for one in took)
    mine, other = statistics.median(ours), statistics.median(bare_ones)
    note = (
        f"{mine * 1000:.0f} ms ({ours[0] * 1000:.0f} to {ours[-1] * 1000:.0f}) against {other * 1000:.0f} ms "
        f"({bare_ones[0] * 1000:.0f} to {bare_ones[-1] * 1000:.0f}), {ROUNDS} each"
    )
    return [row("sisters: statement to arrival / bare", mine / other, 1.3, note=note)]


async def _stated(shire: Side, dale: Side, box: str, line: str) -> float:
    """Have something stated; return the seconds from the event until the sister's ledger holds it."""
    with sqlite3.connect(f"file:{dale.ledger}?mode=ro", uri=True) as ledger:
        before, version = _heard(ledger), _version(ledger)
        await shire.host.say(shire.chat, line)
        async with asyncio.timeout(FAR):
            while True:
                await asyncio.sleep(0.002)
                if version != (version := _version(ledger)) and _heard(ledger) > before:
                    break
        arrived = now()
    path = f"/rooms/{quote(box)}/state/{TREATY}/{quote(shire.town.keeper)}"
    event = await shire.keeper.call("GET", path, format="event")
    return float(arrived - event["origin_server_ts"] / 1000)


def _heard(ledger: sqlite3.Connection) -> int:
    """Return how many statements of the sister the ledger holds."""
    return int(ledger.execute("SELECT count(*) FROM facts WHERE kind = 'StatementHeard'").fetchone()[0])


def _version(ledger: sqlite3.Connection) -> int:
    """Return what is another once somebody has written to the ledger."""
    return int(ledger.execute("PRAGMA data_version").fetchone()[0])
