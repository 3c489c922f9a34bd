"""Somebody is forgotten beside a real homeserver: out of every room, and out of every byte that we keep."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from crewhall.lab.sight import Seen

pytestmark = [pytest.mark.homeserver, pytest.mark.asyncio(loop_scope="session")]


def found(folder: Path, *needles: str) -> list[tuple[str, str]]:
    """Return which of our own files (not the homeserver's) hold which of these."""
    ours = (one for one in folder.rglob("*") if one.is_file() and folder / "homeserver" not in one.parents)
    return [(one.name, n) for one in ours for n in needles if n.encode() in one.read_bytes()]


async def test_somebody_asks_what_is_kept_and_is_forgotten_to_the_byte(rivendell: Any, town: Any) -> None:
    ben, zerlinda = await rivendell.come("Ben", "Zerlinda")
    chat = await town.chat(zerlinda)
    bens = await town.chat(ben)
    await town.answer(zerlinda, chat, f"!crew start Lantern {ben.id}")
    told = (await town.answer(zerlinda, chat, "!what do you know about me")).text
    for part in (zerlinda.id, "You have been in Rivendell", "name you", "I do not keep"):
        assert part in told
    assert ben.id not in told
    assert found(town.directory, zerlinda.id)  # or the search would prove nothing

    def asks(seen: Seen) -> bool:
        return seen.sender == town.keeper and "React with ✅ within a day" in seen.text

    await zerlinda.say(chat, "!forget me")
    question = await zerlinda.saw(chat, asks, "the question")
    await zerlinda.react(chat, question.id, "✅")
    await zerlinda.finds(lambda: chat not in zerlinda.sight.joined or None, "the chat closed")
    async with asyncio.timeout(60):
        while found(town.directory, "zerlinda", "Zerlinda"):
            await ben.look()
    assert rivendell.root not in zerlinda.sight.joined
    assert await town.rest() == 0
    assert found(town.directory, "zerlinda", "Zerlinda") == []
    await town.serve()
    told = (await town.answer(ben, bens, "!me")).text
    assert "Rivendell" in told
    assert found(town.directory, "zerlinda", "Zerlinda") == []
