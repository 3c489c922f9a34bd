"""A short storm over each ground: afterwards nothing is lost, nothing is doubled, nobody has more rights.

`tests/chaos/run` is the long form.
"""

from pathlib import Path

import pytest
from storm.ills import OF_CALLS, Ill
from storm.play import Outcome, Storm, over_fakes, over_synapse

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

LONGEST = 150.0
SURE = (Ill.KILLED, Ill.HOMESERVER, Ill.DISK, Ill.CLOCK, Ill.PARTED)
"""What each of these storms brings, whatever else."""


async def survived(storm: Storm, faults: int, commands: int) -> Outcome:
    """Have so many faults strike, so many commands being taken in at least; return how it went."""
    storm.weather.first.extend(SURE)
    await storm.rage(faults, LONGEST)
    outcome = await storm.verdict()
    assert not outcome.wrong, outcome.told()
    assert outcome.counted.total >= faults, outcome.told()
    assert set(SURE) <= set(outcome.counted.by_kind), outcome.told()
    assert outcome.figures["commands taken in"] >= commands, outcome.told()
    return outcome


async def test_after_a_storm_over_two_linked_halls_all_is_as_it_was_decided(tmp_path: Path) -> None:
    async with over_fakes(tmp_path, "7", pace=0.1) as storm:
        outcome = await survived(storm, 60, 20)
    assert set(outcome.counted.by_kind) & set(OF_CALLS), outcome.told()


@pytest.mark.homeserver
async def test_after_a_storm_over_a_real_homeserver_all_is_as_it_was_decided(tmp_path: Path) -> None:
    async with over_synapse(tmp_path, "11", pace=0.15) as storm:
        await survived(storm, 20, 5)
