"""Takes a community out as documented JSON, so that another hall can begin with it."""

from collections.abc import Sequence
from datetime import datetime

import yaml
from pydantic import TypeAdapter

from crewhall import __version__
from crewhall.errors import Misconfigured
from crewhall.exporting.form import CrewKept, Decided, Export, Room, Standing
from crewhall.ground import ids
from crewhall.ground.facts import Recorded, hall_of_stream
from crewhall.ground.hall import House
from crewhall.ground.ids import CommunityKey
from crewhall.ground.worn import KEYS
from crewhall.life.crews.crew import CREWS


def export(house: House, records: Sequence[Recorded], community: CommunityKey, at: datetime) -> Export:
    """Return a community with all that was recorded of it. Raises `Misconfigured` if there is none such."""
    hall = house.halls.get(community)
    if hall is None:
        known = ", ".join(sorted(house.halls)) or "none"
        raise Misconfigured(
            f"There is no community {community} here: those that can be exported are {known}."
        )
    hats = hall.hats.set(KEYS, hall.keyholders)
    everywhere = (hall.inside, *hall.standing.values(), *hats.values())
    people = tuple(
        Standing(
            person=person,
            inside_since=hall.inside[person].since if person in hall.inside else None,
            rungs={k: there[person].since for k, there in sorted(hall.standing.items()) if person in there},
            hats={k: there[person].since for k, there in sorted(hats.items()) if person in there},
        )
        for person in sorted({person for there in everywhere for person in there})
    )
    crews = tuple(
        CrewKept(
            key=key,
            name=crew.name,
            private=crew.private,
            listed=crew.listed,
            since=crew.since,
            ended=crew.ended,
            seats=tuple(sorted(crew.seats)),
            leaves=tuple(sorted(crew.opened)),
        )
        for key, crew in sorted(CREWS.of(hall).all.items())
    )
    charter = hall.charter.model_copy(update={"founders": ()})
    told = charter.model_dump(mode="json", exclude_defaults=True)
    return Export(
        crewhall=__version__,
        at=at,
        community=community,
        founded=hall.founded,
        charter=charter,
        charter_yaml=yaml.safe_dump(told, sort_keys=False, allow_unicode=True),
        rooms=tuple(_rooms(house, community)),
        people=people,
        crews=crews,
        decisions=tuple(_decided(r) for r in records if hall_of_stream(r.stream) == community),
    )


def _rooms(house: House, community: CommunityKey) -> list[Room]:
    return [
        Room(key=key, room=house.rooms[key].room, version=house.rooms[key].version)
        for key in sorted(house.rooms)
        if ids.hall_of(key) == community
    ]


def _decided(record: Recorded) -> Decided:
    body = TypeAdapter(type(record.fact)).dump_python(record.fact, mode="json")
    return Decided(at=record.at, stream=record.stream, kind=type(record.fact).__name__, body=body)


__all__ = ["Export", "export"]
