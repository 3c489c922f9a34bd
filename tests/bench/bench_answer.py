"""A command's answer, from the sender's send to the answer in the sender's sync, against a bare echo.

One homeserver, one person, two private chats: with the service, which runs as a process of its own, and with
an application service that answers everything at once and remembers nothing. Turn about in one run.
"""

import asyncio
import statistics
import tempfile
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import aiohttp
from bare import Caller, Listener, echo
from stage import KEEPER, Lab, congregation, lab, said, served

from crewhall.adapters.clock import SystemClock
from crewhall.adapters.ledger import SqliteLedger
from crewhall.charter.model import Crews
from crewhall.ground.facts import Stream, Writing
from crewhall.ground.ids import CrewKey, UserId
from crewhall.house import FACTS
from crewhall.lab.ports import free_port
from crewhall.life.community.facts import Founded
from crewhall.life.crews.facts import CrewStarted
from crewhall.ports import Entry

ROUNDS, WARM, INVITATIONS = 60, 8, 18
BREATH, LONG_BREATH = 0.05, 0.5


@dataclass
class Chats:
    """Somebody's two private chats: who answers in each, and where."""

    listener: Listener
    bot: str
    bot_room: str
    keeper: str
    keeper_room: str


async def measure(row: Callable[..., Any]) -> list[Any]:
    """Compare the medians: of what only tells, and of what is written down and invites somebody."""
    with tempfile.TemporaryDirectory() as folder:
        async with _two_chats(Path(folder)) as chats:
            server = chats.keeper.partition(":")[2]
            await _alternate(chats, ["!help"] * WARM)
            helped = await _alternate(chats, ["!help"] * ROUNDS)
            told = await _alternate(chats, ["!me"] * ROUNDS)
            guests = [f"!crew invite @guest{n}:{server}" for n in range(INVITATIONS)]
            invited = await _alternate(chats, guests, LONG_BREATH)
    return [
        _row(row, "answer to !help / bare echo", helped),
        _row(row, "answer to !me / bare echo", told),
        _row(row, "answer to !crew invite / bare echo", invited),
    ]


def _row(row: Callable[..., Any], name: str, took: tuple[list[float], list[float]]) -> Any:
    echoed, answered = (statistics.median(one) for one in took)
    note = f"{answered * 1000:.1f} ms against {echoed * 1000:.1f} ms, {len(took[0])} each"
    return row(name, answered / echoed, 1.3, note=note)


async def _alternate(
    chats: Chats, lines: Iterable[str], breath: float = BREATH
) -> tuple[list[float], list[float]]:
    """Return the seconds until the bare bot's answers and until the service's, asked in turns.

    After `breath` seconds the homeserver is done with what else came of it.
    """
    took: dict[str, list[float]] = {chats.bot: [], chats.keeper: []}
    rooms = [(chats.bot, chats.bot_room), (chats.keeper, chats.keeper_room)]
    for turn, line in enumerate(lines):
        for who, room in rooms if turn % 2 else reversed(rooms):
            took[who].append(await chats.listener.answer_to(room, line, who))
            await asyncio.sleep(breath)
    return took[chats.bot], took[chats.keeper]


@asynccontextmanager
async def _two_chats(here: Path) -> AsyncIterator[Chats]:
    ports = {"echo": free_port(), KEEPER: free_port()}
    async with lab(here / "homeserver", ports) as stage, aiohttp.ClientSession() as session:
        synapse = stage.synapse
        ann = Caller(session, synapse.address, await synapse.register("ann", "secret"))
        bare = Caller(session, synapse.address, stage.tokens["echo"], stage.user("echo"))
        await bare.register("echo")
        folder = here / "service"
        folder.mkdir()
        await _write(folder / "crewhall.db", stage)
        async with (
            echo(ports["echo"], bare, stage.user("echo")),
            served(
                folder,
                homeserver=synapse.address,
                name=synapse.name,
                registration=here / "homeserver" / f"{KEEPER}.yaml",
                port=ports[KEEPER],
            ) as service,
        ):
            await said(service.log, ("community=bench",), service.process)
            listener = Listener(ann)
            bot_room = await ann.open_chat(stage.user("echo"))
            await bare.call("POST", f"/join/{quote(bot_room)}", {})
            await ann.open_chat(service.keeper)
            keeper_room = await listener.until_invited(service.keeper)
            yield Chats(listener, stage.user("echo"), bot_room, service.keeper, keeper_room)


async def _write(ledger: Path, stage: Lab) -> None:
    """Write a community in which ann has a crew with seats for many."""
    now, ann = SystemClock().now(), stage.user("ann")
    charter = congregation(0).model_copy(update={"crews": Crews(seats_for="anyone", most=INVITATIONS + 2)})
    crew = CrewKey("lantern")
    keeper = stage.user(KEEPER)
    started = CrewStarted(crew, "Lantern", ann, private=True, listed=True, mark="mark", keeper=keeper)
    async with SqliteLedger.open(ledger, FACTS) as opened:
        founded = Writing(Stream("bench"), Founded(charter, (UserId(ann),)), 0)
        await opened.commit(Entry("bench:found", now, (founded,)))
        begun = Writing(Stream(f"bench/crew/{crew}"), started, 0)
        await opened.commit(Entry("bench:crew", now, (begun,)))
