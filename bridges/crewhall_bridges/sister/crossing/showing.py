"""Decides when a sister's call is told to our people: once, quietly, by day, in the room where it belongs."""

from collections.abc import Iterable
from datetime import datetime

from immutables import Map

from crewhall.door import Decision, Hall, RoomKey, Say, Sentence, ToRoom, board, ids
from crewhall_bridges.sister.bond import Link
from crewhall_bridges.sister.cards import room_at
from crewhall_bridges.sister.crossing.book import CALLS, Stated, writes
from crewhall_bridges.sister.crossing.facts import CallTold
from crewhall_bridges.sister.crossing.told import marked

EVERYBODY = "everyone"


def due(hall: Hall, now: datetime) -> Iterable[tuple[str, Decision]]:
    """Return the next call that is to be told; the others follow, a few of each sister a day."""
    at = room_of(hall)
    if at is None or not board.is_time(hall.charter, now):
        return
    for link, mark, call in marked(hall, now):
        told = CALLS.of(hall).told.get(link.mark, Map())
        if mark in told or board.today(hall.charter, now, told.values()) >= board.MOST_A_DAY:
            continue
        cause = f"sister-call:{hall.key}:told:{link.mark}:{mark}:{CALLS.of(hall).version}"
        yield cause, Decision(writes(hall, CallTold(link.mark, mark)), (Say(ToRoom(at), _text(link, call)),))
        return  # one at a time: each is decided on what is known by then


def room_of(hall: Hall) -> RoomKey | None:
    """Return where calls are told: the charter's room, or else the first where all read and write."""
    named = hall.charter.sisters.calls
    if named:
        return room_at(hall, named)
    open_ = [place for place in hall.charter.places if place.post == EVERYBODY] or hall.charter.places
    found = (ids.place(hall.key, place.key) for place in open_)
    return next((key for key in found if key not in hall.sealed), None)


def _text(link: Link, call: Stated) -> Sentence:
    return Sentence(
        "crossing-told",
        {
            "crew": call.name,
            "sister": link.called,
            "free": call.seats,
            "day": call.until.isoformat(),
            "line": f"!calls ask {call.name}",
        },
    )
