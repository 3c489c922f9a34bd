"""Taking in transactions of 100 events: ours stores each durably, mautrix-python none."""

import json
import logging
import statistics
import tempfile
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
from aiohttp import web
from mautrix.appservice.as_handler import AppServiceServerMixin

from crewhall.adapters.clock import SystemClock
from crewhall.adapters.ledger import SqliteLedger
from crewhall.adapters.listening import listening
from crewhall.adapters.transactions import build
from crewhall.flows.inbox import Inbox
from crewhall.flows.keeping import Keeping
from crewhall.ground.ids import UserId
from crewhall.ground.sifting import Us
from crewhall.house import FACTS

TRANSACTIONS, EVENTS, TURNS = 80, 100, 5
KEEPER = UserId("@keeper:here")


class Bare(AppServiceServerMixin):
    """mautrix's transaction handler, alone."""


async def measure(row: Callable[..., Any]) -> list[Any]:
    """In turns; the medians of events a second."""
    ours: list[float] = []
    theirs: list[float] = []
    for turn in range(TURNS):
        with tempfile.TemporaryDirectory() as folder:
            async with _ours(Path(folder) / "crewhall.db") as url:
                ours.append(await _drive(url, turn))
        async with _theirs() as url:
            theirs.append(await _drive(url, turn))
    mine, other = statistics.median(ours), statistics.median(theirs)
    note = f"{mine:,.0f} events/s stored, mautrix {other:,.0f} events/s unstored"
    return [row("intake: events a second / mautrix", mine / other, 1.0, least=True, note=note)]


@asynccontextmanager
async def _ours(path: Path) -> AsyncIterator[str]:
    async with SqliteLedger.open(path, FACTS) as ledger:
        us = Us(KEEPER, frozenset({KEEPER}))
        inbox = Inbox(ledger, Keeping(ledger), SystemClock(), us, lambda _new: None)
        app = build(inbox.accept, lambda user: user == KEEPER, lambda _alias: False, "secret")
        async with listening(app, "127.0.0.1", 0) as port:
            yield f"http://127.0.0.1:{port}"
        if len(await ledger.waiting(limit=10**6)) != TRANSACTIONS * EVENTS:
            raise RuntimeError("not every event was stored")


@asynccontextmanager
async def _theirs() -> AsyncIterator[str]:
    seen = 0
    bare = Bare(log=logging.getLogger("mautrix"), hs_token="secret")

    async def handle(_event: object) -> None:
        nonlocal seen
        seen += 1

    bare.matrix_event_handler(handle)
    app = web.Application(client_max_size=1 << 26)
    bare.register_routes(app)
    async with listening(app, "127.0.0.1", 0) as port:
        yield f"http://127.0.0.1:{port}"
    if seen != TRANSACTIONS * EVENTS:
        raise RuntimeError("not every event was handled")


async def _drive(url: str, turn: int) -> float:
    bodies = [_body(turn, number) for number in range(TRANSACTIONS)]
    async with aiohttp.ClientSession(headers={"Authorization": "Bearer secret"}) as session:
        started = time.perf_counter()
        for number, body in enumerate(bodies):
            path = f"{url}/_matrix/app/v1/transactions/{turn}-{number}"
            async with session.put(path, data=body) as answer:
                answer.raise_for_status()
                await answer.read()
        return TRANSACTIONS * EVENTS / (time.perf_counter() - started)


def _body(turn: int, transaction: int) -> bytes:
    events = [
        {
            "type": "m.room.message",
            "event_id": f"${turn}-{transaction}-{number:>043}",
            "room_id": f"!{'r' * 43}",
            "sender": "@ann:here",
            "user_id": "@ann:here",
            "origin_server_ts": 1763715600000 + number,
            "age": 12,
            "unsigned": {"age": 12},
            "content": {"msgtype": "m.text", "body": f"!crew start Lantern {number}", "m.mentions": {}},
        }
        for number in range(EVENTS)
    ]
    return json.dumps({"events": events, "ephemeral": [], "de.sorunome.msc2409.to_device": []}).encode()
