"""Staying on a rung: which vouches still stand, when others are asked anew, and what comes of it.

A mark of its own, lower than the one for coming on: nothing is looked at before the dwell is over, nothing
changes while others are asked, and only people who came by vouches are ever looked at.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from immutables import Map

from crewhall.charter.model import Rule
from crewhall.ground import names
from crewhall.ground.hall import Hall
from crewhall.ground.ids import RungKey, UserId
from crewhall.ground.ladder import deeper, keys, rule_of, stands
from crewhall.life.rising.facts import KeepingAsked, KeepingFailed, KeepingMet
from crewhall.life.rising.proposal import RISING, Keeping, Proposal, latest
from crewhall.life.rising.rule import entitled, frozen, patrons, was_inside

AT_ONCE: Final = 3
"""Questions about staying that are open for one rung at a time: others have time to think about each."""


def standing(hall: Hall, rung: RungKey, person: UserId) -> tuple[UserId, ...]:
    """Return whose vouches for somebody on a rung stand: in the community ever since, and not taken back."""
    words = RISING.of(hall).backing.get((rung, person), Map())
    return tuple(sorted(one for one, word in words.items() if was_inside(hall, one, word.since)))


def counting(hall: Hall, keeping: Keeping) -> tuple[UserId, ...]:
    """Return whose vouches keep somebody now: those that stand and are not frozen."""
    found = standing(hall, keeping.rung, keeping.person)
    return tuple(one for one in found if not frozen(hall, one, keeping.person))


def open_keeping(hall: Hall, rung: RungKey, person: UserId) -> Keeping | None:
    """Return the open question whether somebody stays."""
    last = last_keeping(hall, rung, person)
    return last if last is not None and last.ended is None else None


def last_keeping(hall: Hall, rung: RungKey, person: UserId) -> Keeping | None:
    """Return the last question whether somebody stays, however it ended."""
    rising = RISING.of(hall)
    mark = rising.last_kept.get((rung, person))
    return rising.keepings[mark] if mark is not None else None


def came_by(hall: Hall, rung: RungKey, person: UserId) -> Proposal | None:
    """Return the proposal by whose vouches somebody stands on a rung, None if they came any other way."""
    here, proposal = stands(hall, person, rung), latest(hall, rung, person)
    if here is None or proposal is None or proposal.state != "given" or proposal.ended is None:
        return None
    return proposal if proposal.needed and proposal.ended <= here.since else None


def asks(hall: Hall, rung: RungKey, person: UserId) -> tuple[Rule, Proposal] | None:
    """Return the rule that asks for vouches that still stand, and how somebody came; None if none asks."""
    rule, proposal = rule_of(hall, rung), came_by(hall, rung, person)
    if rule is None or proposal is None or rung not in keys(hall):
        return None
    exempt = person in hall.keyholders or person not in hall.inside or person in hall.shut_out
    return None if exempt or not (rule.vouches.count and rule.keep.vouches) else (rule, proposal)


def due_to_ask(hall: Hall, now: datetime) -> Iterable[KeepingAsked]:
    """Return the questions about staying that time has come for, those who came first before others."""
    rising = RISING.of(hall)
    for rung in keys(hall):
        rule = rule_of(hall, rung)
        if rule is None or not rule.keep.vouches:
            continue
        room = AT_ONCE - sum(rising.keepings[mark].rung == rung for mark in rising.asking)
        people = sorted(hall.standing.get(rung, Map()).items(), key=lambda one: (one[1].since, one[0]))
        questions = (_question(hall, rung, person, now) for person, _ in people)
        for question, _ in zip((q for q in questions if q is not None), range(room), strict=False):
            yield question


def is_kept(hall: Hall, keeping: Keeping) -> bool:
    """Return whether enough vouches stand."""
    return len(counting(hall, keeping)) >= keeping.needed


def is_lost(hall: Hall, keeping: Keeping, now: datetime) -> bool:
    """Return whether the question has closed without enough; vouches frozen by somebody else have it wait."""
    if now < keeping.closes or is_kept(hall, keeping):
        return False
    found = standing(hall, keeping.rung, keeping.person)
    own = {one for one in found if keeping.person in frozen(hall, one, keeping.person)}
    if len(found) - len(own) < keeping.needed:
        return True
    return now >= keeping.closes + (keeping.closes - keeping.since)


def is_void(hall: Hall, keeping: Keeping) -> bool:
    """Return whether the question means nothing any more: gone, come anew, or no longer asked for."""
    here = stands(hall, keeping.person, keeping.rung)
    return here is None or here.since > keeping.since or asks(hall, keeping.rung, keeping.person) is None


def met(hall: Hall, keeping: Keeping) -> KeepingMet:
    """Return the fact that somebody stays, with those whose vouches keep them."""
    return KeepingMet(keeping.mark, counting(hall, keeping))


def failed(hall: Hall, keeping: Keeping) -> KeepingFailed:
    """Return the fact that somebody is back below a rung, and with it below the deeper ones."""
    rungs = (keeping.rung, *deeper(hall, keeping.person, keeping.rung))
    return KeepingFailed(keeping.mark, keeping.person, rungs)


def _question(hall: Hall, rung: RungKey, person: UserId, now: datetime) -> KeepingAsked | None:
    """Return the question whether somebody stays, None if it is not time, or nothing to ask."""
    found, here, last = asks(hall, rung, person), stands(hall, person, rung), last_keeping(hall, rung, person)
    if found is None or here is None or person in hall.resting:
        return None
    rule, proposal = found
    keep = rule.keep
    begun = max(here.since, last.ended or now) if last is not None else here.since
    if now < begun + timedelta(days=keep.dwell_days):
        return None
    there = standing(hall, rung, person)
    vouchers = tuple(one for one in entitled(hall, rule.vouches.of, (person,)) if one not in there)
    able = [one for one in vouchers if person not in patrons(hall, one)]
    needed = min(keep.vouches, proposal.needed, len(there) + len(able))
    if len(there) >= needed or (last is not None and last.ended is None):
        return None
    mark = names.digest(f"keep:{proposal.mark}:{last.mark if last is not None else ''}")
    closes = now + timedelta(days=keep.ask_days)
    return KeepingAsked(mark, rung, person, vouchers, needed, closes)
