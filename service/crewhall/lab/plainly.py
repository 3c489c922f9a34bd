"""Starts what deployment files start as plain processes, and greets the keeper as somebody would."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from crewhall.errors import TryLater
from crewhall.lab.child import Child
from crewhall.lab.guests import Guest
from crewhall.lab.ports import LOOPBACK

PATIENCE = 60.0
"""Seconds in which each step has to come about."""


async def run(words: Sequence[str], folder: Path, environment: Mapping[str, str]) -> tuple[int, str]:
    """Run a program to its end; return its status and all that it said."""
    process = await asyncio.create_subprocess_exec(
        *words,
        cwd=folder,
        env={**os.environ, **environment},
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    try:
        async with asyncio.timeout(PATIENCE):
            said, _ = await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    return process.returncode or 0, said.decode()


@asynccontextmanager
async def serving(
    words: Sequence[str], folder: Path, port: int, environment: Mapping[str, str]
) -> AsyncIterator[Path]:
    """Run the service and wait until it listens; yield its log. Told to stop, it ends well."""
    log = folder / f"service-{port}.log"
    child = await Child.start([words[0], *words[1:]], log=log, cwd=folder, environment=environment)
    try:
        async with asyncio.timeout(PATIENCE):
            while True:
                if child.status is not None:
                    raise TryLater(f"The service ended: {child.last_words()}")
                try:
                    _, writer = await asyncio.open_connection(LOOPBACK, port)
                except OSError:
                    await asyncio.sleep(0.05)
                    continue
                writer.close()
                await writer.wait_closed()
                break
        yield log
        if await child.stop() != 0:
            raise TryLater(f"The service did not end well: {child.last_words()}")
    finally:
        await child.kill()


async def chat_with(guest: Guest, keeper: str) -> str:
    """Greet the keeper in a private chat, as Element would; return the room that it asks into."""
    own = await guest.start_chat(keeper, encrypted=True)
    invitation = await guest.finds(
        lambda: next((i for i in guest.sight.invited.values() if i.inviter == keeper and i.direct), None),
        "an invitation to a private chat",
        within=PATIENCE,
    )
    await guest.leave(own)
    return await guest.enter_room(invitation.room)


async def answer(guest: Guest, room: str, keeper: str, text: str) -> str:
    """Say something; return the keeper's answer to it."""
    event = await guest.say(room, text)
    seen = await guest.saw(
        room,
        lambda one: one.sender == keeper and one.replies_to == event,
        f"an answer to {text}",
        within=PATIENCE,
    )
    return seen.text


def crewhall(words: Sequence[str]) -> list[str]:
    """Return a command of the service's own with the program that is there to run it."""
    return [sys.executable, "-m", "crewhall", *words]
