"""Tells a person where they stand, what it opens, and why a door of the community is open or closed."""

from collections.abc import Iterable

from immutables import Map

from crewhall.charter.model import Rung
from crewhall.ground import ids
from crewhall.ground.hall import Hall
from crewhall.ground.ids import RoomKey, RungKey, UserId
from crewhall.ground.ladder import next_of
from crewhall.ground.talk import RoomLink, Sentence
from crewhall.life.standing.rights import rights, rights_there, writers


def me(hall: Hall, person: UserId) -> Iterable[Sentence]:
    """Return where `person` stands, since when and how, what it opens and what may come next."""
    community = RoomLink(ids.root(hall.key), hall.charter.name)
    if (here := hall.inside.get(person)) is not None:
        yield Sentence("me-inside", {"community": community, "since": here.since})
    elif (gone := hall.left.get(person)) is not None:
        yield Sentence("me-left", {"community": hall.charter.name, "since": gone.since})
    elif person not in hall.guests:
        yield Sentence("me-outside", {"community": hall.charter.name})
    if (key := hall.keyholders.get(person)) is not None:
        yield Sentence("me-keyholder", {"community": hall.charter.name, "since": key.since})
    for rung in hall.charter.rungs:
        stood = hall.standing.get(RungKey(rung.key), Map()).get(person)
        if stood is not None:
            yield Sentence("me-rung", {"rung": _space(hall, rung), "since": stood.since})
    if opened := tuple(_opened(hall, person)):
        yield Sentence("me-opens", {"rooms": opened})
    yield from rights(hall, person)
    if (step := next_of(hall, person)) is not None:
        yield Sentence("me-next", {"rung": step.name})
        if step.asks:
            yield Sentence("me-next-asks", {"rung": step.name, "asks": step.asks})


def why(hall: Hall, person: UserId, place: RoomKey) -> Iterable[Sentence]:
    """Return why `person` can or cannot be in a room of the community, and what they may do there.

    By which door guests are in is told where guests are cared for.
    """
    if person not in hall.guests:
        yield from _why(hall, person, place)
    yield from rights_there(hall, person, place)


def _why(hall: Hall, person: UserId, place: RoomKey) -> Iterable[Sentence]:
    match place.split("/")[1:]:
        case []:
            return _why_root(hall, person)
        case ["crews"]:
            return _why_place(hall, person, hall.charter.crews.name)
        case ["place", name]:
            return tuple(
                sentence
                for found in hall.charter.places
                if found.key == name
                for sentence in (*_why_place(hall, person, found.name), *writers(hall, place, found))
            )
        case ["rung", name, *rest]:
            return tuple(
                sentence
                for rung in hall.charter.rungs
                if rung.key == name
                for sentence in (
                    _why_rung_room(hall, person, rung, rest[0]) if rest else _why_rung(hall, person, rung)
                )
            )
        case _:
            return ()


def _opened(hall: Hall, person: UserId) -> Iterable[RoomLink]:
    if person in hall.inside:
        yield from (RoomLink(ids.place(hall.key, place.key), place.name) for place in hall.charter.places)
    for rung in hall.charter.rungs:
        if hall.reaches(person, rung.key):
            for room in rung.rooms:
                yield RoomLink(ids.rung_room(hall.key, RungKey(rung.key), room.key), room.name)


def _why_root(hall: Hall, person: UserId) -> Iterable[Sentence]:
    name = hall.charter.name
    if (here := hall.inside.get(person)) is not None:
        yield Sentence("why-inside", {"community": name, "since": here.since})
    elif (gone := hall.left.get(person)) is not None:
        yield Sentence("me-left", {"community": name, "since": gone.since})
    match hall.charter.door.join:
        case "invite":
            yield Sentence("why-door-invite", {"community": name})
        case "knock":
            yield Sentence("why-door-knock", {"community": name})
        case "public":
            yield Sentence("why-door-public", {"community": name})


def _why_place(hall: Hall, person: UserId, room: str) -> Iterable[Sentence]:
    name = hall.charter.name
    if (here := hall.inside.get(person)) is not None:
        yield Sentence("why-place-open", {"room": room, "community": name, "since": here.since})
    else:
        yield Sentence("why-place-closed", {"room": room, "community": name})


def _why_rung(hall: Hall, person: UserId, rung: Rung) -> Iterable[Sentence]:
    key = RungKey(rung.key)
    if (stood := hall.standing.get(key, Map()).get(person)) is not None:
        yield Sentence("why-rung-stands", {"rung": rung.name, "since": stood.since})
    elif (gone := hall.stepped_down.get(key, Map()).get(person)) is not None:
        yield Sentence("why-rung-left", {"rung": rung.name, "since": gone.since})
    else:
        yield Sentence("why-rung-closed", {"rung": rung.name})


def _why_rung_room(hall: Hall, person: UserId, rung: Rung, room: str) -> Iterable[Sentence]:
    place = next((p for p in rung.rooms if p.key == room), None)
    if place is None:
        return
    own = hall.rung_of(person)
    if own is not None and hall.reaches(person, rung.key):
        deepest = next(r for r in hall.charter.rungs if r.key == own)
        since = hall.standing[own][person].since
        yield Sentence("why-rung-room-open", {"room": place.name, "rung": deepest.name, "since": since})
    else:
        yield Sentence("why-rung-room-closed", {"room": place.name, "rung": rung.name})
        if (gone := hall.stepped_down.get(RungKey(rung.key), Map()).get(person)) is not None:
            yield Sentence("why-rung-left", {"rung": rung.name, "since": gone.since})
    yield from writers(hall, ids.rung_room(hall.key, RungKey(rung.key), room), place)


def _space(hall: Hall, rung: Rung) -> RoomLink:
    return RoomLink(ids.rung(hall.key, RungKey(rung.key)), rung.name)
