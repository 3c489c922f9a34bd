"""What people say to the keeper on a real homeserver, and what they are answered."""

import html
from typing import Any

import pytest

from crewhall.errors import Denied

pytestmark = [pytest.mark.homeserver, pytest.mark.asyncio(loop_scope="session")]


def thread(root: str) -> dict[str, object]:
    return {"rel_type": "m.thread", "event_id": root, "is_falling_back": True}


def spoken(text: str, **more: object) -> dict[str, object]:
    return {"msgtype": "m.text", "body": text, **more}


async def test_help_is_short_by_topic_and_quiet(rivendell: Any, town: Any) -> None:
    (ann,) = await rivendell.come("Ann")
    chat = await town.chat(ann)
    told = await town.answer(ann, chat, "!help")
    assert told.quiet
    assert told.mentions == ()
    assert len(told.text) < 700
    assert "!crew start" in told.text
    assert "!found" not in told.text  # not for her
    crews = (await town.answer(ann, chat, "!help crews")).text
    assert {line.split(" ")[1] for line in crews.splitlines()} == {"!crew", "!open", "!close"}
    assert "!crew start" in (await town.answer(ann, chat, "!help crew")).text
    assert "!crew end [NAME]" in (await town.answer(ann, chat, "help crew end")).text
    assert "!help shows all there are" in (await town.answer(ann, chat, "!help gardening")).text


async def test_operators_are_told_of_found_and_nobody_else_can(
    rivendell: Any, town: Any, operator: Any, operators_chat: str
) -> None:
    assert "!found" in (await town.answer(operator, operators_chat, "!help")).text
    (ann,) = await rivendell.come("Ann")
    chat = await town.chat(ann)
    told = await town.answer(ann, chat, "!found Lothlorien as friends")
    assert told.text == "Only the operators of this service can found a community."
    assert "Lothlorien" not in (await town.answer(operator, operators_chat, "!me")).text


async def test_a_founder_is_invited_and_holds_the_key(town: Any, operator: Any, operators_chat: str) -> None:
    told = await town.answer(operator, operators_chat, "!found Rohan as friends", within=30)
    assert told.text.startswith("The community stands: Rohan")
    root = await operator.accepts("Rohan")
    assert (await operator.state(root, "m.room.power_levels"))["users"][operator.id] == 100
    again = await town.answer(operator, operators_chat, "!found Rohan as friends")
    assert "Choose another name" in again.text
    which = await town.answer(operator, operators_chat, "!found Gondor as kingdom")
    assert which.text.startswith("No such charter is on the shelf. There are: ")
    assert all(name in which.text for name in ("congregation", "friends", "land"))
    assert "!found NAME [as CHARTER]" in (await town.answer(operator, operators_chat, "!found")).text


async def test_me_says_where_i_stand_and_what_it_opens(rivendell: Any, town: Any) -> None:
    (ann,) = await rivendell.come("Ann")
    chat = await town.chat(ann)
    told = (await town.answer(ann, chat, "!me")).text
    assert "You have been in Rivendell" in told
    assert "Open to you: Lobby" in told
    assert "What may come next is Friends of Rivendell" in told
    assert "A Friend keeps our agreements" in told
    lobby = await rivendell.enter(ann, "Lobby")
    there = (await town.answer(ann, lobby, "!me")).text
    assert "Lobby" in there
    assert "say !me in our private chat" in there


async def test_who_is_in_no_community_is_told_so(town: Any) -> None:
    zoe = await town.guest(town.word("zoe"))
    chat = await town.chat(zoe)
    for text in ("!me", "!crew", "!crew start Lantern"):
        assert "You are in no community here" in (await town.answer(zoe, chat, text)).text
    assert "My commands" in (await town.answer(zoe, chat, "!help")).text


@pytest.mark.parametrize(
    ("room", "says"),
    [
        ("Lobby", "Lobby is open to everybody in Rivendell, where you have been since"),
        ("Noticeboard", "Noticeboard is written by those who hold the keys, whoever wears the hat Digest"),
        ("Commons", "Commons opens with Friends of Rivendell, and you are not in it."),
        ("Friends of Rivendell", "entered by invitation, and you have not accepted one"),
        ("Rivendell", "People come into Rivendell by invitation."),
        ("Moria", "I can tell you nothing about a room or crew “Moria”."),
    ],
)
async def test_why_tells_about_rooms_by_their_names(rivendell: Any, town: Any, room: str, says: str) -> None:
    (ann,) = await rivendell.come("Ann")
    assert says in (await town.answer(ann, await town.chat(ann), f"!why {room}")).text


async def test_why_tells_about_the_room_it_is_said_in_and_about_an_address(rivendell: Any, town: Any) -> None:
    (ann,) = await rivendell.come("Ann")
    lobby = await rivendell.enter(ann, "Lobby")
    assert "Lobby is open to everybody" in (await town.answer(ann, lobby, "!why")).text
    chat = await town.chat(ann)
    for name in (lobby, f"#_crewhall_rivendell_place_lobby:{town.synapse.name}"):
        assert "Lobby is open to everybody" in (await town.answer(ann, chat, f"!why {name}")).text


async def test_what_stands_there_for_nobody_is_not_answered(rivendell: Any, town: Any) -> None:
    (ann,) = await rivendell.come("Ann")
    lobby = await rivendell.enter(ann, "Lobby")
    chat = await town.chat(ann)
    said = await ann.say(lobby, "Good morning!")
    quiet = [
        await ann.say_plain(lobby, {"msgtype": "m.notice", "body": "!help"}),
        await ann.say_plain(lobby, {"msgtype": "m.emote", "body": "!help"}),
        await ann.say_plain(
            lobby,
            {
                "msgtype": "m.text",
                "body": "!help",
                "m.new_content": {"msgtype": "m.text", "body": "!help"},
                "m.relates_to": {"rel_type": "m.replace", "event_id": said},
            },
        ),
        await ann.say(lobby, "!!! what a day"),
        await ann.say(lobby, "!play some music"),
        said,
    ]
    await town.answer(ann, lobby, "!help")
    await town.answer(ann, chat, "!help")
    answered = {seen.replies_to or seen.reacts_to for seen in ann.sight.events if seen.sender == town.keeper}
    assert not answered & set(quiet)


@pytest.mark.parametrize(
    "text",
    [
        "!help",
        "\uff01help",
        "  !HELP",
        "keeper: !help",
        "@KEEPER !help",
        "> <@x:y> earlier words\n\n!help",
    ],
)
async def test_a_command_is_understood_however_it_is_typed(rivendell: Any, town: Any, text: str) -> None:
    (ann,) = await rivendell.come("Ann")
    lobby = await rivendell.enter(ann, "Lobby")
    text = text.replace("@KEEPER", town.keeper)
    assert "My commands" in (await town.answer(ann, lobby, text)).text


async def test_the_keepers_pill_and_peoples_pills_are_understood(rivendell: Any, town: Any) -> None:
    ann, ben = await rivendell.come("Ann", "Ben")
    await ben.take_name("Ben Ø. “the <b>bold</b>” (he/him)")
    lobby = await rivendell.enter(ann, "Lobby")
    name = town.word("Pill")
    link = f'<a href="https://matrix.to/#/{town.keeper}">Keeper</a>'
    pill = f'<a href="https://matrix.to/#/{ben.id}">{html.escape(ben.shown)}</a>'
    event = await ann.say_plain(
        lobby,
        spoken(
            f"Keeper: !crew start {name} {ben.shown}",
            format="org.matrix.custom.html",
            formatted_body=f"{link}: !crew start {name} {pill}",
            **{"m.mentions": {"user_ids": [town.keeper, ben.id]}},
        ),
    )
    told = await town.reply(ann, lobby, event)
    assert told.text.startswith(f"{name} (")
    assert f"{ann.id} and {ben.id}" in told.text
    assert (await ben.invited(name)).inviter == town.keeper


async def test_an_answer_stands_in_the_thread_of_its_command(rivendell: Any, town: Any) -> None:
    (ann,) = await rivendell.come("Ann")
    lobby = await rivendell.enter(ann, "Lobby")
    root = await ann.say(lobby, "Who wants to start something?")
    event = await ann.say_plain(lobby, spoken("!crew", **{"m.relates_to": thread(root)}))
    told = await town.reply(ann, lobby, event)
    relation = told.content["m.relates_to"]
    assert (relation["rel_type"], relation["event_id"]) == ("m.thread", root)


@pytest.mark.parametrize(
    ("wrong", "meant"),
    [
        ("!crew strat Lantern", "!crew start NAME @person…"),
        ("!crew start", "!crew start NAME @person…"),
        ("!crew invite", "!crew invite [NAME] @person…"),
        ("!crew ask", "!crew ask NAME"),
        ("!crew dance", "!crew"),
        ("!hepl", "!help [TOPIC]"),
        ("!why @someone:example.org", "!why [ROOM or CREW]"),
        ("!crew start Lantern @ben", "A full name looks like @ada:example.org."),
    ],
)
async def test_wrong_and_half_commands_get_the_line_that_was_meant(
    rivendell: Any, town: Any, wrong: str, meant: str
) -> None:
    (ann,) = await rivendell.come("Ann")
    told = await town.answer(ann, await town.chat(ann), wrong)
    assert meant in told.text
    assert len(told.text.splitlines()) == 1


@pytest.mark.parametrize("encrypted", [True, False])
async def test_a_chat_that_somebody_opens_is_met_with_a_plain_one(town: Any, *, encrypted: bool) -> None:
    zoe = await town.guest(town.word("zoe"))
    own = await zoe.start_chat(town.keeper, encrypted=encrypted)
    if not encrypted:
        await zoe.say(own, "!help")
    invitation = await zoe.finds(
        lambda: next((i for i in zoe.sight.invited.values() if i.inviter == town.keeper), None), "a chat"
    )
    assert invitation.direct
    assert not invitation.encrypted
    await zoe.saw(own, lambda seen: seen.key == town.keeper and seen.content["membership"] == "leave", "a no")
    room = await zoe.enter_room(invitation.room)
    first = await zoe.saw(room, lambda seen: bool(seen.text), "a word")
    assert "say here what you said there" in first.text
    assert first.mentions == (zoe.id,)
    assert not first.quiet
    assert "My commands" in (await town.answer(zoe, room, "help")).text


async def test_a_flood_is_told_once_and_others_are_answered(rivendell: Any, town: Any) -> None:
    ann, ben = await rivendell.come("Ann", "Ben")
    loud, calm = await town.chat(ann), await town.chat(ben)
    for _ in range(40):
        await ann.say(loud, "!help")
    assert "My commands" in (await town.answer(ben, calm, "!help")).text
    await ann.saw(loud, lambda seen: "commands a minute" in seen.text, "that it is too much")
    told = [seen for seen in ann.sight.events if "commands a minute" in seen.text]
    assert len(told) == 1


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("!crew start " + "x" * 3_000, "This is too long for a command"),
        ("!crew start " + "x" * 200, "A crew's name has 1 to"),
        ("!crew start \u202e\u200b\u200b", "!crew start NAME @person…"),
        ("!crew start \x07\x1b[31mRed", "has a room"),
        ("!crew start «Ö&<i>ß</i>»", "has a room"),
        ("!crew ask '; DROP TABLE facts; --", "There is no crew"),
        ("!help {$x} { $lines }", "There is no topic or command"),
        ("!why " + "#" * 300, "I can tell you nothing"),
        ("!" * 500, "I understand only commands"),
    ],
)
async def test_hostile_lines_are_answered_like_others(
    rivendell: Any, town: Any, text: str, says: str
) -> None:
    (ann,) = await rivendell.come("Ann")
    chat = await town.chat(ann)
    assert says in (await town.answer(ann, chat, text)).text
    assert "My commands" in (await town.answer(ann, chat, "!help")).text


async def test_addresses_lead_to_what_exists_and_to_nothing_else(rivendell: Any, town: Any) -> None:
    (ann,) = await rivendell.come("Ann")
    lobby = await rivendell.enter(ann, "Lobby")
    there = f"#_crewhall_rivendell_place_lobby:{town.synapse.name}"
    assert (await ann.call("GET", "v3/directory", "room", there))["room_id"] == lobby
    with pytest.raises(Denied, match="not found"):
        await ann.call("GET", "v3/directory", "room", f"#_crewhall_rivendell_place_attic:{town.synapse.name}")
    with pytest.raises(Denied):
        await ann.call(
            "PUT", "v3/directory", "room", f"#_crewhall_mine:{town.synapse.name}", body={"room_id": lobby}
        )
