"""One town for all tests of a worker: a Synapse, the service beside it, a congregation; and its people."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
import pytest_asyncio
import yaml

from crewhall.lab.guests import WITHIN, Guest
from crewhall.lab.town import OPERATOR, Town
from crewhall_config import charters as shipped


@dataclass
class Place:
    """A community that stands in a town: who founded it, their chat with the keeper, and its space."""

    town: Town
    name: str
    founder: Guest
    chat: str
    root: str

    async def room(self, guest: Guest, name: str) -> str:
        """Return the room of this name as soon as the space lists it for somebody."""
        async with asyncio.timeout(WITHIN):
            while True:
                if (room := (await self.listed(guest)).get(name)) is not None:
                    return room
                await guest.look()

    async def listed(self, guest: Guest) -> dict[str, str]:
        """Return the rooms that the space lists for somebody now, by name."""
        return {str(one.get("name")): str(one["room_id"]) for one in await guest.inside(self.root)}

    async def enter(self, guest: Guest, name: str) -> str:
        """Have somebody join a room that the space lists for them."""
        return await guest.enter_room(await self.room(guest, name))

    async def come(self, *names: str) -> list[Guest]:
        """Have new people invited into the space, and accept; names are made unlike all others."""
        return list(await asyncio.gather(*map(self._comes, names)))

    async def climb(self, guest: Guest, rung: str) -> str:
        """Have the founder, alone there, propose somebody for a rung, and them accept; return its space."""
        await self.founder.enter_room(await self.room(self.founder, rung))
        met = hall = ""
        while True:
            line = f"!invite {guest.id} to {rung}{met}{hall}"
            told = (await self.town.answer(self.founder, self.chat, line, to=[guest])).text
            if not hall and "In which community" in told:
                hall = f" in {self.name}"
            elif not met and "where you have met" in told:
                met = f" met {told.rpartition('one of ')[2].partition(' and ')[0].partition(',')[0]}"
            else:
                assert "is invited to" in told, told
                return await guest.accepts(rung)

    async def _comes(self, name: str) -> Guest:
        guest = await self.town.guest(self.town.word(name.lower()), self.town.word(name))
        await self.founder.invite(self.root, guest.id)
        await guest.enter_room(self.root)
        return guest


async def founding(town: Town, operator: Guest, chat: str, name: str, charter: str) -> Place:
    """Have the operator found a community in chat, and come in."""
    told = await town.answer(operator, chat, f"!found {name} as {charter}")
    assert "stands" in told.text, told.text
    return Place(town, name, operator, chat, await operator.accepts(name))


@pytest.fixture(scope="session")
def charter_of() -> Callable[..., Mapping[str, object]]:
    """Give what returns a shipped charter as data, with changes."""
    return lambda kind, **changes: {**yaml.safe_load(shipped()[kind]), **changes}


@pytest.fixture(scope="session")
def found() -> Callable[..., Awaitable[Place]]:
    """Give what has the operator found a community."""
    return founding


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def town(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Town]:
    folder: Path = tmp_path_factory.mktemp("town")
    async with Town(folder) as one:
        yield one
        assert not [line for line in one.log.splitlines() if "[error" in line or "Traceback" in line]


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def operator(town: Town) -> Guest:
    return await town.guest(OPERATOR, "Op")


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def operators_chat(town: Town, operator: Guest) -> str:
    return await town.chat(operator)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def rivendell(town: Town, operator: Guest, operators_chat: str) -> Place:
    return await founding(town, operator, operators_chat, "Rivendell", "congregation")
