"""Says which offers of hats and announced absences are kept how long."""

from dataclasses import replace
from datetime import datetime

from immutables import Map

from crewhall.ground.hall import Hall
from crewhall.ground.matter import Matter
from crewhall.life.hats.facts import (
    Away,
    AwayBegun,
    AwayEnded,
    AwayReminded,
    HatAsked,
    HatDropped,
    HatObjected,
    HatObjectionTakenBack,
    HatOffered,
    HatOfferLapsed,
    HatOfferWithdrawn,
    HatRenewed,
    HatTaken,
    TermAsked,
    Understudied,
    UnderstudyAsked,
)
from crewhall.life.hats.known import HATS

MATTERS = (
    Matter(
        facts=(HatOffered, HatObjected, HatObjectionTakenBack, HatAsked),
        over=(HatOfferWithdrawn, HatOfferLapsed),
        closed=(HatTaken,),
    ),
    Matter(facts=(UnderstudyAsked,), closed=(Understudied,)),
    Matter(facts=(Away, AwayReminded, AwayBegun), over=(AwayEnded,), by=("person",)),
    Matter(facts=(TermAsked,), closed=(HatRenewed, HatDropped), by=("hat", "person")),
)


def lasting(hall: Hall, _now: datetime) -> object:
    """Return what is known without offers that have ended, and questions to understudies that have a yes."""
    known = HATS.of(hall)
    offers = {mark: one for mark, one in known.offers.items() if mark in known.live}
    requests = {mark: one for mark, one in known.requests.items() if not one.taken}
    return replace(known, offers=Map(offers), requests=Map(requests))
