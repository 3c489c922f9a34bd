"""A homeserver that refuses the service for good ends it with one sentence; others are waited for."""

from dataclasses import replace
from typing import Any

from crewhall.testing.clock import ToldClock
from crewhall.waking import LONG


async def test_a_registration_without_the_keeper_is_one_sentence(sites: Any) -> None:
    async with sites() as site:
        directory = site.world.directory
        for one in tuple(directory.services.values()):
            directory.add_service(replace(one, users="@other_.*"))
        status, told = await site.run("serve")
        said = [line for line in told.splitlines() if line.startswith("crewhall: ")]
        assert status == 68
        assert "Traceback" not in told
        assert len(said) == 1
        assert str(site.keeper) in said[0]
        assert "crewhall check" in said[0]


async def test_a_homeserver_that_does_not_know_our_token_yet_is_waited_for(sites: Any) -> None:
    async with sites(ToldClock()) as site:
        await site.found()
        known = dict(site.world.directory.services)
        site.world.directory.services.clear()
        async with site.serving() as service:
            begun = site.world.clock.now()
            await site.until(lambda: site.world.clock.now() > begun + 2 * LONG, "it has asked again")
            assert not service.ready.is_set()
            site.world.directory.services.update(known)
            await site.until(service.ready.is_set, "it is awake")
