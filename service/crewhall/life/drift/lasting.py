"""Says how long is kept what was changed by hand and asked about, or put back."""

from dataclasses import replace
from datetime import datetime

from immutables import Map

from crewhall.ground.hall import Hall
from crewhall.ground.matter import Matter
from crewhall.life.drift.facts import DriftAsked, DriftGone, DriftRestored
from crewhall.life.drift.fold import DRIFTS, LATELY

MATTERS = (
    Matter(facts=(DriftAsked,), over=(DriftGone,)),
    Matter(over=(DriftRestored,), by=("room", "kind"), remembered=LATELY),
)


def lasting(hall: Hall, now: datetime) -> object:
    """Return what is known, of what was put back only what still counts."""
    drifts = DRIFTS.of(hall)
    lately = {at: tuple(one for one in times if now - one <= LATELY) for at, times in drifts.restored.items()}
    return replace(drifts, restored=Map({at: times for at, times in lately.items() if times}))
