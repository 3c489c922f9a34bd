"""Who of another server may ask for a seat in a crew of ours, since the crew has called its sisters."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING

from immutables import Map

from crewhall.ground import ids
from crewhall.ground.ids import RoomKey, UserId

if TYPE_CHECKING:
    from crewhall.ground.hall import Hall


@dataclass(frozen=True, slots=True)
class Welcome:
    """A crew's call: by server, up to which day (UTC) its people can ask (`until`); empty once it is over.

    What it says stays with the crew: which `agreements` hold, and one person a side who takes care (`care`).
    """

    until: Map[str, date] = field(default_factory=Map)
    agreements: str = ""
    care: tuple[UserId, ...] = ()


def calls(hall: "Hall", at: datetime) -> bool:
    """Return whether some crew calls people of sisters at this time."""
    return any(at.date() <= day for welcome in hall.welcome.values() for day in welcome.until.values())


def called(hall: "Hall", person: UserId, at: datetime) -> frozenset[RoomKey]:
    """Return the rooms of the crews in which somebody of another server may ask for a seat at this time."""
    if person in hall.shut_out:
        return frozenset()
    server, day = ids.server(person), at.date()
    return frozenset(
        room for room, welcome in hall.welcome.items() if day <= welcome.until.get(server, date.min)
    )
