"""A homeserver that refuses the service for good ends it with one sentence, never with a traceback."""

from dataclasses import replace
from typing import Any


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
