"""One room is brought to what was decided, in the fewest calls; what people did meanwhile counts first."""

import asyncio
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest

from crewhall.errors import Denied, TokenRefused, TryLater
from crewhall.flows.reconcile import Again, Settled, Waiting
from crewhall.ground.creation import CHILD
from crewhall.ground.ids import CommunityKey, CrewKey, RoomKey
from crewhall.ground.rooms import RoomSeen
from crewhall.life.community.facts import CharterChanged
from crewhall.life.crews.facts import CrewEnded, CrewStarted, SeatOffered

HALL = CommunityKey("rivendell")
LANTERN, CREWS = RoomKey("rivendell/crew/lantern"), RoomKey("rivendell/crews")


def started(stage: Any, key: str = "lantern", *, listed: bool = True) -> CrewStarted:
    me = stage.homeserver.me
    return CrewStarted(
        CrewKey(key), key.title(), stage.ann.id, private=True, listed=listed, mark="m", keeper=me
    )


async def crewed(stage: Any, *, listed: bool = True) -> Any:
    """A founded community in which Lantern was just decided, with seats for Ann, Bob and somebody far."""
    reconciler = await stage.founded(stage.ann.id)
    await reconciler.found(HALL)
    await stage.write(started(stage, listed=listed), LANTERN)
    for person in (stage.bob, stage.far):
        await stage.write(SeatOffered(person.id, stage.ann.id), LANTERN)
    stage.homeserver.calls.clear()
    return reconciler


async def test_a_crew_is_made_listed_and_invited_without_a_read(stage: Any) -> None:
    reconciler = await crewed(stage)
    outcome = await reconciler.settle(LANTERN)
    assert isinstance(outcome, Settled)
    assert stage.calls == {"create_room": 1, "put_state": 1, "invite": 1}
    for person in (stage.ann, stage.bob, stage.far):
        await person.join(stage.room(LANTERN))
    assert not (await reconciler.plan(HALL)).steps


async def test_settling_what_is_settled_is_one_read(stage: Any) -> None:
    reconciler = await crewed(stage)
    await reconciler.settle(LANTERN)
    stage.homeserver.calls.clear()
    await reconciler.settle(LANTERN)
    assert stage.calls == {"look": 1}


async def test_an_unlisted_crew_is_no_child_of_anything(stage: Any) -> None:
    reconciler = await crewed(stage, listed=False)
    await reconciler.settle(LANTERN)
    assert stage.calls == {"create_room": 1, "invite": 1}


@pytest.mark.parametrize("when", ["before it is done", "before it is told"])
@pytest.mark.parametrize("version", ["11", "12"])
async def test_killed_at_any_call_of_a_crews_start_nothing_is_missing(
    stages: Any, version: str, when: str
) -> None:
    for call in range(1, 10):
        stage = stages(version)
        reconciler = await crewed(stage)
        stage.homeserver.dies_at = stage.homeserver.made + call
        stage.homeserver.after = when == "before it is told"
        with suppress(ExceptionGroup):
            await reconciler.settle(LANTERN)
            break
        reconciler = await stage.start()
        assert isinstance(await reconciler.settle(LANTERN), Settled)
        assert stage.names().count("Lantern") == 1
        assert not (await reconciler.plan(HALL)).steps
        room = stage.world.rooms[stage.room(LANTERN)]
        assert all(room.membership(p.id) == "invite" for p in (stage.ann, stage.bob, stage.far))
        assert stage.world.rooms[stage.room(CREWS)].content(CHILD, room.id)
    assert call == 4


async def test_two_crews_at_once_make_the_space_that_both_need_once(stage: Any) -> None:
    reconciler = await stage.founded(stage.ann.id)
    await stage.write(started(stage), LANTERN)
    await stage.write(started(stage, "tidepool"), "rivendell/crew/tidepool")
    keys = (LANTERN, RoomKey("rivendell/crew/tidepool"), CREWS)
    outcomes = await asyncio.gather(*map(reconciler.settle, keys))
    assert all(isinstance(outcome, Settled) for outcome in outcomes)
    assert stage.names() == sorted(["Rivendell", "Crews", "Lantern", "Tidepool"])
    await reconciler.found(HALL)
    assert not (await reconciler.plan(HALL)).steps


async def test_a_server_that_cannot_be_reached_holds_up_nobody_else(stage: Any) -> None:
    reconciler = await crewed(stage)
    stage.world.unreachable.add("far.test")
    outcome = await reconciler.settle(LANTERN)
    assert isinstance(outcome, Again)
    room = stage.world.rooms[stage.room(LANTERN)]
    assert room.membership(stage.bob.id) == "invite"
    assert stage.world.rooms[stage.room(CREWS)].content(CHILD, room.id)
    calls = stage.homeserver.calls.by_kind["invite"]
    left = await reconciler.settle(LANTERN)
    assert isinstance(left, Settled), "the room waits for nothing"
    assert [step.person for step in left.report.later] == [stage.far.id]
    assert stage.homeserver.calls.by_kind["invite"] == calls, "nor is the server asked again at once"
    stage.world.unreachable.clear()
    reconciler.afar.heard("far.test")
    assert isinstance(await reconciler.settle(LANTERN), Settled)
    assert room.membership(stage.far.id) == "invite"


async def test_who_has_just_declined_is_not_invited_again(stage: Any) -> None:
    reconciler = await crewed(stage)
    await reconciler.settle(LANTERN)
    await stage.bob.leave(stage.room(LANTERN))
    stage.homeserver.calls.clear()
    await reconciler.settle(LANTERN)
    assert stage.homeserver.calls.writes == 0


async def test_an_ended_crew_is_taken_out_of_the_list(stage: Any) -> None:
    reconciler = await crewed(stage)
    await reconciler.settle(LANTERN)
    await stage.ann.join(stage.room(LANTERN))
    await stage.write(CrewEnded("kept"), LANTERN)
    assert isinstance(await reconciler.settle(LANTERN), Settled)
    room = stage.room(LANTERN)
    assert not stage.world.rooms[stage.room(CREWS)].content(CHILD, room)
    assert stage.world.rooms[room].membership(stage.ann.id) == "join"
    assert not (await reconciler.plan(HALL)).steps


@pytest.mark.parametrize("version", ["11", "12"])
async def test_a_forgotten_crews_room_is_left_last_wherever_it_is_interrupted(
    stages: Any, version: str
) -> None:
    for call in range(1, 20):
        stage = stages(version)
        reconciler = await crewed(stage)
        await reconciler.settle(LANTERN)
        room = stage.room(LANTERN)
        for person in (stage.ann, stage.bob):
            await person.join(room)
        await reconciler.settle(LANTERN)
        await stage.write(CrewEnded("forgotten"), LANTERN)
        stage.homeserver.dies_at = stage.homeserver.made + call
        done = False
        with suppress(ExceptionGroup, Exception):
            await reconciler.settle(LANTERN)
            done = True
        reconciler = await stage.start()
        assert isinstance(await reconciler.settle(LANTERN), Settled)
        assert LANTERN not in stage.keeping.house.rooms
        assert not stage.world.rooms[room].joined
        assert not stage.world.rooms[stage.room(CREWS)].content(CHILD, room)
        stage.homeserver.calls.clear()
        assert not (await reconciler.plan(HALL)).steps
        assert "find" not in stage.calls
        if done:
            break
    assert done


async def test_a_write_that_lost_a_race_is_looked_at_again(stage: Any) -> None:
    reconciler = await crewed(stage)
    await reconciler.settle(LANTERN)
    await stage.write(SeatOffered(stage.cid.id, stage.ann.id), LANTERN)
    room = stage.room(LANTERN)
    looks: list[RoomSeen] = []
    ban = stage.world.asker(stage.homeserver.me)

    async def meanwhile(_key: RoomKey, seen: RoomSeen) -> None:
        if not looks:
            stage.world.become(ban, room, stage.cid.id, "ban")
        looks.append(seen)

    reconciler._settler._on_look = meanwhile
    outcome = await reconciler.settle(LANTERN)
    assert len(looks) == 2
    assert isinstance(outcome, Settled)
    assert [b.what for b in stage.blocked[LANTERN]] == [f"invite {stage.cid.id}, who is banned"]


async def test_what_a_keyholder_opened_by_hand_is_shut_again(stage: Any) -> None:
    reconciler = await stage.founded(stage.ann.id)
    await reconciler.found(HALL)
    key = RoomKey("rivendell/place/lobby")
    asker, room = stage.world.asker(stage.homeserver.me), stage.room(key)
    stage.world.put_state(asker, room, "m.room.join_rules", "", {"join_rule": "public"})
    stage.world.put_state(asker, room, "m.room.name", "", {"name": "Kitchen"})
    outcome = await reconciler.settle(key)
    assert isinstance(outcome, Settled)
    assert stage.world.rooms[room].join_rule == "restricted"
    assert stage.world.rooms[room].content("m.room.name") == {"name": "Kitchen"}


async def test_a_new_rung_opens_the_rooms_of_lighter_ones_in_the_same_go(stage: Any) -> None:
    reconciler = await stage.founded(stage.ann.id)
    await reconciler.found(HALL)
    charter = stage.charter()
    core = charter.rungs[-1].model_copy(update={"key": "core", "name": "Core", "rooms": ()})
    await stage.write(CharterChanged(charter.model_copy(update={"rungs": (*charter.rungs, core)})))
    report = await reconciler.carry_out(await reconciler.plan(HALL))
    assert report.whole
    allowed = stage.world.rooms[stage.room("rivendell/rung/friends/commons")].content("m.room.join_rules")
    assert stage.room("rivendell/rung/core") in str(allowed)
    assert not await reconciler.plan(HALL)


async def test_a_risky_plan_waits_for_its_own_fingerprint(stage: Any) -> None:
    reconciler = await stage.founded(stage.ann.id)
    await reconciler.found(HALL)
    # Four people are in a crew's room who have no seat, as after a ledger was put back from yesterday.
    await stage.write(started(stage, listed=False), LANTERN)
    await reconciler.settle(LANTERN)
    room, asker = stage.room(LANTERN), stage.world.asker(stage.homeserver.me)
    for name in ("p1", "p2", "p3", "p4"):
        person = type(stage.ann)(stage.world, name)
        stage.world.become(asker, room, person.id, "invite")
        await person.join(room)
    plan = await reconciler.plan(HALL)
    assert plan.counts["remove"] == 4
    reasons = reconciler.risks(plan)
    assert len(reasons) == 2
    stage.homeserver.calls.clear()
    report = await reconciler.carry_out(plan, "00000000")
    assert [w.fingerprint for w in report.waiting] == [plan.fingerprint]
    assert isinstance(await reconciler.settle(LANTERN), Waiting)
    assert stage.homeserver.calls.writes == 0
    assert (await reconciler.carry_out(plan, plan.fingerprint)).whole
    assert len(stage.world.rooms[room].joined) == 1


async def test_a_plan_from_an_older_look_waits(stage: Any) -> None:
    reconciler = await crewed(stage)
    old = await reconciler.plan(HALL)
    await reconciler.settle(LANTERN)
    await reconciler.plan(HALL)
    assert reconciler.risks(old) == ("this plan was not made from the latest look",)
    assert (await reconciler.carry_out(old)).waiting


async def test_while_the_homeserver_is_away_nothing_is_decided(stage: Any) -> None:
    reconciler = await crewed(stage)
    stage.homeserver.faults.stopped = True
    assert isinstance(await reconciler.settle(LANTERN), Again)
    with pytest.raises(TryLater):
        await reconciler.attend(LANTERN)
    for number in range(10):
        await stage.write(started(stage, f"crew{number}"), f"rivendell/crew/crew{number}")
    with pytest.raises(TryLater):
        await reconciler.plan(HALL)
    stage.homeserver.faults.stopped = False
    assert (await reconciler.found(HALL)).whole


async def test_how_long_to_wait_is_passed_on(stage: Any) -> None:
    reconciler = await crewed(stage)
    stage.homeserver.faults.limit_every = 1
    stage.homeserver.faults.retry_after = timedelta(seconds=17)
    outcome = await reconciler.settle(LANTERN)
    assert isinstance(outcome, Again)
    assert outcome.after == timedelta(seconds=17)


async def test_a_refused_token_stops_everything(stage: Any) -> None:
    reconciler = await crewed(stage)

    async def refuse(*_given: object) -> None:
        raise TokenRefused("M_UNKNOWN_TOKEN", "no")

    stage.homeserver.create_room = refuse
    with pytest.raises(TokenRefused):
        await reconciler.settle(LANTERN)
    with pytest.raises(TokenRefused):
        await reconciler.found(HALL)
    stage.homeserver.look = refuse
    with pytest.raises(TokenRefused):
        await reconciler.plan(HALL)


async def test_a_room_that_the_keeper_was_put_out_of_is_said_and_not_made_anew(stage: Any) -> None:
    reconciler = await crewed(stage)
    await reconciler.settle(LANTERN)
    await stage.homeserver.leave(stage.room(LANTERN))
    stage.homeserver.calls.clear()
    assert isinstance(await reconciler.settle(LANTERN), Settled)
    assert stage.blocked[LANTERN][0].remedy == f"Invite {stage.homeserver.me} again."
    plan = await reconciler.plan(HALL)
    assert plan.steps == ()
    assert [b.key for b in plan.blocked] == [LANTERN]
    assert stage.homeserver.calls.writes == 0


class TestAdoption:
    """A room that people had before is used instead of a new one."""

    async def kitchen(self, stage: Any, *, power: int = 0, invite: bool = False) -> Any:
        """A community whose lobby shall be Bob's kitchen."""
        room = await stage.bob.create_room({"name": "Kitchen", "room_version": stage.version})
        stage.world.directory.aliases[f"#kitchen:{stage.world.server}"] = (room, stage.bob.id)
        await stage.start()
        me = stage.homeserver.me
        if power:
            await stage.bob.give_power(room, {me: power})
        if invite:
            await stage.bob.invite(room, me)
        charter = stage.charter()
        lobby = charter.places[0].model_copy(update={"adopt": f"#kitchen:{stage.world.server}"})
        return await stage.founded(stage.ann.id, places=(lobby,)), room

    async def test_with_an_invitation_and_power_it_is_cared_for(self, stage: Any) -> None:
        reconciler, room = await self.kitchen(stage, power=100, invite=True)
        report = await reconciler.found(HALL)
        assert report.whole, report
        assert stage.room("rivendell/place/lobby") == room
        assert stage.world.rooms[room].join_rule == "restricted"
        assert stage.world.rooms[room].content("m.room.name") == {"name": "Kitchen"}
        assert stage.world.rooms[stage.room("rivendell")].content(CHILD, room)
        assert not await reconciler.plan(HALL)
        stage.homeserver.calls.clear()
        await reconciler.settle(RoomKey("rivendell/place/lobby"))
        assert stage.homeserver.calls.writes == 0

    async def test_without_an_invitation_it_is_said_what_is_missing(self, stage: Any) -> None:
        reconciler, room = await self.kitchen(stage)
        report = await reconciler.found(HALL)
        assert [r.why for r in report.refused] == [
            f"Invite {stage.homeserver.me} to #kitchen:{stage.world.server}."
        ]
        assert "Lobby" not in stage.names()
        await stage.bob.give_power(room, {stage.homeserver.me: 100})
        await stage.bob.invite(room, stage.homeserver.me)
        assert (await reconciler.found(HALL)).whole

    async def test_without_power_it_is_left_as_it_is(self, stage: Any) -> None:
        reconciler, room = await self.kitchen(stage, invite=True)
        report = await reconciler.found(HALL)
        assert {b.remedy for b in report.blocked} == {
            f"Give {stage.homeserver.me} power 100 in Kitchen.",
            f"Give {stage.homeserver.me} power 100 in Lobby.",
        }
        assert stage.world.rooms[room].join_rule == "invite"
        assert not (await reconciler.plan(HALL)).steps


async def test_a_refused_step_is_told_and_stops_no_other(stage: Any) -> None:
    reconciler = await crewed(stage)
    plan = await reconciler.plan(HALL)

    real = stage.homeserver.create_room

    async def refuse(new: Any) -> Any:
        if new.alias.endswith("lantern"):
            raise Denied("M_UNKNOWN", "not this one")
        return await real(new)

    await stage.write(started(stage, "tidepool"), "rivendell/crew/tidepool")
    plan = await reconciler.plan(HALL)
    stage.homeserver.create_room = refuse
    report = await reconciler.carry_out(plan)
    assert [(r.step.key, r.why) for r in report.refused] == [(LANTERN, "not this one")]
    assert RoomKey("rivendell/crew/tidepool") in stage.keeping.house.rooms
    stage.homeserver.create_room = real
    assert (await reconciler.found(HALL)).whole
