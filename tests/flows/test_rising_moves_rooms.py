"""Rooms follow standing both ways: what is decided becomes invitations, open doors, levels, and their end."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from crewhall.charter.model import Charter
from crewhall.ground.ids import EventId
from crewhall.testing import Person
from crewhall.testing.household import Household

ROOT, LOBBY, FRIENDS, COMMONS, PARTNERS, HEARTH = (
    "rivendell", "rivendell/place/lobby", "rivendell/rung/friends", "rivendell/rung/friends/commons",
    "rivendell/rung/partners", "rivendell/rung/partners/hearth",
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
            },
            {
                "key": "partners",
                "name": "Partners",
                "asks": "Carry a share.",
                "level": 40,
                "door": {
                    "propose": "partners",
                    "vouches": {"count": 1, "of": "partners"},
                    "consent": {"of": "partners", "days": 2},
                    "private": True,
                },
                "rooms": [{"key": "hearth", "name": "Hearth"}],
            },
        ],
    }
)


@pytest.fixture
async def house() -> AsyncIterator[Household]:
    """Ann, Ben and Dan founded; Cleo is inside; it is Monday again."""
    async with Household() as house:
        dan = Person(house.world, "dan")
        await house.found(CHARTER, house.ann.id, house.ben.id, dan.id)
        for person in (house.ann, house.ben, dan):
            for key in (FRIENDS, COMMONS, PARTNERS, HEARTH):
                await person.join(house.room(key))
        await house.come(house.ann, house.ben, house.cleo, dan)
        for person in (house.ann, house.ben, house.cleo):
            await house.chat(person)
        await later(house, days=7)
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


def where(house: Household, person: Person, key: str) -> str | None:
    return house.world.room(house.room(key)).membership(person.id)


def level(house: Household, person: Person, key: str) -> int:
    content = house.world.room(house.room(key)).content("m.room.power_levels") or {}
    users = content.get("users")
    return users.get(person.id, 0) if isinstance(users, dict) else 0


def card(house: Household, person: Person) -> EventId:
    said = house.said(house.room(house.chats.key(person.id)))
    return next(e.id for e in reversed(said) if "proposes" in str(e.content["body"]))


async def cleo_is_a_friend(house: Household) -> None:
    await says(house, house.ann, f"!invite {house.cleo.id} to Friends")
    await house.cleo.join(house.room(FRIENDS))
    await house.settle()
    await house.cleo.join(house.room(COMMONS))
    await house.settle()


async def test_up_by_proposal_vouch_consent_and_the_yes_and_down_by_ones_own_word(house: Household) -> None:
    await cleo_is_a_friend(house)
    await says(house, house.ann, f"!invite {house.cleo.id} to Partners")
    await house.ben.react(house.room(house.chats.key(house.ben.id)), card(house, house.ben), "👍")
    await house.settle()
    assert not where(house, house.cleo, PARTNERS)
    await later(house, days=2)
    assert where(house, house.cleo, PARTNERS) == "invite"
    assert level(house, house.cleo, ROOT) == 0
    words = str(house.said(house.room(house.chats.key(house.cleo.id)))[-1].content["body"])
    assert words.startswith("@ann:")
    assert "Carry a share." in words
    assert "decline it" in words
    await house.cleo.join(house.room(PARTNERS))
    await house.settle()
    assert [level(house, house.cleo, key) for key in (ROOT, PARTNERS, HEARTH)] == [40, 40, 40]
    await house.cleo.join(house.room(HEARTH))
    await house.settle()
    await says(house, house.cleo, "!step down")
    assert where(house, house.cleo, PARTNERS) == where(house, house.cleo, HEARTH) == "leave"
    assert where(house, house.cleo, COMMONS) == "join"
    assert [level(house, house.cleo, key) for key in (ROOT, PARTNERS, HEARTH)] == [0, 0, 0]


async def test_leaving_the_rungs_space_is_stepping_down(house: Household) -> None:
    await cleo_is_a_friend(house)
    await house.cleo.leave(house.room(FRIENDS))
    await house.settle()
    assert where(house, house.cleo, COMMONS) == "leave"
    assert where(house, house.cleo, FRIENDS) == "leave"


async def test_declining_is_the_end_of_it_and_nobody_is_told(house: Household) -> None:
    await says(house, house.ann, f"!invite {house.cleo.id} to Friends")
    said = sum(len(house.said(house.room(house.chats.key(p.id)))) for p in (house.ann, house.ben))
    await house.cleo.leave(house.room(FRIENDS))
    await house.settle()
    await later(house, days=40)
    assert where(house, house.cleo, FRIENDS) == "leave"
    assert said == sum(len(house.said(house.room(house.chats.key(p.id)))) for p in (house.ann, house.ben))


async def test_an_invitation_by_hand_that_is_early_is_taken_back_and_comes_when_the_rule_is_met(
    house: Household,
) -> None:
    await cleo_is_a_friend(house)
    await house.ann.invite(house.room(PARTNERS), house.cleo.id)
    await house.settle()
    assert where(house, house.cleo, PARTNERS) == "leave"
    told = str(house.said(house.room(house.chats.key(house.ann.id)))[-1].content["body"])
    assert "which I took back" in told
    await says(house, house.ben, f"!vouch {house.cleo.id}")
    await later(house, days=2)
    assert where(house, house.cleo, PARTNERS) == "invite"


async def test_who_slips_in_behind_an_early_invitation_is_put_out_again(house: Household) -> None:
    await cleo_is_a_friend(house)
    await house.ann.invite(house.room(PARTNERS), house.cleo.id)
    await house.cleo.join(house.room(PARTNERS))
    await house.settle()
    assert where(house, house.cleo, PARTNERS) == "leave"
    assert level(house, house.cleo, ROOT) == 0


async def test_a_restart_in_the_middle_forgets_nothing_and_asks_nobody_twice(house: Household) -> None:
    await cleo_is_a_friend(house)
    await says(house, house.ann, f"!invite {house.cleo.id} to Partners")
    await says(house, house.ben, f"!vouch {house.cleo.id}")
    asked = len(house.said(house.room(house.chats.key(house.ben.id))))
    await house.stop()
    await house.start()
    await house.settle()
    assert asked == len(house.said(house.room(house.chats.key(house.ben.id))))
    await later(house, days=2)
    assert where(house, house.cleo, PARTNERS) == "invite"
    invitations = [
        e for e in house.said(house.room(house.chats.key(house.cleo.id))) if "Partners" in str(e.content)
    ]
    assert len(invitations) == 1


async def test_a_step_costs_only_the_unavoidable_calls(house: Household) -> None:
    """Up: the invitation, and a level in each place where the rung has one. Down: the levels, the doors."""
    await cleo_is_a_friend(house)
    calls = house.homeserver.calls
    calls.clear()
    await says(house, house.ann, f"!invite {house.cleo.id} to Partners")
    await says(house, house.ben, f"!vouch {house.cleo.id}")
    await later(house, days=2)
    assert calls.by_kind["invite"] == 1
    assert "put_state" not in calls.by_kind
    calls.clear()
    await house.cleo.join(house.room(PARTNERS))
    await house.settle()
    assert calls.by_kind["put_state"] == 3  # levels in the root, the rung's space and its room
    await house.cleo.join(house.room(HEARTH))
    await house.settle()
    calls.clear()
    await says(house, house.cleo, "!step down")
    assert calls.by_kind["put_state"] == 3
    assert calls.by_kind["remove"] == 2
