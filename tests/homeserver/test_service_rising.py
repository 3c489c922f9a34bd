"""Up by others' word and one's own yes, down by one's own act: rooms and levels follow, whoever was away."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import pytest_asyncio

from crewhall.errors import Denied
from crewhall.lab.certificates import certificates
from crewhall.lab.guests import Guest
from crewhall.lab.sight import becomes, says
from crewhall.lab.synapse import Synapse
from crewhall.lab.town import Town

pytestmark = [
    pytest.mark.homeserver,
    pytest.mark.asyncio(loop_scope="session"),
    pytest.mark.timeout(240),
]

FAR = 90.0
"""Seconds: what a homeserver could not send once, it sends again within a minute (Synapse 1.163)."""
SOON = 30.0
PAUSE = 0.1
RULE = {
    "propose": "friends",
    "vouches": {"count": 1, "of": "friends"},
    "consent": {"of": "friends", "days": 0},
    "private": True,
}
CHARTER = {
    "key": "vale",
    "name": "Vale",
    "door": {"join": "public"},
    "rungs": [
        {
            "key": "friends",
            "name": "Friends",
            "door": {**RULE, "met": ["a gathering"]},
            "rooms": [{"key": "commons", "name": "Commons"}],
        },
        {
            "key": "stewards",
            "name": "Stewards",
            "level": 40,
            "door": RULE,
            "rooms": [{"key": "hearth", "name": "Hearth"}],
        },
    ],
}
ROOMS = ("Vale", "Friends", "Commons", "Stewards", "Hearth")


@dataclass
class Vale:
    """A community on two homeservers: Ann proposes, Ben vouches, both founded it and are everywhere."""

    town: Town
    elsewhere: Synapse
    ann: Guest
    ben: Guest
    anns: str
    bens: str
    rooms: dict[str, str]

    async def propose(self, guest: Guest, rung: str) -> str:
        """Have Ann propose somebody; return the card that asks Ben."""
        met = " met a gathering" if rung == "Friends" else ""
        line = f"!invite {guest.id} to {rung}{met}"
        told = await self.town.answer(self.ann, self.anns, line, to=[guest])
        assert "is proposed for" in told.text, told.text
        asked = says(f"proposes {guest.id} for {rung}.")
        return (await self.ben.saw(self.bens, asked, "the question")).id

    async def climb(self, guest: Guest, rung: str, room: str) -> None:
        """Have somebody proposed and vouched for; they accept, and enter the room that this opens."""
        with pytest.raises(Denied):
            await self.enter(guest, room)
        card = await self.propose(guest, rung)
        await self.ben.react(self.bens, card, "👍")
        await self.accept(guest, rung)
        await self.comes_in(guest, room)

    async def comes_in(self, guest: Guest, room: str) -> None:
        """Have somebody enter a room by its open door, and be greeted there, as people are.

        Without a word said between, a join from afar beside a change of levels leaves a fork their server
        has not seen; a removal on top of it is refused there: who is out may not ask (Synapse 1.163).
        """
        await self.enter(guest, room)
        word = f"Welcome, {guest.shown}."
        await self.ann.say(self.rooms[room], word)
        await guest.saw(self.rooms[room], says(word), "the greeting", within=FAR)

    async def accept(self, guest: Guest, rung: str) -> None:
        """Have somebody accept the invitation to a rung."""
        assert await guest.accepts(rung, FAR) == self.rooms[rung]

    async def enter(self, guest: Guest, room: str) -> None:
        """Join a room by its open door."""
        await guest.enter_room(self.rooms[room], via=[self.town.synapse.name])

    async def come(self, guest: Guest) -> Guest:
        """Have somebody come into the community."""
        await self.enter(guest, "Vale")
        await self.ann.saw(self.rooms["Vale"], becomes(guest.id, "join"), "them coming in", within=FAR)
        return guest

    async def far(self, name: str) -> Guest:
        """Have somebody of the other homeserver come into the community."""
        name = self.town.word(name)
        return await self.come(await Guest.register(self.elsewhere, name, name.title()))

    async def near(self, name: str) -> Guest:
        """Have somebody of this homeserver come into the community."""
        name = self.town.word(name)
        return await self.come(await self.town.guest(name, name.title()))

    async def where(self, guest: Guest) -> tuple[str, ...]:
        """Return where somebody is, as Ann's homeserver has it."""
        found = []
        for name in ROOMS:
            joined = await self.ann.call("GET", "v3/rooms", self.rooms[name], "joined_members")
            people = joined["joined"]
            assert isinstance(people, dict)
            found += [name] if guest.id in people else []
        return tuple(found)

    async def levels(self, guest: Guest) -> tuple[object, ...]:
        """Return somebody's level in each of the rooms, None where they are given none."""
        found = []
        for name in ROOMS:
            users = (await self.ann.state(self.rooms[name], "m.room.power_levels"))["users"]
            assert isinstance(users, dict)
            found.append(users.get(guest.id))
        return tuple(found)

    async def ends(self, guest: Guest, *rooms: str, level: int | None = None, within: float = SOON) -> None:
        """Wait until somebody is in exactly these rooms with this level; then nothing is left to do."""
        given = tuple(level if name in {"Vale", "Stewards", "Hearth"} else None for name in ROOMS)
        so = False
        try:
            async with asyncio.timeout(within):
                while not so:
                    so = (await self.where(guest), await self.levels(guest)) == (rooms, given)
                    await asyncio.sleep(0 if so else PAUSE)
        except TimeoutError:
            raise AssertionError((await self.where(guest), await self.levels(guest))) from None
        told = await self.town.crewhall("plan")
        assert told.status == 0, told.out


@pytest_asyncio.fixture(loop_scope="session", scope="module")
async def vale(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Vale]:
    folder: Path = tmp_path_factory.mktemp("vale")
    tls = certificates(folder / "tls")
    async with Synapse(folder / "elsewhere", federation=tls) as there, Town(folder, federation=tls) as town:
        ann, ben = await asyncio.gather(*(town.guest(name, name.title()) for name in ("ann", "ben")))
        paper = town.write_charter("vale", {**CHARTER, "founders": [ann.id, ben.id]})
        told = await town.crewhall("found", str(paper))
        assert told.status == 0, told.out
        rooms = {"Vale": await ann.accepts("Vale")}
        await ben.accepts("Vale")
        for rung in ("Friends", "Stewards"):
            rooms[rung] = await ann.accepts(rung)
            await ben.accepts(rung)
        listed = {str(one.get("name")): str(one["room_id"]) for one in await ann.inside(rooms["Vale"])}
        for room in ("Commons", "Hearth"):
            rooms[room] = await ann.enter_room(listed[room])
        anns, bens = await asyncio.gather(town.chat(ann), town.chat(ben))
        yield Vale(town, there, ann, ben, anns, bens, rooms)
        assert not [line for line in town.log.splitlines() if "[error" in line or "Traceback" in line]


EVERYWHERE = ROOMS
AT_FIRST = ("Vale",)


async def test_rooms_and_levels_follow_both_ways(vale: Vale) -> None:
    cy = await vale.near("cy")
    await vale.ends(cy, *AT_FIRST)
    await vale.climb(cy, "Friends", "Commons")
    await vale.ends(cy, "Vale", "Friends", "Commons")
    await vale.climb(cy, "Stewards", "Hearth")
    await vale.ends(cy, *EVERYWHERE, level=40)
    chat = await vale.town.chat(cy)
    told = await vale.town.answer(cy, chat, "!step down")
    assert "You have stepped down from Stewards." in told.text
    await vale.ends(cy, "Vale", "Friends", "Commons")
    with pytest.raises(Denied):
        await vale.enter(cy, "Hearth")
    await cy.leave(vale.rooms["Friends"])
    await vale.ends(cy, *AT_FIRST)


async def test_for_a_member_of_another_homeserver_it_is_the_same(vale: Vale) -> None:
    gil = await vale.far("gil")
    try:
        await vale.climb(gil, "Friends", "Commons")
        await vale.climb(gil, "Stewards", "Hearth")
        await vale.ends(gil, *EVERYWHERE, level=40)
        chat = await vale.town.chat(gil)
        told = await vale.town.answer(gil, chat, "!step down from Friends all", within=FAR)
        assert "You have stepped down from Friends and Stewards." in told.text
        await vale.ends(gil, *AT_FIRST)
        for room in ("Hearth", "Commons"):
            await gil.saw(vale.rooms[room], becomes(gil.id, "leave"), "being out", within=FAR)
    finally:
        await gil.close()


async def test_an_early_invitation_that_is_accepted_at_once_opens_nothing(vale: Vale) -> None:
    di = await vale.near("di")
    chat = await vale.town.chat(di)
    await vale.town.rest()
    await vale.ann.invite(vale.rooms["Friends"], di.id)
    await vale.enter(di, "Friends")
    await vale.enter(di, "Commons")
    await vale.town.serve()
    await di.saw(chat, says("you were not asked by it yet. Nothing else is lost."), "why", within=FAR)
    await vale.ends(di, *AT_FIRST)


async def test_up_and_down_while_the_other_homeserver_is_away(vale: Vale) -> None:
    hob = await vale.far("hob")
    try:
        card = await vale.propose(hob, "Friends")
        await vale.elsewhere.stop()
        await vale.ben.react(vale.bens, card, "👍")
        given = says(f"{hob.id} was proposed for Friends, and is invited.")
        await vale.ben.saw(vale.bens, given, "that the rule is met", within=FAR)
        await vale.elsewhere.start()
        await vale.accept(hob, "Friends")
        await vale.comes_in(hob, "Commons")
        await vale.ends(hob, "Vale", "Friends", "Commons")

        await vale.town.rest()
        await hob.leave(vale.rooms["Friends"])
        left = becomes(hob.id, "leave")
        await vale.ann.saw(vale.rooms["Friends"], left, "Hob leaving", within=FAR)
        await vale.elsewhere.stop()
        await vale.town.serve()
        await vale.ends(hob, *AT_FIRST, within=FAR)
        await vale.elsewhere.start()
        await hob.saw(vale.rooms["Commons"], left, "being out of the Commons", within=FAR)
    finally:
        await hob.close()


async def test_up_and_down_while_the_service_or_our_homeserver_is_away(vale: Vale) -> None:
    ivo = await vale.far("ivo")
    try:
        card = await vale.propose(ivo, "Friends")
        await vale.town.rest()
        await vale.ben.react(vale.bens, card, "👍")
        await vale.town.serve()
        await vale.accept(ivo, "Friends")
        await vale.comes_in(ivo, "Commons")
        await vale.ends(ivo, "Vale", "Friends", "Commons")

        await vale.town.synapse.stop()
        await ivo.leave(vale.rooms["Friends"])
        await vale.town.synapse.start()
        await vale.ends(ivo, *AT_FIRST, within=FAR)
        await ivo.saw(vale.rooms["Commons"], becomes(ivo.id, "leave"), "being out of the Commons", within=FAR)
    finally:
        await ivo.close()
