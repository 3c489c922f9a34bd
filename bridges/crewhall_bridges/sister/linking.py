"""Links with sisters as a room of the house: what people can say about them, and what follows."""

from collections.abc import Iterable
from datetime import datetime

from crewhall.door import Answer, Asked, Capability, Decision, Gesture, Hall, Recorded, RoomKey, Verb
from crewhall_bridges.sister import (
    ailing,
    asking,
    changing,
    crossing,
    due,
    fold,
    letterbox,
    naming,
    recipes,
    told,
    visiting,
)
from crewhall_bridges.sister.facts import ALL

_TOPIC = "sisters"


def _answer(hall: Hall, reacted: Answer) -> Decision | None:
    return asking.answer(hall, reacted) or due.answer(hall, reacted) or _beyond(hall, reacted)


def _beyond(hall: Hall, reacted: Answer) -> Decision | None:
    found = visiting.answer(hall, reacted) or crossing.answer(hall, reacted)
    return found or recipes.answer(hall, reacted)


def _evolve(hall: Hall, recorded: Recorded) -> Hall:
    hall = visiting.evolve(fold.evolve(hall, recorded), recorded)
    return recipes.evolve(crossing.evolve(hall, recorded), recorded)


def _gesture(hall: Hall, seen: Gesture) -> Decision | None:
    return letterbox.gesture(hall, seen) or visiting.gesture(hall, seen)


def _withdraw(hall: Hall, taken_back: Recorded, asked: Asked) -> Decision | None:
    back = asking.take_back(hall, taken_back, asked) or visiting.withdraw(hall, taken_back, asked)
    back = back or crossing.withdraw(hall, taken_back, asked)
    return back or recipes.withdraw(hall, taken_back, asked)


def _tick(hall: Hall, now: datetime) -> Iterable[tuple[str, Decision]]:
    yield from due.due(hall, now)
    yield from visiting.due(hall, now)
    yield from crossing.due(hall, now)
    yield from recipes.due(hall, now)


def _touched(hall: Hall, recorded: Recorded) -> Iterable[RoomKey]:
    yield from letterbox.touched(hall, recorded)
    yield from visiting.touched(hall, recorded)
    yield from crossing.touched(hall, recorded)
    yield from recipes.touched(hall, recorded)


capability = Capability(
    name="sister",
    facts=(*ALL, *visiting.FACTS, *crossing.FACTS, *recipes.FACTS),
    verbs=(
        Verb(("links",), told.LINKS, _TOPIC, "Our sisters, and what flows.", told.show),
        Verb(("link", "with"), naming.WITH, _TOPIC, "Propose a link with a sister.", naming.link_with),
        Verb(("link", "terms"), told.TERMS, _TOPIC, "The one page that both agree to.", told.terms),
        Verb(("link", "close"), changing.CLOSE, _TOPIC, "Close a flow, at once.", changing.close),
        Verb(("link", "open"), changing.OPEN, _TOPIC, "Propose to open a flow.", changing.open_),
        Verb(("unlink",), changing.UNLINK, _TOPIC, "End a link, at once.", changing.unlink),
        *visiting.VERBS,
        *crossing.VERBS,
        *recipes.VERBS,
    ),
    evolve=_evolve,
    gesture=_gesture,
    answer=_answer,
    withdraw=_withdraw,
    invited=letterbox.invited,
    tick=_tick,
    leaves=visiting.leaves,
    me=visiting.me,
    why=visiting.why,
    rooms=letterbox.rooms,
    wish=letterbox.wish,
    touched=_touched,
    ails=ailing.ails,
)
"""Links with sisters."""
