"""A community is founded with the fewest calls, once, wherever it was interrupted."""

from contextlib import suppress
from typing import Any

import pytest

from crewhall.ground.creation import locator
from crewhall.ground.ids import CommunityKey, RoomKey
from crewhall.ground.rooms import NewRoom, StatePut
from crewhall.testing.faults import WRITES
from crewhall.testing.ledger import MemoryLedger

HALL = CommunityKey("rivendell")
NAMES = sorted(["Rivendell", "Lobby", "Friends", "Commons", "Partners", "Hearth", "Crews"])


async def test_founding_makes_only_the_unavoidable_calls(stage: Any) -> None:
    reconciler = await stage.founded()
    report = await reconciler.found(HALL)
    assert report.whole
    assert stage.names() == NAMES
    # A creation each, an entry for all but the root, and who is remote is invited to the root and both rungs.
    assert stage.calls == {"create_room": 7, "put_state": 6, "invite": 3}


async def test_a_second_look_is_one_read_a_room_and_writes_nothing(stage: Any) -> None:
    reconciler = await stage.founded()
    await reconciler.found(HALL)
    stage.homeserver.calls.clear()
    assert not await reconciler.plan(HALL)
    assert stage.calls == {"look": 7}
    for key in stage.keeping.house.rooms:
        await reconciler.settle(key)
    assert stage.homeserver.calls.writes == 0


async def test_people_come_in_by_the_doors_that_were_made(stage: Any) -> None:
    reconciler = await stage.founded(stage.ann.id)
    await reconciler.found(HALL)
    await stage.ann.join(stage.room("rivendell"))
    await stage.ann.join(stage.room("rivendell/place/lobby"))
    await stage.ann.join(stage.room("rivendell/rung/partners"))
    await stage.ann.join(stage.room("rivendell/rung/friends/commons"))
    report = await reconciler.carry_out(await reconciler.plan(HALL))
    assert report.whole
    assert not await reconciler.plan(HALL)


@pytest.mark.parametrize("when", ["before it is done", "before it is told"])
@pytest.mark.parametrize("version", ["11", "12"])
async def test_killed_at_any_call_and_started_again_there_is_one_of_everything(
    stages: Any, version: str, when: str
) -> None:
    for call in range(1, 40):
        stage = stages(version)
        reconciler = await stage.founded()
        stage.homeserver.dies_at, stage.homeserver.after = call, when == "before it is told"
        with suppress(ExceptionGroup):
            await reconciler.found(HALL)
            break
        reconciler = await stage.start()
        report = await reconciler.found(HALL)
        assert report.whole, report
        assert stage.names() == NAMES
        assert not await reconciler.plan(HALL)
    assert call == 17, "the last of 16 calls was not reached"


async def test_a_lost_ledger_finds_its_rooms_again(stage: Any) -> None:
    await (await stage.founded()).found(HALL)
    stage.ledger = MemoryLedger()
    stage._causes = 0
    reconciler = await stage.founded()
    plan = await reconciler.plan(HALL)
    assert not plan
    assert stage.names() == NAMES
    assert stage.homeserver.calls.writes == 0
    assert len(stage.keeping.house.rooms) == 7


async def test_a_room_that_stopped_half_way_is_completed(stage: Any) -> None:
    reconciler = await stage.founded()
    half = NewRoom("_crewhall_rivendell_place_lobby", stage.version, {"users": "nobody"}, ())
    with suppress(Exception):
        await stage.homeserver.create_room(half)
    assert len(stage.world.rooms) == 1
    report = await reconciler.found(HALL)
    assert report.whole, report
    assert stage.names() == NAMES
    assert not await reconciler.plan(HALL)
    await stage.ann.join(stage.room("rivendell"))
    await stage.ann.join(stage.room("rivendell/place/lobby"))


async def test_a_foreign_room_at_our_address_is_left_alone_and_said(stage: Any) -> None:
    reconciler = await stage.founded()
    key = RoomKey("rivendell/place/lobby")
    me = stage.homeserver.me
    powers = {"users": {me: 100} if stage.version == "11" else {}}
    theirs = NewRoom(
        "_crewhall_rivendell_place_lobby",
        stage.version,
        powers,
        (StatePut("m.room.name", "", {"name": "Theirs"}), locator(RoomKey("bree/place/lobby"))),
    )
    room = await stage.homeserver.create_room(theirs)
    before = len(stage.world.rooms[room].timeline)
    report = await reconciler.found(HALL)
    assert not report.whole
    assert key not in stage.keeping.house.rooms
    assert len(stage.keeping.house.rooms) == 6
    assert len(stage.world.rooms[room].timeline) == before
    plan = await reconciler.plan(HALL)
    assert [b.key for b in plan.blocked] == [key]


async def test_a_homeserver_with_bad_days_is_founded_in_the_end(stage: Any) -> None:
    reconciler = await stage.founded()
    faults = stage.homeserver.faults
    faults.limit_every, faults.break_every, faults.lose_every, faults.cut_every = 5, 7, 6, 11
    faults.only = WRITES
    for _ in range(10):
        report = await reconciler.found(HALL)
        if report.whole:
            break
    faults.limit_every = faults.break_every = faults.lose_every = faults.cut_every = 0
    assert report.whole
    assert stage.names() == NAMES
    assert not await reconciler.plan(HALL)
