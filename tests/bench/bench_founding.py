"""Founding a community with 40 crews of 5, against a bare script that makes only the unavoidable calls.

Both run on a fresh homeserver of their own, at the same concurrency, twice in turns. The bare script gets
the finished bodies: one createRoom a room and one listing a room that stands in a space, no more.
"""

import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote

import aiohttp
from bare import Caller, at_once
from stage import WIDTH, Hall, Lab, hall, lab

from crewhall import house as rules
from crewhall.ground.creation import new_room
from crewhall.ground.hall import House, Opened
from crewhall.ground.ids import CommunityKey, RoomId, RoomKey
from crewhall.ground.rooms import NewRoom, RoomWish

CREWS, EACH, TURNS = 40, 5, 2
BENCH = CommunityKey("bench")


async def measure(row: Callable[..., Any]) -> list[Any]:
    """Run both, in turns."""
    ours: list[tuple[float, int]] = []
    theirs: list[tuple[float, int]] = []
    for turn in range(TURNS):
        with tempfile.TemporaryDirectory() as folder:
            here = Path(folder)
            async with lab(here / "a", {"keeper": 0}) as stage, hall(stage, here / "a.db", CREWS, EACH) as it:
                ours.append(await _ours(it))
            async with lab(here / "b", {"keeper": 0}) as stage, hall(stage, here / "b.db", CREWS, EACH) as it:
                theirs.append(await _bare(stage, it.keeping.house))
        print(f"  turn {turn + 1}: ours {ours[-1][0]:.2f} s, bare {theirs[-1][0]:.2f} s", flush=True)
    seconds = min(s for s, _ in ours) / min(s for s, _ in theirs)
    calls = max(c for _, c in ours) / theirs[0][1]
    note = f"{min(ours)[0]:.2f} s against {min(theirs)[0]:.2f} s; {CREWS} crews of {EACH}"
    return [
        row("founding: wall time / bare", seconds, 1.15, note=note),
        row("founding: calls / bare", calls, 1.05, note=f"{ours[0][1]} against {theirs[0][1]}"),
    ]


async def _ours(it: Hall) -> tuple[float, int]:
    started = time.perf_counter()
    report = await it.reconciler.found(BENCH)
    took = time.perf_counter() - started
    if not report.whole:
        raise RuntimeError(f"not all was founded: {report.refused or report.later or report.blocked}")
    return took, it.counted.total


async def _bare(stage: Lab, house: House) -> tuple[float, int]:
    me = stage.user("keeper")
    rooms: dict[RoomKey, Opened] = {}
    wishes = [w for key in rules.rooms(house) if (w := rules.wish(house, key)) and key.startswith(BENCH)]

    async with aiohttp.ClientSession() as session:
        caller = Caller(session, stage.synapse.address, stage.tokens["keeper"], me)

        async def make(wish: RoomWish) -> None:
            answer = await caller.call("POST", "/createRoom", _body(new_room(wish, rooms, me)))
            rooms[wish.key] = Opened(
                RoomId(answer["room_id"]), wish.version, next(iter(house.halls.values())).founded
            )

        async def link(wish: RoomWish) -> None:
            if wish.listing is None:
                return
            space, child = rooms[wish.listing.space].room, rooms[wish.key].room
            path = f"/rooms/{quote(space)}/state/m.space.child/{quote(child)}"
            await caller.call("PUT", path, {"via": [stage.synapse.name], "order": wish.listing.order})

        started = time.perf_counter()
        root = [w for w in wishes if w.key == BENCH]
        spaces = [w for w in wishes if w.space and w.key != BENCH]
        others = [w for w in wishes if not w.space]
        for wave in (root, spaces, others):
            await at_once(WIDTH, (make(w) for w in wave))
        await at_once(WIDTH, (link(w) for w in wishes))
        return time.perf_counter() - started, caller.calls


def _body(new: NewRoom) -> dict[str, Any]:
    creation: dict[str, Any] = {"type": "m.space"} if new.space else {}
    return {
        "preset": "private_chat",
        "room_version": new.version,
        "room_alias_name": new.alias,
        "name": new.name,
        "topic": new.topic,
        "creation_content": creation,
        "power_level_content_override": new.powers,
        "initial_state": [{"type": p.type, "state_key": p.key, "content": p.content} for p in new.state],
        "invite": list(new.invite),
    }
