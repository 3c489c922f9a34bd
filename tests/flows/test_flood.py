"""Promises of a flood: ten thousand commands from one person delay nobody, and nothing of theirs is lost."""

from datetime import timedelta

from crewhall.testing.events import Event
from crewhall.testing.household import Household
from crewhall.testing.letters import letter_of

LOBBY = "rivendell/place/lobby"
COMMANDS, TRANSACTION = 10_000, 100
SHOUTS = ("!me", "!help", "!crew start x", "!crew", "!nothing", "!!!", "", "!why " + "x" * 500, "!\u202e")


async def test_ten_thousand_commands_from_one_person_delay_nobody() -> None:
    async with Household() as house:
        await house.found()
        await house.come(house.ann, house.ben, house.cleo)
        lobby, chat = house.room(LOBBY), await house.chat(house.ben)
        letters = [letter_of(shout(house, lobby, n).id)(house.world) for n in range(COMMANDS)]
        house.letters()
        waited: list[int] = []
        for start in range(0, COMMANDS, TRANSACTION):
            await house.push(letters[start : start + TRANSACTION])
            if start % 1000 == 0:
                event = await house.ben.say(chat, "!me")
                await house.push(house.letters())
                before = len(await house.ledger.waiting(limit=COMMANDS))
                while not house.answers(event):
                    await house.world.clock.sleep(timedelta())
                waited.append(before - len(await house.ledger.waiting(limit=COMMANDS)))
        event = await house.cleo.say(lobby, "!me")
        await house.settle()
        assert max(waited) <= 2 * TRANSACTION
        assert len(house.answers(event)) == 1
        assert len(house.said(lobby)) <= house.manners.commands_per_minute + 2
        assert list(await house.ledger.waiting()) == []
        assert house.troubles == []


def shout(house: Household, room: str, n: int) -> Event:
    content = {"msgtype": "m.text", "body": SHOUTS[n % len(SHOUTS)]}
    return house.world.append(house.world.room(room), house.ann.id, "m.room.message", content)
