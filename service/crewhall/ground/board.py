"""Decides whether news from outside may be told in a community's room now: the room, the hour, how many.

Nobody asked for what comes from outside, so it keeps to the day, leaves quiet days quiet, and is never much.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Final, Literal

from crewhall.charter.model import Charter
from crewhall.ground import ids
from crewhall.ground.hall import Hall, House
from crewhall.ground.ids import RoomKey, RungKey
from crewhall.ground.seasons import is_day, is_silent, local

MOST_A_DAY: Final = 3
"""New messages a day from one source."""

Hindrance = Literal["", "missing", "sealed"]


def place_of(hall: Hall, named: str) -> RoomKey:
    """Return the room that a charter names by its key, or as ``rung/room``."""
    rung, _, name = named.rpartition("/")
    return ids.rung_room(hall.key, RungKey(rung), name) if rung else ids.place(hall.key, name)


def hindrance(house: House, hall: Hall, named: str) -> Hindrance:
    """Return why nothing can be told in a room: it is not there (yet), or somebody encrypted it."""
    key = place_of(hall, named)
    if key in hall.sealed:
        return "sealed"
    return "" if key in house.rooms else "missing"


def is_time(charter: Charter, now: datetime) -> bool:
    """Return whether it is day in the community, and none of the quiet days before a season."""
    return is_day(charter, now) and not is_silent(charter, now)


def today(charter: Charter, now: datetime, told: Iterable[datetime]) -> int:
    """Return how many of these instants are of today by the community's clock."""
    day = local(charter, now).date()
    return sum(local(charter, one).date() == day for one in told)
