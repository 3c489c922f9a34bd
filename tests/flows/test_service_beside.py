"""An operator's commands beside the running service: they share its ledger, and never get in its way."""

import asyncio
import re
from typing import Any

from crewhall.charter.model import Charter
from crewhall.life.plans.shown import waiting
from crewhall.testing.clock import ToldClock

LANTERN = "rivendell/crew/lantern"
BREE = Charter.model_validate(
    {
        "key": "bree",
        "name": "Bree",
        "founders": ["@ann:hall.test"],
        "door": {"join": "public"},
        "places": [{"key": "pony", "name": "Pony"}],
    }
)


async def test_a_community_founded_meanwhile_is_heard_and_answered(sites: Any) -> None:
    async with sites(ToldClock()) as site:
        await site.found()
        async with site.serving() as service:
            await site.awake()
            status, told = await site.run("found", str(site.write_charter(BREE, "bree")))
            assert status == 0, told
            await site.until(lambda: "bree" in service.works.keeping.house.halls, "it knows of it")
            for key in ("bree", "bree/place/pony"):
                await site.ann.join(site.room(key))
            event = await site.ann.say(site.room("bree/place/pony"), "!crew start Lantern")
            await site.answered(event)
            assert len(site.answers(event)) == 1
            assert site.invited("bree/crew/lantern") == [site.ann.id]
            assert len([key for key in site.made() if key.startswith("bree")]) == 4
            assert await site.run("found", str(site.folder / "bree.yaml")) == (
                0,
                "There was nothing to do.\n",
            )


async def test_planning_beside_the_service_writes_nothing(sites: Any) -> None:
    async with sites(ToldClock()) as site:
        await site.found()
        async with site.serving():
            await site.answered(await site.start_crew())
            before = len(site.world.log)
            assert await site.run("plan") == (0, "Nothing would change.\n")
            assert len(site.world.log) == before


async def test_a_door_changed_by_hand_is_planned_and_restored(sites: Any) -> None:
    async with sites(ToldClock()) as site:
        await site.found()
        async with site.serving():
            await site.awake()
            site.wire.post.delivery.lose_every = 1
            room = site.world.room(site.room("rivendell"))
            await site.ann.set_state(room.id, "m.room.join_rules", {"join_rule": "invite"})
            before = len(site.world.log)
            status, told = await site.run("plan")
            assert (status, len(site.world.log)) == (2, before), told
            assert "Fingerprint" in told
            status, told = await site.run("apply")
            assert (status, room.join_rule) == (0, "public"), told
            assert await site.run("plan") == (0, "Nothing would change.\n")
            assert await site.run("apply") == (0, "There was nothing to do.\n")


async def test_a_door_changed_by_hand_is_restored_by_the_service_alone(sites: Any) -> None:
    async with sites(ToldClock()) as site:
        await site.found()
        async with site.serving():
            await site.awake()
            room = site.world.room(site.room("rivendell"))
            await site.ann.set_state(room.id, "m.room.join_rules", {"join_rule": "invite"})
            await site.until(lambda: room.join_rule == "public", "the door is restored")


async def test_many_removals_wait_for_the_plan_to_be_named(sites: Any) -> None:
    async with sites(ToldClock()) as site:
        await site.found()
        async with site.serving():
            await site.answered(await site.start_crew())
            await site.ann.join(site.room(LANTERN))
            await site.quiet()
            room, strangers = crowd(site)
            status, told = await site.run("plan")
            assert status == 2, told
            printed = re.search(r"Fingerprint\s+(\w+)", told)
            assert printed is not None, told
            before = len(site.world.log)
            for arguments in ((), ("--yes", "0" * len(printed[1])), ("--yes", "")):
                status, told = await site.run("apply", *arguments)
                assert (status, len(site.world.log)) == (1, before), told
                assert printed[1] in told
            assert strangers <= room.joined
            status, told = await site.run("apply", "--yes", printed[1])
            assert status == 0, told
            assert room.joined == {site.keeper, site.ann.id}
            assert await site.run("plan") == (0, "Nothing would change.\n")
            await site.quiet()
            event = await site.ann.say(site.room("rivendell/place/lobby"), "!me")
            await site.until(lambda: site.answers(event), "it still answers")


def crowd(site: Any) -> tuple[Any, set[str]]:
    """Put strangers into a crew's room as only an admin of the homeserver can, past its door, unheard."""
    site.wire.post.delivery.lose_every = 1
    room = site.world.room(site.room(LANTERN))
    strangers = {f"@stranger{n}:hall.test" for n in range(5)}
    for stranger in sorted(strangers):
        site.world.append(room, stranger, "m.room.member", {"membership": "join"}, stranger)
    site.wire.post.delivery.lose_every = 0
    return room, strangers


async def test_while_a_plan_waits_nothing_is_looked_at_over_and_over(sites: Any) -> None:
    async with sites(ToldClock()) as site:
        await site.found()
        async with site.serving() as service:
            await site.awake()
            await site.ann.leave(site.room("rivendell"))
            await site.until(lambda: shown(service), "it is shown that nobody would be left with the key")
            service.look_around()
            await site.until(lambda: not service.latest.at_work, "all is looked at", within=5)
            looks = site.wire.calls.reads
            await asyncio.sleep(0.3)
            assert site.wire.calls.reads - looks < len(site.made())


def shown(service: Any) -> bool:
    """Whether something waits for somebody's yes."""
    hall = service.works.keeping.house.halls["rivendell"]
    return waiting(hall) is not None
