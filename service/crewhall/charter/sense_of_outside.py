"""Decides whether what a charter says of sisters fits the rest of it. Pure."""

from collections.abc import Iterator

from crewhall.charter.amiss import twice, unknown
from crewhall.charter.faults import Path
from crewhall.charter.model import Charter


def outside(charter: Charter) -> Iterator[tuple[Path, str]]:
    """Return what contradicts itself in the links to sisters; the groups named are looked at elsewhere."""
    sisters = charter.sisters
    path: Path = ("sisters", "flows")
    yield from twice((((*path, n), flow) for n, flow in enumerate(sisters.flows)), "flow")
    known = [place.key for place in charter.places]
    known += [f"{rung.key}/{room.key}" for rung in charter.rungs for room in rung.rooms]
    for key, named in (("place", sisters.place), ("diary", sisters.diary), ("calls", sisters.calls)):
        if named and named not in known:
            yield ("sisters", key), f"`{key}` names a room. {unknown(named, known, 'room')}"
    rungs = [rung.key for rung in charter.rungs]
    if sisters.guests_to and sisters.guests_to not in rungs:
        wrong = unknown(sisters.guests_to, rungs, "rung")
        yield ("sisters", "guests_to"), f"`guests_to` names a rung. {wrong}"
