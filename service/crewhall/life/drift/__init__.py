"""Changes by hand: left, asked about or put back as the charter says, and never fought over."""

from crewhall.ground.capability import Capability
from crewhall.life.drift.ailing import ails
from crewhall.life.drift.deciding import answer, withdraw
from crewhall.life.drift.facts import ALL
from crewhall.life.drift.fold import evolve, touched
from crewhall.life.drift.lasting import MATTERS, lasting

capability = Capability(
    name="drift",
    facts=ALL,
    matters=MATTERS,
    lasting=lasting,
    evolve=evolve,
    answer=answer,
    withdraw=withdraw,
    touched=touched,
    ails=ails,
)
"""Changes by hand."""
