"""Folds introductions and visits. A guest is in no group and on no rung, so that nothing gives them a say.

Who is a guest stays among those asked in, for as long as the pass lasts: their presence is not past the rule.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta

from immutables import Map

from crewhall.door import ANYONE, Hall, Presence, Recorded, RoomKey, RungKey, UserId, ids, ladder
from crewhall_bridges.sister.bond import stream_of as links_of
from crewhall_bridges.sister.visiting.book import BOOK, Book, Introduction, Shown, Visit, link_of, stream_of
from crewhall_bridges.sister.visiting.book import takes_guests as taken
from crewhall_bridges.sister.visiting.facts import (
    Ending,
    GuestOut,
    IntroductionAsked,
    IntroductionMade,
    IntroductionOver,
    LongerAsked,
    PassExtended,
    PassGiven,
    SpeakerAgreed,
    SpeakerStopped,
    VisitAsked,
    VisitForgotten,
    VisitOver,
    WordRefused,
    WordShown,
)

A_DAY = timedelta(days=1)
MOST_TRIES = 200
"""Words of a day that are remembered."""


def evolve(hall: Hall, recorded: Recorded) -> Hall:
    """Fold one record."""
    if recorded.stream == stream_of(hall):
        return _own(hall, recorded)
    if recorded.stream == links_of(hall):
        return _closed(hall, recorded)
    person = getattr(recorded.fact, "person", UserId(""))
    return _guest(hall, person, recorded) if person in hall.guests else hall


def touched(hall: Hall, recorded: Recorded) -> Iterable[RoomKey]:
    """Return the rooms in which a record opens or closes doors to guests."""
    ended = {visit.rung for visit in _maybe(hall, recorded) if visit.cause == recorded.cause}
    if ended:
        yield ids.root(hall.key)
        yield ids.crews_space(hall.key)
        yield from (ids.place(hall.key, place.key) for place in hall.charter.places)
        for rung in sorted(ended - {""}):
            yield from ladder.rooms_of(hall, RungKey(rung), down=True)
    elif recorded.stream == stream_of(hall) and isinstance(recorded.fact, PassGiven):
        yield ids.root(hall.key)
        if recorded.fact.rung:
            yield ids.rung(hall.key, RungKey(recorded.fact.rung))
    elif recorded.stream == stream_of(hall) and isinstance(recorded.fact, VisitForgotten):
        yield ids.root(hall.key)


def _maybe(hall: Hall, recorded: Recorded) -> Iterable[Visit]:
    """Return the visits that a record may have ended."""
    book = BOOK.of(hall)
    if recorded.stream == links_of(hall):
        return book.visits.values()
    if recorded.stream == stream_of(hall):
        visit = book.visits.get(getattr(recorded.fact, "mark", ""))
    else:
        visit = book.visits.get(book.of.get(getattr(recorded.fact, "person", UserId("")), ""))
    return () if visit is None else (visit,)


def _own(hall: Hall, recorded: Recorded) -> Hall:
    book = replace(BOOK.of(hall), version=recorded.version)
    match recorded.fact:
        case WordShown() as fact:
            shown = Shown(fact.link, fact.person, fact.introduction, fact.proof, recorded.at)
            tried = tuple(one for one in book.tried if recorded.at - one[1] < A_DAY)
            tried = (*tried, (fact.person, recorded.at))[-MOST_TRIES:]
            book = replace(book, words=book.words.set((fact.link, fact.person), shown), tried=tried)
        case WordRefused(link=link, person=person, why=why):
            book = _without_word(book, link, person)
            if why == "many":
                book = replace(book, crowded=book.crowded.set(link, recorded.at))
        case VisitAsked() as fact:
            book = _asked(_without_word(book, fact.link, fact.person), fact, recorded)
        case PassGiven() as fact if (visit := book.visits.get(fact.mark)) is not None:
            begun = replace(visit, host=fact.host, rung=fact.rung, until=fact.until)
            return _opened(BOOK.put(hall, _with(book, begun)), begun, Presence(recorded.at, recorded.cause))
        case VisitOver(mark=mark, why=why) if (visit := book.visits.get(mark)) is not None:
            hall = BOOK.put(hall, book)
            ended = visit if visit.over is not None else _ended(visit, why, recorded)
            hall = hall if visit.over is not None else _shut(hall, visit, recorded)
            return BOOK.put(hall, _with(BOOK.of(hall), replace(ended, told=True)))
        case VisitForgotten(mark=mark) if (visit := book.visits.get(mark)) is not None:
            return _forgotten(BOOK.put(hall, book), visit)
        case LongerAsked(mark=mark) | PassExtended(mark=mark) | GuestOut(mark=mark):
            book = _moved(book, mark, recorded)
        case _:
            book = _introduction(book, recorded)
    return BOOK.put(hall, book)


def _moved(book: Book, mark: str, recorded: Recorded) -> Book:
    visit = book.visits.get(mark)
    if visit is None:
        return book
    match recorded.fact:
        case LongerAsked(until=until):
            visit = replace(visit, longer=until)
        case PassExtended(by=by, until=until):
            visit = replace(visit, host=by, until=until, longer=None)
        case _:
            visit = replace(visit, out=True)
    return _with(book, visit)


def _introduction(book: Book, recorded: Recorded) -> Book:
    mark = str(getattr(recorded.fact, "mark", ""))
    known = book.introductions.get(mark)
    match recorded.fact:
        case IntroductionAsked(link=link, person=person, speaker=speaker):
            known = Introduction(mark, link, person, recorded.at, speaker)
        case SpeakerAgreed() if known is not None:
            known = replace(known, speaks=True)
        case SpeakerStopped() if known is not None:
            known = replace(known, speaks=False, seq=known.seq + bool(known.seq))
        case IntroductionMade(proof=proof, since=since, until=until) if known is not None:
            known = replace(known, proof=proof, since=since, until=until, seq=1)
        case IntroductionOver() if known is not None:
            known = replace(known, over=recorded.at, speaks=False, seq=known.seq + bool(known.seq))
    return book if known is None else replace(book, introductions=book.introductions.set(mark, known))


def _without_word(book: Book, link: str, person: UserId) -> Book:
    place = (link, person)
    return replace(book, words=book.words.delete(place)) if place in book.words else book


def _asked(book: Book, fact: VisitAsked, recorded: Recorded) -> Book:
    today, used = recorded.at.date(), book.used
    if today != book.swept:
        used = Map((at, last) for at, last in used.items() if last >= today)
    visit = Visit(fact.mark, fact.link, fact.person, fact.asked, recorded.at)
    used = used.set((fact.link, fact.introduction), fact.last)
    return replace(_with(book, visit), used=used, swept=today)


def _with(book: Book, visit: Visit) -> Book:
    return replace(book, visits=book.visits.set(visit.mark, visit), of=book.of.set(visit.person, visit.mark))


def _opened(hall: Hall, visit: Visit, here: Presence) -> Hall:
    """Return the hall that asks a guest in."""
    person = visit.person
    for rung in _rungs(visit):
        asked = ladder.with_one(hall.asked, rung, person, here)
        unwelcome = ladder.without(hall.unwelcome, rung, person)
        stepped_down = ladder.without(hall.stepped_down, rung, person)
        hall = replace(hall, asked=asked, unwelcome=unwelcome, stepped_down=stepped_down)
    left = hall.left.delete(person) if person in hall.left else hall.left
    seen_off = hall.seen_off.delete(person) if person in hall.seen_off else hall.seen_off
    return replace(hall, guests=hall.guests.set(person, here), left=left, seen_off=seen_off)


def _guest(hall: Hall, person: UserId, recorded: Recorded) -> Hall:
    """Return the hall in which a guest is nothing but a guest; whoever has gone out is none."""
    visit, here = running(hall, person), hall.guests[person]
    if visit is None:
        return hall
    out = hall.left.get(person)
    if out is not None and out.cause == recorded.cause:
        hall = _shut(hall, visit, recorded)
        return BOOK.put(hall, _with(BOOK.of(hall), replace(_ended(visit, "left", recorded), out=True)))
    hall = _nowhere(hall, visit)
    for rung in _rungs(visit):
        gone = rung != ANYONE and person in hall.stepped_down.get(rung, ())
        if not gone and person not in hall.asked.get(rung, ()):
            hall = replace(hall, asked=ladder.with_one(hall.asked, rung, person, here))
    return hall


def running(hall: Hall, person: UserId) -> Visit | None:
    """Return the visit by which somebody is a guest."""
    book = BOOK.of(hall)
    visit = book.visits.get(book.of.get(person, ""))
    return visit if visit is not None and visit.runs else None


def _closed(hall: Hall, recorded: Recorded) -> Hall:
    """Return the hall after a record on a link: where guests are taken no more, the doors close at once."""
    mark = getattr(recorded.fact, "mark", None)
    if mark is None or taken(link_of(hall, mark)):
        return hall
    for visit in tuple(BOOK.of(hall).visits.values()):
        if visit.over is None and visit.link == mark:
            hall = _shut(hall, visit, recorded)
            hall = BOOK.put(hall, _with(BOOK.of(hall), _ended(visit, "closed", recorded)))
    return hall


def _ended(visit: Visit, why: Ending, recorded: Recorded) -> Visit:
    return replace(visit, over=recorded.at, why=why, cause=recorded.cause, longer=None)


def _shut(hall: Hall, visit: Visit, recorded: Recorded) -> Hall:
    """Return the hall whose doors are closed to a guest, and who is none from now on."""
    person, here = visit.person, Presence(recorded.at, recorded.cause)
    if person not in hall.guests:
        return hall
    hall = _nowhere(hall, visit)
    for rung in _rungs(visit):
        asked = ladder.without(hall.asked, rung, person)
        hall = replace(hall, asked=asked, unwelcome=ladder.with_one(hall.unwelcome, rung, person, here))
        if rung != ANYONE:
            out = ladder.with_one(hall.stepped_down, rung, person, here)
            hall = replace(hall, stepped_down=out)
    guests, left = hall.guests.delete(person), hall.left.set(person, here)
    return replace(hall, guests=guests, left=left, seen_off=hall.seen_off.set(person, here))


def _nowhere(hall: Hall, visit: Visit) -> Hall:
    person, standing = visit.person, hall.standing
    for rung in ladder.keys(hall):
        standing = ladder.without(standing, rung, person)
    inside = hall.inside.delete(person) if person in hall.inside else hall.inside
    return replace(hall, inside=inside, standing=standing)


def _forgotten(hall: Hall, visit: Visit) -> Hall:
    book, person = BOOK.of(hall), visit.person
    latest = book.of.get(person) == visit.mark
    of = book.of.delete(person) if latest else book.of
    hall = BOOK.put(hall, replace(book, visits=book.visits.delete(visit.mark), of=of))
    if latest and person in hall.seen_off:
        hall = replace(hall, seen_off=hall.seen_off.delete(person))
    if latest and visit.host is not None and person not in hall.guests:
        for rung in _rungs(visit):
            hall = replace(hall, unwelcome=ladder.without(hall.unwelcome, rung, person))
    return hall


def _rungs(visit: Visit) -> tuple[RungKey, ...]:
    return (ANYONE, RungKey(visit.rung)) if visit.rung else (ANYONE,)
