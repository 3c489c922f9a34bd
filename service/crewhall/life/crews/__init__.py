"""Crews: started, joined, asked for, deepened, left and ended, each with rooms in which all are equal."""

from crewhall.ground.capability import Capability, Verb
from crewhall.life.crews.asking import ASK, ask
from crewhall.life.crews.closing import CLOSE, close_leaf
from crewhall.life.crews.depth import OPEN, open_leaf
from crewhall.life.crews.ending import END, due, end
from crewhall.life.crews.facts import ALL
from crewhall.life.crews.fold import evolve
from crewhall.life.crews.gestures import answer, gesture, withdraw
from crewhall.life.crews.lasting import MATTERS
from crewhall.life.crews.leaving import LEAVE, leave, leaves
from crewhall.life.crews.rooms import rooms, touched, wish
from crewhall.life.crews.starting import INVITE, START, invite, start
from crewhall.life.crews.told import LIST, crews, me, why

_TOPIC = "crews"

capability = Capability(
    name="crews",
    facts=ALL,
    matters=MATTERS,
    verbs=(
        Verb(("crew",), LIST, _TOPIC, "Your crews, and those that are listed.", crews),
        Verb(("crew", "list"), LIST, _TOPIC, "Your crews, and those that are listed.", crews),
        Verb(("crew", "start"), START, _TOPIC, "Start a crew with these people.", start),
        Verb(("crew", "invite"), INVITE, _TOPIC, "Offer people a seat in your crew.", invite),
        Verb(("crew", "ask"), ASK, _TOPIC, "Ask a crew's members for a seat.", ask, called=True),
        Verb(("crew", "leave"), LEAVE, _TOPIC, "Give up your seat, an offered seat or an ask.", leave),
        Verb(
            ("crew", "end"), END, _TOPIC, "End your crew; its members choose what becomes of the room.", end
        ),
        Verb(("open",), OPEN, _TOPIC, "Ask all in your crew to open a leaf of the charter.", open_leaf),
        Verb(("close",), CLOSE, _TOPIC, "Close a leaf of your crew, alone and at once.", close_leaf),
    ),
    evolve=evolve,
    gesture=gesture,
    answer=answer,
    withdraw=withdraw,
    leaves=leaves,
    tick=due,
    rooms=rooms,
    wish=wish,
    touched=touched,
    me=me,
    why=why,
)
"""Everything a crew does."""
