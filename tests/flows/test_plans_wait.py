"""Plans before power: what touches more than a few people is shown first, done after a yes, and receipted."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from datetime import timedelta

import pytest

from crewhall.charter.model import Charter
from crewhall.flows.showing import GATHER
from crewhall.ground.charters import CharterChanged
from crewhall.ground.facts import Stream, Writing
from crewhall.ground.ids import CommunityKey, CrewKey, EventId, RoomId, UserId
from crewhall.life.crews.facts import CrewStarted, LeafOpened, SeatOffered
from crewhall.life.plans.shown import waiting
from crewhall.ports import Entry
from crewhall.testing import Person, ToldClock
from crewhall.testing.household import Household
from crewhall.testing.world import World

ROOT, LOBBY, FRIENDS, COMMONS = (
    "rivendell", "rivendell/place/lobby", "rivendell/rung/friends", "rivendell/rung/friends/commons",
)  # fmt: skip
NAMES = ("dan", "eli", "fay")


def charter(level: int = 0, container: str = "", **more: object) -> Charter:
    """A community whose keeper asks when more than two people are concerned."""
    friends = {"key": "friends", "name": "Friends", "level": level}
    return Charter.model_validate(
        {
            "key": "rivendell",
            "name": "Rivendell",
            "door": {"join": "public"},
            "places": [{"key": "lobby", "name": "Lobby"}],
            "rungs": [{**friends, "rooms": [{"key": "commons", "name": "Commons"}]}],
            "care": {"people": 2},
            "container": container,
            **more,
        }
    )


class Lived:
    """A community in which Ann holds the key and five are Friends."""

    def __init__(self, house: Household) -> None:
        self.house = house
        self.people = [house.ben, house.cleo, *(Person(house.world, name) for name in NAMES)]

    async def founded(self, first: Charter) -> None:
        house = self.house
        await house.found(first, house.ann.id)
        for person in (house.ann, *self.people):
            await house.come(person)
            if person is not house.ann:
                await house.ann.invite(house.room(FRIENDS), person.id)
            for key in (FRIENDS, COMMONS):
                await person.join(house.room(key))
            await house.settle()
        await house.chat(house.ann)
        await self.later(hours=1)

    async def change(self, paper: Charter) -> None:
        version = self.house.keeping.house.versions["rivendell"]
        writing = Writing(Stream("rivendell"), CharterChanged(paper))
        await self.house.keeping.record(
            Entry(f"test:charter:{version}", self.house.world.clock.now(), (writing,))
        )
        await self.house.settle()

    async def later(self, **span: float) -> None:
        await self.house.world.clock.advance(timedelta(**span))
        await self.house.ticking.beat()
        await self.house.settle()

    async def restart(self) -> None:
        await self.house.stop()
        await self.house.start()
        await self.house.settle()

    @property
    def chat(self) -> RoomId:
        return self.house.room(self.house.chats.key(self.house.ann.id))

    def cards(self, room: str = "") -> list[EventId]:
        """The cards that were posted, oldest first."""
        said = self.house.said(room or self.chat)
        return [e.id for e in said if "waits for your yes" in str(e.content["body"]) and not _edited(e)]

    def reads(self, event: EventId) -> str:
        """What a message says now."""
        found = self.house.world.events[event]
        said = [e for e in self.house.said(found.room) if _edited(e) == event]
        return str((said[-1] if said else found).content["body"]).removeprefix("* ")

    def levels(self, key: str = COMMONS) -> dict[str, int]:
        users = self.house.world.room(self.house.room(key)).content("m.room.power_levels")["users"]
        return {person.id: users.get(person.id, 0) for person in self.people}


def _edited(event: object) -> object:
    relation = event.content.get("m.relates_to")
    named = isinstance(relation, Mapping) and relation.get("rel_type") == "m.replace"
    return relation["event_id"] if named else None


@pytest.fixture
async def lived() -> AsyncIterator[Lived]:
    async with Household() as house:
        lived = Lived(house)
        await lived.founded(charter())
        yield lived
        assert house.troubles == []


async def test_a_new_charter_is_shown_as_one_table_before_it_touches_many(lived: Lived) -> None:
    await lived.change(charter(level=20))
    assert set(lived.levels().values()) == {0}
    (card,) = lived.cards()
    words = lived.reads(card)
    assert "0 invited, 0 step down, 0 removed; 15 levels change; 0 rooms made." in words
    assert "5 people" in words
    assert lived.house.reactions(card) == ["✅", "✋"]
    assert lived.people[0].id in words


async def test_a_yes_has_it_done_and_the_card_becomes_the_receipt(lived: Lived) -> None:
    await lived.change(charter(level=20))
    (card,) = lived.cards()
    await lived.house.ann.react(lived.chat, card, "✅")
    await lived.house.settle()
    for key in (ROOT, FRIENDS, COMMONS):
        assert set(lived.levels(key).values()) == {20}
    assert lived.reads(card).startswith("Done in Rivendell, with the yes of @ann:")
    assert "15 levels change" in lived.reads(card)
    assert not await lived.house.reconciler.plan()
    assert waiting(lived.house.keeping.house.halls[CommunityKey("rivendell")]) is None


async def test_what_touches_few_is_done_at_once(lived: Lived) -> None:
    before = charter(level=20)
    await lived.change(before.model_copy(update={"care": before.care.model_copy(update={"people": 5})}))
    assert lived.cards() == []
    assert set(lived.levels().values()) == {20}


async def test_what_waits_in_many_rooms_is_one_card() -> None:
    async with Household() as house:
        lived = Lived(house)
        await lived.founded(charter(drift={"powers": "restore"}))
        for key in (ROOT, FRIENDS, COMMONS):
            await house.ann.give_power(house.room(key), {person.id: 30 for person in lived.people})
        await house.settle()
        (card,) = lived.cards()
        assert "15 levels change" in lived.reads(card)
        await house.ann.react(lived.chat, card, "✅")
        await house.settle()
        for key in (ROOT, FRIENDS, COMMONS):
            assert set(lived.levels(key).values()) == {0}
        assert len(lived.cards()) == 1


class Meanwhile(ToldClock):
    """A clock during whose first wait for more to show something happens."""

    act: Callable[[], Awaitable[object]] | None = None

    async def sleep(self, span: timedelta) -> None:
        if span == GATHER and self.act is not None:
            act, self.act = self.act, None
            await act()
        await super().sleep(span)


async def test_what_changes_while_a_plan_is_about_to_be_shown_is_shown_with_it() -> None:
    clock = Meanwhile(hurried=True)
    async with Household(World(clock=clock)) as house:
        lived = Lived(house)
        await lived.founded(charter(drift={"powers": "restore"}))
        given = {person.id: 30 for person in lived.people}
        clock.act = lambda: house.ann.give_power(house.room(FRIENDS), given)
        await house.ann.give_power(house.room(COMMONS), given)
        await house.settle()
        assert clock.act is None
        (card,) = lived.cards()
        assert "10 levels change" in lived.reads(card)


async def test_nothing_is_asked_twice_however_often_it_is_looked_at(lived: Lived) -> None:
    await lived.change(charter(level=20))
    lived.house.poke(lived.house.keeping.house.rooms)
    await lived.house.settle()
    await lived.restart()
    lived.house.poke(lived.house.keeping.house.rooms)
    await lived.house.settle()
    assert len(lived.cards()) == 1
    assert set(lived.levels().values()) == {0}


async def test_not_now_is_heard_and_a_later_yes_still_counts(lived: Lived) -> None:
    await lived.change(charter(level=20))
    (card,) = lived.cards()
    await lived.house.ann.react(lived.chat, card, "✋")
    await lived.house.settle()
    assert "not now" in lived.reads(card)
    said = len(lived.house.said(lived.chat))
    await lived.restart()
    await lived.later(days=4)
    assert len(lived.house.said(lived.chat)) == said
    assert set(lived.levels().values()) == {0}
    await lived.house.ann.react(lived.chat, card, "✅")
    await lived.house.settle()
    assert set(lived.levels().values()) == {20}
    assert len(lived.cards()) == 1


async def test_a_yes_that_is_taken_back_before_it_was_carried_out_counts_no_more(lived: Lived) -> None:
    await lived.change(charter(level=20))
    (card,) = lived.cards()
    lived.house.homeserver.faults.stopped = True
    yes = await lived.house.ann.react(lived.chat, card, "✅")
    await lived.house.push(lived.house.letters())
    await lived.house.workers.idle()
    await lived.house.ann.redact(lived.chat, yes)
    await lived.house.push(lived.house.letters())
    await lived.house.workers.idle()
    lived.house.homeserver.faults.stopped = False
    await lived.house.settle()
    assert set(lived.levels().values()) == {0}
    assert "waits for your yes" in lived.reads(card)
    lived.house.troubles.clear()


async def test_a_restart_between_the_yes_and_the_deed_carries_it_out_once(lived: Lived) -> None:
    await lived.change(charter(level=20))
    (card,) = lived.cards()
    lived.house.homeserver.faults.stopped = True
    await lived.house.ann.react(lived.chat, card, "✅")
    await lived.house.push(lived.house.letters())
    await lived.house.workers.idle()
    await lived.house.stop()
    lived.house.homeserver.faults.stopped = False
    await lived.house.start()
    await lived.house.settle()
    assert set(lived.levels().values()) == {20}
    assert lived.reads(card).startswith("Done in Rivendell")
    assert len(lived.cards()) == 1
    lived.house.troubles.clear()


async def test_another_change_makes_the_old_card_void_and_shows_the_new_one(lived: Lived) -> None:
    await lived.change(charter(level=20))
    await lived.change(charter(level=30))
    old, new = lived.cards()
    assert "no longer so" in lived.reads(old)
    await lived.house.ann.react(lived.chat, old, "✅")
    await lived.house.settle()
    assert set(lived.levels().values()) == {0}
    await lived.house.ann.react(lived.chat, new, "✅")
    await lived.house.settle()
    assert set(lived.levels().values()) == {30}


async def test_a_change_that_is_taken_back_makes_the_card_void(lived: Lived) -> None:
    await lived.change(charter(level=20))
    await lived.change(charter(level=0))
    (card,) = lived.cards()
    assert "no longer so" in lived.reads(card)


async def test_while_a_plan_waits_everything_else_goes_on(lived: Lived) -> None:
    await lived.change(charter(level=20))
    gus = Person(lived.house.world, "gus")
    await lived.house.come(gus)
    await lived.house.ann.invite(lived.house.room(FRIENDS), gus.id)
    for key in (FRIENDS, COMMONS):
        await gus.join(lived.house.room(key))
    await lived.house.settle()
    content = lived.house.world.room(lived.house.room(COMMONS)).content("m.room.power_levels")
    assert content["users"][gus.id] == 20
    assert set(lived.levels().values()) == {0}
    assert len(lived.cards()) == 1


async def test_silence_is_broken_once_after_three_days(lived: Lived) -> None:
    await lived.change(charter(level=20))
    said = len(lived.house.said(lived.chat))
    await lived.later(days=2)
    assert len(lived.house.said(lived.chat)) == said
    for _ in range(3):
        await lived.later(days=3)
        await lived.restart()
    assert len(lived.house.said(lived.chat)) == said + 1


async def test_the_operators_yes_still_works(lived: Lived) -> None:
    await lived.change(charter(level=20))
    plan = await lived.house.reconciler.plan()
    (card,) = lived.cards()
    assert plan.fingerprint in lived.reads(card)
    assert (await lived.house.reconciler.carry_out(plan, plan.fingerprint)).whole
    await lived.restart()
    assert set(lived.levels().values()) == {20}
    assert "no longer so" in lived.reads(card)


async def test_in_a_rungs_room_those_on_the_rung_say_yes_too() -> None:
    async with Household() as house:
        lived = Lived(house)
        await lived.founded(charter(container="friends/commons"))
        await lived.change(charter(level=20, container="friends/commons"))
        room = house.room(COMMONS)
        (card,) = lived.cards(room)
        assert lived.cards() == []
        await lived.people[2].react(room, card, "✅")
        await house.settle()
        assert set(lived.levels().values()) == {20}
        assert lived.reads(card).startswith("Done in Rivendell")


async def test_a_yes_of_somebody_else_means_nothing() -> None:
    async with Household() as house:
        lived = Lived(house)
        await lived.founded(charter(container="lobby"))
        await lived.change(charter(level=20, container="lobby"))
        room = house.room(LOBBY)
        (card,) = lived.cards(room)
        await house.ben.react(room, card, "✅")
        await house.settle()
        assert set(lived.levels().values()) == {0}
        key = house.keeping.house.chats[UserId(house.ben.id)]
        await house.ben.join(house.room(key))
        await house.settle()
        assert "from others it means nothing" in str(house.said(house.room(key))[-1].content["body"])


async def test_a_sealed_room_is_no_container() -> None:
    async with Household() as house:
        lived = Lived(house)
        await lived.founded(charter(container="lobby"))
        await house.ann.set_state(
            house.room(LOBBY), "m.room.encryption", {"algorithm": "m.megolm.v1.aes-sha2"}
        )
        await house.settle()
        await lived.change(charter(level=20, container="lobby"))
        assert len(lived.cards()) == 1


async def test_plans_tells_keyholders_what_waits(lived: Lived) -> None:
    asked = await lived.house.ann.say(lived.chat, "!plans")
    await lived.house.settle()
    assert lived.house.answers(asked) == ["Nothing waits for a yes in Rivendell."]
    await lived.change(charter(level=20))
    asked = await lived.house.ann.say(lived.chat, "!plans")
    await lived.house.settle()
    assert "15 levels change" in lived.house.answers(asked)[0]


async def test_a_container_that_is_sealed_meanwhile_is_left_for_private_chats() -> None:
    async with Household() as house:
        lived = Lived(house)
        await lived.founded(charter(container="lobby"))
        await lived.change(charter(level=20, container="lobby"))
        room = house.room(LOBBY)
        assert len(lived.cards(room)) == 1
        await house.ann.set_state(room, "m.room.encryption", {"algorithm": "m.megolm.v1.aes-sha2"})
        await house.settle()
        await lived.restart()
        (card,) = lived.cards()
        assert len(house.said(room)) == 1
        await house.ann.react(lived.chat, card, "✅")
        await house.settle()
        assert set(lived.levels().values()) == {20}
        assert house.troubles == []


async def test_the_same_plan_is_asked_again_when_it_comes_again(lived: Lived) -> None:
    for count in (1, 2):
        await lived.change(charter(level=20))
        assert len(lived.cards()) == count
        await lived.change(charter(level=0))
        assert "no longer so" in lived.reads(lived.cards()[-1])


async def test_what_somebody_decides_for_themselves_does_not_wait_with_the_plan(lived: Lived) -> None:
    await lived.change(charter(level=20))
    ben, house = lived.people[0], lived.house
    await ben.leave(house.room(FRIENDS))
    await house.settle()
    assert house.world.room(house.room(COMMONS)).membership(ben.id) == "leave"
    assert len(lived.cards()) == 1
    await house.ann.react(lived.chat, lived.cards()[0], "✅")
    await house.settle()
    assert lived.levels() == {person.id: 0 if person is ben else 20 for person in lived.people}


async def test_a_crew_that_was_started_just_before_a_crash_does_not_wait_with_the_plan(lived: Lived) -> None:
    house, now = lived.house, lived.house.world.clock.now()
    await house.stop()
    changed = Writing(Stream("rivendell"), CharterChanged(charter(level=20)))
    await house.ledger.commit(Entry("test:charter", now, (changed,)))
    by = lived.people[0].id
    started = CrewStarted(
        CrewKey("lantern"), "Lantern", by, private=True, listed=True, mark="m", keeper=house.me
    )
    crew = Stream("rivendell/crew/lantern")
    seat = SeatOffered(lived.people[1].id, by)
    await house.ledger.commit(Entry("test:crew", now, (Writing(crew, started, 0), Writing(crew, seat))))
    await house.start()
    await house.settle()
    room = house.world.room(house.room(crew))
    assert [room.membership(person.id) for person in lived.people[:3]] == ["invite", "invite", ""]
    assert ("m.space.child", room.id) in house.world.room(house.room("rivendell/crews")).state
    assert set(lived.levels().values()) == {0}
    (card,) = lived.cards()
    assert "0 invited, 0 step down, 0 removed; 15 levels change; 0 rooms made." in lived.reads(card)


async def test_a_charters_new_room_is_shown_and_waits_with_the_plan(lived: Lived) -> None:
    rooms = [{"key": "lobby", "name": "Lobby"}, {"key": "attic", "name": "Attic"}]
    await lived.change(charter(level=20, places=rooms))
    (card,) = lived.cards()
    assert "1 room made" in lived.reads(card)
    assert "rivendell/place/attic" not in lived.house.keeping.house.rooms


async def test_a_leaf_that_was_opened_just_before_a_crash_does_not_wait_with_the_plan() -> None:
    desk = {"key": "work", "name": "Work", "rooms": [{"key": "desk", "name": "Desk"}]}
    leaves = {"crews": {"leaves": [desk]}}
    async with Household() as house:
        lived = Lived(house)
        await lived.founded(charter(**leaves))
        by, other = lived.people[:2]
        crew = Stream("rivendell/crew/lantern")
        started = CrewStarted(
            CrewKey("lantern"), "Lantern", by.id, private=True, listed=True, mark="m", keeper=house.me
        )
        facts = (Writing(crew, started, 0), Writing(crew, SeatOffered(other.id, by.id)))
        await house.keeping.record(Entry("test:crew", house.world.clock.now(), facts))
        await house.settle()
        for person in (by, other):
            await person.join(house.room(crew))
        await house.settle()
        await house.stop()
        now = house.world.clock.now()
        opened = Writing(crew, LeafOpened("work"))
        changed = Writing(Stream("rivendell"), CharterChanged(charter(level=20, **leaves)))
        await house.ledger.commit(Entry("test:leaf", now, (opened, changed)))
        await house.start()
        await house.settle()
        space, inner = (house.world.room(house.room(f"{crew}/{end}")) for end in ("space", "work/desk"))
        assert ("m.space.child", inner.id) in space.state
        assert ("m.space.child", house.room(crew)) in space.state
        assert set(lived.levels().values()) == {0}
        assert "0 rooms made" in lived.reads(lived.cards()[0])
