"""Decides ``!object``, what a reaction to a card says, and taking one's word back by deleting it."""

from dataclasses import replace
from datetime import datetime, timedelta

from crewhall.charter.model import Rule
from crewhall.ground.facts import Recorded
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
from crewhall.life.rising.cards import ASK, VOUCH, quietly, tell
from crewhall.life.rising.facts import Objected, ObjectionTakenBack, Proposed, Vouched
from crewhall.life.rising.keeping import standing
from crewhall.life.rising.proposal import RISING, Proposal, Word, stream_of, writes
from crewhall.life.rising.proposing import confided, open_of, pending, withdrawn
from crewhall.life.rising.rule import shut_out
from crewhall.life.rising.staying import KEEP
from crewhall.life.rising.vouching import (
    cannot_vouch,
    concerns,
    no_question,
    taken_back,
    vouched,
    weighed,
)

OBJECTING = "!object @person because REASON"
_BECAUSE = "because"
_LONGEST = 1_000


def objects(hall: Hall, asked: Asked, given_: Arguments) -> Outcome:
    """Object, with a reason that is passed on to who proposes and kept nowhere."""
    if (closed := shut_out(hall, asked.person)) is not None:
        return Refusal(closed)
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
    if proposal is None or not concerns(proposal, asked.person):
        return Refusal(no_question(hall, asked.person, given_.people[0]))
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
    mark = reacted.card.subject.rpartition("/")[2]
    if reacted.card.kind == KEEP:
        return _stays(hall, reacted, mark)
    if reacted.card.kind != ASK:
        return None
    proposal = RISING.of(hall).all.get(mark)
    if proposal is None or proposal.state != "open" or not concerns(proposal, reacted.person):
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


def _stays(hall: Hall, reacted: Answer, mark: str) -> Decision | None:
    """Take a vouch by which somebody may stay."""
    keeping, person = RISING.of(hall).keepings.get(mark), reacted.person
    if keeping is None or keeping.ended is not None or reacted.choice != VOUCH:
        return None
    if not concerns(keeping, person) or person in standing(hall, keeping.rung, keeping.person):
        return None
    if (wrong := cannot_vouch(hall, keeping, person, reacted.at)) is not None:
        return Decision(says=(Say(ToPerson(person), wrong),))
    return vouched(hall, keeping, person, reacted.cause, reacted.at)


def withdraw(hall: Hall, record: Recorded, asked: Asked) -> Decision | None:
    """Take back what somebody said about a proposal, because they took back the words or the reaction."""
    if record.stream != stream_of(hall):
        return None
    rising, mark = RISING.of(hall), str(getattr(record.fact, "mark", ""))
    proposal, cause = rising.all.get(mark), record.cause
    match record.fact:
        case Vouched(by=by) if (about := proposal or rising.keepings.get(mark)) is not None:
            return taken_back(hall, about.rung, about.person, by, cause)
        case _ if proposal is None:
            return None
        case Proposed(by=by) if pending(hall, proposal.rung, proposal.person) == proposal:
            return withdrawn(hall, proposal, by)
        case _ if proposal.state != "open":
            return None
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


def _cannot_object(hall: Hall, proposal: Proposal, person: UserId, at: datetime) -> Sentence | None:
    who, rung = PersonLink(proposal.person), called(hall, proposal.rung)
    rule = rule_of(hall, proposal.rung) or Rule()
    if (closed := shut_out(hall, person)) is not None:
        return closed
    if person in proposal.objections:
        return Sentence("rise-objected-already", {"person": who, "rung": rung})
    if at >= proposal.closes and not proposal.objections:
        return Sentence("rise-closed", {"person": who, "rung": rung, "until": proposal.closes})
    of = rule.consent.of if rule.consent is not None else ""
    if person not in proposal.consenters or not belongs(hall, person, of):
        return Sentence("rise-not-asked", {"person": who, "rung": rung, "since": proposal.since})
    return None
