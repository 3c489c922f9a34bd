"""Whatever was wished and whatever people did by hand: rooms that move keep it, and nobody gets more."""

import asyncio
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Any

from hypothesis import given, note, settings
from hypothesis import strategies as st

from crewhall.errors import Trouble
from crewhall.flows.keeping import Keeping
from crewhall.flows.moving import Mover
from crewhall.flows.reconcile import Reconciler
from crewhall.ground.creation import welcome
from crewhall.ground.hall import House
from crewhall.ground.ids import CommunityKey, RoomId, RoomKey, UserId, alias_of
from crewhall.ground.rights import level
from crewhall.ground.rooms import JoinWish, Listing, PowerWish, RoomSeen, RoomWish
from crewhall.ground.successor import cannot_move
from crewhall.testing.homeserver import FakeHomeserver
from crewhall.testing.ledger import MemoryLedger
from crewhall.testing.long import at_length
from crewhall.testing.people import Person
from crewhall.testing.world import World

PEOPLE = [UserId(name) for name in ("@ann:hall.test", "@bob:hall.test", "@cid:far.test", "@dee:hall.test")]
HALL = CommunityKey("x")
SPACES = [RoomKey("x"), RoomKey("x/crews")]
KEYS = [*SPACES, RoomKey("x/place/a"), RoomKey("x/crew/b")]
PERSON, KEY = st.sampled_from(PEOPLE), st.sampled_from(KEYS)
ACTS = st.lists(st.tuples(PERSON, KEY, st.integers(0, 7), PERSON), max_size=12)


class Told:
    """Wishes that are simply told."""

    def __init__(self, wishes: Iterable[RoomWish]) -> None:
        self.wishes = {wish.key: wish for wish in wishes}

    def rooms(self, _house: House, /) -> Iterable[RoomKey]:
        return self.wishes

    def wish(self, _house: House, key: RoomKey, /) -> RoomWish | None:
        return self.wishes.get(key)


@st.composite
def wishes(draw: Any) -> list[RoomWish]:
    """Two spaces and two rooms, each time otherwise."""
    restricted = st.lists(st.sampled_from(SPACES), unique=True, min_size=1)
    return [
        RoomWish(
            key=key,
            alias=alias_of(key),
            name=key,
            join=draw(
                st.sampled_from([JoinWish("invite"), JoinWish("knock"), JoinWish("public")])
                | restricted.map(lambda allow: JoinWish("restricted", tuple(allow)))
            ),
            powers=PowerWish(
                users=draw(st.dictionaries(PERSON, st.sampled_from([10, 50, 99]), max_size=2)),
                events_default=draw(st.sampled_from([0, 50])),
                drift=draw(st.sampled_from(["respect", "ask", "restore"])),
            ),
            shown=draw(st.booleans()),
            space=key in SPACES,
            version="11",
            encrypted=draw(st.booleans()),
            listing=Listing(SPACES[0]) if key != SPACES[0] and draw(st.booleans()) else None,
            invited=tuple(draw(st.frozensets(PERSON))),
            only=draw(st.none() | st.frozensets(PERSON)),
            unwelcome=draw(st.frozensets(PERSON, max_size=1)),
            doors=draw(st.sampled_from(["respect", "restore"])),
        )
        for key in KEYS
    ]


async def act(person: Person, room: RoomId, what: int, other: UserId) -> None:
    """Do something by hand; the homeserver may refuse."""
    with suppress(Trouble):
        match what:
            case 0 | 1 | 2:
                await person.join(room)
            case 3:
                await person.leave(room)
            case 4:
                await person.invite(room, other)
            case 5:
                await person.ban(room, other)
            case 6:
                await person.give_power(room, {other: 40})
            case 7:
                await person.set_state(room, "m.room.join_rules", {"join_rule": "public"})


async def unheard(_key: RoomKey, _seen: RoomSeen) -> None:
    return


async def moved(first: list[RoomWish], acts: list[Any]) -> None:
    world = World(version="12")
    people = {name: Person(world, name) for name in PEOPLE}
    homeserver, keeping, told = FakeHomeserver(world), Keeping(MemoryLedger()), Told(first)
    reconciler = Reconciler(homeserver, keeping, world.clock, wishes=told)
    plan = await reconciler.plan()
    await reconciler.carry_out(plan, plan.fingerprint)
    for person, key, what, other in acts:
        await act(people[person], keeping.house.rooms[key].room, what, other)
    mover = Mover(reconciler.hands, unheard)
    told.wishes = {key: replace(wish, version="12") for key, wish in told.wishes.items()}
    before = {key: await homeserver.look(opened.room) for key, opened in keeping.house.rooms.items()}
    _, scene = await mover.scene(HALL)
    still = set()
    for key in KEYS:
        no = cannot_move(told.wishes[key], before[key], keeping.house.rooms, scene.heir, homeserver.me)
        if no is not None:
            still.add(key)  # its doors were changed by hand, and the charter respects that
            continue
        await mover.move(told.wishes[key])
        _, scene = await mover.scene(HALL)
    finished = await mover.finish(HALL)
    note(str(finished.refused))
    assert not finished.refused
    homeserver.calls.clear()
    await mover.finish(HALL)
    assert homeserver.calls.writes == 0
    ours = {opened.room for opened in keeping.house.rooms.values()}
    for key in set(KEYS) - still:
        await assert_kept(homeserver, world, told.wishes[key], before[key], keeping.house.rooms[key].room)
    for key in KEYS:
        seen = await homeserver.look(keeping.house.rooms[key].room)
        assert not seen.children.keys() & set(keeping.house.former)
        assert seen.children.keys() <= ours
        assert not seen.parents & set(keeping.house.former)
        assert not allowed(seen) & set(keeping.house.former)
    await assert_all_can_follow(
        people, world, before, {key: told.wishes[key] for key in set(KEYS) - still}, keeping
    )


async def assert_kept(
    homeserver: FakeHomeserver, world: World, wish: RoomWish, was: RoomSeen, room: RoomId
) -> None:
    new, old = await homeserver.look(room), await homeserver.look(was.room)
    assert (new.version, new.predecessor, new.space) == ("12", was.room, was.space)
    assert (new.name, new.topic, new.encrypted) == (was.name, was.topic, was.encrypted or wish.encrypted)
    assert old.tombstone == room
    assert old.powers["events_default"] == 100
    for person in PEOPLE:
        due = max(level(was, person), wish.powers.users.get(person, 0))
        assert level(new, person) <= due
        assert level(new, person) >= min(level(was, person), 99)
        banned = [seen.members[person].membership == "ban" for seen in (was, new) if person in seen.members]
        assert len(set(banned)) <= 1 or not banned[0]
    assert world.directory.resolve(f"#{wish.alias}:hall.test") == room
    assert new.alias == (f"#{wish.alias}:hall.test" if wish.shown else None)


async def assert_all_can_follow(
    people: Mapping[UserId, Person],
    world: World,
    before: Mapping[RoomKey, RoomSeen],
    moved_: Mapping[RoomKey, RoomWish],
    keeping: Keeping,
) -> None:
    """Have everybody accept what they are asked into, spaces first, and go where they were."""
    for key in KEYS:
        room = keeping.house.rooms[key].room
        for name, person in people.items():
            member = before[key].members.get(name)
            was_in = member is not None and member.membership == "join"
            if key not in moved_ or not was_in or not welcome(moved_[key], name):
                continue
            if name in moved_[key].unwelcome:
                continue
            await person.join(room)
            assert world.room(room).membership(name) == "join"


def allowed(seen: RoomSeen) -> set[str]:
    listed: Any = seen.joins.get("allow", ())
    return {entry["room_id"] for entry in listed}


@settings(max_examples=at_length(60), deadline=None)
@given(first=wishes(), acts=ACTS)
def test_rooms_that_move_keep_what_people_have_and_give_nobody_more(
    first: list[RoomWish], acts: list[Any]
) -> None:
    asyncio.run(moved(first, acts))
