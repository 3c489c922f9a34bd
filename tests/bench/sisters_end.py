"""From `!unlink` to the last guest being out: 20 guests of the sister in five rooms, on two real servers.

Bare, a script removes as many from as many rooms of the same server at the same concurrency, before and
after. The guests' own server is told by federation; both moments are measured.
"""

import asyncio
import json
import re
import statistics
import time
from collections import Counter
from collections.abc import Callable, Coroutine, Sequence
from typing import Any
from urllib.parse import quote

import aiohttp
import kin
from bare import at_once
from kin import ROOMS
from pair import FAR, Side, opened
from stage import WIDTH

from crewhall.adapters.clock import SystemClock
from crewhall.adapters.ledger import SqliteLedger
from crewhall.errors import Denied
from crewhall.flows.keeping import Keeping
from crewhall.ground.facts import HOUSE, ChatNamed, Writing
from crewhall.ground.ids import RoomKey, UserId
from crewhall.house import FACTS
from crewhall.lab.guests import Guest
from crewhall.ports import Entry

GUESTS = 20
COMING = 4
TRIES = 60
MOVES = json.dumps({"room": {"timeline": {"types": ["m.room.member"], "limit": 500}}})
CALLS = re.compile(
    r'^crewhall_homeserver_calls_total\{method="(\w+)",path="([^"]+)",status="2xx"\} (\S+)', re.MULTILINE
)
LEAST = GUESTS * len(ROOMS) + 1
"""Removals, and the statement that the link has ended."""


async def measure(row: Callable[..., Any], shire: Side, dale: Side) -> list[Any]:
    """Have guests in all rooms, and the link ended."""
    guests = [await dale.town.guest(f"guest{n}") for n in range(GUESTS)]
    rooms = await _visit(shire, guests)
    bare = [await _removed(shire, guests)]
    before = await _calls(shire)
    ours = await _out(shire, rooms, guests, lambda: shire.host.say(shire.chat, "!unlink Dale"))
    calls = await _at_rest(shire) - before
    bare.append(await _removed(shire, guests))
    here, there = (statistics.mean(one[n] for one in bare) for n in (0, 1))
    kicks, states = _sum(calls, "/kick"), _sum(calls, "PUT", "/state/")
    looks, words = _sum(calls, "GET", "/state"), _sum(calls, "/send/")
    note = f"{kicks} removals, {states} statements, {words} words; unavoidable {LEAST}"
    seconds = (
        f"{ours[0]:.2f} s against {here:.2f} s; {ours[1]:.2f} against {there:.2f} s on the guests' server"
    )
    return [
        row("sisters: !unlink, writes / unavoidable", (kicks + states) / LEAST, 1.05, note=note),
        row("sisters: !unlink, looks / rooms", looks / (len(ROOMS) + 1), 1.5, note=f"{looks} reads"),
        row("sisters: !unlink to the last out / bare", ours[0] / here, 1.5, note=seconds),
    ]


async def _visit(shire: Side, guests: Sequence[Guest]) -> list[str]:
    """Have guests in all rooms and in a private chat each, as if they had come long ago; return the rooms."""
    town, now = shire.town, SystemClock().now()
    link, host = await shire.link(), UserId(shire.host.id)
    await town.rest()
    async with SqliteLedger.open(shire.ledger, FACTS) as ledger:
        keeping = Keeping(ledger)
        await keeping.open()
        for n, guest in enumerate(guests):
            person = UserId(guest.id)
            chat = Writing(HOUSE, ChatNamed(person, RoomKey(f"chat/{n:016x}")))
            visit = kin.visit(link.mark, person, host, now)
            await keeping.record(Entry(f"bench:visit:{n}", now, (*visit, chat)))
    for key in (ROOMS[0], ROOMS[2]):  # one after the other in life; so many at once would wait for a yes
        room = quote(str(keeping.house.rooms[key].room))
        for guest in guests:
            await shire.keeper.call("POST", f"/rooms/{room}/invite", {"user_id": guest.id})
    await town.serve()
    opened_rooms = await _rooms(shire, guests)
    for key in ROOMS:
        await shire.host.enter_room(opened_rooms[key])
    await at_once(COMING, (_come(guest, shire, opened_rooms) for guest in guests))
    return [opened_rooms[key] for key in ROOMS]


async def _rooms(shire: Side, guests: Sequence[Guest]) -> dict[RoomKey, str]:
    """Wait until there is a private chat for each guest; return all rooms."""
    async with asyncio.timeout(FAR):
        while True:
            house = await shire.house()
            if all(house.chats[UserId(guest.id)] in house.rooms for guest in guests):
                chats = {RoomKey(guest.id): house.chats[UserId(guest.id)] for guest in guests}
                return {
                    **{key: str(house.rooms[key].room) for key in ROOMS},
                    **{person: str(house.rooms[key].room) for person, key in chats.items()},
                }
            await asyncio.sleep(0.5)


async def _come(guest: Guest, shire: Side, rooms: dict[RoomKey, str]) -> None:
    """Have somebody accept what they are invited to, and come in wherever that opens."""
    root, lobby, rung, *inner = ROOMS
    for key in (RoomKey(guest.id), root, rung):
        room = rooms[key]
        await guest.finds(lambda room=room: guest.sight.invited.get(room), f"the way into {key}", FAR)
        await guest.enter_room(room)
    for key in (lobby, *inner):
        await _enter(guest, rooms[key], shire.town.synapse.name)


async def _enter(guest: Guest, room: str, server: str) -> None:
    """Join a room that another's membership opens, once its server has heard of that."""
    for _ in range(TRIES):
        try:
            await guest.enter_room(room, via=[server])
        except Denied:
            await asyncio.sleep(0.5)
        else:
            return
    raise RuntimeError(f"{guest.id} cannot come in")


async def _removed(shire: Side, guests: Sequence[Guest]) -> tuple[float, float]:
    """Have the guests in five rooms of a script, which removes all; return the seconds here and there."""
    rooms = [await opened(shire, "public_chat") for _ in ROOMS]
    for room in rooms:
        await shire.host.enter_room(room)
        for guest in guests:
            await guest.enter_room(room, via=[shire.town.synapse.name])

    async def remove() -> None:
        paths = [(f"/rooms/{quote(room)}/kick", guest.id) for room in rooms for guest in guests]
        await at_once(WIDTH, (shire.bare.call("POST", path, {"user_id": who}) for path, who in paths))

    return await _out(shire, rooms, guests, remove)


async def _out(
    shire: Side, rooms: Sequence[str], guests: Sequence[Guest], act: Callable[[], Coroutine[Any, Any, object]]
) -> tuple[float, float]:
    """Return the seconds from an act until all are out of all rooms: seen here, and on their own server."""
    people = {guest.id for guest in guests}
    inside = {(room, person) for room in rooms for person in people}
    caller = shire.host
    page = await caller.call("GET", "v3/sync", filter=MOVES, timeout=0)
    began = time.perf_counter()
    async with asyncio.timeout(FAR), asyncio.TaskGroup() as group:
        group.create_task(act())
        while inside:
            since = str(page["next_batch"])
            page = await caller.call("GET", "v3/sync", filter=MOVES, timeout=10_000, since=since)
            inside -= set(_gone(page))
        here = time.perf_counter() - began
        for guest in guests:
            while set(rooms) & set(await _joined(guest)):
                await asyncio.sleep(0.02)
        there = time.perf_counter() - began
    return here, there


def _gone(page: Any) -> list[tuple[str, str]]:
    joined = page.get("rooms", {}).get("join", {})
    return [
        (room, event["state_key"])
        for room, told in joined.items()
        for event in (*told["timeline"]["events"], *told.get("state", {}).get("events", ()))
        if event["type"] == "m.room.member" and event["content"]["membership"] == "leave"
    ]


async def _joined(guest: Guest) -> list[str]:
    answer: Any = await guest.call("GET", "v3/joined_rooms")
    return list(answer["joined_rooms"])


async def _calls(side: Side) -> Counter[str]:
    """Return the calls that the service has made, by method and path."""
    async with (
        aiohttp.ClientSession() as session,
        session.get(f"http://{side.town.watched}/metrics") as answer,
    ):
        text = await answer.text()
    return Counter({f"{method} {path}": int(float(n)) for method, path, n in CALLS.findall(text)})


async def _at_rest(side: Side) -> Counter[str]:
    """Return the calls once there were no new ones for some seconds."""
    calls, since = await _calls(side), time.perf_counter()
    while time.perf_counter() - since < 3:
        await asyncio.sleep(0.3)
        if (now := await _calls(side)) != calls:
            calls, since = now, time.perf_counter()
    return calls


def _sum(calls: Counter[str], *parts: str) -> int:
    return sum(n for call, n in calls.items() if all(part in call for part in parts))
