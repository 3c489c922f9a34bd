"""Decides what time makes due about links: an end, a review, who speaks for us, what follows an end."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from crewhall.door import Answer, Decision, Hall, Say, Sentence, among, awake, belongs
from crewhall_bridges.sister.asking import contacts, deciders, settled
from crewhall_bridges.sister.bond import SISTERS, Link, links, writes
from crewhall_bridges.sister.cards import REVIEW, YES, review
from crewhall_bridges.sister.facts import (
    ContactsChanged,
    LetterboxShut,
    LinkKept,
    LinkLetGo,
    ReviewAsked,
)
from crewhall_bridges.sister.naming import review_day

BEFORE: Final = timedelta(days=14)
"""How long before a review day it is asked whether the link shall go on."""
LINGERS: Final = timedelta(days=30)
"""How long what has ended stays: a sister that was away must find it, and somebody may begin anew."""


def due(hall: Hall, now: datetime) -> Iterable[tuple[str, Decision]]:
    """Return what time has made due, with the cause by which it happens once."""
    for link in links(hall):
        at = f"sister:{hall.key}:{link.mark}"
        if link.question is not None and (decision := settled(hall, link, now)) is not None:
            yield f"{at}:settled:{link.question.mark}", decision
        if _is_let_go(link, now):
            yield f"{at}:let-go:{link.ended}", Decision(writes(hall, LinkLetGo(link.mark)))
        if _is_done(link, now):
            yield f"{at}:shut:{link.box}:{link.ended}", Decision(writes(hall, LetterboxShut(link.mark)))
        if link.ours.ended or not link.ours.agreed:
            continue
        if link.ours.contacts and (speak := contacts(hall, link.ours.contacts)) != link.ours.contacts:
            changed = ContactsChanged(link.mark, speak)
            yield f"{at}:contacts:{link.ours.seq}", Decision(writes(hall, changed))
        if _is_due(link, now):
            yield f"{at}:review:{link.ours.until}", _ask(hall, link)


def answer(hall: Hall, reacted: Answer) -> Decision | None:
    """Take the yes to a review, also when the link rests already."""
    link, day = _reviewed(hall, reacted)
    if link is None or reacted.choice != YES or day != link.ours.until.isoformat():
        return None
    if link.ours.ended or not belongs(hall, reacted.person, deciders(hall)):
        return None
    until = review_day(hall, reacted.at)
    text = Sentence("sister-kept", {"sister": link.called, "day": until.isoformat()})
    card = review(hall, link, link.reviewers, text, day)
    return Decision(writes(hall, LinkKept(link.mark, reacted.person, until)), card)


def _is_let_go(link: Link, now: datetime) -> bool:
    """Return whether a link that the sister has ended is to be ended here, too: nobody wants it back."""
    if link.ours.ended or link.ended is None or now - link.ended < LINGERS:
        return False
    return not link.waits or now.date() > link.ours.until


def _is_done(link: Link, now: datetime) -> bool:
    """Return whether our letterbox has been read for the last time.

    A sister that never showed that it knows finds it until the day on which it rests for it, too.
    """
    if link.shut or not link.ours.ended or link.ended is None or now - link.ended < LINGERS:
        return False
    return (link.over is not None and now - link.over >= LINGERS) or now.date() > link.ours.until


def _is_due(link: Link, now: datetime) -> bool:
    return now.date() >= link.ours.until - BEFORE and link.asked_review != link.ours.until


def _ask(hall: Hall, link: Link) -> Decision:
    group, until = deciders(hall), link.ours.until
    people = awake(hall, group) or among(hall, group)
    text = Sentence("sister-review", {"sister": link.called, "day": until.isoformat()})
    says: tuple[Say, ...] = review(hall, link, people, text, until.isoformat())
    return Decision(writes(hall, ReviewAsked(link.mark, until, people)), says)


def _reviewed(hall: Hall, reacted: Answer) -> tuple[Link | None, str]:
    if reacted.card.kind != REVIEW:
        return None, ""
    _, _, rest = reacted.card.subject.partition("/sister/")
    mark, _, day = rest.partition("/")
    return SISTERS.of(hall).links.get(mark), day
