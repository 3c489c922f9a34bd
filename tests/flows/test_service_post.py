"""The whole service and a post that doubles, mixes, loses, repeats and forges: each thing counts once."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from crewhall.ground.ids import CommunityKey, EventId, RoomKey
from crewhall.life.crews.crew import CREWS, Crew
from crewhall.testing.clock import ToldClock
from crewhall.testing.events import Event
from crewhall.waking import CAUGHT_UP

LANTERN = "rivendell/crew/lantern"
LOBBY = "rivendell/place/lobby"
HOURS, SOON = timedelta(hours=5), timedelta(seconds=0.01)


@pytest.mark.parametrize(
    "habit",
    [
        {"doubled": True},
        {"shuffled": True},
        {"deaf_every": 2, "first_wait": SOON, "most_wait": SOON},
        {"shuffled": True, "doubled": True},
    ],
    ids="-".join,
)
async def test_however_events_arrive_what_people_do_counts_once(sites: Any, habit: dict[str, Any]) -> None:
    async with sites(ToldClock()) as site:
        await site.found()
        for name, value in habit.items():
            setattr(site.wire.post.delivery, name, value)
        async with site.serving() as service:
            started, asked = await live(site)
            await assert_once(site, service, started, asked)
            await assert_still_answers(site)


async def test_what_the_homeserver_left_behind_is_asked_for_when_the_next_comes(sites: Any) -> None:
    async with sites(ToldClock()) as site:
        await site.found()
        async with site.serving():
            await site.awake()
            await pass_(site, CAUGHT_UP)
            left = await leave_behind(site)
            assert not site.answers(left)
            later = await site.ben.say(site.room(LOBBY), "!help")
            await site.until(lambda: site.answers(left) and site.answers(later), "both are answered")
            await site.quiet()
            assert len(site.answers(left)) == len(site.answers(later)) == 1


async def test_what_was_left_behind_at_a_start_is_asked_for_though_nobody_says_more(sites: Any) -> None:
    async with sites(ToldClock()) as site:
        await site.found()
        async with site.serving() as service, asyncio.timeout(10):
            await service.ready.wait()  # told time stands still: it has beaten once
            left = await leave_behind(site)
            assert not site.answers(left)
            await site.until(lambda: site.answers(left), "it is answered")


async def test_what_is_told_again_hours_later_says_and_changes_nothing(sites: Any) -> None:
    async with sites(ToldClock()) as site:
        await site.found()
        async with site.serving() as service:
            started, asked = await live(site)
            await pass_(site, HOURS)
            for _ in range(2):
                before = len(site.world.log)
                site.wire.post.replay(before)
                await site.wire.post.delivered()
                await site.quiet()
                assert len(site.world.log) == before
            await assert_once(site, service, started, asked)
            await assert_still_answers(site)


async def test_comings_that_were_never_told_count_from_the_next_full_look_on(sites: Any) -> None:
    async with sites(ToldClock()) as site:
        await site.found()
        async with site.serving() as service:
            started = await site.start_crew()
            await site.answered(started)
            await site.wire.post.delivered()
            site.wire.post.delivery.lose_every = 1
            await site.ann.join(site.room(LANTERN))
            await site.ben.join(site.room(LANTERN))
            await site.cleo.knock(site.room(LANTERN))
            await site.quiet()
            assert not crew(service).seats
            site.wire.post.delivery.lose_every = 0
            await pass_(site, HOURS)
            await site.until(lambda: len(site.said(site.room(LANTERN))) == 1, "the members are asked")
            await site.quiet()
            assert set(crew(service).seats) == {site.ann.id, site.ben.id}
            assert set(crew(service).asks) == {site.cleo.id}
            site.wire.post.replay(len(site.world.log))
            await site.wire.post.delivered()
            await site.quiet()
            assert len(site.said(site.room(LANTERN))) == 1
            await assert_still_answers(site)


async def test_what_the_homeserver_keeps_out_of_the_room_is_never_acted_upon(sites: Any) -> None:
    async with sites(ToldClock()) as site:
        await site.found()
        async with site.serving() as service:
            await site.awake()
            before = len(site.world.log)
            friends, lobby = site.room("rivendell/rung/friends"), site.room(LOBBY)
            command = {"msgtype": "m.text", "body": "!crew start Forged"}
            site.wire.post.smuggle(forged(site, "$one", lobby, command))
            joins = {"membership": "join"}
            site.wire.post.smuggle(forged(site, "$two", friends, joins, key=site.cleo.id))
            await site.wire.post.delivered()
            await site.quiet()
            hall = service.works.keeping.house.halls[CommunityKey("rivendell")]
            assert not any(site.cleo.id in people for people in hall.standing.values())
            assert len(site.world.log) == before
            assert list(await service.works.ledger.waiting()) == []
            await assert_still_answers(site)


async def live(site: Any) -> tuple[EventId, EventId]:
    """Have a crew started and joined, and asked for a seat, with a word on the way."""
    started = await site.start_crew()
    await site.answered(started)
    await site.ann.join(site.room(LANTERN))
    asked = await site.cleo.say(site.room(LOBBY), "!crew ask Lantern")
    await site.answered(asked)
    (card,) = site.said(site.room(LANTERN))
    await site.until(lambda: site.reactions(card.id), "the card can be clicked")
    await site.ann.react(site.room(LANTERN), card.id, "👍")
    await site.until(lambda: site.cleo.id in site.invited(LANTERN), "there is an invitation")
    await site.quiet()
    return started, asked


async def assert_once(site: Any, service: Any, started: EventId, asked: EventId) -> None:
    await site.quiet()
    for event in (started, asked):
        assert (len(site.answers(event)), site.reactions(event)) == (1, ["✅"])
    assert site.invited(LANTERN) == [site.ann.id, site.ben.id, site.cleo.id]
    card, edit = site.said(site.room(LANTERN))
    assert edit.content["m.relates_to"]["event_id"] == card.id
    assert site.reactions(card.id) == ["👍"]
    assert set(crew(service).seats) == {site.ann.id}
    assert set(crew(service).offers) == {site.ben.id, site.cleo.id}
    assert len(site.made()) == 7 + sum("chat/" in key for key in site.made())
    plan = await service.works.reconciler().plan()
    assert (plan.steps, plan.blocked) == ((), ())


async def assert_still_answers(site: Any) -> None:
    event = await site.ben.say(site.room(LOBBY), "!me")
    await site.until(lambda: site.answers(event), "it still answers")
    await site.quiet()
    assert len(site.answers(event)) == 1


def crew(service: Any) -> Crew:
    hall = service.works.keeping.house.halls[CommunityKey("rivendell")]
    return next(c for c in CREWS.of(hall).all.values() if c.room == RoomKey(LANTERN))


def forged(site: Any, name: str, room: str, content: Any, *, key: Any = None) -> Event:
    kind = "m.room.message" if key is None else "m.room.member"
    at = int(site.world.clock.now().timestamp() * 1000)
    return Event(EventId(name), room, kind, site.cleo.id, content, at, len(site.world.log), key)


async def leave_behind(site: Any) -> EventId:
    """Have the homeserver find the service back after a moment, and leave behind what is said just then."""
    delivery, lobby = site.wire.post.delivery, site.room(LOBBY)
    await site.ann.say(lobby, "Good morning")
    await site.wire.post.delivered()
    delivery.deaf_every, delivery.first_wait = 1, SOON
    await site.ann.say(lobby, "Is anybody there?")
    while not site.wire.post._rounds["crewhall"]._failed:  # noqa: ASYNC110 - it tells nobody
        await asyncio.sleep(SOON.total_seconds())
    delivery.deaf_every, delivery.leave_every = 0, 1
    await site.wire.post.delivered()
    left: EventId = await site.ann.say(lobby, "!help")
    await site.wire.post.delivered()
    return left


async def pass_(site: Any, span: timedelta) -> None:
    """Let a long time pass."""
    await site.world.clock.advance(span)
    await site.quiet()
