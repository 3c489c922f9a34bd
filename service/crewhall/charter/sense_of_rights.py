"""Decides whether a charter's levels give what its rights say and no more: levels are a line. Pure."""

from collections.abc import Iterator

from crewhall.charter.amiss import unknown
from crewhall.charter.faults import Path
from crewhall.charter.grants import KEYS, LEVEL, RIGHTS, Where, grants, held, usable
from crewhall.charter.model import Charter, Right, Rung

_DOES: dict[Right, str] = {
    "post": "write",
    "pin": "pin and name",
    "rooms": "list rooms",
    "invite": "invite",
    "moderate": "moderate",
}


def rights(charter: Charter) -> Iterator[tuple[Path, str]]:
    """Return each right that would go to somebody whom it was not given, or that holds nowhere."""
    for n, rung in enumerate(charter.rungs):
        yield from _level(charter, ("rungs", n, "level"), rung)
    yield from _door(charter)
    yield from _hats(charter)
    yield from _leaves(charter)


def _level(charter: Charter, path: Path, rung: Rung) -> Iterator[tuple[Path, str]]:
    """Return the first right that a rung's mere level would give beyond what the rung may."""
    rooms: tuple[Where, ...] = tuple(("rung", rung.key, room.key) for room in rung.rooms)
    for where in ((), ("rung", rung.key), *rooms) if rung.level else ():
        own = [grant.right for grant in grants(charter, where) if grant.source == f"rung:{rung.key}"]
        mine = {right for given in own if given is not None for right in held(given)}
        reached = [right for right in RIGHTS if LEVEL[right] <= rung.level]
        over = [right for right in reached if right in usable(charter, where) and right not in mine]
        if over:
            who = f"everybody on `{rung.key}` {_DOES[over[-1]]}"
            better = f"name `{over[-1]}` in `{'may' if where else 'may_everywhere'}`"
            said = f"`level` {rung.level} would let {who} where only others may: {better}"
            yield path, f"{said}, or write a level below {LEVEL[over[0]]}."
            return


def _door(charter: Charter) -> Iterator[tuple[Path, str]]:
    """Return whether a low door lets people invite who were given only a lighter right."""
    needed = charter.door.invite
    for grant in grants(charter, ()) if needed else ():
        if grant.right is not None and needed <= grant.level < LEVEL["invite"]:
            said = f"`invite` {needed} would let whoever may {_DOES[grant.right]} there invite people too"
            yield ("door", "invite"), f"{said}: write {LEVEL['invite']} or more, or 0 for everybody."
            return


def _hats(charter: Charter) -> Iterator[tuple[Path, str]]:
    keys = tuple(rung.key for rung in charter.rungs)
    for n, hat in enumerate(charter.hats):
        for m, key in enumerate(hat.where):
            if key not in keys:
                yield ("hats", n, "where", m), f"`where` lists rungs. {unknown(key, keys, 'rung')}"
        if hat.key == KEYS and (hat.may or hat.where):
            said = f"Whoever wears `{KEYS}` may do everything everywhere: leave `may` and `where` out."
            yield ("hats", n, "may" if hat.may else "where"), said
        elif hat.where and not hat.may:
            said = f"`where` says where `{hat.key}` allows something, and nothing is allowed"
            yield ("hats", n, "where"), f"{said}: add `may`, or leave `where` out."


def _leaves(charter: Charter) -> Iterator[tuple[Path, str]]:
    places = tuple(place.key for place in charter.places)
    for n, leaf in enumerate(charter.crews.leaves):
        for m, key in enumerate(leaf.post):
            if key not in places:
                said = f"`post` lists rooms of `places`. {unknown(key, places, 'room')}"
                yield ("crews", "leaves", n, "post", m), said
