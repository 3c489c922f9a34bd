"""Corners of the fake homeserver that no shared promise reaches: it must be as strict as the real one."""

import asyncio
from collections import deque
from datetime import timedelta

import pytest

from crewhall.errors import Denied, NotThere, Taken, TryLater
from crewhall.ground.ids import EventId, UserId
from crewhall.ground.rooms import LOCATOR, NewRoom, StatePut
from crewhall.testing import FakeHomeserver, Faults, Mishap, Person, ToldClock, World
from crewhall.testing.creation import create, read
from crewhall.testing.events import POWERS, Refused
from crewhall.testing.rules import ENDLESS, level_of

NAME = "m.room.name"


def a_room(alias: str = "_crewhall_lobby", version: str = "12", **more: object) -> NewRoom:
    users = {"@keeper:hall.test": 100} if version == "11" else {}
    powers: dict[str, object] = {"users": users, "invite": 50, **more}
    return NewRoom(alias, version, powers, (StatePut(LOCATOR, "", {"key": "rivendell"}),))


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def keeper(world: World) -> FakeHomeserver:
    return FakeHomeserver(world)


@pytest.mark.parametrize(("version", "level"), [("11", 100), ("12", ENDLESS)])
async def test_a_creator_holds_what_the_version_gives(
    world: World, keeper: FakeHomeserver, version: str, level: int
) -> None:
    made = await keeper.create_room(a_room(version=version))
    assert level_of(world.rooms[made], keeper.me) == level


async def test_without_levels_only_the_creator_of_version_11_holds_any(world: World) -> None:
    # A room whose creation stopped half-way has no levels yet.
    asker = world.asker(FakeHomeserver(world).me)
    for version, wanted in (("11", 100), ("12", ENDLESS)):
        bad = {"room_version": version, "power_level_content_override": {"users": {asker.user: 1}, "ban": 1}}
        content = {**bad, "initial_state": [{"type": NAME, "content": {}}]}
        with pytest.raises(Refused):
            create(world, asker, read(world, content))
        left = list(world.rooms.values())[-1]
        assert left.content(POWERS) is None
        assert level_of(left, asker.user) == wanted
        assert level_of(left, UserId("@ann:hall.test")) == 0


async def test_an_invitee_whose_server_is_away_leaves_a_finished_room_behind(
    world: World, keeper: FakeHomeserver
) -> None:
    world.unreachable.add("away.test")
    far, near = UserId("@zoe:away.test"), Person(world, "ann").id
    new = a_room()
    with pytest.raises(TryLater):
        await keeper.create_room(NewRoom(new.alias, "12", new.powers, new.state, invite=(far, near)))
    left = await keeper.find(f"#{new.alias}:hall.test")
    assert left is not None
    seen = await keeper.look(left)
    assert seen.locator == "rivendell"
    assert seen.members.keys() == {keeper.me}
    with pytest.raises(Taken):
        await keeper.create_room(new)


async def test_people_of_other_servers_stay_out_of_a_room_that_does_not_federate(
    world: World, keeper: FakeHomeserver
) -> None:
    zoe = Person(world, "@zoe:far.test")
    made = await keeper.create_room(
        NewRoom(
            "_crewhall_in",
            "12",
            {},
            (StatePut("m.room.join_rules", "", {"join_rule": "public"}),),
            federate=False,
        )
    )
    with pytest.raises(Denied):
        await zoe.join(made)
    with pytest.raises(Denied):
        await keeper.invite(made, zoe.id)


async def test_two_of_our_users_share_their_transaction_ids(world: World, keeper: FakeHomeserver) -> None:
    scribe = FakeHomeserver(world, UserId("@scribe:hall.test"))
    made = await keeper.create_room(a_room())
    await keeper.invite(made, scribe.me)
    await scribe.join(made)
    first = await keeper.send(made, "m.room.message", {"msgtype": "m.notice", "body": "one"}, "t1")
    swallowed = await scribe.send(made, "m.room.message", {"msgtype": "m.notice", "body": "two"}, "t1")
    assert swallowed == first


async def test_nobody_vouches_while_their_server_is_away(world: World) -> None:
    host, ann = Person(world, "@host:far.test"), Person(world, "ann")
    key = await host.create_room({"preset": "public_chat"})
    allow = [{"type": "m.room_membership", "room_id": key}]
    rules = {"type": "m.room.join_rules", "content": {"join_rule": "restricted", "allow": allow}}
    place = await host.create_room({"initial_state": [rules], "power_level_content_override": {"invite": 50}})
    await ann.join(key)
    world.unreachable.add("far.test")
    with pytest.raises(Denied):
        await ann.join(place)
    world.unreachable.clear()
    await ann.join(place)


async def test_who_has_gone_sees_the_room_as_it_was(world: World, keeper: FakeHomeserver) -> None:
    ann = Person(world, "ann")
    made = await keeper.create_room(a_room())
    await keeper.invite(made, ann.id)
    await ann.join(made)
    await keeper.put_state(made, NAME, "", {"name": "before"})
    await ann.leave(made)
    await keeper.put_state(made, NAME, "", {"name": "after"})
    assert await ann.state(made, NAME) == {"name": "before"}
    with pytest.raises(NotThere):
        await ann.state(made, "m.room.topic")


async def test_what_is_redacted_keeps_what_the_rules_need(world: World, keeper: FakeHomeserver) -> None:
    made = await keeper.create_room(a_room(ban=77))
    ann = Person(world, "ann")
    await keeper.invite(made, ann.id)
    for kind, key in ((POWERS, ""), ("m.room.member", ann.id), (LOCATOR, "")):
        await keeper.redact(made, world.rooms[made].state[kind, key].id, kind)
    seen = await keeper.look(made)
    assert (seen.powers.get("ban"), seen.members[ann.id].membership, seen.locator) == (77, "invite", None)
    create_event = world.rooms[made].state["m.room.create", ""].id
    with pytest.raises(Denied):
        await keeper.redact(made, EventId(create_event), "create")


async def test_only_the_service_registers_its_users(world: World) -> None:
    for name, service in (("keeper2", "crewhall"), ("_crewhall_x", None)):
        with pytest.raises(Refused, match="M_EXCLUSIVE"):
            world.directory.register(name, service)
    world.directory.register("_crewhall_x", "crewhall")
    with pytest.raises(Refused, match="M_USER_IN_USE"):
        world.directory.register("_crewhall_x", "crewhall")


async def test_a_script_of_mishaps_is_followed_call_by_call(world: World, keeper: FakeHomeserver) -> None:
    made = await keeper.create_room(a_room())
    keeper.calls.clear()
    keeper.faults.script = deque([Mishap.BROKEN, Mishap.LOST, None])
    for _ in range(2):
        with pytest.raises(TryLater):
            await keeper.put_state(made, NAME, "", {"name": "x"})
    first = world.rooms[made].state[NAME, ""].id
    assert await keeper.put_state(made, NAME, "", {"name": "x"}) == first
    assert (keeper.calls.writes, keeper.calls.reads) == (3, 0)


async def test_each_nth_call_goes_wrong_as_told(world: World) -> None:
    faults = Faults(limit_every=3, retry_after=timedelta(seconds=7), only=frozenset({"find"}))
    keeper = FakeHomeserver(world, faults=faults)
    await keeper.create_room(a_room())
    outcomes = []
    for _ in range(6):
        try:
            await keeper.find("#x:hall.test")
            outcomes.append(None)
        except TryLater as no:
            outcomes.append(no.after)
    assert outcomes == [None, None, timedelta(seconds=7)] * 2


async def test_a_stopped_homeserver_answers_nothing(keeper: FakeHomeserver) -> None:
    keeper.faults.stopped = True
    with pytest.raises(TryLater):
        await keeper.joined()


async def test_sleepers_wake_in_order_at_their_own_instants() -> None:
    clock, woken = ToldClock(), []

    async def sleeper(seconds: int) -> None:
        await clock.sleep(timedelta(seconds=seconds))
        woken.append((seconds, clock.now()))

    began = clock.now()
    async with asyncio.TaskGroup() as group:
        for seconds in (5, 1, 9):
            group.create_task(sleeper(seconds))
        await clock.advance(timedelta(seconds=6))
        assert [(s, (at - began).seconds) for s, at in woken] == [(1, 1), (5, 5)]
        assert clock.sleepers == 1
        await clock.advance(timedelta(seconds=3))
    assert clock.now() == began + timedelta(seconds=9)


async def test_a_hurried_clock_sleeps_at_once() -> None:
    clock = ToldClock(hurried=True)
    began = clock.now()
    await clock.sleep(timedelta(hours=3))
    assert (clock.now() - began, clock.slept) == (timedelta(hours=3), [timedelta(hours=3)])


async def test_a_thousand_rooms_and_five_thousand_people_are_carried(
    world: World, keeper: FakeHomeserver
) -> None:
    space = await keeper.create_room(a_room("_crewhall_rivendell"))
    for number in range(5_000):
        person = Person(world, f"p{number}")
        await keeper.invite(space, person.id)
        await person.join(space)
    for number in range(1_000):
        await keeper.create_room(a_room(f"_crewhall_crew_{number}"))
    assert len((await keeper.look(space)).members) == 5_001
    assert len(await keeper.joined()) == 1_001
