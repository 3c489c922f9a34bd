"""A season begins for 1,000 people: who is asked, how often, when, and what a restart in the middle changes.

The whole service in this process, before the fake homeserver, in told time: three weeks from the gap week on,
an hour at a time, with the service killed and started again in the middle of the questions.
"""

import time
from collections import Counter
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

from crewhall.charter.model import Charter, Door, Renewal, Rule, Rung, Seasons
from crewhall.ground.facts import Stream, Writing
from crewhall.ground.ids import CommunityKey, RungKey, UserId
from crewhall.life.seasons.facts import RenewalAsked, SeasonAsked
from crewhall.life.standing.facts import Arrived, Stood
from crewhall.ports import Entry
from crewhall.testing import Person
from crewhall.testing.household import Household

PEOPLE, GAP, SPREAD, DAYS = 1_000, 7, 7, 24
BENCH, FRIENDS = CommunityKey("bench"), RungKey("friends")
WEEK = timedelta(days=7)


async def measure(row: Callable[..., Any]) -> list[Any]:
    """Live the three weeks and count what was said to whom."""
    async with Household() as house:
        begins = house.world.clock.now().date() + timedelta(days=GAP + 3)
        await _lived_in(house, begins)
        already = len(house.world.events)
        began = time.process_time()
        for hour in range(DAYS * 24):
            await house.world.clock.advance(timedelta(hours=1))
            for _ in range(60):  # the service beats each few seconds; what is due is put minute by minute
                before = house.keeping.house.seq
                await house.ticking.beat()
                if house.keeping.house.seq == before:
                    break
                await house.world.clock.advance(timedelta(minutes=1))
            await house.settle()
            if hour == (GAP + 3 + SPREAD // 2) * 24:
                await house.stop()
                await house.start()
        spent = time.process_time() - began
        if house.troubles:
            raise RuntimeError(house.troubles[0])
        told = _told(house, already)
    return _rows(row, told, await _asked(house), begins, spent)


def _rows(
    row: Callable[..., Any],
    told: dict[UserId, list[datetime]],
    asked: Counter[UserId],
    begins: date,
    spent: float,
) -> list[Any]:
    days = Counter(at.date() for times in told.values() for at in times)
    quiet = sum(n for day, n in days.items() if begins - timedelta(days=GAP) <= day < begins)
    night = sum(at.hour < 7 or at.hour >= 22 for times in told.values() for at in times)
    most = max(sum(at <= other < at + WEEK for other in times) for times in told.values() for at in times)
    note = f"on {len(days)} days, at most {max(days.values())} a day; {1000 * spent / PEOPLE:.1f} ms a person"
    return [
        row("season: people asked / people", len(asked) / PEOPLE, 1.0, least=True, note=note),
        row("season: asked twice", sum(n > 1 for n in asked.values()), 0, unit="people"),
        row("season: messages a person in 7 days", most, 1, unit="messages"),
        row("season: said in the gap week", quiet, 0, unit="messages"),
        row("season: said at night", night, 0, unit="messages"),
    ]


def _told(house: Household, already: int) -> dict[UserId, list[datetime]]:
    """Return when each person was told something, after so many events."""
    told: dict[UserId, list[datetime]] = {}
    chats = {
        opened.room: house.keeping.house.people.get(key) for key, opened in house.keeping.house.rooms.items()
    }
    for event in list(house.world.events.values())[already:]:
        person = chats.get(event.room)
        if person is not None and event.sender == house.me and event.kind == "m.room.message":
            told.setdefault(person, []).append(datetime.fromtimestamp(event.at / 1000, UTC))
    return told


async def _asked(house: Household) -> Counter[UserId]:
    facts = [recorded.fact for recorded in await house.ledger.since(0)]
    return Counter(fact.person for fact in facts if isinstance(fact, (SeasonAsked, RenewalAsked)))


async def _lived_in(house: Household, begins: date) -> None:
    """Have 1,000 people in a community, on its rung for some weeks."""
    friends = Rung(key=FRIENDS, name="Friends", door=Rule(propose="friends"))
    charter = Charter(
        key=BENCH,
        name="Bench",
        door=Door(join="public"),
        rungs=(friends,),
        renewal=Renewal(),
        seasons=Seasons(starts=(f"{begins:%m-%d}",), gap_days=GAP, spread_days=SPREAD),
    )
    await house.found(charter, house.ann.id, house.ben.id)
    long_ago = house.world.clock.now() - timedelta(days=60)
    for n in range(PEOPLE):
        person = Person(house.world, f"p{n}").id
        facts = (Writing(Stream(BENCH), Arrived(person)), Writing(Stream(BENCH), Stood(FRIENDS, person)))
        await house.keeping.record(Entry(f"bench:person:{n}", long_ago, facts))
    await house.settle()
