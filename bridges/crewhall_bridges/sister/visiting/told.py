"""Tells of visits: hosts see guests and last days, a guest the own, a member the own introductions."""

from collections.abc import Iterator
from typing import Final

from crewhall.door import (
    Arguments,
    Asked,
    Decision,
    Hall,
    House,
    Outcome,
    PersonLink,
    Refusal,
    Reply,
    Say,
    Sentence,
)
from crewhall_bridges.sister.visiting.book import carried, link_of, under_way
from crewhall_bridges.sister.visiting.hosting import may_host

VISITS: Final = "!visits"
MOST: Final = 40
"""Visits that are told of at once."""


def show(house: House, asked: Asked, _given: Arguments) -> Outcome:
    """Show what concerns somebody: guests, if they may host; else only their own."""
    if asked.place is not None:
        return Refusal(Sentence("visit-in-private"))
    lines = [line for _, hall in sorted(house.halls.items()) for line in _lines(hall, asked)]
    if not lines:
        return Decision(says=(Say(Reply(), Sentence("visit-none")),))
    more = (Sentence("visit-more", {"count": len(lines) - MOST}),) if len(lines) > MOST else ()
    text = Sentence("visit-list", {"lines": (*lines[:MOST], *more)})
    return Decision(says=(Say(Reply(), text),))


def _lines(hall: Hall, asked: Asked) -> Iterator[Sentence]:
    name, hosting = hall.charter.name, may_host(hall, asked.person)
    for visit in under_way(hall):
        host, day = PersonLink(visit.host or visit.person), visit.until.isoformat()
        if visit.person == asked.person:
            yield Sentence("visit-line-own", {"community": name, "host": host, "day": day})
        elif hosting or visit.host == asked.person:
            link = link_of(hall, visit.link)
            sister = link.called if link is not None else ""
            person = PersonLink(visit.person)
            yield Sentence("visit-line", {"person": person, "sister": sister, "host": host, "day": day})
    for link, one in carried(hall, asked.person):
        yield Sentence("visit-line-introduction", {"sister": link.called, "day": one.until.isoformat()})
