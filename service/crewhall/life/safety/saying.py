"""Decides a word on a removal: yes or no, changed, taken back; and ``!answer`` by the person concerned."""

from datetime import datetime
from typing import Final

from crewhall.ground.hall import Hall
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
from crewhall.life.safety.cards import NO, YES, removal_ends
from crewhall.life.safety.electorate import counted, speaks
from crewhall.life.safety.facts import (
    RemovalAnswered,
    RemovalRefused,
    RemovalSaid,
    RemovalUnsaid,
    Removed,
)
from crewhall.life.safety.privacy import confided
from crewhall.life.safety.questions import SAFETY, Removal, open_about, writes
from crewhall.life.safety.removing import AGAIN, last_key

ANSWER: Final = "!answer WORDS"
_WORDS: Final[dict[str, Word]] = {YES: "yes", NO: "no"}
_MOST = 5
_LONGEST = 1_000


def answer(hall: Hall, asked: Asked, given: Arguments) -> Outcome:
    """Pass on what the person concerned has to say, to those who decide; it is kept nowhere."""
    words = " ".join(given.words)[:_LONGEST]
    if not words:
        return Usage(ANSWER)
    removal = open_about(hall, asked.person)
    if removal is None:
        return confided(asked, Refusal(Sentence("safety-no-answer", {"community": hall.charter.name})))
    if removal.answers >= _MOST:
        return confided(asked, Refusal(Sentence("safety-answered-often", {"most": _MOST})))
    passed_on = Sentence("safety-answer", {"person": PersonLink(asked.person), "words": words})
    deciders = tuple(sorted(removal.round.entitled))
    said = Sentence("safety-answered", {"count": len(deciders)})
    return confided(
        asked,
        Decision(
            facts=writes(hall, RemovalAnswered(removal.mark, asked.person)),
            says=(Say(Reply(), said), *(Say(ToPerson(one), passed_on, must=True) for one in deciders)),
            ack="✅",
        ),
    )


def said(hall: Hall, reacted: Answer, mark: str) -> Decision | None:
    """Take a reaction to the card; the last word counts. Nothing is said back: the reaction stands there."""
    removal, word = SAFETY.of(hall).removals.get(mark), _WORDS.get(reacted.choice)
    if removal is None or word is None or reacted.person not in removal.round.entitled:
        return None
    who = PersonLink(removal.person)
    if removal.state != "open" or reacted.at >= removal.round.closes:
        closed = Sentence("safety-removal-closed", {"person": who, "until": removal.round.closes})
        return Decision(says=(Say(ToPerson(reacted.person), closed),))
    if not speaks(hall, reacted.person, removal.of):
        gone = Sentence("safety-no-say", {"person": who})
        return Decision(says=(Say(ToPerson(reacted.person), gone),))
    return Decision(facts=writes(hall, RemovalSaid(mark, reacted.person, word)))


def unsaid(hall: Hall, fact: RemovalSaid, cause: str, at: datetime) -> Decision | None:
    """Take a word back, if it is the one that counts."""
    removal = SAFETY.of(hall).removals.get(fact.mark)
    if removal is None or removal.state != "open" or at >= removal.round.closes:
        return None
    if removal.round.said.get(fact.by, ("", ""))[1] != cause:
        return None
    return Decision(facts=writes(hall, RemovalUnsaid(fact.mark, fact.by)))


def closed(hall: Hall, removal: Removal, now: datetime) -> Decision | None:
    """Decide the question once its time is over, None before: silence is no yes."""
    if now < removal.round.closes:
        return None
    who, name, round_ = PersonLink(removal.person), hall.charter.name, counted(hall, removal)
    yes, count = len(round_.yes), len(round_.entitled)
    if round_.result(now) == "passed" and not last_key(hall, removal.person):
        outcome = Sentence(
            "safety-removal-card-passed", {"person": who, "community": name, "yes": yes, "count": count}
        )
        told = Sentence("safety-removed", {"community": name, "yes": yes, "count": count})
        fact = Removed(removal.mark, removal.person, yes, count)
        return Decision(facts=writes(hall, fact), says=removal_ends(hall, removal, outcome, told))
    outcome = Sentence(
        "safety-removal-card-failed",
        {"person": who, "yes": yes, "count": count, "needed": round_.needed, "since": now + AGAIN},
    )
    if len(round_.yes) >= round_.needed:
        outcome = Sentence("safety-removal-card-key", {"person": who, "community": name})
    told = Sentence("safety-stays", {"community": name})
    return Decision(
        facts=writes(hall, RemovalRefused(removal.mark)), says=removal_ends(hall, removal, outcome, told)
    )
