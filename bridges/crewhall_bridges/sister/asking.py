"""Decides on terms: who is asked, what has come of it, and what follows from a yes, an objection, or time."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final, Literal, TypeAlias

from immutables import Map

from crewhall.door import (
    Answer,
    Asked,
    Decision,
    Fact,
    Hall,
    Recorded,
    Round,
    Say,
    Sentence,
    ToPerson,
    UserId,
    among,
    awake,
    belongs,
    names,
    some,
    workdays,
)
from crewhall_bridges.sister.bond import SISTERS, At, Link, Question, closings, state_of, stream_of, writes
from crewhall_bridges.sister.cards import ASK, NO, YES, ended, tell
from crewhall_bridges.sister.facts import LinkAgreed, LinkAsked, LinkDropped, LinkSaid, LinkWordTakenBack
from crewhall_bridges.sister.page import holding
from crewhall_bridges.sister.terms import Terms, compose

Verdict: TypeAlias = Literal["open", "passed", "failed"]
OPEN: Final = timedelta(days=14)
"""How long a question waits for a yes where no days are set for objecting."""
CONTACTS: Final = 2
KEYHOLDERS: Final = "keyholders"
_WORDS: Final[Mapping[str, Literal["yes", "no"]]] = {YES: "yes", NO: "no"}


def proposers(hall: Hall) -> str:
    """Return the group that may propose links, close and end them; the keyholders where nobody else could."""
    key = hall.charter.sisters.propose
    return key if among(hall, key) else KEYHOLDERS


def deciders(hall: Hall) -> str:
    """Return the group that decides; the keyholders where nobody is in the one that the charter names."""
    key = hall.charter.sisters.of
    return key if among(hall, key) else KEYHOLDERS


def composed(link: Link) -> Terms | None:
    """Return the terms that follow from both offers now, None while theirs is not known."""
    if link.theirs is None or link.theirs.ended:
        return None
    return compose(link.ours.offer, link.theirs.offer)


def question(hall: Hall, link: Link, at: datetime) -> LinkAsked | None:
    """Return the question that waits to be put, with who is entitled fixed now; None if there is none.

    Those who rest are asked only where nobody else is there. Who is truly alone confirms what they are shown.
    """
    terms = composed(link)
    if not link.waits or link.question is not None or terms is None or terms in link.ours.agreed:
        return None
    rule, group, by = hall.charter.sisters, deciders(hall), link.named_by
    others = [one for one in awake(hall, group) if one != by] or [
        one for one in among(hall, group) if one != by
    ]
    own = belongs(hall, by, group)
    mark = names.digest(f"{link.mark}:{terms.digest}:{SISTERS.of(hall).version}")
    if own and (not others or not (rule.others or rule.days)):
        return LinkAsked(link.mark, mark, terms, by, (by,), 1, at + OPEN, waits=False)
    if not others:
        return None
    closes = workdays.after(hall.charter.calendar, at, rule.days) if rule.days else at + OPEN
    needed = some(others, rule.others) if own else max(1, some(others, rule.others))
    return LinkAsked(link.mark, mark, terms, by, tuple(others), needed, closes, waits=bool(rule.days))


def put(hall: Hall, link: Link, at: datetime) -> tuple[tuple[Fact, ...], tuple[Say, ...]]:
    """Return the fact by which the question is put, if one waits, and its cards; `link` is as it will be."""
    asked = question(hall, link, at)
    if asked is None:
        return (), ()
    round_ = Round(
        asked.question, frozenset(asked.entitled), asked.needed, at, asked.closes, waits=asked.waits
    )
    opened = replace(link, question=Question(asked.terms, asked.by, round_))
    return (asked,), tell(hall, opened, must=True)


def answer(hall: Hall, reacted: Answer) -> Decision | None:
    """Take a reaction to the card. A raised hand holds the question up."""
    link = _asked_by(hall, reacted)
    if link is None or (question := link.question) is None:
        return None
    word = _WORDS.get(reacted.choice)
    alone = question.round.entitled == {question.by}
    if word is None or (word == "no" and alone):
        return None
    person = reacted.person
    if person not in question.round.entitled or not belongs(hall, person, deciders(hall)):
        said = Sentence("sister-not-asked", {"sister": link.called})
        return Decision(says=(Say(ToPerson(person), said),))
    if question.round.said.get(person, ("", ""))[0] == word:
        return None
    if (late := settled(hall, link, reacted.at)) is not None:
        return late
    second = question.second or (person if word == "yes" and person != question.by else None)
    said_so = replace(question, round=question.round.says(person, word, reacted.cause), second=second)
    return _weighed(
        hall, replace(link, question=said_so), reacted.at, LinkSaid(link.mark, question.mark, person, word)
    )


def take_back(hall: Hall, taken_back: Recorded, asked: Asked) -> Decision | None:
    """Take back a word because its reaction was taken back."""
    fact = taken_back.fact
    if taken_back.stream != stream_of(hall) or not isinstance(fact, LinkSaid):
        return None
    link = SISTERS.of(hall).links.get(fact.mark)
    if link is None or link.question is None or link.question.mark != fact.question:
        return None
    if link.question.round.said.get(fact.by, ("", ""))[1] != taken_back.cause:
        return None
    left = replace(link.question, round=link.question.round.takes_back(fact.by))
    without = LinkWordTakenBack(link.mark, fact.question, fact.by)
    return _weighed(hall, replace(link, question=left), asked.at, without)


def settled(hall: Hall, link: Link, now: datetime) -> Decision | None:
    """Return how the question ends, None while it is open."""
    question = link.question
    if question is None or (how := verdict(hall, question, now)) == "open":
        return None
    if how == "failed":
        said = Sentence("sister-failed", {"sister": link.called})
        return Decision(
            facts=writes(hall, LinkDropped(link.mark, question.mark)),
            says=(*ended(hall, link, "failed"), Say(ToPerson(question.by), said)),
        )
    agreed = _agreement(hall, link, question)
    told = _passed(hall, link, question, agreed, now)
    return Decision(writes(hall, agreed), (*ended(hall, link, "passed"), *told))


def verdict(hall: Hall, question: Question, now: datetime) -> Verdict:
    """Return what has come of a question."""
    round_ = standing(hall, question)
    result = round_.result(now)
    if result == "passed" and not round_.yes and now < round_.closes:
        return "open"  # nobody is left who could have said yes: not all are in favour
    return result


def standing(hall: Hall, question: Question) -> Round:
    """Return the round with the words of those only who still belong to the group."""
    round_, group = question.round, deciders(hall)
    for person in question.round.entitled:
        if not belongs(hall, person, group):
            round_ = round_.without(person)
    return round_


def contacts(hall: Hall, people: tuple[UserId, ...]) -> tuple[UserId, ...]:
    """Return who speaks for us: of these who are still here; those who decide where nobody is."""
    here = tuple(dict.fromkeys(one for one in people if one in hall.inside or one in hall.keyholders))
    return (here or awake(hall, deciders(hall)))[:CONTACTS]


def _agreement(hall: Hall, link: Link, question: Question) -> LinkAgreed:
    second = (question.second,) if question.second is not None else ()
    closed = (
        (at, edition if at in link.lifts else question.terms.edition)
        for at, edition in link.ours.closed.items()
    )
    speak = contacts(hall, (question.by, *second))
    return LinkAgreed(link.mark, question.mark, speak, closings(closed))


def _passed(hall: Hall, link: Link, question: Question, agreed: LinkAgreed, now: datetime) -> tuple[Say, ...]:
    """Return what is told of our yes: to all who speak for us, if with it the link holds."""
    terms = question.terms
    closed: Map[At, int] = Map(((keeper, flow), edition) for keeper, flow, edition in agreed.closed)
    ours = replace(link.ours, agreed=(terms,), closed=closed, until=terms.review)
    will = replace(link, ours=ours)
    if state_of(link, now) == "holds" or state_of(will, now) != "holds":
        return (Say(ToPerson(question.by), Sentence("sister-passed", {"sister": link.called})),)
    text = Sentence("sister-holds", {"sister": link.called, "lines": holding(hall, will, now)})
    people = dict.fromkeys((question.by, *agreed.contacts))
    return tuple(Say(ToPerson(person), text) for person in people)


def _asked_by(hall: Hall, reacted: Answer) -> Link | None:
    if reacted.card.kind != ASK:
        return None
    _, _, rest = reacted.card.subject.partition("/sister/")
    mark, _, question = rest.partition("/")
    link = SISTERS.of(hall).links.get(mark)
    asked = link.question if link is not None else None
    return link if asked is not None and asked.mark == question else None


def _weighed(hall: Hall, link: Link, now: datetime, fact: Fact) -> Decision:
    """Return the fact, and what has come of the question with it."""
    ending = settled(hall, link, now)
    if ending is None:
        return Decision(facts=writes(hall, fact), says=tell(hall, link))
    first, *others = ending.facts
    return replace(ending, facts=(*writes(hall, fact), replace(first, expected=None), *others))
