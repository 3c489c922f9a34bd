"""A second reconcile of the hall: no writes, one read a room, against those reads alone."""

import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote

import aiohttp
from bare import Caller, at_once
from bench_founding import BENCH, CREWS, EACH
from stage import WIDTH, hall, lab

TURNS = 5


async def measure(row: Callable[..., Any]) -> list[Any]:
    """Found once, then look again and read bare, in turns."""
    ours: list[float] = []
    theirs: list[float] = []
    with tempfile.TemporaryDirectory() as folder:
        here = Path(folder)
        async with (
            lab(here / "a", {"keeper": 0}) as stage,
            hall(stage, here / "a.db", CREWS, EACH) as it,
            aiohttp.ClientSession() as session,
        ):
            await it.reconciler.found(BENCH)
            rooms = [opened.room for opened in it.keeping.house.rooms.values()]
            caller = Caller(session, stage.synapse.address, stage.tokens["keeper"], stage.user("keeper"))
            it.counted.calls.clear()
            for _ in range(TURNS):
                started = time.perf_counter()
                plan = await it.reconciler.plan(BENCH)
                ours.append(time.perf_counter() - started)
                if plan.steps:
                    raise RuntimeError(f"a second plan is not empty: {plan.steps}")
                started = time.perf_counter()
                reads = (caller.call("GET", f"/rooms/{quote(room)}/state") for room in rooms)
                await at_once(WIDTH, reads)
                theirs.append(time.perf_counter() - started)
            calls = it.counted.calls
    reads = sum(n for call, n in calls.items() if call.startswith("GET")) / TURNS
    writes = sum(n for call, n in calls.items() if not call.startswith("GET"))
    note = f"{min(ours) * 1000:.0f} ms against {min(theirs) * 1000:.0f} ms for {len(rooms)} rooms"
    return [
        row("second look: writes", float(writes), 0.0, unit="calls"),
        row("second look: reads / managed rooms", reads / len(rooms), 1.0),
        row("second look: wall time / reads", min(ours) / min(theirs), 1.5, note=note),
    ]
