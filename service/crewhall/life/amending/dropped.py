"""Decides what becomes of rooms and rungs that the charter has no longer: they close, nobody stands there.

A room that people had before the community adopted it is left to them as it is.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from immutables import Map

from crewhall.charter.model import Charter, Place, Rung
from crewhall.ground import ids
from crewhall.ground.hall import Hall, Presence
from crewhall.ground.ids import CommunityKey, RoomKey, RungKey
from crewhall.ground.ladder import with_one, without
from crewhall.ground.rooms import JoinWish, PowerWish, RoomWish


@dataclass(frozen=True, slots=True)
class Dropped:
    """A room that the charter has no longer, and since when. `decided`: people decided so in chat."""

    name: str
    since: datetime
    space: bool
    decided: bool


def dropped(
    before: Map[RoomKey, Dropped], old: Charter, new: Charter, since: datetime, *, decided: bool
) -> Map[RoomKey, Dropped]:
    """Return the rooms that are no more, with those of a charter that has changed."""
    still = {key for key, _ in _rooms(new)}
    gone = {
        key: Dropped(room.name, since, isinstance(room, Rung), decided)
        for key, room in _rooms(old)
        if key not in still and not (isinstance(room, Place) and room.adopt)
    }
    return Map({key: one for key, one in before.items() if key not in still} | gone)


def cleared(hall: Hall, old: Charter, here: Presence) -> Hall:
    """Return the hall in which nobody stands on, or is asked to, a rung that is no more.

    They count as having stepped down, so that what the rung gave them is taken back.
    """
    now = {rung.key for rung in hall.charter.rungs}
    for rung in (RungKey(rung.key) for rung in old.rungs if rung.key not in now):
        for person in hall.standing.get(rung, Map()):
            hall = replace(
                hall,
                standing=without(hall.standing, rung, person),
                stepped_down=with_one(hall.stepped_down, rung, person, here),
            )
        for person in hall.asked.get(rung, Map()):
            hall = replace(hall, asked=without(hall.asked, rung, person))
    return hall


def closing(hall: Hall, key: RoomKey, gone: Dropped) -> RoomWish:
    """Return such a room as it should be."""
    return RoomWish(
        key=key,
        alias=ids.alias_of(key),
        name=gone.name,
        space=gone.space,
        version=hall.charter.room_version,
        join=JoinWish("invite"),
        powers=PowerWish(),
        why_only=f"{hall.charter.name} has this room no longer.",
        decided=gone.decided,
        closed=True,
    )


def _rooms(charter: Charter) -> Iterator[tuple[RoomKey, Place | Rung]]:
    """Yield the rooms that a charter can drop; a rung's space comes with the rung."""
    hall = CommunityKey(charter.key)
    for place in charter.places:
        yield ids.place(hall, place.key), place
    for rung in charter.rungs:
        yield ids.rung(hall, RungKey(rung.key)), rung
        yield from ((ids.rung_room(hall, RungKey(rung.key), room.key), room) for room in rung.rooms)
