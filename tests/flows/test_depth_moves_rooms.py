"""A crew's depth becomes rooms: they appear when all say yes, shut when one closes, open again for all."""

from collections.abc import AsyncIterator, Mapping
from datetime import timedelta

import pytest

from crewhall.charter.model import Charter
from crewhall.ground.ids import CommunityKey, RoomKey
from crewhall.testing import Person
from crewhall.testing.household import Household

ROOT, LOBBY, CREWS = "rivendell", "rivendell/place/lobby", "rivendell/crews"
LANTERN, SPACE, BENCH = (f"rivendell/crew/lantern{end}" for end in ("", "/space", "/work/bench"))
CHARTER = Charter.model_validate(
    {
        "key": "rivendell",
        "name": "Rivendell",
        "places": [{"key": "lobby", "name": "Lobby", "post": "keyholders"}],
        "door": {"join": "public"},
        "crews": {
            "leaves": [
                {
                    "key": "work",
                    "name": "Work",
                    "rooms": [{"key": "bench", "name": "Bench"}],
                    "may": ["rooms"],
                    "post": ["lobby"],
                }
            ]
        },
    }
)


@pytest.fixture
async def house() -> AsyncIterator[Household]:
    """Ann and Ben have their seats in Lantern; Cleo is in the community."""
    async with Household() as house:
        await house.found(CHARTER, house.ann.id)
        await house.come(house.ann, house.ben, house.cleo)
        for person in (house.ann, house.ben, house.cleo):
            await house.chat(person)
        await says(house, house.ann, f"!crew start Lantern {house.ben.id}")
        for person in (house.ann, house.ben):
            await person.join(house.room(LANTERN))
        await house.settle()
        yield house
        assert house.troubles == []


async def says(house: Household, person: Person, line: str) -> str:
    event = await person.say(house.room(house.chats.key(person.id)), line)
    await house.settle()
    return "\n".join(house.answers(event))


async def agrees(house: Household, person: Person) -> None:
    """Say yes on the last card that asks about a leaf."""
    chat = house.room(house.chats.key(person.id))
    card = next(e.id for e in reversed(house.said(chat)) if "A 👍 says yes" in body(e.content))
    await person.react(chat, card, "👍")
    await house.settle()


def body(content: Mapping[str, object]) -> str:
    return "" if "m.new_content" in content else str(content["body"])


def where(house: Household, person: Person, key: str) -> str | None:
    return house.world.room(house.room(key)).membership(person.id)


def listed(house: Household, space: str) -> set[str]:
    """Return what stands in a space's list."""
    room = house.world.room(house.room(space))
    names = {house.room(key): key for key in (LOBBY, CREWS, LANTERN, SPACE, BENCH) if key in rooms(house)}
    found = (e for (kind, _), e in room.state.items() if kind == "m.space.child" and e.content)
    return {names[e.key] for e in found if e.key in names}


def rooms(house: Household) -> set[str]:
    return {key for key in house.keeping.house.rooms if key.startswith("rivendell")}


def powers(house: Household, key: str) -> Mapping[str, object]:
    return house.world.room(house.room(key)).content("m.room.power_levels") or {}


async def nothing_differs(house: Household) -> None:
    plan = await house.reconciler.plan(CommunityKey("rivendell"))
    assert not plan.steps


async def opened(house: Household) -> None:
    await says(house, house.ann, "!open work")
    await agrees(house, house.ben)
    for key in (SPACE, BENCH):
        for person in (house.ann, house.ben):
            await person.join(house.room(key))
    await house.settle()


async def test_the_rooms_appear_when_the_last_has_said_yes_and_stand_for_the_crew_in_the_list(
    house: Household,
) -> None:
    assert listed(house, CREWS) == {LANTERN}
    assert "All in Lantern are asked" in await says(house, house.ann, "!open work")
    assert SPACE not in rooms(house)
    await agrees(house, house.ben)
    assert {where(house, p, k) for p in (house.ann, house.ben) for k in (SPACE, BENCH)} == {"invite"}
    assert listed(house, CREWS) == {SPACE}
    assert listed(house, SPACE) == {LANTERN, BENCH}
    assert house.world.room(house.room(BENCH)).content("m.room.encryption")
    await nothing_differs(house)


async def test_rights_in_the_community_come_and_go_with_the_leaf(house: Household) -> None:
    before = powers(house, ROOT)
    await opened(house)
    users = powers(house, ROOT)["users"]
    assert isinstance(users, Mapping)
    assert users.get(house.ben.id, 0) >= 10
    assert powers(house, LOBBY)["users"][house.ben.id]
    await says(house, house.ben, "!close work")
    assert powers(house, ROOT)["users"] == before["users"]
    assert house.ben.id not in powers(house, LOBBY)["users"]
    await nothing_differs(house)


async def test_somebody_coming_in_shuts_the_rooms_and_is_let_in_when_all_have_said_yes_again(
    house: Household,
) -> None:
    await opened(house)
    await says(house, house.ann, f"!crew invite Lantern {house.cleo.id}")
    await house.cleo.join(house.room(LANTERN))
    await house.settle()
    assert powers(house, BENCH)["events_default"] == 100
    assert not where(house, house.cleo, BENCH)
    assert where(house, house.cleo, SPACE) == "invite"
    assert {where(house, p, BENCH) for p in (house.ann, house.ben)} == {"join"}
    assert house.ben.id not in powers(house, ROOT)["users"]
    await agrees(house, house.ann)
    await agrees(house, house.ben)
    assert not where(house, house.cleo, BENCH)
    await agrees(house, house.cleo)
    assert where(house, house.cleo, BENCH) == "invite"
    assert powers(house, BENCH)["events_default"] == 0
    assert powers(house, BENCH)["events"]["m.reaction"] == 0
    assert house.cleo.id in powers(house, ROOT)["users"]
    await nothing_differs(house)


async def test_closing_shuts_the_rooms_at_once_and_puts_nobody_out(house: Household) -> None:
    await opened(house)
    assert "Work is closed in Lantern" in await says(house, house.ben, "!close work")
    assert powers(house, BENCH)["events_default"] == 100
    assert {where(house, p, BENCH) for p in (house.ann, house.ben)} == {"join"}
    await says(house, house.ann, "!open work")
    assert powers(house, BENCH)["events_default"] == 100
    await agrees(house, house.ben)
    assert powers(house, BENCH)["events_default"] == 0
    await nothing_differs(house)


async def test_who_goes_out_of_a_leafs_room_stays_in_the_crew_and_is_not_asked_in_again(
    house: Household,
) -> None:
    await opened(house)
    await house.ben.leave(house.room(BENCH))
    await house.settle()
    house.poke([RoomKey(BENCH)])
    await house.settle()
    assert where(house, house.ben, BENCH) == "leave"
    assert where(house, house.ben, LANTERN) == "join"
    assert "invited again" in await says(house, house.ben, "!open work")
    assert where(house, house.ben, BENCH) == "invite"


async def test_who_is_invited_into_a_leafs_room_by_hand_is_not_let_in(house: Household) -> None:
    await opened(house)
    with pytest.raises(Exception, match="M_FORBIDDEN"):
        await house.ann.invite(house.room(BENCH), house.cleo.id)


async def test_who_leaves_the_crew_leaves_its_rooms_and_the_leaf_stays_open(house: Household) -> None:
    await opened(house)
    await says(house, house.ben, "!crew leave Lantern")
    assert {where(house, house.ben, key) for key in (LANTERN, SPACE, BENCH)} == {"leave"}
    assert powers(house, BENCH)["events_default"] == 0
    assert house.ben.id not in powers(house, ROOT)["users"]
    await nothing_differs(house)


@pytest.mark.parametrize("how", ["kept", "read-only", "forgotten"])
async def test_the_crews_rooms_end_together(house: Household, how: str) -> None:
    await opened(house)
    await says(house, house.ann, f"!crew end Lantern {how}")
    await says(house, house.ben, f"!crew end Lantern {how}")
    assert listed(house, CREWS) == set()
    if how == "forgotten":
        assert not rooms(house) & {LANTERN, SPACE, BENCH}
    else:
        assert listed(house, SPACE) == {LANTERN, BENCH}
        assert powers(house, BENCH)["events_default"] == (100 if how == "read-only" else 0)
    await nothing_differs(house)


async def test_a_restart_in_the_middle_asks_nobody_twice(house: Household) -> None:
    await says(house, house.ann, "!open work")
    asked = [len(house.said(house.room(house.chats.key(p.id)))) for p in (house.ann, house.ben)]
    await house.stop()
    await house.start()
    await house.world.clock.advance(timedelta(minutes=2))
    await house.ticking.beat()
    await house.settle()
    assert asked == [len(house.said(house.room(house.chats.key(p.id)))) for p in (house.ann, house.ben)]
    await agrees(house, house.ben)
    assert where(house, house.ann, BENCH) == "invite"


async def test_who_comes_back_into_the_community_has_what_the_crews_leaf_allows(house: Household) -> None:
    await says(house, house.ann, "!open work")
    await agrees(house, house.ben)
    lists = house.world.room(house.room(CREWS))
    assert lists.levels("users")[house.ben.id] == 20
    await house.ben.leave(house.room(ROOT))
    await house.settle()
    assert house.ben.id not in lists.levels("users")
    await house.ben.join(house.room(ROOT))
    await house.settle()
    assert lists.levels("users")[house.ben.id] == 20
