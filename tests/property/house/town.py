"""A town of people around the whole service: they speak, react and move; it can be killed at any moment."""

import asyncio
from collections.abc import Awaitable, Coroutine, Iterator
from copy import deepcopy
from datetime import timedelta
from typing import Any, TypeVar

from crewhall.errors import Trouble
from crewhall.ground.ids import EventId, RoomId, RoomKey, UserId
from crewhall.testing.clock import ToldClock
from crewhall.testing.household import Household
from crewhall.testing.ledger import MemoryLedger
from crewhall.testing.people import Person
from crewhall.testing.world import World
from house.charters import NAMES, charter

T = TypeVar("T")
_ROOT = "rivendell"
_TEMPLATES: dict[str, tuple[World, MemoryLedger, dict[str, Person]]] = {}


class Town:
    """One community, its people and the service, on a loop of its own."""

    def __init__(self, policy: str) -> None:
        self.loop = asyncio.new_event_loop()
        try:
            if policy not in _TEMPLATES:
                _TEMPLATES[policy] = self.run(_template(policy))
            self.world, self.ledger, self.people = deepcopy(_TEMPLATES[policy])
            self.run(self._open())
        except BaseException:
            self.loop.close()
            raise

    def run(self, act: Coroutine[Any, Any, T]) -> T:
        """Do something to its end."""
        return self.loop.run_until_complete(act)

    def close(self) -> None:
        """Stop everything."""
        try:
            self.run(self.house.stop())
        finally:
            self.loop.close()

    @property
    def opened(self) -> dict[str, RoomId]:
        """Return the managed rooms by key."""
        return {str(key): one.room for key, one in self.house.keeping.house.rooms.items()}

    def rooms(self) -> list[str]:
        """Return the keys of the community's rooms, crews' included, that people can see."""
        return sorted(key for key in self.opened if key == _ROOT or key.startswith(f"{_ROOT}/"))

    def cards(self, person: str) -> list[tuple[RoomId, EventId, list[str]]]:
        """Return the cards that somebody can react to, the latest last."""
        found: dict[EventId, tuple[RoomId, EventId, list[str]]] = {}
        for room_id, membership in self.world.memberships(UserId(person)).items():
            if membership != "join":
                continue
            for event in self.world.room(room_id).timeline:
                relation = event.content.get("m.relates_to")
                if event.kind != "m.reaction" or event.sender != self.house.me or not relation:
                    continue
                target = EventId(str(relation["event_id"]))  # type: ignore[index]
                if self.world.events[target].sender != self.house.me:
                    continue
                keys = found.setdefault(target, (room_id, target, []))[2]
                keys.append(str(relation["key"]))  # type: ignore[index]
        return sorted(found.values(), key=lambda one: self.world.events[one[1]].order)

    def own(self, person: str) -> list[EventId]:
        """Return what somebody said and did lately and can take back, the latest last."""
        kinds = {"m.room.message", "m.reaction"}
        log = (self.world.events[event] for event in self.world.log[-400:])
        return [e.id for e in log if e.sender == person and e.kind in kinds and e.content]

    def say(self, person: str, line: str) -> None:
        """Say something to the keeper in private."""
        chat = self.opened[str(self.house.chats.key(UserId(person)))]
        self.attempt(self.people[person].say(chat, line))

    def attempt(self, act: Awaitable[object]) -> None:
        """Have somebody try something; what the homeserver refuses does not happen."""

        async def tried() -> None:
            try:
                await act
            except Trouble:
                return

        self.run(tried())

    def settle(self) -> None:
        """Let a minute pass and everything be done."""
        self.run(self._settle(timedelta(minutes=1)))

    def wait(self, span: timedelta) -> None:
        """Let time pass; once a day something is looked after."""
        day = timedelta(days=1)
        while span > day:
            self.run(self._settle(day))
            span -= day
        self.run(self._settle(span))

    def crash(self, after: int) -> None:
        """Kill the service while it works on what just happened, and start it again."""

        async def act() -> None:
            await self.house.push(self.house.letters())
            for _ in range(after):
                await asyncio.sleep(0)
            await self.house.stop()
            await self.house.start()

        self.run(act())

    def push_twice(self) -> None:
        """Tell what happened twice, the second time backwards."""

        async def act() -> None:
            letters = self.house.letters()
            await self.house.push(letters)
            await self.house.push(list(reversed(letters)))

        self.run(act())

    def lose_post(self) -> None:
        """Never tell what happened; the slow look comes hours later."""
        self.house.letters()
        self.wait(timedelta(hours=3))

    async def plan(self) -> Any:
        """Return what would still be done."""
        return await self.house.reconciler.plan()

    async def _open(self) -> None:
        self.house = Household(self.world, self.ledger)
        self.house._told = len(self.world.log)
        await self.house.start()
        await self.house.settle()

    async def _settle(self, span: timedelta) -> None:
        clock = self.world.clock
        assert isinstance(clock, ToldClock)
        await self.house.settle()
        await clock.advance(span)
        await self.house.ticking.beat()
        await self.house.settle()


async def _template(policy: str) -> tuple[World, MemoryLedger, dict[str, Person]]:
    """Return a community that has begun: two founders, two inside, others around it; all know the keeper."""
    house = Household()
    people = {person.id: person for person in (Person(house.world, name) for name in NAMES)}
    await house.start()
    for person in people.values():
        await house.chat(person)
    paper = charter(policy)
    await house.found(paper.model_copy(update={"founders": ()}), *map(UserId, paper.founders))
    for person in list(people.values())[:5]:
        if person.id in paper.founders:
            # The second founder has not accepted the last rung yet.
            first = person.id == paper.founders[0]
            for key in ("", "/rung/friends", "/rung/partners") if first else ("", "/rung/friends"):
                await person.join(house.room(RoomKey(f"{_ROOT}{key}")))
        elif paper.door.join == "public":
            await person.join(house.room(_ROOT))
        else:
            await people[UserId(paper.founders[0])].invite(house.room(_ROOT), person.id)
            await house.settle()
            await person.join(house.room(_ROOT))
    await house.settle()
    for name in ("@cleo:hall.test", "@dan:hall.test"):
        await _risen(house, people, people[UserId(name)])
    for person in people.values():
        await _enter(house, person)
    await house.settle()
    await house.stop()
    assert isinstance(house.ledger, MemoryLedger)
    return house.world, house.ledger, {str(person.id): person for person in people.values()}


async def _enter(house: Household, person: Person) -> None:
    """Have somebody go into every room that is open to them."""
    for key, one in house.keeping.house.rooms.items():
        if len(key.split("/")) > 1 and key.startswith(_ROOT):
            try:
                await person.join(one.room)
            except Trouble:
                continue


async def _risen(house: Household, people: dict[UserId, Person], person: Person) -> None:
    """Have somebody come on to the first rung by its rule."""
    ann, ben = people[UserId("@ann:hall.test")], people[UserId("@ben:hall.test")]
    await ann.say(house.room(house.chats.key(ann.id)), f"!invite {person.id} to Friends")
    await house.settle()
    await ben.say(house.room(house.chats.key(ben.id)), f"!vouch for {person.id}")
    await house.settle()
    await person.join(house.room(RoomKey(f"{_ROOT}/rung/friends")))
    await house.settle()


def targets() -> Iterator[str]:
    """Yield everybody by their whole id."""
    for name in NAMES:
        yield name if name.startswith("@") else f"@{name}:hall.test"
