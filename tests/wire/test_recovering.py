"""What rooms show of crews that opened leaves or ended is written down again, and nothing would change."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from crewhall.charter.model import Charter
from crewhall.errors import Misconfigured, TokenRefused
from crewhall.ground import ids
from crewhall.ground.facts import Fact, Stream, Writing
from crewhall.ground.hall import House
from crewhall.ground.ids import CommunityKey, CrewKey, RoomKey, RungKey
from crewhall.life.crews.crew import CREWS
from crewhall.life.crews.facts import (
    CrewEnded,
    CrewStarted,
    LeafClosed,
    LeafOpened,
    LeafRoomLeft,
    SeatOffered,
    SeatTaken,
)
from crewhall.life.standing.facts import Arrived, Stood
from crewhall.ports import Entry
from crewhall.recovering import LOST, recover
from crewhall.recovering.found import found
from crewhall.testing.people import Person

HALL = CommunityKey("rivendell")
AT = datetime(2026, 5, 3, tzinfo=UTC)
CREWS_OF = ("deep", "grown", "closed", "kept", "still", "gone")
CHARTER: dict[str, Any] = {
    "key": "rivendell",
    "name": "Rivendell",
    "founders": ["@ann:hall.test"],
    "door": {"join": "public"},
    "rungs": [{"key": "friends", "name": "Friends"}],
    "crews": {
        "leaves": [
            {"key": "work", "name": "Work", "rooms": [{"key": "desk", "name": "Desk"}]},
            {"key": "pot", "name": "Pot", "rooms": [{"key": "till", "name": "Till"}]},
        ]
    },
}


class Life:
    """A community on the wire that lives by facts, and whose people go where they are invited."""

    def __init__(self, site: Any, built: Any) -> None:
        self.site, self.built, self.n = site, built, 0
        self.people = (site.ann, site.ben, site.cleo)

    async def record(self, *written: tuple[str, Fact]) -> None:
        self.n += 1
        facts = tuple(Writing(Stream(stream), fact) for stream, fact in written)
        await self.built.keeping.record(Entry(f"lived:{self.n}", AT, facts))
        plan, _, report = await self.built.apply(None)
        if report.waiting:
            _, _, report = await self.built.apply(plan.fingerprint)
        assert not report.waiting, report
        for one in self.people:
            for room, how in list(self.site.world.memberships(one.id).items()):
                if how == "invite":
                    await one.join(room)

    def room(self, key: str) -> str:
        return str(self.built.keeping.house.rooms[RoomKey(key)].room)


def crew(key: str) -> str:
    return ids.crew_room(HALL, CrewKey(key))


@asynccontextmanager
async def lived_in(sites: Any) -> AsyncIterator[Any]:
    async with sites(charter=CHARTER) as site, site.works() as built:
        ann, ben, cleo = site.ann, site.ben, site.cleo
        await built.found(Charter.model_validate(CHARTER))
        life = Life(site, built)
        for one in (ann, ben, cleo):
            await one.join(life.room("rivendell"))
        await life.record(*((HALL, Arrived(one.id)) for one in (ann, ben, cleo)))
        await life.record((HALL, Stood(RungKey("friends"), ann.id)))
        for key in CREWS_OF:
            start = CrewStarted(
                CrewKey(key), key, ann.id, private=key == "deep", listed=True, mark="0", keeper=site.keeper
            )
            await life.record((crew(key), start), (crew(key), SeatOffered(ben.id, ann.id)))
            await life.record(*((crew(key), SeatTaken(one.id)) for one in (ann, ben)))
        for key in ("deep", "grown", "closed", "still"):
            await life.record((crew(key), LeafOpened("work")))
        await life.record((crew("deep"), LeafOpened("pot")))
        await ben.leave(life.room(f"{crew('deep')}/pot/till"))
        await life.record((crew("deep"), LeafRoomLeft("pot/till", ben.id, ben.id)))
        await life.record((crew("grown"), SeatOffered(cleo.id, ann.id)))
        await life.record((crew("grown"), SeatTaken(cleo.id)))
        await life.record((crew("closed"), LeafClosed("work", ann.id)))
        await life.record((crew("kept"), CrewEnded("kept")))
        await life.record((crew("still"), CrewEnded("read-only")))
        await life.record((crew("gone"), CrewEnded("forgotten")))
        yield site


def known(house: House) -> dict[str, Any]:
    hall = house.halls[HALL]
    crews = {
        key: (
            one.name,
            one.private,
            one.listed,
            one.ended,
            frozenset(one.seats),
            {name: (leaf.open, leaf.people, leaf.rooms) for name, leaf in one.leaves.items()},
            {room: people for room, people in one.away.items() if people},
        )
        for key, one in CREWS.of(hall).all.items()
        if one.ended != "forgotten"
    }
    return {
        "crews": crews,
        "inside": frozenset(hall.inside),
        "leaves": {leaf: frozenset(people) for leaf, people in hall.leaves.items() if people},
        "rooms": {key: opened.room for key, opened in house.rooms.items()},
    }


def lose(site: Any) -> None:
    for file in site.folder.glob("crewhall.db*"):
        file.unlink()


async def recovered(site: Any) -> dict[str, Any]:
    async with site.works() as built:
        await recover(built, {})
        return known(built.keeping.house)


async def test_leaves_and_ends_of_crews_are_read_out_of_their_rooms(sites: Any) -> None:
    async with lived_in(sites) as site:
        async with site.works() as built:
            before = known(built.keeping.house)
        lose(site)
        after = await recovered(site)
        assert after["crews"].keys() == before["crews"].keys()
        for key, one in before["crews"].items():
            assert after["crews"][key] == one, key
        assert after == before
        async with site.works() as built:
            plan = await built.reconciler().plan()
            assert (plan.steps, plan.blocked) == ((), ())
            assert await recover(built, {})  # again: nothing is written twice
            seq = built.keeping.house.seq
        assert await recovered(site) == before
        async with site.works() as built:
            assert built.keeping.house.seq == seq


async def test_people_of_other_homeservers_are_named_for_some_may_be_guests(sites: Any) -> None:
    async with lived_in(sites) as site:
        fay = Person(site.world, "@fay:away.test")
        await fay.join(site.room("rivendell"))
        lose(site)
        async with site.works() as built:
            told = await recover(built, {})
        assert told.found.from_afar == ((HALL, (fay.id,)),)
        assert any("guest" in line for line in LOST)
        lose(site)
        status, printed = await site.run("recover")
        assert status == 0
        assert "people of other homeservers: @fay:away.test. Show out who was a guest." in printed


async def test_cut_off_after_any_entry_and_run_again_it_ends_the_same(sites: Any) -> None:
    async with lived_in(sites) as site:
        lose(site)
        whole = await recovered(site)
        lose(site)
        async with site.works() as built:
            rooms = await built.keeper.joined()
            looks = {room: await built.keeper.look(room) for room in rooms}
            entries = found(looks, site.keeper, {}, AT).entries
        for count in range(0, len(entries), 3):
            lose(site)
            async with site.works() as built:
                for entry in entries[:count]:
                    await built.keeping.record(entry)
            assert await recovered(site) == whole, count


async def test_cut_off_while_it_looks_nothing_is_written(sites: Any) -> None:
    async with lived_in(sites) as site:
        lose(site)
        async with site.works() as built:
            calls = site.wire.calls.by_kind.total()
            site.wire.faults.slow = timedelta(seconds=0.5)  # or all is looked at before anybody notices
            task = asyncio.create_task(recover(built, {}))
            await site.until(lambda: site.wire.calls.by_kind.total() > calls + 3, "it looks")
            task.cancel()
            await asyncio.wait([task])
            assert task.cancelled()
            assert list(await built.ledger.since(0)) == []


async def test_a_ledger_that_remembers_something_is_not_recovered_over(sites: Any) -> None:
    async with lived_in(sites) as site, site.works() as built:
        seq = built.keeping.house.seq
        with pytest.raises(Misconfigured, match="is not empty"):
            await recover(built, {})
        assert built.keeping.house.seq == seq


async def test_at_somebody_elses_homeserver_nothing_is_written(sites: Any) -> None:
    async with lived_in(sites) as site:
        async with sites() as other, other.works() as built:
            with pytest.raises(Misconfigured, match=r"is in no room of Crewhall"):
                await recover(built, {})
            assert list(await built.ledger.since(0)) == []
        lose(site)
        site.world.directory.services.clear()
        async with site.works() as built:
            with pytest.raises((Misconfigured, TokenRefused)) as refused:
                await recover(built, {})
            assert "\n" not in str(refused.value)
            assert list(await built.ledger.since(0)) == []
