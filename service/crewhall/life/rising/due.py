"""Decides what time has made due: rules that are met, questions that closed, invitations nobody answered."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from crewhall.charter.model import Rule
from crewhall.ground.hall import Hall
from crewhall.ground.ladder import rule_of
from crewhall.ground.talk import Decision
from crewhall.life.rising.cards import ended, given_says
from crewhall.life.rising.facts import InvitationLapsed, ProposalLapsed
from crewhall.life.rising.proposal import RISING, Proposal, latest, writes
from crewhall.life.rising.rule import given, is_met, is_stale


def due(hall: Hall, now: datetime) -> Iterable[tuple[str, Decision]]:
    """Return what is due, with the cause by which it happens once."""
    rising = RISING.of(hall)
    for mark in sorted(rising.open):
        proposal = rising.all[mark]
        if is_met(hall, proposal, now):
            facts = writes(hall, given(hall, proposal))
            yield f"rise:given:{mark}", Decision(facts=facts, says=given_says(hall, proposal))
        elif is_stale(hall, proposal, now):
            facts = writes(hall, ProposalLapsed(mark))
            yield f"rise:lapsed:{mark}", Decision(facts=facts, says=ended(hall, proposal, "lapsed"))
    for proposal in _unanswered(hall, now):
        facts = writes(hall, InvitationLapsed(proposal.mark))
        yield f"rise:unanswered:{proposal.mark}", Decision(facts=facts)


def _unanswered(hall: Hall, now: datetime) -> Iterable[Proposal]:
    for rung, people in sorted(hall.asked.items()):
        rule = rule_of(hall, rung) or Rule()
        for person, since in sorted(people.items()):
            proposal = latest(hall, rung, person)
            late = now >= since.since + timedelta(days=rule.invitation_days)
            if proposal is not None and late:
                yield proposal
