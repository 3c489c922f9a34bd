"""A hall moves to a newer room version and is cut off at every call it makes, before it is done and after it.

Started again there is one new room a place and nothing is missing. Most deaths are the end of the task, in
this process; some are a SIGKILL of the command.
"""

import asyncio
import os
import signal
from collections import Counter, deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any

import pytest

from crewhall import house as rules
from crewhall.ground.ids import CommunityKey
from crewhall.testing.faults import Mishap
from crewhall.testing.people import Person
from crewhall.upgrading import plan, upgrade

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

HALL = CommunityKey("rivendell")
CHARTER: Mapping[str, Any] = {
    "key": "rivendell",
    "name": "Rivendell",
    "founders": ["@ann:hall.test"],
    "door": {"join": "public"},
    "places": [{"key": "lobby", "name": "Lobby"}],
    "rungs": [{"key": "friends", "name": "Friends", "rooms": [{"key": "commons", "name": "Commons"}]}],
    "room_version": "11",
}
STRIDE = 9
"""Over the wire every ninth call is cut off; in this process all of them are: tests/flows/test_moving.py."""
both_sides = pytest.mark.parametrize("when", [Mishap.CUT, Mishap.LOST], ids=["before", "after"])


@contextmanager
def death(site: Any, call: int, when: Mishap, kill: Callable[[], None]) -> Iterator[list[int]]:
    """Let `kill` be called at the n-th call from now on; the list is empty until it was."""
    came: list[int] = []

    def strike(_: Mishap) -> None:
        came.append(call)
        kill()

    site.wire.faults.script = deque([*[None] * (call - 1), when])
    site.wire.faults.struck = strike
    try:
        yield came
    finally:
        site.wire.faults.script.clear()
        site.wire.faults.struck = lambda _: None


@both_sides
async def test_a_move_cut_off_at_any_call_ends_in_one_new_room_a_place(sites: Any, when: Mishap) -> None:
    deaths, call = 0, 1 if when is Mishap.CUT else 5
    while True:
        async with sites(charter=CHARTER) as site:
            await lived_in(site)
            async with site.works() as built:
                yes = (await plan(built, HALL, None)).fingerprint
                me = asyncio.current_task()
                assert me is not None
                with death(site, call, when, me.cancel) as came, suppress(asyncio.CancelledError):
                    await upgrade(built, HALL, None, yes)
                me.uncancel()
            await once_more(site, yes)
            await assert_moved(site)
        if not came:
            break
        deaths, call = deaths + 1, call + STRIDE
    assert deaths > 5


@both_sides
@pytest.mark.parametrize("call", [9, 40])
async def test_a_command_killed_while_it_moves_rooms_goes_on_where_it_was(
    sites: Any, when: Mishap, call: int
) -> None:
    async with sites(charter=CHARTER) as site:
        await lived_in(site)
        status, told = await site.run("upgrade", "rivendell")
        assert status == 2, told
        yes = told.split()[-1]
        async with site.crewhall("upgrade", "rivendell", "--yes", yes) as child:
            with death(site, call, when, lambda: os.kill(child.pid, signal.SIGKILL)) as came:
                assert await child.wait() == -signal.SIGKILL
            assert came
        status, told = await site.run("upgrade", "rivendell", "--yes", yes)
        assert status == 0, told
        await assert_moved(site)


async def lived_in(site: Any) -> None:
    """Have a community with people, somebody kept out, something pinned, and a level given by hand."""
    await site.found()
    world, keeper = site.world, site.world.asker(site.keeper)
    friends, commons = (site.room(f"rivendell/rung/friends{end}") for end in ("", "/commons"))
    lobby = site.room("rivendell/place/lobby")
    for room in (friends, commons):
        await site.ann.join(room)
    world.put_state(keeper, lobby, "m.room.pinned_events", "", {"pinned": ["$one"]})
    world.put_state(keeper, lobby, "m.room.name", "", {"name": "The Lobby"})
    dan = Person(world, "dan")
    world.become(keeper, lobby, dan.id, "ban")
    levels = dict(world.room(lobby).content("m.room.power_levels") or {})
    world.put_state(
        keeper, lobby, "m.room.power_levels", "", {**levels, "users": {**levels["users"], site.ben.id: 40}}
    )


async def once_more(site: Any, yes: str) -> None:
    """Start again, as a new process would, with the same yes."""
    async with site.works() as built:
        _, receipt = await upgrade(built, HALL, None, yes)
        assert receipt.missing == ()


async def assert_moved(site: Any) -> None:
    """Look: one new room a place, everything names it, everybody was asked once, nothing is left to do."""
    world = site.world
    async with site.works() as built:
        planned = await built.reconciler().plan()
        assert (planned.steps, planned.blocked) == ((), ())
        assert not (await plan(built, HALL, None)).rows
        house = built.keeping.house
    keys = [key for key in rules.rooms(house) if key.startswith(HALL)]
    made = Counter(
        str((room.content("m.room.create") or {})["predecessor"]["room_id"])
        for room in world.rooms.values()
        if "predecessor" in (room.content("m.room.create") or {})
    )
    assert set(made.values()) == {1}
    assert len(made) == len(keys) == 5
    assert not [alias for alias in world.directory.aliases if "_next_" in alias]
    formers = {one.key: room for room, one in house.former.items()}
    for key in keys:
        new, old = world.room(house.rooms[key].room), world.room(formers[key])
        assert (new.version, site.room(key)) == ("12", new.id)
        assert (old.content("m.room.tombstone") or {})["replacement_room"] == new.id
        assert (old.content("m.room.power_levels") or {})["events_default"] == 100
        assert new.content("m.room.name") == old.content("m.room.name")
        wish = rules.wish(house, key)
        if wish is not None and wish.listing is not None:
            space = world.room(house.rooms[wish.listing.space].room)
            assert (space.content("m.space.child", new.id) or {}).get("via")
            assert not (space.content("m.space.child", old.id) or {}).get("via")
        for entry in (new.content("m.room.join_rules") or {}).get("allow", ()):
            assert entry["room_id"] in {opened.room for opened in house.rooms.values()}
        invited = [e.key for e in new.timeline if e.membership == "invite"]
        assert len(invited) == len(set(invited)), key
    assert sorted(site.invited("rivendell")) == ["@ann:hall.test", "@ben:hall.test", "@cleo:hall.test"]
    assert site.invited("rivendell/rung/friends") == ["@ann:hall.test"]
    lobby = world.room(site.room("rivendell/place/lobby"))
    assert lobby.content("m.room.pinned_events") == {"pinned": ["$one"]}
    assert lobby.membership("@dan:hall.test") == "ban"
    assert (lobby.content("m.room.power_levels") or {})["users"]["@ben:hall.test"] == 40
    # The doors work: who followed into the space comes into its rooms.
    await site.ben.join(site.room("rivendell"))
    await site.ben.join(lobby.id)
