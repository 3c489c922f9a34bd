"""People hear of what they asked for before homeservers are busy with it; no room waits for lost words."""

from typing import Any

from crewhall.testing.clock import ToldClock

LOBBY = "rivendell/place/lobby"
LANTERN = "rivendell/crew/lantern"
CLEO = "@cleo:hall.test"


async def test_an_answer_goes_out_before_the_room_it_tells_of_is_changed(sites: Any) -> None:
    async with sites(ToldClock()) as site:
        await site.found()
        async with site.serving():
            await start(site)
            asked = await site.ann.say(site.room(LOBBY), f"!crew invite Lantern {CLEO}")
            await site.answered(asked)
            await site.until(lambda: CLEO in site.invited(LANTERN), "cleo is invited")
            answer = site.said(site.room(LOBBY))[-1]
            timeline = site.world.room(site.room(LANTERN)).timeline
            invitation = next(event for event in timeline if event.key == CLEO)
            lobby = site.world.room(site.room(LOBBY)).timeline
            mark = [event for event in lobby if event.kind == "m.reaction"][-1]
            assert answer.order < min(invitation.order, mark.order)


async def test_words_that_cannot_go_out_hold_no_room_up(sites: Any) -> None:
    async with sites(ToldClock()) as site:
        await site.found()
        async with site.serving():
            await start(site)
            site.wire.faults.only = frozenset({"send"})
            site.wire.faults.limit_every = 1
            asked = await site.ann.say(site.room(LOBBY), f"!crew invite Lantern {CLEO}")
            await site.until(lambda: CLEO in site.invited(LANTERN), "cleo is invited")
            assert not site.answers(asked)
            site.wire.faults.limit_every = 0
            await site.answered(asked)


async def start(site: Any) -> None:
    await site.answered(await site.start_crew())
    await site.ann.join(site.room(LANTERN))
    await site.quiet()
