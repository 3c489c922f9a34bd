"""Reads reactions to the cards of hats, and takes back what somebody said by deleting it."""

from crewhall.ground.facts import Recorded
from crewhall.ground.hall import Hall
from crewhall.ground.talk import Answer, Asked, Decision
from crewhall.ground.worn import hat_of
from crewhall.life.hats import cards, terms
from crewhall.life.hats.facts import Away, AwayEnded, HatObjected, HatOffered
from crewhall.life.hats.known import HATS, stream_of, writes
from crewhall.life.hats.learning import accepted
from crewhall.life.hats.objecting import raised, taken_back
from crewhall.life.hats.offering import withdrawn
from crewhall.life.hats.taking import taken


def answer(hall: Hall, reacted: Answer) -> Decision | None:
    """Return what follows from a reaction to one of these cards."""
    known, mark = HATS.of(hall), reacted.card.subject.rpartition("/")[2]
    offer, request = known.offers.get(mark), known.requests.get(mark)
    match reacted.card.kind:
        case cards.CONSENT if offer is not None:
            return raised(hall, offer, reacted)
        case cards.OFFER if offer is not None:
            return taken(hall, offer, reacted)
        case cards.UNDERSTUDY if request is not None:
            return accepted(hall, request, reacted)
        case terms.TERM:
            return terms.answered(hall, reacted)
        case _:
            return None


def withdraw(hall: Hall, record: Recorded, _asked: Asked) -> Decision | None:
    """Take back an offer that is not answered yet, an objection or an absence."""
    if record.stream != stream_of(hall):
        return None
    known, fact = HATS.of(hall), record.fact
    match fact:
        case HatOffered(mark=mark) if mark in known.live:
            offer = known.offers[mark]
            return withdrawn(hall, hat_of(hall, offer.hat), offer)
        case HatObjected(mark=mark, by=by) if mark in known.live:
            return taken_back(hall, known.offers[mark], by, record.cause)
        case Away(person=person) if person in known.away:
            same = known.away[person].here.cause == record.cause
            return Decision(facts=writes(hall, AwayEnded(person))) if same else None
        case _:
            return None
