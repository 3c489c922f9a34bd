"""A visit from one whole service to another: doors open and close on the homeserver, and then rest."""

import re
from datetime import timedelta
from typing import Any

from crewhall.testing.people import Person

YES = "✅"


def bodies(home: Any, chat: str) -> list[str]:
    return [str(one.content["body"]) for one in home.cards(chat)]


async def made(pair: Any) -> str:
    """Have Ann of ours introduced; return the word."""
    ours = pair.ours
    chat = ours.room(ours.chats.key(ours.ann.id))
    await ours.tell(ours.ann, "!introduce me to dale")
    await pair.settle()
    card = next(one for one in reversed(ours.cards(chat)) if "This would be stated" in one.content["body"])
    await ours.ann.react(chat, card.id, YES)
    await pair.settle()
    return re.findall(r"!introduced (\S+)", " ".join(bodies(ours, chat)))[-1]


async def chat_abroad(pair: Any) -> str:
    """Have Ann of ours talk in private with Dale's keeper."""
    dale, ann = pair.dale, pair.ours.ann
    await ann.create_room({"invite": [dale.me], "is_direct": True, "preset": "trusted_private_chat"})
    await pair.settle()
    room = dale.room(dale.chats.key(ann.id))
    await ann.join(room)
    await pair.settle()
    return str(room)


async def hosted(pair: Any, host: Person) -> None:
    dale = pair.dale
    chat = dale.room(dale.chats.key(host.id))
    card = next(one for one in reversed(dale.cards(chat)) if "with an introduction" in one.content["body"])
    await host.react(chat, card.id, YES)
    await pair.settle()


async def visiting(pair: Any) -> str:
    """Have Ann of ours be a guest of Dale, in its space and its lobby."""
    word = await made(pair)
    chat = await chat_abroad(pair)
    await pair.ours.ann.say(chat, f"!introduced {word}")
    await pair.settle()
    await hosted(pair, pair.dale.ann)
    for key in ("dale", "dale/place/lobby"):
        await pair.ours.ann.join(pair.dale.room(key))
        await pair.settle()
    return chat


def where(pair: Any) -> list[str]:
    """Return the rooms of Dale in which Ann of ours is, or into which she is invited."""
    ann, rooms = pair.ours.ann.id, pair.dale.keeping.house.rooms
    there = {key: pair.dale.world.rooms[one.room].membership(ann) for key, one in rooms.items()}
    return sorted(key for key, how in there.items() if how in {"join", "invite"} and key.startswith("dale"))


async def test_an_introduction_opens_doors_on_another_server(linked: Any) -> None:
    chat = await visiting(linked)
    assert where(linked) == ["dale", "dale/place/lobby"]
    heard = bodies(linked.dale, chat)
    assert sum("hosts you" in one for one in heard) == 1
    hall = next(iter(linked.dale.keeping.house.halls.values()))
    assert linked.ours.ann.id in hall.guests
    assert linked.ours.ann.id not in hall.inside
    assert [home.troubles for home in linked.homes] == [[], []]


async def test_closing_the_flow_empties_the_rooms_and_then_nothing_is_left_to_do(linked: Any) -> None:
    chat = await visiting(linked)
    await linked.dale.tell(linked.dale.ann, "!link close guests with ours.test")
    await linked.settle()
    assert where(linked) == []
    await linked.wait(timedelta(minutes=5))
    assert sum("your visit is over" in one for one in bodies(linked.dale, chat)) == 1
    for _ in range(2):  # the first look also notes that the guest is out
        before = linked.dale.keeping.house.seq
        linked.dale.homeserver.calls.clear()
        linked.dale.poke(list(linked.dale.keeping.house.rooms))
        await linked.settle()
    assert (linked.dale.homeserver.calls.writes, linked.dale.keeping.house.seq) == (0, before)


async def test_the_last_day_empties_the_rooms(linked: Any) -> None:
    chat = await visiting(linked)
    await linked.wait(timedelta(days=30))
    assert where(linked) == ["dale", "dale/place/lobby"]
    await linked.wait(timedelta(days=1))
    assert where(linked) == []
    assert sum("Thank you for having been here" in one for one in bodies(linked.dale, chat)) == 1


async def test_a_restart_forgets_neither_the_guest_nor_that_the_word_is_used(linked: Any) -> None:
    word = await made(linked)
    chat = await chat_abroad(linked)
    await linked.ours.ann.say(chat, f"!introduced {word}")
    await linked.settle()
    await linked.dale.stop()
    await linked.dale.start()
    await linked.ours.ann.say(chat, f"!introduced {word}")
    await linked.settle()
    heard = bodies(linked.dale, chat)
    assert sum("are asked already" in one for one in heard) == 1
    await hosted(linked, linked.dale.ann)
    assert where(linked) == ["dale"]


async def test_a_word_of_somebody_else_opens_nothing(linked: Any) -> None:
    word = await made(linked)
    thief = linked.ours.ben
    await thief.create_room({"invite": [linked.dale.me], "is_direct": True, "preset": "trusted_private_chat"})
    await linked.settle()
    chat = linked.dale.room(linked.dale.chats.key(thief.id))
    await thief.join(chat)
    await thief.say(chat, f"!introduced {word}")
    await linked.settle()
    assert "was made for somebody else" in bodies(linked.dale, chat)[-1]
    assert where(linked) == []


async def test_a_homeserver_that_was_down_as_the_flow_closed_empties_its_rooms_later(linked: Any) -> None:
    await visiting(linked)
    linked.ours.stop_homeserver()
    await linked.dale.tell(linked.dale.ann, "!link close guests with ours.test")
    await linked.settle()
    assert where(linked) == []
    linked.ours.start_homeserver(late=True)
    await linked.settle()
    room = linked.ours.world.rooms[linked.dale.room("dale/place/lobby")]
    assert linked.ours.ann.id not in room.joined
