"""Decides ``!vouch`` and ``!object``, the same by reaction, and taking either back."""

from dataclasses import replace
from datetime import datetime, timedelta

from crewhall.charter.model import Rule
from crewhall.ground.facts import Fact, Recorded
from crewhall.ground.groups import belongs
from crewhall.ground.hall import Hall
from crewhall.ground.ids import UserId
from crewhall.ground.ladder import called, rule_of
from crewhall.ground.talk import (
    Answer,
    Arguments,
    Asked,
    Decision,
    Outcome,
    PersonLink,
    Refusal,
    Say,
    Sentence,
    ToPerson,
    Usage,
)
from crewhall.life.rising.cards import ASK, given_says, quietly, tell
from crewhall.life.rising.facts import (
    Objected,
    ObjectionTakenBack,
    Proposed,
    Vouched,
    VouchTakenBack,
)
from crewhall.life.rising.proposal import RISING, Proposal, Word, stream_of, writes
from crewhall.life.rising.proposing import confided, open_of, pending, withdrawn
from crewhall.life.rising.rule import frozen, given, is_met

VOUCHING = "!vouch @person [for RUNG]"
OBJECTING = "!object @person because REASON"
_BECAUSE = "because"
_LONGEST = 1_000


def vouch(hall: Hall, asked: Asked, given_: Arguments) -> Outcome:
    """Vouch for somebody who is proposed."""
    if len(given_.people) != 1:
        return Usage(VOUCHING)
    words = tuple(word for n, word in enumerate(given_.words) if n or word.casefold() != "for")
    proposal = open_of(hall, given_.people[0], words)
    if proposal is None or not _concerns(proposal, asked.person):
        return _no_question(given_.people[0], asked)
    if (wrong := cannot_vouch(hall, proposal, asked.person, asked.at)) is not None:
        return confided(hall, proposal.rung, asked, Refusal(wrong))
    decision = vouched(hall, proposal, asked.person, asked.cause, asked.at)
    said = Sentence(
        "rise-vouched", {"person": PersonLink(proposal.person), "rung": called(hall, proposal.rung)}
    )
    to = quietly(hall, proposal.rung, asked.place, asked.person)
    return replace(decision, says=(Say(to, said), *decision.says), ack="✅")


def objects(hall: Hall, asked: Asked, given_: Arguments) -> Outcome:
    """Object, with a reason that is passed on to who proposes and kept nowhere."""
    if not given_.people:
        return Usage(OBJECTING)
    lowered = [word.casefold() for word in given_.words]
    at = lowered.index(_BECAUSE) if _BECAUSE in lowered else len(lowered)
    reason = " ".join(given_.words[at + 1 :])[:_LONGEST]
    words = given_.words[:at]
    if words[:1] and words[0].casefold() in {"to", "for"}:
        words = words[1:]
    if not reason:
        return Usage(OBJECTING)
    proposal = open_of(hall, given_.people[0], words)
    if proposal is None or not _concerns(proposal, asked.person):
        return _no_question(given_.people[0], asked)
    if (wrong := _cannot_object(hall, proposal, asked.person, asked.at)) is not None:
        return confided(hall, proposal.rung, asked, Refusal(wrong))
    person, rung = PersonLink(proposal.person), called(hall, proposal.rung)
    word = Word(asked.at, asked.cause)
    stopped = replace(
        proposal,
        objections=proposal.objections.set(asked.person, word),
        stopped=proposal.stopped or asked.at,
    )
    passed_on = Sentence(
        "rise-objection", {"person": person, "rung": rung, "by": PersonLink(asked.person), "reason": reason}
    )
    said = Sentence("rise-objected", {"person": person, "rung": rung, "by": PersonLink(proposal.by)})
    to = quietly(hall, proposal.rung, asked.place, asked.person)
    return Decision(
        facts=writes(hall, Objected(proposal.mark, asked.person)),
        says=(Say(to, said), Say(ToPerson(proposal.by), passed_on, must=True), *tell(hall, stopped)),
        ack="✅",
    )


def answer(hall: Hall, reacted: Answer) -> Decision | None:
    """Take a reaction to the card; a hand raised is asked for its reason."""
    if reacted.card.kind != ASK:
        return None
    proposal = RISING.of(hall).all.get(reacted.card.subject.rpartition("/")[2])
    if proposal is None or proposal.state != "open" or not _concerns(proposal, reacted.person):
        return None
    match reacted.choice:
        case "👍":
            if reacted.person in proposal.vouches:
                return None
            wrong = cannot_vouch(hall, proposal, reacted.person, reacted.at)
            if wrong is None:
                return vouched(hall, proposal, reacted.person, reacted.cause, reacted.at)
        case "✋":
            wrong = _cannot_object(hall, proposal, reacted.person, reacted.at)
            if wrong is None:
                wrong = Sentence("rise-object-words", {"person": PersonLink(proposal.person)})
        case _:
            return None
    return Decision(says=(Say(ToPerson(reacted.person), wrong),))


def vouched(hall: Hall, proposal: Proposal, person: UserId, cause: str, at: datetime) -> Decision:
    """Take a vouch; the one that completes the rule has the person invited."""
    proposal = replace(proposal, vouches=proposal.vouches.set(person, Word(at, cause)))
    return weighed(hall, proposal, at, Vouched(proposal.mark, person))


def weighed(hall: Hall, proposal: Proposal, now: datetime, *facts: Fact) -> Decision:
    """Return the facts, and the invitation if the rule is met with them."""
    if is_met(hall, proposal, now):
        return Decision(facts=writes(hall, *facts, given(hall, proposal)), says=given_says(hall, proposal))
    return Decision(facts=writes(hall, *facts), says=tell(hall, proposal))


def withdraw(hall: Hall, taken_back: Recorded, asked: Asked) -> Decision | None:
    """Take back what somebody said about a proposal, because they took back the words or the reaction."""
    if taken_back.stream != stream_of(hall):
        return None
    proposal = RISING.of(hall).all.get(getattr(taken_back.fact, "mark", ""))
    if proposal is None:
        return None
    cause = taken_back.cause
    match taken_back.fact:
        case Proposed(by=by) if pending(hall, proposal.rung, proposal.person) == proposal:
            return withdrawn(hall, proposal, by)
        case _ if proposal.state != "open":
            return None
        case Vouched(by=by) if (word := proposal.vouches.get(by)) and word.cause == cause:
            left = replace(proposal, vouches=proposal.vouches.delete(by))
            facts = writes(hall, VouchTakenBack(proposal.mark, by))
            return Decision(facts=facts, says=tell(hall, left))
        case Objected(by=by) if (word := proposal.objections.get(by)) and word.cause == cause:
            return objection_taken_back(hall, proposal, by, asked.at)
        case _:
            return None


def objection_taken_back(hall: Hall, proposal: Proposal, by: UserId, at: datetime) -> Decision:
    """Let the clock go on: what was left of the window when it was stopped is left again."""
    left = proposal.objections.delete(by)
    closes = proposal.closes
    if not left and proposal.stopped is not None:
        closes = at + max(proposal.closes - proposal.stopped, timedelta())
    fact = ObjectionTakenBack(proposal.mark, by, closes)
    proposal = replace(proposal, objections=left, closes=closes, stopped=proposal.stopped if left else None)
    return weighed(hall, proposal, at, fact)


def cannot_vouch(hall: Hall, proposal: Proposal, person: UserId, at: datetime) -> Sentence | None:
    """Return why somebody cannot vouch in this question, None if they can."""
    who, rung = PersonLink(proposal.person), called(hall, proposal.rung)
    rule = rule_of(hall, proposal.rung) or Rule()
    if person == proposal.person:
        return Sentence("rise-vouch-oneself")
    if person == proposal.by:
        return Sentence("rise-vouch-proposer", {"person": who})
    if person in proposal.vouches:
        return Sentence("rise-vouched-already", {"person": who, "rung": rung})
    if at >= proposal.closes and not proposal.objections:
        return Sentence("rise-closed", {"person": who, "rung": rung, "until": proposal.closes})
    if person not in proposal.vouchers or not belongs(hall, person, rule.vouches.of):
        return Sentence("rise-not-asked", {"person": who, "rung": rung, "since": proposal.since})
    if blockers := frozen(hall, person, proposal):
        people = tuple(PersonLink(one) for one in sorted(blockers))
        return Sentence("rise-frozen", {"people": people})
    return None


def _cannot_object(hall: Hall, proposal: Proposal, person: UserId, at: datetime) -> Sentence | None:
    who, rung = PersonLink(proposal.person), called(hall, proposal.rung)
    rule = rule_of(hall, proposal.rung) or Rule()
    if person in proposal.objections:
        return Sentence("rise-objected-already", {"person": who, "rung": rung})
    if at >= proposal.closes and not proposal.objections:
        return Sentence("rise-closed", {"person": who, "rung": rung, "until": proposal.closes})
    of = rule.consent.of if rule.consent is not None else ""
    if person not in proposal.consenters or not belongs(hall, person, of):
        return Sentence("rise-not-asked", {"person": who, "rung": rung, "since": proposal.since})
    return None


def _concerns(proposal: Proposal, person: UserId) -> bool:
    """Return whether somebody may know that this question is open."""
    return person in {proposal.by, *proposal.vouchers, *proposal.consenters}


def _no_question(person: UserId, asked: Asked) -> Outcome:
    """Return the one answer for questions that are not open and those one may not know of."""
    if person == asked.person:
        return Refusal(Sentence("rise-vouch-oneself"))
    return Refusal(Sentence("rise-no-question", {"person": PersonLink(person)}))
