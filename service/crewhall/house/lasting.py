"""Decides which records may go: those past their term without which everything that counts is the same. Pure.

Each capability names its matters; nothing is believed of that without being tried. The whole ledger is folded
with and without what is past, and what would make a difference stays.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from immutables import Map

from crewhall import house as rules
from crewhall.ground.facts import Lapsed, Recorded, Stream, hall_of_stream
from crewhall.ground.hall import Hall, House
from crewhall.ground.ids import CommunityKey
from crewhall.ground.matter import Terms
from crewhall.life.community.facts import Retired


@dataclass(frozen=True, slots=True)
class Past:
    """The numbers of the records that go, and the house as it is without them."""

    records: frozenset[int]
    house: House


def past(records: Sequence[Recorded], terms: Terms, now: datetime) -> Past:
    """Return what is past its term, and makes no difference to anything that counts."""
    whole = _folded(records, ())
    counts = counting(whole, now)

    def without(gone: frozenset[int]) -> Past | None:
        try:
            house = _folded(records, gone)
            return Past(gone, house) if counting(house, now) == counts else None
        except LookupError:  # a rule needed what would be gone
            return None

    found = list(dict.fromkeys(_candidates(records, whole, terms, now)))
    return _sound(found, Past(frozenset(), whole), without)


def counting(house: House, now: datetime) -> object:
    """Return everything that counts, to be compared: all of the house but what is past in its parts."""
    return replace(house, halls=Map()), {key: _lasting(hall, now) for key, hall in house.halls.items()}


def _lasting(hall: Hall, now: datetime) -> tuple[Hall, dict[str, object]]:
    parts = dict(hall.parts)
    for one in rules.CAPABILITIES:
        if one.lasting is not None:
            parts[one.name] = one.lasting(hall, now)
    return replace(hall, parts=Map()), parts


def _candidates(
    records: Sequence[Recorded], house: House, terms: Terms, now: datetime
) -> Iterator[frozenset[int]]:
    """Yield what each capability calls past, and all of a community that retired but the fact that it did."""
    ours: dict[CommunityKey, list[Recorded]] = {}
    for record in records:
        of = hall_of_stream(record.stream)
        if of is not None and not isinstance(record.fact, Lapsed):
            ours.setdefault(of, []).append(record)
    for key, all_of_it in sorted(ours.items()):
        last = all_of_it[-1]
        ended = [r for r in all_of_it if isinstance(r.fact, Retired) and r.stream == Stream(key)]
        if ended and key not in house.halls:
            if last.at < now - terms.closed:
                yield frozenset(r.seq for r in all_of_it) - {ended[-1].seq}
            continue
        for one in rules.CAPABILITIES:
            for matter in one.matters:
                yield from matter.past(all_of_it, terms, now)


def _sound(
    found: Sequence[frozenset[int]], so_far: Past, without: Callable[[frozenset[int]], Past | None]
) -> Past:
    """Return as much of what was found as can go: all at once, or half by half."""
    if not found:
        return so_far
    more = without(so_far.records.union(*found))
    if more is not None:
        return more
    if len(found) == 1:
        return so_far
    half = len(found) // 2
    return _sound(found[half:], _sound(found[:half], so_far, without), without)


def _folded(records: Iterable[Recorded], gone: Collection[int]) -> House:
    house = House()
    for record in records:
        if record.seq in gone:
            record = replace(record, fact=Lapsed())  # noqa: PLW2901 - the same place, with nothing in it
        house = rules.evolve(house, record)
        rules.touched(house, record)  # the fold asks it too
    return house
