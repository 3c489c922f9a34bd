"""Folds what was decided about a community: its charter, its founders, which levels were ever given."""

from dataclasses import dataclass, field, replace

from immutables import Map

from crewhall.charter.model import Charter
from crewhall.ground.facts import Recorded, Stream
from crewhall.ground.granted import given
from crewhall.ground.hall import Hall, Part, Presence
from crewhall.ground.ids import CommunityKey, RoomKey, UserId
from crewhall.ground.worn import KEYS, every
from crewhall.life.community.facts import CharterChanged, Founded

_HIGHEST_IN_11 = 99


@dataclass(frozen=True, slots=True)
class Roots:
    """Who founded, and the highest level that each rung, hat (the keys too) or leaf gave in a room.

    It is the highest under any charter: what was given once can be taken back after that.
    """

    founders: tuple[UserId, ...] = ()
    ever: Map[RoomKey, Map[str, int]] = field(default_factory=Map)


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
            return ROOTS.put(hall, Roots(founders, _ever(hall, Map())))
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
            return ROOTS.put(hall, replace(roots, ever=_ever(hall, roots.ever)))
        case _:
            return hall


def top(charter: Charter) -> int:
    """Return the keyholders' level: in room version 11 always below the keeper's own."""
    level = charter.keyholders.level
    return min(level, _HIGHEST_IN_11) if charter.room_version == "11" else level


def _ever(hall: Hall, before: Map[RoomKey, Map[str, int]]) -> Map[RoomKey, Map[str, int]]:
    for key in every(hall):
        had = before.get(key, Map())
        levels = [(grant.source, min(grant.level, top(hall.charter))) for grant in given(hall, key)]
        for source, level in (*levels, (f"hat:{KEYS}", top(hall.charter))):
            had = had.set(source, max(level, had.get(source, 0)))
        before = before.set(key, had)
    return before
