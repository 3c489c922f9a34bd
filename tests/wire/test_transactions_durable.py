"""Whole transactions over real sockets into a real ledger: nothing lost, nothing doubled, bounded memory."""

import asyncio
import io
import json
import os
import signal
import sys
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import aiohttp
import psutil
import pytest

from crewhall import house
from crewhall.adapters.ledger import SqliteLedger
from crewhall.adapters.listening import listening
from crewhall.adapters.transactions import MOST_BYTES, build
from crewhall.flows.inbox import Inbox
from crewhall.flows.keeping import Keeping
from crewhall.ground.ids import UserId
from crewhall.ground.sifting import Us
from crewhall.ports import Incoming

TOKEN, KEEPER = "secret", UserId("@keeper:example.org")
PATH = "/_matrix/app/v1/transactions"


class Told:
    """A clock that stands."""

    def now(self) -> datetime:
        return datetime(2026, 11, 21, tzinfo=UTC)

    async def sleep(self, _span: object) -> None:
        raise NotImplementedError


class Hall:
    """The door with an inbox and a ledger behind it."""

    def __init__(self, ledger: SqliteLedger) -> None:
        self.ledger = ledger
        self.heard: list[Incoming] = []
        keeping = Keeping(ledger)
        us = Us(KEEPER, frozenset({KEEPER}))
        self.inbox = Inbox(ledger, keeping, Told(), us, self.heard.extend)
        self.session: aiohttp.ClientSession
        self.url = ""

    async def put(self, body: bytes, txn: int = 1) -> int:
        async with self.session.put(f"{self.url}/{txn}", data=io.BytesIO(body)) as answer:
            await answer.read()
            return answer.status


@pytest.fixture
async def hall(tmp_path: Path) -> AsyncIterator[Hall]:
    async with SqliteLedger.open(tmp_path / "ledger.db", house.FACTS) as ledger:
        opened = Hall(ledger)
        app = build(opened.inbox.accept, lambda _: False, lambda _: False, TOKEN)
        headers = {"Authorization": f"Bearer {TOKEN}"}
        async with (
            listening(app, "127.0.0.1", 0) as port,
            aiohttp.ClientSession(headers=headers) as opened.session,
        ):
            opened.url = f"http://127.0.0.1:{port}{PATH}"
            yield opened


def command(name: str, body: str = "!help", **more: Any) -> dict[str, Any]:
    return {
        "type": "m.room.message",
        "event_id": f"${name}",
        "room_id": "!lobby",
        "sender": "@ann:example.org",
        "origin_server_ts": 1,
        "content": {"msgtype": "m.text", "body": body},
        **more,
    }


def transaction(*events: object) -> bytes:
    return json.dumps({"events": events}).encode()


async def test_what_is_answered_is_stored_and_heard_once(hall: Hall) -> None:
    first = transaction(command("a"), command("b"), command("a"))
    assert [await hall.put(first, txn) for txn in (1, 1, 2)] == [200, 200, 200]
    assert await hall.put(transaction(command("b"), command("c")), 1) == 200
    assert [i.id for i in hall.heard] == ["$a", "$b", "$c"]
    assert [i.id for i in await hall.ledger.waiting()] == ["$a", "$b", "$c"]


async def test_the_same_transaction_at_the_same_time_is_stored_once(hall: Hall) -> None:
    body = transaction(*(command(str(n)) for n in range(100)))
    assert await asyncio.gather(*(hall.put(body, txn) for txn in range(20))) == [200] * 20
    assert len(hall.heard) == 100


async def test_odd_events_do_not_stop_the_good_ones(hall: Hall) -> None:
    body = transaction(
        None,
        "event",
        command("a", content=None),
        command("nul\0"),
        command("b", "!help \0 \ud83d"),
        command("c", unsigned={"io.element.synapse.soft_failed": True}),
        {**command("d"), "event_id": 3},
        command("e"),
    )
    assert await hall.put(body) == 200
    assert [i.id for i in hall.heard] == ["$b", "$e"]


async def test_a_body_of_64_mib_is_taken_and_one_byte_more_is_not(hall: Hall) -> None:
    event = transaction(command("big"))
    whole = event[:-1] + b" " * (MOST_BYTES - len(event)) + b"}"
    assert await hall.put(whole) == 200
    assert await hall.put(whole + b" ") == 413

    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(65):
            yield b" " * 1024 * 1024

    async with hall.session.put(f"{hall.url}/1", data=pieces()) as answer:
        assert answer.status == 413
        assert (await answer.json())["errcode"] == "M_TOO_LARGE"
    assert [i.id for i in hall.heard] == ["$big"]


async def test_a_flood_is_taken_in_without_growing(hall: Hall) -> None:
    """30 transactions of 6 MiB at once: one at a time is held, the others wait in their sockets."""
    filling = b"x" * 60_000

    async def pieces(txn: int) -> AsyncIterator[bytes]:
        yield b'{"events": ['
        for n in range(100):
            whole = json.dumps(command(f"{txn}-{n}", "!help @@")).encode()
            yield b"," * bool(n)
            for part in whole.partition(b"@@"):
                yield filling if part == b"@@" else part
        yield b"]}"

    async def one(txn: int) -> int:
        async with hall.session.put(f"{hall.url}/{txn}", data=pieces(txn)) as answer:
            hall.heard.clear()
            return answer.status

    await one(0)
    me = psutil.Process()
    before, peak = me.memory_info().rss, 0
    sending = asyncio.gather(*map(one, range(1, 31)))
    while not sending.done():
        peak = max(peak, me.memory_info().rss)
        await asyncio.sleep(0.01)
    assert await sending == [200] * 30
    assert peak - before < 96 * 1024 * 1024
    assert len(await hall.ledger.waiting(limit=10_000)) == 3_100


CHILD = """
import asyncio, sys
from pathlib import Path
from crewhall import house
from crewhall.adapters.ledger import SqliteLedger
from crewhall.ground.facts import HOUSE, Writing
from crewhall.ground.talk import Reply, Say, Sentence
from crewhall.ports import Entry
from crewhall.testing.ledger_values import AT, CLOSED, CRAFT, OPENED, event

async def main():
    async with SqliteLedger.open(Path(sys.argv[1]), house.FACTS) as ledger:
        begun = len(await ledger.since(0))
        async def one(n):
            (taken,) = await ledger.take_in([event(f"${n}")], AT)
            facts = (Writing(HOUSE, OPENED), Writing(CRAFT, CLOSED))
            says = (Say(Reply(), Sentence("a")), Say(Reply(), Sentence("b")))
            await ledger.commit(Entry(f"${n}", AT, facts, says, handled=taken.row, ack="x"))
            print(n, flush=True)
        for start in range(begun, begun + 10_000, 5):
            await asyncio.gather(*map(one, range(start, start + 5)))
asyncio.run(main())
"""


async def test_a_kill_at_any_moment_leaves_nothing_half(tmp_path: Path) -> None:
    """What was told of is there, and whatever is there is there whole: facts, words and the handled event."""
    path, told = tmp_path / "ledger.db", set()
    for turn in range(4):
        child = await asyncio.create_subprocess_exec(
            sys.executable, "-c", CHILD, str(path), stdout=asyncio.subprocess.PIPE
        )
        assert child.stdout is not None
        for _ in range(7 + 13 * turn):
            told.add(int(await child.stdout.readline()))
        os.kill(child.pid, signal.SIGKILL)
        told.update(int(line) for line in (await child.stdout.read()).splitlines())
        assert await child.wait() == -signal.SIGKILL
        async with SqliteLedger.open(path, house.FACTS) as ledger:
            records = await ledger.since(0)
            causes = [r.cause for r in records]
            assert {f"${n}" for n in told} <= set(causes)
            assert [r.seq for r in records] == list(range(1, len(records) + 1))
            assert all(causes.count(cause) == 2 for cause in causes)
            said = [out.cause for out in await ledger.unsaid(limit=100_000)]
            assert all(said.count(cause) == 3 for cause in causes)
            assert set(said) == set(causes)
            assert not {i.id for i in await ledger.waiting(limit=100_000)} & set(causes)
