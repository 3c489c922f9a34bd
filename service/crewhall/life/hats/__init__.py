"""Hats: roles with a term, offered and accepted, shared by two or more, handed on, dropped at any time."""

from crewhall.ground.capability import Capability, Verb
from crewhall.life.hats import told
from crewhall.life.hats.absence import AWAY, BACK, away, back
from crewhall.life.hats.ailing import ails
from crewhall.life.hats.answering import answer, withdraw
from crewhall.life.hats.dropping import DROP, drop, leaves
from crewhall.life.hats.due import due
from crewhall.life.hats.facts import ALL
from crewhall.life.hats.fold import evolve, touched
from crewhall.life.hats.lasting import MATTERS, lasting
from crewhall.life.hats.learning import UNDERSTUDY, understudy
from crewhall.life.hats.objecting import OBJECT, objects
from crewhall.life.hats.offering import OFFER, WITHDRAW, offer
from crewhall.life.hats.offering import withdraw as take_back

_TOPIC = "hats"

capability = Capability(
    name="hats",
    facts=ALL,
    matters=MATTERS,
    lasting=lasting,
    verbs=(
        Verb(("hats",), told.ALL, _TOPIC, "Who wears which hat, and which are at risk.", told.show),
        Verb(("hat",), told.ONE, _TOPIC, "What a hat asks and allows, and how it is given.", told.show_one),
        Verb(("hat", "offer"), OFFER, _TOPIC, "Offer a hat to somebody.", offer),
        Verb(("hat", "object"), OBJECT, _TOPIC, "Object to an offer, with your reason.", objects),
        Verb(("hat", "withdraw"), WITHDRAW, _TOPIC, "Take your offer back.", take_back),
        Verb(("hat", "understudy"), UNDERSTUDY, _TOPIC, "Ask somebody to learn your hat.", understudy),
        Verb(("hat", "drop"), DROP, _TOPIC, "Take a hat off, at once.", drop),
        Verb(("away",), AWAY, _TOPIC, "What to hand over while you are away.", away),
        Verb(("back",), BACK, _TOPIC, "Say that you are here after all.", back),
    ),
    evolve=evolve,
    answer=answer,
    withdraw=withdraw,
    leaves=leaves,
    tick=due,
    touched=touched,
    me=told.me,
    why=told.why,
    ails=ails,
)
"""Hats, their terms and their handing on."""
