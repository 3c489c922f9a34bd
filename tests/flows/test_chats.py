"""Promises of private chats: plain, one a person, opened by the keeper, and never pressed on anybody."""

import pytest

from crewhall.testing import Person
from crewhall.testing.household import Household

LOBBY = "rivendell/place/lobby"
ENCRYPTED = {"type": "m.room.encryption", "state_key": "", "content": {"algorithm": "m.megolm.v1.aes-sha2"}}


def chats_of(house: Household) -> list[str]:
    return [key for key in house.keeping.house.rooms if key.startswith("chat/")]


async def start_chat(house: Household, person: Person, *, encrypted: bool) -> str:
    state = [ENCRYPTED] if encrypted else []
    body = {"invite": [house.me], "is_direct": True, "preset": "trusted_private_chat", "initial_state": state}
    room = await person.create_room(body)
    await house.settle()
    return room


@pytest.mark.parametrize("encrypted", [True, False])
async def test_a_chat_somebody_starts_is_met_with_an_invitation_to_a_plain_one(*, encrypted: bool) -> None:
    async with Household() as house:
        room = await start_chat(house, house.ann, encrypted=encrypted)
        assert house.world.room(room).membership(house.me) == "leave"
        own = house.room(house.chats.key(house.ann.id))
        assert house.world.room(own).membership(house.ann.id) == "invite"
        assert house.world.room(own).content("m.room.encryption") is None
        (said,) = house.said(own)
        assert "say here what you said there" in str(said.content["body"])
        assert said.content["msgtype"] == "m.text"
        assert said.content["m.mentions"] == {"user_ids": [house.ann.id]}
        assert house.troubles == []


async def test_there_is_one_chat_a_person_whatever_they_start() -> None:
    async with Household() as house:
        for encrypted in (True, False, True):
            await start_chat(house, house.ann, encrypted=encrypted)
        assert chats_of(house) == [house.chats.key(house.ann.id)]
        assert house.ann.id not in str(chats_of(house))


async def test_a_thousand_chats_of_one_person_are_declined_with_few_words() -> None:
    async with Household() as house:
        for _ in range(100):
            await house.ann.create_room({"invite": [house.me], "is_direct": True})
        await house.settle()
        own = house.room(house.chats.key(house.ann.id))
        assert len(house.said(own)) <= house.manners.commands_per_minute
        mine = house.world.memberships(house.me)
        assert {room for room, how in mine.items() if how == "invite"} == set()


async def test_who_left_their_chat_is_not_asked_in_again_unasked() -> None:
    async with Household() as house:
        await house.found()
        await house.come(house.ann, house.ben)
        chat = await house.chat(house.ann)
        said = len(house.said(chat))
        await house.ann.leave(chat)
        await house.settle()
        await house.ben.say(house.room(LOBBY), "!crew start Lantern")
        await house.settle()
        house.poke(list(house.keeping.house.rooms))
        await house.settle()
        assert house.world.room(chat).membership(house.ann.id) == "leave"
        assert len(house.said(chat)) == said
        answered = await house.ann.say(house.room(LOBBY), "!help")
        await house.settle()
        assert len(house.answers(answered)) == 1
        assert house.world.room(chat).membership(house.ann.id) == "leave"


async def test_who_left_their_chat_and_asks_again_is_invited_again() -> None:
    async with Household() as house:
        chat = await house.chat(house.ann)
        await house.ann.leave(chat)
        await house.settle()
        await start_chat(house, house.ann, encrypted=True)
        assert house.world.room(chat).membership(house.ann.id) == "invite"
        assert chats_of(house) == [house.chats.key(house.ann.id)]
        await house.ann.leave(chat)
        await house.settle()
        house.poke(list(house.keeping.house.rooms))
        await house.settle()
        assert house.world.room(chat).membership(house.ann.id) == "leave"


async def test_what_is_not_awaited_is_dropped_for_who_left() -> None:
    async with Household() as house:
        await house.found()
        await house.come(house.ann, house.ben, house.cleo)
        await house.ann.say(house.room(LOBBY), f"!crew start Lantern {house.ben.id}")
        await house.settle()
        for person in (house.ann, house.ben):
            await person.join(house.room("rivendell/crew/lantern"))
        chat = await house.chat(house.ann)
        await house.ann.leave(chat)
        await house.settle()
        said = len(house.said(chat))
        await house.cleo.say(house.room(LOBBY), "!crew ask Lantern")
        await house.settle()
        assert len(house.said(chat)) == said
        assert len(house.said(house.room(house.chats.key(house.ben.id)))) == 1
        assert list(await house.ledger.unsaid()) == []


async def test_a_chat_is_only_for_its_person() -> None:
    async with Household() as house:
        chat = await house.chat(house.ann)
        event = house.world.append(
            house.world.room(chat), house.ben.id, "m.room.message", {"msgtype": "m.text", "body": "help"}
        )
        await house.settle()
        assert house.answers(event.id) == []


async def test_strangers_rooms_and_spaces_are_not_entered() -> None:
    async with Household() as house:
        room = await house.ann.create_room({"name": "Party", "creation_content": {"type": "m.space"}})
        await house.ann.invite(room, house.me)
        await house.settle()
        assert house.world.room(room).membership(house.me) == "leave"


async def test_a_crash_between_declining_and_answering_loses_nothing() -> None:
    async with Household() as house:
        await house.ann.create_room({"invite": [house.me], "is_direct": True})
        await house.ledger.take_in(house.letters(), house.world.clock.now())
        for room, how in dict(house.world.memberships(house.me)).items():
            if how == "invite":
                await house.homeserver.leave(room)
        await house.stop()
        await house.start()
        await house.settle()
        assert len(house.said(house.room(house.chats.key(house.ann.id)))) == 1
