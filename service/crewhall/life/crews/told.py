"""Tells people about crews: ``!crew``, their part of ``!me`` and ``!why``. Never more than they may know."""

from collections.abc import Iterable
from itertools import islice

from crewhall.ground.hall import Hall
from crewhall.ground.ids import RoomKey, UserId
from crewhall.ground.talk import Arguments, Asked, Decision, Outcome, PersonLink, Reply, Say, Sentence, Usage
from crewhall.life.crews.crew import CREWS, Crew, crew_at
from crewhall.life.crews.leaf_told import depth, why_leaf
from crewhall.life.crews.seats import across, free, link, own

LIST = "!crew"
_MOST_SHOWN = 20  # what a telephone shows without much scrolling


def crews(hall: Hall, asked: Asked, given: Arguments) -> Outcome:
    """List one's own crews and the listed ones; others' ears are not told of unlisted crews."""
    if given.words or given.people:
        return Usage(LIST)
    listing, everything = CREWS.of(hall).listing, CREWS.of(hall).all
    mine = own(hall, asked.person) if asked.place is None else ()
    here = crew_at(hall, asked.place)
    known = {crew.key for crew in mine}
    others = (everything[key] for _, key in listing if key not in known)
    lines = [line for crew in mine for line in _own(hall, crew, asked.person)]
    lines += across(hall, here) if here is not None and asked.person in here.seats else ()
    lines += [_listed(hall, crew) for crew in islice(others, _MOST_SHOWN)]
    more = len(listing) - sum(crew.listed for crew in mine) - _MOST_SHOWN
    if not lines:
        return _reply(Sentence("crews-no-crews", {"community": hall.charter.name}))
    if more > 0:
        lines.append(Sentence("crews-more", {"count": more}))
    return _reply(Sentence("crews-list", {"community": hall.charter.name, "lines": tuple(lines)}))


def me(hall: Hall, person: UserId) -> Iterable[Sentence]:
    """Return the crews of `person`, since when, how deep they are, and what waits."""
    return tuple(line for crew in own(hall, person) for line in _own(hall, crew, person))


def why(hall: Hall, person: UserId, place: RoomKey) -> Iterable[Sentence]:
    """Return why `person` can or cannot be in a crew's room; nothing about crews they may not know of."""
    crew = crew_at(hall, place)
    if crew is None:
        return ()
    if place in {crew.room, crew.space}:
        told = (*_why_in(crew, person), *_why_not_in(crew, person))
    else:
        told = tuple(why_leaf(hall, crew, person, place))
    if crew.ended_at is not None and (told or person in crew.seats):
        return (*told, Sentence("why-crew-over", {"crew": crew.name, "since": crew.ended_at}))
    return told


def _why_in(crew: Crew, person: UserId) -> Iterable[Sentence]:
    seat, offer = crew.seats.get(person), crew.offers.get(person)
    if seat is not None:
        offer = seat.offer
        yield Sentence("why-crew-seat", {"crew": crew.name, "since": seat.since})
    elif offer is not None:
        yield Sentence("me-crew-offered", {"crew": link(crew)})
    if offer is not None and offer.by != person:
        yield Sentence("why-crew-offered", {"person": PersonLink(offer.by), "since": offer.since})
    if seat is not None and crew.ended is None:
        yield Sentence("why-crew-equal", {"crew": crew.name})


def _why_not_in(crew: Crew, person: UserId) -> Iterable[Sentence]:
    if person in crew.seats or person in crew.offers:
        return
    if (asking := crew.asks.get(person)) is not None:
        yield Sentence("me-crew-asked", {"crew": crew.name, "since": asking.since})
    elif (gone := crew.left.get(person)) is not None:
        yield Sentence("why-crew-left", {"crew": crew.name, "since": gone})
    elif crew.listed and crew.ended is None:
        yield Sentence("why-crew-closed", {"crew": crew.name})


def _own(hall: Hall, crew: Crew, person: UserId) -> Iterable[Sentence]:
    yield _mine(crew, person)
    if person in crew.seats:
        yield from depth(hall, crew)
        yield from across(hall, crew)


def _mine(crew: Crew, person: UserId) -> Sentence:
    if (seat := crew.seats.get(person)) is not None:
        return Sentence("me-crew-seat", {"crew": link(crew), "since": seat.since})
    if person in crew.offers:
        return Sentence("me-crew-offered", {"crew": link(crew)})
    return Sentence("me-crew-asked", {"crew": crew.name, "since": crew.asks[person].since})


def _listed(hall: Hall, crew: Crew) -> Sentence:
    seats = max(free(hall, crew), 0)
    return Sentence("crews-line", {"crew": crew.name, "free": seats})


def _reply(text: Sentence) -> Decision:
    return Decision(says=(Say(Reply(), text),))
