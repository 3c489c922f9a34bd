"""Folds what is decided and heard about sisters; what changes our statement gives it a new number. Pure."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from immutables import Map

from crewhall.door import Hall, Recorded, RoomId, Round, UserId, ids
from crewhall_bridges.sister.bond import SISTERS, Asking, At, Health, Link, Question, Side, Sisters, stream_of
from crewhall_bridges.sister.facts import (
    Closed,
    ContactsChanged,
    FlowsClosed,
    KeeperAnswered,
    LetterboxFound,
    LetterboxOffered,
    LetterboxRefused,
    LetterboxShut,
    LetterboxSound,
    LetterboxTroubled,
    LinkAgreed,
    LinkAsked,
    LinkDropped,
    LinkEnded,
    LinkKept,
    LinkLetGo,
    LinkNamed,
    LinkSaid,
    LinkWordTakenBack,
    OfferChanged,
    ReviewAsked,
    StatementHeard,
)
from crewhall_bridges.sister.terms import Half, Terms

MOST_OFFERED: Final = 4
"""Rooms of one keeper that are looked at."""
A_DAY: Final = timedelta(days=1)
REMEMBERED: Final = timedelta(days=30)
"""How long the wish of an unknown keeper is kept; until then its server cannot ask again."""
MOST_NOTES: Final = 10
"""New statements of one sister within a day of which people are told."""
MOST_TRIES: Final = 5
"""Invitations of one keeper that are remembered."""


def evolve(hall: Hall, recorded: Recorded) -> Hall:
    """Fold one record."""
    if recorded.stream != stream_of(hall):
        return hall
    known, fact = replace(SISTERS.of(hall), version=recorded.version), recorded.fact
    match fact:
        case LinkNamed():
            known = _named(known, fact, recorded.at)
        case LetterboxOffered():
            known = _offered(known, fact, recorded.at)
        case _:
            link = known.links.get(getattr(fact, "mark", ""))
            if link is not None:
                known = replace(known, links=known.links.set(link.mark, after(link, recorded)))
    link = known.links.get(getattr(fact, "mark", ""))
    if link is not None and (dated := _dated(link, recorded.at)) != link:
        known = replace(known, links=known.links.set(link.mark, dated))
    return SISTERS.put(hall, known)


def after(link: Link, recorded: Recorded) -> Link:  # noqa: C901, PLR0912 - one case a kind of fact
    """Return the link after a fact about it."""
    match recorded.fact:
        case OfferChanged(offer=offer, lifts=lifts, by=by):
            link = replace(link, waits=True, lifts=frozenset(lifts), named_by=by)
            return says(link, replace(link.ours, offer=offer))
        case LinkAsked() as fact:
            return replace(link, waits=False, question=_asked(fact, recorded.at))
        case LinkSaid(by=by, word=word, question=mark) if _is(link, mark):
            return _word(link, by, word == "yes", recorded.cause)
        case LinkWordTakenBack(by=by, question=mark) if _is(link, mark):
            return _taken_back(link, by)
        case LinkAgreed(question=mark) as fact if _is(link, mark):
            return _agreed(link, fact)
        case LinkDropped(question=mark) if _is(link, mark):
            return _dropped(link)
        case FlowsClosed(closed=closed):
            shut = {(keeper, flow) for keeper, flow, _ in closed}
            ours = replace(link.ours, closed=link.ours.closed.update(_map(closed)))
            return says(replace(link, lifts=link.lifts - shut), ours)
        case LinkEnded() | LinkLetGo() as fact:
            gone = isinstance(fact, LinkLetGo)
            link = replace(link, waits=False, question=None, lifts=frozenset(), let_go=gone)
            return says(link, replace(link.ours, ended=True, agreed=()))
        case LetterboxShut():
            health = Health(link.health.read_at, link.health.missed)
            return replace(link, shut=True, here=None, room=None, offered=(), health=health)
        case ReviewAsked(until=until, asked=asked):
            return replace(link, asked_review=until, reviewers=asked)
        case LinkKept(until=until):
            return says(link, replace(link.ours, until=until))
        case ContactsChanged(contacts=contacts):
            return says(link, replace(link.ours, contacts=contacts))
        case KeeperAnswered(here=here):
            return replace(link, here=here)
        case LetterboxFound(room=room):
            return _found(link, recorded, room)
        case LetterboxRefused(room=room, trouble=trouble):
            offered = tuple(one for one in link.offered if one != room)
            told = trouble if link.room is None and trouble != "other" else link.health.trouble
            return replace(link, offered=offered, health=replace(link.health, trouble=told))
        case LetterboxTroubled(trouble=trouble):
            link = replace(link, health=replace(link.health, trouble=trouble, since=recorded.at))
            seq = link.theirs.seq if link.theirs is not None and trouble == "back" else 0
            return says(link, replace(link.ours, last=seq)) if seq else link
        case LetterboxSound():
            return replace(link, health=replace(link.health, trouble=None, since=None))
        case StatementHeard() as fact:
            return heard(link, fact, recorded.at)
        case _:
            return link


def heard(link: Link, fact: StatementHeard, at: datetime) -> Link:
    """Return the link after a statement of the sister's."""
    known = link.health
    moved = known.trouble == "moved"
    health = Health(
        at,
        known.missed + fact.missed,
        known.trouble if moved else None,
        known.since if moved else None,
        (*known.lately, at)[-MOST_NOTES:],
    )
    here = link.here if fact.ended else link.here or None  # who left, and ends nothing, is asked in again
    link = replace(link, theirs=side_of(fact), health=health, here=here)
    ours = link.ours
    if fact.last > ours.seq:
        ours = replace(
            ours, seq=fact.last
        )  # ours went back, as after a backup: number beyond what it has read
    if (now := link.terms) is not None:
        ours = replace(ours, agreed=tuple(one for one in ours.agreed if one.edition >= now.edition))
    learned = replace(link, community=fact.offer.community)
    return says(learned, ours) if (learned.community, ours) != (link.community, link.ours) else link


def after_naming(hall: Hall, fact: LinkNamed, at: datetime) -> Link:
    """Return the link as it is once somebody has named the sister."""
    return _named(SISTERS.of(hall), fact, at).links[fact.mark]


def side_of(fact: StatementHeard) -> Side:
    """Return what a side states."""
    shut = _map(fact.closed)
    return Side(fact.offer, fact.seq, fact.agreed, fact.contacts, shut, fact.until, fact.ended, fact.last)


def many(health: Health, now: datetime) -> bool:
    """Return whether a sister has said so much within a day that no more is told of it."""
    return len(health.lately) >= MOST_NOTES and now - health.lately[0] < A_DAY


def says(link: Link, ours: Side) -> Link:
    """Return the link in which we state something else, under the next number."""
    return replace(link, ours=replace(ours, seq=ours.seq + 1))


def _named(known: Sisters, fact: LinkNamed, at: datetime) -> Sisters:
    asking = known.asking.get(ids.server(fact.keeper))
    rooms = (asking.room,) if asking is not None and asking.keeper == fact.keeper else ()
    if rooms:
        known = replace(known, asking=known.asking.delete(ids.server(fact.keeper)))
    link = known.links.get(fact.mark)
    if link is None:
        link = Link(
            fact.mark,
            fact.keeper,
            fact.me,
            fact.community,
            fact.by,
            at,
            Side(fact.offer, seq=1, until=fact.offer.review),
            offered=rooms,
        )
        return replace(known, links=known.links.set(link.mark, link))
    ours = link.ours
    link = replace(link, let_go=False, box=link.box + link.shut, shut=False)
    if ours.ended:
        ours = Side(fact.offer, ours.seq, until=fact.offer.review)
        if link.theirs is not None:  # it was not read since: whatever stands there now is news
            link = replace(link, theirs=replace(link.theirs, seq=0, agreed=(), ended=True))
    elif fact.offer != ours.offer:
        ours = replace(ours, offer=fact.offer)
    moves = bool(link.offered) and link.room is not None
    link = replace(link, here=link.here or None)
    # Somebody has looked at a move, so the letterbox may be another now; otherwise a question shall be put.
    link = replace(link, room=None) if moves else replace(link, named_by=fact.by, waits=True)
    link = says(link, ours) if ours != link.ours else link
    return replace(known, links=known.links.set(link.mark, link))


def _dated(link: Link, at: datetime) -> Link:
    """Return the link with since when it is ended. Who left our letterbox has ended it, too.

    Of a sister that was not read since a link was named anew, it is not known that it has.
    """
    theirs = link.theirs is None or (link.theirs.ended and bool(link.theirs.seq)) or link.here is False
    ended = link.ours.ended or (link.theirs is not None and link.theirs.ended)
    over = link.ours.ended and theirs
    return replace(
        link, ended=(link.ended or at) if ended else None, over=(link.over or at) if over else None
    )


def _offered(known: Sisters, fact: LetterboxOffered, at: datetime) -> Sisters:
    server = ids.server(fact.keeper)
    named = [link for link in known.links.values() if link.keeper == fact.keeper]
    if not named:
        asking = Asking(fact.keeper, fact.me, fact.room, at)
        lately = {of: one for of, one in known.asking.items() if at - one.at < REMEMBERED}
        return replace(known, asking=Map({**lately, server: asking}))
    for link in named:
        others = tuple(one for one in link.offered if one != fact.room)
        new = (*others, fact.room)[-MOST_OFFERED:] if link.room != fact.room else others
        tries = (*link.tries, at)[-MOST_TRIES:]
        offered = replace(link, offered=new, tries=tries, here=link.here or None)
        known = replace(known, links=known.links.set(link.mark, offered))
    return known


def _found(link: Link, recorded: Recorded, room: RoomId) -> Link:
    theirs = replace(link.theirs, seq=0) if link.theirs is not None and link.room != room else link.theirs
    offered = tuple(one for one in link.offered if one != room)
    health = Health(read_at=recorded.at, missed=link.health.missed, lately=link.health.lately)
    return replace(link, room=room, offered=offered, theirs=theirs, health=health)


def _asked(fact: LinkAsked, at: datetime) -> Question:
    entitled = frozenset(fact.entitled)
    question = Round(fact.question, entitled, fact.needed, at, fact.closes, waits=fact.waits)
    return Question(fact.terms, fact.by, question)


def _is(link: Link, question: str) -> bool:
    return link.question is not None and link.question.mark == question


def _word(link: Link, by: UserId, yes: bool, cause: str) -> Link:  # noqa: FBT001 - a word
    question = link.question
    if question is None:
        return link
    second = question.second
    if yes and by != question.by:
        second = second or by
    said = question.round.says(by, "yes" if yes else "no", cause)
    return replace(link, question=replace(question, round=said, second=second))


def _taken_back(link: Link, by: UserId) -> Link:
    question = link.question
    if question is None:
        return link
    left = question.round.takes_back(by)
    second = question.second if question.second != by else next(iter(left.yes), None)
    return replace(link, question=replace(question, round=left, second=second))


def _agreed(link: Link, fact: LinkAgreed) -> Link:
    question = link.question
    if question is None:
        return link
    held = (link.terms,) if link.terms is not None and link.terms != question.terms else ()
    ours = replace(
        link.ours,
        agreed=(*held, question.terms),
        contacts=fact.contacts,
        closed=_map(fact.closed),
        until=question.terms.review,
    )
    return says(replace(link, question=None, lifts=frozenset()), ours)


def _dropped(link: Link) -> Link:
    """Return the link without the question: what was offered for it is offered no longer."""
    link = replace(link, question=None, lifts=frozenset())
    if not link.ours.agreed:
        return link
    half = _half(link.ours.offer, link.ours.agreed[-1], link.me)
    return says(link, replace(link.ours, offer=half)) if half != link.ours.offer else link


def _half(offer: Half, terms: Terms, me: UserId) -> Half:
    """Return our offer as it was for these terms."""
    flows = next(party.flows for party in terms.parties if party.keeper == me)
    return replace(offer, flows=flows, edition=terms.edition, review=terms.review)


def _map(closed: Closed) -> Map[At, int]:
    return Map({(keeper, flow): edition for keeper, flow, edition in closed})
