"""The rule itself: who may propose whom, whose word counts, whose is frozen, and when it is met."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from crewhall.charter.model import Rule
from crewhall.ground import ids, workdays
from crewhall.ground.groups import KEYHOLDERS, among, awake, belongs
from crewhall.ground.hall import ANYONE, Hall
from crewhall.ground.ids import RungKey, UserId
from crewhall.ground.ladder import below, called, is_awaited, keys, rule_of, stands
from crewhall.ground.talk import PersonLink, Sentence
from crewhall.ground.worn import KEYS, wearers
from crewhall.life.rising.facts import InvitationGiven, Proposed
from crewhall.life.rising.proposal import RISING, Asking, Proposal, latest, open_for


def may_propose(hall: Hall, person: UserId, rule: Rule) -> bool:
    """Return whether somebody may propose; where nobody else could, the keyholders."""
    if person in hall.shut_out:
        return False
    if belongs(hall, person, rule.propose):
        return True
    return person in hall.keyholders and not any(p not in hall.shut_out for p in among(hall, rule.propose))


def shut_out(hall: Hall, person: UserId) -> Sentence | None:
    """Return what somebody is told for whom the community's doors are closed, None for all others."""
    if person not in hall.shut_out:
        return None
    return Sentence("rise-shut-out", {"community": hall.charter.name})


def entitled(hall: Hall, key: str, but: Iterable[UserId]) -> tuple[UserId, ...]:
    """Return who of a group can be asked now, without those whom it is about."""
    return tuple(p for p in awake(hall, key) if p not in but and p not in hall.shut_out)


def ripe(hall: Hall, rung: RungKey, person: UserId) -> datetime | None:
    """Return from when on somebody can be proposed, None if they are not on the rung below, or deeper."""
    rule, before = rule_of(hall, rung), below(hall, rung)
    if rule is None or rung == ANYONE:
        return None
    ladder = keys(hall)
    held = (ANYONE,) if before == ANYONE else ladder[ladder.index(before) :]
    since = [here.since for key in held if (here := stands(hall, person, key)) is not None]
    return min(since) + timedelta(days=rule.after_days) if since else None


def cannot_rise(hall: Hall, asking: Asking) -> Sentence | None:
    """Return why nobody can propose this person for this rung now, None if it can be done."""
    rung, person, me = asking.rung, asking.person, asking.me
    name, who = called(hall, rung), PersonLink(person)
    if person == me:
        return Sentence("person-is-keeper", {"keeper": who})
    if person in hall.shut_out:
        return Sentence("rise-doors-closed", {"community": hall.charter.name, "person": who})
    if not hall.charter.federate and ids.server(person) != ids.server(me):
        return Sentence("rise-elsewhere", {"community": hall.charter.name, "person": who})
    if stands(hall, person, rung):
        return Sentence("rise-there-already", {"rung": name, "person": who})
    if is_awaited(hall, person, rung):
        return Sentence("rise-awaited", {"rung": name, "person": who})
    if rung != ANYONE and person not in hall.inside:
        return Sentence("rise-not-inside", {"community": hall.charter.name, "person": who})
    before = below(hall, rung)
    if rung != ANYONE and not hall.reaches(person, before):
        return Sentence("rise-step-first", {"rung": name, "before": called(hall, before), "person": who})
    since = ripe(hall, rung, person)
    if since is not None and asking.at < since:
        first = called(hall, before)
        return Sentence("rise-too-soon", {"rung": name, "before": first, "person": who, "since": since})
    return None


def asked_already(hall: Hall, rung: RungKey, person: UserId, now: datetime) -> datetime | None:
    """Return since when an invitation was given that is not to be repeated, answered or not."""
    last, rule = latest(hall, rung, person), rule_of(hall, rung)
    if last is None or last.state != "given" or last.ended is None or rule is None:
        return None
    return last.ended if now < last.ended + timedelta(days=rule.invitation_days) else None


def question(hall: Hall, asking: Asking, mark: str) -> Proposed:
    """Return the question as it opens: who is entitled and how long it takes are fixed now."""
    rule, at = rule_of(hall, asking.rung) or Rule(), asking.at
    others = {asking.person, asking.by}
    vouchers = entitled(hall, rule.vouches.of, others) if rule.vouches.count else ()
    consent = rule.consent
    consenters = entitled(hall, consent.of, others) if consent is not None and consent.days else ()
    if consent is not None and consenters:
        closes = workdays.after(hall.charter.calendar, at, consent.days, hall.charter.seasons)
    else:
        closes = at + timedelta(days=rule.invitation_days)
    needed = min(rule.vouches.count, len(vouchers))
    return Proposed(
        mark,
        asking.rung,
        asking.person,
        asking.by,
        vouchers,
        consenters,
        needed,
        closes,
        waits=bool(consenters),
        wants_met=bool(rule.met),
    )


def frozen(hall: Hall, voucher: UserId, person: UserId) -> frozenset[UserId]:
    """Return the people because of whom this vouch for `person` does not count now.

    While somebody's own standing is in question, vouches by and for those they brought are frozen.
    """
    rising = RISING.of(hall)
    proposed = (rising.all[mark].person for mark in rising.open)
    questioned = frozenset(proposed) | {rising.keepings[mark].person for mark in rising.asking}
    return (patrons(hall, voucher) | patrons(hall, person)) & questioned


def patrons(hall: Hall, person: UserId) -> frozenset[UserId]:
    """Return those who brought somebody, those who brought them, and so on; never the person."""
    brought = RISING.of(hall).brought
    found: set[UserId] = set()
    ahead = [person]
    while ahead:
        new = brought.get(ahead.pop(), frozenset()) - found
        found |= new
        ahead += new
    return frozenset(found - {person})


def counted(hall: Hall, proposal: Proposal) -> tuple[UserId, ...]:
    """Return whose vouches count: entitled from the beginning and ever since, and not frozen."""
    rule = rule_of(hall, proposal.rung) or Rule()
    return tuple(
        sorted(
            person
            for person, word in proposal.vouches.items()
            if person in proposal.vouchers
            and person not in hall.shut_out
            and stayed(hall, person, rule.vouches.of, word.since)
            and not frozen(hall, person, proposal.person)
        )
    )


def stayed(hall: Hall, person: UserId, key: str, since: datetime) -> bool:
    """Return whether somebody has belonged to a group without a break since then."""
    if not belongs(hall, person, key) or not was_inside(hall, person, since):
        return False
    ladder = keys(hall)
    if key in ladder:
        held = [stands(hall, person, rung) for rung in ladder[ladder.index(RungKey(key)) :]]
    else:
        hat = KEYS if key == KEYHOLDERS else key
        held = [hall.inside.get(person) if key == ANYONE else wearers(hall, hat).get(person)]
    return any(here is not None and here.since <= since for here in held)


def was_inside(hall: Hall, person: UserId, since: datetime) -> bool:
    """Return whether somebody has been in the community without a break since then."""
    inside = hall.inside.get(person)
    return inside is not None and inside.since <= since and person not in hall.shut_out


def is_met(hall: Hall, proposal: Proposal, now: datetime) -> bool:
    """Return whether the rule is met, and the person still one whom it can ask."""
    return (
        proposal.state == "open"
        and _fits(hall, proposal, now)
        and _is_borne(hall, proposal)
        and not proposal.objections
        and not (proposal.wants_met and not proposal.met)
        and len(counted(hall, proposal)) >= proposal.needed
        and (now >= proposal.closes or not proposal.waits or _is_unanimous(hall, proposal))
    )


def _is_unanimous(hall: Hall, proposal: Proposal) -> bool:
    """Return whether everybody whose objection is waited for has vouched: then nobody is waited for."""
    return set(proposal.consenters) <= set(counted(hall, proposal))


def is_stale(hall: Hall, proposal: Proposal, now: datetime) -> bool:
    """Return whether the question has closed without what the rule wants, or has lost who proposed.

    An objection has it wait longer, and so do vouches that are frozen because of somebody else.
    """
    rule = rule_of(hall, proposal.rung)
    if rule is None or not _is_borne(hall, proposal):
        return True
    others = [
        v
        for v in proposal.vouches
        if (why := frozen(hall, v, proposal.person)) and proposal.person not in why
    ]
    held = others and len(counted(hall, proposal)) + len(others) >= proposal.needed
    if proposal.objections or held:
        return now >= max(proposal.closes, proposal.since + timedelta(days=rule.invitation_days))
    return now >= proposal.closes


def given(hall: Hall, proposal: Proposal) -> InvitationGiven:
    """Return the fact that the rule is met, with those by whose consent it is."""
    return InvitationGiven(
        proposal.mark,
        proposal.rung,
        proposal.person,
        proposal.by,
        counted(hall, proposal),
        proposal.consenters,
    )


def _is_borne(hall: Hall, proposal: Proposal) -> bool:
    """Return whether who proposes is still one of the community: their word goes with them."""
    return proposal.by not in hall.left and proposal.by not in hall.shut_out


def _fits(hall: Hall, proposal: Proposal, now: datetime) -> bool:
    rung, person = proposal.rung, proposal.person
    if (
        person in hall.shut_out
        or rule_of(hall, rung) is None
        or stands(hall, person, rung)
        or is_awaited(hall, person, rung)
    ):
        return False
    if rung == ANYONE:
        return True
    since = ripe(hall, rung, person)
    return person in hall.inside and since is not None and since <= now


def is_open_for(hall: Hall, rung: RungKey, person: UserId) -> Proposal | None:
    """Return the open question about this person and rung."""
    return next((one for one in open_for(hall, person) if one.rung == rung), None)
