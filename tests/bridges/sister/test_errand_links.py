"""Two whole services link over a federation: from a word on each side to flows that are open."""

from datetime import timedelta
from typing import Any


async def test_a_word_and_a_yes_on_each_side_make_a_link(pair: Any, tools: Any) -> None:
    await pair.named(pair.ours)
    await pair.settle()
    assert tools.stands(pair.ours) == "proposed"
    await pair.named(pair.dale)
    await pair.settle()
    assert [len(tools.asked(home)) for home in pair.homes] == [1, 1]
    await pair.yes(pair.ours)
    await pair.settle()
    assert [tools.stands(home) for home in pair.homes] == ["asked", "proposed"]
    await pair.yes(pair.dale)
    await pair.settle()
    assert [tools.stands(home) for home in pair.homes] == ["holds", "holds"]
    pair.agree()
    for home in pair.homes:
        assert home.troubles == []
        assert tools.link_of(home).here
        assert not tools.unasked(home)


async def test_each_reads_one_letterbox_and_owns_one(linked: Any, tools: Any) -> None:
    for home in linked.homes:
        link = tools.link_of(home)
        assert link.room == tools.box_of(linked.other(home))
        assert link.offered == ()
        assert home.errand.remembered == 1
        room = home.world.rooms[tools.box_of(home)]
        assert room.joined == {home.me, linked.other(home).me}


async def test_reading_again_writes_nothing(linked: Any) -> None:
    before = [home.keeping.house.seq for home in linked.homes]
    for home in linked.homes:
        home.recorded.clear()
    for _ in range(30):
        await linked.wait(timedelta(hours=2))
    assert [home.keeping.house.seq for home in linked.homes] == before
    assert [home.recorded for home in linked.homes] == [[], []]


async def test_a_quiet_link_is_read_once_an_hour(linked: Any) -> None:
    home = linked.ours
    await linked.wait(timedelta(hours=2))
    home.homeserver.calls.clear()
    for _ in range(24 * 6):
        await linked.clock.advance(timedelta(minutes=10))
        await home.errand.round()
    assert 20 <= home.homeserver.calls.by_kind["look"] <= 27
    assert home.homeserver.calls.writes == 0


async def test_what_one_closes_the_other_sees(linked: Any, tools: Any) -> None:
    await linked.ours.tell(linked.ours.ann, "!link close guests with dale")
    await linked.settle()
    linked.agree()
    assert tools.told(linked.dale, "guests") or tools.told(linked.dale, "Guests")


async def test_a_statement_is_read_as_soon_as_it_is_pushed(linked: Any, tools: Any) -> None:
    await linked.ours.tell(linked.ours.ann, "!link close guests with dale")
    began = linked.clock.now()
    await linked.settle()
    assert tools.link_of(linked.dale).theirs.seq == tools.link_of(linked.ours).ours.seq
    assert linked.clock.now() - began < timedelta(minutes=1)


async def test_who_ends_a_link_leaves_the_letterbox_and_is_still_read(linked: Any, tools: Any) -> None:
    theirs = tools.link_of(linked.ours).room
    await linked.ours.tell(linked.ours.ann, "!unlink dale")
    await linked.settle()
    assert [tools.stands(home) for home in linked.homes] == ["ended", "ended"]
    assert linked.ours.me not in linked.dale.world.rooms[theirs].joined
    assert tools.told(linked.dale, "ended") == 1
    assert linked.ours.errand.remembered == 0


async def test_what_was_ended_can_be_made_anew(linked: Any, tools: Any) -> None:
    await linked.ours.tell(linked.ours.ann, "!unlink dale")
    await linked.settle()
    await linked.heal()
    for home in (linked.dale, linked.ours):
        await linked.named(home)
        await linked.settle()
    await linked.heal()
    for home in linked.homes:
        await linked.yes(home)
        await linked.settle()
    linked.agree()
    assert tools.stands(linked.ours) == "holds"


async def test_who_is_named_anew_at_once_is_read_at_once(linked: Any, tools: Any) -> None:
    await linked.wait(timedelta(minutes=10))
    began = linked.clock.now()
    await linked.ours.tell(linked.ours.ann, "!unlink dale")
    await linked.named(linked.ours)
    await linked.settle()
    link = tools.link_of(linked.ours)
    assert link.theirs.seq == tools.link_of(linked.dale).ours.seq
    assert linked.clock.now() - began < timedelta(minutes=2)
    linked.ours.homeserver.calls.clear()
    for _ in range(10):
        await linked.clock.advance(timedelta(seconds=5))
        await linked.ours.errand.round()
    assert linked.ours.homeserver.calls.by_kind["look"] <= 1


async def test_a_crash_leaves_nobody_in_a_letterbox_that_no_link_is_about(linked: Any, tools: Any) -> None:
    theirs = tools.link_of(linked.ours).room
    await linked.ours.tell(linked.ours.ann, "!unlink dale")
    await linked.ours.settle()
    await linked.ours.stop()
    await linked.ours.start()
    await linked.settle()
    assert linked.ours.me not in linked.dale.world.rooms[theirs].joined


async def test_local_words_are_answered_while_the_sister_is_away(linked: Any, tools: Any) -> None:
    linked.dale.stop_homeserver()
    event = await linked.ours.tell(linked.ours.ann, "!unlink dale")
    await linked.ours.settle()
    assert len(linked.ours.answers(event)) == 1
    assert tools.stands(linked.ours) == "ended"


async def test_one_of_three_that_is_away_holds_up_nothing_between_the_others(pairs: Any, tools: Any) -> None:
    async with pairs("bree") as three:
        await three.link()
        bree = three.homes[2]
        for one, other in ((three.ours, bree), (bree, three.ours)):
            await one.tell(one.ann, f"!link with {other.me}")
            await three.settle()
        assert three.ours.errand.remembered == 2
        bree.stop_homeserver()
        await three.ours.tell(three.ours.ann, "!link close guests with dale")
        await three.settle()
        assert len(tools.link_of(three.dale).theirs.closed) == 2
