"""What a charter gives in each of its rooms: levels and rights, by rungs, hats and leaves of crews. Pure.

Levels in Matrix are a line, so whoever holds a right holds those before it, in the same room.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from crewhall.charter.model import Charter, Place, Right, Rule, Rung

RIGHTS: Final[tuple[Right, ...]] = ("post", "pin", "rooms", "invite", "moderate")
"""All rights, the lightest first."""
LEVEL: Final[dict[Right, int]] = {"post": 5, "pin": 10, "rooms": 20, "invite": 30, "moderate": 50}
"""The level at which each right is held, wherever a charter gives it."""
EVERYBODYS: Final = 0
"""The level that everybody has."""
EVERYONE: Final = "everyone"
ANYONE: Final = "anyone"
KEYHOLDERS: Final = "keyholders"
KEYS: Final = "keys"
"""The hat of the keyholders, who may do everything everywhere."""

Where: TypeAlias = tuple[str, ...]
"""A room of the community: what follows the community in its key, such as ``("rung", "friends", "commons")``.

``()`` is the community's space, ``("crews",)`` the one that lists crews.
"""
Way: TypeAlias = Literal["level", "may", "post", "by_hand"]


@dataclass(frozen=True, slots=True)
class Grant:
    """What one source gives in a room.

    `source` is ``rung:KEY`` (whoever is in the rung's space), ``hat:KEY`` or ``leaf:KEY``. `right` is None
    for a level that the charter gives as a number.
    """

    source: str
    level: int
    right: Right | None
    way: Way


def wheres(charter: Charter) -> Iterator[Where]:
    """Return all rooms of the community itself."""
    yield ()
    yield ("crews",)
    yield from (("place", place.key) for place in charter.places)
    for rung in charter.rungs:
        yield ("rung", rung.key)
        yield from (("rung", rung.key, room.key) for room in rung.rooms)


def grants(charter: Charter, where: Where) -> tuple[Grant, ...]:
    """Return everything that is given in a room, keyholders apart; nothing in a room that there is not.

    Nobody writes in a space, so there the right to write alone is nothing.
    """
    found = _grants(charter, where)
    if place_at(charter, where) is None:
        return tuple(grant for grant in found if grant.right != "post")
    return tuple(found)


def opened(given: Iterable[Grant]) -> frozenset[Right]:
    """Return the rights that somebody could hold here; the others stay with the keyholders or as they were.

    That people may invite by hand opens the door for them and nothing besides.
    """
    found: set[Right] = set()
    for grant in given:
        if grant.way == "by_hand":
            found.add("invite")
        elif grant.right is not None:
            found.update(held(grant.right))
    return frozenset(found)


def usable(charter: Charter, where: Where) -> frozenset[Right]:
    """Return the opened rights that mean something in this room: writing where everybody may does not."""
    place = place_at(charter, where)
    here = opened(grants(charter, where))
    if place is None:
        return here - {"post"}
    return here - {"rooms"} if place.post != EVERYONE else here - {"rooms", "post"}


def held(right: Right) -> tuple[Right, ...]:
    """Return a right and those before it."""
    return RIGHTS[: RIGHTS.index(right) + 1]


def place_at(charter: Charter, where: Where) -> Place | None:
    """Return what the charter says of a room that is no space."""
    match where:
        case ("place", key):
            rooms = charter.places
        case ("rung", name, key):
            rooms = next((rung.rooms for rung in charter.rungs if rung.key == name), ())
        case _:
            return None
    return next((room for room in rooms if room.key == key), None)


def _grants(charter: Charter, where: Where) -> Iterator[Grant]:
    match where:
        case ():
            yield from _everywhere(charter)
            yield from (Grant(f"rung:{rung.key}", rung.level, None, "level") for rung in _levelled(charter))
            free = charter.door.invite == EVERYBODYS
            yield from _by_hand(charter, charter.door.rule, ANYONE, free=free)
        case ("crews",):
            yield from _by_leaves(charter)
        case ("place", key) if (place := place_at(charter, where)) is not None:
            yield from _everywhere(charter)
            leaves = (leaf.key for leaf in charter.crews.leaves if key in leaf.post)
            yield from (_grant(f"leaf:{leaf}", "post", "post") for leaf in leaves)
            yield from _by_post(charter, place)
        case ("rung", name, *rest):
            rung = next((rung for rung in charter.rungs if rung.key == name), None)
            place = place_at(charter, where)
            if rung is None or (rest and place is None):
                return
            if rung.level:
                yield Grant(f"rung:{name}", rung.level, None, "level")
            yield from (_grant(f"rung:{name}", right) for right in rung.may)
            yield from _by_hats(charter, name)
            if place is not None:
                yield from _by_post(charter, place)
            else:
                yield from _by_hand(charter, rung.door, name, free=False)
        case _:
            return


def _levelled(charter: Charter) -> Iterator[Rung]:
    return (rung for rung in charter.rungs if rung.level)


def _grant(source: str, right: Right, way: Way = "may") -> Grant:
    return Grant(source, LEVEL[right], right, way)


def _everywhere(charter: Charter) -> Iterator[Grant]:
    for rung in charter.rungs:
        yield from (_grant(f"rung:{rung.key}", right) for right in rung.may_everywhere)
    yield from _by_hats(charter, None)
    yield from _by_leaves(charter)


def _by_hats(charter: Charter, rung: str | None) -> Iterator[Grant]:
    """Return what hats give in a rung's rooms, or in the community's own."""
    for hat in charter.hats:
        here = rung in hat.where if rung is not None else not hat.where
        if here and hat.key != KEYS:
            yield from (_grant(f"hat:{hat.key}", right) for right in hat.may)


def _by_leaves(charter: Charter) -> Iterator[Grant]:
    for leaf in charter.crews.leaves:
        yield from (_grant(f"leaf:{leaf.key}", right) for right in leaf.may)


def _by_post(charter: Charter, place: Place) -> Iterator[Grant]:
    """Return who may write where not everybody may; a rung's people and those deeper, or a hat's wearers."""
    if any(hat.key == place.post != KEYS for hat in charter.hats):
        yield _grant(f"hat:{place.post}", "post", "post")
    yield from (_grant(f"rung:{key}", "post", "post") for key in _reaching(charter, place.post))


def _by_hand(charter: Charter, rule: Rule | None, rung: str, *, free: bool) -> Iterator[Grant]:
    """Return who may invite into this space by hand. Where all who are in it may, nobody needs a level.

    `free`: they may anyway, whatever the rule.
    """
    if rule is None or not rule.by_hand:
        return
    entitled = _reaching(charter, rule.propose)
    if rule.propose == ANYONE or rung in entitled:
        here = (rung,) if rung != ANYONE else ()
        yield from (Grant(f"rung:{key}", EVERYBODYS, "invite", "by_hand") for key in here)
    else:
        level = EVERYBODYS if free else LEVEL["invite"]
        yield from (Grant(f"rung:{key}", level, "invite", "by_hand") for key in entitled)


def _reaching(charter: Charter, rung: str) -> tuple[str, ...]:
    """Return this rung and those that are deeper."""
    keys = tuple(rung.key for rung in charter.rungs)
    return keys[keys.index(rung) :] if rung in keys else ()
