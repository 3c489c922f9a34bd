"""A short storm over each ground: afterwards nothing is lost, nothing is doubled, nobody has more rights.

`tests/chaos/run` is the long form.
"""

from pathlib import Path

import pytest
from storm.ills import OF_CALLS, Ill
from storm.play import over_fakes, over_synapse

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

LONGEST = 150.0
SURE = (Ill.KILLED, Ill.HOMESERVER, Ill.DISK, Ill.CLOCK, Ill.PARTED)
"""What each of these storms brings, whatever else."""


async def test_after_a_storm_over_two_linked_halls_all_is_as_it_was_decided(tmp_path: Path) -> None:
    async with over_fakes(tmp_path, "7", pace=0.1) as storm:
        storm.weather.first.extend(SURE)
        await storm.rage(60, LONGEST)
        outcome = await storm.verdict()
    assert not outcome.wrong, outcome.told()
    assert outcome.counted.total >= 60, outcome.told()
    assert set(SURE) <= set(outcome.counted.by_kind), outcome.told()
    assert set(outcome.counted.by_kind) & set(OF_CALLS), outcome.told()
    assert outcome.figures["commands taken in"] >= 20, outcome.told()


@pytest.mark.homeserver
async def test_after_a_storm_over_a_real_homeserver_all_is_as_it_was_decided(tmp_path: Path) -> None:
    async with over_synapse(tmp_path, "11", pace=0.15) as storm:
        storm.weather.first.extend(SURE)
        await storm.rage(20, LONGEST)
        outcome = await storm.verdict()
    assert not outcome.wrong, outcome.told()
    assert outcome.counted.total >= 20, outcome.told()
    assert set(SURE) <= set(outcome.counted.by_kind), outcome.told()
    assert outcome.figures["commands taken in"] >= 5, outcome.told()
