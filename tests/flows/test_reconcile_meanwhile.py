"""Between a plan and its steps the world goes on: what is decided or done by hand meanwhile is not undone."""

from typing import Any

from crewhall.flows.latest import Latest
from crewhall.ground.ids import CommunityKey, CrewKey, RoomKey
from crewhall.ground.powers import POWERS
from crewhall.ground.steps import Remove
from crewhall.life.community.facts import CharterChanged
from crewhall.life.crews.facts import CrewStarted, SeatOffered

HALL, LANTERN = CommunityKey("rivendell"), RoomKey("rivendell/crew/lantern")


async def founded_with_lantern(stage: Any) -> Any:
    reconciler = await stage.founded(stage.ann.id)
    await reconciler.found(HALL)
    who = {"by": stage.ann.id, "keeper": stage.homeserver.me}
    started = CrewStarted(CrewKey("lantern"), "Lantern", private=True, listed=True, mark="m", **who)
    await stage.write(started, LANTERN)
    await reconciler.settle(LANTERN)
    return reconciler


async def test_who_is_offered_a_seat_meanwhile_is_not_removed(stage: Any) -> None:
    reconciler = await founded_with_lantern(stage)
    asker, room = stage.world.asker(stage.homeserver.me), stage.room(LANTERN)
    for person in (stage.bob, stage.cid):
        stage.world.become(asker, room, person.id, "invite")
        await person.join(room)
    plan = await reconciler.plan(HALL)
    assert {s.person for s in plan.steps if isinstance(s, Remove)} == {stage.bob.id, stage.cid.id}
    await stage.write(SeatOffered(stage.bob.id, stage.ann.id), LANTERN)
    await reconciler.carry_out(plan, plan.fingerprint)
    assert stage.world.rooms[room].membership(stage.bob.id) == "join"
    assert stage.world.rooms[room].membership(stage.cid.id) == "leave"
    assert not (await reconciler.plan(HALL)).steps


async def test_a_level_given_by_hand_meanwhile_is_kept(stage: Any) -> None:
    reconciler = await founded_with_lantern(stage)
    lobby = RoomKey("rivendell/place/lobby")
    room, asker = stage.room(lobby), stage.world.asker(stage.homeserver.me)

    def powers(**more: int) -> dict[str, Any]:
        standing = stage.world.rooms[room].content(POWERS)
        return {**standing, "users": {**standing["users"], **more}}

    stage.world.put_state(asker, room, POWERS, "", {**powers(), "invite": 0})
    plan = await reconciler.plan(HALL)
    assert [step.key for step in plan.steps] == [lobby]
    stage.world.put_state(asker, room, POWERS, "", powers(**{stage.bob.id: 30}))
    report = await reconciler.carry_out(plan)
    assert report.whole
    standing = stage.world.rooms[room].content(POWERS)
    assert standing["invite"] == 50
    assert standing["users"][stage.bob.id] == 30


async def test_a_room_that_nobody_wants_any_more_is_not_made(stage: Any) -> None:
    reconciler = await stage.founded(stage.ann.id)
    plan = await reconciler.plan(HALL)
    await stage.write(CharterChanged(stage.charter(places=())))
    report = await reconciler.carry_out(plan)
    assert not report.refused
    assert "Lobby" not in stage.names()
    assert not (await reconciler.plan(HALL)).steps


async def test_pokes_for_all_rooms_at_once_make_each_once_in_hardly_more_calls(stage: Any) -> None:
    reconciler = await stage.founded(stage.ann.id)

    async def attend(key: RoomKey) -> None:
        await reconciler.attend(key)

    async with Latest(attend, stage.world.clock) as jobs:
        for key in ("place/lobby", "rung/friends", "rung/partners/hearth", "crews", "rung/partners"):
            jobs.poke(RoomKey(f"rivendell/{key}"))
        jobs.poke(RoomKey("rivendell"))
        jobs.poke(RoomKey("rivendell/rung/friends/commons"))
        await jobs.idle()
    assert stage.calls["create_room"] == 7
    assert stage.calls["put_state"] == 6
    assert stage.calls.get("look", 0) + stage.calls.get("state", 0) <= 7
    assert len(stage.world.rooms) == 7
    assert not (await reconciler.plan(HALL)).steps
