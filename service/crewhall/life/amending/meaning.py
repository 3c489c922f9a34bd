"""Says what a change of the charter is and means: what differs, how many people and which rooms it moves."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from crewhall.charter.differences import Differs, differences
from crewhall.charter.model import Charter
from crewhall.ground.charters import CharterChanged
from crewhall.ground.difference import Difference, Rehearsal, difference
from crewhall.ground.hall import Hall
from crewhall.ground.talk import Sentence

MOST: Final = 30
"""Lines, or names, that are shown of many."""
_MOST_ROOMS: Final = 6


def in_lines(old: Charter, new: Charter) -> tuple[Sentence, ...]:
    """Return what differs between two charters, a line each."""
    found = differences(old, new)
    lines = tuple(_line(one) for one in found[:MOST])
    more = len(found) - len(lines)
    return (*lines, Sentence("amend-line-more", {"count": more})) if more else lines


def meant(rehearse: Rehearsal, hall: Hall, charter: Charter, now: datetime) -> tuple[Sentence, ...]:
    """Return what a charter would mean for people and rooms, a line for each kind."""
    before, after = rehearse(hall, now, ()), rehearse(hall, now, (CharterChanged(charter),))
    found = difference(hall, before, after)
    if found == Difference():
        return (Sentence("amend-plan-nothing"),)
    people = tuple(_people(found)) or (Sentence("amend-plan-nobody"),)
    return (*people, *_rooms(found))


def _line(one: Differs) -> Sentence:
    if not one.old:
        return Sentence("amend-line-new", {"path": one.path, "new": one.new})
    if not one.new:
        return Sentence("amend-line-gone", {"path": one.path, "old": one.old})
    return Sentence("amend-line", {"path": one.path, "old": one.old, "new": one.new})


def _people(found: Difference) -> Iterable[Sentence]:
    if found.invited:
        yield Sentence("amend-plan-invited", {"count": len(found.invited)})
    if found.losing:
        yield Sentence("amend-plan-losing", {"count": len(found.losing)})
    if found.gaining:
        yield Sentence("amend-plan-gaining", {"count": len(found.gaining)})
    if found.levels:
        yield Sentence("amend-plan-levels", {"count": len(found.levels)})


def _rooms(found: Difference) -> Iterable[Sentence]:
    if found.made:
        yield Sentence("amend-plan-made", {"rooms": _few(found.made)})
    if found.closed:
        yield Sentence("amend-plan-closed", {"rooms": _few(found.closed)})
    if found.doors:
        yield Sentence("amend-plan-doors", {"rooms": _few(found.doors)})
    if found.rights:
        yield Sentence("amend-plan-rights", {"rooms": _few(found.rights)})


def _few(rooms: tuple[str, ...]) -> tuple[str | Sentence, ...]:
    """Return the first of many names, and how many more there are."""
    if len(rooms) <= _MOST_ROOMS:
        return rooms
    return (*rooms[:_MOST_ROOMS], Sentence("amend-plan-more", {"count": len(rooms) - _MOST_ROOMS}))
