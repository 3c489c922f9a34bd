"""Answers ``!what do you know about me``: privately, everything that is kept, and what is not."""

import re
from collections.abc import Iterator
from datetime import timedelta
from math import ceil
from typing import Final

from crewhall import house as rules
from crewhall.ground.hall import House
from crewhall.ground.ids import UserId
from crewhall.ground.talk import Arguments, Asked, Decision, Outcome, Reply, Say, Sentence, ToPerson, Usage

WHAT: Final = "!what do you know about me"
_ASKS: Final = frozenset(WHAT[1:].split())
_NOBODY: Final = UserId("@:invalid")


def what(house: House, asked: Asked, given: Arguments) -> Outcome:
    """Tell what is kept about the asker, to them alone."""
    if given.people or not _ASKS.issuperset(word.casefold().rstrip("?") for word in given.words):
        return Usage(WHAT)
    text = Sentence("told", {"lines": tuple(_known(house, asked.person))})
    if asked.place is None:
        return Decision(says=(Say(Reply(), text),))
    return Decision(says=(Say(ToPerson(asked.person), text),), ack="✅")


def _known(house: House, person: UserId) -> Iterator[Sentence]:
    yield Sentence("know-address", {"address": str(person)})
    for _, hall in sorted(house.halls.items()):
        mine, nobodys = (
            [line for one in rules.CAPABILITIES for line in one.me(hall, who)] for who in (person, _NOBODY)
        )
        if person in hall.inside or mine != nobodys:
            yield from mine
    if (naming := house.naming.get(person)) is not None:
        kinds = tuple(f"{_words(kind)} ({count})" for kind, count in sorted(naming.records.items()))
        if kinds:
            yield Sentence("know-records", {"count": sum(naming.records.values()), "kinds": kinds})
        else:
            yield Sentence("know-no-records")
        if naming.waiting:
            yield Sentence("know-waiting", {"count": naming.waiting})
    terms = house.terms
    private, closed = _days(terms.private), _days(terms.closed)
    yield Sentence("know-terms", {"private": private, "closed": closed})
    yield Sentence("know-not")
    yield Sentence("know-forget")


def _days(term: timedelta) -> int:
    return max(1, ceil(term / timedelta(days=1)))


def _words(kind: str) -> str:
    """Return a record's kind as words: ``SeatTaken`` is a seat taken."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", kind).casefold()
