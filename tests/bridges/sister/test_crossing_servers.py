"""A crew across three servers, with three whole services: from its call to its life after the links' end."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from datetime import timedelta
from typing import Any

import pytest

from crewhall.ground.ids import RoomId
from crewhall.testing.people import Person
from crewhall.testing.sisters import Home
from crewhall_bridges.sister.crossing.told import offered

YES, THUMB = "✅", "👍"
CREW = "shire/crew/lantern"
Opens = Callable[..., AbstractAsyncContextManager[Any]]


async def link(all_: Any, one: Home, other: Home) -> None:
    """Link two communities; each has one person decide."""
    for home, them in ((one, other), (other, one)):
        await home.tell(home.ann, f"!link with {them.me}")
        await all_.settle()
    for home in (one, other):
        chat = home.room(home.chats.key(home.ann.id))
        card = [c for c in home.cards(chat) if "proposes to link with" in str(c.content["body"])][-1]
        await home.ann.react(chat, card.id, YES)
        await all_.settle()


async def chat(all_: Any, person: Person, home: Home) -> RoomId:
    """Have somebody of another server write to this keeper: it opens their private chat."""
    await person.create_room({"invite": [home.me], "is_direct": True, "preset": "trusted_private_chat"})
    await all_.settle()
    room = home.room(home.chats.key(person.id))
    await person.join(room)
    await all_.settle()
    return room


async def take_seat(all_: Any, person: Person, home: Home) -> None:
    """Have somebody ask for a seat, be admitted by everybody's yes, and come."""
    room = await chat(all_, person, home)
    await person.say(room, "!crew ask Lantern")
    await all_.settle()
    own = home.room(home.chats.key(home.ann.id))
    card = [c for c in home.cards(own) if "asks for a seat" in str(c.content["body"])][-1]
    await home.ann.react(own, card.id, THUMB)
    await all_.settle()
    await person.join(home.room(CREW))
    await all_.settle()


def members(home: Home, room: str) -> set[str]:
    return {str(person) for person in home.world.rooms[RoomId(room)].joined}


def offers(home: Home) -> list[str]:
    hall = home.keeping.house.halls[home.charter.key]  # type: ignore[index] # a key
    return [f"{call.name} {call.seats}" for _, call in offered(hall, home.world.clock.now())]


@pytest.fixture
async def three(pairs: Opens) -> AsyncIterator[Any]:
    """A crew of Shire's that calls Dale and Bree, and has one of each."""
    async with pairs("bree", flows=["guests", "crews"]) as all_:
        ours, dale, bree = all_.homes
        await link(all_, ours, dale)
        await link(all_, ours, bree)
        await ours.tell(ours.ann, "!crew start Lantern")
        await all_.settle()
        await ours.ann.join(ours.room(CREW))
        await all_.settle()
        await ours.tell(ours.ann, "!crew open to dale and bree agreements We ask first")
        await all_.settle()
        assert offers(dale) == offers(bree) == ["Lantern 7"]
        for home in (dale, bree):
            await take_seat(all_, home.ann, ours)
        yield all_


async def test_a_crew_across_three_servers_outlives_its_links_and_an_absence(three: Any) -> None:
    ours, dale, bree = three.homes
    room, people = ours.room(CREW), {str(home.ann.id) for home in three.homes}
    assert people <= members(ours, room)
    await three.wait(timedelta(minutes=70))
    assert offers(dale) == offers(bree) == ["Lantern 5"]

    await ours.tell(ours.ann, "!unlink dale")
    await bree.tell(bree.ann, f"!link close crews with {ours.me}")
    await three.wait(timedelta(minutes=70))
    assert offers(dale) == offers(bree) == []
    assert people <= members(ours, room)

    dale.stop_homeserver()
    for _ in range(7):
        await three.wait(timedelta(days=1))
    await ours.ann.say(room, "still here")
    await bree.ann.say(room, "me too")
    await three.settle()
    assert people <= members(ours, room)
    dale.start_homeserver(late=True)
    await three.wait(timedelta(minutes=70))
    said = [str(e.content.get("body")) for e in dale.world.rooms[room].timeline if e.kind == "m.room.message"]
    assert said[-2:] == ["still here", "me too"]

    own = ours.room(ours.chats.key(dale.ann.id))
    asked = await dale.ann.say(own, "!crew")
    await three.settle()
    (told,) = ours.answers(asked)
    assert "We ask first" in told
    assert all(str(home.ann.id) in told for home in three.homes)
    assert [home.troubles for home in three.homes] == [[], [], []]


async def test_after_the_end_nobody_new_comes_by_the_call(three: Any) -> None:
    ours, dale, _ = three.homes
    await ours.tell(ours.ann, "!unlink dale")
    await three.settle()
    room = await chat(three, dale.ben, ours)
    asked = await dale.ben.say(room, "!crew ask Lantern")
    await three.settle()
    (told,) = ours.answers(asked)
    assert "calls people of sisters" in told
    assert dale.ben.id not in members(ours, ours.room(CREW))


async def test_a_member_from_a_sister_decides_as_any_other_and_can_leave(three: Any) -> None:
    ours, dale, bree = three.homes
    room = await chat(three, bree.ben, ours)
    await bree.ben.say(room, "!crew ask Lantern")
    await three.settle()
    own = ours.room(ours.chats.key(dale.ann.id))
    card = [c for c in ours.cards(own) if "asks for a seat" in str(c.content["body"])][-1]
    await dale.ann.react(own, card.id, THUMB)
    await three.settle()
    await bree.ben.join(ours.room(CREW))
    await three.settle()
    assert str(bree.ben.id) in members(ours, ours.room(CREW))
    await dale.ann.leave(ours.room(CREW))
    await three.wait(timedelta(minutes=70))
    assert str(dale.ann.id) not in members(ours, ours.room(CREW))
