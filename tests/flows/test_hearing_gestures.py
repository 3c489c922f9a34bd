"""Promises of hearing what people do: doubled, reordered, lost, replayed or late, it means the same once."""

import random
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from crewhall.ground.ids import EventId, RoomId, RoomKey
from crewhall.life.crews.crew import CREWS
from crewhall.testing import Person
from crewhall.testing.household import CHARTER, Household
from crewhall.testing.letters import letter_of

LOBBY, ROOT, FRIENDS = "rivendell/place/lobby", "rivendell", "rivendell/rung/friends"
LANTERN = "rivendell/crew/lantern"
ASKED, YES = "asks for a seat", "👍"


@pytest.fixture
async def house() -> AsyncIterator[Household]:
    async with Household() as house:
        await house.found()
        await house.come(house.ann, house.ben, house.cleo)
        yield house


def inside(house: Household, person: Person) -> bool:
    return person.id in house.keeping.house.halls[CHARTER.key].inside  # type: ignore[index]


def command(house: Household, person: Person) -> EventId:
    """Return what a person said last in the lobby."""
    timeline = house.world.room(house.room(LOBBY)).timeline
    return [e.id for e in timeline if e.sender == person.id and e.kind == "m.room.message"][-1]


def _cards(house: Household, room: str, *, but: EventId) -> list[EventId]:
    new = [one for one in house.said(room) if "m.new_content" not in one.content and one.id != but]
    return [one.id for one in new if ASKED in str(one.content["body"])]


async def open_crew(house: Household) -> tuple[RoomId, EventId]:
    """Have Ann and Ben in an open crew that Cleo asks for a seat; return its room and the card."""
    await house.ann.say(house.room(LOBBY), f"!crew start Lantern {house.ben.id} open")
    await house.settle()
    room = house.room("rivendell/crew/lantern")
    for person in (house.ann, house.ben):
        await person.join(room)
    await house.settle()
    await house.cleo.say(house.room(LOBBY), "!crew ask Lantern")
    await house.settle()
    return room, house.said(room)[-1].id


async def test_coming_and_going_are_learned_from_what_people_do(house: Household) -> None:
    assert inside(house, house.ann)
    await house.ann.leave(house.room(ROOT))
    await house.settle()
    assert not inside(house, house.ann)


async def test_what_was_never_told_is_learned_from_a_look(house: Household) -> None:
    await house.ann.leave(house.room(ROOT))
    assert house.letters()
    await house.rest()
    assert inside(house, house.ann)
    house.poke([house.keeping.house.keys[house.room(ROOT)]])
    await house.settle()
    assert not inside(house, house.ann)


async def test_a_look_that_shows_nothing_new_writes_nothing(house: Household) -> None:
    before = house.keeping.house.seq
    house.poke(list(house.keeping.house.rooms))
    house.homeserver.calls.clear()
    await house.settle()
    assert house.keeping.house.seq == before
    assert house.homeserver.calls.writes == 0


async def test_what_is_told_late_does_not_undo_what_a_look_has_shown(house: Household) -> None:
    root = house.room(ROOT)
    for _ in range(2):
        await house.ann.leave(root)
        await house.ann.join(root)
    await house.ann.leave(root)
    late = house.letters()
    await house.world.clock.sleep(timedelta(hours=1))
    house.poke([house.keeping.house.keys[root]])
    await house.settle()
    await house.push(late)
    await house.settle()
    assert not inside(house, house.ann)


@pytest.mark.parametrize("seed", range(12))
async def test_doubled_reordered_and_lost_events_end_as_the_room_is(house: Household, seed: int) -> None:
    luck = random.Random(seed)  # noqa: S311 - a repeatable shuffle
    root = house.room(ROOT)
    for person in (house.ann, house.ben, house.cleo):
        for _ in range(luck.randrange(4)):
            await person.leave(root)
            await person.join(root)
        if luck.random() < 0.5:
            await person.leave(root)
    await house.world.clock.sleep(timedelta(minutes=1))
    letters = house.letters()
    letters = [one for one in letters * 2 if luck.random() < 0.7]
    luck.shuffle(letters)
    for letter in letters:
        await house.push([letter])
        if luck.random() < 0.3:
            house.poke([house.keeping.house.keys[root]])
        await house.rest()
    house.poke([house.keeping.house.keys[root]])
    await house.settle()
    for person in (house.ann, house.ben, house.cleo):
        assert inside(house, person) == (house.world.room(root).membership(person.id) == "join")


async def test_who_is_not_to_be_in_a_room_is_looked_after_at_once(house: Household) -> None:
    await house.ann.say(house.room(LOBBY), f"!crew start Lantern {house.ben.id}")
    await house.settle()
    room = house.room("rivendell/crew/lantern")
    await house.ann.join(room)
    dan = Person(house.world, "dan")
    await house.ann.invite(room, dan.id)
    await house.settle()
    assert house.world.room(room).membership(dan.id) == "leave"
    (told,) = house.said(house.room(house.chats.key(house.ann.id)))
    assert "taken back" in str(told.content["body"])


async def test_a_room_changed_by_hand_is_looked_at(house: Household) -> None:
    op = Person(house.world, f"@keen:{house.world.server}")
    root = house.room(ROOT)
    await op.join(root)
    levels = dict(house.world.room(root).content("m.room.power_levels") or {})
    await house.homeserver.put_state(root, "m.room.power_levels", "", {**levels, "users": {op.id: 100}})
    await house.settle()
    await op.set_state(root, "m.room.history_visibility", {"history_visibility": "world_readable"})
    await house.settle()
    assert house.world.room(root).content("m.room.history_visibility") != {
        "history_visibility": "world_readable"
    }


@pytest.mark.parametrize("choice", ["👍", "👍\ufe0f", "👍🏽"])
async def test_a_members_reaction_on_a_card_is_the_answer(house: Household, choice: str) -> None:
    room, card = await open_crew(house)
    assert ASKED in str(house.world.events[card].content["body"])
    assert house.reactions(card) == [YES]
    await house.ann.react(room, card, choice)
    await house.settle()
    assert house.world.room(room).membership(house.cleo.id) == "invite"


@pytest.mark.parametrize("choice", ["👎", "yes", "🏠", "👍👍", "\ufe0f"])
async def test_any_other_reaction_means_nothing(house: Household, choice: str) -> None:
    room, card = await open_crew(house)
    await house.ann.react(room, card, choice)
    await house.ann.react(room, house.said(room)[0].id if house.said(room)[0].id != card else "$x", YES)
    await house.settle()
    assert house.world.room(room).membership(house.cleo.id) in {"", "leave"}


async def test_a_reaction_to_a_card_that_is_still_being_said_is_not_lost(house: Household) -> None:
    """The answer is lost after the card was posted: it stands, and the ledger does not know where."""
    room, first = await open_crew(house)
    await house.cleo.say(house.room(LOBBY), "!crew leave Lantern")
    await house.settle()
    house.homeserver.faults.only = frozenset({"send"})
    house.homeserver.faults.lose_every = 1
    await house.cleo.say(house.room(LOBBY), "!crew ask Lantern")
    while not (cards := _cards(house, room, but=first)):
        await house.push(house.letters())
        await house.workers.idle()
        await house.world.clock.sleep(timedelta(seconds=1))
    (card,) = cards
    await house.ann.react(room, card, YES)
    await house.push(house.letters())
    house.homeserver.faults.lose_every = 0
    await house.settle()
    assert house.world.room(room).membership(house.cleo.id) == "invite"


async def test_taking_back_ones_own_command_takes_back_the_ask(house: Household) -> None:
    room, _ = await open_crew(house)
    ask = command(house, house.cleo)
    await house.cleo.redact(house.room(LOBBY), ask)
    await house.settle()
    assert "no longer asks" in str(house.said(room)[-1].content["body"])


async def test_somebody_elses_redaction_takes_nothing_back(house: Household) -> None:
    room, _ = await open_crew(house)
    lobby = house.room(LOBBY)
    ask = command(house, house.cleo)
    levels = dict(house.world.room(lobby).content("m.room.power_levels") or {})
    await house.homeserver.put_state(
        lobby, "m.room.power_levels", "", {**levels, "users": {house.ben.id: 50}}
    )
    await house.ben.redact(lobby, ask)
    await house.settle()
    assert ASKED in str(house.said(room)[-1].content["body"])


async def test_an_event_replayed_after_its_id_was_forgotten_means_nothing_new(house: Household) -> None:
    room, card = await open_crew(house)
    await house.ann.react(room, card, YES)
    await house.settle()
    await house.cleo.join(room)
    await house.settle()
    seq = house.keeping.house.seq
    await house.ledger.prune(house.world.clock.now() + timedelta(days=1))
    events = [e for e in house.world.room(room).timeline if e.key is not None or e.kind == "m.reaction"]
    await house.push([letter_of(event.id)(house.world) for event in events])
    await house.settle()
    assert house.keeping.house.seq == seq


@pytest.mark.parametrize("heard", [True, False], ids=["heard", "missed and seen at a look"])
async def test_where_somebody_switched_encryption_on_the_keeper_is_silent(*, heard: bool) -> None:
    async with Household() as house:
        await house.found(CHARTER, house.ann.id)
        await house.come(house.ann)
        lobby = house.room(LOBBY)
        await house.ann.set_state(lobby, "m.room.encryption", {"algorithm": "m.megolm.v1.aes-sha2"})
        if not heard:
            house.letters()
            house.poke((RoomKey(LOBBY),))
            await house.rest()
        await house.settle()
        await house.ann.say(lobby, "!help")
        await house.settle()
        assert house.said(lobby) == []
        assert house.troubles == []


async def offered(house: Household) -> list[dict[str, object]]:
    """Have somebody take a seat and leave it at once; return what the homeserver would tell of both."""
    await house.ann.say(await house.chat(house.ann), "!crew start Lantern @ben:hall.test")
    await house.settle()
    await house.ann.join(house.room(LANTERN))
    await house.settle()
    await house.ben.join(house.room(LANTERN))
    await house.ben.leave(house.room(LANTERN))
    return house.letters()


def seated(house: Household) -> set[str]:
    crews = CREWS.of(house.keeping.house.halls[CHARTER.key])  # type: ignore[index]
    return {str(person) for crew in crews.all.values() for person in crew.seats}


async def test_a_coming_that_was_looked_past_is_not_believed_by_a_clock_that_is_behind(
    house: Household,
) -> None:
    come, _ = await offered(house)
    house.poke([RoomKey(LANTERN)])
    await house.settle()
    ahead = {**come, "origin_server_ts": int(str(come["origin_server_ts"])) + 7_200_000}
    await house.push([ahead])
    await house.settle()
    assert seated(house) == {house.ann.id}


async def test_a_coming_that_was_looked_past_before_a_crash_is_not_believed_after_it(
    house: Household,
) -> None:
    come, _ = await offered(house)
    house.poke([RoomKey(LANTERN)])
    await house.settle()
    await house.stop()
    await house.start()
    await house.push([come])
    await house.settle()
    assert seated(house) == {house.ann.id}
