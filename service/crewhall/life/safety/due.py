"""Decides what time has made due: removals to be decided, pauses to be looked at or over, unseconded asks."""

from collections.abc import Iterable
from datetime import datetime

from crewhall.ground.hall import Hall
from crewhall.ground.talk import Decision
from crewhall.life.safety import pausing, readmitting
from crewhall.life.safety.questions import SAFETY
from crewhall.life.safety.reviewing import ended, is_over, is_to_review, review
from crewhall.life.safety.saying import closed


def due(hall: Hall, now: datetime) -> Iterable[tuple[str, Decision]]:
    """Return what is due, with the cause by which it happens once."""
    safety = SAFETY.of(hall)
    for mark in sorted(safety.open):
        decision = closed(hall, safety.removals[mark], now)
        if decision is not None:
            yield f"safety:removal:{mark}", decision
    for mark, second in sorted(safety.seconds.items()):
        if now >= second.closes:
            lapse = pausing.unasked if second.days else readmitting.unasked
            yield f"safety:lapsed:{mark}", lapse(hall, second, None)
    for mark in sorted(safety.running):
        pause = safety.pauses[mark]
        if is_over(pause, now):
            yield f"safety:ended:{mark}", ended(hall, pause)
        elif is_to_review(pause, now):
            yield f"safety:review:{mark}", review(hall, pause)
