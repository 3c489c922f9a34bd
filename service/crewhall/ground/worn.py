"""Hats that people wear and leaves that their crews have open: put on, taken off, and where they count.

What somebody once had is remembered as `Hall.gone`, so that a level given with it can be taken back.
"""

from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from immutables import Map

from crewhall.charter.model import Hat
from crewhall.ground import ids
from crewhall.ground.hall import Hall, Presence
from crewhall.ground.ids import RoomKey, RungKey, UserId

KEYS: Final = "keys"
"""The hat of the keyholders; every charter has it, named or not."""

_People = Map[UserId, Presence]


def hat_of(hall: Hall, key: str) -> Hat | None:
    """Return what the charter says of a hat; that of the keyholders is there, named or not."""
    found = next((hat for hat in hall.charter.hats if hat.key == key), None)
    if found is None and key == KEYS:
        return Hat(key=KEYS, name="Keys", about="Holds the keys of the community's space.", holders=2)
    return found


def hats(hall: Hall) -> tuple[Hat, ...]:
    """Return all hats there are, the keyholders' first."""
    keys = hat_of(hall, KEYS)
    others = tuple(hat for hat in hall.charter.hats if hat.key != KEYS)
    return (keys, *others) if keys is not None else others


def wearers(hall: Hall, key: str) -> Map[UserId, Presence]:
    """Return who wears a hat, and since when."""
    return hall.keyholders if key == KEYS else hall.hats.get(key, Map())


def put_on(hall: Hall, key: str, person: UserId, here: Presence) -> Hall:
    """Return the hall in which somebody wears a hat."""
    hall = _remembered(hall, f"hat:{key}", person, None)
    worn = wearers(hall, key).set(person, here)
    return replace(hall, keyholders=worn) if key == KEYS else replace(hall, hats=hall.hats.set(key, worn))


def take_off(hall: Hall, key: str, person: UserId, here: Presence) -> Hall:
    """Return the hall in which somebody no longer wears a hat."""
    worn = _without(wearers(hall, key), person)
    hall = _remembered(hall, f"hat:{key}", person, here)
    return replace(hall, keyholders=worn) if key == KEYS else replace(hall, hats=hall.hats.set(key, worn))


def with_leaf(hall: Hall, key: str, people: Map[UserId, Presence], here: Presence) -> Hall:
    """Return the hall in which exactly these have a crew with that leaf open."""
    for person in hall.leaves.get(key, Map()):
        if person not in people:
            hall = _remembered(hall, f"leaf:{key}", person, here)
    for person in people:
        hall = _remembered(hall, f"leaf:{key}", person, None)
    return replace(hall, leaves=hall.leaves.set(key, people))


def every(hall: Hall) -> Iterable[RoomKey]:
    """Return the community's rooms, spaces before what stands in them; crews' rooms are not among them."""
    yield ids.root(hall.key)
    yield from (ids.place(hall.key, place.key) for place in hall.charter.places)
    for rung in hall.charter.rungs:
        yield from of_rung(hall, rung.key)
    yield ids.crews_space(hall.key)


def of_rung(hall: Hall, key: str) -> Iterable[RoomKey]:
    """Return a rung's space and rooms."""
    for rung in hall.charter.rungs:
        if rung.key == key:
            yield ids.rung(hall.key, RungKey(key))
            yield from (ids.rung_room(hall.key, RungKey(key), room.key) for room in rung.rooms)


def of_hat(hall: Hall, key: str) -> Iterable[RoomKey]:
    """Return the rooms that may have to change when somebody puts a hat on or takes it off."""
    hat = hat_of(hall, key)
    if key == KEYS or hat is None or _writes(hall, key):
        return tuple(every(hall))
    if hat.where:
        return tuple(room for rung in hat.where for room in of_rung(hall, rung))
    return _common(hall)


def of_leaf(hall: Hall, key: str) -> Iterable[RoomKey]:
    """Return the community's rooms that may have to change when a crew opens or closes a leaf."""
    leaf = next((leaf for leaf in hall.charter.crews.leaves if leaf.key == key), None)
    if leaf is None or not (leaf.may or leaf.post):
        return ()
    return (*_common(hall), ids.crews_space(hall.key))


def _common(hall: Hall) -> tuple[RoomKey, ...]:
    places = (ids.place(hall.key, place.key) for place in hall.charter.places)
    return (ids.root(hall.key), *places)


def _writes(hall: Hall, key: str) -> bool:
    """Return whether some room is written in by whoever wears this hat."""
    rooms = (*hall.charter.places, *(room for rung in hall.charter.rungs for room in rung.rooms))
    return any(room.post == key for room in rooms)


def _remembered(hall: Hall, name: str, person: UserId, here: Presence | None) -> Hall:
    had = hall.gone.get(name, Map())
    if here is None:
        return replace(hall, gone=hall.gone.set(name, had.delete(person))) if person in had else hall
    return replace(hall, gone=hall.gone.set(name, had.set(person, here)))


def _without(people: _People, person: UserId) -> _People:
    return people.delete(person) if person in people else people
