"""Decides ``!close``: any member closes a leaf alone and at once, and with it those that came after it."""

from dataclasses import replace

from crewhall.ground.hall import Hall
from crewhall.ground.ids import UserId
from crewhall.ground.talk import (
    Arguments,
    Asked,
    Decision,
    Outcome,
    PersonLink,
    Reply,
    Say,
    Sentence,
    ToPerson,
    Usage,
)
from crewhall.life.crews.cards import tell
from crewhall.life.crews.crew import Crew, Question
from crewhall.life.crews.depth import yes_withdrawn
from crewhall.life.crews.facts import LeafClosed
from crewhall.life.crews.leaf_cards import ended
from crewhall.life.crews.leaves import after, answered, called, spoken_of
from crewhall.life.crews.seats import link

CLOSE = "!close LEAF [in CREW]"


def close_leaf(hall: Hall, asked: Asked, given: Arguments) -> Outcome:
    """Close a leaf; while it is only asked, take back one's question or one's yes."""
    found = spoken_of(hall, asked, given, Usage(CLOSE))
    if not isinstance(found, tuple):
        return found
    key, crew = found
    if _is_open(crew, key):
        return _closed(hall, crew, asked, key)
    question = crew.question
    name = called(hall, key)
    if question is None or question.leaf != key:
        return answered(crew, asked, Sentence("leaf-not-open", {"leaf": name, "crew": crew.name}))
    if question.by == asked.person:
        said = Sentence("leaf-question-back", {"leaf": name, "crew": crew.name})
        return _told(question_withdrawn(hall, crew, question, asked.person), crew, asked, said)
    if asked.person in question.yes:
        said = Sentence("leaf-yes-back", {"leaf": name, "crew": crew.name})
        return _told(yes_withdrawn(hall, crew, question, asked.person), crew, asked, said)
    return answered(crew, asked, Sentence("leaf-only-asked", {"leaf": name, "crew": crew.name}))


def question_withdrawn(hall: Hall, crew: Crew, question: Question, by: UserId) -> Decision:
    """Take the question back."""
    name = called(hall, question.leaf)
    text = Sentence("leaf-card-withdrawn", {"person": PersonLink(by), "leaf": name, "crew": link(crew)})
    return Decision(facts=crew.writes(LeafClosed(question.leaf, by)), says=ended(crew, question, text))


def _closed(hall: Hall, crew: Crew, asked: Asked, key: str) -> Decision:
    question, by = crew.question, asked.person
    deeper = tuple(
        one
        for one in after(hall, key)
        if _is_open(crew, one) or (question is not None and question.leaf == one)
    )
    names = tuple(called(hall, one) for one in (key, *deeper))
    text = Sentence("leaf-closed-by", {"person": PersonLink(by), "leaves": names, "crew": link(crew)})
    says: tuple[Say, ...] = ()
    if question is not None and question.leaf in {key, *deeper}:
        says += ended(crew, question, text)
    if crew.private:
        says += tell(crew, text, to=crew.members - {by})
    elif asked.place != crew.room:
        says += tell(crew, text)
    facts = (LeafClosed(one, by) for one in (*reversed(deeper), key))
    said = Sentence("leaf-closed", {"leaf": names[0], "crew": crew.name})
    if deeper:
        said = Sentence("leaf-closed-deeper", {"leaf": names[0], "deeper": names[1:], "crew": crew.name})
    return _told(Decision(facts=crew.writes(*facts), says=says), crew, asked, said)


def _is_open(crew: Crew, key: str) -> bool:
    """Return whether a leaf is open, or shut only until all have said yes again."""
    return key in crew.opened or (key in crew.again and key in crew.leaves)


def _told(decision: Decision, crew: Crew, asked: Asked, text: Sentence) -> Decision:
    to = Reply() if asked.place is None or crew.holds(asked.place) else ToPerson(asked.person)
    return replace(decision, says=(Say(to, text), *decision.says), ack="✅")
