"""Folds what was decided about a community: its charter, its founders, which rungs ever gave a level."""

from dataclasses import dataclass, replace

from immutables import Map

from crewhall.ground.facts import Recorded, Stream
from crewhall.ground.hall import Hall, Part, Presence
from crewhall.ground.ids import CommunityKey, RungKey, UserId
from crewhall.life.community.facts import CharterChanged, Founded


@dataclass(frozen=True, slots=True)
class Roots:
    """Who founded, and which rungs gave a level at any time (so that it can be taken back)."""

    founders: tuple[UserId, ...] = ()
    levelled: frozenset[RungKey] = frozenset()


ROOTS = Part("community", Roots())


def begin(recorded: Recorded) -> Hall | None:
    """Return the hall that a founding makes."""
    match recorded.fact:
        case Founded(charter=charter, founders=founders, by=by):
            keys = Map({person: Presence(recorded.at, recorded.cause) for person in founders})
            hall = Hall(
                key=CommunityKey(charter.key),
                charter=charter,
                founded=recorded.at,
                founded_by=by,
                version=recorded.version,
                keyholders=keys,
            )
            return ROOTS.put(hall, Roots(founders, _levelled(hall)))
        case _:
            return None


def evolve(hall: Hall, recorded: Recorded) -> Hall:
    """Fold a change of the charter; count the community's own stream."""
    if recorded.stream == Stream(hall.key):
        hall = replace(hall, version=recorded.version)
    match recorded.fact:
        case CharterChanged(charter=charter):
            hall = replace(hall, charter=charter)
            roots = ROOTS.of(hall)
            return ROOTS.put(hall, replace(roots, levelled=roots.levelled | _levelled(hall)))
        case _:
            return hall


def _levelled(hall: Hall) -> frozenset[RungKey]:
    return frozenset(RungKey(rung.key) for rung in hall.charter.rungs if rung.level)
