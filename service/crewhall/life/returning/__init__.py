"""Standing that holds on in another hall: its keyholders say yes to a table, people come by themselves."""

from crewhall.ground.capability import Capability
from crewhall.life.returning.deciding import answer, due, gesture, withdraw
from crewhall.life.returning.facts import ALL
from crewhall.life.returning.lasting import MATTERS
from crewhall.life.returning.table import evolve
from crewhall.life.returning.told import me, touched, why

capability = Capability(
    name="returning",
    facts=ALL,
    matters=MATTERS,
    evolve=evolve,
    gesture=gesture,
    answer=answer,
    withdraw=withdraw,
    tick=due,
    touched=touched,
    me=me,
    why=why,
)
"""Standing that was brought along."""
