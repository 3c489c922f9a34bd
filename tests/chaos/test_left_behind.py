"""A real homeserver that has left a transaction behind, as it found the service back: it is asked for."""

import asyncio
import sqlite3
from pathlib import Path

import pytest
from storm.grounds import SynapseGround
from storm.play import over_synapse

pytestmark = [pytest.mark.homeserver, pytest.mark.timeout(300)]

WAITS = "SELECT count(*) FROM application_services_txns"


async def test_what_a_real_homeserver_left_behind_is_answered_when_somebody_else_speaks(
    tmp_path: Path,
) -> None:
    async with over_synapse(tmp_path, "left behind") as storm:
        (hall,), (ann, ben, *_) = storm.halls, storm.souls
        assert isinstance(hall.ground, SynapseGround)
        database = hall.ground.synapse.directory / "homeserver.db"
        await storm.quiet()

        hall.back.shut = True
        said = await ann.guest.say(ann.chat, "!help")
        async with asyncio.timeout(30):
            while not waiting(database):  # noqa: ASYNC110 - another process's database tells of nothing
                await asyncio.sleep(0.05)
        await hall.ground.kill()
        hall.back.shut = False
        note_that_the_service_is_there(database)
        await hall.ground.start()
        await ben.say("!help")
        await ben.guest.saw(ben.chat, lambda seen: seen.replies_to == ben.said[-1], "an answer")
        await ann.guest.saw(ann.chat, lambda seen: seen.replies_to == said, "an answer, too")
        assert not hall.fell


def waiting(database: Path) -> int:
    """How many transactions wait to be sent."""
    with sqlite3.connect(database) as opened:
        return int(opened.execute(WAITS).fetchone()[0])


def note_that_the_service_is_there(database: Path) -> None:
    """Do what Synapse 1.163 does just after it has looked for the last time whether anything waits."""
    with sqlite3.connect(database) as opened:
        assert opened.execute("UPDATE application_services_state SET state = 'up'").rowcount == 1
