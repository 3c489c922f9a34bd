"""Rising and stepping down: others propose, vouch and consent, then one's own yes; a no at any time."""

from crewhall.ground.capability import Capability, Verb
from crewhall.life.rising.answering import OBJECTING, answer, objects, withdraw
from crewhall.life.rising.due import due
from crewhall.life.rising.facts import ALL
from crewhall.life.rising.fold import evolve, touched
from crewhall.life.rising.gestures import gesture
from crewhall.life.rising.going import leaves
from crewhall.life.rising.lasting import MATTERS, lasting
from crewhall.life.rising.proposing import INVITE, WITHDRAW, invite
from crewhall.life.rising.proposing import withdraw as take_back
from crewhall.life.rising.stepping import DOWN, step_down
from crewhall.life.rising.told import me, why
from crewhall.life.rising.vouching import NO_LONGER, VOUCHING, vouch
from crewhall.life.rising.vouching import take_back as no_longer

_TOPIC = "commitment"

capability = Capability(
    name="rising",
    facts=ALL,
    leaves=leaves,
    matters=MATTERS,
    lasting=lasting,
    verbs=(
        Verb(("invite",), INVITE, _TOPIC, "Propose somebody for a rung.", invite),
        Verb(("vouch",), VOUCHING, _TOPIC, "Vouch for somebody who is proposed.", vouch),
        Verb(("vouch", "withdraw"), NO_LONGER, _TOPIC, "Take your vouch back.", no_longer),
        Verb(("object",), OBJECTING, _TOPIC, "Object to a proposal, with your reason.", objects),
        Verb(("withdraw",), WITHDRAW, _TOPIC, "Take back your proposal.", take_back),
        Verb(("step", "down"), DOWN, _TOPIC, "Step down from a rung, at once.", step_down),
    ),
    evolve=evolve,
    gesture=gesture,
    answer=answer,
    withdraw=withdraw,
    tick=due,
    touched=touched,
    me=me,
    why=why,
)
"""The way up, and the way down."""
