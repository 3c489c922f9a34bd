"""Rungs as people and rooms name them: which is meant, what is above and below, which rooms depend on it."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from immutables import Map

from crewhall.charter.model import Rule, Rung
from crewhall.ground import ids, names
from crewhall.ground.granted import moved_by
from crewhall.ground.hall import ANYONE, Hall, Presence
from crewhall.ground.ids import RoomKey, RungKey, UserId

People = Map[RungKey, Map[UserId, Presence]]


def rung_at(hall: Hall, place: RoomKey) -> RungKey | None:
    """Return the rung whose space this is; ``anyone`` for the community's own."""
    if place == ids.root(hall.key):
        return ANYONE
    return next((key for key in keys(hall) if ids.rung(hall.key, key) == place), None)


def space_of(hall: Hall, rung: RungKey) -> RoomKey:
    """Return the space that being on this rung means being in."""
    return ids.root(hall.key) if rung == ANYONE else ids.rung(hall.key, rung)


def keys(hall: Hall) -> tuple[RungKey, ...]:
    """Return all rungs, the lightest first."""
    return tuple(RungKey(rung.key) for rung in hall.charter.rungs)


def rung_of(hall: Hall, key: str) -> Rung | None:
    """Return what the charter says of a rung, None if there is none of this key (any more)."""
    return next((rung for rung in hall.charter.rungs if rung.key == key), None)


def rule_of(hall: Hall, key: RungKey) -> Rule | None:
    """Return by which rule one comes on to a rung or into the community, None if by hand."""
    if key == ANYONE:
        return hall.charter.door.rule
    rung = rung_of(hall, key)
    return rung.door if rung is not None else None


def called(hall: Hall, key: str) -> str:
    """Return what people call a rung; the community itself for ``anyone``."""
    if key == ANYONE:
        return hall.charter.name
    rung = rung_of(hall, key)
    return rung.name if rung is not None else key


def meant(hall: Hall, words: Sequence[str]) -> RungKey | None:
    """Return the rung that is named by its key or its name, or by the first words of only one name."""
    said = names.looks(names.spoken(" ".join(words)))
    if not said:
        return None
    called_so = [(names.looks(name), key) for key, name in _names(hall)]
    exact = [key for look, key in called_so if look == said]
    near = dict.fromkeys(key for look, key in called_so if look.startswith(said))
    return exact[0] if exact else next(iter(near)) if len(near) == 1 else None


def stands(hall: Hall, person: UserId, rung: RungKey) -> Presence | None:
    """Return since when `person` is in this very space, None if they are not."""
    return hall.inside.get(person) if rung == ANYONE else hall.standing.get(rung, Map()).get(person)


def below(hall: Hall, rung: RungKey) -> RungKey:
    """Return the rung before this one, ``anyone`` before the first."""
    ladder = keys(hall)
    at = ladder.index(rung) if rung in ladder else 0
    return ladder[at - 1] if at else ANYONE


def deeper(hall: Hall, person: UserId, rung: RungKey) -> tuple[RungKey, ...]:
    """Return the rungs beyond this one on which `person` stands."""
    ladder = keys(hall)
    return tuple(key for key in ladder[ladder.index(rung) + 1 :] if stands(hall, person, key))


def next_of(hall: Hall, person: UserId) -> Rung | None:
    """Return the rung after the deepest that `person` stands on; none for people outside."""
    if person not in hall.inside:
        return None
    own, ladder = hall.rung_of(person), keys(hall)
    depth = ladder.index(own) + 1 if own is not None else 0
    return hall.charter.rungs[depth] if depth < len(ladder) else None


def may_come(hall: Hall, person: UserId, rung: RungKey) -> bool:
    """Return whether somebody's coming into the space is their yes, and not past the rule."""
    if person in hall.unwelcome.get(rung, ()):
        return False
    return rule_of(hall, rung) is None or rung == ANYONE or is_awaited(hall, person, rung)


def is_awaited(hall: Hall, person: UserId, rung: RungKey) -> bool:
    """Return whether the keeper invites somebody: by the rule, or as a founder who has not gone out."""
    out = hall.left if rung == ANYONE else hall.stepped_down.get(rung, Map())
    return person in hall.asked.get(rung, ()) or (person in founders(hall) and person not in out)


def founders(hall: Hall) -> tuple[UserId, ...]:
    """Return who has held the keys since the founding; a key that was given later opens no rung."""
    return tuple(person for person, here in hall.keyholders.items() if here.since == hall.founded)


def rooms_of(hall: Hall, key: RungKey, *, down: bool) -> Iterable[RoomKey]:
    """Return the rooms that may have to change when somebody comes on to a rung, or goes down from it."""
    ladder = keys(hall)
    if key not in ladder:
        return
    yield ids.rung(hall.key, key)
    yield from moved_by(hall, f"rung:{key}")
    for rung in hall.charter.rungs[: ladder.index(key) + 1 if down else 0]:
        yield from (ids.rung_room(hall.key, RungKey(rung.key), room.key) for room in rung.rooms)


def listening(hall: Hall, key: RungKey) -> RoomKey | None:
    """Return the first room of a rung, or of the community, in which the keeper hears and asks."""
    if key == ANYONE:
        rooms = [(ids.place(hall.key, place.key), place) for place in hall.charter.places]
    else:
        rung = rung_of(hall, key)
        own = rung.rooms if rung is not None else ()
        rooms = [(ids.rung_room(hall.key, key, place.key), place) for place in own]
    return next((at for at, place in rooms if place.commands and at not in hall.sealed), None)


def with_one(people: People, rung: RungKey, person: UserId, here: Presence) -> People:
    """Return who is where, with one more."""
    return people.set(rung, people.get(rung, Map()).set(person, here))


def without(people: People, rung: RungKey, person: UserId) -> People:
    """Return who is where, with one less."""
    there = people.get(rung, Map())
    return people.set(rung, there.delete(person)) if person in there else people


def answered(hall: Hall, rung: RungKey, person: UserId) -> Hall:
    """Return the hall in which somebody's invitation waits no longer."""
    if person not in hall.asked.get(rung, ()):
        return hall
    return replace(hall, asked=without(hall.asked, rung, person))


def departed(hall: Hall, person: UserId, here: Presence) -> Hall:
    """Return the hall in which all invitations of somebody who went out of the community are taken back."""
    for rung, people in hall.asked.items():
        if person in people:
            hall = replace(hall, asked=without(hall.asked, rung, person))
            if rung != ANYONE:
                unwelcome = with_one(hall.unwelcome, rung, person, here)
                declined = with_one(hall.stepped_down, rung, person, here)
                hall = replace(hall, unwelcome=unwelcome, stepped_down=declined)
    return hall


def _names(hall: Hall) -> Iterable[tuple[RungKey, str]]:
    for rung in hall.charter.rungs:
        yield RungKey(rung.key), rung.name
        yield RungKey(rung.key), rung.key
    yield ANYONE, hall.charter.name
    yield ANYONE, hall.charter.key
