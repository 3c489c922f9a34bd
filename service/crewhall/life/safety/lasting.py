"""Says how long is kept who asked for what, and who said what to it: no longer than it is open."""

from dataclasses import replace
from datetime import datetime

from immutables import Map

from crewhall.ground.hall import Hall
from crewhall.ground.matter import Matter
from crewhall.life.safety.facts import (
    PauseAsked,
    Paused,
    PauseEnded,
    PauseExplained,
    PauseKept,
    PauseReviewAsked,
    PauseUnasked,
    ReadmitAsked,
    Readmitted,
    ReadmitUnasked,
    RemovalAnswered,
    RemovalAsked,
    RemovalRefused,
    RemovalSaid,
    RemovalUnsaid,
    RemovalWithdrawn,
    Removed,
)
from crewhall.life.safety.questions import SAFETY, Pause
from crewhall.life.safety.removing import AGAIN

MATTERS = (
    Matter(
        facts=(RemovalAsked, RemovalSaid, RemovalUnsaid, RemovalAnswered),
        over=(RemovalWithdrawn, RemovalRefused),
        closed=(Removed,),
        private=True,
        remembered=AGAIN,
    ),
    Matter(facts=(ReadmitAsked,), over=(ReadmitUnasked,), closed=(Readmitted,), private=True),
    Matter(facts=(PauseAsked,), over=(PauseUnasked,), closed=(Paused,), private=True),
    Matter(facts=(PauseExplained, PauseReviewAsked, PauseKept), closed=(PauseEnded,), private=True),
)


def lasting(hall: Hall, now: datetime) -> object:
    """Return what is known without removals that were decided and what was said about past pauses."""
    safety = SAFETY.of(hall)
    removals = {
        mark: one
        for mark, one in safety.removals.items()
        if one.ended is None or (one.state != "passed" and now < one.ended + AGAIN)
    }
    return replace(
        safety,
        removals=Map(removals),
        removal_of=Map({person: mark for person, mark in safety.removal_of.items() if mark in removals}),
        pauses=Map({mark: _bare(one) for mark, one in safety.pauses.items()}),
    )


def _bare(pause: Pause) -> Pause:
    return pause if pause.ended is None else replace(pause, told=False, reviewed=(), kept=frozenset())
