"""More guests than a plan may concern without a yes: they come one by one, and all go at once."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from crewhall.flows.allowing import never_waits
from crewhall.ground.facts import Writing
from crewhall.ground.hall import Presence
from crewhall.ground.ids import RoomKey, UserId
from crewhall.ground.steps import Invite, Remove
from crewhall.life.plans import shown
from crewhall.ports import Entry
from crewhall.testing.people import Person
from crewhall_bridges.sister.visiting.book import stream_of
from crewhall_bridges.sister.visiting.facts import PassGiven, VisitAsked

ROOMS = ("dale", "dale/place/lobby")
MANY = 15


async def visit(pair: Any, tools: Any, person: UserId) -> None:
    """Have a pass of somebody's written down, as if their word had been read and somebody hosted them."""
    dale = pair.dale
    hall, now = dale.keeping.house.halls["dale"], dale.world.clock.now()
    link, mark, day = tools.link_of(dale).mark, f"visit-{person}", (now + timedelta(days=20)).date()
    facts = (
        VisitAsked(mark, link, person, f"introduction-{person}", day, (dale.ann.id,)),
        PassGiven(mark, person, dale.ann.id, "", day),
    )
    writings = tuple(Writing(stream_of(hall), fact) for fact in facts)
    await dale.keeping.record(Entry(mark, now, writings))
    await pair.settle()


@pytest.fixture
async def visited(linked: Any, tools: Any) -> Any:
    guests = [Person(linked.dale.world, f"@guest{n}:{linked.ours.name}") for n in range(MANY)]
    for guest in guests:
        await visit(linked, tools, guest.id)
        for key in ROOMS:
            await guest.join(linked.dale.room(key))
            await linked.settle()
    assert there(linked) == {(key, guest.id) for key in ROOMS for guest in guests}
    return linked


def there(pair: Any) -> set[tuple[str, str]]:
    """Return who of the other server is in which room of Dale, their keeper apart."""
    return {
        (key, person)
        for key in ROOMS
        for person in pair.dale.world.rooms[pair.dale.room(key)].joined
        if person.endswith(pair.ours.name)
    }


async def test_all_guests_are_out_at_once_when_the_link_ends_and_nobody_is_asked(visited: Any) -> None:
    dale = visited.dale
    dale.homeserver.calls.clear()
    await dale.tell(dale.ann, "!unlink shire")
    await dale.settle()
    assert there(visited) == set()
    assert dale.homeserver.calls.by_kind["remove"] == MANY * len(ROOMS)
    assert shown.waiting(dale.keeping.house.halls["dale"]) is None
    assert dale.troubles == []


async def test_nobody_but_who_was_a_guest_goes_without_a_yes(linked: Any) -> None:
    hall, room = linked.dale.keeping.house.halls["dale"], RoomKey("dale")
    one, other = UserId("@one:ours.test"), UserId("@other:ours.test")
    here = Presence(linked.clock.now(), "cause")
    off = replace(hall, seen_off=hall.seen_off.set(one, here))
    assert never_waits(Remove(room, one, "", decided=True), off)
    assert not never_waits(Remove(room, one, "", decided=False), off)
    assert not never_waits(Remove(room, other, "", decided=True), off)
    assert not never_waits(Invite(room, one), off)
    assert not never_waits(
        Remove(room, one, "", decided=True), replace(off, inside=off.inside.set(one, here))
    )
