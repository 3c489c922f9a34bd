"""Decides ``!vouch`` and ``!vouch withdraw``: for who is proposed, and for who is asked about once more."""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime

from immutables import Map

from crewhall.charter.model import Rule
from crewhall.ground.facts import Fact
from crewhall.ground.groups import belongs
from crewhall.ground.hall import ANYONE, Hall
from crewhall.ground.ids import RungKey, UserId
from crewhall.ground.ladder import called, keys, meant, rule_of, stands
from crewhall.ground.talk import (
    Arguments,
    Asked,
    Decision,
    Outcome,
    PersonLink,
    Refusal,
    Reply,
    Say,
    Sentence,
    ToPerson,
    Usage,
)
from crewhall.life.rising.cards import given_says, quietly, tell
from crewhall.life.rising.facts import Vouched, VouchTakenBack
from crewhall.life.rising.keeping import is_kept, met, open_keeping, standing
from crewhall.life.rising.proposal import RISING, Keeping, Proposal, Word, latest, writes
from crewhall.life.rising.proposing import confided, malformed, unknown
from crewhall.life.rising.rule import frozen, given, is_met, is_open_for, shut_out
from crewhall.life.rising.staying import stayed
from crewhall.life.rising.staying import tell as tell_keeping

VOUCHING = "!vouch @person [for RUNG]"
NO_LONGER = "!vouch withdraw @person [for RUNG]"
_FOR = "for"

Question = Proposal | Keeping


def vouch(hall: Hall, asked: Asked, given_: Arguments) -> Outcome:
    """Vouch for somebody who is proposed, or about whom it is asked whether they stay."""
    named = _named(hall, asked, given_, VOUCHING)
    if not isinstance(named, tuple):
        return named
    person, rung = named
    question = the_one(hall, asked.person, person, rung)
    if not isinstance(question, Proposal | Keeping):
        return Refusal(question)
    if (wrong := cannot_vouch(hall, question, asked.person, asked.at)) is not None:
        return confided(hall, question.rung, asked, Refusal(wrong))
    decision = vouched(hall, question, asked.person, asked.cause, asked.at)
    said = Sentence(
        "rise-vouched", {"person": PersonLink(question.person), "rung": called(hall, question.rung)}
    )
    to = quietly(hall, question.rung, asked.place, asked.person)
    return replace(decision, says=(Say(to, said), *decision.says), ack="✅")


def take_back(hall: Hall, asked: Asked, given_: Arguments) -> Outcome:
    """Take a vouch back, at any time; where somebody stands by it already, nothing changes at once."""
    named = _named(hall, asked, given_, NO_LONGER)
    if not isinstance(named, tuple):
        return named
    person, rung = named
    rungs = (rung,) if rung is not None else (ANYONE, *keys(hall))
    decisions = [(key, d) for key in rungs if (d := taken_back(hall, key, person, asked.person)) is not None]
    if len(decisions) != 1:
        return Refusal(Sentence("rise-no-vouch", {"person": PersonLink(person)}))
    key, decision = decisions[0]
    said = Sentence("rise-vouch-back", {"person": PersonLink(person), "rung": called(hall, key)})
    to = ToPerson(asked.person) if asked.place is not None else Reply()
    return replace(decision, says=(Say(to, said), *decision.says), ack="✅")


def taken_back(hall: Hall, rung: RungKey, person: UserId, by: UserId, cause: str = "") -> Decision | None:
    """Return what follows when somebody takes a vouch back (of one cause, if named), None if none."""
    proposal = is_open_for(hall, rung, person)
    if proposal is not None:
        word = proposal.vouches.get(by)
        if word is None or cause not in {"", word.cause}:
            return None
        left = replace(proposal, vouches=proposal.vouches.delete(by))
        return Decision(facts=writes(hall, VouchTakenBack(proposal.mark, by)), says=tell(hall, left))
    last, backing = latest(hall, rung, person), RISING.of(hall).backing.get((rung, person), Map())
    if last is None or by not in backing or cause not in {"", backing[by].cause}:
        return None
    keeping = open_keeping(hall, rung, person)
    facts = writes(hall, VouchTakenBack(last.mark, by))
    if keeping is None:
        return Decision(facts=facts)
    without = _backed(hall, keeping, by, None)
    return Decision(facts=facts, says=tell_keeping(without, keeping))


def the_one(hall: Hall, by: UserId, person: UserId, rung: RungKey | None) -> Question | Sentence:
    """Return the one open question about somebody in which `by` has a say, or why there is none."""
    rungs = (rung,) if rung is not None else (ANYONE, *keys(hall))
    found: list[Question] = []
    for key in rungs:
        proposal, keeping = is_open_for(hall, key, person), open_keeping(hall, key, person)
        if proposal is not None and concerns(proposal, by):
            found.append(proposal)
        if keeping is not None and concerns(keeping, by):
            found.append(keeping)
    if len(found) == 1:
        return found[0]
    if found:
        return Sentence("rise-which", {"person": PersonLink(person)})
    for key in rungs:
        if stands(hall, person, key) and by in standing(hall, key, person):
            return Sentence("rise-vouched-already", {"person": PersonLink(person), "rung": called(hall, key)})
    return no_question(hall, by, person)


def concerns(question: Question, person: UserId) -> bool:
    """Return whether somebody may know that this question is open."""
    if isinstance(question, Keeping):
        return person in question.vouchers
    return person in {question.by, *question.vouchers, *question.consenters}


def no_question(hall: Hall, by: UserId, person: UserId) -> Sentence:
    """Return the one answer for questions that are not open and those one may not know of."""
    if person == by:
        return Sentence("rise-vouch-oneself")
    if by in hall.resting:
        return Sentence("rise-resting")
    return Sentence("rise-no-question", {"person": PersonLink(person)})


def vouched(hall: Hall, question: Question, person: UserId, cause: str, at: datetime) -> Decision:
    """Take a vouch; the one that completes the rule has the person invited, or stay."""
    word, fact = Word(at, cause), Vouched(question.mark, person)
    if isinstance(question, Proposal):
        return weighed(hall, replace(question, vouches=question.vouches.set(person, word)), at, fact)
    after = _backed(hall, question, person, word)
    if is_kept(after, question):
        return Decision(facts=writes(hall, fact, met(after, question)), says=stayed(after, question))
    return Decision(facts=writes(hall, fact), says=tell_keeping(after, question))


def weighed(hall: Hall, proposal: Proposal, now: datetime, *facts: Fact) -> Decision:
    """Return the facts, and the invitation if the rule is met with them."""
    if is_met(hall, proposal, now):
        return Decision(facts=writes(hall, *facts, given(hall, proposal)), says=given_says(hall, proposal))
    return Decision(facts=writes(hall, *facts), says=tell(hall, proposal))


def cannot_vouch(hall: Hall, question: Question, person: UserId, at: datetime) -> Sentence | None:
    """Return why somebody cannot vouch in this question, None if they can."""
    who, rung = PersonLink(question.person), called(hall, question.rung)
    rule = rule_of(hall, question.rung) or Rule()
    if (closed := shut_out(hall, person)) is not None:
        return closed
    if person == question.person:
        return Sentence("rise-vouch-oneself")
    if isinstance(question, Proposal) and person == question.by:
        return Sentence("rise-vouch-proposer", {"person": who})
    if person in _heard(hall, question):
        return Sentence("rise-vouched-already", {"person": who, "rung": rung})
    if _is_over(question, at):
        return Sentence("rise-closed", {"person": who, "rung": rung, "until": question.closes})
    if person not in question.vouchers or not belongs(hall, person, rule.vouches.of):
        return Sentence("rise-not-asked", {"person": who, "rung": rung, "since": question.since})
    if blockers := frozen(hall, person, question.person):
        people = tuple(PersonLink(one) for one in sorted(blockers))
        return Sentence("rise-frozen", {"people": people})
    return None


def _heard(hall: Hall, question: Question) -> Collection[UserId]:
    if isinstance(question, Proposal):
        return question.vouches
    return standing(hall, question.rung, question.person)


def _is_over(question: Question, at: datetime) -> bool:
    return at >= question.closes and not (isinstance(question, Proposal) and question.objections)


def _backed(hall: Hall, keeping: Keeping, person: UserId, word: Word | None) -> Hall:
    """Return the hall with one vouch more, or one less, for somebody about whom it is asked."""
    rising, place = RISING.of(hall), (keeping.rung, keeping.person)
    words = rising.backing.get(place, Map())
    words = words.delete(person) if word is None else words.set(person, word)
    return RISING.put(hall, replace(rising, backing=rising.backing.set(place, words)))


def _named(
    hall: Hall, asked: Asked, given_: Arguments, usage: str
) -> tuple[UserId, RungKey | None] | Refusal | Usage:
    """Return whom a line names and for which rung, or what is wrong with it."""
    if (closed := shut_out(hall, asked.person)) is not None:
        return Refusal(closed)
    if (wrong := malformed(given_.words)) is not None:
        return Refusal(wrong)
    if len(given_.people) != 1:
        return Usage(usage)
    words = tuple(word for n, word in enumerate(given_.words) if n or word.casefold() != _FOR)
    rung = meant(hall, words) if words else None
    if words and rung is None:
        return Refusal(unknown(hall, words))
    return given_.people[0], rung
