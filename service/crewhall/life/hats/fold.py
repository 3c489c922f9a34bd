"""Folds offers, who takes and drops hats, terms, absences; takes hats off whoever no longer stands there.

What takes somebody's standing away is other capabilities' to record; this follows in the same breath.
"""

from collections.abc import Iterable
from dataclasses import replace
from typing import TypeVar

from immutables import Map

from crewhall.ground.charters import CharterChanged
from crewhall.ground.facts import Fact, Recorded
from crewhall.ground.hall import Hall, Presence
from crewhall.ground.ids import RoomKey, UserId
from crewhall.ground.worn import KEYS, hat_of, hats, of_hat, put_on, take_off, wearers
from crewhall.life.hats.facts import (
    Away,
    AwayBegun,
    AwayEnded,
    AwayReminded,
    HatAsked,
    HatDropped,
    HatObjected,
    HatObjectionTakenBack,
    HatOffered,
    HatOfferLapsed,
    HatOfferWithdrawn,
    HatRenewed,
    HatRotating,
    HatsLost,
    HatTaken,
    LastKeyOutside,
    TermAsked,
    Understudied,
    UnderstudyAsked,
    UnderstudyEnded,
)
from crewhall.life.hats.fit import keeps
from crewhall.life.hats.known import HATS, Absence, Hats, Offer, Request, Term, begun, stream_of, term_of

T = TypeVar("T")


def evolve(hall: Hall, recorded: Recorded) -> Hall:
    """Fold one record, whoever wrote it."""
    if recorded.stream == stream_of(hall):
        hall = HATS.put(hall, replace(HATS.of(hall), version=recorded.version))
        hall = _worn(hall, recorded)
        hall = HATS.put(hall, _known(HATS.of(hall), recorded, hall))
    return _kept(hall, recorded)


def touched(hall: Hall, recorded: Recorded) -> Iterable[RoomKey]:
    """Return the rooms in which somebody's level may change with what they put on or lost."""
    match recorded.fact:
        case HatTaken(hat=hat) | HatDropped(hat=hat):
            yield from of_hat(hall, hat)
        case HatsLost(hats=lost):
            for hat in lost:
                yield from of_hat(hall, hat)
        case fact:
            here, person = Presence(recorded.at, recorded.cause), _concerned(fact)
            for one in hats(hall):
                gone = hall.gone.get(f"hat:{one.key}", Map())
                taken = here in gone.values() if one.key == KEYS else gone.get(person) == here
                if person and taken:
                    yield from of_hat(hall, one.key)


def _worn(hall: Hall, recorded: Recorded) -> Hall:
    here = Presence(recorded.at, recorded.cause)
    match recorded.fact:
        case HatTaken(hat=hat, person=person, by=by, until=until):
            return _term(put_on(hall, hat, person, here), hat, person, Term(by, until))
        case HatDropped(hat=hat, person=person):
            return _off(hall, hat, person, here)
        case HatsLost(person=person, hats=lost):
            for hat in lost:
                hall = _off(hall, hat, person, here)
            return hall
        case HatRenewed(hat=hat, person=person, until=until):
            return _again(hall, hat, person, Term(None, until))
        case HatRotating(hat=hat, person=person) if (term := _term_now(hall, hat, person)) is not None:
            return _term(hall, hat, person, replace(term, rotating=recorded.at))
        case TermAsked(hat=hat, person=person, n=n) if (term := _term_now(hall, hat, person)) is not None:
            return _term(hall, hat, person, replace(term, asked=n, asked_at=recorded.at))
        case _:
            return hall


def _known(known: Hats, recorded: Recorded, hall: Hall) -> Hats:
    fact = recorded.fact
    match fact:
        case HatOffered():
            return _kept_offer(known, begun(fact, recorded.at))
        case HatsLost(person=person):
            return replace(known, lost=_without(known.lost, person))
        case UnderstudyAsked(mark=mark, hat=hat, person=person, by=by, closes=closes):
            return replace(known, requests=known.requests.set(mark, Request(mark, hat, person, by, closes)))
        case Understudied(mark=mark, hat=hat, person=person, by=by):
            requests = known.requests
            if (request := requests.get(mark)) is not None:
                requests = requests.set(mark, replace(request, taken=True))
            learning = known.learning.get(hat, Map()).set(person, by)
            return replace(known, requests=requests, learning=known.learning.set(hat, learning))
        case UnderstudyEnded(hat=hat, person=person):
            return _learned(known, hat, person)
        case LastKeyOutside(person=person):
            gone = hall.left.get(person)
            return replace(known, outside=known.outside.set(person, gone.cause if gone is not None else ""))
        case Away() | AwayReminded() | AwayBegun() | AwayEnded():
            return replace(known, away=_away(known.away, recorded))
        case _:
            offer = known.offers.get(getattr(fact, "mark", ""))
            known = _kept_offer(known, _changed(offer, recorded)) if offer is not None else known
            return _won(known, fact.hat, fact.person) if isinstance(fact, HatTaken) else known


def _changed(offer: Offer, recorded: Recorded) -> Offer:
    match recorded.fact:
        case HatObjected(by=by) if offer.round is not None:
            return replace(offer, round=offer.round.says(by, "no", recorded.cause))
        case HatObjectionTakenBack(by=by) if offer.round is not None:
            return replace(offer, round=offer.round.takes_back(by))
        case HatAsked(closes=closes):
            return replace(offer, state="asked", closes=closes)
        case HatTaken():
            return replace(offer, state="taken")
        case HatOfferWithdrawn():
            return replace(offer, state="withdrawn")
        case HatOfferLapsed():
            return replace(offer, state="lapsed")
        case _:
            return offer


def _away(away: Map[UserId, Absence], recorded: Recorded) -> Map[UserId, Absence]:
    match recorded.fact:
        case Away(person=person, begins=begins, ends=ends):
            return away.set(person, Absence(begins, ends, Presence(recorded.at, recorded.cause)))
        case AwayReminded(person=person) if person in away:
            return away.set(person, replace(away[person], reminded=True))
        case AwayBegun(person=person) if person in away:
            return away.set(person, replace(away[person], begun=True))
        case AwayEnded(person=person) if person in away:
            return away.delete(person)
        case _:
            return away


def _kept(hall: Hall, recorded: Recorded) -> Hall:
    """Return the hall in which whoever a record concerns wears no more than they can."""
    person, here = _concerned(recorded.fact), Presence(recorded.at, recorded.cause)
    everybody = isinstance(recorded.fact, CharterChanged)
    if not (person or everybody) or recorded.stream.startswith(f"{hall.key}/crew/"):
        return hall
    for hat in hats(hall):
        worn = wearers(hall, hat.key)
        # A key may have been left with somebody only because nobody else could use one.
        all_of_them = everybody or hat.key == KEYS
        for one in sorted(worn) if all_of_them else [person] if person in worn else []:
            if one not in hall.shut_out and not keeps(hall, hat, one):
                hall = _off(hall, hat.key, one, here)
                known = HATS.of(hall)
                lost = known.lost.get(one, Map()).set(hat.key, here)
                hall = HATS.put(hall, replace(known, lost=known.lost.set(one, lost)))
    return hall


def _concerned(fact: Fact) -> UserId:
    """Return the person whom a fact of any capability names, as all of them call the field; else nobody."""
    person = getattr(fact, "person", None)
    return UserId(person) if isinstance(person, str) else UserId("")


def _off(hall: Hall, hat: str, person: UserId, here: Presence) -> Hall:
    if person in wearers(hall, hat):
        hall = take_off(hall, hat, person, here)
    known = HATS.of(hall)
    terms = known.terms.set(hat, _without(known.terms.get(hat, Map()), person))
    return HATS.put(hall, replace(known, terms=terms))


def _term(hall: Hall, hat: str, person: UserId, term: Term) -> Hall:
    known = HATS.of(hall)
    terms = known.terms.set(hat, known.terms.get(hat, Map()).set(person, term))
    return HATS.put(hall, replace(known, terms=terms))


def _again(hall: Hall, hat: str, person: UserId, term: Term) -> Hall:
    """Return the hall with a new term; who once offered the hat is still known."""
    before = _term_now(hall, hat, person)
    return _term(hall, hat, person, replace(term, by=before.by if before is not None else None))


def _term_now(hall: Hall, hat: str, person: UserId) -> Term | None:
    named = hat_of(hall, hat)
    return (
        term_of(hall, named, person) if named is not None else HATS.of(hall).terms.get(hat, Map()).get(person)
    )


def _kept_offer(known: Hats, offer: Offer) -> Hats:
    lives = offer.state in {"open", "asked"}
    live = known.live | {offer.mark} if lives else known.live - {offer.mark}
    return replace(known, offers=known.offers.set(offer.mark, offer), live=live)


def _won(known: Hats, hat: str, person: UserId) -> Hats:
    """Return what is known once somebody wears a hat: nothing is left of having lost or learned it."""
    lost = known.lost.get(person, Map())
    if hat in lost:
        left = lost.delete(hat)
        lost_by = known.lost.set(person, left) if left else _without(known.lost, person)
        known = replace(known, lost=lost_by)
    return _learned(known, hat, person)


def _learned(known: Hats, hat: str, person: UserId) -> Hats:
    """Return what is known once somebody is no understudy any more."""
    learning = _without(known.learning.get(hat, Map()), person)
    return replace(known, learning=known.learning.set(hat, learning))


def _without(people: Map[UserId, T], person: UserId) -> Map[UserId, T]:
    return people.delete(person) if person in people else people
