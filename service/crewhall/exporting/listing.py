"""Decides how people and crews are told of in an export: as they are here, or as they came along. Pure.

What came along counts until somebody comes: a person for themselves, a crew's leaves once it asks for one.
"""

from immutables import Map

from crewhall.exporting.form import CrewKept, Standing
from crewhall.ground.hall import Hall, Presence
from crewhall.ground.ids import UserId
from crewhall.ground.worn import KEYS
from crewhall.house.parting import is_nobody
from crewhall.life.crews.crew import CREWS, Crew
from crewhall.life.returning.facts import CrewListed, Listed
from crewhall.life.returning.table import RETURNING


def people_of(hall: Hall) -> tuple[Standing, ...]:
    """Return everybody who stands anywhere, in order of name."""
    everywhere = (hall.inside, *hall.standing.values(), *_hats(hall).values())
    here = {person for there in everywhere for person in there}
    table = RETURNING.of(hall).table
    awaited = {
        person: listed
        for person, listed in (table.people.items() if table is not None else ())
        if person not in hall.inside and person not in hall.left and not is_nobody(person)
    }
    return tuple(
        _listed(hall, awaited[person]) if person in awaited else _standing(hall, person)
        for person in sorted(here | awaited.keys())
    )


def crews_of(hall: Hall) -> tuple[CrewKept, ...]:
    """Return the crews, in order of their keys; those that had ended elsewhere, too."""
    table = RETURNING.of(hall).table
    brought = {crew.key: crew for crew in (table.crews if table is not None else ())}
    own = CREWS.of(hall).all
    return tuple(
        _kept(own[key], brought.get(key)) if key in own else _brought(brought[key])
        for key in sorted(own.keys() | brought.keys())
    )


def _standing(hall: Hall, person: UserId) -> Standing:
    return Standing(
        person=person,
        inside_since=hall.inside[person].since if person in hall.inside else None,
        rungs={k: there[person].since for k, there in sorted(hall.standing.items()) if person in there},
        hats={k: worn[person].since for k, worn in sorted(_hats(hall).items()) if person in worn},
    )


def _hats(hall: Hall) -> Map[str, Map[UserId, Presence]]:
    """Return who wears which hat, the keys among them."""
    return hall.hats.set(KEYS, hall.keyholders)


def _listed(hall: Hall, listed: Listed) -> Standing:
    """Return how somebody came along; a key counts only where they hold it here, too."""
    hats = {hat: since for hat, since in listed.hats if hat != KEYS or listed.person in hall.keyholders}
    if listed.person in hall.keyholders and KEYS not in hats:
        hats[KEYS] = hall.keyholders[listed.person].since
    return Standing(person=listed.person, inside_since=listed.inside, rungs=dict(listed.rungs), hats=hats)


def _kept(crew: Crew, brought: CrewListed | None) -> CrewKept:
    awaited = {p for p in brought.seats if p in crew.offers} if brought is not None else set()
    still = brought is not None and not crew.seats and crew.ended is None
    leaves = brought.leaves if brought is not None and still else sorted(crew.opened)
    return CrewKept(
        key=crew.key,
        name=crew.name,
        private=crew.private,
        listed=crew.listed,
        since=brought.since if brought is not None else crew.since,
        ended=crew.ended,
        seats=tuple(sorted({*awaited, *crew.seats})),
        leaves=tuple(leaves),
    )


def _brought(crew: CrewListed) -> CrewKept:
    return CrewKept(
        key=crew.key,
        name=crew.name,
        private=crew.private,
        listed=crew.listed,
        since=crew.since,
        ended=crew.ended,
        seats=tuple(person for person in crew.seats if not is_nobody(person)),
        leaves=crew.leaves,
    )
