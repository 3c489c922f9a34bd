"""Decides whether what is followed outside can be told: keys that stand once, rooms that there are. Pure."""

from collections.abc import Iterator

from crewhall.charter.amiss import twice, unknown
from crewhall.charter.faults import Path
from crewhall.charter.grants import ANYONE, KEYHOLDERS, KEYS
from crewhall.charter.model import Charter, Feed, Followed


def outside_feeds(charter: Charter) -> Iterator[tuple[Path, str]]:
    """Return what contradicts itself in feeds, calendars and gatherings."""
    rooms = [place.key for place in charter.places]
    rooms += [f"{rung.key}/{room.key}" for rung in charter.rungs for room in rung.rooms]
    both: dict[str, tuple[Feed | Followed, ...]] = {"feeds": charter.feeds, "calendars": charter.calendars}
    for kind, entries in both.items():
        yield from twice((((kind, n, "key"), one.key) for n, one in enumerate(entries)), kind[:-1])
        for n, one in enumerate(entries):
            if one.room not in rooms:
                yield (kind, n, "room"), f"`room` names one of your rooms. {unknown(one.room, rooms, 'room')}"
    groups = (ANYONE, KEYHOLDERS, *(rung.key for rung in charter.rungs))
    groups += tuple(hat.key for hat in charter.hats if hat.key != KEYS)
    if charter.gatherings.add not in groups:
        yield ("gatherings", "add"), unknown(charter.gatherings.add, groups, "group")
