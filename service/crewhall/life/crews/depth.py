"""Decides how a crew opens a leaf: one member asks, all with a seat say yes, in the charter's order.

Whoever comes in meanwhile has it asked anew: a yes was given to those who were there.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from crewhall.ground.facts import Fact
from crewhall.ground.hall import Hall
from crewhall.ground.ids import UserId
from crewhall.ground.talk import (
    Answer,
    Arguments,
    Asked,
    Decision,
    Outcome,
    Reply,
    Say,
    Sentence,
    ToPerson,
    Usage,
)
from crewhall.life.crews.cards import YES
from crewhall.life.crews.crew import Crew, Question, Seat
from crewhall.life.crews.facts import LeafAgreed, LeafAsked, LeafLapsed, LeafOpened, LeafRoomsWanted
from crewhall.life.crews.growing import SPACE
from crewhall.life.crews.leaf_cards import ended, opened_text, put
from crewhall.life.crews.leaves import answered, asking_itself, before, called, leaf_of, spoken_of
from crewhall.life.crews.seats import link

OPEN = "!open LEAF [in CREW]"


def open_leaf(hall: Hall, asked: Asked, given: Arguments) -> Outcome:
    """Ask all members to open a leaf; where it is asked already this is one's own yes."""
    found = spoken_of(hall, asked, given, Usage(OPEN))
    if not isinstance(found, tuple):
        return found
    key, crew = found
    if key in crew.opened:
        return _let_in_again(hall, crew, asked, key)
    if (wrong := _cannot_ask(hall, crew, asked.person, key)) is not None:
        return answered(crew, asked, wrong)
    if crew.question is not None:
        decision = _agreed(hall, crew, crew.question, asked.person, (asked.at, asked.cause))
    else:
        question = _question(hall, key, asked.person, asked.at, asked.cause)
        fact = LeafAsked(key, asked.person, question.until)
        decision = _agreed(hall, crew, question, asked.person, (asked.at, asked.cause), fact)
    alone = len(crew.seats) == 1
    if asked.place == crew.room and not crew.private and not alone:
        return replace(decision, ack="✅")  # the card is before their eyes
    to = Reply() if asked.place is None or crew.holds(asked.place) else ToPerson(asked.person)
    return replace(decision, says=(Say(to, _said(hall, crew, key, decision)), *decision.says), ack="✅")


def answer_leaf(hall: Hall, crew: Crew, given: Answer, mark: str) -> Decision | None:
    """Take a member's yes; the last one opens the leaf."""
    question = crew.question
    if question is None or question.mark != mark or given.choice != YES or given.person not in crew.seats:
        return None
    if given.person in question.yes or not _stands(hall, crew, question):
        return None
    return _agreed(hall, crew, question, given.person, (given.at, given.cause))


def came(hall: Hall, crew: Crew, person: UserId, at: datetime, cause: str) -> Decision:
    """Return what is asked anew because somebody came in: leaves are shut until all have said yes again."""
    question = crew.question
    says: tuple[Say, ...] = ()
    again = crew.again | crew.opened
    if question is not None:
        again |= {question.leaf}
        text = Sentence("leaf-card-anew", {"leaf": called(hall, question.leaf), "crew": link(crew)})
        says = ended(crew, question, text)
    crew = replace(crew, seats=crew.seats.set(person, Seat(at, None)))
    facts, more = _next(hall, crew, frozenset(), again, (at, cause))
    return Decision(facts=crew.writes(*facts), says=(*says, *more))


def due(hall: Hall, crew: Crew, now: datetime) -> Iterable[tuple[str, Decision]]:
    """Return the opening that others' leaving completed, and the end of a question that not all answered."""
    question = crew.question
    if question is None:
        return
    if _stands(hall, crew, question) and _complete(crew, question):
        cause = f"crews:leaf:{question.mark}"
        yield cause, _opened(hall, crew, question, (now, cause))
    elif now >= question.until or not _stands(hall, crew, question):
        text = Sentence("leaf-card-lapsed", {"leaf": called(hall, question.leaf), "crew": link(crew)})
        facts = crew.writes(LeafLapsed(question.leaf))
        yield f"crews:leaf-lapsed:{question.mark}", Decision(facts=facts, says=ended(crew, question, text))


def yes_withdrawn(hall: Hall, crew: Crew, question: Question, person: UserId) -> Decision:
    """Take a yes back while not all have said it."""
    less = replace(question, yes=question.yes.delete(person))
    fact = LeafAgreed(question.leaf, person, yes=False)
    return Decision(facts=crew.writes(fact), says=put(hall, crew, less))


def _agreed(
    hall: Hall, crew: Crew, question: Question, person: UserId, when: tuple[datetime, str], *facts: Fact
) -> Decision:
    question = replace(question, yes=question.yes.set(person, when[1]))
    fact = LeafAgreed(question.leaf, person)
    if _complete(crew, question):
        return _opened(hall, crew, question, when, *facts, fact)
    return Decision(facts=crew.writes(*facts, fact), says=put(hall, crew, question, must=bool(facts)))


def _opened(hall: Hall, crew: Crew, question: Question, when: tuple[datetime, str], *facts: Fact) -> Decision:
    key = question.leaf
    more, says = _next(hall, crew, crew.opened | {key}, crew.again - {key}, when)
    was_put = not any(isinstance(fact, LeafAsked) for fact in facts)
    last = ended(crew, question, opened_text(hall, crew, key)) if was_put else ()
    return Decision(facts=crew.writes(*facts, LeafOpened(key), *more), says=(*last, *says))


def _next(
    hall: Hall, crew: Crew, opened: frozenset[str], again: frozenset[str], when: tuple[datetime, str]
) -> tuple[tuple[Fact, ...], tuple[Say, ...]]:
    """Return the question that asks itself now, of those leaves that are to be opened again."""
    key = asking_itself(hall, opened, again)
    if key is None:
        return (), ()
    question = _question(hall, key, None, *when)
    return (LeafAsked(key, None, question.until),), put(hall, crew, question, must=True)


def _question(hall: Hall, key: str, by: UserId | None, at: datetime, cause: str) -> Question:
    return Question(key, by, at, at + timedelta(days=hall.charter.crews.leaf_days), cause)


def _complete(crew: Crew, question: Question) -> bool:
    return bool(crew.seats) and crew.members <= set(question.yes)


def _stands(hall: Hall, crew: Crew, question: Question) -> bool:
    """Return whether the leaf may still be opened: the charter has it, and those before it are open."""
    key = question.leaf
    return leaf_of(hall, key) is not None and crew.opened.issuperset(before(hall, key))


def _cannot_ask(hall: Hall, crew: Crew, person: UserId, key: str) -> Sentence | None:
    name, question = called(hall, key), crew.question
    if missing := tuple(called(hall, one) for one in before(hall, key) if one not in crew.opened):
        return Sentence("leaf-earlier", {"leaf": name, "crew": crew.name, "earlier": missing})
    if question is None:
        return None
    if question.leaf != key:
        return Sentence("leaf-other-first", {"leaf": called(hall, question.leaf), "crew": crew.name})
    if person in question.yes:
        return _stand(hall, crew, question)
    return None


def _stand(hall: Hall, crew: Crew, question: Question) -> Sentence:
    return Sentence(
        "leaf-stands",
        {
            "leaf": called(hall, question.leaf),
            "crew": crew.name,
            "yes": len(question.yes),
            "members": len(crew.seats),
            "until": question.until,
        },
    )


def _said(hall: Hall, crew: Crew, key: str, decision: Decision) -> Sentence:
    if any(isinstance(writing.fact, LeafOpened) for writing in decision.facts):
        return Sentence("leaf-opened", {"leaf": called(hall, key), "crew": crew.name})
    if any(isinstance(writing.fact, LeafAsked) for writing in decision.facts):
        return Sentence("leaf-asked", {"leaf": called(hall, key), "crew": crew.name})
    return Sentence("leaf-agreed", {"leaf": called(hall, key), "crew": crew.name})


def _let_in_again(hall: Hall, crew: Crew, asked: Asked, key: str) -> Outcome:
    """Invite somebody again to the rooms of an open leaf that they went out of."""
    rooms = (room for room in crew.away if room == SPACE or room.startswith(f"{key}/"))
    if not any(asked.person in crew.away[room] for room in rooms):
        since = crew.leaves[key].since
        text = Sentence("leaf-open-already", {"leaf": called(hall, key), "crew": crew.name, "since": since})
        return answered(crew, asked, text)
    text = Sentence("leaf-rooms-again", {"leaf": called(hall, key), "crew": crew.name})
    to = Reply() if asked.place is None or crew.holds(asked.place) else ToPerson(asked.person)
    return Decision(facts=crew.writes(LeafRoomsWanted(key, asked.person)), says=(Say(to, text),), ack="✅")
