"""A short storm over each ground: afterwards nothing is lost, nothing is doubled, nobody has more rights.

`tests/chaos/run` is the long form.
"""

from pathlib import Path

import pytest
from storm.ills import OF_CALLS, SPELLS, Ill
from storm.play import over_fakes, over_synapse

pytestmark = [pytest.mark.slow, pytest.mark.timeout(400)]

LONGEST = 90.0


async def test_after_a_storm_over_two_linked_halls_all_is_as_it_was_decided(tmp_path: Path) -> None:
    async with over_fakes(tmp_path, "7", pace=0.1) as storm:
        await storm.rage(80, LONGEST)
        outcome = await storm.verdict()
    assert not outcome.wrong, outcome.told()
    assert outcome.counted.total >= 80, outcome.told()
    assert set(outcome.counted.by_kind) & set(OF_CALLS), outcome.told()
    assert set(outcome.counted.by_kind) & set(SPELLS), outcome.told()
    assert outcome.figures["commands taken in"] >= 20, outcome.told()


@pytest.mark.homeserver
async def test_after_a_storm_over_a_real_homeserver_all_is_as_it_was_decided(tmp_path: Path) -> None:
    async with over_synapse(tmp_path, "11", pace=0.15) as storm:
        await storm.rage(25, LONGEST)
        outcome = await storm.verdict()
    assert not outcome.wrong, outcome.told()
    assert outcome.counted.total >= 25, outcome.told()
    assert outcome.counted.by_kind[Ill.HOMESERVER] or outcome.counted.by_kind[Ill.KILLED], outcome.told()
    assert outcome.figures["commands taken in"] >= 5, outcome.told()
