"""Plans before power: what would touch more than a few people is shown first, and done after a yes."""

from crewhall.ground.capability import Capability, Verb
from crewhall.life.plans.ailing import ails
from crewhall.life.plans.deciding import USAGE, answer, due, plans, withdraw
from crewhall.life.plans.facts import ALL
from crewhall.life.plans.lasting import MATTERS
from crewhall.life.plans.shown import evolve, touched

capability = Capability(
    name="plans",
    facts=ALL,
    matters=MATTERS,
    verbs=(Verb(("plans",), USAGE, "community", "What waits for a keyholder's yes.", plans),),
    evolve=evolve,
    answer=answer,
    withdraw=withdraw,
    tick=due,
    touched=touched,
    ails=ails,
)
"""Plans that wait."""
