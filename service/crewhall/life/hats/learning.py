"""Decides ``!hat understudy``: a wearer asks somebody to learn a hat; their own yes makes them understudy."""

from datetime import timedelta
from typing import Final

from crewhall.charter.model import Hat
from crewhall.ground import names
from crewhall.ground.groups import group
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
from crewhall.ground.worn import hat_of, wearers
from crewhall.life.hats import cards
from crewhall.life.hats.days import day_of, said
from crewhall.life.hats.facts import Understudied, UnderstudyAsked
from crewhall.life.hats.fit import can_wear
from crewhall.life.hats.known import HATS, Request, understudies, writes
from crewhall.life.hats.words import confided, malformed, named, without_last

UNDERSTUDY: Final = "!hat understudy NAME @person"
_ANSWER = timedelta(days=30)


def understudy(hall: Hall, asked: Asked, given: Arguments) -> Outcome:
    """Ask somebody to be a hat's understudy."""
    if (wrong := malformed(given.words)) is not None:
        return confided(asked, Refusal(wrong))
    words = without_last(given.words, "to")
    if not words or len(given.people) != 1:
        return Usage(UNDERSTUDY)
    hat = named(hall, words)
    if isinstance(hat, Sentence):
        return confided(asked, Refusal(hat))
    person = given.people[0]
    if (wrong := _cannot_ask(hall, hat, asked, person)) is not None:
        return confided(asked, Refusal(wrong))
    mark = names.digest(f"understudy:{asked.cause}:{hat.key}:{person}")
    closes = asked.at + _ANSWER
    request = Request(mark, hat.key, person, asked.person, closes)
    fact = UnderstudyAsked(mark, hat.key, person, asked.person, closes)
    until = said(day_of(hall.charter, closes))
    text = Sentence("hat-understudy-asked", {"hat": hat.name, "person": PersonLink(person), "until": until})
    says = (Say(Reply(), text), cards.understudy(hall, hat, request))
    return confided(asked, Decision(facts=writes(hall, fact), says=says, ack="✅"))


def accepted(hall: Hall, request: Request, reacted: Answer) -> Decision | None:
    """Take the yes of whoever is asked; anything else is nothing."""
    if reacted.choice != cards.YES or reacted.person != request.person:
        return None
    hat = hat_of(hall, request.hat)
    if hat is not None and reacted.person in understudies(hall, hat.key):
        return None
    worn = wearers(hall, request.hat)
    open_ = not request.taken and reacted.at < request.closes
    if hat is None or not open_ or request.by not in worn or reacted.person in worn:
        over = Sentence("hat-offer-over", {"by": PersonLink(request.by)})
        return Decision(says=(Say(ToPerson(reacted.person), over),))
    fact = Understudied(request.mark, hat.key, request.person, request.by)
    told = Sentence("hat-understudy-yes", {"hat": hat.name, "person": PersonLink(request.person)})
    says = (cards.understudied(hall, hat, request), Say(ToPerson(request.by), told))
    return Decision(facts=writes(hall, fact), says=says)


def _cannot_ask(hall: Hall, hat: Hat, asked: Asked, person: UserId) -> Sentence | None:
    who, by = PersonLink(person), asked.person
    if person == asked.me:
        return Sentence("person-is-keeper", {"keeper": who})
    if by not in wearers(hall, hat.key):
        return Sentence("hat-understudy-not-yours", {"hat": hat.name})
    if person in wearers(hall, hat.key):
        return Sentence("hat-worn-already", {"hat": hat.name, "person": who})
    if not can_wear(hall, hat, person):
        return Sentence("hat-needs", {"hat": hat.name, "person": who, "who": group(hall, hat.needs)})
    if person in hall.resting:
        return Sentence("hat-not-now", {"person": who})
    if person in understudies(hall, hat.key):
        return Sentence("hat-understudy-already", {"hat": hat.name, "person": who})
    waiting = HATS.of(hall).requests.values()
    if any(
        one.hat == hat.key and one.person == person and not one.taken and asked.at < one.closes
        for one in waiting
    ):
        return Sentence("hat-understudy-waits", {"hat": hat.name, "person": who})
    return None
