"""A host who wants to be forgotten is; their guest stays until their day, and others look after it."""

import re
from datetime import timedelta
from typing import Any

YES = "✅"


def bodies(home: Any, person: Any) -> list[str]:
    return [str(one.content["body"]) for one in home.cards(home.room(home.chats.key(person.id)))]


async def reacts(pair: Any, home: Any, person: Any, part: str) -> None:
    chat = home.room(home.chats.key(person.id))
    card = next(one for one in reversed(home.cards(chat)) if part in one.content["body"])
    await person.react(chat, card.id, YES)
    await pair.settle()


async def visiting(pair: Any) -> None:
    """Have Ann of ours be a guest of Dale, hosted by Dale's Ann."""
    ours, dale = pair.ours, pair.dale
    await ours.tell(ours.ann, "!introduce me to dale")
    await pair.settle()
    await reacts(pair, ours, ours.ann, "This would be stated")
    word = re.findall(r"!introduced (\S+)", " ".join(bodies(ours, ours.ann)))[-1]
    await ours.ann.create_room({"invite": [dale.me], "is_direct": True, "preset": "trusted_private_chat"})
    await pair.settle()
    chat = dale.room(dale.chats.key(ours.ann.id))
    await ours.ann.join(chat)
    await ours.ann.say(chat, f"!introduced {word}")
    await pair.settle()
    await reacts(pair, dale, dale.ann, "with an introduction")
    await ours.ann.join(dale.room("dale"))
    await pair.settle()


async def test_a_host_is_forgotten_and_the_guest_stays_until_their_day(linked: Any) -> None:
    dale, guest = linked.dale, linked.ours.ann
    await visiting(linked)
    hall = next(iter(dale.keeping.house.halls.values()))
    assert dale.ben.id in hall.keyholders
    host = dale.ann.id
    await dale.tell(dale.ann, "!forget me")
    await linked.settle()
    await reacts(linked, dale, dale.ann, "React with ✅ within a day")
    for _ in range(15):
        await linked.wait(timedelta(minutes=1))
    assert not dale.keeping.house.leaving
    facts = [record.fact for record in await dale.ledger.since(0)]
    assert [type(fact).__name__ for fact in facts if host in repr(fact)] == [
        "Founded"
    ]  # this charter names founders
    hall = next(iter(dale.keeping.house.halls.values()))
    assert guest.id in hall.guests
    await linked.wait(timedelta(days=20))
    await guest.say(dale.room(dale.chats.key(guest.id)), "!extend 7")
    await linked.settle()
    await reacts(linked, dale, dale.ben, "would like to stay until")
    assert f"{dale.ben.id} says yes: Dale is open to you until" in bodies(dale, guest)[-1]
    await linked.wait(timedelta(days=40))
    hall = next(iter(dale.keeping.house.halls.values()))
    assert guest.id not in hall.guests
    assert dale.world.rooms[dale.room("dale")].membership(guest.id) == "leave"
    assert [home.troubles for home in linked.homes] == [[], []]
