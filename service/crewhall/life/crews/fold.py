"""Folds a crew's facts. Trusts what is recorded: deciding was done before."""

from bisect import bisect_left, insort
from dataclasses import replace
from typing import TypeVar

from immutables import Map

from crewhall.ground import names
from crewhall.ground.charters import CharterChanged
from crewhall.ground.facts import Recorded
from crewhall.ground.hall import Hall
from crewhall.ground.ids import CrewKey, UserId
from crewhall.life.crews.crew import CREWS, Ask, Crew, Crews, Ending, Offer, Said, Seat
from crewhall.life.crews.facts import (
    AskAnswered,
    AskWithdrawn,
    CrewEnded,
    CrewStarted,
    EndAnswered,
    EndAsked,
    EndWithdrawn,
    InvitationTurnedBack,
    OfferWithdrawn,
    SeatAdmitted,
    SeatAsked,
    SeatDeclined,
    SeatLeft,
    SeatOffered,
    SeatTaken,
)
from crewhall.life.crews.growing import deepened, followed, rechartered

V = TypeVar("V")
_NONE: frozenset[CrewKey] = frozenset()


def evolve(hall: Hall, recorded: Recorded) -> Hall:
    """Fold one record into the crew whose stream it stands in."""
    if isinstance(recorded.fact, CharterChanged):
        return rechartered(hall, recorded)
    head, _, key = recorded.stream.rpartition("/")
    if head != f"{hall.key}/crew":
        return hall
    crews = CREWS.of(hall)
    before = crews.all.get(CrewKey(key))
    after = _begun(hall, recorded) if before is None else _changed(before, recorded)
    if after is None:
        return hall
    after = replace(after, version=recorded.version, heard=after.heard | {recorded.cause})
    after = deepened(hall, after, recorded)
    return followed(CREWS.put(hall, _indexed(crews, before, after)), before, after, recorded)


def _begun(hall: Hall, recorded: Recorded) -> Crew | None:
    match recorded.fact:
        case CrewStarted() as fact:
            return Crew(
                hall=hall.key,
                key=fact.key,
                name=fact.name,
                by=fact.by,
                keeper=fact.keeper,
                private=fact.private,
                listed=fact.listed,
                since=recorded.at,
                cause=recorded.cause,
                version=recorded.version,
                offers=Map({fact.by: Offer(fact.by, recorded.at, recorded.cause)}),
            )
        case _:
            return None


def _changed(crew: Crew, recorded: Recorded) -> Crew:
    at, cause = recorded.at, recorded.cause
    match recorded.fact:
        case SeatOffered(person=person, by=by):
            return _offered(crew, person, Offer(by, at, cause))
        case SeatAdmitted(person=person, by=by):
            return _offered(crew, person, Offer(by[0], at, cause))
        case SeatTaken(person=person):
            seat = Seat(at, crew.offers.get(person))
            crew = replace(crew, offers=_without(crew.offers, person), asks=_without(crew.asks, person))
            return _welcome(replace(crew, seats=crew.seats.set(person, seat)), person)
        case SeatLeft(person=person) | SeatDeclined(person=person) | OfferWithdrawn(person=person):
            crew = replace(crew, seats=_without(crew.seats, person), offers=_without(crew.offers, person))
            crew = replace(crew, left=crew.left.set(person, at), shut_out=crew.shut_out | {person})
            return _silent(crew, person)
        case InvitationTurnedBack(person=person):
            return replace(crew, shut_out=crew.shut_out | {person})
        case SeatAsked(person=person, knocked=knocked, called=called):
            crew = replace(crew, asks=crew.asks.set(person, Ask(at, cause, knocked, called)))
            return _welcome(crew, person)
        case AskAnswered(person=person, by=by, yes=yes) if (ask := crew.asks.get(person)) is not None:
            given = ask.yes.set(by, cause) if yes else _without(ask.yes, by)
            return replace(crew, asks=crew.asks.set(person, replace(ask, yes=given)))
        case AskWithdrawn(person=person):
            return replace(crew, asks=_without(crew.asks, person), shut_out=crew.shut_out | {person})
        case _:
            return _end_changed(crew, recorded)


def _end_changed(crew: Crew, recorded: Recorded) -> Crew:
    at, cause = recorded.at, recorded.cause
    match recorded.fact:
        case EndAsked(by=by, until=until):
            return replace(crew, ending=Ending(by, at, until, cause))
        case EndAnswered(person=person, how=how) if crew.ending is not None:
            answers = crew.ending.answers
            answers = answers.set(person, Said(how, cause)) if how is not None else _without(answers, person)
            return replace(crew, ending=replace(crew.ending, answers=answers))
        case EndWithdrawn():
            return replace(crew, ending=None)
        case CrewEnded(how=how):
            return replace(crew, ended=how, ended_at=at, ending=None, offers=Map(), asks=Map())
        case _:
            return crew


def _offered(crew: Crew, person: UserId, offer: Offer) -> Crew:
    crew = replace(crew, offers=crew.offers.set(person, offer), asks=_without(crew.asks, person))
    return _welcome(crew, person)


def _welcome(crew: Crew, person: UserId) -> Crew:
    return replace(crew, left=_without(crew.left, person), shut_out=crew.shut_out - {person})


def _silent(crew: Crew, person: UserId) -> Crew:
    """Return the crew without the answers of somebody who is no longer in it."""
    asks = crew.asks
    for asker, ask in crew.asks.items():
        if person in ask.yes:
            asks = asks.set(asker, replace(ask, yes=ask.yes.delete(person)))
    ending = crew.ending
    if ending is not None:
        ending = replace(ending, answers=_without(ending.answers, person))
    return replace(crew, asks=asks, ending=ending)


def _indexed(crews: Crews, before: Crew | None, after: Crew) -> Crews:
    key, of, named, listing = after.key, crews.of, crews.named, crews.listing
    alive, was_alive = after.ended is None, before is not None and before.ended is None
    for person in _people(before) ^ _people(after):
        mine = of.get(person, _NONE)
        of = of.set(person, mine | {key} if person in _people(after) else mine - {key})
    if alive != was_alive:
        look, entry = names.looks(after.name), (after.name.casefold(), key)
        same = named.get(look, _NONE)
        named = named.set(look, same | {key} if alive else same - {key})
        if after.listed:
            listing = _listed(listing, entry, alive=alive)
    waits = alive and (after.ending is not None or after.question is not None or bool(after.asks))
    return Crews(
        all=crews.all.set(key, after),
        of=of,
        named=named,
        open=crews.open | {key} if waits else crews.open - {key},
        listing=listing,
        deep=crews.deep | {key} if after.leaves else crews.deep,
    )


def _listed(
    listing: tuple[tuple[str, CrewKey], ...], entry: tuple[str, CrewKey], *, alive: bool
) -> tuple[tuple[str, CrewKey], ...]:
    entries = list(listing)
    if alive:
        insort(entries, entry)
    elif entry in listing:
        del entries[bisect_left(entries, entry)]
    return tuple(entries)


def _people(crew: Crew | None) -> frozenset[UserId]:
    """Return everybody to whom the crew is theirs in some way while it lives."""
    if crew is None or crew.ended is not None:
        return frozenset()
    return frozenset((*crew.seats, *crew.offers, *crew.asks))


def _without(entries: Map[UserId, V], key: UserId) -> Map[UserId, V]:
    return entries.delete(key) if key in entries else entries
