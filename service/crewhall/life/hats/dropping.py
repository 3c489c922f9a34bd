"""Decides ``!hat drop``: honoured at once; only the last key stays until somebody else has one.

Understudies are asked first: by the offer of whoever drops the hat, if the charter lets them offer it.
"""

from dataclasses import replace
from typing import Final

from crewhall.charter.model import Hat
from crewhall.ground.capability import Going
from crewhall.ground.facts import Fact
from crewhall.ground.groups import group
from crewhall.ground.hall import Hall, Presence
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
from crewhall.ground.worn import hat_of, hats, take_off, wearers
from crewhall.life.hats.facts import HatDropped, UnderstudyEnded
from crewhall.life.hats.fit import is_last_key
from crewhall.life.hats.known import HATS, live_offers, understudies, writes
from crewhall.life.hats.offering import Offering, cannot_offer, opening, withdrawn
from crewhall.life.hats.words import malformed, named

DROP: Final = "!hat drop NAME"


def drop(hall: Hall, asked: Asked, given: Arguments) -> Outcome:
    """Take a hat off, or be its understudy no longer."""
    if (wrong := malformed(given.words)) is not None:
        return Refusal(wrong)
    if not given.words or given.people:
        return Usage(DROP)
    hat = named(hall, given.words)
    if isinstance(hat, Sentence):
        return Refusal(hat)
    if asked.person not in wearers(hall, hat.key):
        if asked.person in HATS.of(hall).learning.get(hat.key, ()):
            ended = writes(hall, UnderstudyEnded(hat.key, asked.person))
            text = Sentence("hat-understudy-ended", {"hat": hat.name})
            return Decision(facts=ended, says=(Say(Reply(), text),), ack="✅")
        return Refusal(Sentence("hat-not-worn", {"hat": hat.name}))
    if is_last_key(hall, hat, asked.person):
        return Refusal(last_key(hall, hat))
    decision = dropped(hall, hat, asked)
    text = Sentence("hat-dropped", {"hat": hat.name})
    return replace(decision, says=(Say(Reply(), text), *decision.says), ack="✅")


def leaves(hall: Hall, going: Going) -> Decision | None:
    """Return how somebody who wants to be forgotten takes off the first of their hats, or declines one."""
    for offer in live_offers(hall, person=going.person):
        return withdrawn(hall, hat_of(hall, offer.hat), offer)
    for hat in hats(hall):
        if going.person in wearers(hall, hat.key):
            return dropped(hall, hat, going)
        if going.person in HATS.of(hall).learning.get(hat.key, ()):
            return Decision(facts=writes(hall, UnderstudyEnded(hat.key, going.person)))
    return None


def last_key(hall: Hall, hat: Hat) -> Sentence:
    """Return why the last key cannot be given up, and what to do."""
    return Sentence("hat-last-key", {"hat": hat.name, "community": hall.charter.name})


def dropped(hall: Hall, hat: Hat, by: Asked | Answer | Going) -> Decision:
    """Return what follows when somebody takes a hat off: its understudies are asked first."""
    person = by.person
    after = take_off(hall, hat.key, person, Presence(by.at, by.cause))
    facts: list[Fact] = [HatDropped(hat.key, person)]
    says: list[Say] = []
    for one in understudies(hall, hat.key):
        offering = Offering(hat, one, person, by.cause, by.at, by.me)
        if cannot_offer(after, offering) is None:
            _, made, asks = opening(after, offering)
            facts += made
            says += asks
        else:
            says += first(hall, hat, person, (one,))
    return Decision(facts=writes(hall, *facts), says=tuple(says))


def first(hall: Hall, hat: Hat, person: UserId, learning: tuple[UserId, ...]) -> tuple[Say, ...]:
    """Tell understudies that a wearer is gone, and who can offer the hat."""
    text = Sentence(
        "hat-understudy-first",
        {"hat": hat.name, "person": PersonLink(person), "who": group(hall, hat.given.by)},
    )
    return tuple(
        Say(ToPerson(one), text) for one in learning if one not in hall.resting and one not in hall.shut_out
    )
