"""How the errand goes its rounds: nobody holds up anybody, who does not answer is asked ever more seldom."""

import asyncio
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import pytest

from crewhall.errors import TryLater
from crewhall.ground.facts import Writing
from crewhall.ground.ids import UserId
from crewhall.ports import Entry
from crewhall_bridges.sister.bond import links, mark_of, stream_of
from crewhall_bridges.sister.errand import LOOKS
from crewhall_bridges.sister.facts import LetterboxOffered, LinkNamed
from crewhall_bridges.sister.naming import offer_of


@asynccontextmanager
async def running(home: Any) -> Any:
    task = asyncio.create_task(home.errand.run())
    try:
        yield task
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def spin(times: int = 200) -> None:
    for _ in range(times):
        await asyncio.sleep(0)


async def offer(home: Any, server: str, room: str) -> None:
    """Have the ledger know of a link with a sister who has offered a room."""
    hall = home.keeping.house.halls["shire"]
    now, keeper = home.world.clock.now(), UserId(f"@keeper:{server}")
    named = LinkNamed(mark_of(keeper, ""), keeper, home.me, "", home.ann.id, offer_of(hall, home.me, now, 1))
    for fact in (named, LetterboxOffered(keeper, home.me, room)):  # type: ignore[arg-type] # an id
        entry = Entry(f"{server}:{fact}", now, (Writing(stream_of(hall), fact),))
        await home.keeping.record(entry)


async def test_a_statement_is_read_while_another_server_hangs(linked: Any) -> None:
    home = linked.ours
    never = asyncio.Event()

    async def hang(*_args: Any, **_more: Any) -> Any:
        await never.wait()

    home.homeserver.join = hang
    for n in range(10):
        await offer(home, f"slow{n}.test", f"!slow{n}")
    async with running(home):
        await spin()
        await linked.dale.tell(linked.dale.ann, "!link close guests with shire")
        await linked.dale.settle()
        linked.federation.deliver()
        await home.settle()
        await linked.clock.advance(timedelta(seconds=5))
        await spin()
        (link,) = [one for one in _links(home) if one.keeper == linked.dale.me]
        assert len(link.theirs.closed) == 2
    never.set()


async def test_a_bug_of_ours_is_raised_after_all_others_were_read(linked: Any) -> None:
    home, real = linked.ours, linked.ours.homeserver.look
    await offer(home, "odd.test", "!odd")
    read = []

    async def look(room: Any) -> Any:
        if room == "!odd":
            raise ValueError(room)
        read.append(room)
        return await real(room)

    home.homeserver.look = look
    await linked.clock.advance(timedelta(hours=2))
    async with running(home) as task:
        await spin()
        with pytest.raises(ValueError, match="!odd"):
            await asyncio.wait_for(task, 1)
    assert read
    async with running(home) as task:  # as it is started anew, the bug rests
        await spin()
        assert not task.done()


async def test_who_does_not_answer_is_asked_ever_more_seldom(linked: Any) -> None:
    home = linked.ours
    tries = []

    async def away(room: Any, **_more: Any) -> Any:
        tries.append(room)
        raise TryLater("nobody there")

    home.homeserver.join = away
    await offer(home, "away.test", "!away")
    async with running(home):
        for _ in range(24 * 30):
            await linked.clock.advance(timedelta(minutes=2))
        assert 10 <= len(tries) <= 50
    assert home.errand.remembered == 2


async def test_a_thousand_hints_at_once_are_one_look(linked: Any, tools: Any) -> None:
    home = linked.ours
    room = tools.link_of(home).room
    async with running(home):
        await spin()
        home.homeserver.calls.clear()
        for _ in range(1_000):
            home.errand.hint(room)
            home.errand.hint("!of-nobody")
        await linked.clock.advance(timedelta(seconds=5))
        assert home.homeserver.calls.by_kind["look"] <= 2
        assert home.errand.remembered == 1


async def test_a_huge_letterbox_is_read_no_more_often_than_it_can_be(linked: Any, tools: Any) -> None:
    home, real = linked.ours, linked.ours.homeserver.look
    looks = []

    async def slow(room: Any) -> Any:
        looks.append(room)
        await linked.clock.sleep(timedelta(seconds=3))
        return await real(room)

    home.homeserver.look = slow
    room = tools.link_of(home).room
    async with running(home):
        for _ in range(300):
            home.errand.hint(room)
            await linked.clock.advance(timedelta(seconds=1))
    assert 2 <= len(looks) <= 7


async def test_a_hundred_letterboxes_are_read_a_few_at_a_time(linked: Any) -> None:
    home, real = linked.ours, linked.ours.homeserver.look
    at_once, most, seen = 0, 0, set()
    offered = [f"!s{n}" for n in range(100)]

    async def look(room: Any) -> Any:
        nonlocal at_once, most
        if room not in offered:
            return await real(room)
        at_once += 1
        most = max(most, at_once)
        seen.add(room)
        await linked.clock.sleep(timedelta(milliseconds=10))
        at_once -= 1
        raise TryLater("enough")

    home.homeserver.look = look
    for n, room in enumerate(offered):
        await offer(home, f"s{n}.test", room)
    async with running(home):
        await linked.clock.advance(timedelta(seconds=2))
    assert seen == set(offered)
    assert most == LOOKS
    assert home.errand.remembered == 101


def _links(home: Any) -> list[Any]:
    return list(links(home.keeping.house.halls["shire"]))
