"""The judge finds what is wrong: each of these is broken by hand, and said."""

import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from storm import book, judge
from storm.play import charter
from storm.sights import sights_of

from crewhall.adapters.ledger import SqliteLedger
from crewhall.charter.model import Charter
from crewhall.ground.ids import EventId, UserId
from crewhall.house import FACTS
from crewhall.testing.household import Household
from crewhall.testing.people import Person
from crewhall.testing.world import Asker


class Story:
    """A hall in which a crew was started, and somebody has come on to a rung; nothing is wrong with it."""

    def __init__(
        self, path: Path, house: Household, people: dict[str, Person], chats: dict[str, str]
    ) -> None:
        self.path, self.house, self.people, self.chats = path, house, people, chats
        self.lines: list[EventId] = []

    async def says(self, name: str, line: str) -> EventId:
        person = self.people[name]
        self.lines.append(await person.say(self.chats[person.id], line))
        await self.house.settle()
        return self.lines[-1]

    async def lives(self) -> None:
        """Have all of it happen."""
        for person in self.people.values():
            await person.join(self.house.room("shire"))
        await self.house.settle()
        for rung in ("friends", "partners"):
            for name in ("ann", "ben"):
                await self.people[name].join(self.house.room(f"shire/rung/{rung}"))
        await self.house.settle()
        await self.says("ann", "!crew start Lantern @ben:hall.test")
        for name in ("ann", "ben"):
            await self.people[name].join(self.house.room("shire/crew/lantern"))
        await self.house.settle()
        await self.says("ann", "!invite @cleo:hall.test to Friends")
        await self.says("ben", "!vouch for @cleo:hall.test")
        await self.people["cleo"].join(self.house.room("shire/rung/friends"))
        await self.house.settle()
        await self.says("cleo", "!me")

    def evidence(self) -> judge.Evidence:
        return judge.Evidence(
            "shire",
            self.house.me,
            book.read(self.path),
            sights_of(self.house.world, self.house.me),
            tuple(person.id for person in self.people.values()),
            self.chats,
            frozenset(self.lines),
            frozenset(self.lines),
        )

    def found(self) -> str:
        return "\n".join(judge.judge(self.evidence()))

    def in_ledger(self, statement: str, *values: object) -> None:
        with closing(sqlite3.connect(self.path)) as db:
            db.execute(statement, values)
            db.commit()

    @property
    def keeper(self) -> Asker:
        return self.house.world.asker(self.house.me)


@pytest.fixture
async def story(tmp_path: Path) -> AsyncIterator[Story]:
    path = tmp_path / "ledger.db"
    async with SqliteLedger.open(path, FACTS) as ledger, Household(ledger=ledger) as house:
        people = {name: Person(house.world, name) for name in ("ann", "ben", "cleo")}
        chats = {str(person.id): str(await house.chat(person)) for person in people.values()}
        told = Charter.model_validate({**charter("shire"), "founders": []})
        await house.found(told, people["ann"].id, people["ben"].id)
        made = Story(path, house, people, chats)
        await made.lives()
        assert made.found() == ""
        yield made


async def test_an_answer_that_was_doubled_is_found(story: Story) -> None:
    relation = {"m.in_reply_to": {"event_id": story.lines[0]}}
    said = {"msgtype": "m.notice", "body": "once more", "m.relates_to": relation}
    world = story.house.world
    world.send(story.keeper, world.events[story.lines[0]].room, "m.room.message", said, "again")
    assert "has 2 answers" in story.found()
    assert "the ledger does not know it" in story.found()


async def test_an_answer_that_never_came_is_found(story: Story) -> None:
    event = await story.people["ann"].say(story.chats[story.people["ann"].id], "!me")
    story.lines.append(event)
    assert "was taken in and has no answer" in story.found()
    assert "was taken in and is not in the ledger" in story.found()


async def test_what_a_homeserver_lost_is_found(story: Story) -> None:
    one = story.evidence()
    del one.sights.events[story.lines[0]]
    assert f"answers: {story.lines[0]} is not in its room any more" in judge.judge(one)


async def test_what_was_answered_and_is_not_decided_is_found(story: Story) -> None:
    story.in_ledger("DELETE FROM facts WHERE cause = ?", story.lines[1])
    assert "was answered, and the ledger does not know it" in story.found()


async def test_a_gap_in_a_stream_is_found(story: Story) -> None:
    story.in_ledger("DELETE FROM facts WHERE kind = 'Arrived' AND version = 2")
    assert "goes from" in story.found()


async def test_what_still_waits_is_found(story: Story) -> None:
    story.in_ledger("UPDATE inbox SET event = '{}' WHERE id = ?", story.lines[0])
    story.in_ledger("UPDATE outbox SET sent = NULL WHERE event = ?", story.lines[1])
    assert "still waits to be heard" in story.found()
    assert "still waits to be said" in story.found()


async def test_words_that_the_ledger_believes_said_and_nobody_sees_are_found(story: Story) -> None:
    story.in_ledger("UPDATE outbox SET sent = '$nowhere' WHERE event = ? AND ack = ''", story.lines[3])
    assert "which nobody sees" in story.found()


async def test_a_place_with_two_rooms_is_found(story: Story) -> None:
    world, room = story.house.world, story.house.room("shire/crew/lantern")
    locator = world.room(room).content("org.crewhall.locator")
    assert locator is not None
    other = await Person(world, "keeper").create_room({})
    world.put_state(story.keeper, other, "org.crewhall.locator", "", locator)
    assert "shire/crew/lantern has 2 rooms" in story.found()


async def test_a_level_that_nobody_decided_is_found(story: Story) -> None:
    room = story.house.room("shire/place/lobby")
    world, cleo = story.house.world, story.people["cleo"]
    powers: Any = dict(world.room(room).content("m.room.power_levels") or {})
    users = {**powers["users"], cleo.id: 50}
    world.put_state(story.keeper, room, "m.room.power_levels", "", {**powers, "users": users})
    assert f"{cleo.id} has 50 in shire/place/lobby" in story.found()


async def test_a_level_in_a_crew_is_found(story: Story) -> None:
    room = story.house.room("shire/crew/lantern")
    world, ben = story.house.world, story.people["ben"]
    powers: Any = dict(world.room(room).content("m.room.power_levels") or {})
    world.put_state(story.keeper, room, "m.room.power_levels", "", {**powers, "users": {ben.id: 50}})
    assert f"{ben.id} stands above the others in shire/crew/lantern" in story.found()


async def test_somebody_in_a_room_that_nobody_opened_to_them_is_found(story: Story) -> None:
    room, dan = story.house.room("shire/crew/lantern"), Person(story.house.world, "dan")
    story.people["dan"] = dan
    story.house.world.become(story.keeper, room, dan.id, "invite")
    await dan.join(room)
    assert f"{dan.id} is join in shire/crew/lantern, and has no part in it" in story.found()


async def test_somebody_missing_where_they_stand_is_found(story: Story) -> None:
    cleo = story.people["cleo"]
    await cleo.leave(story.house.room("shire/rung/friends"))
    assert f"{cleo.id} is leave in shire/rung/friends, but stands there: True" in story.found()


async def test_a_second_invitation_is_found(story: Story) -> None:
    one, room = story.evidence(), story.house.room("shire/crew/lantern")
    timeline = one.sights.room(room).timeline
    first = next(e for e in timeline if e.membership == "invite" and e.key == story.people["ben"].id)
    timeline.insert(timeline.index(first) + 1, replace(first, id=EventId("$again")))
    assert any("is invited to shire/crew/lantern, being invite already" in said for said in judge.judge(one))


async def test_a_step_that_nobody_vouched_for_is_found(story: Story) -> None:
    story.in_ledger("UPDATE facts SET kind = 'ObjectionTakenBack' WHERE kind = 'Vouched'")
    assert "is not what was said" in story.found()


async def test_a_word_in_the_name_of_another_is_found(story: Story) -> None:
    story.house.world.events[story.lines[2]] = replace(
        story.house.world.events[story.lines[2]], sender=UserId("@eve:hall.test")
    )
    room = story.house.world.room(story.house.world.events[story.lines[2]].room)
    room.timeline = [story.house.world.events[event.id] for event in room.timeline]
    assert "was done by @eve:hall.test" in story.found()


def half(hall: str, *told: tuple[str, dict[str, Any]]) -> judge.Evidence:
    """Return what a hall's ledger tells of its link."""
    facts = [type(kind, (), body)() for kind, body in told]
    records = tuple(book.Record(n, f"{hall}/sisters", n, "", None, one) for n, one in enumerate(facts, 1))  # type: ignore[arg-type]
    kept = book.Book(sound=True, records=records, causes=frozenset(), inbox={}, said=())
    return judge.Evidence(hall, f"@keeper:{hall}", kept, judge.Sights(), ())


def fact(kind: str, **body: Any) -> tuple[str, dict[str, Any]]:
    return kind, body


def linked(other: str) -> list[tuple[str, dict[str, Any]]]:
    return [
        fact("LinkNamed", keeper=f"@keeper:{other}"),
        fact("LinkAsked", question="q", terms="the terms"),
        fact("LinkAgreed", question="q"),
        fact("StatementHeard", agreed=["the terms"], ended=False),
    ]


def test_halls_that_agree_about_their_link_are_left_alone() -> None:
    shire, dale = half("shire", *linked("dale")), half("dale", *linked("shire"))
    assert list(judge.link(shire, dale)) == []


@pytest.mark.parametrize(
    "more",
    [
        fact("LinkEnded"),
        fact("StatementHeard", agreed=[], ended=True),
        fact("StatementHeard", agreed=["others"], ended=False),
    ],
    ids=["one has ended it", "one believes it ended", "one believes in other terms"],
)
def test_halls_that_do_not_agree_about_their_link_are_found(more: tuple[str, dict[str, Any]]) -> None:
    shire, dale = half("shire", *linked("dale"), more), half("dale", *linked("shire"))
    assert list(judge.link(shire, dale))
