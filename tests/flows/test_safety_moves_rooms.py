"""Doors close and open in the rooms themselves: by two, at once, for some days; or for good, slowly."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from crewhall import house as rules
from crewhall.charter.model import Charter
from crewhall.ground.ids import EventId
from crewhall.testing import Person
from crewhall.testing.household import Household

ROOT, LOBBY, FRIENDS, COMMONS = (
    "rivendell", "rivendell/place/lobby", "rivendell/rung/friends", "rivendell/rung/friends/commons",
)  # fmt: skip
ROOMS = (ROOT, LOBBY, FRIENDS, COMMONS)
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
                "level": 40,
                "door": {"propose": "friends"},
                "rooms": [{"key": "commons", "name": "Commons"}],
            },
        ],
        "removal": {"of": "friends", "days": 5},
    }
)


class Rivendell(Household):
    """A house with a third founder."""

    def __init__(self) -> None:
        super().__init__()
        self.dan = Person(self.world, "dan")


@pytest.fixture
async def house() -> AsyncIterator[Rivendell]:
    """Ann, Ben and Dan founded and hold the keys; Cleo is a friend; it is Monday again."""
    async with Rivendell() as house:
        dan = house.dan
        await house.found(CHARTER, house.ann.id, house.ben.id, dan.id)
        await house.come(house.ann, house.ben, dan, house.cleo)
        for person in (house.ann, house.ben, dan):
            await person.join(house.room(FRIENDS))
            await house.chat(person)
        await house.chat(house.cleo)
        await later(house, days=7)
        await says(house, house.ann, f"!invite {house.cleo.id} to Friends")
        await house.cleo.join(house.room(FRIENDS))
        await house.settle()
        for person in (house.ann, house.ben, dan, house.cleo):
            await person.join(house.room(COMMONS))
        await house.settle()
        yield house
        assert house.troubles == []


async def later(house: Household, *, days: float) -> None:
    await house.world.clock.advance(timedelta(days=days))
    await house.ticking.beat()
    await house.settle()


async def says(house: Household, person: Person, line: str) -> EventId:
    event = await person.say(house.room(house.chats.key(person.id)), line)
    await house.settle()
    return event


async def reacts(house: Household, person: Person, choice: str, words: str) -> None:
    """React to the latest card with these words."""
    chat = house.room(house.chats.key(person.id))
    card = next(e.id for e in reversed(house.said(chat)) if words in str(e.content["body"]))
    await person.react(chat, card, choice)
    await house.settle()


def where(house: Household, person: Person) -> list[str | None]:
    return [house.world.room(house.room(key)).membership(person.id) for key in ROOMS]


def levels(house: Household, person: Person) -> list[int]:
    found = []
    for key in ROOMS:
        content = house.world.room(house.room(key)).content("m.room.power_levels") or {}
        users = content.get("users")
        found.append(users.get(person.id, 0) if isinstance(users, dict) else 0)
    return found


def told(house: Household, person: Person) -> str:
    return "\n".join(str(e.content["body"]) for e in house.said(house.room(house.chats.key(person.id))))


async def paused(house: Household, person: Person) -> None:
    await says(house, house.ann, f"!pause {person.id} for 5 days because it cannot wait")
    await reacts(house, house.ben, "✅", "asks for a pause")


async def test_a_pause_waits_for_no_plan(house: Rivendell) -> None:
    """Dan holds the only key of a room that the others are not in: its levels wait for a yes, he does not."""
    await house.dan.join(house.room("rivendell/crews"))
    await house.settle()
    await paused(house, house.dan)
    assert "join" not in where(house, house.dan)
    assert house.world.room(house.room("rivendell/crews")).membership(house.dan.id) == "leave"


async def nothing_is_left_to_do(house: Household) -> None:
    """Have everything looked at once more: nothing is written."""
    calls = house.homeserver.calls
    calls.clear()
    house.poke(rules.rooms(house.keeping.house))
    await house.settle()
    assert calls.writes == 0


async def test_a_pause_closes_every_door_at_once_and_its_end_opens_them(house: Rivendell) -> None:
    assert where(house, house.cleo) == ["join"] * 4
    assert levels(house, house.cleo) == [40, 0, 40, 40]
    await says(house, house.ann, f"!pause {house.cleo.id} for 5 days because it cannot wait")
    assert where(house, house.cleo) == ["join"] * 4
    await reacts(house, house.ben, "✅", "asks for a pause")
    assert where(house, house.cleo) == ["leave"] * 4
    assert levels(house, house.cleo) == [0] * 4
    assert "have paused your way into Rivendell" in told(house, house.cleo)
    await nothing_is_left_to_do(house)
    await says(house, house.cleo, "!why Lobby")
    assert "It ends by itself" in told(house, house.cleo)
    await later(house, days=5)
    assert where(house, house.cleo) == ["invite", "leave", "invite", "leave"]
    assert levels(house, house.cleo) == [0] * 4
    for key in (ROOT, FRIENDS, LOBBY, COMMONS):
        await house.cleo.join(house.room(key))
        await house.settle()
    assert where(house, house.cleo) == ["join"] * 4
    assert levels(house, house.cleo) == [40, 0, 40, 40]
    await nothing_is_left_to_do(house)


async def test_whoever_comes_back_through_an_open_door_is_put_out_again(house: Rivendell) -> None:
    await paused(house, house.cleo)
    await house.cleo.join(house.room(ROOT))
    await house.settle()
    assert where(house, house.cleo) == ["leave"] * 4
    await house.ann.invite(house.room(FRIENDS), house.cleo.id)
    await house.settle()
    assert where(house, house.cleo) == ["leave"] * 4
    await later(house, days=5)
    assert where(house, house.cleo) == ["invite", "leave", "invite", "leave"]
    await nothing_is_left_to_do(house)


async def test_a_pause_that_ended_while_the_service_was_away_ends_when_it_is_back(house: Rivendell) -> None:
    await paused(house, house.cleo)
    await house.stop()
    await house.world.clock.advance(timedelta(days=20))
    await house.start()
    await later(house, days=0)
    assert where(house, house.cleo) == ["invite", "leave", "invite", "leave"]
    await house.cleo.leave(house.room(ROOT))
    await house.cleo.leave(house.room(FRIENDS))
    await house.settle()
    await nothing_is_left_to_do(house)
    assert where(house, house.cleo) == ["leave"] * 4


async def test_a_paused_keyholder_loses_the_level_and_has_it_again_afterwards(house: Rivendell) -> None:
    dan = house.dan
    assert levels(house, dan) == [100] * 4
    await paused(house, dan)
    assert where(house, dan) == ["leave"] * 4
    assert levels(house, dan) == [0] * 4
    await later(house, days=3)
    await reacts(house, house.ben, "▶️", "time to look at it again")
    assert where(house, dan) == ["invite", "leave", "invite", "leave"]
    for key in (ROOT, FRIENDS):
        await dan.join(house.room(key))
        await house.settle()
    assert levels(house, dan) == [100] * 4
    await nothing_is_left_to_do(house)


async def test_a_removal_takes_its_time_closes_the_doors_and_leaves_crews_alone(house: Rivendell) -> None:
    await says(house, house.cleo, f"!crew start Lantern {house.ann.id}")
    crew = next(key for key in house.keeping.house.rooms if key.startswith("rivendell/crew/"))
    await house.cleo.join(house.room(crew))
    await house.settle()
    await says(house, house.ann, f"!remove {house.cleo.id} because of what happened")
    assert "of what happened" in told(house, house.cleo)
    for person in (house.ann, house.ben, house.dan):
        await reacts(house, person, "👍", "leaves Rivendell")
    await later(house, days=6)
    assert where(house, house.cleo) == ["join"] * 4
    await later(house, days=1)
    assert where(house, house.cleo) == ["leave"] * 4
    assert levels(house, house.cleo) == [0] * 4
    assert house.world.room(house.room(crew)).membership(house.cleo.id) == "join"
    assert "3 of 3 said yes" in told(house, house.ben)
    await nothing_is_left_to_do(house)
    await says(house, house.ann, f"!readmit {house.cleo.id}")
    await reacts(house, house.ben, "✅", "come to Rivendell again")
    assert where(house, house.cleo) == ["invite", "leave", "leave", "leave"]
    await house.cleo.join(house.room(ROOT))
    await house.settle()
    await house.cleo.join(house.room(LOBBY))
    await house.settle()
    assert where(house, house.cleo) == ["join", "join", "leave", "leave"]
    await nothing_is_left_to_do(house)


async def test_nobody_else_hears_of_it(house: Rivendell) -> None:
    eve = Person(house.world, "eve")
    await house.come(eve)
    await house.chat(eve)
    before = {key: len(house.said(house.room(key))) for key in (LOBBY, COMMONS)}
    mine = told(house, eve)
    await paused(house, house.cleo)
    await says(house, house.ann, f"!remove {house.cleo.id} because of what happened")
    await later(house, days=40)
    assert told(house, eve) == mine
    assert before == {key: len(house.said(house.room(key))) for key in (LOBBY, COMMONS)}
