"""Decides ``!hat offer``: who may offer a hat to whom; others can object, or the person is asked at once."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from crewhall.charter.model import Hat
from crewhall.ground import names, workdays
from crewhall.ground.facts import Fact
from crewhall.ground.groups import group
from crewhall.ground.hall import Hall
from crewhall.ground.ids import UserId
from crewhall.ground.talk import (
    Arguments,
    Asked,
    Decision,
    Outcome,
    PersonLink,
    Refusal,
    Reply,
    Say,
    Sentence,
    Usage,
)
from crewhall.ground.worn import wearers
from crewhall.life.hats import cards
from crewhall.life.hats.days import day_of, said
from crewhall.life.hats.facts import HatAsked, HatOffered, HatOfferWithdrawn
from crewhall.life.hats.fit import can_wear, consenters, is_full, may_offer
from crewhall.life.hats.known import Offer, begun, live_offers, writes
from crewhall.life.hats.words import confided, malformed, named, without_last

OFFER: Final = "!hat offer NAME to @person"
WITHDRAW: Final = "!hat withdraw NAME @person"
ANSWER: Final = timedelta(days=30)
"""How long a yes to an offer counts."""


@dataclass(frozen=True, slots=True)
class Offering:
    """Somebody is about to offer a hat: to whom, by which event and when. `me` is the keeper."""

    hat: Hat
    person: UserId
    by: UserId
    cause: str
    at: datetime
    me: UserId


def offer(hall: Hall, asked: Asked, given: Arguments) -> Outcome:
    """Offer a hat to somebody."""
    if (wrong := malformed(given.words)) is not None:
        return confided(asked, Refusal(wrong))
    words = without_last(given.words, "to")
    if not words or len(given.people) != 1:
        return Usage(OFFER)
    hat = named(hall, words)
    if isinstance(hat, Sentence):
        return confided(asked, Refusal(hat))
    offering = Offering(hat, given.people[0], asked.person, asked.cause, asked.at, asked.me)
    if (wrong := cannot_offer(hall, offering)) is not None:
        return confided(asked, Refusal(wrong))
    made, facts, says = opening(hall, offering)
    text = _offered(hall, hat, made)
    return confided(asked, Decision(facts=writes(hall, *facts), says=(Say(Reply(), text), *says), ack="✅"))


def withdraw(hall: Hall, asked: Asked, given: Arguments) -> Outcome:
    """Take back an offer of one's own that is not answered yet."""
    words = without_last(given.words, "to")
    if not words or len(given.people) != 1:
        return Usage(WITHDRAW)
    hat = named(hall, words)
    if isinstance(hat, Sentence):
        return confided(asked, Refusal(hat))
    mine = [one for one in live_offers(hall, hat.key, given.people[0]) if one.by == asked.person]
    person = PersonLink(given.people[0])
    if not mine:
        return confided(asked, Refusal(Sentence("hat-no-offer", {"hat": hat.name, "person": person})))
    decision = withdrawn(hall, hat, mine[0])
    text = Sentence("hat-offer-withdrawn", {"hat": hat.name, "person": person})
    return confided(asked, replace(decision, says=(Say(Reply(), text), *decision.says), ack="✅"))


def withdrawn(hall: Hall, hat: Hat | None, taken_back: Offer) -> Decision:
    """Close an offer because its giver takes it back."""
    facts = writes(hall, HatOfferWithdrawn(taken_back.mark, taken_back.by))
    if hat is None:
        return Decision(facts=facts)
    if taken_back.state == "asked":
        return Decision(facts=facts, says=(cards.closed(hall, hat, taken_back),))
    return Decision(facts=facts, says=cards.consent(hall, hat, replace(taken_back, state="withdrawn")))


def opening(hall: Hall, offering: Offering) -> tuple[Offer, tuple[Fact, ...], tuple[Say, ...]]:
    """Return the offer with the facts that make it, and whom it is put before."""
    hat, person, at = offering.hat, offering.person, offering.at
    mark = names.digest(f"hat:{offering.cause}:{hat.key}:{person}")
    entitled, rule = consenters(hall, hat, person, offering.by), hat.given.consent
    closes = at + ANSWER
    if entitled and rule is not None:
        closes = workdays.after(hall.charter.calendar, at, rule.days, hall.charter.seasons)
    fact = HatOffered(mark, hat.key, person, offering.by, entitled, closes)
    made = begun(fact, at)
    if made.round is not None:
        return made, (fact,), cards.consent(hall, hat, made, must=True)
    asked = replace(made, state="asked")
    return asked, (fact, HatAsked(mark, closes)), (cards.offered(hall, hat, asked),)


def cannot_offer(hall: Hall, offering: Offering) -> Sentence | None:
    """Return why a hat cannot be offered so, None if it can."""
    hat, person, by = offering.hat, offering.person, offering.by
    who = PersonLink(person)
    if person == offering.me:
        return Sentence("person-is-keeper", {"keeper": who})
    if by in hall.shut_out:
        return Sentence("hat-shut-out", {"community": hall.charter.name})
    if person == by:
        return Sentence("hat-not-oneself", {"hat": hat.name, "who": group(hall, hat.given.by)})
    if not may_offer(hall, hat, by, person):
        return Sentence("hat-not-yours", {"hat": hat.name, "who": group(hall, hat.given.by)})
    if person in wearers(hall, hat.key):
        return Sentence("hat-worn-already", {"hat": hat.name, "person": who})
    if not can_wear(hall, hat, person):
        needs = group(hall, hat.needs)
        return Sentence("hat-needs", {"hat": hat.name, "person": who, "who": needs})
    if person in hall.resting:
        return Sentence("hat-not-now", {"person": who})
    if (waiting := next(iter(live_offers(hall, hat.key, person)), None)) is not None:
        until = said(day_of(hall.charter, waiting.closes))
        return Sentence("hat-offered-already", {"hat": hat.name, "person": who, "until": until})
    if is_full(hall, hat, offering.at):
        return Sentence("hat-full", {"hat": hat.name, "most": hat.most})
    return None


def _offered(hall: Hall, hat: Hat, made: Offer) -> Sentence:
    person, until = PersonLink(made.person), said(day_of(hall.charter, made.closes))
    if made.round is None:
        return Sentence("hat-offered", {"hat": hat.name, "person": person, "until": until})
    count = len(made.round.entitled)
    return Sentence("hat-offered-round", {"hat": hat.name, "person": person, "count": count, "until": until})
