"""A decided change of the charter moves rooms: new ones appear, doors open, what it no longer has closes."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from crewhall.charter.model import Charter
from crewhall.ground.ids import EventId
from crewhall.testing import Person
from crewhall.testing.household import Household

FRIENDS, COMMONS = "rivendell/rung/friends", "rivendell/rung/friends/commons"
PARTNERS, HEARTH = "rivendell/rung/partners", "rivendell/rung/partners/hearth"
CHARTER = Charter.model_validate(
    {
        "key": "rivendell",
        "name": "Rivendell",
        "door": {"join": "public"},
        "places": [
            {"key": "lobby", "name": "Lobby"},
            {"key": "board", "name": "Noticeboard", "post": "keyholders"},
        ],
        "rungs": [
            {"key": "friends", "name": "Friends", "rooms": [{"key": "commons", "name": "Commons"}]},
            {
                "key": "partners",
                "name": "Partners",
                "level": 40,
                "rooms": [{"key": "hearth", "name": "Hearth"}],
            },
        ],
    }
)


@pytest.fixture
async def house() -> AsyncIterator[Household]:
    """Ann and Ben hold the keys; Cleo is a Friend and a Partner."""
    async with Household() as house:
        await house.found(CHARTER, house.ann.id, house.ben.id)
        await house.come(house.ann, house.ben, house.cleo)
        for key in (FRIENDS, PARTNERS):
            await house.ann.join(house.room(key))
            await house.ann.invite(house.room(key), house.cleo.id)
            await house.cleo.join(house.room(key))
        await house.settle()
        for key in (COMMONS, HEARTH):
            await house.cleo.join(house.room(key))
        for person in (house.ann, house.ben, house.cleo):
            await house.chat(person)
        yield house
        assert house.troubles == []


async def says(house: Household, person: Person, line: str) -> EventId:
    event = await person.say(house.room(house.chats.key(person.id)), line)
    await house.settle()
    return event


async def agrees(house: Household, person: Person) -> None:
    room = house.room(house.chats.key(person.id))
    card = next(e.id for e in reversed(house.said(room)) if "proposes" in str(e.content["body"]))
    await person.react(room, card, "✅")
    await house.settle()


def where(house: Household, person: Person, room: str) -> str | None:
    return house.world.room(room).membership(person.id)


def body(house: Household, room: str) -> str:
    return str(house.said(room)[-1].content["body"])


async def test_a_new_place_appears_once_it_is_decided_and_the_noticeboard_says_so(house: Household) -> None:
    event = await says(house, house.ann, "!charter add places kitchen as Kitchen")
    assert house.answers(event)[0].startswith("One other person is asked about this change")
    assert "rivendell/place/kitchen" not in house.keeping.house.rooms
    await agrees(house, house.ben)
    await house.cleo.join(house.room("rivendell/place/kitchen"))
    assert "places.kitchen: name: Kitchen (new)" in body(house, house.room("rivendell/place/board"))


async def test_a_rung_that_is_dropped_closes_with_its_rooms_and_what_it_gave(house: Household) -> None:
    space, hearth, root = house.room(PARTNERS), house.room(HEARTH), house.room("rivendell")
    await says(house, house.ann, "!charter drop rungs.partners")
    shown = body(house, house.room(house.chats.key(house.ben.id)))
    assert "2 people would lose a room." in shown
    assert "level would change." in shown
    await agrees(house, house.ben)
    for room in (space, hearth):
        assert where(house, house.cleo, room) == "leave"
        assert not house.world.room(room).joined
    users = (house.world.room(root).content("m.room.power_levels") or {})["users"]
    assert house.cleo.id not in users
    assert where(house, house.cleo, house.room(COMMONS)) == "join"
    listed = house.world.room(root).content("m.space.child", space)
    assert not listed


async def test_a_door_that_is_opened_to_knocks_is_open(house: Household) -> None:
    await says(house, house.ann, "!charter set door.join to knock")
    await agrees(house, house.ben)
    assert house.world.room(house.room("rivendell")).join_rule == "knock"


async def test_a_restart_in_the_middle_forgets_nothing_and_asks_nobody_twice(house: Household) -> None:
    chat = house.room(house.chats.key(house.ben.id))
    await says(house, house.ann, "!charter set changes.others to 0; changes.days to 0")
    asked = len(house.said(chat))
    await house.stop()
    await house.start()
    await house.settle()
    assert len(house.said(chat)) == asked
    await agrees(house, house.ben)
    assert house.keeping.house.halls[CHARTER.key].charter.changes.days == 0


async def test_what_is_not_decided_in_time_moves_nothing(house: Household) -> None:
    await says(house, house.ann, "!charter drop rungs.partners")
    house.homeserver.calls.clear()
    await house.world.clock.advance(timedelta(days=9))
    await house.ticking.beat()
    await house.settle()
    assert where(house, house.cleo, house.room(HEARTH)) == "join"
    assert "put_state" not in house.homeserver.calls.by_kind
    assert "too few said yes" in body(house, house.room(house.chats.key(house.ann.id)))
