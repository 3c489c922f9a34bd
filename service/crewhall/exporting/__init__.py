"""Takes a community out as documented JSON, so that another hall can begin with it.

Who is listed in a table that was brought along, and has not come here yet, is told of as it lists them.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime

import yaml
from pydantic import TypeAdapter

from crewhall import __version__
from crewhall.errors import Missing
from crewhall.exporting.form import Decided, Export, Room
from crewhall.exporting.listing import crews_of, people_of
from crewhall.ground import ids
from crewhall.ground.facts import Lapsed, Recorded, hall_of_stream
from crewhall.ground.hall import House
from crewhall.ground.ids import CommunityKey
from crewhall.life.returning.table import RETURNING


def export(house: House, records: Sequence[Recorded], community: CommunityKey, at: datetime) -> Export:
    """Return a community with all that was recorded of it. Raises `Misconfigured` if there is none such."""
    hall = house.halls.get(community)
    if hall is None:
        known = ", ".join(sorted(house.halls)) or "none"
        raise Missing(f"There is no community {community} here: those that can be exported are {known}.")
    charter = hall.charter.model_copy(update={"founders": ()})
    told = charter.model_dump(mode="json", exclude_defaults=True)
    return Export(
        crewhall=__version__,
        at=at,
        community=community,
        founded=RETURNING.of(hall).founded or hall.founded,
        charter=charter,
        charter_yaml=yaml.safe_dump(told, sort_keys=False, allow_unicode=True),
        rooms=tuple(_rooms(house, community)),
        people=people_of(hall),
        crews=crews_of(hall),
        decisions=tuple(_decisions(records, community)),
    )


def _rooms(house: House, community: CommunityKey) -> list[Room]:
    return [
        Room(key=key, room=house.rooms[key].room, version=house.rooms[key].version)
        for key in sorted(house.rooms)
        if ids.hall_of(key) == community
    ]


def _decisions(records: Sequence[Recorded], community: CommunityKey) -> Iterator[Decided]:
    for record in records:
        if hall_of_stream(record.stream) == community and not isinstance(record.fact, Lapsed):
            yield _decided(record)


def _decided(record: Recorded) -> Decided:
    body = TypeAdapter(type(record.fact)).dump_python(record.fact, mode="json")
    return Decided(at=record.at, stream=record.stream, kind=type(record.fact).__name__, body=body)


__all__ = ["Export", "export"]
