"""Says which questions about going up are kept how long: those that came to nothing go."""

from dataclasses import replace
from datetime import datetime

from immutables import Map

from crewhall.ground.hall import Hall
from crewhall.ground.matter import Matter
from crewhall.life.rising.facts import (
    InvitationGiven,
    MetStated,
    Objected,
    ObjectionTakenBack,
    ProposalLapsed,
    ProposalWithdrawn,
    Proposed,
    Vouched,
    VouchTakenBack,
)
from crewhall.life.rising.proposal import RISING

MATTERS = (
    Matter(
        facts=(Proposed, MetStated, Vouched, VouchTakenBack, Objected, ObjectionTakenBack),
        over=(ProposalWithdrawn, ProposalLapsed),
        binds=(InvitationGiven,),
    ),
)


def lasting(hall: Hall, _now: datetime) -> object:
    """Return what is known without proposals that came to nothing."""
    rising = RISING.of(hall)
    last = {mark: one for mark, one in rising.all.items() if one.state not in {"withdrawn", "lapsed"}}
    latest = {place: mark for place, mark in rising.latest.items() if mark in last}
    return replace(rising, all=Map(last), latest=Map(latest))
