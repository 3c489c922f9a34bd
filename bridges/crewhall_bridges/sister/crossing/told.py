"""Tells of seats in crews of sisters: ``!calls`` lists them, ``!calls ask`` tells how to ask for one."""

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from immutables import Map

from crewhall.door import (
    Arguments,
    Asked,
    Decision,
    Hall,
    Outcome,
    PersonLink,
    Refusal,
    Reply,
    Say,
    Sentence,
    Usage,
    ids,
    names,
)
from crewhall_bridges.sister.bond import Link, is_open, links
from crewhall_bridges.sister.crossing.book import CALLS, CREWS, Stated

CALLS_SHOWN: Final = "!calls"
ASK: Final = "!calls ask NAME"
MOST: Final = 20
"""Calls that are told of at once."""


def show(hall: Hall, asked: Asked, given: Arguments) -> Outcome:
    """List the crews of linked communities that offer seats to our people."""
    if given.words or given.people:
        return Usage(CALLS_SHOWN)
    found = list(offered(hall, asked.at))
    if not found:
        return _reply(Sentence("crossing-no-calls"))
    lines = [_line(link, call) for link, call in found[:MOST]]
    if len(found) > MOST:
        lines.append(Sentence("crossing-more", {"count": len(found) - MOST}))
    return _reply(Sentence("crossing-calls", {"lines": tuple(lines)}))


def how(hall: Hall, asked: Asked, given: Arguments) -> Outcome:
    """Tell somebody how they ask for such a seat themselves: nobody's name crosses by machine."""
    if not given.words or given.people:
        return Usage(ASK)
    name = names.spoken(" ".join(given.words))
    same = [
        (link, call) for link, call in offered(hall, asked.at) if names.looks(call.name) == names.looks(name)
    ]
    if not same:
        return Refusal(Sentence("crossing-unknown", {"name": name[: names.LONGEST]}))
    if asked.person not in hall.inside or asked.person in hall.guests:
        return Refusal(Sentence("crossing-own-people", {"community": hall.charter.name}))
    if ids.server(asked.person) != ids.server(asked.me):
        return Refusal(Sentence("crossing-introduced", {"server": ids.server(asked.me)}))
    return Decision(says=tuple(Say(Reply(), _how(link, call)) for link, call in same[:MOST]))


def offered(hall: Hall, now: datetime) -> Iterator[tuple[Link, Stated]]:
    """Yield the calls of sisters that are open to our people now, by sister and name."""
    yield from ((link, call) for link, _, call in marked(hall, now))


def marked(hall: Hall, now: datetime) -> Iterator[tuple[Link, str, Stated]]:
    """Yield them with their marks."""
    for link in links(hall):
        if not is_open(link, "in", CREWS, now):
            continue
        there: Map[str, Stated] = CALLS.of(hall).theirs.get(link.mark, Map())
        for mark, call in sorted(there.items(), key=lambda one: (one[1].name.casefold(), one[0])):
            if not call.closed and call.seats > 0 and call.until >= now.date():
                yield link, mark, call


def _line(link: Link, call: Stated) -> Sentence:
    return Sentence(
        "crossing-line",
        {"crew": call.name, "sister": link.called, "free": call.seats, "day": call.until.isoformat()},
    )


def _how(link: Link, call: Stated) -> Sentence:
    lines = (Sentence("crossing-agreements", {"text": call.agreements}),) if call.agreements else ()
    return Sentence(
        "crossing-how",
        {
            "crew": call.name,
            "keeper": PersonLink(link.keeper),
            "line": f"!crew ask {call.name}",
            "contact": PersonLink(call.contact),
            "sister": link.called,
            "lines": lines,
        },
    )


def _reply(text: Sentence) -> Decision:
    return Decision(says=(Say(Reply(), text),))
