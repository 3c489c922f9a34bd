"""Who holds which rights in the community's rooms, and by what: a rung, a hat, or a leaf of their crew."""

from collections.abc import Iterable
from dataclasses import dataclass

from immutables import Map

from crewhall.charter.grants import EVERYBODYS, RIGHTS, Grant, Where, grants, held, usable
from crewhall.charter.model import Right
from crewhall.ground.hall import Hall, Presence
from crewhall.ground.ids import RoomKey, RungKey, UserId
from crewhall.ground.worn import every, wearers


@dataclass(frozen=True, slots=True)
class Held:
    """The rights that somebody has in one room by one source, the heaviest last."""

    room: RoomKey
    source: str
    rights: tuple[Right, ...]
    by_hand: bool = False


def where(key: RoomKey) -> Where:
    """Return which room of its community this is."""
    return tuple(key.split("/")[1:])


def given(hall: Hall, key: RoomKey) -> tuple[Grant, ...]:
    """Return what the charter gives in a room, and by what."""
    return grants(hall.charter, where(key))


def holders(hall: Hall, source: str) -> Map[UserId, Presence]:
    """Return who has a rung, a hat or a leaf (``rung:friends``, ``hat:door``, ``leaf:work``) now.

    A crew may have members from outside of the community: its leaves give them nothing there.
    """
    kind, _, key = source.partition(":")
    match kind:
        case "rung":
            return hall.standing.get(RungKey(key), Map())
        case "hat":
            return wearers(hall, key)
        case _:
            having = hall.leaves.get(key, Map())
            return Map({person: here for person, here in having.items() if person in hall.inside})


def former(hall: Hall, source: str) -> Map[UserId, Presence]:
    """Return who once had one and has it no longer, or has a leaf and is not inside."""
    kind, _, key = source.partition(":")
    if kind == "rung":
        return hall.stepped_down.get(RungKey(key), Map())
    gone = hall.gone.get(source, Map())
    if kind == "leaf":
        having = hall.leaves.get(key, Map())
        return gone.update({person: here for person, here in having.items() if person not in hall.inside})
    return gone


def moved_by(hall: Hall, source: str) -> Iterable[RoomKey]:
    """Return the rooms in which somebody's level may change with this source."""
    for key in every(hall):
        if any(grant.source == source and grant.level > EVERYBODYS for grant in given(hall, key)):
            yield key


def rights_in(hall: Hall, person: UserId, key: RoomKey) -> Iterable[Held]:
    """Return what somebody may do in a room beyond what everybody may; nothing for the keyholders."""
    if person in hall.keyholders or person in hall.shut_out:
        return
    all_given, here = given(hall, key), usable(hall.charter, where(key))
    for source in dict.fromkeys(grant.source for grant in all_given):
        if person not in holders(hall, source):
            continue
        own = [grant for grant in all_given if grant.source == source]
        rights = {right for grant in own if grant.right is not None for right in held(grant.right)} & here
        if rights:
            by_hand = all(grant.way in {"by_hand", "level"} for grant in own)
            yield Held(key, source, tuple(right for right in RIGHTS if right in rights), by_hand)
