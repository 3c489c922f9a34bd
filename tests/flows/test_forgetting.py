"""Who asks to be forgotten is told what that means, leaves everything, and leaves no byte behind."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from crewhall import house as rules
from crewhall.adapters.ledger import SqliteLedger
from crewhall.adapters.migrations import backup_of
from crewhall.charter.model import Charter
from crewhall.ground.ids import EventId
from crewhall.testing import Person
from crewhall.testing.household import CHARTER, Household

HATTED = Charter.model_validate(
    CHARTER.model_dump()
    | {
        "hats": [{"key": "scribe", "name": "Scribe", "about": "Writes.", "holders": 1}],
        "removal": {"propose": "anyone", "of": "anyone", "share": 51, "days": 5},
        "rungs": [
            {
                "key": "friends",
                "name": "Friends",
                "rooms": [{"key": "commons", "name": "Commons"}],
                "door": {"propose": "anyone", "vouches": {"count": 2, "of": "anyone"}},
            }
        ],
    }
)


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[Household]:
    """Ann, Ben and Cleo are inside, Ann and Ben hold the keys; the ledger is a file."""
    async with (
        SqliteLedger.open(tmp_path / "ledger.db", rules.FACTS) as ledger,
        Household(ledger=ledger) as house,
    ):
        await house.found(HATTED, house.ann.id, house.ben.id)
        await house.come(house.ann, house.ben, house.cleo)
        for person in (house.ann, house.ben, house.cleo):
            await house.chat(person)
        yield house
        assert house.troubles == []


async def says(house: Household, person: Person, line: str) -> EventId:
    event = await person.say(house.room(house.chats.key(person.id)), line)
    await house.settle()
    return event


async def beat(house: Household, beats: int = 8, **span: float) -> None:
    await house.world.clock.advance(timedelta(**span))
    for _ in range(beats):
        await house.world.clock.advance(timedelta(seconds=5))
        await house.ticking.beat()
        await house.settle()


async def asks(house: Household, person: Person) -> EventId:
    await says(house, person, "!forget me")
    return house.said(house.room(house.chats.key(person.id)))[-1].id


async def agrees(house: Household, person: Person, question: EventId) -> None:
    await person.react(house.room(house.chats.key(person.id)), question, "✅")
    await house.settle()


def found(folder: Path, name: str) -> list[str]:
    needles = {name.encode(), name.replace("@", "%40").replace(":", "%3A").encode()}
    return [
        one.name for one in folder.rglob("*") if one.is_file() and any(n in one.read_bytes() for n in needles)
    ]


def is_in(house: Household, person: Person) -> list[str]:
    return [
        str(key)
        for key, opened in house.keeping.house.rooms.items()
        if house.world.room(opened.room).membership(person.id) in {"join", "invite", "knock"}
    ]


async def test_what_is_known_is_told_privately_with_what_is_not_kept(house: Household) -> None:
    await says(house, house.cleo, "!crew start @ben:" + house.world.server + " Lantern")
    event = await house.cleo.say(house.room("rivendell/place/lobby"), "!what do you know about me")
    await house.settle()
    assert house.answers(event) == []
    told = str(house.said(house.room(house.chats.key(house.cleo.id)))[-1].content["body"])
    for part in (house.cleo.id, "You have been in Rivendell", "Lantern", "records name you", "I do not keep"):
        assert part in told
    assert house.ann.id not in told


async def test_no_byte_of_somebody_forgotten_stays(house: Household, tmp_path: Path) -> None:
    cleo = house.cleo
    await says(house, cleo, f"!crew start {house.ben.id} Lantern")
    await says(house, house.ann, f"!hat offer Scribe {cleo.id}")
    question = await asks(house, cleo)
    copy = backup_of(tmp_path / "ledger.db", "1")
    copy.write_text(cleo.id)  # what an update leaves behind
    assert {"ledger.db-wal", copy.name} <= set(found(tmp_path, cleo.id))  # or the search would prove nothing
    chat = house.room(house.chats.key(cleo.id))
    told = str(house.said(chat)[-1].content["body"])
    assert all(part in told for part in ("you leave every community", "cannot recall", "without your name"))
    await beat(house)
    assert is_in(house, cleo)  # asking is not yet going
    await agrees(house, cleo, question)
    await beat(house)
    assert found(tmp_path, cleo.id) == []
    assert is_in(house, cleo) == []
    assert house.world.room(chat).membership(cleo.id) == "leave"
    assert house.world.room(chat).membership(house.me) == "leave"
    assert cleo.id not in repr(house.keeping.house)
    assert not house.keeping.house.leaving
    await beat(house, days=2)  # looks, ticks and due questions do not bring the name back
    assert found(tmp_path, cleo.id) == []
    await house.stop()
    await house.start()
    await beat(house, hours=3)
    assert found(tmp_path, cleo.id) == []
    assert is_in(house, cleo) == []


async def test_a_keyholder_gives_up_the_key_before_they_are_forgotten(
    house: Household, tmp_path: Path
) -> None:
    await agrees(house, house.ben, await asks(house, house.ben))
    await beat(house)
    hall = house.keeping.house.halls[CHARTER.key]
    assert set(hall.keyholders) == {house.ann.id}
    assert set(hall.inside) == {house.ann.id, house.cleo.id}
    assert found(tmp_path, house.ben.id) == []
    powers = house.world.room(house.room("rivendell")).content("m.room.power_levels") or {}
    assert house.ben.id not in str(powers)


async def test_the_last_key_is_handed_on_first(house: Household) -> None:
    await house.ben.leave(house.room("rivendell"))
    await house.settle()
    event = await says(house, house.ann, "!forget me")
    assert "the last key of Rivendell" in house.answers(event)[0]
    await beat(house)
    assert house.ann.id in house.keeping.house.halls[CHARTER.key].inside


async def test_a_yes_after_a_day_is_too_late(house: Household) -> None:
    question = await asks(house, house.cleo)
    await beat(house, days=1, hours=1)
    await agrees(house, house.cleo, question)
    await beat(house)
    assert house.cleo.id in house.keeping.house.halls[CHARTER.key].inside
    assert "older than a day" in str(
        house.said(house.room(house.chats.key(house.cleo.id)))[-1].content["body"]
    )


async def test_nobody_can_say_yes_for_somebody_else(house: Household) -> None:
    question = await asks(house, house.cleo)
    await house.ann.react(house.room("rivendell/place/lobby"), question, "✅")
    await house.settle()
    assert not house.keeping.house.leaving


@pytest.mark.parametrize("beats", [0, 1, 2, 3, 4])
async def test_a_restart_in_the_middle_finishes_the_forgetting(
    house: Household, tmp_path: Path, beats: int
) -> None:
    await agrees(house, house.cleo, await asks(house, house.cleo))
    await beat(house, beats)
    await house.stop()
    await house.start()
    await beat(house)
    assert found(tmp_path, house.cleo.id) == []
    assert is_in(house, house.cleo) == []


async def test_who_comes_back_is_somebody_new(house: Household) -> None:
    await agrees(house, house.cleo, await asks(house, house.cleo))
    await beat(house)
    await house.come(house.cleo)
    await house.chat(house.cleo)
    told = await says(house, house.cleo, "!what")
    assert "2 records name you" in house.answers(told)[0]
    assert house.cleo.id in house.keeping.house.halls[CHARTER.key].inside


def heard(house: Household, person: Person) -> str:
    """What somebody was told in their chat, their cards as they read now."""
    said = house.said(house.room(house.chats.key(person.id)))
    return "\n".join(str(one.content.get("m.new_content", one.content)) for one in said)


async def is_forgotten(house: Household, person: Person, folder: Path) -> None:
    await agrees(house, person, await asks(house, person))
    await beat(house, 12)
    assert found(folder, person.id) == []
    assert is_in(house, person) == []
    assert not house.keeping.house.leaving


async def test_a_proposal_of_somebody_who_goes_is_taken_back(house: Household, tmp_path: Path) -> None:
    await says(house, house.ann, f"!invite {house.cleo.id} to Friends")
    await is_forgotten(house, house.cleo, tmp_path)
    lobby = house.said(house.room("rivendell/place/lobby"))
    assert "is no longer proposed for Friends" in str(lobby[-1].content["body"])
    await beat(house, days=30)
    assert not any("ProposalLapsed" in repr(r.fact) for r in await house.ledger.since(0))


async def test_a_question_whether_somebody_is_put_out_ends_when_they_go(
    house: Household, tmp_path: Path
) -> None:
    await says(house, house.ann, f"!remove {house.cleo.id} because of care")
    await is_forgotten(house, house.cleo, tmp_path)
    for other in (house.ann, house.ben):
        assert "has left Rivendell for good. There is nothing left to answer." in heard(house, other)
    await beat(house, days=30)
    assert not house.keeping.house.halls[CHARTER.key].shut_out


async def test_an_offered_hat_is_offered_no_longer(house: Household, tmp_path: Path) -> None:
    await says(house, house.ann, f"!hat offer Scribe {house.cleo.id}")
    await is_forgotten(house, house.cleo, tmp_path)
    records = [type(r.fact).__name__ for r in await house.ledger.since(0)]
    assert records.count("HatOfferWithdrawn") == 1


async def pauses(house: Household, person: Person) -> None:
    for by in (house.ann, house.ben):
        await says(house, by, f"!pause {person.id} for 3 days because of care")
    await beat(house)
    assert person.id in house.keeping.house.halls[CHARTER.key].shut_out


async def test_who_is_paused_is_forgotten_when_the_pause_is_over(house: Household, tmp_path: Path) -> None:
    question = await asks(house, house.cleo)
    await pauses(house, house.cleo)
    event = await says(house, house.cleo, "!forget me")
    assert "The doors of Rivendell are closed for you for some days" in house.answers(event)[0]
    await agrees(house, house.cleo, question)
    assert not house.keeping.house.leaving
    await beat(house, days=4)
    await is_forgotten(house, house.cleo, tmp_path)


async def test_who_was_put_out_stays_out_by_the_homeserver(house: Household, tmp_path: Path) -> None:
    await says(house, house.ann, f"!remove {house.cleo.id} because of care")
    for by in (house.ann, house.ben):
        chat = house.room(house.chats.key(by.id))
        cards = [one.id for one in house.said(chat) if "👍 says yes" in str(one.content["body"])]
        await by.react(chat, cards[-1], "👍")
        await house.settle()
    await beat(house, days=10)
    assert house.cleo.id in house.keeping.house.halls[CHARTER.key].shut_out
    await asks(house, house.cleo)
    assert "the space stays closed to your address" in heard(house, house.cleo)
    await beat(house)
    await is_forgotten(house, house.cleo, tmp_path)
    root = house.world.room(house.room("rivendell"))
    assert root.membership(house.cleo.id) == "ban"
    await beat(house, hours=3)
    assert root.membership(house.cleo.id) == "ban"


async def test_nobody_is_invited_in_the_place_of_somebody_forgotten(house: Household) -> None:
    await says(house, house.ann, f"!crew start {house.cleo.id} Lantern")
    await agrees(house, house.cleo, await asks(house, house.cleo))
    await beat(house, 12)
    keys = list(rules.rooms(house.keeping.house))
    wishes = [rules.wish(house.keeping.house, key) for key in keys]
    assert not any(one.endswith(":invalid") for wish in wishes if wish for one in wish.invited)
