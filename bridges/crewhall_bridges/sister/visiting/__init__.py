"""Guests from sisters: a word is handed over, somebody here hosts, doors open until a day, and close."""

from collections.abc import Iterable
from typing import Final

from crewhall.door import Answer, Decision, Hall, Recorded, RoomKey, Verb
from crewhall_bridges.sister.bond import letterbox
from crewhall_bridges.sister.visiting import (
    fold,
    hosting,
    introducing,
    leaving,
    presenting,
    standing,
    told,
)
from crewhall_bridges.sister.visiting.book import BOOK, link_of, stream_of
from crewhall_bridges.sister.visiting.facts import ALL

FACTS: Final = ALL
_TOPIC: Final = "visits"
VERBS: Final = (
    Verb(
        ("introduce", "me", "to"),
        introducing.INTRODUCE,
        _TOPIC,
        "An introduction to a sister, for you to carry.",
        introducing.introduce,
    ),
    Verb(("introduction", "back"), introducing.BACK, _TOPIC, "Take yours back.", introducing.take_back),
    Verb(
        ("introduced",),
        presenting.INTRODUCED,
        _TOPIC,
        "Hand over what your community gave you.",
        run_house=presenting.present,
    ),
    Verb(("extend",), leaving.EXTEND, _TOPIC, "Ask your host to stay longer.", run_house=leaving.extend),
    Verb(("visit", "end"), leaving.END, _TOPIC, "End a visit, at once.", run_house=leaving.end),
    Verb(("visits",), told.VISITS, _TOPIC, "Guests, and until when.", run_house=told.show),
)

due = leaving.due
evolve = fold.evolve
gesture = leaving.gesture
leaves = leaving.leaves
me = standing.me
why = standing.why
withdraw = introducing.withdraw


def answer(hall: Hall, reacted: Answer) -> Decision | None:
    """Take a reaction to a card of introductions or visits."""
    return introducing.answer(hall, reacted) or hosting.answer(hall, reacted)


def touched(hall: Hall, recorded: Recorded) -> Iterable[RoomKey]:
    """Return the rooms of guests, and the letterbox in which an introduction stands."""
    yield from fold.touched(hall, recorded)
    if recorded.stream == stream_of(hall):
        one = BOOK.of(hall).introductions.get(getattr(recorded.fact, "mark", ""))
        link = link_of(hall, one.link) if one is not None and one.seq else None
        if link is not None:
            yield letterbox(hall, link)
