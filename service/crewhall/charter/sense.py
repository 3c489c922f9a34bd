"""Decides whether a charter that is well formed also makes sense: what no single key can tell. Pure.

Here are keys, names and sizes; groups, rights and terms have modules of their own.
"""

import unicodedata
from collections.abc import Callable, Iterator
from typing import TypeAlias

from crewhall.charter.amiss import twice, unknown
from crewhall.charter.faults import Path
from crewhall.charter.grants import ANYONE, KEYHOLDERS
from crewhall.charter.model import Charter, Place
from crewhall.charter.sense_of_groups import groups, rules
from crewhall.charter.sense_of_outside import outside
from crewhall.charter.sense_of_outside_feeds import outside_feeds
from crewhall.charter.sense_of_rights import rights
from crewhall.charter.sense_of_terms import terms

Found: TypeAlias = Iterator[tuple[Path, str]]

NAME_BYTES = 255
"""Bytes of a room's name that every homeserver and client takes."""
RESERVED = frozenset({"house", "chat", "service"})
"""Short names that the service uses for what belongs to no community."""
_MEANT = {ANYONE: "everybody in the community", KEYHOLDERS: "those who hold the keys"}
_HIGHEST_IN_11 = 99
_INVISIBLE = frozenset({"Cc", "Cs", "Co", "Cn"})
_TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def nonsense(charter: Charter) -> Found:
    """Return path and sentence of each contradiction."""
    for look in _LOOKS:
        yield from look(charter)


def _keys(charter: Charter) -> Found:
    if charter.key in RESERVED:
        yield ("key",), f"`{charter.key}` is a name that the service needs itself: choose another key."
    yield from twice(((("places", n, "key"), place.key) for n, place in enumerate(charter.places)), "room")
    yield from twice(((("rungs", n, "key"), rung.key) for n, rung in enumerate(charter.rungs)), "rung")
    for n, rung in enumerate(charter.rungs):
        rooms = ((("rungs", n, "rooms", m, "key"), room.key) for m, room in enumerate(rung.rooms))
        yield from twice(rooms, f"room of `{rung.key}`")
        if rung.key in _MEANT:
            said = f"`{rung.key}` means {_MEANT[rung.key]}: give this rung another key."
            yield ("rungs", n, "key"), said


def _start(charter: Charter) -> Found:
    rungs = [rung.key for rung in charter.rungs]
    start = charter.crews.start
    if start != ANYONE and start not in rungs:
        said = unknown(start, (ANYONE, *rungs), "rung")
        yield ("crews", "start"), f"Crews are started by people of a rung, or by anyone. {said}"


def _levels(charter: Charter) -> Found:
    old = charter.room_version == "11"
    top = charter.keyholders.level
    if old and top > _HIGHEST_IN_11:
        if "level" in charter.keyholders.model_fields_set:
            said = f"`level` must be at most {_HIGHEST_IN_11} in room version 11, where the keeper has 100."
            yield ("keyholders", "level"), said
        top = _HIGHEST_IN_11
    if charter.door.invite > top:
        said = f"`invite` wants {charter.door.invite} and keyholders have {top}, so nobody could ever invite"
        yield ("door", "invite"), f"{said}: write at most {top}."
    for n, rung in enumerate(charter.rungs):
        if rung.level >= top:
            said = f"`level` {rung.level} would give everybody on `{rung.key}` the keys, which have {top}"
            yield ("rungs", n, "level"), f"{said}: write less."


def _sizes(charter: Charter) -> Found:
    crews = charter.crews
    if crews.fewest > crews.most:
        said = f"`fewest` ({crews.fewest}) is more than `most` ({crews.most}): no crew could ever be one."
        yield ("crews", "fewest"), said
    elif not crews.fewest <= crews.usual <= crews.most:
        said = f"`usual` must lie between `fewest` ({crews.fewest}) and `most` ({crews.most})"
        yield ("crews", "usual"), f"{said}, not be {crews.usual}."


def _names(charter: Charter) -> Found:
    for path, name in _all_names(charter):
        size = len(name.encode())
        if size > NAME_BYTES:
            yield path, f"`name` takes {size} bytes; at most {NAME_BYTES} fit: shorten it."
        if _unseen(name):
            yield path, "`name` holds a line break or an invisible character: write it on one line."
    for path, text in _all_texts(charter):
        if _unseen(text.replace("\n", "")):
            yield path, f"`{path[-1]}` holds an invisible character: remove it."


def _unseen(text: str) -> bool:
    return any(unicodedata.category(c) in _INVISIBLE or c in _TURNING for c in text)


def _all_names(charter: Charter) -> Iterator[tuple[Path, str]]:
    yield ("name",), charter.name
    yield ("crews", "name"), charter.crews.name
    yield from ((("hats", n, "name"), hat.name) for n, hat in enumerate(charter.hats))
    yield from ((("feeds", n, "name"), feed.name) for n, feed in enumerate(charter.feeds))
    yield from ((("calendars", n, "name"), one.name) for n, one in enumerate(charter.calendars))
    yield from ((("crews", "leaves", n, "name"), leaf.name) for n, leaf in enumerate(charter.crews.leaves))
    yield from ((("rungs", n, "name"), rung.name) for n, rung in enumerate(charter.rungs))
    yield from (
        ((*path, "name"), place.name) for path, place in (*_all_places(charter), *_crews_own(charter))
    )


def _all_texts(charter: Charter) -> Iterator[tuple[Path, str]]:
    yield ("purpose",), charter.purpose
    yield ("crews", "topic"), charter.crews.topic
    yield from ((("hats", n, "about"), hat.about) for n, hat in enumerate(charter.hats))
    yield from ((("crews", "leaves", n, "asks"), leaf.asks) for n, leaf in enumerate(charter.crews.leaves))
    yield from ((("rungs", n, "asks"), rung.asks) for n, rung in enumerate(charter.rungs))
    both = (*_all_places(charter), *_crews_own(charter))
    yield from (((*path, "topic"), place.topic) for path, place in both)


def _all_places(charter: Charter) -> Iterator[tuple[Path, Place]]:
    yield from ((("places", n), place) for n, place in enumerate(charter.places))
    for n, rung in enumerate(charter.rungs):
        yield from ((("rungs", n, "rooms", m), room) for m, room in enumerate(rung.rooms))


def _crews_own(charter: Charter) -> Iterator[tuple[Path, Place]]:
    for n, leaf in enumerate(charter.crews.leaves):
        yield from ((("crews", "leaves", n, "rooms", m), room) for m, room in enumerate(leaf.rooms))


def _adopted(charter: Charter) -> Found:
    seen: set[str] = set()
    for path, place in _all_places(charter):
        room = place.adopt
        if not room:
            continue
        if (
            room[0] not in "!#"
            or len(room) == 1
            or any(c.isspace() for c in room)
            or (room[0] == "#" and ":" not in room)
        ):
            said = "must be a room's id (!…) or its whole address (#hall:example.org), in quotes"
            yield (*path, "adopt"), f"`adopt` {said}."
        elif room in seen:
            yield (*path, "adopt"), f"{room} is already adopted above: a room can be only one."
        seen.add(room)


def _founders(charter: Charter) -> Found:
    seen: set[str] = set()
    for n, person in enumerate(charter.founders):
        if person in seen:
            yield ("founders", n), f"{person} stands here twice: keep one."
        seen.add(person)
        if len(person.encode()) > NAME_BYTES:
            yield (
                ("founders", n),
                f"Entry {n + 1} of `founders` takes more than {NAME_BYTES} bytes: no such name exists.",
            )


_LOOKS: tuple[Callable[[Charter], Found], ...] = (
    _keys,
    _start,
    rules,
    groups,
    rights,
    terms,
    outside,
    outside_feeds,
    _levels,
    _sizes,
    _names,
    _adopted,
    _founders,
)
