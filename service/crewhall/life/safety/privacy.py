"""Reads a command of these matters, and keeps what is said about it out of rooms that others read."""

from dataclasses import replace

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
    ToPerson,
)

_BECAUSE = "because"
_LONGEST = 1_000
_SHOWN = 60


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


def reasoned(given: Arguments) -> tuple[tuple[str, ...], str]:
    """Return the words before ``because``, and the reason behind it (empty if there is none)."""
    lowered = [word.casefold() for word in given.words]
    at = lowered.index(_BECAUSE) if _BECAUSE in lowered else len(lowered)
    return given.words[:at], " ".join(given.words[at + 1 :])[:_LONGEST]


def malformed(words: tuple[str, ...]) -> Sentence | None:
    """Return a sentence on the first word that should name a person and does not."""
    wrong = next((word for word in words if word.startswith("@")), None)
    return Sentence("person-malformed", {"text": wrong[:_SHOWN]}) if wrong is not None else None


def cannot_concern(hall: Hall, asked: Asked, person: UserId) -> Sentence | None:
    """Return why nothing of this can be asked about somebody, None if it can."""
    who = PersonLink(person)
    if person == asked.me:
        return Sentence("person-is-keeper", {"keeper": who})
    if person == asked.person:
        return Sentence("safety-not-oneself", {"community": hall.charter.name})
    return None
