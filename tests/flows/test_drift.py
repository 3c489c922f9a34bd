"""Drift: what people change by hand is left, asked about or put back, as the charter says; no fights."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest

from crewhall.charter.model import Charter
from crewhall.ground.ids import EventId, RoomId
from crewhall.testing import Person
from crewhall.testing.household import Household

ROOT, LOBBY, FRIENDS, COMMONS = (
    "rivendell", "rivendell/place/lobby", "rivendell/rung/friends", "rivendell/rung/friends/commons",
)  # fmt: skip
PUBLIC = {"join_rule": "public"}


def charter(level: int = 0, **drift: object) -> Charter:
    rooms = [{"key": "commons", "name": "Commons"}]
    return Charter.model_validate(
        {
            "key": "rivendell",
            "name": "Rivendell",
            "door": {"join": "public"},
            "places": [{"key": "lobby", "name": "Lobby"}],
            "rungs": [{"key": "friends", "name": "Friends", "level": level, "rooms": rooms}],
            "drift": drift,
        }
    )


class Lived:
    """A community in which Ann holds the key; Ben and Cleo are Friends."""

    def __init__(self, house: Household) -> None:
        self.house = house
        self.tool = Person(house.world, "draupnir")

    async def founded(self, paper: Charter) -> None:
        house = self.house
        await house.found(paper, house.ann.id)
        for person in (house.ann, house.ben, house.cleo):
            await house.come(person)
            if person is not house.ann:
                await house.ann.invite(house.room(FRIENDS), person.id)
            for key in (FRIENDS, COMMONS):
                await person.join(house.room(key))
            await house.settle()
        await house.chat(house.ann)

    async def restart(self) -> None:
        await self.house.stop()
        await self.house.start()
        await self.house.settle()

    @property
    def chat(self) -> RoomId:
        return self.house.room(self.house.chats.key(self.house.ann.id))

    async def opens(self, person: Person, rule: Mapping[str, object] = PUBLIC) -> None:
        await person.set_state(self.house.room(LOBBY), "m.room.join_rules", rule)
        await self.house.settle()

    def door(self) -> str:
        return str(self.house.world.room(self.house.room(LOBBY)).join_rule)

    def level(self, person: Person, key: str = LOBBY) -> int:
        users = self.house.world.room(self.house.room(key)).content("m.room.power_levels")["users"]
        return int(users.get(person.id, 0))

    def cards(self) -> list[EventId]:
        """The questions that were asked, oldest first."""
        said = self.house.said(self.chat)
        return [e.id for e in said if "What shall be?" in str(e.content["body"]) and not _edited(e)]

    def reads(self, event: EventId) -> str:
        said = [e for e in self.house.said(self.chat) if _edited(e) == event]
        found = said[-1] if said else self.house.world.events[event]
        return str(found.content["body"]).removeprefix("* ")

    async def answers(self, card: EventId, choice: str) -> EventId:
        event = await self.house.ann.react(self.chat, card, choice)
        await self.house.settle()
        return event


def _edited(event: object) -> object:
    relation = event.content.get("m.relates_to")
    named = isinstance(relation, Mapping) and relation.get("rel_type") == "m.replace"
    return relation["event_id"] if named else None


@asynccontextmanager
async def life(level: int = 0, **drift: object) -> AsyncIterator[Lived]:
    async with Household() as house:
        lived = Lived(house)
        await lived.founded(charter(level, **drift))
        yield lived
        assert house.troubles == []


async def test_a_level_given_by_hand_is_asked_about_once() -> None:
    async with life(powers="ask") as lived:
        ann, ben, lobby = lived.house.ann, lived.house.ben, lived.house.room(LOBBY)
        await ann.give_power(lobby, {ben.id: 40})
        await lived.house.settle()
        await lived.restart()
        (card,) = lived.cards()
        assert lived.reads(card).startswith(f"{ann.id} changed by hand who may do what in Lobby")
        assert f"{ben.id} has level 40 now; 0 was decided." in lived.reads(card)
        assert lived.house.reactions(card) == ["↩️", "✅"]
        assert lived.level(ben) == 40


async def test_what_is_left_stays_left_also_after_a_restart_and_other_changes() -> None:
    async with life(powers="ask") as lived:
        ann, ben, cleo, lobby = lived.house.ann, lived.house.ben, lived.house.cleo, lived.house.room(LOBBY)
        await ann.give_power(lobby, {ben.id: 40})
        await lived.house.settle()
        (card,) = lived.cards()
        await lived.answers(card, "✅")
        await lived.restart()
        assert lived.level(ben) == 40
        assert len(lived.cards()) == 1
        assert "stays as it is" in lived.reads(card)
        await ann.give_power(lobby, {cleo.id: 30})
        await lived.house.settle()
        assert len(lived.cards()) == 2


async def test_what_is_to_be_put_back_is_put_back_once() -> None:
    async with life(powers="ask") as lived:
        ann, ben, lobby = lived.house.ann, lived.house.ben, lived.house.room(LOBBY)
        for count in (1, 2):
            await ann.give_power(lobby, {ben.id: 40})
            await lived.house.settle()
            assert lived.level(ben) == 40
            assert len(lived.cards()) == count
            await lived.answers(lived.cards()[-1], "↩️")
            await lived.restart()
            assert lived.level(ben) == 0


async def test_what_somebody_put_right_by_hand_is_asked_no_more() -> None:
    async with life(powers="ask") as lived:
        ann, ben, lobby = lived.house.ann, lived.house.ben, lived.house.room(LOBBY)
        await ann.give_power(lobby, {ben.id: 40})
        await lived.house.settle()
        await ann.give_power(lobby, {ben.id: 0})
        await lived.house.settle()
        (card,) = lived.cards()
        assert "no longer so" in lived.reads(card)


async def test_an_answer_that_is_taken_back_opens_the_question_again() -> None:
    async with life(doors="ask") as lived:
        await lived.opens(lived.house.ann)
        (card,) = lived.cards()
        answer = await lived.answers(card, "✅")
        await lived.house.ann.redact(lived.chat, answer)
        await lived.house.settle()
        assert "What shall be?" in lived.reads(card)
        await lived.answers(card, "↩️")
        assert lived.door() == "restricted"


async def test_after_two_restores_a_person_is_asked() -> None:
    async with life(doors="restore") as lived:
        for _ in range(2):
            await lived.opens(lived.house.ann)
            assert lived.door() == "restricted"
            await lived.restart()
        assert lived.cards() == []
        await lived.opens(lived.house.ann)
        assert lived.door() == "public"
        (card,) = lived.cards()
        await lived.restart()
        assert lived.door() == "public"
        await lived.answers(card, "↩️")
        assert lived.door() == "restricted"


async def test_restores_of_long_ago_do_not_count() -> None:
    async with life(doors="restore") as lived:
        for _ in range(4):
            await lived.opens(lived.house.ann)
            assert lived.door() == "restricted"
            await lived.house.world.clock.advance(timedelta(days=20))
        assert lived.cards() == []


async def test_a_tools_change_is_remembered_when_the_keeper_writes_over_it() -> None:
    async with life(level=5, powers="ask", tools=["@draupnir:hall.test"]) as lived:
        ann, ben, tool, commons = lived.house.ann, lived.house.ben, lived.tool, lived.house.room(COMMONS)
        for key in (ROOT, FRIENDS):
            await lived.house.ann.invite(lived.house.room(key), tool.id)
            await tool.join(lived.house.room(key))
        await tool.join(commons)
        await ann.give_power(commons, {tool.id: 100})
        await lived.house.settle()
        await tool.give_power(commons, {ben.id: 30})
        await lived.house.settle()
        gus = Person(lived.house.world, "gus")
        await lived.house.come(gus)
        await ann.invite(lived.house.room(FRIENDS), gus.id)
        for key in (FRIENDS, COMMONS):
            await gus.join(lived.house.room(key))
        await lived.house.settle()
        await lived.restart()
        assert [lived.level(one, COMMONS) for one in (gus, ben)] == [5, 30]
        assert lived.cards() == []


@pytest.mark.parametrize("policy", ["ask", "restore"])
async def test_a_tools_change_is_left_and_remembered(policy: str) -> None:
    async with life(powers=policy, doors=policy, tools=["@draupnir:hall.test"]) as lived:
        ann, cleo, tool, lobby = lived.house.ann, lived.house.cleo, lived.tool, lived.house.room(LOBBY)
        await lived.house.come(tool)
        await ann.give_power(lobby, {tool.id: 100})
        await lived.house.settle()
        await tool.give_power(lobby, {cleo.id: -1, lived.house.ben.id: 5})
        await lived.opens(tool)
        await lived.restart()
        assert (lived.level(cleo), lived.level(lived.house.ben)) == (-1, 5)
        assert lived.door() == "public"
        assert lived.cards() == []


async def test_who_was_removed_by_hand_is_invited_again_where_the_charter_says_so() -> None:
    async with life(people="restore") as lived:
        ann, ben, commons = lived.house.ann, lived.house.ben, lived.house.room(COMMONS)
        for _ in range(2):
            await ann.kick(commons, ben.id)
            await lived.house.settle()
            assert lived.house.world.room(commons).membership(ben.id) == "invite"
            await ben.join(commons)
            await lived.restart()
        await ann.kick(commons, ben.id)
        await lived.house.settle()
        assert lived.house.world.room(commons).membership(ben.id) == "leave"
        (card,) = lived.cards()
        await lived.answers(card, "✅")
        await lived.restart()
        assert lived.house.world.room(commons).membership(ben.id) == "leave"


async def test_who_leaves_by_themselves_is_not_called_back() -> None:
    async with life(people="restore") as lived:
        ben, commons = lived.house.ben, lived.house.room(COMMONS)
        await ben.leave(commons)
        await lived.restart()
        assert lived.house.world.room(commons).membership(ben.id) == "leave"


async def test_a_ban_is_never_lifted() -> None:
    async with life(people="restore", powers="restore") as lived:
        ann, ben, commons = lived.house.ann, lived.house.ben, lived.house.room(COMMONS)
        await ann.ban(commons, ben.id)
        await lived.restart()
        assert lived.house.world.room(commons).membership(ben.id) == "ban"
        assert lived.cards() == []


async def test_nobody_is_asked_where_hands_are_respected() -> None:
    async with life(powers="respect", doors="respect", people="respect") as lived:
        ann, ben, commons = lived.house.ann, lived.house.ben, lived.house.room(COMMONS)
        await ann.give_power(lived.house.room(LOBBY), {ben.id: 40})
        await lived.opens(ann)
        await ann.kick(commons, ben.id)
        await lived.restart()
        assert (lived.level(ben), lived.door(), lived.cards()) == (40, "public", [])
