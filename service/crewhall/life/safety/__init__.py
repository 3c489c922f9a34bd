"""Care in hard times: somebody is put out slowly and with notice, or kept out by two for a few days."""

from crewhall.ground.capability import Capability, Verb
from crewhall.life.safety.due import due
from crewhall.life.safety.facts import ALL
from crewhall.life.safety.fold import evolve, touched
from crewhall.life.safety.gestures import answer, withdraw
from crewhall.life.safety.going import leaves
from crewhall.life.safety.lasting import MATTERS, lasting
from crewhall.life.safety.pausing import PAUSE, pause
from crewhall.life.safety.readmitting import READMIT, readmit
from crewhall.life.safety.removing import REMOVE, WITHDRAW, remove
from crewhall.life.safety.removing import withdraw as take_back
from crewhall.life.safety.reviewing import END, end
from crewhall.life.safety.saying import ANSWER
from crewhall.life.safety.saying import answer as pass_on
from crewhall.life.safety.told import me, why

_TOPIC = "safety"

capability = Capability(
    name="safety",
    facts=ALL,
    leaves=leaves,
    matters=MATTERS,
    lasting=lasting,
    verbs=(
        Verb(("pause",), PAUSE, _TOPIC, "Close the doors to somebody for some days, by two.", pause),
        Verb(("pause", "end"), END, _TOPIC, "End a pause at once.", end),
        Verb(("remove",), REMOVE, _TOPIC, "Ask that somebody leaves for good; slow, with notice.", remove),
        Verb(("remove", "withdraw"), WITHDRAW, _TOPIC, "Take that question back.", take_back),
        Verb(("answer",), ANSWER, _TOPIC, "Answer those who decide about you.", pass_on),
        Verb(("readmit",), READMIT, _TOPIC, "End a removal, by two.", readmit),
    ),
    evolve=evolve,
    answer=answer,
    withdraw=withdraw,
    tick=due,
    touched=touched,
    me=me,
    why=why,
)
"""Removal and pause; asked and folded last, so that nothing else opens a door that they close."""
