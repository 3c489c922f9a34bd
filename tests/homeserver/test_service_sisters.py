"""Two communities on homeservers of their own, joined by TLS: they link, close, end, while a server dies."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import pytest_asyncio

from crewhall.lab.certificates import certificates
from crewhall.lab.guests import Guest
from crewhall.lab.sight import says
from crewhall.lab.town import Town

pytestmark = [pytest.mark.homeserver, pytest.mark.asyncio(loop_scope="session")]

FAR = 40.0
AT_ONCE = 5.0
"""Seconds in which a word is answered while the sister's server is dead."""


@dataclass
class Side:
    """A community: its town, who founded it, and their chat with the keeper."""

    town: Town
    host: Guest
    chat: str

    async def ask(self, line: str, within: float = FAR) -> str:
        """Say something in the chat; return the answer."""
        return (await self.town.answer(self.host, self.chat, line, within=within)).text

    async def told(self, words: str) -> str:
        """Wait until the keeper has said these words in the chat; return all of them."""
        seen = await self.host.saw(self.chat, says(words, self.town.keeper), words, within=FAR)
        return seen.text

    async def agree(self) -> None:
        """Wait for the question, and say yes."""
        card = await self.host.saw(self.chat, says("proposes to link"), "the question", within=FAR)
        await self.host.react(self.chat, card.id, "✅")
        await self.told("our yes to the link")

    async def shows(self, *words: str, no: str = "nothing of the kind") -> None:
        """Ask for all links, now and then, until they show all these words, and not the other ones."""
        for _ in range(12):
            text = await self.ask("!links")
            if all(one in text for one in words) and no not in text:
                return
            await asyncio.sleep(3)  # who asks too often is not answered
        raise AssertionError(text)


async def _side(town: Town, key: str, name: str) -> Side:
    host = await town.guest(name)
    charter = {
        "key": key,
        "name": key.title(),
        "founders": [host.id],
        "sisters": {"others": 0, "days": 0, "flows": ["introductions", "guests", "recipes"]},
    }
    told = await town.crewhall("found", str(town.write_charter(key, charter)))
    assert told.status == 0, told.out
    await host.accepts(key.title())
    return Side(town, host, await town.chat(host))


@pytest_asyncio.fixture(loop_scope="session", scope="module")
async def sides(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[tuple[Side, Side]]:
    folder: Path = tmp_path_factory.mktemp("sisters")
    tls = certificates(folder / "tls")
    async with Town(folder / "shire", federation=tls) as shire, Town(folder / "dale", federation=tls) as dale:
        yield await _side(shire, "shire", "fay"), await _side(dale, "dale", "gil")


async def test_a_link_is_made_narrowed_and_ended_while_one_side_dies_twice(
    sides: tuple[Side, Side],
) -> None:
    shire, dale = sides
    assert "would like to link" in await shire.ask(f"!link with {dale.town.keeper}")
    assert "would like to link" in await dale.ask(f"!link with {shire.town.keeper}")
    await shire.agree()
    await dale.agree()
    await shire.shows("Dale", "holds", "Guests", "Shire lets Dale")
    await dale.shows("Shire", "holds", "Guests", "lets Dale read")

    await shire.ask("!link close guests with Dale")
    await dale.told("has closed guests")
    await dale.shows("holds", "lets Dale read", no="Guests")

    await dale.town.kill()
    await dale.town.synapse.kill()
    assert "closed from now on" in await shire.ask("!link close recipes to Dale", within=AT_ONCE)
    await shire.shows("holds", no="Shire lets Dale")
    serving = asyncio.create_task(dale.town.serve())  # the service first, and then what it serves
    await dale.town.synapse.start()
    await serving
    await dale.shows("holds", no="lets Dale read")

    await dale.town.synapse.stop()
    assert "ended" in (await shire.ask("!unlink Dale", within=AT_ONCE)).casefold()
    assert "ended" in await shire.ask("!links", within=AT_ONCE)
    await dale.town.synapse.start()
    await dale.told("ended")
    await dale.shows("ended", no="holds")
    assert "Traceback" not in shire.town.log + dale.town.log
