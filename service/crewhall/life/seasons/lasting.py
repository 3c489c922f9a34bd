"""Says how long a private answer is kept: until it was replaced."""

from datetime import datetime

from crewhall.ground.hall import Hall
from crewhall.ground.matter import Matter
from crewhall.life.seasons.facts import RenewalAsked, Rested, SeasonAnswered, SeasonAsked, SeasonUnanswered
from crewhall.life.seasons.pace import PACES, Pace, answered

MATTERS = (
    Matter(
        facts=(RenewalAsked, SeasonAsked, SeasonAnswered, SeasonUnanswered, Rested),
        closed=(SeasonAnswered,),
        by=("person",),
        private=True,
    ),
)


def lasting(hall: Hall, _now: datetime) -> object:
    """Return everybody's pace as their last word left it: what was asked and said before that is past."""
    paces = PACES.of(hall)
    return paces.version, {person: _last(pace) for person, pace in paces.of.items()}


def _last(pace: Pace) -> Pace:
    since = answered(pace)
    if since is None or pace.said[-1].at != since:
        return pace
    return Pace(
        said=pace.said[-1:],
        asks=pace.asks if pace.asks[:1] > (since,) else (),
        season=pace.season if pace.told is not None and pace.told > since else None,
        told=pace.told if pace.told is not None and pace.told > since else None,
        unsaid=pace.unsaid if pace.unsaid is not None and pace.unsaid > since else None,
    )
