"""Changes by hand: left, asked about or put back as the charter says, and never fought over."""

from crewhall.ground.capability import Capability
from crewhall.life.drift.ailing import ails
from crewhall.life.drift.deciding import answer, withdraw
from crewhall.life.drift.facts import ALL
from crewhall.life.drift.fold import evolve, touched

capability = Capability(
    name="drift", facts=ALL, evolve=evolve, answer=answer, withdraw=withdraw, touched=touched, ails=ails
)
"""Changes by hand."""
