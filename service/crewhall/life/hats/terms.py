"""Decides what happens at a term's end: a question, gently asked again twice: renew, hand on or drop.

Silence takes nothing from anybody: the hat then shows that its term is over.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Final

from crewhall.charter.model import Hat
from crewhall.ground import names
from crewhall.ground.groups import group
from crewhall.ground.hall import Hall
from crewhall.ground.ids import UserId
from crewhall.ground.seasons import is_day, is_silent, later
from crewhall.ground.talk import Answer, Card, Decision, Say, Sentence, ToPerson
from crewhall.ground.worn import hat_of, hats, wearers
from crewhall.life.hats.days import day_of, said
from crewhall.life.hats.dropping import dropped, last_key
from crewhall.life.hats.facts import HatRenewed, HatRotating, TermAsked
from crewhall.life.hats.fit import is_last_key, may_offer, present, wanted
from crewhall.life.hats.known import Term, term_of, understudies, writes
from crewhall.life.hats.words import about, people

TERM: Final = "hats.term"
RENEW: Final = "🔁"
ROTATE: Final = "🤝"
DROP: Final = "🍂"
MOST: Final = 3
"""How often somebody is asked at the end of a term."""
_AGAIN = timedelta(weeks=3)


def is_over(term: Term) -> bool:
    """Return whether a term has ended and its wearer has said nothing to all the questions."""
    return term.asked >= MOST and term.rotating is None


def asking(hall: Hall, now: datetime) -> Iterable[tuple[str, Decision]]:
    """Return the questions that are due, each with the cause by which it is asked once."""
    if is_silent(hall.charter, now) or not is_day(hall.charter, now):
        return
    for hat in hats(hall):
        for person in sorted(wearers(hall, hat.key)):
            term = term_of(hall, hat, person)
            if _is_due(hall, person, term, now):
                n = term.asked + 1
                name = names.digest(f"{hat.key}:{person}:{term.until.isoformat()}")
                fact = TermAsked(hat.key, person, term.until, n)
                says = (_ask(hall, hat, person, term, n),)
                yield f"hats:term:{name}:{n}", Decision(facts=writes(hall, fact), says=says)


def answered(hall: Hall, reacted: Answer) -> Decision | None:
    """Take the answer to a term's question; one about a term that is no longer the wearer's is nothing."""
    *_, key, until, _ = reacted.card.subject.split("/")
    hat, person = hat_of(hall, key), reacted.person
    if hat is None or person not in wearers(hall, key):
        return None
    term = term_of(hall, hat, person)
    if not term.asked or until != _mark(term):
        return None
    match reacted.choice:
        case "🔁":
            return _renewed(hall, hat, reacted)
        case "🤝" if term.rotating is None:
            facts = writes(hall, HatRotating(key, person))
            return Decision(facts=facts, says=(_again(reacted, handing_over(hall, hat, person, reacted.at)),))
        case "🍂" if is_last_key(hall, hat, person):
            return Decision(says=(Say(ToPerson(person), last_key(hall, hat)),))
        case "🍂":
            decision = dropped(hall, hat, reacted)
            gone = _again(reacted, Sentence("hat-dropped", {"hat": hat.name}))
            return replace(decision, says=(gone, *decision.says))
        case _:
            return None


def handing_over(hall: Hall, hat: Hat, person: UserId, at: datetime) -> Sentence:
    """Return what there is to hand over with a hat, and how it is handed on."""
    lines = [
        *about(hall, hat),
        *with_whom(hall, hat, person, day_of(hall.charter, at)),
        way(hall, hat, person),
    ]
    return Sentence("hat-rotating", {"hat": hat.name, "lines": tuple(lines), "count": wanted(hat)})


def with_whom(hall: Hall, hat: Hat, person: UserId, day: date) -> Iterable[Sentence]:
    """Return who else wears a hat on a day, and who is its understudy."""
    others = present(hall, hat, day, person)
    if others:
        yield Sentence("hat-others", {"people": people(others)})
    if len(others) < wanted(hat):
        yield Sentence("hat-others-few", {"count": len(others), "wanted": wanted(hat)})
    if learning := understudies(hall, hat.key):
        yield Sentence("hat-understudies", {"people": people(learning)})


def way(hall: Hall, hat: Hat, person: UserId) -> Sentence:
    """Return how a wearer can bring a hat to somebody else."""
    if may_offer(hall, hat, person):
        return Sentence("hat-way-offer", {"hat": hat.name})
    return Sentence("hat-way-ask", {"hat": hat.name, "who": group(hall, hat.given.by)})


def _is_due(hall: Hall, person: UserId, term: Term, now: datetime) -> bool:
    if now < term.until or term.asked >= MOST or term.rotating is not None:
        return False
    if person in hall.resting or person in hall.shut_out:
        return False
    return term.asked_at is None or now >= term.asked_at + _AGAIN


def _ask(hall: Hall, hat: Hat, person: UserId, term: Term, n: int) -> Say:
    until = said(day_of(hall.charter, term.until))
    months = hat.term_months
    if n == 1:
        text = Sentence("hat-term-card", {"hat": hat.name, "until": until, "months": months})
    else:
        text = Sentence("hat-term-again", {"hat": hat.name, "until": until, "months": months})
    card = Card(TERM, f"{hall.key}/hats/{hat.key}/{_mark(term)}/{n}", (RENEW, ROTATE, DROP))
    return Say(ToPerson(person), text, must=n == 1, card=card)


def _renewed(hall: Hall, hat: Hat, reacted: Answer) -> Decision:
    until = later(reacted.at, hat.term_months)
    text = Sentence("hat-renewed", {"hat": hat.name, "until": said(day_of(hall.charter, until))})
    facts = writes(hall, HatRenewed(hat.key, reacted.person, until))
    return Decision(facts=facts, says=(_again(reacted, text),))


def _again(reacted: Answer, text: Sentence) -> Say:
    """Bring the card to what was answered."""
    return Say(ToPerson(reacted.person), text, card=reacted.card)


def _mark(term: Term) -> str:
    return f"{term.until:%Y%m%d%H%M}"
