"""Promises of hearing: people are answered where they ask, once, and nothing else is."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from crewhall.charter.model import Place
from crewhall.flows.manners import Manners
from crewhall.testing import Person
from crewhall.testing.household import CHARTER, Household
from crewhall.testing.letters import letter_of

LOBBY = "rivendell/place/lobby"


@pytest.fixture
async def house() -> AsyncIterator[Household]:
    async with Household() as house:
        await house.found()
        await house.come(house.ann, house.ben, house.cleo)
        yield house
        assert house.troubles == []


async def ask(house: Household, person: Person, room: str, text: str, **more: object) -> list[str]:
    event = await person.send(room, "m.room.message", {"msgtype": "m.text", "body": text, **more})
    await house.settle()
    return house.answers(event)


async def test_help_is_answered_as_a_quiet_reply(house: Household) -> None:
    event = await house.ann.say(house.room(LOBBY), "!help")
    await house.settle()
    (said,) = house.said(house.room(LOBBY))
    assert "!crew start" in str(said.content["body"])
    assert said.content["msgtype"] == "m.notice"
    assert said.content["m.mentions"] == {}
    assert said.content["m.relates_to"] == {"m.in_reply_to": {"event_id": event}}


async def test_starting_a_crew_gives_a_room_and_the_answer_links_to_it(house: Household) -> None:
    event = await house.ann.say(house.room(LOBBY), f"!crew start Lantern {house.ben.id}")
    await house.settle()
    (answer,) = house.answers(event)
    room = house.room("rivendell/crew/lantern")
    assert room in answer
    assert house.reactions(event) == ["✅"]
    assert house.world.room(room).membership(house.ben.id) == "invite"


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("!crew start", "!crew start NAME"),
        ("!crew strat Lantern", "!crew start NAME"),
        ("!hlep", "!help [TOPIC]"),
        ("!help crews", "!crew invite"),
        ("!help !crew end", "!crew end"),
        ("!help cooking", "no topic or command “cooking”"),
        ("!" + "x" * 3000, "too long"),
        ("!crew start \u202e\u200b", "!crew start NAME"),
        ("!crew ask Nowhere", "no crew “Nowhere”"),
        ("!crew invite @nobody", "names nobody"),
        ("!found Elsewhere", "Only the operators"),
        ("!why", "open to everybody in Rivendell"),
        ("!me", "You have been in Rivendell"),
    ],
)
async def test_half_and_wrong_commands_are_answered_too(house: Household, text: str, hint: str) -> None:
    (answer,) = await ask(house, house.ann, house.room(LOBBY), text)
    assert hint in answer


@pytest.mark.parametrize(
    ("text", "more"),
    [
        ("hello", {}),
        ("!!!", {}),
        ("! help", {}),
        ("!poll lunch", {}),
        ("see !help", {}),
        ("!help", {"msgtype": "m.notice"}),
        ("!help", {"msgtype": "m.emote"}),
        ("!help", {"m.relates_to": {"rel_type": "m.replace", "event_id": "$x"}}),
        ("* !help", {"m.new_content": {"msgtype": "m.text", "body": "!help"}}),
        ("!help", {"msgtype": 7}),
        ("", {}),
    ],
)
async def test_nothing_else_is_answered(house: Household, text: str, more: dict[str, object]) -> None:
    room = house.room(LOBBY)
    event = house.world.append(
        house.world.room(room), house.ann.id, "m.room.message", {"msgtype": "m.text", "body": text, **more}
    )
    await house.settle()
    assert house.answers(event.id) == []
    assert list(await house.ledger.waiting()) == []


async def test_where_the_keeper_does_not_listen_it_is_silent(house: Household) -> None:
    await house.ann.join(house.room("rivendell/place/quiet"))
    assert await ask(house, house.ann, house.room("rivendell/place/quiet"), "!help") == []


async def test_in_an_encrypted_room_even_a_plain_command_is_not_answered(house: Household) -> None:
    await ask(house, house.ann, house.room(LOBBY), f"!crew start Lantern {house.ben.id}")
    room = house.room("rivendell/crew/lantern")
    await house.ann.join(room)
    assert await ask(house, house.ann, room, "!help") == []
    assert house.said(room) == []


async def test_the_keepers_own_words_are_not_heard(house: Household) -> None:
    event = await house.homeserver.send(
        house.room(LOBBY), "m.room.message", {"msgtype": "m.text", "body": "!help"}, "t"
    )
    await house.settle()
    assert house.answers(event) == []


async def test_a_command_in_a_thread_is_answered_in_the_thread(house: Household) -> None:
    room = house.room(LOBBY)
    root = await house.ann.say(room, "let us talk")
    relation = {"rel_type": "m.thread", "event_id": root}
    event = await house.ann.send(
        room, "m.room.message", {"msgtype": "m.text", "body": "!me", "m.relates_to": relation}
    )
    await house.settle()
    assert house.said(room)[-1].content["m.relates_to"] == {
        "rel_type": "m.thread",
        "event_id": root,
        "is_falling_back": False,
        "m.in_reply_to": {"event_id": event},
    }


async def test_a_command_told_twice_is_answered_once(house: Household) -> None:
    event = await house.ann.say(house.room(LOBBY), f"!crew start Lantern {house.ben.id}")
    letters = house.letters()
    for _ in range(3):
        await house.push(letters)
    await house.settle()
    await house.push([*letters, *reversed(letters)])
    await house.settle()
    assert len(house.answers(event)) == 1
    assert [str(k) for k in house.keeping.house.rooms if "/crew/" in k] == ["rivendell/crew/lantern"]


async def test_a_soft_failed_command_is_not_heard(house: Household) -> None:
    event = await house.ann.say(house.room(LOBBY), "!help")
    (letter,) = [one for one in house.letters() if one["event_id"] == event]
    letter["unsigned"] = {"io.element.synapse.soft_failed": True}
    await house.push([letter])
    await house.settle()
    assert house.answers(event) == []


async def test_what_waited_while_the_service_was_down_is_answered(house: Household) -> None:
    await house.stop()
    event = await house.ann.say(house.room(LOBBY), "!help")
    await house.world.clock.sleep(timedelta(hours=20))
    await house.start()
    await house.settle()
    assert len(house.answers(event)) == 1


async def test_what_was_taken_in_before_a_crash_is_answered_after_it(house: Household) -> None:
    event = await house.ann.say(house.room(LOBBY), "!help")
    await house.ledger.take_in(house.letters(), house.world.clock.now())
    await house.stop()
    await house.start()
    await house.settle()
    assert len(house.answers(event)) == 1


async def test_what_comes_too_late_is_told_so(house: Household) -> None:
    event = await house.ann.say(house.room(LOBBY), f"!crew start Lantern {house.ben.id}")
    await house.world.clock.sleep(timedelta(hours=25))
    await house.settle()
    (answer,) = house.answers(event)
    assert "24 hours" in answer
    assert not any("/crew/" in key for key in house.keeping.house.rooms)


async def test_a_private_chat_needs_no_sign_and_answers_anything(house: Household) -> None:
    room = await house.chat(house.ann)
    assert "!crew start" in (await ask(house, house.ann, room, "help"))[0]
    assert "You have been in Rivendell" in (await ask(house, house.ann, room, "me"))[0]
    (answer,) = await ask(house, house.ann, room, "how are you?")
    assert answer == "I understand only commands. !help shows them."


async def test_others_are_not_told_what_is_for_ones_own_ears(house: Household) -> None:
    lobby, chat = house.room(LOBBY), await house.chat(house.ann)
    await ask(house, house.ann, chat, f"!crew start Lantern {house.ben.id} unlisted")
    (told,) = await ask(house, house.ann, lobby, "!me")
    assert "Lantern" not in told
    assert "private chat" in told
    before = len(house.said(chat))
    for name in ("Lantern", "Nothing"):
        assert await ask(house, house.ann, lobby, f"!why {name}") == []
    own, unknown = [str(said.content["body"]) for said in house.said(chat)[before:]]
    assert "Lantern" in own
    assert "“Nothing”" in unknown
    assert (await ask(house, house.ben, lobby, "!crew"))[0].count("Lantern") == 0


async def test_why_finds_rooms_by_name_address_and_id(house: Household) -> None:
    chat = await house.chat(house.ann)
    lobby = house.room(LOBBY)
    for named in ("Lobby", "lobby", "lobBy", f"#_crewhall_rivendell_place_lobby:{house.world.server}", lobby):
        (told,) = await ask(house, house.ann, chat, f"!why {named}")
        assert "Lobby is open to everybody" in told, named
    assert "!why [ROOM or CREW]" in (await ask(house, house.ann, chat, "!why"))[0]


async def test_in_a_private_chat_the_community_is_asked_for_if_there_are_several(house: Household) -> None:
    other = CHARTER.model_copy(update={"key": "lorien", "name": "Lórien"})
    chat = await house.chat(house.ann)
    await house.found(other)
    assert "There is no crew in Rivendell" in (await ask(house, house.ann, chat, "crew"))[0]
    await house.ann.join(house.room("lorien"))
    await house.settle()
    (told,) = await ask(house, house.ann, chat, "crew")
    assert "Lórien and Rivendell" in told
    assert "in NAME" in told
    for name, place in (("lorien", "Lórien"), ("Lórien", "Lórien"), ("RIVENDELL", "Rivendell")):
        assert f"no crew in {place}" in (await ask(house, house.ann, chat, f"crew in {name}"))[0]
    (both,) = await ask(house, house.ann, chat, "me")
    assert "Lórien" in both
    assert "Rivendell" in both


async def test_somebody_in_no_community_is_told_so(house: Household) -> None:
    dan = Person(house.world, "dan")
    chat = await house.chat(dan)
    for text in ("me", "crew", "!crew start X"):
        assert "You are in no community here" in (await ask(house, dan, chat, text))[0]


async def test_an_operator_founds_a_community_in_chat(house: Household) -> None:
    op = Person(house.world, "op")
    chat = await house.chat(op)
    event = await op.say(chat, "!found Bree")
    await house.settle()
    (answer,) = house.answers(event)
    assert house.room("bree") in answer
    assert house.world.room(house.room("bree")).membership(op.id) == "invite"


async def test_a_flood_is_told_once_and_then_met_by_silence() -> None:
    async with Household(manners=Manners(commands_per_minute=5)) as house:
        await house.found()
        await house.come(house.ann, house.ben)
        room = house.room(LOBBY)
        for _ in range(300):
            await house.ann.say(room, "!me")
        event = await house.ben.say(room, "!me")
        await house.settle()
        said = [str(one.content["body"]) for one in house.said(room)]
        assert len(said) == 7
        assert sum("5 commands a minute" in one for one in said) == 1
        assert len(house.answers(event)) == 1
        assert list(await house.ledger.waiting()) == []
        await house.world.clock.sleep(timedelta(minutes=2))
        assert len(await ask(house, house.ann, room, "!me")) == 1


async def test_what_was_said_in_an_existing_room_before_the_keeper_came_is_left_alone() -> None:
    async with Household() as house:
        room = await house.ann.create_room({"name": "Old", "preset": "private_chat"})
        old = await house.ann.say(room, "!help")
        charter = CHARTER.model_copy(
            update={"places": (*CHARTER.places, Place(key="old", name="Old", adopt=room))}
        )
        await house.found(charter)
        await house.world.clock.sleep(timedelta(seconds=5))
        await house.ann.invite(room, house.me)
        await house.settle()
        assert house.room("rivendell/place/old") == room
        assert house.answers(old) == []
        assert len(await ask(house, house.ann, room, "!help")) == 1
        await house.push([{**letter_of(old)(house.world), "event_id": "$again"}])
        await house.rest()
        assert house.answers(old) == []
