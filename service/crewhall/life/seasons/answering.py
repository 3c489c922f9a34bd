"""Decides ``!season``, what a reaction to the question says, and taking one's word back by deleting it."""

from typing import Final, get_args

from crewhall.ground import seasons
from crewhall.ground.facts import Recorded
from crewhall.ground.hall import Hall
from crewhall.ground.ids import EventId, UserId
from crewhall.ground.talk import (
    Answer,
    Arguments,
    Asked,
    Decision,
    Outcome,
    Refusal,
    Reply,
    Say,
    Sentence,
    ToPerson,
    Usage,
)
from crewhall.life.seasons.cards import ASK, CHOICES, in_words, receipt
from crewhall.life.seasons.facts import Energy, SeasonAnswered, SeasonUnanswered
from crewhall.life.seasons.pace import pace_of, stream_of, writes
from crewhall.life.seasons.told import own

USAGE: Final = "!season [in|lightly|resting]"
_WORDS: Final[dict[str, Energy]] = {energy: energy for energy in get_args(Energy)}


def season(hall: Hall, asked: Asked, given: Arguments) -> Outcome:
    """Tell which season it is and what one said, or say how one is in; answered in private only."""
    if (closed := _cannot(hall, asked.person)) is not None:
        return _privately(asked, Refusal(closed))
    words = tuple(word.casefold() for word in given.words)
    if given.people or len(words) > 1 or (words and words[0] not in {**_WORDS, **CHOICES}):
        return Usage(USAGE)
    if not words:
        return _privately(asked, Decision(says=(Say(Reply(), _now(hall, asked)),)))
    answer = {**_WORDS, **CHOICES}[words[0]]
    facts = writes(hall, SeasonAnswered(asked.person, answer))
    return _privately(asked, Decision(facts=facts, says=(Say(Reply(), receipt(hall, answer)),), ack="✅"))


def answer(hall: Hall, reacted: Answer) -> Decision | None:
    """Take a reaction to the question; the card becomes the answer, and can still be changed."""
    energy = CHOICES.get(reacted.choice)
    if reacted.card.kind != ASK or energy is None or _cannot(hall, reacted.person) is not None:
        return None
    facts = writes(hall, SeasonAnswered(reacted.person, energy))
    return Decision(
        facts=facts, says=(Say(ToPerson(reacted.person), receipt(hall, energy), card=reacted.card),)
    )


def withdraw(hall: Hall, taken_back: Recorded, _asked: Asked) -> Decision | None:
    """Take back what somebody said, because they took back the words or the reaction."""
    fact = taken_back.fact
    if taken_back.stream != stream_of(hall) or not isinstance(fact, SeasonAnswered):
        return None
    said = pace_of(hall, fact.person).said
    if taken_back.cause not in {word.cause for word in said}:
        return None
    facts = writes(hall, SeasonUnanswered(fact.person, EventId(taken_back.cause)))
    if said[-1].cause != taken_back.cause:
        return Decision(facts=facts)
    text = Sentence("season-unsaid", {"community": hall.charter.name})
    return Decision(facts=facts, says=(Say(ToPerson(fact.person), text),))


def _now(hall: Hall, asked: Asked) -> Sentence:
    lines: list[Sentence] = []
    name, found = hall.charter.name, seasons.season(hall.charter, asked.at)
    if found is None:
        lines.append(Sentence("season-none", {"community": name}))
    elif seasons.is_silent(hall.charter, asked.at):
        lines.append(Sentence("season-gap", {"community": name, "next": in_words(found.next)}))
    else:
        since, until = in_words(found.start), in_words(found.next)
        lines.append(Sentence("season-now", {"community": name, "since": since, "next": until}))
    lines += own(hall, asked.person)
    return Sentence("season-lines", {"lines": (*lines, Sentence("season-how"))})


def _cannot(hall: Hall, person: UserId) -> Sentence | None:
    if person not in hall.inside:
        return Sentence("not-inside", {"community": hall.charter.name})
    if person in hall.guests:
        return Sentence("season-guest", {"community": hall.charter.name})
    return None


def _privately(asked: Asked, outcome: Decision | Refusal) -> Decision | Refusal:
    """Return what is said in a room that others read as private words; there it is only acknowledged."""
    if asked.place is None:
        return outcome
    texts = [outcome.text] if isinstance(outcome, Refusal) else [say.text for say in outcome.says]
    facts = outcome.facts if isinstance(outcome, Decision) else ()
    return Decision(facts=facts, says=tuple(Say(ToPerson(asked.person), text) for text in texts), ack="✅")
