"""Two federating Synapses, each with a Crewhall and a bare application service; linked as people do it."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

import aiohttp
import kin
from bare import Caller, ear
from kin import BENCH
from stage import WIDTH, as_token, house_in, registered

from crewhall.adapters.clock import SystemClock
from crewhall.ground.hall import House
from crewhall.ground.ids import CommunityKey
from crewhall.lab.certificates import certificates
from crewhall.lab.guests import Guest
from crewhall.lab.ports import free_port
from crewhall.lab.sight import says
from crewhall.lab.synapse import Tls
from crewhall.lab.town import Town
from crewhall.registration import read
from crewhall_bridges.sister.bond import Link, links

BARE = "bare"
DALE = CommunityKey("dale")
LIMITS = {"limits": {"commands_per_minute": 1000, "concurrency": WIDTH}}
FAR = 180.0


def now() -> float:
    """Return seconds since 1970, as homeservers stamp events."""
    return SystemClock().now().timestamp()


@dataclass
class Ear:
    """When a bare application service was told of each event, and when the event was made."""

    told: dict[str, tuple[float, float]] = field(default_factory=dict)
    news: asyncio.Event = field(default_factory=asyncio.Event)

    def hear(self, event: Any) -> None:
        """Note an event."""
        self.told[event["event_id"]] = (now(), event["origin_server_ts"] / 1000)
        self.news.set()

    async def took(self, event: str) -> float:
        """Wait until an event was told; return the seconds that it was on its way."""
        async with asyncio.timeout(FAR):
            while event not in self.told:
                self.news.clear()
                await self.news.wait()
        told, made = self.told[event]
        return told - made


@dataclass
class Side:
    """One server: its town, community, a host with a private chat, and whoever makes bare calls and hears."""

    town: Town
    key: CommunityKey
    host: Guest
    chat: str
    keeper: Caller
    bare: Caller
    ear: Ear

    @property
    def ledger(self) -> Path:
        """The service's file."""
        return self.town.directory / "crewhall.db"

    async def ask(self, line: str) -> str:
        """Say something in the chat; return the answer."""
        return (await self.town.answer(self.host, self.chat, line, within=FAR)).text

    async def house(self) -> House:
        """Return what the ledger says now."""
        return await house_in(self.ledger)

    async def link(self) -> Link:
        """Return the only link."""
        (found,) = links((await self.house()).halls[self.key])
        return found


@asynccontextmanager
async def linked(here: Path) -> AsyncIterator[tuple[Side, Side]]:
    """Start both, and have them link."""
    async with AsyncExitStack() as stack:
        session = await stack.enter_async_context(aiohttp.ClientSession())
        tls = certificates(here / "tls")
        sides = [await _side(stack, session, here / key, tls) for key in (BENCH, DALE)]
        shire, dale = sides
        await shire.ask(f"!link with {dale.town.keeper}")
        await dale.ask(f"!link with {shire.town.keeper}")
        for side in sides:
            card = await side.host.saw(side.chat, says("proposes to link"), "the question", within=FAR)
            await side.host.react(side.chat, card.id, "✅")
            await side.host.saw(side.chat, says("our yes to the link"), "the yes", within=FAR)
        for side, other in (sides, sides[::-1]):
            async with asyncio.timeout(FAR):
                while (await side.link()).terms is None:
                    await asyncio.sleep(0.2)
            if other.key.title() not in await side.ask("!links"):
                raise RuntimeError("they are not linked")
        yield shire, dale


async def _side(stack: AsyncExitStack, session: aiohttp.ClientSession, here: Path, tls: Tls) -> Side:
    """Start a server with its Crewhall and a community, and a bare service that hears."""
    key, listening, port = CommunityKey(here.name), Ear(), free_port()
    await stack.enter_async_context(ear(port, listening.hear))
    town = Town(here / "town", settings=LIMITS, federation=tls)
    here.mkdir(parents=True)
    town.synapse.appservices += (registered(here, BARE, port),)
    await stack.enter_async_context(town)
    address = town.synapse.address
    host = await town.guest("host")
    paper = town.write_charter(key, kin.charter(key, host.id).model_dump(mode="json", exclude_unset=True))
    told = await town.crewhall("found", str(paper))
    if told.status:
        raise RuntimeError(told.out + told.err)
    await host.accepts(key.title(), within=FAR)
    token = read(town.directory / "registration.yaml").as_token.get_secret_value()
    bare = Caller(session, address, as_token(BARE), town.user(BARE))
    await bare.register(BARE)
    keeper = Caller(session, address, token, town.keeper)
    return Side(town, key, host, await town.chat(host), keeper, bare, listening)


async def opened(side: Side, preset: str, people: Iterable[str] = ()) -> str:
    """Have the bare application service make a room; return it."""
    body = {"preset": preset, "room_version": "12", "invite": list(people)}
    return str((await side.bare.call("POST", "/createRoom", body))["room_id"])


async def enter(caller: Caller, room: str, server: str) -> None:
    """Join a room that another server holds."""
    await caller.call("POST", f"/join/{quote(room)}", {}, via=server)
