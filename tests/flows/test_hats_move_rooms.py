"""Rooms follow hats both ways: what is offered and accepted becomes levels, and goes with the hat."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from crewhall.charter.model import Charter
from crewhall.ground.ids import EventId
from crewhall.testing import Person
from crewhall.testing.household import Household

ROOT, LOBBY, FRIENDS, COMMONS = (
    "rivendell", "rivendell/place/lobby", "rivendell/rung/friends", "rivendell/rung/friends/commons",
)  # fmt: skip
CHARTER = Charter.model_validate(
    {
        "key": "rivendell",
        "name": "Rivendell",
        "places": [{"key": "lobby", "name": "Lobby"}],
        "door": {"join": "public"},
        "rungs": [
            {
                "key": "friends",
                "name": "Friends",
                "door": {"propose": "friends"},
                "rooms": [{"key": "commons", "name": "Commons"}],
            }
        ],
        "hats": [
            {
                "key": "welcome",
                "name": "Welcome",
                "given": {"by": "friends"},
                "needs": "friends",
                "may": ["pin"],
                "where": ["friends"],
            }
        ],
    }
)


@pytest.fixture
async def house() -> AsyncIterator[Household]:
    """Ann and Ben founded, and Cleo is a Friend too."""
    async with Household() as house:
        await house.found(CHARTER, house.ann.id, house.ben.id)
        await house.come(house.ann, house.ben, house.cleo)
        for person in (house.ann, house.ben, house.cleo):
            await house.chat(person)
        await say(house, house.ann, f"!invite {house.cleo.id} to Friends")
        for person in (house.ann, house.ben, house.cleo):
            for key in (FRIENDS, COMMONS):
                await person.join(house.room(key))
                await house.settle()
        yield house
        assert house.troubles == []


async def say(house: Household, person: Person, line: str) -> EventId:
    event = await person.say(house.room(house.chats.key(person.id)), line)
    await house.settle()
    return event


async def accept(house: Household, person: Person, hat: str) -> None:
    chat = house.room(house.chats.key(person.id))
    card = next(e.id for e in reversed(house.said(chat)) if f"the hat {hat}" in str(e.content["body"]))
    await person.react(chat, card, "✅")
    await house.settle()


def level(house: Household, person: Person, key: str) -> int:
    users = (house.world.room(house.room(key)).content("m.room.power_levels") or {}).get("users")
    return users.get(person.id, 0) if isinstance(users, dict) else 0


async def test_a_hats_right_comes_with_the_yes_and_goes_with_the_hat(house: Household) -> None:
    offer = await say(house, house.ann, f"!hat offer Welcome to {house.cleo.id}")
    assert "Their yes counts until" in house.answers(offer)[0]
    assert level(house, house.cleo, COMMONS) == 0
    await accept(house, house.cleo, "Welcome")
    assert [level(house, house.cleo, key) for key in (FRIENDS, COMMONS, LOBBY, ROOT)] == [10, 10, 0, 0]
    await say(house, house.cleo, "!hat drop Welcome")
    assert [level(house, house.cleo, key) for key in (FRIENDS, COMMONS)] == [0, 0]


async def test_a_hat_goes_with_the_rung_it_needs_in_the_same_moment(house: Household) -> None:
    await say(house, house.ann, f"!hat offer Welcome to {house.cleo.id}")
    await accept(house, house.cleo, "Welcome")
    await house.cleo.leave(house.room(FRIENDS))
    await house.settle()
    assert [level(house, house.cleo, key) for key in (FRIENDS, COMMONS)] == [0, 0]


async def test_the_keys_are_handed_on_and_the_last_key_stays(house: Household) -> None:
    await say(house, house.ann, f"!hat offer Keys to {house.cleo.id}")
    await accept(house, house.cleo, "Keys")
    assert level(house, house.cleo, ROOT) == level(house, house.ann, ROOT) == 100
    await say(house, house.ann, "!hat drop Keys")
    await say(house, house.ben, "!hat drop Keys")
    assert [level(house, person, ROOT) for person in (house.ann, house.ben, house.cleo)] == [0, 0, 100]
    refused = await say(house, house.cleo, "!hat drop Keys")
    assert "Offer it to somebody first" in house.answers(refused)[0]
    await house.cleo.leave(house.room(ROOT))
    await house.settle()
    assert level(house, house.cleo, ROOT) == 100
    chat = house.room(house.chats.key(house.ann.id))
    await house.world.clock.advance(timedelta(minutes=2))
    await house.ticking.beat()
    await house.settle()
    assert "The only key of Rivendell is held by" in str(house.said(chat)[-1].content["body"])


async def test_a_hat_worn_and_lost_is_the_same_after_a_restart(house: Household) -> None:
    await say(house, house.ann, f"!hat offer Welcome to {house.cleo.id}")
    await house.stop()
    await house.start()
    await accept(house, house.cleo, "Welcome")
    assert level(house, house.cleo, COMMONS) == 10
    await house.stop()
    await house.cleo.leave(house.room(FRIENDS))
    await house.start()
    await house.settle()
    assert level(house, house.cleo, COMMONS) == 0


async def test_a_key_that_nobody_else_had_in_a_room_goes_once_somebody_has(house: Household) -> None:
    await house.ann.leave(house.room(COMMONS))
    await say(house, house.ben, "!hat drop keys")
    assert [level(house, house.ben, key) for key in (ROOT, COMMONS)] == [0, 100]
    await house.ann.join(house.room(COMMONS))
    await house.settle()
    assert level(house, house.ben, COMMONS) == 0
