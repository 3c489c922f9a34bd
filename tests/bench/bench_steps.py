"""What one step up or down costs at the homeserver: for 1, 5 and 20 rooms, in a small and in a large hall.

Counted on the fake homeserver with the whole service in this process. Up: the invitation, and a level in each
room where the rung has rights. Down: that level again, and a removal from each room that the person is in.
What is said about it is left out; it is the same in any hall.
"""

from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

from crewhall.charter.model import Charter, Door, Place, Rule, Rung
from crewhall.ground.facts import Stream, Writing
from crewhall.ground.ids import CommunityKey, CrewKey, RungKey, UserId, crew_room, root, rung, rung_room
from crewhall.life.crews.facts import CrewStarted, SeatOffered
from crewhall.life.standing.facts import Arrived
from crewhall.ports import Entry
from crewhall.testing import Person
from crewhall.testing.household import Household

ROOMS = (1, 5, 20)
SMALL, LARGE = (50, 10), (1000, 150)
"""People, and rooms of crews."""
BENCH = CommunityKey("bench")
FRIENDS = RungKey("friends")
A_WHILE = timedelta(minutes=2)
"""How long the service has run: at first after a start it reads once more who came or went."""
WRITES, READS = ("invite", "remove", "put_state", "create_room"), ("look", "state", "find")


async def measure(row: Callable[..., Any]) -> list[Any]:
    """Count calls in both halls; writes are held against what cannot be avoided, reads against writes."""
    rows = []
    for rooms in ROOMS:
        small, large = [await _steps(rooms, *size) for size in (SMALL, LARGE)]
        for way, least in (("up", 2 + rooms), ("down", 1 + 2 * rooms)):
            writes, reads = (sum(small[way][kind] for kind in kinds) for kinds in (WRITES, READS))
            note = f"{_told(small[way])}; unavoidable writes {least}"
            rows.append(row(f"{way}, {rooms} rooms: writes / unavoidable", writes / least, 1.0, note=note))
            looks = rooms + (
                2 if way == "up" else 1
            )  # a look a room, and one at the space for each of two acts
            rows.append(row(f"{way}, {rooms} rooms: reads", reads, looks, unit="calls"))
            more = sum(large[way][kind] for kind in WRITES + READS) / (writes + reads)
            note = f"{LARGE[0]} people and {LARGE[1]} crews against {SMALL[0]} and {SMALL[1]}"
            rows.append(row(f"{way}, {rooms} rooms: calls, large / small hall", more, 1.0, note=note))
    return rows


def _told(calls: Counter[str]) -> str:
    return ", ".join(f"{calls[kind]} {kind}" for kind in (*WRITES, *READS) if calls[kind])


async def _steps(rooms: int, people: int, crews: int) -> dict[str, Counter[str]]:
    """Return the calls of one step up and of one down."""
    async with _hall(rooms, people, crews) as house:
        ann, cleo = house.ann, house.cleo
        calls, chat = house.homeserver.calls, house.room(house.chats.key(ann.id))
        calls.clear()
        await ann.say(chat, f"!invite {cleo.id} to Friends")
        await house.settle()
        await cleo.join(house.room(rung(BENCH, FRIENDS)))
        await house.settle()
        up = Counter(calls.by_kind)
        for n in range(rooms):
            await cleo.join(house.room(rung_room(BENCH, FRIENDS, f"room-{n}")))
        await house.settle()
        calls.clear()
        await cleo.leave(house.room(rung(BENCH, FRIENDS)))
        await house.settle()
        if house.troubles:
            raise RuntimeError(house.troubles[0])
        return {"up": up, "down": Counter(calls.by_kind)}


@asynccontextmanager
async def _hall(rooms: int, people: int, crews: int) -> AsyncIterator[Household]:
    """Have a hall of some size, whose founders are ann and ben; cleo is inside and on no rung."""
    async with Household() as house:
        crowd = [Person(house.world, f"p{n}") for n in range(people - 3)]
        await house.found(_charter(rooms), house.ann.id, house.ben.id)
        now = house.world.clock.now()
        for n in range(crews):
            five = [crowd[(n * 5 + m) % len(crowd)].id for m in range(5)]
            await house.keeping.record(Entry(f"bench:crew:{n}", now, _crew(n, five, house.me)))
        await house.settle()
        for person in (house.ann, house.ben, house.cleo, *crowd):
            await person.join(house.room(root(BENCH)))
        arrived = tuple(Writing(Stream(BENCH), Arrived(person.id)) for person in crowd)
        await house.keeping.record(Entry("bench:arrived", now, arrived))
        for n in range(crews):
            for person in dict.fromkeys(crowd[(n * 5 + m) % len(crowd)] for m in range(5)):
                await person.join(house.room(crew_room(BENCH, CrewKey(f"crew-{n}"))))
        for person in (house.ann, house.ben):
            await person.join(house.room(rung(BENCH, FRIENDS)))
        await house.settle()
        for person in (house.ann, house.ben, house.cleo):
            await house.chat(person)
        await house.world.clock.advance(A_WHILE)
        yield house


def _charter(rooms: int) -> Charter:
    places = tuple(Place(key=f"room-{n}", name=f"Room {n}") for n in range(rooms))
    friends = Rung(key=FRIENDS, name="Friends", may=("pin",), rooms=places, door=Rule(propose="friends"))
    return Charter(key=BENCH, name="Bench", door=Door(join="public"), rungs=(friends,))


def _crew(n: int, people: list[UserId], keeper: UserId) -> tuple[Writing, ...]:
    stream = Stream(f"{BENCH}/crew/crew-{n}")
    started = CrewStarted(
        CrewKey(f"crew-{n}"), f"Crew {n}", people[0], private=True, listed=True, mark=f"{n}", keeper=keeper
    )
    offers = (Writing(stream, SeatOffered(person, people[0])) for person in dict.fromkeys(people[1:]))
    return (Writing(stream, started, 0), *offers)
