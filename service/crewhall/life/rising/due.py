"""Decides what time has made due: rules met, questions opened or closed, invitations unanswered."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from crewhall.charter.model import Rule
from crewhall.ground.hall import Hall
from crewhall.ground.ladder import rule_of
from crewhall.ground.talk import Decision
from crewhall.life.rising.cards import ended, given_says
from crewhall.life.rising.facts import InvitationLapsed, KeepingDropped, ProposalLapsed
from crewhall.life.rising.keeping import due_to_ask, failed, is_kept, is_lost, is_void, met
from crewhall.life.rising.proposal import RISING, Proposal, asked_anew, latest, writes
from crewhall.life.rising.rule import given, is_met, is_stale
from crewhall.life.rising.staying import begun, closed, lost, stayed


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
    yield from _staying(hall, now)
    for proposal in _unanswered(hall, now):
        facts = writes(hall, InvitationLapsed(proposal.mark))
        yield f"rise:unanswered:{proposal.mark}", Decision(facts=facts)


def _staying(hall: Hall, now: datetime) -> Iterable[tuple[str, Decision]]:
    rising = RISING.of(hall)
    for mark in sorted(rising.asking):
        keeping = rising.keepings[mark]
        if is_void(hall, keeping):
            facts = writes(hall, KeepingDropped(mark))
            yield f"rise:dropped:{mark}", Decision(facts=facts, says=closed(hall, keeping))
        elif is_kept(hall, keeping):
            facts = writes(hall, met(hall, keeping))
            yield f"rise:kept:{mark}", Decision(facts=facts, says=stayed(hall, keeping))
        elif is_lost(hall, keeping, now):
            fact = failed(hall, keeping)
            yield f"rise:lost:{mark}", Decision(facts=writes(hall, fact), says=lost(hall, keeping, fact))
    for question in due_to_ask(hall, now):
        says = begun(hall, asked_anew(question, now))
        yield f"rise:keep:{question.mark}", Decision(facts=writes(hall, question), says=says)


def _unanswered(hall: Hall, now: datetime) -> Iterable[Proposal]:
    for rung, people in sorted(hall.asked.items()):
        rule = rule_of(hall, rung) or Rule()
        for person, since in sorted(people.items()):
            proposal = latest(hall, rung, person)
            late = now >= since.since + timedelta(days=rule.invitation_days)
            if proposal is not None and late:
                yield proposal
