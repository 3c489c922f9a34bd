"""Folds calls, and tells the hall whom its crews welcome: only while a call and its flow are open. Pure."""

from dataclasses import replace
from datetime import date, datetime
from typing import Final

from immutables import Map

from crewhall.door import Hall, Recorded, RoomKey, UserId, Welcome, ids
from crewhall_bridges.sister.bond import stream_of as links_stream
from crewhall_bridges.sister.crossing.book import (
    CALLS,
    OURS,
    Call,
    Calls,
    Question,
    Stated,
    gives,
    link_of,
    stream_of,
)
from crewhall_bridges.sister.crossing.facts import (
    CallAsked,
    CallClosed,
    CallDropped,
    CallOpened,
    CallRestated,
    CallSaid,
    CallTold,
    SisterCalls,
)

MOST_CHANGES: Final = 60
"""Looks at one sister that brought other calls, of which the times are kept."""


def evolve(hall: Hall, recorded: Recorded) -> Hall:
    """Fold one record; what happens to links counts, too."""
    if recorded.stream == stream_of(hall):
        known = replace(CALLS.of(hall), version=recorded.version)
        return welcoming(CALLS.put(hall, _after(known, recorded)), recorded.at)
    return welcoming(hall, recorded.at) if recorded.stream == links_stream(hall) else hall


def welcoming(hall: Hall, now: datetime) -> Hall:
    """Return the hall that knows whom its crews welcome, and what holds in crews that ever called."""
    welcome: Map[RoomKey, Welcome] = hall.welcome
    for room, call in CALLS.of(hall).ours.items():
        if not call.sides:
            continue
        until: dict[str, date] = {}
        for mark in call.open:
            link = link_of(hall, mark)
            if link is None or link.theirs is None or not gives(hall, mark, now):
                continue
            server = ids.server(link.keeper)
            last = min(call.sides[mark].until, link.ours.until, link.theirs.until)
            until[server] = max(last, until.get(server, date.min))
        care = tuple(person for _, person in sorted(call.care.items()))
        found = Welcome(Map(until), call.agreements, care)
        if welcome.get(room) != found:
            welcome = welcome.set(room, found)
    return replace(hall, welcome=welcome) if welcome is not hall.welcome else hall


def _after(known: Calls, recorded: Recorded) -> Calls:
    match recorded.fact:
        case CallAsked() as fact:
            call = known.ours.get(fact.room) or Call(fact.call, fact.room)
            said = Map({person: recorded.cause for person in fact.entitled if person == fact.by})
            return _with(known, replace(call, question=Question(fact, recorded.cause, said)))
        case CallOpened() as fact:
            return _with(known, _opened(known, fact, recorded.cause))
        case SisterCalls() as fact:
            return _heard(known, fact, recorded.at)
        case CallTold(mark=link, call=name):
            there = known.told.get(link, Map()).set(name, recorded.at)
            return replace(known, told=known.told.set(link, there))
        case fact:
            mark = getattr(fact, "call", "")
            found = next((one for one in known.ours.values() if one.mark == mark), None)
            return _with(known, _changed(found, recorded)) if found is not None else known


def _changed(call: Call, recorded: Recorded) -> Call:
    question = call.question
    match recorded.fact:
        case CallSaid(question=mark, by=by, yes=yes) if question and question.asked.question == mark:
            said = question.said.set(by, recorded.cause) if yes else _without(question.said, by)
            return replace(call, question=replace(question, said=said))
        case CallDropped(question=mark) if question and question.asked.question == mark:
            return replace(call, question=None)
        case CallRestated(name=name, seats=seats):
            sides = call.sides
            for mark in call.open:
                side = sides[mark]
                sides = sides.set(mark, replace(side, seq=side.seq + 1, name=name, seats=seats))
            return replace(call, sides=sides)
        case CallClosed(marks=marks):
            return replace(call, sides=_closed(call.sides, frozenset(marks)))
        case _:
            return call


def _opened(known: Calls, fact: CallOpened, cause: str) -> Call:
    call = known.ours.get(fact.room) or Call(fact.call, fact.room)
    sides = _closed(call.sides, frozenset(call.open) - set(fact.to))
    for mark in fact.to:
        before = sides.get(mark)
        seq = before.seq + 1 if before is not None else 1
        side = Stated(seq, fact.name, fact.agreements, fact.seats, fact.until, fact.care)
        sides = sides.set(mark, side)
    care = call.care.update({OURS: fact.care, **dict(fact.theirs)})
    return replace(call, sides=sides, question=None, agreements=fact.agreements, care=care, cause=cause)


def _heard(known: Calls, fact: SisterCalls, at: datetime) -> Calls:
    """Return what is known with a sister's call; what nobody could ask for any more is forgotten."""
    there = known.theirs.get(fact.mark, Map())
    kept = {call: one for call, one in there.items() if one.until >= at.date()}
    kept[fact.call] = Stated(
        fact.seq, fact.name, fact.agreements, fact.seats, fact.until, fact.contact, fact.closed
    )
    told = {call: when for call, when in known.told.get(fact.mark, {}).items() if call in kept}
    lately = known.lately.get(fact.mark, ())
    if not lately or lately[-1] != at:
        lately = (*lately, at)[-MOST_CHANGES:]
    return replace(
        known,
        theirs=known.theirs.set(fact.mark, Map(kept)),
        told=known.told.set(fact.mark, Map(told)),
        lately=known.lately.set(fact.mark, lately),
    )


def _closed(sides: Map[str, Stated], marks: frozenset[str]) -> Map[str, Stated]:
    for mark in sorted(marks):
        side = sides.get(mark)
        if side is not None and not side.closed:
            sides = sides.set(mark, replace(side, seq=side.seq + 1, seats=0, closed=True))
    return sides


def _with(known: Calls, call: Call) -> Calls:
    return replace(known, ours=known.ours.set(call.room, call))


def _without(said: Map[UserId, str], by: UserId) -> Map[UserId, str]:
    return said.delete(by) if by in said else said
