"""Decides ``!hat object`` and the raised hand: an offer is held up, and the reason goes to its giver only."""

from dataclasses import replace
from datetime import datetime
from typing import Final

from crewhall.charter.model import Hat
from crewhall.ground.groups import belongs
from crewhall.ground.hall import Hall
from crewhall.ground.ids import UserId
from crewhall.ground.talk import (
    Answer,
    Arguments,
    Asked,
    Decision,
    Outcome,
    PersonLink,
    Refusal,
    Reply,
    Say,
    Sentence,
    ToPerson,
    Usage,
)
from crewhall.ground.worn import hat_of
from crewhall.life.hats import cards
from crewhall.life.hats.facts import HatObjected, HatObjectionTakenBack
from crewhall.life.hats.known import Offer, live_offers, writes
from crewhall.life.hats.words import confided, malformed, named, reasoned, without_last

OBJECT: Final = "!hat object NAME for @person because REASON"


def objects(hall: Hall, asked: Asked, given: Arguments) -> Outcome:
    """Object, with a reason that is passed on to who offers and kept nowhere."""
    words, reason = reasoned(given)
    if (wrong := malformed(words)) is not None:
        return confided(asked, Refusal(wrong))
    words = without_last(words, "for")
    if not words or not reason or len(given.people) != 1:
        return Usage(OBJECT)
    hat = named(hall, words)
    if isinstance(hat, Sentence):
        return confided(asked, Refusal(hat))
    person = given.people[0]
    offer = next(iter(live_offers(hall, hat.key, person)), None)
    if offer is None or not _concerns(offer, asked.person):
        text = Sentence("hat-no-question", {"hat": hat.name, "person": PersonLink(person)})
        return confided(asked, Refusal(text))
    if (wrong := _cannot_object(hall, hat, offer, asked.person, asked.at)) is not None:
        return confided(asked, Refusal(wrong))
    decision = Decision() if _stands(offer, asked.person) else _objected(hall, hat, offer, asked)
    who, by = PersonLink(person), PersonLink(offer.by)
    told = Sentence(
        "hat-objection",
        {"hat": hat.name, "person": who, "by": PersonLink(asked.person), "reason": reason},
    )
    text = Sentence("hat-objected", {"hat": hat.name, "person": who, "by": by})
    says = (Say(Reply(), text), Say(ToPerson(offer.by), told, must=True), *decision.says)
    return confided(asked, replace(decision, says=says, ack="✅"))


def raised(hall: Hall, offer: Offer, reacted: Answer) -> Decision | None:
    """Take a raised hand: it counts at once, and is asked for its reason."""
    hat, person = hat_of(hall, offer.hat), reacted.person
    if reacted.choice != cards.OBJECT or hat is None or not _concerns(offer, person):
        return None
    if (wrong := _cannot_object(hall, hat, offer, person, reacted.at)) is not None:
        return Decision(says=(Say(ToPerson(person), wrong),))
    if _stands(offer, person):
        return None
    who = PersonLink(offer.person)
    why = Sentence("hat-object-why", {"hat": hat.name, "person": who, "by": PersonLink(offer.by)})
    told = Sentence("hat-hand-raised", {"hat": hat.name, "person": who, "by": PersonLink(person)})
    decision = _objected(hall, hat, offer, reacted)
    notes = (Say(ToPerson(person), why), Say(ToPerson(offer.by), told))
    return replace(decision, says=(*notes, *decision.says))


def taken_back(hall: Hall, offer: Offer, person: UserId, cause: str) -> Decision | None:
    """Let go of an objection of that cause, because its words or its hand were taken back."""
    hat = hat_of(hall, offer.hat)
    if offer.state != "open" or offer.round is None or hat is None:
        return None
    if offer.round.said.get(person, ("", ""))[1] != cause:
        return None
    left = replace(offer, round=offer.round.takes_back(person))
    facts = writes(hall, HatObjectionTakenBack(offer.mark, person))
    return Decision(facts=facts, says=cards.consent(hall, hat, left))


def _objected(hall: Hall, hat: Hat, offer: Offer, by: Asked | Answer) -> Decision:
    round_ = offer.round.says(by.person, "no", by.cause) if offer.round is not None else None
    facts = writes(hall, HatObjected(offer.mark, by.person))
    return Decision(facts=facts, says=cards.consent(hall, hat, replace(offer, round=round_)))


def _concerns(offer: Offer, person: UserId) -> bool:
    return offer.round is not None and person in offer.round.entitled


def _stands(offer: Offer, person: UserId) -> bool:
    return offer.round is not None and person in offer.round.said


def _cannot_object(hall: Hall, hat: Hat, offer: Offer, person: UserId, at: datetime) -> Sentence | None:
    if offer.state != "open" or at >= offer.closes:
        return Sentence("hat-question-closed", {"hat": hat.name, "person": PersonLink(offer.person)})
    rule = hat.given.consent
    if rule is None or not belongs(hall, person, rule.of):
        return Sentence("hat-no-question", {"hat": hat.name, "person": PersonLink(offer.person)})
    return None
