"""The charter read and changed in chat: a change is shown with all that it means, decided, and announced."""

from functools import partial

from crewhall.ground.capability import Capability, Verb
from crewhall.ground.difference import Rehearsal
from crewhall.life.amending.answering import OBJECT, answer, due, objects, take_back
from crewhall.life.amending.change import evolve, rooms, touched, wish
from crewhall.life.amending.facts import ALL
from crewhall.life.amending.lasting import MATTERS
from crewhall.life.amending.proposing import USAGE, WITHDRAW, heard, propose, withdraw
from crewhall.life.amending.told import SHOW, me, why

_TOPIC = "charter"


def capability(rehearse: Rehearsal) -> Capability:
    """Return the capability; `rehearse` tells how all rooms of a community would be after a change."""
    change = partial(partial, propose, rehearse)
    return Capability(
        name="amending",
        facts=ALL,
        matters=MATTERS,
        verbs=(
            Verb(
                ("charter",),
                SHOW,
                _TOPIC,
                "What we have agreed; name a part to see it.",
                partial(heard, rehearse),
            ),
            Verb(("charter", "set"), USAGE["set"], _TOPIC, "Propose another value.", change("set")),
            Verb(
                ("charter", "unset"), USAGE["unset"], _TOPIC, "Propose to leave a part out.", change("unset")
            ),
            Verb(("charter", "add"), USAGE["add"], _TOPIC, "Propose a new rung, room or hat.", change("add")),
            Verb(("charter", "drop"), USAGE["drop"], _TOPIC, "Propose to drop one.", change("drop")),
            Verb(
                ("charter", "object"),
                OBJECT,
                _TOPIC,
                "Object to the proposed change, with your reason.",
                partial(objects, rehearse),
            ),
            Verb(("charter", "withdraw"), WITHDRAW, _TOPIC, "Take back your proposed change.", withdraw),
        ),
        evolve=evolve,
        answer=partial(answer, rehearse),
        withdraw=partial(take_back, rehearse),
        tick=due,
        rooms=rooms,
        wish=wish,
        touched=touched,
        me=me,
        why=why,
    )
