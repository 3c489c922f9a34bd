"""Decides ``!readmit``: two of those who could ask for a removal end it, at once."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from crewhall.ground import names
from crewhall.ground.groups import among, belongs, group
from crewhall.ground.hall import Hall
from crewhall.ground.ids import UserId, root
from crewhall.ground.talk import (
    Answer,
    Arguments,
    Asked,
    Card,
    Decision,
    Outcome,
    PersonLink,
    Refusal,
    Reply,
    RoomLink,
    Say,
    Sentence,
    ToPerson,
    Usage,
)
from crewhall.life.safety.facts import ReadmitAsked, Readmitted, ReadmitUnasked
from crewhall.life.safety.privacy import confided
from crewhall.life.safety.questions import SAFETY, Second, readmit_asked, second_begun, writes

READMIT: Final = "!readmit @person"
CONFIRM: Final = "safety.readmit"
YES: Final = "✅"
_WAITS: Final = timedelta(days=14)


def readmit(hall: Hall, asked: Asked, given: Arguments) -> Outcome:
    """Ask that a removal ends; as a second one, end it."""
    if len(given.people) != 1 or given.words:
        return Usage(READMIT)
    return confided(asked, _outcome(hall, asked, given.people[0]))


def confirmed(hall: Hall, reacted: Answer, mark: str) -> Decision | None:
    """Take the second one's reaction."""
    second = SAFETY.of(hall).seconds.get(mark)
    if second is None:
        over = Sentence("safety-second-over")
        return Decision(says=(Say(ToPerson(reacted.person), over),)) if reacted.choice == YES else None
    if reacted.person not in second.entitled or reacted.choice != YES:
        return None
    if (wrong := _cannot_second(hall, second, reacted.person, reacted.at)) is not None:
        return Decision(says=(Say(ToPerson(reacted.person), wrong),))
    return _readmitted(hall, second, reacted.person)


def unasked(hall: Hall, second: Second, by: UserId | None) -> Decision:
    """Close the question; the removal stays."""
    outcome = Sentence("safety-readmit-card-over", {"person": PersonLink(second.person)})
    says = tuple(Say(ToPerson(one), outcome, card=_card(hall, second)) for one in second.entitled)
    asker = Say(ToPerson(second.by), outcome) if by != second.by else None
    return Decision(
        facts=writes(hall, ReadmitUnasked(second.mark, by)), says=says if asker is None else (*says, asker)
    )


def _outcome(hall: Hall, asked: Asked, person: UserId) -> Outcome:
    propose, who = hall.charter.removal.propose, PersonLink(person)
    if not belongs(hall, asked.person, propose):
        return Refusal(Sentence("safety-readmit-not-yours", {"who": group(hall, propose)}))
    if person not in SAFETY.of(hall).out:
        return Refusal(Sentence("safety-not-removed", {"person": who, "community": hall.charter.name}))
    waiting = readmit_asked(hall, person, asked.at)
    if waiting is not None and asked.person in waiting.entitled:
        wrong = _cannot_second(hall, waiting, asked.person, asked.at)
        if wrong is not None:
            return Refusal(wrong)
        return replace(_readmitted(hall, waiting, asked.person), ack="✅")
    if waiting is not None:
        return Refusal(Sentence("safety-readmit-waits", {"person": who, "until": waiting.closes}))
    others = tuple(one for one in among(hall, propose) if one not in {asked.person, person})
    if not others:
        return Refusal(Sentence("safety-readmit-no-second", {"who": group(hall, propose)}))
    mark = names.digest(f"readmit:{asked.cause}:{person}")
    fact = ReadmitAsked(mark, person, asked.person, others, asked.at + _WAITS)
    words = Sentence(
        "safety-readmit-card",
        {
            "by": PersonLink(asked.person),
            "person": who,
            "community": hall.charter.name,
            "until": fact.closes,
        },
    )
    card = _card(hall, second_begun(fact))
    said = Sentence("safety-readmit-asked", {"person": who, "count": len(others), "until": fact.closes})
    cards = (Say(ToPerson(one), words, must=True, card=card) for one in others)
    return Decision(facts=writes(hall, fact), says=(Say(Reply(), said), *cards), ack="✅")


def _readmitted(hall: Hall, second: Second, by: UserId) -> Decision:
    two = (second.by, by)
    community = RoomLink(root(hall.key), hall.charter.name)
    people = tuple(PersonLink(one) for one in two)
    outcome = Sentence(
        "safety-readmit-card-done",
        {"person": PersonLink(second.person), "community": hall.charter.name, "people": people},
    )
    told = Sentence("safety-readmitted", {"community": community})
    says = (
        Say(ToPerson(second.person), told, must=True),
        *(Say(ToPerson(one), outcome, card=_card(hall, second)) for one in second.entitled),
        Say(ToPerson(second.by), outcome),
    )
    return Decision(facts=writes(hall, Readmitted(second.mark, second.person, two)), says=says)


def _cannot_second(hall: Hall, second: Second, by: UserId, at: datetime) -> Sentence | None:
    propose = hall.charter.removal.propose
    if at >= second.closes:
        return Sentence("safety-second-over")
    if not belongs(hall, by, propose) or not belongs(hall, second.by, propose):
        return Sentence("safety-readmit-two", {"who": group(hall, propose)})
    return None


def _card(hall: Hall, second: Second) -> Card:
    return Card(CONFIRM, f"{hall.key}/readmit/{second.mark}", (YES,))
