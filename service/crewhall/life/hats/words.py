"""Reads which hat is meant, and says in words what one allows and how it is given."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from difflib import get_close_matches
from typing import Final

from crewhall.charter.model import Hat, Right
from crewhall.ground import names
from crewhall.ground.groups import group
from crewhall.ground.hall import Hall
from crewhall.ground.ids import UserId
from crewhall.ground.ladder import called
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
    ToPerson,
    Value,
)
from crewhall.ground.worn import KEYS, hats

BECAUSE: Final = "because"
_LONGEST = 1_000
_SHOWN = 60
_NEAR = 0.6


def named(hall: Hall, words: Sequence[str]) -> Hat | Sentence:
    """Return the hat that is named by its key, its name or the first words of only one; or what to say."""
    said = names.looks(names.spoken(" ".join(words)))
    known = [(names.looks(one), hat) for hat in hats(hall) for one in (hat.name, hat.key)]
    exact = [hat for look, hat in known if look == said]
    begun = {hat.key: hat for look, hat in known if said and look.startswith(said)}
    if exact or len(begun) == 1:
        return exact[0] if exact else next(iter(begun.values()))
    shown = " ".join(words)[:_SHOWN]
    near = get_close_matches(said, [look for look, _ in known], cutoff=_NEAR)
    meant = tuple(dict.fromkeys(hat.name for look, hat in known if look in near)) or tuple(
        hat.name for hat in begun.values()
    )
    if meant:
        return Sentence("hat-unknown-near", {"name": shown, "near": meant})
    return Sentence("hat-unknown", {"name": shown, "hats": tuple(hat.name for hat in hats(hall))})


def malformed(words: Sequence[str]) -> Sentence | None:
    """Return a sentence on the first word that should name a person and does not."""
    wrong = next((word for word in words if word.startswith("@")), None)
    return Sentence("person-malformed", {"text": wrong[:_SHOWN]}) if wrong is not None else None


def reasoned(given: Arguments) -> tuple[tuple[str, ...], str]:
    """Return the words before ``because``, and the reason behind it (empty if there is none)."""
    lowered = [word.casefold() for word in given.words]
    at = lowered.index(BECAUSE) if BECAUSE in lowered else len(lowered)
    return given.words[:at], " ".join(given.words[at + 1 :])[:_LONGEST]


def without_last(words: tuple[str, ...], last: str) -> tuple[str, ...]:
    """Return words without a last one that only leads to the person."""
    return words[:-1] if len(words) > 1 and words[-1].casefold() == last else words


def confided(asked: Asked, outcome: Outcome) -> Outcome:
    """Return what is said in a shared room as private words; the command itself is only acknowledged."""
    if asked.place is None:
        return outcome
    if isinstance(outcome, Refusal):
        return Decision(says=(Say(ToPerson(asked.person), outcome.text),), ack="✅")
    if not isinstance(outcome, Decision):
        return outcome
    me = ToPerson(asked.person)
    says = tuple(replace(say, to=me) if say.to == Reply() else say for say in outcome.says)
    return replace(outcome, says=says, ack="✅")


def people(persons: Iterable[UserId]) -> tuple[PersonLink, ...]:
    """Return people to be named with links."""
    return tuple(map(PersonLink, persons))


def joined(items: Sequence[Sentence]) -> Value:
    """Return several in one line; a tuple of sentences would become a list of lines."""
    if len(items) == 1:
        return items[0]
    return Sentence("hat-and", {"one": items[0], "others": joined(items[1:])})


def about(hall: Hall, hat: Hat) -> tuple[Sentence, ...]:
    """Return what a hat asks and allows, and for how long."""
    lines = [Sentence("hat-asks", {"about": hat.about})] if hat.about else []
    return (*lines, *allows(hall, hat), Sentence("hat-term", {"months": hat.term_months}))


def allows(hall: Hall, hat: Hat) -> Iterable[Sentence]:
    """Return what a hat allows; nothing of one that is a task only."""
    charter = hall.charter
    if hat.key == KEYS:
        yield Sentence("hat-allows-all", {"community": charter.name})
        return
    if hat.may:
        where = tuple(called(hall, rung) for rung in hat.where) or (charter.name,)
        yield Sentence("hat-allows", {"what": joined([_does(right) for right in hat.may]), "where": where})
    rooms = (*charter.places, *(room for rung in charter.rungs for room in rung.rooms))
    written = tuple(room.name for room in rooms if room.post == hat.key)
    if written:
        yield Sentence("hat-allows", {"what": Sentence("may-post"), "where": written})


def given_by(hall: Hall, hat: Hat) -> Iterable[Sentence]:
    """Return the rule by which a hat comes to somebody."""
    who, needs = group(hall, hat.given.by), group(hall, hat.needs)
    yield Sentence("hat-rule", {"who": who, "needs": needs, "most": hat.most})
    consent = hat.given.consent
    if consent is not None and consent.days:
        yield Sentence("hat-rule-consent", {"who": group(hall, consent.of), "days": consent.days})


def _does(right: Right) -> Sentence:
    match right:
        case "post":
            return Sentence("may-post")
        case "pin":
            return Sentence("may-pin")
        case "rooms":
            return Sentence("may-rooms")
        case "invite":
            return Sentence("may-invite")
        case "moderate":
            return Sentence("may-moderate")
