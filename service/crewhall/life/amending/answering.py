"""Decides what follows from a yes or an objection to a change, from taking it back, and from time passing."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Final

from crewhall.ground.difference import Rehearsal
from crewhall.ground.facts import Fact, Recorded
from crewhall.ground.groups import belongs
from crewhall.ground.hall import Hall
from crewhall.ground.ids import UserId
from crewhall.ground.rounds import Word
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
from crewhall.life.amending.cards import ASK, NO, YES, ended, notice, tell
from crewhall.life.amending.change import AMENDING, Change, stream_of, writes
from crewhall.life.amending.facts import ChangeDropped, ChangeProposed, ChangeSaid, ChangeWordTakenBack
from crewhall.life.amending.proposing import withdrawn
from crewhall.life.amending.verdict import agreed, deciders, standing, verdict

OBJECT: Final = "!charter object because REASON"
_BECAUSE: Final = "because"
_LONGEST: Final = 1_000
_WORDS: Final[Mapping[str, Word]] = {YES: "yes", NO: "no"}


def answer(rehearse: Rehearsal, hall: Hall, reacted: Answer) -> Decision | None:
    """Take a reaction to the card. A raised hand holds the change up, and is asked for its reason."""
    change = AMENDING.of(hall).open
    if reacted.card.kind != ASK or change is None:
        return None
    if reacted.card.subject.rpartition("/")[2] != change.mark:
        return None
    person = reacted.person
    word = _WORDS.get(reacted.choice)
    if word is None or (word == "no" and change.alone):
        return None
    if (wrong := _cannot(hall, change, person)) is not None:
        return Decision(says=(Say(ToPerson(person), wrong),))
    if change.round.said.get(person, ("", ""))[0] == word:
        return None
    decision = _said(rehearse, hall, change, reacted, word)
    if word == "no" and _is_heard(decision):
        asks = Say(ToPerson(person), Sentence("amend-why", {"by": PersonLink(change.by)}))
        return replace(decision, says=(*decision.says, asks))
    return decision


def objects(rehearse: Rehearsal, hall: Hall, asked: Asked, given: Arguments) -> Outcome:
    """Object, with a reason that is passed on to who proposes and kept nowhere."""
    words = given.words[1:] if given.words[:1] and given.words[0].casefold() == _BECAUSE else ()
    reason = " ".join(words)[:_LONGEST]
    if not reason:
        return Usage(OBJECT)
    change = AMENDING.of(hall).open
    if change is None:
        return Refusal(Sentence("amend-nothing-open", {"community": hall.charter.name}))
    if change.alone and asked.person == change.by:
        return Refusal(Sentence("amend-object-oneself"))
    if (wrong := _cannot(hall, change, asked.person)) is not None:
        return Refusal(wrong)
    decision = Decision()
    if change.round.said.get(asked.person, ("", ""))[0] != "no":
        decision = _said(rehearse, hall, change, asked, "no")
        if not _is_heard(decision):
            return replace(decision, says=(Say(Reply(), Sentence("amend-closed")), *decision.says))
    passed_on = Sentence("amend-objection", {"by": PersonLink(asked.person), "reason": reason})
    said = Sentence("amend-objected", {"by": PersonLink(change.by)})
    return replace(
        decision,
        says=(Say(Reply(), said), Say(ToPerson(change.by), passed_on, must=True), *decision.says),
        ack="✅",
    )


def take_back(rehearse: Rehearsal, hall: Hall, taken_back: Recorded, asked: Asked) -> Decision | None:
    """Take back a proposal or a word because its message or reaction was taken back."""
    change = AMENDING.of(hall).open
    if taken_back.stream != stream_of(hall) or change is None:
        return None
    fact = taken_back.fact
    if getattr(fact, "mark", "") != change.mark:
        return None
    match fact:
        case ChangeProposed(by=by):
            return withdrawn(hall, change, by)
        case ChangeSaid(by=by) if change.round.said.get(by, ("", ""))[1] == taken_back.cause:
            left = replace(change, round=change.round.takes_back(by))
            return _weighed(rehearse, hall, left, asked.at, ChangeWordTakenBack(change.mark, by))
        case _:
            return None


def due(hall: Hall, now: datetime) -> Iterable[tuple[str, Decision]]:
    """Return what time has made due, with the cause by which it happens once."""
    change = AMENDING.of(hall).open
    if change is not None and (decision := _settled(hall, change, now)) is not None:
        yield f"change:settled:{change.mark}", decision


def _said(rehearse: Rehearsal, hall: Hall, change: Change, by: Answer | Asked, word: Word) -> Decision:
    """Take a word, unless the question has closed meanwhile: then that is said."""
    if (late := _settled(hall, change, by.at)) is not None:
        return late
    heard = replace(change, round=change.round.says(by.person, word, by.cause))
    return _weighed(rehearse, hall, heard, by.at, ChangeSaid(change.mark, by.person, word))


def _is_heard(decision: Decision) -> bool:
    return any(isinstance(writing.fact, ChangeSaid) for writing in decision.facts)


def _weighed(rehearse: Rehearsal, hall: Hall, change: Change, now: datetime, fact: Fact) -> Decision:
    """Return the fact, and what has come of the change with it."""
    settled = _settled(hall, change, now)
    if settled is None:
        return Decision(facts=writes(hall, fact), says=tell(rehearse, hall, change, now))
    first, *others = settled.facts
    return replace(settled, facts=(*writes(hall, fact), replace(first, expected=None), *others))


def _settled(hall: Hall, change: Change, now: datetime) -> Decision | None:
    """Return how the question ends, None while it is open."""
    how = verdict(hall, change, now)
    if how == "open":
        return None
    card = ended(hall, change, how)
    if how == "passed":
        yes = standing(hall, change).yes
        return Decision(
            facts=agreed(hall, change), says=(*card, *notice(hall, change, yes), *_passed(hall, change))
        )
    return Decision(
        facts=writes(hall, ChangeDropped(change.mark)), says=(*card, *_dropped(hall, change, how))
    )


def _passed(hall: Hall, change: Change) -> tuple[Say, ...]:
    if change.alone:
        return ()
    return (Say(ToPerson(change.by), Sentence("amend-passed", {"community": hall.charter.name})),)


def _dropped(hall: Hall, change: Change, how: str) -> tuple[Say, ...]:
    name = hall.charter.name
    if how == "overtaken":
        text = Sentence("amend-overtaken", {"community": name})
    elif standing(hall, change).no:
        text = Sentence("amend-held", {"community": name})
    else:
        text = Sentence("amend-failed", {"community": name})
    return (Say(ToPerson(change.by), text),)


def _cannot(hall: Hall, change: Change, person: UserId) -> Sentence | None:
    """Return why somebody has no say in this change, None if they have."""
    if person not in change.round.entitled:
        if person == change.by:
            return Sentence("amend-others-decide")
        return Sentence("amend-not-asked", {"since": change.round.opened})
    return None if belongs(hall, person, deciders(hall)) else Sentence("amend-no-longer")
