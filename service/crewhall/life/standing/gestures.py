"""Reads joining and leaving the community's space and the rungs' spaces as facts of standing."""

from crewhall.ground import ids
from crewhall.ground.facts import Fact, Stream, Writing
from crewhall.ground.hall import ANYONE, Hall
from crewhall.ground.ids import RungKey
from crewhall.ground.ladder import is_awaited, may_come, rung_at
from crewhall.ground.talk import Decision, Gesture
from crewhall.life.standing.facts import Arrived, Departed, LeftRung, Stood
from crewhall.life.standing.fold import heard

_OUT = frozenset({"leave", "ban"})


def gesture(hall: Hall, seen: Gesture) -> Decision | None:
    """Return what a change of membership says about standing; an invitation alone says nothing."""
    if seen.person == seen.me or heard(hall, seen.person, seen.cause):
        return None
    fact = _at_root(hall, seen) if seen.place == ids.root(hall.key) else _at_rung(hall, seen)
    if fact is None:
        return None
    return Decision(facts=(Writing(Stream(hall.key), fact),))


def _at_root(hall: Hall, seen: Gesture) -> Fact | None:
    inside = seen.person in hall.inside
    if seen.membership == "join":
        return None if inside or not may_come(hall, seen.person, ANYONE) else Arrived(seen.person)
    declined = _declined(hall, seen, ANYONE)
    if seen.membership in _OUT and (inside or declined):
        return Departed(seen.person, seen.by)
    return None


def _at_rung(hall: Hall, seen: Gesture) -> Fact | None:
    rung = rung_at(hall, seen.place)
    if rung is None:
        return None
    stands = seen.person in hall.standing.get(rung, ())
    if seen.membership == "join":
        return None if stands or not may_come(hall, seen.person, rung) else Stood(rung, seen.person)
    declined = _declined(hall, seen, rung)
    if seen.membership in _OUT and (stands or declined):
        return LeftRung(rung, seen.person, seen.by)
    return None


def _declined(hall: Hall, seen: Gesture, rung: RungKey) -> bool:
    """Return whether this is a no to the keeper's invitation, which has to be remembered.

    Founders are asked in until they have gone out once, others as often as their rule is met.
    """
    return seen.by != seen.me and is_awaited(hall, seen.person, rung)
