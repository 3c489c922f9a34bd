"""Folds proposals, questions about staying, steps down. Trusts what is recorded: deciding was done before."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from immutables import Map

from crewhall.ground import ids
from crewhall.ground.facts import Recorded
from crewhall.ground.hall import ANYONE, Hall, Presence
from crewhall.ground.ids import RoomKey, RungKey, UserId
from crewhall.ground.ladder import rooms_of, space_of, with_one, without
from crewhall.life.rising.facts import (
    BroughtIn,
    InvitationGiven,
    InvitationLapsed,
    KeepingAsked,
    KeepingDropped,
    KeepingFailed,
    KeepingMet,
    MetStated,
    Objected,
    ObjectionTakenBack,
    ProposalLapsed,
    ProposalWithdrawn,
    Proposed,
    SteppedDown,
    TurnedAway,
    Vouched,
    VouchTakenBack,
)
from crewhall.life.rising.proposal import (
    RISING,
    Keeping,
    Place,
    Proposal,
    Rising,
    Word,
    asked_anew,
    begun,
    stream_of,
)

_NOBODY: frozenset[UserId] = frozenset()


def evolve(hall: Hall, recorded: Recorded) -> Hall:
    """Fold one record."""
    if recorded.stream != stream_of(hall):
        return hall
    rising = replace(RISING.of(hall), version=recorded.version)
    here, mark = Presence(recorded.at, recorded.cause), _mark(recorded)
    match recorded.fact:
        case BroughtIn(person=person, by=by):
            rising = _brought(rising, person, by)
        case TurnedAway(rung=rung, person=person, by=by):
            hall = replace(hall, unwelcome=with_one(hall.unwelcome, rung, person, here))
            if by == person:
                hall, rising = _out(hall, person, rung, here), _gone(rising, person, (rung,))
            else:
                rising = replace(rising, going=rising.going - {(rung, person)})
        case SteppedDown(person=person, rungs=rungs) | KeepingFailed(person=person, rungs=rungs):
            rising = _gone(_stayed(rising, recorded), person, rungs)
            hall = _down(hall, person, rungs, here)
        case _ if mark in rising.keepings or isinstance(recorded.fact, KeepingAsked):
            rising = _stayed(rising, recorded)
        case VouchTakenBack(by=by) if mark not in rising.open:
            rising = _unbacked(rising, mark, by)
        case _:
            before = rising.all.get(mark)
            after = _begun(recorded) if before is None else _changed(before, recorded)
            if after is not None:
                rising, hall = _kept(rising, after), _asked(hall, after, here)
            if after is not None and isinstance(recorded.fact, InvitationGiven):
                rising = _given(rising, after)
    return RISING.put(hall, rising)


def touched(hall: Hall, recorded: Recorded) -> Iterable[RoomKey]:
    """Return the rooms in which a record means an invitation, one taken back, or a door closed."""
    if recorded.stream != stream_of(hall):
        return
    match recorded.fact:
        case TurnedAway(rung=rung, person=person, by=by) if by == person:
            yield space_of(hall, rung)
            yield from _behind(hall, rung)
        case TurnedAway(rung=rung) | InvitationGiven(rung=rung):
            yield space_of(hall, rung)
        case ProposalWithdrawn(mark=mark) | InvitationLapsed(mark=mark):
            yield space_of(hall, RISING.of(hall).all[mark].rung)
        case SteppedDown(rungs=rungs) | KeepingFailed(rungs=rungs):
            for rung in rungs:
                yield from rooms_of(hall, rung, down=True)
        case _:
            return


def _out(hall: Hall, person: UserId, rung: RungKey, here: Presence) -> Hall:
    """Return the hall in which somebody who came in past the rule is out again, of what stands behind too."""
    if rung == ANYONE:
        return replace(hall, left=hall.left.set(person, here))
    return replace(hall, stepped_down=with_one(hall.stepped_down, rung, person, here))


def _behind(hall: Hall, rung: RungKey) -> Iterable[RoomKey]:
    if rung == ANYONE:
        yield from (ids.place(hall.key, place.key) for place in hall.charter.places)
        yield ids.crews_space(hall.key)
    else:
        yield from rooms_of(hall, rung, down=True)


def _begun(recorded: Recorded) -> Proposal | None:
    match recorded.fact:
        case Proposed() as fact:
            return begun(fact, recorded.at, recorded.cause)
        case _:
            return None


def _changed(proposal: Proposal, recorded: Recorded) -> Proposal:
    at, word = recorded.at, Word(recorded.at, recorded.cause)
    match recorded.fact:
        case MetStated(condition=condition):
            return replace(proposal, met=condition)
        case Vouched(by=by):
            return replace(proposal, vouches=proposal.vouches.set(by, word))
        case VouchTakenBack(by=by):
            return replace(proposal, vouches=_dropped(proposal.vouches, by))
        case Objected(by=by):
            stopped = proposal.stopped or at
            return replace(proposal, objections=proposal.objections.set(by, word), stopped=stopped)
        case ObjectionTakenBack(by=by, closes=closes):
            left = _dropped(proposal.objections, by)
            return replace(
                proposal, objections=left, closes=closes, stopped=proposal.stopped if left else None
            )
        case InvitationGiven(vouched=vouched):
            return replace(proposal, state="given", ended=at, vouched=vouched)
        case ProposalWithdrawn():
            return replace(proposal, state="withdrawn", ended=at)
        case ProposalLapsed() | InvitationLapsed():
            return replace(proposal, state="lapsed", ended=at)
        case _:
            return proposal


def _kept(rising: Rising, proposal: Proposal) -> Rising:
    mark, state = proposal.mark, proposal.state
    return replace(
        rising,
        all=rising.all.set(mark, proposal),
        open=rising.open | {mark} if state == "open" else rising.open - {mark},
        latest=rising.latest.set((proposal.rung, proposal.person), mark),
    )


def _asked(hall: Hall, proposal: Proposal, here: Presence) -> Hall:
    """Return the hall with the invitation waiting, or taken back."""
    rung, person = proposal.rung, proposal.person
    if proposal.state == "given":
        unwelcome = without(hall.unwelcome, rung, person)
        return replace(hall, asked=with_one(hall.asked, rung, person, here), unwelcome=unwelcome)
    if proposal.state == "open" or person not in hall.asked.get(rung, ()):
        return hall
    unwelcome = with_one(hall.unwelcome, rung, person, here)
    return replace(hall, asked=without(hall.asked, rung, person), unwelcome=unwelcome)


def _down(hall: Hall, person: UserId, rungs: Iterable[RungKey], here: Presence) -> Hall:
    for rung in rungs:
        hall = replace(
            hall,
            standing=without(hall.standing, rung, person),
            stepped_down=with_one(hall.stepped_down, rung, person, here),
            asked=without(hall.asked, rung, person),
            unwelcome=with_one(hall.unwelcome, rung, person, here),
        )
    return hall


def _given(rising: Rising, proposal: Proposal) -> Rising:
    """Return what is known once somebody is invited: by whom, and by whose vouches."""
    place = (proposal.rung, proposal.person)
    words = {one: proposal.vouches[one] for one in proposal.vouched if one in proposal.vouches}
    rising = replace(
        rising, backing=rising.backing.delete(place) if place in rising.backing else rising.backing
    )
    rising = _backed(rising, place, words)
    return _brought(replace(rising, going=rising.going - {place}), proposal.person, proposal.by)


def _backed(rising: Rising, place: Place, words: Mapping[UserId, Word]) -> Rising:
    return replace(rising, backing=rising.backing.set(place, rising.backing.get(place, Map()).update(words)))


def _unbacked(rising: Rising, mark: str, person: UserId) -> Rising:
    about = rising.keepings.get(mark) or rising.all.get(mark)
    if about is None:
        return rising
    place = (about.rung, about.person)
    left = _dropped(rising.backing.get(place, Map()), person)
    return replace(rising, backing=rising.backing.set(place, left))


def _gone(rising: Rising, person: UserId, rungs: Iterable[RungKey]) -> Rising:
    places = frozenset((rung, person) for rung in rungs)
    backing = rising.backing
    for place in places:
        backing = backing.delete(place) if place in backing else backing
    return replace(rising, backing=backing, going=rising.going | places)


def _stayed(rising: Rising, recorded: Recorded) -> Rising:
    """Return what is known once a question about staying opens, is answered or ends."""
    mark = _mark(recorded)
    if isinstance(recorded.fact, KeepingAsked):
        keeping = asked_anew(recorded.fact, recorded.at)
        last = rising.last_kept.set((keeping.rung, keeping.person), mark)
        return _asked_on(replace(rising, last_kept=last), keeping)
    if (before := rising.keepings.get(mark)) is None:
        return rising
    match recorded.fact:
        case Vouched(by=by):
            word = Word(recorded.at, recorded.cause)
            return _backed(rising, (before.rung, before.person), {by: word})
        case VouchTakenBack(by=by):
            return _unbacked(rising, mark, by)
        case KeepingMet() | KeepingFailed() | KeepingDropped() as fact:
            failed = isinstance(fact, KeepingFailed)
            return _asked_on(rising, replace(before, ended=recorded.at, failed=failed))
        case _:
            return rising


def _asked_on(rising: Rising, keeping: Keeping) -> Rising:
    mark = keeping.mark
    asking = rising.asking | {mark} if keeping.ended is None else rising.asking - {mark}
    return replace(rising, keepings=rising.keepings.set(mark, keeping), asking=asking)


def _mark(recorded: Recorded) -> str:
    return str(getattr(recorded.fact, "mark", ""))


def _brought(rising: Rising, person: UserId, by: UserId) -> Rising:
    before = rising.brought.get(person, _NOBODY)
    return replace(rising, brought=rising.brought.set(person, before | {by}))


def _dropped(words: Map[UserId, Word], person: UserId) -> Map[UserId, Word]:
    return words.delete(person) if person in words else words
