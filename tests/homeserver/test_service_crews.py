"""Crews on a real homeserver, from their start to their end, as the people in them see it."""

import asyncio
from typing import Any

import pytest

from crewhall.errors import Denied
from crewhall.lab.sight import becomes, edits, says

pytestmark = [pytest.mark.homeserver, pytest.mark.asyncio(loop_scope="session")]

CHILD = "m.space.child"


async def crew(rivendell: Any, *names: str, how: str = "") -> tuple[str, str, list[Any], list[str]]:
    """Have new people start a crew and come in; return its name, its room, them, and their chats."""
    town = rivendell.town
    people = await rivendell.come(*names)
    chats = await asyncio.gather(*map(town.chat, people))
    first, *others = people
    name = town.word("Lantern")
    ids = " ".join(person.id for person in others)
    told = await town.answer(first, chats[0], f"!crew start {name} {ids} {how}")
    assert "has a room" in told.text
    rooms = set(await asyncio.gather(*(person.accepts(name) for person in people)))
    (room,) = rooms
    for person in people:
        for other in people:
            await person.saw(room, becomes(other.id, "join"), f"{other.shown} coming in")
    return name, room, people, list(chats)


async def listed(rivendell: Any, guest: Any) -> set[str]:
    return {str(one["room_id"]) for one in await guest.inside(rivendell.root)}


async def membership(guest: Any, room: str, person: str) -> str:
    return str((await guest.state(room, "m.room.member", person))["membership"])


def of_keeper(town: Any, guest: Any, room: str) -> list[str]:
    """Return what the keeper said or reacted in a room."""
    said = (seen for seen in guest.sight.events if seen.room == room and seen.sender == town.keeper)
    return [seen.text or seen.reaction for seen in said if seen.text or seen.reaction]


@pytest.mark.parametrize("where", ["chat", "Lobby", "Commons"])
async def test_a_crew_is_started_wherever_the_keeper_hears(rivendell: Any, town: Any, where: str) -> None:
    ann, ben, cleo = await rivendell.come("Ann", "Ben", "Cleo")
    if where == "Commons":
        await rivendell.climb(ann, "Friends of Rivendell")
    place = await (town.chat(ann) if where == "chat" else rivendell.enter(ann, where))
    name = town.word("Lantern")
    told = await town.answer(ann, place, f"!crew start “{name}” {ben.id} {cleo.id}", to=[ben])
    for person in (ann, ben, cleo):
        assert person.id in told.text
    await ann.saw(place, lambda seen: seen.reacts_to == told.replies_to, "an acknowledgement")
    for person in (ann, ben, cleo):
        invitation = await person.invited(name)
        assert invitation.inviter == town.keeper
        room = await person.enter_room(invitation.room)
        assert f"{name} (" in (await town.answer(ann, place, "!crew")).text or where != "chat"
        assert room in await listed(rivendell, person)


async def test_a_private_crews_room_is_its_peoples_alone(rivendell: Any, town: Any) -> None:
    name, room, (ann, ben), (chat, _) = await crew(rivendell, "Ann", "Ben")
    assert (await ann.state(room, "m.room.encryption"))["algorithm"] == "m.megolm.v1.aes-sha2"
    topic = str((await ann.state(room, "m.room.topic"))["topic"])
    assert topic == f"The keeper cannot read here: talk to {town.keeper} in a private chat."
    levels = await ann.state(room, "m.room.power_levels")
    assert levels.get("users", {}) == {}
    await ben.say(room, "!help")  # plain words in it are not heard either
    await town.answer(ann, chat, "!help")
    await ben.look()
    assert of_keeper(town, ben, room) == []
    with pytest.raises(Denied):
        await ann.call("POST", "v3/rooms", room, "kick", body={"user_id": ben.id})
    await ann.call("PUT", "v3/rooms", room, "state", "m.room.name", "", body={"name": f"{name} Two"})
    outsider = rivendell.founder
    with pytest.raises(Denied):
        await outsider.enter_room(room)


async def test_an_open_crew_hears_and_answers_in_its_room(rivendell: Any, town: Any) -> None:
    name, room, (ann, ben), _ = await crew(rivendell, "Ann", "Ben", how="open")
    with pytest.raises(Denied):
        await ann.state(room, "m.room.encryption")
    assert "hears and answers here" in str((await ann.state(room, "m.room.topic"))["topic"])
    assert f"You have a seat in {name}" in (await town.answer(ben, room, "!me")).text
    assert "You took your seat" in (await town.answer(ben, room, "!why")).text


async def test_crews_are_listed_for_those_who_may_see_them(rivendell: Any, town: Any) -> None:
    name, room, (ann, _), (chat, _) = await crew(rivendell, "Ann", "Ben", how="unlisted")
    (cleo,) = await rivendell.come("Cleo")
    hers = await town.chat(cleo)
    assert name in (await town.answer(ann, chat, "!crew")).text
    assert name not in (await town.answer(cleo, hers, "!crew")).text
    assert room not in await listed(rivendell, cleo)
    assert f"no crew “{name}” that you can see" in (await town.answer(cleo, hers, f"!crew ask {name}")).text
    assert f"nothing about a room or crew “{name}”" in (await town.answer(cleo, hers, f"!why {name}")).text
    assert "You took your seat" in (await town.answer(ann, chat, f"!why {name}")).text
    lobby = await rivendell.enter(ann, "Lobby")
    assert name not in (await town.answer(ann, lobby, "!crew")).text
    assert name not in (await town.answer(ann, lobby, "!me")).text


async def test_seats_are_offered_by_word_and_by_hand(rivendell: Any, town: Any) -> None:
    name, room, (ann, ben), (chat, _) = await crew(rivendell, "Ann", "Ben")
    cleo, dan, eve = await rivendell.come("Cleo", "Dan", "Eve")
    told = await town.answer(ann, chat, f"!crew invite {name} {cleo.id}")
    assert f"A seat in {name} is offered to {cleo.id}" in told.text
    assert await cleo.accepts(name) == room
    await ben.invite(room, dan.id)
    assert await dan.accepts(name) == room
    hers = await town.chat(eve)
    assert (
        f"Only people with a seat in {name}"
        in (await town.answer(eve, hers, f"!crew invite {name} {dan.id}")).text
    )
    stranger = await town.guest(town.word("stranger"))
    assert "Not in Rivendell" in (await town.answer(ann, chat, f"!crew invite {name} {stranger.id}")).text
    await ann.invite(room, stranger.id)
    await ann.saw(room, becomes(stranger.id, "leave"), "the invitation taken back")
    back = await ann.saw(chat, says("Your invitation was taken back"), "why")
    assert stranger.id in back.text


async def test_leaving_is_free_and_nothing_else_is_lost(rivendell: Any, town: Any) -> None:
    name, room, (ann, ben, cleo), (chat, his, _) = await crew(rivendell, "Ann", "Ben", "Cleo")
    told = await town.answer(ann, chat, f"!crew leave {name}")
    assert told.text == f"You have left {name}."
    await ben.saw(room, becomes(ann.id, "leave"), "Ann leaving")
    assert await membership(ann, rivendell.root, ann.id) == "join"
    assert name not in (await town.answer(ann, chat, "!me")).text
    assert f"You have been out of {name} since" in (await town.answer(ann, chat, f"!why {name}")).text
    with pytest.raises(Denied):
        await ann.enter_room(room)
    await ben.leave(room)  # the gesture means the same
    await cleo.saw(room, becomes(ben.id, "leave"), "Ben leaving")
    assert f"You have been out of {name} since" in (await town.answer(ben, his, f"!why {name}")).text
    assert await membership(cleo, room, cleo.id) == "join"


async def test_declining_a_seat_frees_it_and_is_told_to_nobody(rivendell: Any, town: Any) -> None:
    name, room, (ann,), (chat,) = await crew(rivendell, "Ann")
    (ben,) = await rivendell.come("Ben")
    await town.answer(ann, chat, f"!crew invite {name} {ben.id}")
    await ben.leave((await ben.invited(name)).room)
    await ann.saw(room, becomes(ben.id, "leave"), "Ben declining")
    before = of_keeper(town, ann, chat)
    assert f"{name} (" in (await town.answer(ann, chat, "!crew")).text
    assert len(of_keeper(town, ann, chat)) == len(before) + 1
    his = await town.chat(ben)
    assert name not in (await town.answer(ben, his, "!me")).text


@pytest.mark.parametrize("how", ["🏠", "🔒", "🍂"])
async def test_a_private_crew_ends_as_its_members_choose(rivendell: Any, town: Any, how: str) -> None:
    name, room, people, chats = await crew(rivendell, "Ann", "Ben")
    ann, ben = people
    await ann.say(room, "the last word")
    await town.answer(ann, chats[0], f"!crew end {name}")
    cards = []
    for person, chat in zip(people, chats, strict=True):
        card = await person.saw(chat, says(f"how {name}"), "the question")
        assert person.id in card.mentions
        assert not card.quiet
        for choice in ("🏠", "🔒", "🍂"):
            await person.saw(
                chat, lambda seen, c=choice, k=card: seen.reacts_to == k.id and seen.reaction == c, "a choice"
            )
        cards.append(card)
        await person.react(chat, card.id, how + "\ufe0f")
    for person, chat, card in zip(people, chats, cards, strict=True):
        await person.saw(chat, edits(card.id), "the outcome")
    await ends(rivendell, room, ann, ben, how)


@pytest.mark.parametrize("how", ["kept", "read-only", "forgotten"])
async def test_an_open_crew_ends_in_its_room(rivendell: Any, town: Any, how: str) -> None:
    name, room, (ann, ben), (_, his) = await crew(rivendell, "Ann", "Ben", how="open")
    event = await ann.say(room, f"!crew end {how}")
    card = await ben.saw(room, says(f"how {name}"), "the question")
    assert event
    signs = {"kept": "🏠", "read-only": "🔒", "forgotten": "🍂"}
    await ben.react(room, card.id, signs[how])
    await ends(rivendell, room, ann, ben, signs[how])
    if how != "forgotten":
        assert f"{name} ended on" in (await town.answer(ben, his, f"!why {room}")).text


async def ends(rivendell: Any, room: str, ann: Any, ben: Any, how: str) -> None:
    """See what became of a room."""
    if how == "🍂":
        for person in (ann, ben):
            await person.saw(room, becomes(person.id, "leave"), "being out")
            with pytest.raises(Denied):
                await person.enter_room(room)
    elif how == "🔒":
        await ann.saw(
            room,
            lambda seen: seen.kind == "m.room.power_levels" and seen.content.get("events_default") == 100,
            "the room growing still",
        )
        with pytest.raises(Denied):
            await ben.say(room, "one more")
        with pytest.raises(Denied):
            await ben.invite(room, rivendell.founder.id)
        messages = await ben.call("GET", "v3/rooms", room, "messages", dir="b")
        assert messages["chunk"]
    else:
        await ann.saw(
            room, lambda s: s.kind == "m.room.join_rules" and s.content["join_rule"] == "invite", "doors shut"
        )
        await ben.say(room, "one more")
        await ben.invite(room, rivendell.founder.id)
        assert await rivendell.founder.enter_room(room) == room
    crews = await rivendell.room(rivendell.founder, "Crews")
    await rivendell.founder.enter_room(crews)
    await rivendell.founder.finds(
        lambda: next(
            (
                s
                for s in rivendell.founder.sight.since(0, crews)
                if (s.kind, s.key) == (CHILD, room) and not s.content
            ),
            None,
        ),
        "the crew off the list",
    )


async def test_the_mildest_answer_counts(rivendell: Any, town: Any) -> None:
    name, room, (ann, ben), (chat, his) = await crew(rivendell, "Ann", "Ben")
    await town.answer(ann, chat, f"!crew end {name} forgotten")
    stands = await town.answer(ann, chat, f"!crew end {name}")
    assert f"1 of 2 have answered how {name} shall end" in stands.text
    await ben.say(his, f"!crew end {name} kept")
    await ben.saw(his, says(f"{name} has ended. Its room stays with its people."), "the outcome")
    await ends(rivendell, room, ann, ben, "🏠")


async def test_a_crew_of_one_ends_at_once(rivendell: Any, town: Any) -> None:
    name, room, (ann,), (chat,) = await crew(rivendell, "Ann")
    told = await town.answer(ann, chat, f"!crew end {name} forgotten")
    assert told.text == f"{name} has ended, and its room is forgotten."
    await ann.saw(room, becomes(ann.id, "leave"), "being out")


@pytest.mark.parametrize("by", ["word", "knock"])
async def test_who_asks_is_let_in_by_a_members_reaction(rivendell: Any, town: Any, by: str) -> None:
    name, room, (ann, ben), (chat, his) = await crew(rivendell, "Ann", "Ben")
    (cleo,) = await rivendell.come("Cleo")
    if by == "knock":
        await cleo.call("POST", "v3/knock", room, body={"reason": "I bring soup"})
    else:
        hers = await town.chat(cleo)
        assert (
            f"The members of {name} are asked." in (await town.answer(cleo, hers, f"!crew ask {name}")).text
        )
    for person, own in ((ann, chat), (ben, his)):
        card = await person.saw(own, says(f"asks for a seat in {name}"), "the question")
        assert cleo.id in card.text
        assert card.mentions == (person.id,)
    card = await ben.saw(his, says(f"asks for a seat in {name}"), "the question")
    await ben.react(his, card.id, "👍🏽\ufe0f")
    assert await cleo.accepts(name) == room
    for person, own in ((ann, chat), (ben, his)):
        await person.saw(own, lambda seen: seen.edits and says("has a seat in")(seen), "the outcome")
    if by == "word":
        await cleo.saw(hers, says(f"A seat in {name}"), "the yes")


async def test_an_ask_is_taken_back_by_deleting_it(rivendell: Any, town: Any) -> None:
    name, room, (ann,), (chat,) = await crew(rivendell, "Ann", how="open")
    (cleo,) = await rivendell.come("Cleo")
    hers = await town.chat(cleo)
    event = await cleo.say(hers, f"!crew ask {name}")
    card = await ann.saw(room, says("asks for a seat"), "the question")
    await cleo.redact(hers, event)
    over = await ann.saw(room, edits(card.id), "that it is over")
    assert f"no longer asks for a seat in {name}" in over.text
    await ann.react(room, card.id, "👍")
    assert f"{name} (" in (await town.answer(ann, chat, "!crew")).text
    await cleo.look()
    assert all(one.name != name for one in cleo.sight.invited.values())


async def test_a_full_crew_is_said_to_be_full(rivendell: Any, town: Any) -> None:
    name, room, people, chats = await crew(rivendell, *(f"P{n}" for n in range(8)))
    assert len(people) == 8
    (cleo,) = await rivendell.come("Cleo")
    hers = await town.chat(cleo)
    assert f"All 8 seats of {name}" in (await town.answer(cleo, hers, f"!crew ask {name}")).text
    told = await town.answer(people[0], chats[0], f"!crew invite {name} {cleo.id}")
    assert "A second crew can be started" in told.text
    ids = " ".join(f"@p{n}:{town.synapse.name}" for n in range(8))
    assert "A crew has 8 seats" in (await town.answer(cleo, hers, f"!crew start Big {ids}")).text
    assert room


async def test_a_name_that_looks_the_same_is_taken(rivendell: Any, town: Any) -> None:
    name, *_ = await crew(rivendell, "Ann")
    (cleo,) = await rivendell.come("Cleo")
    lookalike = name.replace("a", "а").upper()  # noqa: RUF001 - that is the point
    told = await town.answer(cleo, await town.chat(cleo), f"!crew start {lookalike}")
    assert "or looks like it. Choose another name." in told.text
