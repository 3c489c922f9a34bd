"""Promises of hearing against malice: whatever an event holds, nothing breaks, and the next is answered."""

import itertools
from collections.abc import Mapping

import pytest

from crewhall.testing.household import Household

LOBBY = "rivendell/place/lobby"
ODD: tuple[object, ...] = (
    None,
    7,
    -1,
    1.5,
    True,
    [],
    {},
    [[]],
    {"": None},
    "",
    "\x00",
    "x" * 70_000,
    "@",
    "$",
    "\ud800",
)
NAMES = (
    "\U0001d55dantern",  # mathematical
    "Lant\u0435rn",  # Cyrillic
    "Lan\u200btern",
    "LANTERN",
    "\uff2c\uff21\uff2e\uff34\uff25\uff32\uff2e",  # full width
    "Lantern\u202e",
)
TRICKS = (
    '!crew start "Deep <b>Roots</b>"',
    "!crew start {$crew} { -term } \\u0041",
    "!crew start ']]>*/--;DROP TABLE facts",
    "!crew start " + "🏠" * 200,
    "!crew start " + "a\u0301" * 50,
    "!crew start NAME @a:b @c:d @e:f @g:h @i:j @k:l @m:n @o:p @q:r",
    "!crew start \ue0000\ue001",
    "!crew invite " + "@x:y " * 300,
    "!crew «Lantern",
    "!crew ask „“",
    "!help ../../etc/passwd",
    "!help " + "y" * 1900,
    "!why #_crewhall_rivendell_crew_/../..:x",
    "!why !nothing:here",
    "!why https://matrix.to/#/!x",
    "!found ",
    "!me me me",
    "!crew\u2028start",
    "\uff01crew start",
)  # fmt: skip


def events(sender: str) -> list[dict[str, object]]:
    """Return events of every kind that is heard, each with something odd in each of its fields."""
    relation = {"rel_type": "m.annotation", "event_id": "$x", "key": "👍"}
    kinds: Mapping[str, Mapping[str, object]] = {
        "m.room.message": {"msgtype": "m.text", "body": "!help", "formatted_body": "!help", "m.mentions": {}},
        "m.reaction": {"m.relates_to": relation},
        "m.room.redaction": {"redacts": "$x"},
        "m.room.member": {"membership": "join", "reason": "x"},
        "m.room.power_levels": {"users": {}},
    }
    found: list[dict[str, object]] = []
    for kind, content in kinds.items():
        plain: dict[str, object] = {"type": kind, "sender": sender, "content": dict(content)}
        if kind in {"m.room.member", "m.room.power_levels"}:
            plain["state_key"] = sender
        for odd in ODD:
            found += [
                {**plain, "content": odd},
                {**plain, "unsigned": odd},
                {**plain, "origin_server_ts": odd},
            ]
            found += [{**plain, "sender": odd}, {**plain, "redacts": odd}, {**plain, "state_key": odd}]
            found += [{**plain, "content": {**content, field: odd}} for field in content]
            found += [
                {**plain, "content": {**content, "m.relates_to": {**relation, f: odd}}} for f in relation
            ]
            found += [{**plain, "content": {**content, "m.mentions": {"user_ids": [odd]}}}]
    return found


@pytest.mark.parametrize("sifted", [True, False])
async def test_no_event_breaks_anything(*, sifted: bool) -> None:
    async with Household() as house:
        await house.found()
        await house.come(house.ann, house.ben)
        odd = events(house.ann.id)
        number = itertools.count()
        for one in odd:
            one.update(event_id=f"$odd{next(number)}", room_id=house.room(LOBBY))
        if sifted:
            await house.push(odd)
        else:
            house.workers.take(await house.ledger.take_in(odd, house.world.clock.now()))
        await house.settle()
        event = await house.ben.say(house.room(LOBBY), "!me")
        await house.settle()
        assert len(house.answers(event)) == 1
        assert house.troubles == []
        assert list(await house.ledger.waiting()) == []


@pytest.mark.parametrize("text", TRICKS)
async def test_tricks_are_answered_in_one_short_message_at_most(text: str) -> None:
    async with Household() as house:
        await house.found()
        await house.come(house.ann)
        event = await house.ann.say(house.room(LOBBY), text)
        await house.settle()
        answers = house.answers(event)
        assert len(answers) <= 1
        assert all(len(answer) < 1000 for answer in answers)
        assert all("<b>" not in str(said.content["formatted_body"]) for said in house.said(house.room(LOBBY)))
        assert house.troubles == []


async def test_names_that_look_alike_are_one_name() -> None:
    async with Household() as house:
        await house.found()
        await house.come(house.ann, house.ben)
        await house.ann.say(house.room(LOBBY), "!crew start Lantern")
        await house.settle()
        for name in NAMES:
            event = await house.ben.say(house.room(LOBBY), f"!crew start {name}")
            await house.settle()
            (answer,) = house.answers(event)
            assert "There is a crew that is called Lantern" in answer, name
