"""Who is asked before rooms are changed, and where: keyholders, or those whose room the charter names."""

from crewhall.ground import ids
from crewhall.ground.groups import KEYHOLDERS, belongs, group
from crewhall.ground.hall import Hall
from crewhall.ground.ids import RoomKey, RungKey, UserId
from crewhall.ground.talk import Sentence, ToPerson, ToRoom


def groups(hall: Hall) -> tuple[str, ...]:
    """Return whose yes counts: the keyholders', and theirs in whose rung's room they are asked."""
    rung, _, _ = hall.charter.container.rpartition("/")
    return (KEYHOLDERS, rung) if rung else (KEYHOLDERS,)


def entitled(hall: Hall, person: UserId) -> bool:
    """Return whether somebody's yes counts."""
    return any(belongs(hall, person, key) for key in groups(hall))


def container(hall: Hall) -> RoomKey | None:
    """Return the room in which they are asked, None if that is each keyholder's private chat."""
    rung, _, name = hall.charter.container.rpartition("/")
    rooms = [(ids.place(hall.key, place.key), "", place.key) for place in hall.charter.places]
    for step in hall.charter.rungs:
        key = RungKey(step.key)
        rooms += [(ids.rung_room(hall.key, key, room.key), step.key, room.key) for room in step.rooms]
    at = next((at for at, of, key in rooms if (of, key) == (rung, name)), None)
    return at if at is not None and at not in hall.sealed else None


def asked(hall: Hall) -> tuple[UserId, ...]:
    """Return the keyholders who are asked in private: those who rest only if there are no others."""
    awake = tuple(sorted(person for person in hall.keyholders if person not in hall.resting))
    return awake or tuple(sorted(hall.keyholders))


def targets(hall: Hall, place: RoomKey | None, people: tuple[UserId, ...]) -> tuple[ToPerson | ToRoom, ...]:
    """Return where a card goes: into the room (not if it was encrypted since), or to each of these people."""
    if place is None:
        return tuple(map(ToPerson, people))
    return (ToRoom(place),) if place not in hall.sealed else ()


def not_yours(hall: Hall) -> Sentence:
    """Return the one sentence for somebody whose yes does not count."""
    first, *others = groups(hall)
    if others:
        who, too = group(hall, first), group(hall, others[0])
        return Sentence("plans-not-theirs", {"who": who, "others": too})
    return Sentence("plans-not-yours", {"who": group(hall, first)})


def called(hall: Hall, key: RoomKey) -> str:
    """Return what people call one of the community's rooms."""
    charter = hall.charter
    names = {ids.root(hall.key): charter.name, ids.crews_space(hall.key): charter.crews.name}
    names |= {ids.place(hall.key, place.key): place.name for place in charter.places}
    for rung in charter.rungs:
        names[ids.rung(hall.key, RungKey(rung.key))] = rung.name
        for room in rung.rooms:
            names[ids.rung_room(hall.key, RungKey(rung.key), room.key)] = room.name
    return names.get(key) or " ".join(key.split("/")[2:]) or key
