"""More guests than a plan may concern without a yes: they come one by one, and go all at once all the same."""

from datetime import timedelta
from typing import Any

import pytest

from crewhall.ground.facts import Stream, Writing
from crewhall.ground.ids import UserId
from crewhall.life.plans import shown
from crewhall.life.standing.facts import Departed
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
    assert dale.homeserver.calls.by_kind["look"] <= len(ROOMS) + 2
    assert shown.waiting(dale.keeping.house.halls["dale"]) is None
    assert dale.troubles == []


async def test_guests_go_also_while_something_else_waits_for_a_yes(visited: Any) -> None:
    dale = visited.dale
    crowd = [Person(dale.world, f"p{n}") for n in range(MANY)]
    for person in crowd:
        await person.join(dale.room("dale"))
    await dale.settle()
    await dale.ann.set_state(dale.room("dale"), "m.room.join_rules", {"join_rule": "invite"})
    hall = dale.keeping.house.halls["dale"]
    gone = tuple(Writing(Stream(hall.key), Departed(person.id, dale.ann.id)) for person in crowd)
    await dale.keeping.record(Entry("gone", dale.world.clock.now(), gone))
    await dale.settle()
    print(shown.waiting(dale.keeping.house.halls["dale"]))
    await dale.tell(dale.ann, "!link close guests with shire")
    await dale.settle()
    assert there(visited) == set()
