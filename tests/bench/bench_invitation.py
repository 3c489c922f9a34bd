"""From the reaction that completes a rule to the invitation in the person's sync, against a bare stand-in.

One homeserver. Ours: somebody reacts to the card that asks for a vouch, the service (a process of its own)
decides, writes it down, looks and invites. Bare: an application service that invites at once whoever a
reaction names. Beside them an invitation with nothing before it. In turns; each person is invited by each.
"""

import asyncio
import statistics
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import aiohttp
from bare import Caller, Listener, inviter
from stage import KEEPER, Lab, lab, said, served

from crewhall.adapters.clock import SystemClock
from crewhall.adapters.ledger import SqliteLedger
from crewhall.charter.model import Charter, Door, Rule, Rung, Vouches
from crewhall.ground.facts import Stream, Writing
from crewhall.ground.ids import UserId
from crewhall.house import FACTS
from crewhall.lab.ports import free_port
from crewhall.life.community.facts import Founded
from crewhall.ports import Entry

ROUNDS, WARM = 16, 3
ROOM = {"preset": "private_chat", "room_version": "12"}
BREATH = 0.4
RUNG, PARTNERS = "_crewhall_bench_rung_friends", "_crewhall_bench_rung_partners"
CHARTER = Charter(
    key="bench",
    name="Bench",
    door=Door(join="public"),
    rungs=(
        Rung(
            key="friends",
            name="Friends",
            door=Rule(propose="keyholders", vouches=Vouches(count=1, of="partners"), private=True),
        ),
        Rung(key="partners", name="Partners"),
    ),
)


@dataclass
class Stage:
    """Who proposes, who vouches, who is asked; the room of the bare invitation, and the rung's."""

    proposer: Caller
    proposer_chat: str
    voucher: Caller
    voucher_chat: str
    keeper: str
    bot_chat: str
    bot_room: str
    own_room: str
    rung: str
    people: list["Guest"]


@dataclass
class Guest:
    """Somebody who is invited, and listens."""

    name: str
    caller: Caller
    since: str = ""

    async def invited(self, room: str) -> None:
        """Wait until an invitation to `room` is in the sync."""
        while True:
            page = await self._sync(timeout="10000")
            if room in page.get("rooms", {}).get("invite", {}):
                return

    async def settle(self) -> None:
        """Read all that there is."""
        await self._sync(timeout="0")

    async def _sync(self, **query: str) -> dict[str, Any]:
        query |= {"since": self.since} if self.since else {}
        page: dict[str, Any] = await self.caller.call("GET", "/sync", **query)
        self.since = page["next_batch"]
        return page


Way = Callable[[Stage, Guest], Awaitable[float]]


async def measure(row: Callable[..., Any]) -> list[Any]:
    """Compare the medians."""
    took: dict[Way, list[float]] = {_ours: [], _bare: [], _alone: []}
    ways = list(took)
    with tempfile.TemporaryDirectory() as folder:
        async with _stage(Path(folder)) as stage:
            for n, guest in enumerate(stage.people):
                for way in (*ways[n % 3 :], *ways[: n % 3]):
                    seconds = await way(stage, guest)
                    if n >= WARM:
                        took[way].append(seconds)
                    await asyncio.sleep(BREATH)
    ours, bare, alone = (statistics.median(seconds) for seconds in took.values())
    note = f"{ours * 1000:.1f} ms against {bare * 1000:.1f} ms, {ROUNDS} each; an invitation alone: "
    return [row("reaction to invitation / bare", ours / bare, 1.5, note=f"{note}{alone * 1000:.1f} ms")]


async def _ours(stage: Stage, guest: Guest) -> float:
    await stage.proposer.say(stage.proposer_chat, f"!invite {guest.name} to Friends", f"propose-{guest.name}")
    card = await _card(stage, guest.name)
    await asyncio.sleep(BREATH)
    await guest.settle()
    waiting = asyncio.create_task(guest.invited(stage.rung))
    await asyncio.sleep(0.05)
    began = time.perf_counter()
    await _react(stage.voucher, stage.voucher_chat, card, "👍")
    await waiting
    return time.perf_counter() - began


async def _bare(stage: Stage, guest: Guest) -> float:
    await guest.settle()
    waiting = asyncio.create_task(guest.invited(stage.bot_room))
    await asyncio.sleep(0.05)
    card = await stage.voucher.say(stage.bot_chat, "card", f"card-{guest.name}")
    await asyncio.sleep(BREATH)
    began = time.perf_counter()
    await _react(stage.voucher, stage.bot_chat, card, guest.name)
    await waiting
    return time.perf_counter() - began


async def _alone(stage: Stage, guest: Guest) -> float:
    await guest.settle()
    waiting = asyncio.create_task(guest.invited(stage.own_room))
    await asyncio.sleep(0.05)
    began = time.perf_counter()
    await stage.proposer.call("POST", f"/rooms/{quote(stage.own_room)}/invite", {"user_id": guest.name})
    await waiting
    return time.perf_counter() - began


async def _react(caller: Caller, room: str, event: str, key: str) -> None:
    path = f"/rooms/{quote(room)}/send/m.reaction/{quote(f'{event}-{key}', safe='')}"
    relation = {"rel_type": "m.annotation", "event_id": event, "key": key}
    await caller.call("PUT", path, {"m.relates_to": relation})


async def _card(stage: Stage, name: str) -> str:
    """Wait for the card that asks the voucher about somebody."""
    path = f"/rooms/{quote(stage.voucher_chat)}/messages"
    async with asyncio.timeout(20):
        while True:
            page = await stage.voucher.call("GET", path, dir="b", limit="10")
            for event in page["chunk"]:
                content = event.get("content", {})
                asks = "m.relates_to" not in content and f"proposes {name} " in content.get("body", "")
                if event["sender"] == stage.keeper and asks:
                    return str(event["event_id"])
            await asyncio.sleep(0.05)


@asynccontextmanager
async def _stage(here: Path) -> AsyncIterator[Stage]:
    ports = {KEEPER: free_port(), "bot": free_port()}
    async with lab(here / "homeserver", ports) as at, aiohttp.ClientSession() as session:

        async def person(name: str) -> Caller:
            return Caller(session, at.synapse.address, await at.synapse.register(name, "secret"))

        ann, bea = await person("ann"), await person("bea")
        folder = here / "service"
        folder.mkdir()
        await _write(folder / "crewhall.db", at)
        async with served(
            folder,
            homeserver=at.synapse.address,
            name=at.synapse.name,
            registration=here / "homeserver" / f"{KEEPER}.yaml",
            port=ports[KEEPER],
        ) as service:
            await said(service.log, ("community=bench",), service.process)
            root = (await ann.call("POST", f"/join/{quote(f'#_crewhall_bench:{at.synapse.name}')}", {}))[
                "room_id"
            ]
            await bea.call("POST", f"/join/{quote(root)}", {})
            for caller in (ann, bea):
                await caller.call("POST", f"/join/{quote(f'#{PARTNERS}:{at.synapse.name}')}", {})
            chats = [await _chat(caller, service.keeper) for caller in (ann, bea)]
            alias = f"/directory/room/{quote(f'#{RUNG}:{at.synapse.name}')}"
            rung = (await ann.call("GET", alias))["room_id"]
            guests = []
            for n in range(ROUNDS + WARM):
                guest = Guest(str(at.user(f"guest{n}")), await person(f"guest{n}"))
                await guest.caller.call("POST", f"/join/{quote(root)}", {})
                guests.append(guest)
            bot = Caller(session, at.synapse.address, at.tokens["bot"], at.user("bot"))
            await bot.register("bot")
            rooms = [(await who.call("POST", "/createRoom", ROOM))["room_id"] for who in (bot, ann)]
            chat = (await bea.call("POST", "/createRoom", ROOM | {"invite": [at.user("bot")]}))["room_id"]
            await bot.call("POST", f"/join/{quote(chat)}", {})
            async with inviter(ports["bot"], bot, rooms[0]):
                yield Stage(ann, chats[0], bea, chats[1], service.keeper, chat, *rooms, rung, guests)


async def _chat(caller: Caller, keeper: str) -> str:
    """Open a private chat with the keeper, as clients do; return the one it answers with."""
    await caller.call("POST", "/createRoom", ROOM | {"is_direct": True, "invite": [keeper]})
    return await Listener(caller).until_invited(keeper)


async def _write(ledger: Path, at: Lab) -> None:
    """Write a community whose two founders hold its keys; its rooms are made when the service starts."""
    founders = (UserId(at.user("ann")), UserId(at.user("bea")))
    async with SqliteLedger.open(ledger, FACTS) as opened:
        founded = Writing(Stream("bench"), Founded(CHARTER, founders), 0)
        await opened.commit(Entry("bench:found", SystemClock().now(), (founded,)))
