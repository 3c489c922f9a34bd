"""Decides what a yes to an offer does: the hat is put on, and whoever waited to hand it on has done so."""

from dataclasses import replace
from datetime import datetime

from crewhall.charter.model import Hat
from crewhall.ground.facts import Fact
from crewhall.ground.hall import Hall
from crewhall.ground.ids import UserId
from crewhall.ground.seasons import later
from crewhall.ground.talk import Answer, Decision, PersonLink, Say, Sentence, ToPerson
from crewhall.ground.worn import hat_of, wearers
from crewhall.life.hats import cards
from crewhall.life.hats.days import day_of, said
from crewhall.life.hats.facts import HatAsked, HatDropped, HatOfferLapsed, HatTaken
from crewhall.life.hats.fit import holds, relieved, unopposed
from crewhall.life.hats.known import Offer, writes
from crewhall.life.hats.offering import ANSWER


def taken(hall: Hall, offer: Offer, reacted: Answer) -> Decision | None:
    """Take the yes of the person whom a hat is offered to; anything else is nothing."""
    if reacted.choice != cards.YES or reacted.person != offer.person or offer.state == "open":
        return None
    hat = hat_of(hall, offer.hat)
    if offer.state == "taken" and reacted.person in wearers(hall, offer.hat):
        return None
    if hat is None or offer.state != "asked" or not holds(hall, hat, offer, reacted.at):
        over = Sentence("hat-offer-over", {"by": PersonLink(offer.by)})
        return Decision(says=(Say(ToPerson(reacted.person), over),))
    until = later(reacted.at, hat.term_months)
    fact = HatTaken(offer.mark, hat.key, offer.person, offer.by, until)
    day = said(day_of(hall.charter, until))
    who = PersonLink(offer.person)
    told = Sentence("hat-taken-by", {"hat": hat.name, "person": who, "until": day})
    says = [cards.answered(hall, hat, offer, day), Say(ToPerson(offer.by), told)]
    handed = relieved(hall, hat, reacted.at)
    gone = Sentence("hat-handed-on", {"hat": hat.name, "person": who})
    says += [Say(ToPerson(one), gone) for one in handed]
    return Decision(facts=writes(hall, *_in_order(hall, hat, fact, handed)), says=tuple(says))


def decided(hall: Hall, offer: Offer, now: datetime) -> Decision | None:
    """Return what has come of an offer by the time that has passed, None while it is open."""
    if now < offer.closes:
        return None
    hat = hat_of(hall, offer.hat)
    if offer.state == "asked" or hat is None:
        lapsed = writes(hall, HatOfferLapsed(offer.mark))
        return Decision(facts=lapsed, says=(cards.closed(hall, hat, offer),) if hat is not None else ())
    if unopposed(hall, hat, offer, now):
        asked = replace(offer, state="asked", closes=now + ANSWER)
        if holds(hall, hat, asked, now):
            facts = writes(hall, HatAsked(offer.mark, asked.closes))
            return Decision(
                facts=facts, says=(*cards.consent(hall, hat, asked), cards.offered(hall, hat, asked))
            )
    over = replace(offer, state="lapsed")
    told = Sentence("hat-not-asked", {"hat": hat.name, "person": PersonLink(offer.person)})
    says = (*cards.consent(hall, hat, over), Say(ToPerson(offer.by), told))
    return Decision(facts=writes(hall, HatOfferLapsed(offer.mark)), says=says)


def _in_order(hall: Hall, hat: Hat, fact: HatTaken, handed: tuple[UserId, ...]) -> tuple[Fact, ...]:
    """Return the facts in an order in which never too many wear the hat, and never nobody at all."""
    dropped = tuple(HatDropped(hat.key, one, fact.person) for one in handed)
    return (*dropped, fact) if len(wearers(hall, hat.key)) >= hat.most else (fact, *dropped)
