"""Promises of the voice: each thing once, in order, where it belongs, and nothing holds up others."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import timedelta

import pytest

from crewhall.ground.ids import EventId, RoomId, RoomKey, UserId
from crewhall.ground.talk import Card, Reply, Say, Sentence, ToPerson, ToRoom
from crewhall.ports import Entry, Outgoing
from crewhall.testing import Mishap
from crewhall.testing.events import Event
from crewhall.testing.household import Household
from crewhall.testing.ledger import MemoryLedger

LOBBY, QUIET = RoomKey("rivendell/place/lobby"), RoomKey("rivendell/place/quiet")
CARD = Card("crews.ask", "rivendell/crew/lantern/$x", ("👍", "👎"))


@pytest.fixture
async def house() -> AsyncIterator[Household]:
    async with Household() as house:
        await house.found()
        await house.come(house.ann, house.ben)
        yield house


def words(text: str) -> Sentence:
    return Sentence("crew-unknown", {"name": text})


async def say(house: Household, cause: str, *says: Say, settle: bool = True, **more: object) -> None:
    entry = Entry(cause, house.world.clock.now(), says=says, **more)  # type: ignore[arg-type]
    await house.keeping.record(entry)
    if settle:
        await house.settle()


def bodies(house: Household, room: str) -> list[str]:
    return [str(one.content["body"]).split("“")[1].split("”")[0] for one in house.said(room)]


def relation(event: Event) -> Mapping[str, object]:
    found = event.content.get("m.relates_to")
    return found if isinstance(found, Mapping) else {}


async def test_things_are_said_in_order_whatever_goes_wrong(house: Household) -> None:
    faults = house.homeserver.faults
    faults.only, faults.break_every, faults.lose_every, faults.limit_every = frozenset({"send"}), 3, 4, 5
    for n in range(30):
        await say(house, f"$c{n}", Say(ToRoom(LOBBY), words(str(n))), settle=False)
    await house.settle()
    assert bodies(house, house.room(LOBBY)) == [str(n) for n in range(30)]
    assert list(await house.ledger.unsaid()) == []


async def test_a_crash_between_saying_and_noting_it_says_nothing_twice(house: Household) -> None:
    faults = house.homeserver.faults
    faults.only, faults.lose_every = frozenset({"send"}), 1
    await say(house, "$c", Say(ToRoom(LOBBY), words("once"), card=CARD), settle=False)
    while not house.said(house.room(LOBBY)):
        await house.world.clock.sleep(timedelta(seconds=1))
    await house.stop()
    faults.lose_every = 0
    await house.start()
    await house.settle()
    (card,) = house.said(house.room(LOBBY))
    assert house.reactions(card.id) == ["👍", "👎"]


async def test_what_was_not_said_before_a_crash_is_said_after_it(house: Household) -> None:
    house.homeserver.faults.stopped = True
    await say(house, "$c", Say(ToRoom(LOBBY), words("late")), settle=False)
    await house.stop()
    house.homeserver.faults.stopped = False
    await house.start()
    await house.settle()
    assert bodies(house, house.room(LOBBY)) == ["late"]


async def test_a_room_that_cannot_be_reached_holds_up_no_other(house: Household) -> None:
    house.homeserver.faults.script = deque([Mishap.LIMITED])
    await say(house, "$a", Say(ToRoom(LOBBY), words("a")), settle=False)
    await say(house, "$b", Say(ToRoom(QUIET), words("b")), settle=False)
    await house.voice.idle()
    assert bodies(house, house.room(QUIET)) == ["b"]
    await house.settle()
    assert bodies(house, house.room(LOBBY)) == ["a"]


async def test_what_tells_of_a_room_waits_for_it_and_holds_up_nothing(house: Household) -> None:
    await house.ann.say(house.room(LOBBY), f"!crew start Lantern {house.ben.id}")
    house.homeserver.faults.only = frozenset({"create_room"})
    house.homeserver.faults.break_every = 1
    await house.push(house.letters())
    await house.workers.idle()
    await say(house, "$b", Say(ToRoom(LOBBY), words("b")), settle=False)
    await house.voice.idle()
    assert bodies(house, house.room(LOBBY)) == ["b"]
    house.homeserver.faults.break_every = 0
    await house.settle()
    assert "has a room" in str(house.said(house.room(LOBBY))[-1].content["body"])


async def test_many_things_that_wait_do_not_hide_what_can_be_said(house: Household) -> None:
    house.homeserver.faults.only = frozenset({"create_room"})
    house.homeserver.faults.break_every = 1
    for n in range(250):
        person = UserId(f"@p{n}:hall.test")
        await say(house, f"$h{n}", Say(ToPerson(person), words("x")), settle=False)
    await say(house, "$b", Say(ToRoom(LOBBY), words("b")), settle=False)
    await house.voice.idle()
    assert bodies(house, house.room(LOBBY)) == ["b"]


async def test_what_must_not_be_missed_mentions_whom_it_is_for(house: Household) -> None:
    chat = await house.chat(house.ann)
    event = await house.ann.say(house.room(LOBBY), "hello")
    asked = {"room": house.room(LOBBY), "event": event, "asker": house.ann.id}
    await say(house, "$1", Say(ToPerson(house.ann.id), words("1"), must=True))
    await say(house, "$2", Say(Reply(), words("2"), must=True), **asked)
    await say(house, "$3", Say(ToRoom(LOBBY), words("3"), must=True))
    await say(house, "$4", Say(ToRoom(LOBBY), words("4")))
    told = [house.said(chat)[-1], *house.said(house.room(LOBBY))]
    assert [one.content["msgtype"] for one in told] == ["m.text", "m.text", "m.text", "m.notice"]
    ann = {"user_ids": [house.ann.id]}
    assert [one.content["m.mentions"] for one in told] == [ann, ann, {}, {}]


async def test_a_card_said_again_is_an_edit_and_calls_nobody(house: Household) -> None:
    await say(house, "$1", Say(ToRoom(LOBBY), words("asked"), must=True, card=CARD))
    for n in (2, 3):
        await say(house, f"${n}", Say(ToRoom(LOBBY), words(f"done {n}"), must=True, card=CARD))
    first, *edits = house.said(house.room(LOBBY))
    assert [relation(edit) for edit in edits] == [{"rel_type": "m.replace", "event_id": first.id}] * 2
    new = edits[-1].content["m.new_content"]
    assert isinstance(new, Mapping)
    assert "done 3" in str(new["body"])
    assert str(edits[-1].content["body"]).startswith("* ")
    assert edits[-1].content["m.mentions"] == {}
    assert house.reactions(first.id) == ["👍", "👎"]
    posted = await house.ledger.card(house.room(LOBBY), first.id)
    assert posted is not None


async def test_a_card_stands_once_in_each_room(house: Household) -> None:
    for n in range(2):
        await say(house, f"${n}", *(Say(ToRoom(key), words(f"{n}"), card=CARD) for key in (LOBBY, QUIET)))
    for key in (LOBBY, QUIET):
        assert [bool(relation(one)) for one in house.said(house.room(key))] == [False, True]


async def test_an_acknowledgement_is_a_reaction_and_may_stand_already(house: Household) -> None:
    event = await house.ann.say(house.room(LOBBY), "hello")
    for n in range(2):
        await say(house, f"${n}", room=house.room(LOBBY), event=event, ack="✅")
    assert house.reactions(event) == ["✅"]
    assert list(await house.ledger.unsaid()) == []
    assert house.troubles == []


async def test_the_answer_goes_out_before_the_acknowledgement(house: Household) -> None:
    event = await house.ann.say(house.room(LOBBY), "hello")
    asked = {"room": house.room(LOBBY), "event": event, "ack": "✅"}
    house.homeserver.calls.clear()
    await say(house, "$1", Say(Reply(), words("first")), **asked)
    ours = [e.kind for e in house.world.room(house.room(LOBBY)).timeline if e.sender == house.me]
    assert ours[-2:] == ["m.room.message", "m.reaction"]
    assert house.homeserver.calls.by_kind == {"send": 2}


async def test_nothing_is_ever_said_in_an_encrypted_room(house: Household) -> None:
    await house.ann.say(house.room(LOBBY), f"!crew start Lantern {house.ben.id}")
    await house.settle()
    key = RoomKey("rivendell/crew/lantern")
    await say(house, "$1", Say(ToRoom(key), words("leak")))
    assert house.said(house.room(key)) == []
    assert [type(trouble).__name__ for trouble in house.troubles] == ["Unsayable"]
    assert list(await house.ledger.unsaid()) == []


@pytest.mark.parametrize(
    "to", [ToRoom(RoomKey("rivendell/crew/nothing")), ToRoom(RoomKey("gone/place/lobby")), Reply()]
)
async def test_what_has_nowhere_to_go_is_given_up(house: Household, to: Reply | ToRoom) -> None:
    await say(house, "$1", Say(to, words("x")))
    assert list(await house.ledger.unsaid()) == []


async def test_what_is_refused_for_good_is_given_up_and_the_next_is_said(house: Household) -> None:
    elsewhere = await house.ann.create_room({})
    gone = {"room": elsewhere, "event": EventId("$e"), "asker": house.ann.id}
    await say(house, "$1", Say(Reply(), words("x")), **gone)
    await say(house, "$2", Say(Reply(), words("x")), **{**gone, "room": RoomId("!nowhere")})
    await say(house, "$3", Say(ToRoom(LOBBY), Sentence("no-such-words")))
    await say(house, "$4", Say(ToRoom(LOBBY), words("next")))
    assert bodies(house, house.room(LOBBY)) == ["next"]
    assert list(await house.ledger.unsaid()) == []
    assert len(house.troubles) == 3


async def test_a_refused_token_loses_nothing(house: Household) -> None:
    house.homeserver.faults.stopped = True
    for n in range(3):
        await say(house, f"${n}", Say(ToRoom(LOBBY), words(str(n))), settle=False)
    await house.voice.idle()
    assert len(await house.ledger.unsaid()) == 3
    house.homeserver.faults.stopped = False
    await house.settle()
    assert bodies(house, house.room(LOBBY)) == ["0", "1", "2"]


class Counting(MemoryLedger):
    """A ledger that counts what is read of the outbox."""

    read = 0

    async def unsaid(self, limit: int = 100, after: int = 0) -> Sequence[Outgoing]:
        found = await super().unsaid(limit, after)
        self.read += len(found)
        return found


async def test_what_waits_is_read_once_however_much_waits() -> None:
    ledger, gate = Counting(), asyncio.Event()
    async with Household(ledger=ledger) as house:
        await house.found()
        await house.come(house.ann)
        send, ledger.read = house.homeserver.send, 0

        async def slow(room: RoomId, kind: str, content: Mapping[str, object], txn: str) -> EventId:
            await gate.wait()
            return await send(room, kind, content, txn)

        house.homeserver.send = slow  # type: ignore[method-assign] # a homeserver that hangs
        for n in range(300):
            await say(house, f"$c{n}", Say(ToRoom(LOBBY), words(str(n))), settle=False)
            for _ in range(5):
                await asyncio.sleep(0)
        gate.set()
        await house.settle()
        assert bodies(house, house.room(LOBBY)) == [str(n) for n in range(300)]
        assert ledger.read <= 2 * 300
