"""Whatever was wished and whatever people did by hand: a plan brings it about, and then it is quiet."""

import asyncio
from collections.abc import Iterable
from contextlib import suppress
from typing import Any

from hypothesis import given, note, settings
from hypothesis import strategies as st

from crewhall.errors import Trouble
from crewhall.flows.keeping import Keeping
from crewhall.flows.reconcile import Reconciler
from crewhall.ground.hall import House
from crewhall.ground.ids import RoomKey, UserId, alias_of
from crewhall.ground.rooms import JoinWish, Listing, PowerWish, RoomWish
from crewhall.testing.homeserver import FakeHomeserver
from crewhall.testing.ledger import MemoryLedger
from crewhall.testing.long import at_length
from crewhall.testing.people import Person
from crewhall.testing.world import World

NAMES = ["@ann:hall.test", "@bob:hall.test", "@cid:far.test", "@dee:hall.test"]
PEOPLE = [UserId(name) for name in NAMES]
SPACES = [RoomKey("x"), RoomKey("x/crews")]
KEYS = [*SPACES, RoomKey("x/place/a"), RoomKey("x/crew/b")]
PERSON, KEY = st.sampled_from(PEOPLE), st.sampled_from(KEYS)
ACTS = st.lists(st.tuples(PERSON, KEY, st.integers(0, 8)), max_size=12)


class Told:
    """Wishes that are simply told."""

    def __init__(self, wishes: Iterable[RoomWish]) -> None:
        self.wishes = {wish.key: wish for wish in wishes}

    def rooms(self, _house: House, /) -> Iterable[RoomKey]:
        return self.wishes

    def wish(self, _house: House, key: RoomKey, /) -> RoomWish | None:
        return self.wishes.get(key)


@st.composite
def wishes(draw: Any, version: str) -> list[RoomWish]:
    """The same rooms, each time otherwise; in any order."""
    found = []
    for key in draw(st.permutations(KEYS)):
        only = draw(st.none() | st.frozensets(PERSON))
        listed = key != SPACES[0] and draw(st.booleans())
        found.append(
            RoomWish(
                key=key,
                alias=alias_of(key),
                name=key,
                join=draw(
                    st.sampled_from([JoinWish("invite"), JoinWish("knock"), JoinWish("public")])
                    | st.lists(st.sampled_from(SPACES), unique=True, min_size=1).map(
                        lambda allow: JoinWish("restricted", tuple(allow))
                    )
                ),
                powers=PowerWish(
                    users=draw(st.dictionaries(PERSON, st.sampled_from([10, 50, 99]), max_size=2)),
                    lowered=draw(st.frozensets(PERSON, max_size=2)),
                    events_default=draw(st.sampled_from([0, 50])),
                    drift=draw(st.sampled_from(["respect", "ask", "restore"])),
                ),
                space=key in SPACES,
                version=version,
                history=draw(st.sampled_from(["shared", "joined"])),
                encrypted=draw(st.booleans()),
                listing=Listing(draw(st.sampled_from(SPACES[:1] if key in SPACES else SPACES)))
                if listed
                else None,
                invited=tuple(draw(st.frozensets(PERSON))),
                only=only,
                unwelcome=draw(st.frozensets(PERSON, max_size=1)),
                doors=draw(st.sampled_from(["respect", "ask", "restore"])),
                closed=key == KEYS[-1] and draw(st.integers(0, 3)) == 0,
            )
        )
    return found


async def act(person: Person, room: str, what: int, other: UserId) -> None:
    """Do something by hand; the homeserver may refuse."""
    with suppress(Trouble):
        match what:
            case 0 | 1:
                await person.join(room)
            case 2:
                await person.leave(room)
            case 3:
                await person.knock(room)
            case 4:
                await person.invite(room, other)
            case 5:
                await person.kick(room, other)
            case 6:
                await person.ban(room, other)
            case 7:
                await person.give_power(room, {other: 40})
            case 8:
                await person.set_state(room, "m.room.join_rules", {"join_rule": "public"})


async def settle(reconciler: Reconciler) -> None:
    for _ in range(4):
        plan = await reconciler.plan()
        if not plan:
            return
        note(str([(type(s).__name__, s.key) for s in plan.steps]))
        report = await reconciler.carry_out(plan, plan.fingerprint)
        assert not report.refused
        assert not report.later
    assert not (await reconciler.plan()).steps


async def lived(version: str, first: list[RoomWish], then: list[RoomWish], acts: list[Any]) -> None:
    world = World(version=version)
    people = {name: Person(world, name) for name in PEOPLE}
    stranger = await people[PEOPLE[0]].create_room({"name": "Theirs"})
    untouched = len(world.rooms[stranger].timeline)
    homeserver, keeping, told = FakeHomeserver(world), Keeping(MemoryLedger()), Told(first)
    reconciler = Reconciler(homeserver, keeping, world.clock, wishes=told)
    await settle(reconciler)
    for person, key, what in acts:
        if key in keeping.house.rooms:
            other = PEOPLE[(PEOPLE.index(person) + what) % len(PEOPLE)]
            await act(people[person], keeping.house.rooms[key].room, what, other)
    told.wishes = {wish.key: wish for wish in then}
    before = {key: dict(_memberships(world, o.room)) for key, o in keeping.house.rooms.items()}
    await settle(reconciler)
    homeserver.calls.clear()
    await settle(reconciler)
    assert homeserver.calls.writes == 0
    assert len(world.rooms[stranger].timeline) == untouched
    for wish in then:
        if wish.closed or wish.key not in keeping.house.rooms:
            continue
        after = _memberships(world, keeping.house.rooms[wish.key].room)
        for person in PEOPLE:
            was, now = before.get(wish.key, {}).get(person, ""), after.get(person, "")
            held = person in wish.unwelcome or (wish.only is not None and person not in wish.only)
            if not held and person in wish.invited:
                assert now in {"invite", "join", "ban"}
            elif not held:
                assert now == was
            elif was in {"invite", "join"}:
                assert now == "leave"


def _memberships(world: World, room: Any) -> dict[UserId, str]:
    return {person: world.rooms[room].membership(person) for person in PEOPLE}


@settings(max_examples=at_length(60), deadline=None)
@given(st.data(), st.sampled_from(["11", "12"]), ACTS)
def test_a_plan_converges_settles_and_touches_nobody_else(data: Any, version: str, acts: list[Any]) -> None:
    first, then = data.draw(wishes(version)), data.draw(wishes(version))
    asyncio.run(lived(version, first, then, acts))
