"""A community that is handed to its people is theirs in the end, wherever the handing was cut off."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import pytest

from crewhall.errors import Misconfigured
from crewhall.ground import ids
from crewhall.ground.facts import HOUSE, ChatNamed, Fact, Stream, Writing
from crewhall.ground.ids import CommunityKey, CrewKey, RoomKey, RungKey
from crewhall.ground.rooms import LOCATOR
from crewhall.life.crews.facts import CrewStarted, SeatOffered, SeatTaken
from crewhall.life.standing.facts import Arrived, Stood
from crewhall.ports import Entry
from crewhall.retiring import plan, retire
from crewhall.testing.faults import WRITES, Mishap

HALL = CommunityKey("rivendell")
AT = datetime(2026, 5, 3, tzinfo=UTC)
CHAT = RoomKey("chat/00000000000000aa")
OWLS = ids.crew_room(HALL, CrewKey("owls"))
CHARTER = {
    "key": "rivendell",
    "name": "Rivendell",
    "founders": ["@ann:hall.test"],
    "door": {"join": "public"},
    "places": [{"key": "lobby", "name": "Lobby"}],
    "rungs": [{"key": "friends", "name": "Friends"}],
}
OWNER = {"11": 100, "12": 150}


@asynccontextmanager
async def lived_in(sites: Any, version: str) -> AsyncIterator[Any]:
    """A community with a rung, a crew of two and a private chat, on the homeserver and in the ledger."""
    async with sites(charter={**CHARTER, "room_version": version}) as site:
        ann, ben, keeper = site.ann, site.ben, site.keeper
        async with site.works() as built:
            await built.found(site.charter)
            owls = CrewStarted(CrewKey("owls"), "Owls", ann.id, False, True, "0", keeper)  # noqa: FBT003
            written: list[tuple[str, Fact]] = [
                *((HALL, Arrived(one.id)) for one in (ann, ben)),
                (HALL, Stood(RungKey("friends"), ann.id)),
                (OWLS, owls),
                (OWLS, SeatOffered(ben.id, ann.id)),
                (HOUSE, ChatNamed(ben.id, CHAT)),
            ]
            facts = tuple(Writing(Stream(stream), fact) for stream, fact in written)
            for one in (ann, ben):
                await one.join(site.room("rivendell"))
            await ann.join(site.room("rivendell/rung/friends"))
            await ben.join(site.room("rivendell/place/lobby"))
            await built.keeping.record(Entry("lived", AT, facts))
            await built.apply(None)
            for room, *people in ((OWLS, ann, ben), (CHAT, ben)):
                for one in people:
                    await one.join(built.keeping.house.rooms[room].room)
            seats = tuple(Writing(Stream(OWLS), SeatTaken(one.id)) for one in (ann, ben))
            await built.keeping.record(Entry("seated", AT, seats))
        yield site


async def handed_over(site: Any) -> None:
    """Retire it as an operator does: look, then say yes to what was shown."""
    async with site.works() as built:
        shown = await plan(built, HALL)
        _, refused = await retire(built, HALL, shown.fingerprint)
        assert refused == ()


async def dies(site: Any, call: int, when: Mishap) -> bool:
    """Retire it, and be cut off for good at this write; return whether that came."""
    struck = asyncio.Event()
    task = asyncio.create_task(handed_over(site))

    def strike(_: Mishap) -> None:
        struck.set()
        task.cancel()

    site.wire.faults.only = WRITES
    site.wire.faults.script = deque([*[None] * (call - 1), when])
    site.wire.faults.struck = strike
    await asyncio.wait([task])
    site.wire.faults.script.clear()
    if not struck.is_set():
        task.result()
    return struck.is_set()


def as_it_is(site: Any) -> dict[str, Any]:
    """Every room by what it was for: who is in it, who may do what."""
    found = {}
    for room in site.world.rooms.values():
        key = str((room.content(LOCATOR) or {}).get("key", ""))
        levels = room.content("m.room.power_levels") or {}
        members = {person: room.membership(person) for person in (site.ann.id, site.ben.id, site.keeper)}
        found[key] = (members, dict(levels.get("users", {})), levels.get("invite"))
    return found


async def is_forgotten(site: Any) -> None:
    async with site.works() as built:
        house = built.keeping.house
        assert HALL not in house.halls
        assert set(house.rooms) == {ids.CONTROL}
        with pytest.raises(Misconfigured, match="no community rivendell"):
            await plan(built, HALL)


@pytest.mark.parametrize(
    ("version", "when"),
    [("12", Mishap.CUT), ("12", Mishap.LOST), ("11", Mishap.LOST)],
    ids=["12-before", "12-after", "11-after"],
)
async def test_cut_off_at_any_write_and_run_again_it_ends_the_same(
    sites: Any, version: str, when: Mishap
) -> None:
    async with lived_in(sites, version) as site:
        await handed_over(site)
        whole = as_it_is(site)
        assert whole[OWLS][1] == dict.fromkeys((site.ann.id, site.ben.id), OWNER[version])
        assert whole["rivendell"][1] == {site.ann.id: OWNER[version]}
    call = 0
    while True:
        call += 1
        async with lived_in(sites, version) as site:
            if not await dies(site, call, when):
                break
            if await dies(site, 3, when):  # and a second time, not far from there
                await handed_over(site)
            assert as_it_is(site) == whole, call
            await is_forgotten(site)
    assert call > len(whole)
