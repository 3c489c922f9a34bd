"""Decides what comes of a question about a call: all who are entitled say yes, or the crew calls nobody."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import Final

from crewhall.door import (
    Answer,
    Asked,
    Card,
    Circle,
    Decision,
    Fact,
    Hall,
    PersonLink,
    Recorded,
    RoomLink,
    Say,
    Sentence,
    ToPerson,
    ToRoom,
    circle_at,
)
from crewhall_bridges.sister.crossing.book import (
    CALLS,
    Call,
    Question,
    call_of,
    gives,
    link_of,
    stream_of,
    writes,
)
from crewhall_bridges.sister.crossing.facts import CallAsked, CallClosed, CallDropped, CallOpened, CallSaid

ASK: Final = "sister.call"
YES: Final = "✅"


def put(hall: Hall, circle: Circle, asked: CallAsked) -> tuple[Say, ...]:
    """Return the cards that ask the members, and who would take care."""
    return _tell(hall, circle, asked, _text(hall, circle, asked), must=True)


def dropped(hall: Hall, circle: Circle, question: Question) -> tuple[Say, ...]:
    """Return the last words of a question that came to nothing."""
    return _tell(hall, circle, question.asked, Sentence("crossing-card-over", {"crew": _link(circle)}))


def opening(hall: Hall, circle: Circle, asked: CallAsked, now: datetime) -> tuple[Fact, ...]:
    """Return the fact by which a call begins, towards those sisters to whom the flow is open; maybe none."""
    to = tuple(mark for mark in asked.to if gives(hall, mark, now))
    if not to or asked.until < now.date() or circle.free < 1:
        return ()
    links = ((mark, link_of(hall, mark)) for mark in to)
    theirs = tuple(
        (mark, link.theirs.contacts[0])
        for mark, link in links
        if link is not None and link.theirs is not None and link.theirs.contacts
    )
    return (
        CallOpened(
            asked.call,
            circle.room,
            asked.by,
            to,
            circle.name,
            asked.agreements,
            circle.free,
            asked.until,
            asked.care,
            theirs,
        ),
    )


def answer(hall: Hall, given: Answer) -> Decision | None:
    """Take the yes of somebody entitled; the last one has the crew call its sisters."""
    if given.card.kind != ASK or given.choice != YES:
        return None
    _, _, mark = given.card.subject.partition("/sister-call/")
    call, _, question_mark = mark.partition("/")
    found = call_of(hall, call)
    question = found.question if found is not None else None
    if found is None or question is None or question.asked.question != question_mark:
        return None
    if given.person not in question.asked.entitled or given.person in question.said:
        return None
    said = CallSaid(found.mark, question_mark, given.person)
    question = replace(question, said=question.said.set(given.person, given.cause))
    ending = settled(hall, replace(found, question=question), given.at)
    if ending is None:
        return Decision(writes(hall, said))
    facts = (writing.fact for writing in ending.facts)
    return replace(ending, facts=writes(hall, said, *facts))


def settled(hall: Hall, call: Call, now: datetime) -> Decision | None:
    """Return how a question ends, None while it is open. Who is no longer in the crew is not waited for."""
    question, circle = call.question, circle_at(hall, call.room)
    if question is None:
        return None
    asked = question.asked
    over = CallDropped(call.mark, asked.question)
    if circle is None or asked.care not in hall.inside:
        return Decision(writes(hall, over), dropped(hall, circle, question) if circle is not None else ())
    waited_for = {one for one in asked.entitled if one in circle.members or one == asked.care}
    if waited_for <= set(question.said) and (opened := opening(hall, circle, asked, now)):
        text = Sentence("crossing-card-open", {"crew": _link(circle), "sisters": _sisters(hall, asked)})
        return Decision(writes(hall, *opened), _tell(hall, circle, asked, text))
    if waited_for <= set(question.said) or now >= asked.closes:
        return Decision(writes(hall, over), dropped(hall, circle, question))
    return None


def withdraw(hall: Hall, taken_back: Recorded, by: Asked) -> Decision | None:
    """Take back a call or a yes because the words or the reaction were taken back."""
    if taken_back.stream != stream_of(hall):
        return None
    call, fact = call_of(hall, getattr(taken_back.fact, "call", "")), taken_back.fact
    question = call.question if call is not None else None
    if call is None:
        return None
    match fact:
        case CallSaid(by=person, question=mark) if question is not None and question.asked.question == mark:
            if question.said.get(person) == taken_back.cause:
                return Decision(writes(hall, CallSaid(call.mark, mark, person, yes=False)))
        case CallAsked() if question is not None and question.cause == taken_back.cause:
            circle = circle_at(hall, call.room)
            says = dropped(hall, circle, question) if circle is not None else ()
            return Decision(writes(hall, CallDropped(call.mark, question.asked.question)), says)
        case CallOpened() if call.cause == taken_back.cause and call.open:
            return Decision(writes(hall, CallClosed(call.mark, call.open, by.person)))
        case _:
            pass
    return None


def pending(hall: Hall) -> Iterator[Call]:
    """Yield the calls about which something is asked."""
    for _, call in sorted(CALLS.of(hall).ours.items()):
        if call.question is not None:
            yield call


def _text(hall: Hall, circle: Circle, asked: CallAsked) -> Sentence:
    return Sentence(
        "crossing-card",
        {
            "by": PersonLink(asked.by),
            "crew": _link(circle),
            "sisters": _sisters(hall, asked),
            "care": PersonLink(asked.care),
            "day": asked.until.isoformat(),
            "lines": (Sentence("crossing-agreements", {"text": asked.agreements}),)
            if asked.agreements
            else (),
            "closes": asked.closes,
        },
    )


def _tell(
    hall: Hall, circle: Circle, asked: CallAsked, text: Sentence, *, must: bool = False
) -> tuple[Say, ...]:
    card = Card(ASK, f"{hall.key}/sister-call/{asked.call}/{asked.question}", (YES,))
    if circle.private:
        people = [one for one in asked.entitled if one in circle.members or one == asked.care]
        return tuple(Say(ToPerson(one), text, must, card=card) for one in people)
    room = Say(ToRoom(circle.room), text, must, circle.room, card)
    if asked.care in circle.members:
        return (room,)
    return (room, Say(ToPerson(asked.care), text, must, card=card))


def _sisters(hall: Hall, asked: CallAsked) -> tuple[str, ...]:
    links = (link_of(hall, mark) for mark in asked.to)
    return tuple(link.called for link in links if link is not None)


def _link(circle: Circle) -> RoomLink:
    return RoomLink(circle.room, circle.name)
