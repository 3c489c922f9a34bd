"""Where the story of sisters happens: communities on homeservers of their own, joined by federation alone."""

import asyncio
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from crewhall.demo.scene import insist
from crewhall.demo.together import together
from crewhall.lab.certificates import certificates
from crewhall.lab.guests import Guest
from crewhall.lab.talks import FAR, Talk
from crewhall.lab.town import Town

CAST: Final = (("Shire", "Fay", "Pip"), ("Dale", "Gil", "Moss"), ("Bree", "Hal", "Ivy"))
"""Communities, who speaks for each, and somebody who simply is there."""
ROOM: Final = "Mill"
"""The room that each has, which opens from its space."""
AGREEMENTS: Final = "Nobody is photographed unasked."
SISTERS: Final = {
    "others": 0,
    "days": 0,
    "flows": ["introductions", "guests", "crews", "recipes"],
    "agreements": AGREEMENTS,
}


@dataclass(frozen=True, slots=True)
class Side:
    """A community: its town and space, and two people with their chats with its keeper."""

    name: str
    town: Town
    root: str
    host: Talk
    member: Talk


@dataclass(slots=True)
class Stage:
    """All of them: whose story it is, the one that dies on the way, and others. `notes` are for later."""

    here: Side
    there: Side
    others: tuple[Side, ...]
    notes: dict[str, str] = field(default_factory=dict)

    @property
    def sisters(self) -> tuple[Side, ...]:
        """All but the one whose story it is."""
        return (self.there, *self.others)


async def stand(stack: AsyncExitStack, folder: Path, count: int) -> Stage:
    """Start so many communities, with nothing between them yet."""
    tls = await asyncio.to_thread(certificates, folder / "tls")
    towns = [Town(folder / name.lower(), federation=tls) for name, _, _ in CAST[:count]]
    await together(stack.enter_async_context(town) for town in towns)
    here, there, *others = await together(
        _settle(town, *cast) for town, cast in zip(towns, CAST, strict=False)
    )
    return Stage(here, there, tuple(others))


async def _settle(town: Town, name: str, host: str, member: str) -> Side:
    first, second = await together(town.guest(one.lower(), one) for one in (host, member))
    charter = {
        "key": name.lower(),
        "name": name,
        "founders": [first.id],
        "places": [{"key": "mill", "name": ROOM}],
        "sisters": SISTERS,
    }
    paper = await asyncio.to_thread(town.write_charter, name.lower(), charter)
    told = await town.crewhall("found", str(paper))
    insist(told.status == 0, told.err or told.out)
    root = await first.accepts(name)
    await first.invite(root, second.id)
    await second.accepts(name)
    one, other = await together(Talk.opened(town, person) for person in (first, second))
    return Side(name, town, root, one, other)


async def comes_into(guest: Guest, root: str, town: Town, name: str) -> str:
    """Have somebody find a room in a space and enter it by its own door; return the room."""
    async with asyncio.timeout(FAR):
        while True:
            found = {str(one.get("name")): str(one["room_id"]) for one in await guest.inside(root)}
            if (room := found.get(name)) is not None:
                return await guest.enter_room(room, via=[town.synapse.name])
            await guest.look()
