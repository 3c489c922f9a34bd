"""A command's answer, from the sender's send to the answer in the sender's sync, against a bare echo."""

import asyncio
import statistics
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import aiohttp
from bare import Caller, Listener, echo
from stage import free_port, lab, served

ROUNDS = 60
WARM = 8


async def measure(row: Callable[..., Any]) -> list[Any]:
    """Alternate between the two in one run, on one homeserver, and compare the medians."""
    with tempfile.TemporaryDirectory() as folder:
        here = Path(folder)
        echo_port = free_port()
        async with (
            lab(here / "synapse", {"echo": echo_port}) as stage,
            served(stage, here / "service") as service,
            aiohttp.ClientSession() as session,
        ):
            token = await stage.synapse.register("ann", "secret")
            ann = Caller(session, stage.synapse.address, token)
            bot = f"@echo:{stage.synapse.name}"
            bare = Caller(session, stage.synapse.address, stage.token("echo"), bot)
            async with echo(echo_port, bare, bot):
                rooms = {
                    bot: await _bare_chat(ann, bare, bot),
                    service.keeper: await _keeper_chat(ann, service.keeper),
                }
                took: dict[str, list[float]] = {bot: [], service.keeper: []}
                listener = Listener(ann)
                await listener.catch_up()
                for turn in range(ROUNDS + WARM):
                    for who, room in rooms.items():
                        seconds = await listener.answer_to(room, "!help", f"{who}{turn}", who)
                        if turn >= WARM:
                            took[who].append(seconds)
                        await asyncio.sleep(0.02)
    echoed, answered = (statistics.median(took[who]) for who in (bot, service.keeper))
    note = f"answer {answered * 1000:.1f} ms, echo {echoed * 1000:.1f} ms, {ROUNDS} each"
    return [row("answer to a command / bare echo", answered / echoed, 1.3, note=note)]
