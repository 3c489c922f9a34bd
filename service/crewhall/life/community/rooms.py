"""Decides how the community's spaces and rooms should be, and who may enter.

Restricted join rules let people in and never put them out, so whoever is known to have given up the key
of a room, or for whom a recorded decision closed the doors, is named in `unwelcome`. Nobody is removed for
being unheard of.
"""

from collections.abc import Iterable

from immutables import Map

from crewhall.charter.model import Place, Rung
from crewhall.ground import ids
from crewhall.ground.facts import Recorded
from crewhall.ground.hall import ANYONE, Hall, Presence
from crewhall.ground.ids import RoomKey, RungKey, UserId
from crewhall.ground.ladder import founders, rule_of
from crewhall.ground.rooms import JoinWish, Listing, RoomWish
from crewhall.ground.worn import every
from crewhall.life.community.facts import CharterChanged, Founded
from crewhall.life.community.fold import ROOTS, top
from crewhall.life.community.levels import door, powers
from crewhall.life.community.written import statements


def rooms(hall: Hall) -> Iterable[RoomKey]:
    """Return the community's rooms, spaces before what stands in them."""
    return every(hall)


def touched(hall: Hall, recorded: Recorded) -> Iterable[RoomKey]:
    """Return all of them after a founding or a new charter."""
    match recorded.fact:
        case Founded() | CharterChanged():
            return tuple(rooms(hall))
        case _:
            return ()


def wish(hall: Hall, key: RoomKey) -> RoomWish | None:
    """Return one of the community's rooms as it should be."""
    charter = hall.charter
    match key.split("/")[1:]:
        case []:
            return _root(hall)
        case ["crews"]:
            return _crews(hall)
        case ["place", name]:
            found = [(n, p) for n, p in enumerate(charter.places) if p.key == name]
            return _place(hall, *found[0]) if found else None
        case ["rung", name, *rest]:
            steps = [(n, r) for n, r in enumerate(charter.rungs) if r.key == name]
            if not steps:
                return None
            if not rest:
                return _rung(hall, *steps[0])
            inner = [(n, p) for n, p in enumerate(steps[0][1].rooms) if [p.key] == rest]
            return _rung_room(hall, *steps[0], *inner[0]) if inner else None
        case _:
            return None


def _root(hall: Hall) -> RoomWish:
    charter = hall.charter
    return RoomWish(
        key=ids.root(hall.key),
        alias=ids.alias_of(ids.root(hall.key)),
        name=charter.name,
        topic=charter.purpose,
        avatar=charter.avatar,
        space=True,
        version=charter.room_version,
        federate=charter.federate,
        join=JoinWish(charter.door.join),
        powers=powers(hall, ids.root(hall.key), invite=door(charter), space=True),
        invited=_invited(hall, ANYONE, hall.left),
        unwelcome=_unwelcome(hall, ANYONE),
        why_only=f"People come into {charter.name} by its rule.",
        doors=charter.drift.doors,
        statements=statements(charter),
    )


def _crews(hall: Hall) -> RoomWish:
    charter, root, key = hall.charter, ids.root(hall.key), ids.crews_space(hall.key)
    return RoomWish(
        key=key,
        alias=ids.alias_of(key),
        name=charter.crews.name,
        topic=charter.crews.topic,
        space=True,
        version=charter.room_version,
        federate=charter.federate,
        join=JoinWish("restricted", (root,)),
        powers=powers(hall, key, space=True),
        listing=Listing(root, "c"),
        unwelcome=frozenset((*hall.left, *hall.shut_out)),
        why_only=f"Only people in {charter.name} are in this space.",
        doors=charter.drift.doors,
    )


def _place(hall: Hall, number: int, place: Place) -> RoomWish:
    charter, root, key = hall.charter, ids.root(hall.key), ids.place(hall.key, place.key)
    return RoomWish(
        key=key,
        alias=ids.alias_of(key),
        name=place.name,
        topic=place.topic,
        avatar=place.avatar,
        version=charter.room_version,
        federate=charter.federate,
        join=JoinWish("restricted", (root,)),
        powers=powers(hall, key, post=place.post),
        listing=Listing(root, f"a{number:03}", place.suggested),
        adopt=place.adopt,
        history=place.history,
        unwelcome=frozenset((*hall.left, *hall.shut_out)),
        why_only=f"Only people in {charter.name} are in this room.",
        doors=charter.drift.doors,
    )


def _rung(hall: Hall, number: int, rung: Rung) -> RoomWish:
    charter, name = hall.charter, RungKey(rung.key)
    key = ids.rung(hall.key, name)
    return RoomWish(
        key=key,
        alias=ids.alias_of(key),
        name=rung.name,
        topic=rung.asks,
        avatar=rung.avatar,
        space=True,
        version=charter.room_version,
        federate=charter.federate,
        join=JoinWish("invite"),
        # Keyholders invite here by hand, and whoever was given that right: no mere level opens a rung.
        powers=powers(hall, key, invite=top(charter), space=True),
        listing=Listing(ids.root(hall.key), f"b{number:03}"),
        invited=_invited(hall, name, hall.stepped_down.get(name, Map())),
        unwelcome=_unwelcome(hall, name),
        why_only=f"{rung.name} is entered by its rule, and left at any time.",
        doors=charter.drift.doors,
    )


def _rung_room(hall: Hall, depth: int, rung: Rung, number: int, place: Place) -> RoomWish:
    charter = hall.charter
    deeper = charter.rungs[depth:]
    key = ids.rung_room(hall.key, RungKey(rung.key), place.key)
    gone = {p for step in deeper for p in hall.stepped_down.get(RungKey(step.key), Map())}
    return RoomWish(
        key=key,
        alias=ids.alias_of(key),
        name=place.name,
        topic=place.topic,
        avatar=place.avatar,
        version=charter.room_version,
        federate=charter.federate,
        join=JoinWish("restricted", tuple(ids.rung(hall.key, RungKey(step.key)) for step in deeper)),
        powers=powers(hall, key, post=place.post),
        listing=Listing(ids.rung(hall.key, RungKey(rung.key)), f"a{number:03}", place.suggested),
        adopt=place.adopt,
        history=place.history,
        unwelcome=frozenset((*(p for p in gone if not hall.reaches(p, rung.key)), *hall.shut_out)),
        why_only=f"{rung.name} opens this room.",
        doors=charter.drift.doors,
    )


def _invited(hall: Hall, rung: RungKey, out: Map[UserId, Presence]) -> tuple[UserId, ...]:
    """Return whom the keeper asks in: founders who have not gone out again, and those the rule invites."""
    still = founders(hall)
    first = (person for person in ROOTS.of(hall).founders if person in still and person not in out)
    everybody = dict.fromkeys((*first, *sorted(hall.asked.get(rung, ()))))
    return tuple(person for person in everybody if person not in hall.shut_out)


def _unwelcome(hall: Hall, rung: RungKey) -> frozenset[UserId]:
    """Return who stepped down by word, came past the rule, is no longer invited, or is shut out."""
    out = set(hall.unwelcome.get(rung, ()))
    if rung != ANYONE and rule_of(hall, rung) is not None:
        still = {*founders(hall), *hall.standing.get(rung, ())}
        out.update(person for person in ROOTS.of(hall).founders if person not in still)
    return frozenset(out - set(hall.asked.get(rung, ()))) | frozenset(hall.shut_out)
