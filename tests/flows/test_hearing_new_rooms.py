"""Promises about rooms that the ledger does not know: ours are waited for, others cost next to nothing."""

from dataclasses import replace
from datetime import timedelta

import pytest

from crewhall.errors import TryLater
from crewhall.flows.chats import Chats
from crewhall.flows.hearing import Hearing
from crewhall.flows.keeping import Keeping
from crewhall.ground.facts import HOUSE, ChatNamed, RoomOpened, Writing
from crewhall.ground.ids import EventId, RoomId, RoomKey
from crewhall.ground.rooms import LOCATOR, NewRoom, StatePut
from crewhall.ports import Entry, Incoming
from crewhall.testing import FakeHomeserver, Person, ToldClock, World
from crewhall.testing.household import Household
from crewhall.testing.ledger import MemoryLedger
from crewhall.testing.letters import letter_of

KEY = RoomKey("chat/0123456789abcdef")


class Ear:
    """A hearing whose keeper has just made a chat with Ann, and not written it down yet."""

    def __init__(self) -> None:
        self.world = World(clock=ToldClock())
        self.homeserver = FakeHomeserver(self.world)
        self.keeping = Keeping(MemoryLedger())
        self.ann = Person(self.world, "ann")
        clock = self.world.clock
        chats = Chats(self.keeping, clock, b"secret")
        self.hearing = Hearing(self.keeping, self.homeserver, clock, chats, poke=lambda _keys: None)

    async def record(self, *facts: ChatNamed | RoomOpened) -> None:
        writings = tuple(Writing(HOUSE, fact) for fact in facts)
        await self.keeping.record(Entry(repr(facts), self.world.clock.now(), writings))

    async def make(self, key: str) -> RoomId:
        levels = {"users": {}, "events_default": 0, "state_default": 100, "invite": 100}
        locator = StatePut(LOCATOR, "", {"key": key, "v": 1})
        new = NewRoom(
            alias="_crewhall_x", version="12", powers=levels, state=(locator,), invite=(self.ann.id,)
        )
        room = await self.homeserver.create_room(new)
        await self.ann.join(room)
        return room

    async def heard(self, event: EventId) -> Incoming:
        (incoming,) = await self.keeping.ledger.take_in(
            [letter_of(event)(self.world)], self.world.clock.now()
        )
        return incoming


async def test_what_is_said_in_a_room_that_is_just_being_made_is_not_lost() -> None:
    ear = Ear()
    await ear.record(ChatNamed(ear.ann.id, KEY))
    room = await ear.make(KEY)
    incoming = await ear.heard(await ear.ann.say(room, "help"))
    with pytest.raises(TryLater):
        await ear.hearing.hear(incoming)
    await ear.record(RoomOpened(KEY, room, "12"))
    assert await ear.hearing.hear(incoming)
    assert len(await ear.keeping.ledger.unsaid()) == 1


@pytest.mark.parametrize("key", ["chat/of-nobody", "rivendell/place/lobby", ""])
async def test_a_strangers_room_is_looked_at_once_and_forgotten(key: str) -> None:
    ear = Ear()
    await ear.record(ChatNamed(ear.ann.id, KEY))
    room = await ear.make(key)
    for n in range(50):
        assert not await ear.hearing.hear(await ear.heard(await ear.ann.say(room, f"!help {n}")))
    assert ear.homeserver.calls.by_kind["state"] == 1
    assert list(await ear.keeping.ledger.unsaid()) == []


async def test_nobody_waits_for_a_room_for_ever() -> None:
    ear = Ear()
    await ear.record(ChatNamed(ear.ann.id, KEY))
    room = await ear.make(KEY)
    incoming = await ear.heard(await ear.ann.say(room, "help"))
    assert isinstance(ear.world.clock, ToldClock)
    await ear.world.clock.advance(timedelta(minutes=6))
    assert not await ear.hearing.hear(incoming)


async def test_nobody_waits_for_a_room_that_was_closed() -> None:
    async with Household() as house:
        await house.found()
        await house.come(house.ann)
        chat = await house.chat(house.ann)
        await house.ann.say(chat, "!crew start Lantern")
        await house.settle()
        room = house.room("rivendell/crew/lantern")
        await house.ann.join(room)
        await house.settle()
        await house.ann.leave(room)
        letters = house.letters()
        await house.push(letters)
        await house.settle()
        assert house.homeserver.me not in house.world.room(room).joined
        last = house.world.events[EventId(str(letters[-1]["event_id"]))]
        late = replace(last, id=EventId("$late"))
        house.world.events[late.id] = late
        await house.push([letter_of(late.id)(house.world)])
        await house.settle()
        assert house.troubles == []
