"""Folds proposals and steps down. Trusts what is recorded: deciding was done before."""

from collections.abc import Iterable
from dataclasses import replace

from immutables import Map

from crewhall.ground.facts import Recorded
from crewhall.ground.hall import Hall, Presence
from crewhall.ground.ids import RoomKey, RungKey, UserId
from crewhall.ground.ladder import rooms_of, space_of, with_one, without
from crewhall.life.rising.facts import (
    BroughtIn,
    InvitationGiven,
    InvitationLapsed,
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
from crewhall.life.rising.proposal import RISING, Proposal, Rising, Word, begun, stream_of

_NOBODY: frozenset[UserId] = frozenset()


def evolve(hall: Hall, recorded: Recorded) -> Hall:
    """Fold one record."""
    if recorded.stream != stream_of(hall):
        return hall
    rising = replace(RISING.of(hall), version=recorded.version)
    here = Presence(recorded.at, recorded.cause)
    match recorded.fact:
        case BroughtIn(person=person, by=by):
            rising = _brought(rising, person, by)
        case TurnedAway(rung=rung, person=person):
            hall = replace(hall, unwelcome=with_one(hall.unwelcome, rung, person, here))
        case SteppedDown(person=person, rungs=rungs):
            hall = _down(hall, person, rungs, here)
        case _:
            before = rising.all.get(getattr(recorded.fact, "mark", ""))
            after = _begun(recorded) if before is None else _changed(before, recorded)
            if after is not None:
                rising, hall = _kept(rising, after), _asked(hall, after, here)
            if isinstance(recorded.fact, InvitationGiven):
                rising = _brought(rising, recorded.fact.person, recorded.fact.by)
    return RISING.put(hall, rising)


def touched(hall: Hall, recorded: Recorded) -> Iterable[RoomKey]:
    """Return the rooms in which a record means an invitation, one taken back, or a door closed."""
    if recorded.stream != stream_of(hall):
        return
    match recorded.fact:
        case TurnedAway(rung=rung) | InvitationGiven(rung=rung):
            yield space_of(hall, rung)
        case ProposalWithdrawn(mark=mark) | InvitationLapsed(mark=mark):
            yield space_of(hall, RISING.of(hall).all[mark].rung)
        case SteppedDown(rungs=rungs):
            for rung in rungs:
                yield from rooms_of(hall, rung, down=True)
        case _:
            return


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


def _brought(rising: Rising, person: UserId, by: UserId) -> Rising:
    before = rising.brought.get(person, _NOBODY)
    return replace(rising, brought=rising.brought.set(person, before | {by}))


def _dropped(words: Map[UserId, Word], person: UserId) -> Map[UserId, Word]:
    return words.delete(person) if person in words else words
