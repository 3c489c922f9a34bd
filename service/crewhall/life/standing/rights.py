"""Tells what somebody may do in which rooms and through what, and who writes where not everybody may."""

from collections.abc import Iterable, Sequence
from typing import Final

from immutables import Map

from crewhall.charter.grants import EVERYONE
from crewhall.charter.model import Place, Right
from crewhall.ground import ids
from crewhall.ground.granted import Held, given, rights_in
from crewhall.ground.groups import KEYHOLDERS, group
from crewhall.ground.hall import Hall
from crewhall.ground.ids import RoomKey, RungKey, UserId
from crewhall.ground.ladder import called
from crewhall.ground.talk import RoomLink, Sentence, Value
from crewhall.ground.worn import every, hat_of

LEAF: Final = "leaf:"


def rights(hall: Hall, person: UserId) -> Iterable[Sentence]:
    """Return what somebody may do beyond what everybody may; one line for all rooms where it is the same."""
    found: dict[tuple[str, tuple[Right, ...], bool], list[RoomKey]] = {}
    for room in every(hall):
        for one in _held(hall, person, room):
            found.setdefault((one.source, one.rights, one.by_hand), []).append(room)
    for (source, allowed, by_hand), keys in found.items():
        yield _line(hall, Held(keys[0], source, allowed, by_hand), keys)


def rights_there(hall: Hall, person: UserId, room: RoomKey) -> Iterable[Sentence]:
    """Return what somebody may do in one room, as far as others may hear it."""
    return (_line(hall, one, (room,)) for one in _held(hall, person, room) if not one.source.startswith(LEAF))


def writers(hall: Hall, key: RoomKey, place: Place) -> Iterable[Sentence]:
    """Return who writes in a room where not everybody may."""
    if place.post == EVERYONE:
        return
    here = [grant for grant in given(hall, key) if grant.right is not None]
    named = {grant.source for grant in here if grant.way == "post" and not grant.source.startswith(LEAF)}
    others = dict.fromkeys(grant.source for grant in here if grant.source not in named)
    who = [group(hall, name) for name in dict.fromkeys((KEYHOLDERS, place.post))]
    who += [_those(hall, source) for source in others]
    yield Sentence("why-write", {"room": place.name, "who": _together(who)})


def _held(hall: Hall, person: UserId, room: RoomKey) -> Iterable[Held]:
    """Return what somebody holds in a room, but for what they hold through something else as well."""
    if not _is_open(hall, person, room):
        return
    left = list(rights_in(hall, person, room))
    for one in tuple(left):
        if any(other is not one and set(one.rights) <= set(other.rights) for other in left):
            left.remove(one)
    yield from left


def _line(hall: Hall, what: Held, keys: Sequence[RoomKey]) -> Sentence:
    # How deep somebody's crew is stays among its people: a line without links is not told before others.
    private = what.source.startswith(LEAF)
    rooms = tuple(_named(hall, key) if private else RoomLink(key, _named(hall, key)) for key in keys)
    by = _through(hall, what.source)
    if what.by_hand and what.rights == ("invite",):
        return Sentence("may-by-hand", {"by": by, "rooms": rooms})
    return Sentence(
        "may", {"by": by, "what": _together([_does(right) for right in what.rights]), "rooms": rooms}
    )


def _does(right: Right) -> Sentence:
    match right:
        case "post":
            return Sentence("may-post")
        case "pin":
            return Sentence("may-pin")
        case "rooms":
            return Sentence("may-rooms")
        case "invite":
            return Sentence("may-invite")
        case "moderate":
            return Sentence("may-moderate")


def _through(hall: Hall, source: str) -> Value:
    kind, _, key = source.partition(":")
    match kind:
        case "hat":
            return Sentence("may-through-hat", {"hat": _hat(hall, key)})
        case "leaf":
            return Sentence("may-through-leaf", {"leaf": _leaf(hall, key)})
        case _:
            return called(hall, key)


def _those(hall: Hall, source: str) -> Value:
    kind, _, key = source.partition(":")
    return Sentence("group-leaf", {"leaf": _leaf(hall, key)}) if kind == "leaf" else group(hall, key)


def _hat(hall: Hall, key: str) -> str:
    hat = hat_of(hall, key)
    return hat.name if hat is not None else key


def _leaf(hall: Hall, key: str) -> str:
    return next((leaf.name for leaf in hall.charter.crews.leaves if leaf.key == key), key)


def _together(items: Sequence[Value]) -> Value:
    """Return several in one breath; a tuple of sentences would become a list of lines."""
    if len(items) == 1:
        return items[0]
    if len(items) == 2:  # noqa: PLR2004 - the last two are joined by a word
        return Sentence("both", {"one": items[0], "other": items[1]})
    return Sentence("and-more", {"one": items[0], "others": _together(items[1:])})


def _is_open(hall: Hall, person: UserId, key: RoomKey) -> bool:
    """Return whether somebody can be in this room, so that what they may do there is worth telling."""
    match key.split("/")[1:]:
        case ["rung", name]:
            return person in hall.standing.get(RungKey(name), Map())
        case ["rung", name, _]:
            return hall.reaches(person, name)
        case _:
            return person in hall.inside


def _named(hall: Hall, key: RoomKey) -> str:
    """Return what people call a room of the community."""
    charter = hall.charter
    rooms = {ids.root(hall.key): charter.name, ids.crews_space(hall.key): charter.crews.name}
    rooms |= {ids.place(hall.key, place.key): place.name for place in charter.places}
    for rung in charter.rungs:
        rooms[ids.rung(hall.key, RungKey(rung.key))] = rung.name
        rooms |= {ids.rung_room(hall.key, RungKey(rung.key), room.key): room.name for room in rung.rooms}
    return rooms.get(key, key)
