"""Decides ``!crew leave`` and what leaving means for a crew. Leaving is free, at once and asked once."""

from crewhall.ground.capability import Going
from crewhall.ground.hall import Hall
from crewhall.ground.ids import UserId
from crewhall.ground.talk import Arguments, Asked, Decision, Outcome, Refusal, Reply, Say, Sentence, Usage
from crewhall.life.crews.asking import ask_withdrawn
from crewhall.life.crews.crew import CREWS, Crew
from crewhall.life.crews.ending import over
from crewhall.life.crews.facts import OfferWithdrawn, SeatDeclined, SeatLeft
from crewhall.life.crews.seats import knows, malformed, meant, unknown

LEAVE = "!crew leave [NAME]"


def leave(hall: Hall, asked: Asked, given: Arguments) -> Outcome:
    """Give up a seat, an offered seat or an ask."""
    if (wrong := malformed(given.words)) is not None:
        return Refusal(wrong)
    if given.people:
        return Usage(LEAVE)
    crew = meant(hall, asked, given.words)
    if isinstance(crew, Refusal):
        return crew
    if not knows(crew, asked.person):
        return Refusal(Sentence("crew-not-yours", {"crew": crew.name})) if crew.listed else unknown(crew.name)
    decision = gone(crew, asked.person, asked.person)
    # In the crew's rooms there would be nobody left to read the words.
    words = () if crew.holds(asked.place) else (Say(Reply(), _said(crew, asked.person)),)
    return Decision(facts=decision.facts, says=(*decision.says, *words), ack="✅")


def leaves(hall: Hall, going: Going) -> Decision | None:
    """Return how somebody who wants to be forgotten leaves the first of their crews."""
    every = (crew for crew in CREWS.of(hall).all.values() if crew.ended is None)
    crew = next((crew for crew in every if knows(crew, going.person)), None)
    return gone(crew, going.person, going.person) if crew is not None else None


def gone(crew: Crew, person: UserId, by: UserId) -> Decision:
    """Return what follows when somebody with a seat, an offer or an ask goes; the last one ends the crew."""
    if person in crew.seats:
        fact = SeatLeft(person, by)
        return over(crew, "forgotten", fact) if len(crew.seats) == 1 else Decision(facts=crew.writes(fact))
    if person in crew.offers:
        out = SeatDeclined(person) if by == person else OfferWithdrawn(person, by)
        nobody = not crew.seats and len(crew.offers) == 1
        return over(crew, "forgotten", out) if nobody else Decision(facts=crew.writes(out))
    return ask_withdrawn(crew, person, by)


def _said(crew: Crew, person: UserId) -> Sentence:
    if person in crew.seats:
        return Sentence("crew-left", {"crew": crew.name})
    if person in crew.offers:
        return Sentence("crew-declined", {"crew": crew.name})
    return Sentence("crew-ask-taken-back", {"crew": crew.name})
