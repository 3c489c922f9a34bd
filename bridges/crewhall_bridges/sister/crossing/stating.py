"""States our crews' calls in the letterboxes of the sisters that they call; reads those of sisters. Pure."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from typing import Final

from crewhall.door import Content, Decision, Fact, Hall, Recorded, RoomKey, RoomSeen, ids
from crewhall_bridges.sister import wire
from crewhall_bridges.sister.bond import Link, letterbox
from crewhall_bridges.sister.crossing.book import CALLS, Call, Stated, link_of, stream_of, writes
from crewhall_bridges.sister.crossing.facts import SisterCalls
from crewhall_bridges.sister.crossing.fold import MOST_CHANGES

MOST_KNOWN: Final = 40
"""Calls of one sister that are kept in mind."""
FARTHEST: Final = timedelta(days=180)
"""How long a sister's call is believed to last at most."""
A_DAY: Final = timedelta(days=1)


def calls(hall: Hall, link: Link) -> dict[tuple[str, str], Content]:
    """Return what we state to a sister of seats in our crews."""
    type_ = wire.event_type("call")
    stated = ((call.mark, call.sides[link.mark]) for call in _towards(hall, link.mark))
    return {(type_, mark): statement(link, side) for mark, side in stated}


def statement(link: Link, side: Stated) -> Content:
    """Return one call as it is stated."""
    return {
        "v": wire.VERSION,
        "seq": side.seq,
        "to": link.keeper,
        "name": side.name,
        "agreements": side.agreements,
        "seats": side.seats,
        "until": side.until.isoformat(),
        "contact": side.contact,
        "closed": side.closed,
    }


def touched(hall: Hall, recorded: Recorded) -> Iterable[RoomKey]:
    """Return the letterboxes that may have to change after a record about calls."""
    if recorded.stream != stream_of(hall) or isinstance(recorded.fact, SisterCalls):
        return ()
    mark = getattr(recorded.fact, "call", "")
    marks = {to for call in CALLS.of(hall).ours.values() if call.mark == mark for to in call.sides}
    there = (link_of(hall, one) for one in sorted(marks))
    return tuple(letterbox(hall, link) for link in there if link is not None)


def heard(hall: Hall, link: Link, seen: RoomSeen, now: datetime) -> Decision | None:
    """Return what follows from the calls in a sister's letterbox, which has been found to be in order."""
    lately = CALLS.of(hall).lately.get(link.mark, ())
    if len(lately) >= MOST_CHANGES and now - lately[0] < A_DAY:
        return None
    facts = tuple(_news(hall, link, seen, now))
    return Decision(writes(hall, *facts)) if facts else None


def _news(hall: Hall, link: Link, seen: RoomSeen, now: datetime) -> Iterator[Fact]:
    there = {
        call: one for call, one in CALLS.of(hall).theirs.get(link.mark, {}).items() if one.until >= now.date()
    }
    room = MOST_KNOWN - len(there)
    for (type_, key), slot in sorted(seen.statements.items()):
        if wire.kind_of(type_) != "call" or slot.sender != link.keeper or not _fits(key):
            continue
        known, told = there.get(key), wire.read("call", slot.content)
        if not isinstance(told, wire.Call) or not _believed(link, told, now):
            continue
        if known is None:
            if told.closed or room <= 0:
                continue
            room -= 1
        elif told.seq <= known.seq:
            continue
        until = min(date.fromisoformat(told.until), now.date() + FARTHEST)
        yield SisterCalls(
            link.mark,
            key,
            told.seq,
            told.name,
            told.agreements or "",
            told.seats,
            until,
            told.contact,
            told.closed,
        )


def _believed(link: Link, told: wire.Call, now: datetime) -> bool:
    """Return whether a call is for us and still on; a sister does not speak for people of our server."""
    ours = ids.server(link.me)
    is_on = date.fromisoformat(told.until) >= now.date()
    return told.to == link.me and is_on and ids.server(told.contact) != ours


def _fits(key: str) -> bool:
    return len(key) <= 40 and ids.KEY.match(key) is not None  # noqa: PLR2004 - as in PROTOCOL.md


def _towards(hall: Hall, mark: str) -> Iterator[Call]:
    for _, call in sorted(CALLS.of(hall).ours.items()):
        if mark in call.sides:
            yield call
