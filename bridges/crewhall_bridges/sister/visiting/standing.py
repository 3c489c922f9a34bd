"""Tells for ``!me`` and ``!why`` where somebody stands who visits, hosts, or carries a word to a sister."""

from collections.abc import Iterator

from crewhall.door import (
    ANYONE,
    Hall,
    PersonLink,
    RoomKey,
    RoomLink,
    RungKey,
    Sentence,
    UserId,
    called,
    ids,
    ladder,
)
from crewhall_bridges.sister.guestrooms import opened
from crewhall_bridges.sister.visiting.book import KEPT, Visit, carried, under_way, visit_of


def me(hall: Hall, person: UserId) -> Iterator[Sentence]:
    """Yield what is so of a guest, of whoever hosts, and of who carries a word to a sister.

    What came of the word is known to nobody here.
    """
    visit = visit_of(hall, person)
    if visit is not None:
        yield from _visit(hall, visit)
    for one in under_way(hall):
        if one.host == person:
            yield Sentence("me-hosts", {"person": PersonLink(one.person), "day": one.until.isoformat()})
    for link, known in carried(hall, person):
        line, day = f"!introduction back {ids.server(link.keeper)}", known.until.isoformat()
        yield Sentence("me-carries", {"sister": link.called, "day": day, "line": line})


def why(hall: Hall, person: UserId, place: RoomKey) -> Iterator[Sentence]:
    """Yield why a guest can or cannot be in a room."""
    visit = visit_of(hall, person)
    if visit is None or visit.host is None or not _is_community(hall, place):
        return
    room, day = called(hall, place), visit.until.isoformat()
    if visit.over is not None:
        yield Sentence("why-visit-over", {"room": room, "day": visit.over.date().isoformat()})
    elif place in _doors(hall, visit):
        yield Sentence("why-guest", {"room": room, "day": day, "host": PersonLink(visit.host)})
    else:
        yield Sentence("why-no-guest", {"room": room})


def _visit(hall: Hall, visit: Visit) -> Iterator[Sentence]:
    name = ladder.called(hall, ANYONE)
    if visit.host is None:
        if visit.over is None:
            yield Sentence("me-visit-asked", {"community": name})
        return
    if visit.over is not None:
        over, forgotten = visit.over.date().isoformat(), (visit.over + KEPT).date().isoformat()
        yield Sentence("me-visit-over", {"community": name, "day": over, "forgotten": forgotten})
        return
    host, day = PersonLink(visit.host), visit.until.isoformat()
    yield Sentence("visit-line-own", {"community": name, "host": host, "day": day})
    rooms = tuple(RoomLink(key, place.name) for key, place in opened(hall, visit.rung))
    if rooms:
        yield Sentence("me-guest-opens", {"rooms": rooms})


def _doors(hall: Hall, visit: Visit) -> frozenset[RoomKey]:
    spaces = {ids.root(hall.key), ids.crews_space(hall.key)}
    if visit.rung:
        spaces.add(ids.rung(hall.key, RungKey(visit.rung)))
    return frozenset(spaces) | {key for key, _ in opened(hall, visit.rung)}


def _is_community(hall: Hall, place: RoomKey) -> bool:
    """Return whether a room is one of the community's own; crews answer for theirs."""
    return place == ids.root(hall.key) or place.split("/")[1] in {"place", "rung", "crews"}
