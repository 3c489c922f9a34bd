"""Decides whether hats, leaves, seasons and the container of a charter fit together. Pure."""

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import pairwise

from crewhall.charter.amiss import twice, unknown
from crewhall.charter.faults import Path
from crewhall.charter.grants import ANYONE, EVERYONE, KEYHOLDERS, KEYS
from crewhall.charter.model import Charter, Hat, Leaf, Seasons

_MEANT = {
    ANYONE: "everybody in the community",
    EVERYONE: "everybody in the community",
    KEYHOLDERS: "those who hold the keys",
}
_A_YEAR = 2027  # any year without 29 February, a day on which no season can begin


def terms(charter: Charter) -> Iterator[tuple[Path, str]]:
    """Return what contradicts itself in hats, leaves, seasons and the container."""
    rungs = frozenset(rung.key for rung in charter.rungs)
    yield from twice(((("hats", n, "key"), hat.key) for n, hat in enumerate(charter.hats)), "hat")
    for n, hat in enumerate(charter.hats):
        yield from _own(("hats", n, "key"), hat.key, rungs, "hat")
        yield from _hat(("hats", n), hat)
    leaves = charter.crews.leaves
    yield from twice(((("crews", "leaves", n, "key"), leaf.key) for n, leaf in enumerate(leaves)), "leaf")
    for n, leaf in enumerate(leaves):
        yield from _own(("crews", "leaves", n, "key"), leaf.key, rungs, "leaf")
        yield from _leaf(("crews", "leaves", n), leaf)
    if charter.seasons is not None:
        yield from _seasons(charter.seasons)
    yield from _container(charter)


def _own(path: Path, key: str, rungs: frozenset[str], kind: str) -> Iterator[tuple[Path, str]]:
    if key in _MEANT:
        yield path, f"`{key}` means {_MEANT[key]}: give this {kind} another key."
    elif key in rungs:
        yield path, f"`{key}` is already the key of a rung: give this {kind} its own."


def _hat(path: Path, hat: Hat) -> Iterator[tuple[Path, str]]:
    if hat.holders > hat.most:
        said = (
            f"`holders` ({hat.holders}) is more than `most` ({hat.most}), so the hat would always be at risk"
        )
        yield (*path, "holders"), f"{said}: write at most {hat.most}."
    if hat.key == KEYS and hat.most == 1:
        said = "With one keyholder alone nobody could decide on a removal or a pause together"
        yield (*path, "most"), f"{said}: write 2 or more."


def _leaf(path: Path, leaf: Leaf) -> Iterator[tuple[Path, str]]:
    rooms = tuple(enumerate(leaf.rooms))
    yield from twice((((*path, "rooms", n, "key"), room.key) for n, room in rooms), f"room of `{leaf.key}`")
    for n, room in rooms:
        if room.post != EVERYONE:
            said = "In a crew's own rooms all its people write: leave `post` out."
            yield (*path, "rooms", n, "post"), said
        if room.adopt:
            said = (
                "Every crew gets this room for itself, so none that exists can be adopted: leave `adopt` out."
            )
            yield (*path, "rooms", n, "adopt"), said


def _seasons(seasons: Seasons) -> Iterator[tuple[Path, str]]:
    """Return dates that stand twice, and seasons too short for their quiet days and their question."""
    path: Path = ("seasons", "starts")
    yield from twice((((*path, n), start) for n, start in enumerate(seasons.starts)), "season")
    days = sorted({date.fromisoformat(f"{_A_YEAR}-{start}") for start in seasons.starts})
    taken = seasons.gap_days + seasons.spread_days
    around = [*days, date(_A_YEAR + 1, days[0].month, days[0].day)]
    for one, other in pairwise(around):
        if other - one < timedelta(days=taken):
            said = f"From {one:%m-%d} to {other:%m-%d} are {(other - one).days} days, and `gap_days` and"
            said = f"{said} `spread_days` take {taken}: leave one of these seasons out, or write fewer days."
            yield path, said


def _container(charter: Charter) -> Iterator[tuple[Path, str]]:
    known = [place.key for place in charter.places]
    known += [f"{rung.key}/{room.key}" for rung in charter.rungs for room in rung.rooms]
    if charter.container and charter.container not in known:
        yield ("container",), f"`container` names a room. {unknown(charter.container, known, 'room')}"
