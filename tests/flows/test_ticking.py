"""Promises of the ticking: what time makes due happens once, and rooms are looked at now and then."""

from datetime import timedelta

from crewhall.testing.household import Household

LOBBY = "rivendell/place/lobby"


async def end_asked(house: Household) -> None:
    await house.found()
    await house.come(house.ann, house.ben)
    await house.ann.say(house.room(LOBBY), f"!crew start Lantern {house.ben.id} open")
    await house.settle()
    for person in (house.ann, house.ben):
        await person.join(house.room("rivendell/crew/lantern"))
    await house.settle()
    await house.ann.say(house.room("rivendell/crew/lantern"), "!crew end")
    await house.settle()


async def test_what_is_due_happens_once_even_after_a_crash() -> None:
    async with Household() as house:
        await end_asked(house)
        room = house.room("rivendell/crew/lantern")
        before = len(house.said(room))
        await house.ticking.beat()
        await house.settle()
        assert len(house.said(room)) == before
        await house.world.clock.sleep(timedelta(days=6))
        await house.ticking.beat()
        await house.stop()
        await house.start()
        await house.ticking.beat()
        await house.settle()
        ends = [e for e in house.said(room) if "has ended" in str(e.content["body"])]
        assert len(ends) == 1
        assert house.troubles == []


async def test_all_rooms_are_looked_at_now_and_then() -> None:
    async with Household() as house:
        await house.found()
        house.homeserver.calls.clear()
        await house.ticking.beat()
        await house.settle()
        assert house.homeserver.calls.by_kind["look"] == 0
        await house.world.clock.sleep(timedelta(hours=2))
        await house.ticking.beat()
        await house.settle()
        assert house.homeserver.calls.by_kind["look"] == len(house.keeping.house.rooms)
        assert house.homeserver.calls.writes == 0


async def test_what_another_process_writes_is_taken_up() -> None:
    async with Household() as house:
        async with Household(house.world, house.ledger) as other:
            await other.found()
        await house.ticking.beat()
        await house.settle()
        assert house.room(LOBBY) in house.world.rooms
