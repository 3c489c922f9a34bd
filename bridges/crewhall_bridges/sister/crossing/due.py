"""Decides what time makes due about calls: a question's end, other free seats, an end, and telling of one."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from crewhall.door import Decision, Fact, Hall, circle_at
from crewhall_bridges.sister.crossing import showing
from crewhall_bridges.sister.crossing.book import CALLS, Call, gives, writes
from crewhall_bridges.sister.crossing.facts import CallClosed, CallRestated
from crewhall_bridges.sister.crossing.question import pending, settled


def due(hall: Hall, now: datetime) -> Iterable[tuple[str, Decision]]:
    """Return what time has made due, with the cause by which it happens once."""
    known = CALLS.of(hall)
    for call in pending(hall):
        question = call.question
        if question is not None and (decision := settled(hall, call, now)) is not None:
            yield f"sister-call:{hall.key}:settled:{question.asked.question}", decision
    open_ = (call for _, call in sorted(known.ours.items()) if call.open)
    if facts := tuple(fact for call in open_ for fact in _changes(hall, call, now)):
        yield f"sister-call:{hall.key}:changed:{known.version}", Decision(writes(hall, *facts))
    yield from showing.due(hall, now)


def _changes(hall: Hall, call: Call, now: datetime) -> Iterator[Fact]:
    """Yield what is no longer as it is stated. A call ends with its crew, flow, day and last free seat."""
    circle = circle_at(hall, call.room)
    if circle is None or not circle.members or circle.free < 1:
        yield CallClosed(call.mark, call.open, None)
        return
    over = tuple(
        mark for mark in call.open if call.sides[mark].until < now.date() or not gives(hall, mark, now)
    )
    if over:
        yield CallClosed(call.mark, over, None)
    stated = next((call.sides[mark] for mark in call.open if mark not in over), None)
    if stated is not None and (stated.name, stated.seats) != (circle.name, circle.free):
        yield CallRestated(call.mark, circle.name, circle.free)
