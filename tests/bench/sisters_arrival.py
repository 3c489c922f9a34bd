"""From a statement in our letterbox to the sister's ledger, against a bare state event on the same way.

Both are on their way from when the homeserver has made the event. Ours has arrived when the sister's service
has been told, has read the whole letterbox, checked it, and written down what it says; the bare one when an
application service that only listens has been told.

People make a statement by a word in a chat, and while it is on its way they are answered, which keeps two
servers on one machine busy. So the bare event is measured twice: alone, and of a bot that answers as much.
"""

import asyncio
import sqlite3
import statistics
from collections.abc import Callable, Sequence
from typing import Any
from urllib.parse import quote

from pair import FAR, Side, enter, now, opened

from crewhall_bridges.sister.wire import event_type

ROUNDS, WARM = 24, 2
BREATH = 1.2
"""Seconds between two rounds: a letterbox is not looked at twice in one."""
TREATY = event_type("treaty")


async def measure(row: Callable[..., Any], shire: Side, dale: Side) -> list[Any]:
    """Have statements and bare state events go the same way, in turns; compare the medians."""
    box = str((await dale.link()).room)
    room = await opened(shire, "private_chat", [dale.town.user("bare")])
    chat = await opened(shire, "private_chat", [shire.host.id])
    await shire.host.enter_room(chat)
    await asyncio.sleep(BREATH)
    await enter(dale.bare, room, shire.town.synapse.name)
    ways = (
        lambda n: _stated(shire, dale, box, f"!link {'open' if n % 2 else 'close'} introductions with Dale"),
        lambda n: _alone(shire, dale, room, n),
        lambda n: _answering(shire, dale, room, chat, n),
    )
    took: tuple[list[float], ...] = ([], [], [])
    for n in range(WARM + ROUNDS):
        for which in range(len(ways)):
            at = (which + n) % len(ways)
            took[at].append(await ways[at](n))
            await asyncio.sleep(BREATH)
    ours, alone, answering = (sorted(one[WARM:]) for one in took)
    mine = statistics.median(ours)
    return [
        row(
            f"sisters: statement to arrival / {what}",
            mine / statistics.median(bare),
            1.3,
            note=f"{_told(ours)} against {_told(bare)}, {ROUNDS} each",
        )
        for what, bare in (("bare", alone), ("bare, answering as much", answering))
    ]


def _told(times: Sequence[float]) -> str:
    in_ms = [f"{1000 * one:.0f}" for one in (statistics.median(times), times[0], times[-1])]
    return f"{in_ms[0]} ms ({in_ms[1]} to {in_ms[2]})"


async def _alone(shire: Side, dale: Side, room: str, n: int) -> float:
    """Have a bare state event made; return the seconds until a bare service of the sister is told."""
    told = await shire.bare.call("PUT", f"/rooms/{quote(room)}/state/{TREATY}/{n}", {"v": 1, "seq": n})
    return await dale.ear.took(told["event_id"])


async def _answering(shire: Side, dale: Side, room: str, chat: str, n: int) -> float:
    """Have it made by a bot that is told of a word, marks it and answers, as our keeper does."""
    said = await shire.host.say(chat, f"word {n}")
    await shire.ear.took(said)
    mark = {"m.relates_to": {"rel_type": "m.annotation", "event_id": said, "key": "✅"}}
    await shire.bare.call("PUT", f"/rooms/{quote(chat)}/send/m.reaction/mark{n}", mark)
    await shire.bare.say(chat, "Done.", f"answer{n}")
    took, _ = await asyncio.gather(
        _alone(shire, dale, room, 1000 + n), shire.bare.say(chat, "And what follows.", f"more{n}")
    )
    return took


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
