"""Tells a person by whose consent they stand, what the next step is and who may propose it."""

from collections.abc import Iterable

from crewhall.ground.hall import ANYONE, Hall
from crewhall.ground.ids import RoomKey, RungKey, UserId
from crewhall.ground.ladder import called, keys, next_of, rule_of, rung_at, space_of, stands
from crewhall.ground.ruling import in_words
from crewhall.ground.talk import PersonLink, RoomLink, Sentence
from crewhall.life.rising.keeping import last_keeping, open_keeping
from crewhall.life.rising.proposal import Proposal, latest


def me(hall: Hall, person: UserId) -> Iterable[Sentence]:
    """Return by whose consent `person` stands, what they are asked, and how the next step is made."""
    for rung in (ANYONE, *keys(hall)):
        if stands(hall, person, rung):
            yield from _consent(hall, rung, person)
            if (keeping := open_keeping(hall, rung, person)) is not None:
                yield Sentence("me-keeping", {"rung": called(hall, rung), "until": keeping.closes})
        elif person in hall.asked.get(rung, ()):
            proposal = latest(hall, rung, person)
            space = RoomLink(space_of(hall, rung), called(hall, rung))
            if proposal is not None:
                yield Sentence("me-asked", {"rung": space, "by": PersonLink(proposal.by)})
    step = next_of(hall, person)
    if step is not None and step.door is not None and person not in hall.asked.get(RungKey(step.key), ()):
        yield from in_words(hall, RungKey(step.key), step.door)


def why(hall: Hall, person: UserId, place: RoomKey) -> Iterable[Sentence]:
    """Return by whose consent somebody has the key of a room, or by which rule they could."""
    rung = rung_at(hall, place) or _opens(hall, place)
    if rung is None or person in hall.guests:
        return
    own = hall.rung_of(person)
    if stands(hall, person, rung):
        yield from _consent(hall, rung, person)
    elif own is not None and rung != ANYONE and hall.reaches(person, rung):
        yield from _consent(hall, own, person)
    elif person in hall.asked.get(rung, ()) and (proposal := latest(hall, rung, person)) is not None:
        space = RoomLink(space_of(hall, rung), called(hall, rung))
        yield Sentence("me-asked", {"rung": space, "by": PersonLink(proposal.by)})
    elif (rule := rule_of(hall, rung)) is not None:
        if person in hall.unwelcome.get(rung, ()) and person not in hall.stepped_down.get(rung, ()):
            yield Sentence("why-turned-away", {"rung": called(hall, rung)})
        last = last_keeping(hall, rung, person)
        if last is not None and last.failed and last.ended is not None:
            yield Sentence("why-kept-not", {"rung": called(hall, rung), "since": last.ended})
        yield from in_words(hall, rung, rule)


def _opens(hall: Hall, place: RoomKey) -> RungKey | None:
    parts = place.split("/")
    return RungKey(parts[2]) if parts[1:2] == ["rung"] and parts[2] in keys(hall) else None


def _consent(hall: Hall, rung: RungKey, person: UserId) -> Iterable[Sentence]:
    here, proposal = stands(hall, person, rung), latest(hall, rung, person)
    if here is None or proposal is None or proposal.ended is None:
        return
    if proposal.state != "given" or proposal.ended > here.since:
        return
    name, by, day = called(hall, rung), PersonLink(proposal.by), proposal.since
    yield Sentence("rise-consent-by", {"rung": name, "by": by, "since": day})
    yield from _voices(hall, proposal)


def _voices(hall: Hall, proposal: Proposal) -> Iterable[Sentence]:
    rule = rule_of(hall, proposal.rung)
    if proposal.met:
        yield Sentence("rise-consent-met", {"by": PersonLink(proposal.by), "way": proposal.met})
    if proposal.vouched:
        if rule is not None and rule.private:
            yield Sentence("rise-consent-vouches", {"count": len(proposal.vouched)})
        else:
            people = tuple(PersonLink(one) for one in proposal.vouched)
            yield Sentence("rise-consent-vouched", {"people": people})
    if proposal.consenters and proposal.ended is not None:
        count = len(proposal.consenters)
        yield Sentence("rise-consent-unopposed", {"count": count, "until": proposal.ended})
