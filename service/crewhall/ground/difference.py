"""What a change means for a community's rooms and people: the rooms as wished before and after. Pure."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeAlias

from immutables import Map

from crewhall.ground import ids
from crewhall.ground.facts import Fact
from crewhall.ground.hall import Hall
from crewhall.ground.ids import RoomKey, RungKey, UserId
from crewhall.ground.rooms import PowerWish, RoomWish

Wishes: TypeAlias = Mapping[RoomKey, RoomWish]
"""All rooms of a community as they should be."""
Rehearsal: TypeAlias = Callable[[Hall, datetime, tuple[Fact, ...]], Wishes]
"""Tells how a community's rooms should be if these facts were recorded of it now."""

_RESTRICTED = frozenset({"restricted", "knock_restricted"})
_NOBODY: frozenset[UserId] = frozenset()


@dataclass(frozen=True, slots=True)
class Difference:
    """What would be different. Rooms are told by name, in the order in which they are wished.

    `invited` would be asked into a space or room, `losing` could be in some room no longer, `gaining` into
    one that is there already, and `levels` would have another level somewhere. In `doors` others may come in,
    in `rights` what is done takes another level.
    """

    invited: frozenset[UserId] = _NOBODY
    losing: frozenset[UserId] = _NOBODY
    gaining: frozenset[UserId] = _NOBODY
    levels: frozenset[UserId] = _NOBODY
    made: tuple[str, ...] = ()
    closed: tuple[str, ...] = ()
    doors: tuple[str, ...] = ()
    rights: tuple[str, ...] = ()


def difference(hall: Hall, before: Wishes, after: Wishes) -> Difference:
    """Return what differs, for the people of `hall`."""
    old = {key: wish for key, wish in before.items() if not wish.closed}
    new = {key: wish for key, wish in after.items() if not wish.closed}
    both = [(old[key], new[key]) for key in old if key in new]
    return Difference(
        invited=_all(_invited(old.get(key), wish) for key, wish in new.items()),
        losing=_all(_may_be_in(hall, wish) - _may_be_in(hall, new.get(key)) for key, wish in old.items()),
        gaining=_all(_may_be_in(hall, now) - _may_be_in(hall, was) for was, now in both),
        levels=_all(_levels(was.powers, now.powers) for was, now in both),
        made=tuple(wish.name for key, wish in new.items() if key not in old),
        closed=tuple(wish.name for key, wish in old.items() if key not in new),
        doors=tuple(now.name for was, now in both if was.join != now.join),
        rights=tuple(now.name for was, now in both if _rights(was.powers) != _rights(now.powers)),
    )


def _all(people: Iterable[frozenset[UserId]]) -> frozenset[UserId]:
    return _NOBODY.union(*people)


def _invited(was: RoomWish | None, now: RoomWish) -> frozenset[UserId]:
    return frozenset(now.invited).difference(was.invited if was is not None else ())


def _may_be_in(hall: Hall, wish: RoomWish | None) -> frozenset[UserId]:
    """Return who has the key of a room, as far as the ledger knows."""
    if wish is None:
        return _NOBODY
    if wish.only is not None:
        there = wish.only
    elif wish.join.rule in _RESTRICTED:
        there = _all(_in_space(hall, key) for key in wish.join.allow)
    else:
        there = _in_space(hall, wish.key)
    return there - wish.unwelcome


def _in_space(hall: Hall, key: RoomKey) -> frozenset[UserId]:
    if key == ids.root(hall.key):
        return frozenset(hall.inside)
    rung = RungKey(key.rpartition("/")[2])
    return frozenset(hall.standing.get(rung, Map())) if key == ids.rung(hall.key, rung) else _NOBODY


def _levels(was: PowerWish, now: PowerWish) -> frozenset[UserId]:
    """Return those whose level differs."""
    people = was.users.keys() | now.users.keys()
    return frozenset(
        person
        for person in people
        if was.users.get(person, was.users_default) != now.users.get(person, now.users_default)
    )


def _rights(powers: PowerWish) -> PowerWish:
    """Return what a room's doings take, whoever may do them."""
    return replace(powers, users={}, lowered=_NOBODY)
