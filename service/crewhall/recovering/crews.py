"""Decides what the ledger would say of a crew, by what its rooms show. Pure.

A leaf's rooms belong to those who are in them: nobody who was found outside is let in by this.
"""

from collections.abc import Mapping

from crewhall.ground import names
from crewhall.ground.facts import Fact
from crewhall.ground.ids import CrewKey, RoomKey, UserId
from crewhall.ground.rooms import RoomSeen
from crewhall.life.crews.facts import (
    CrewEnded,
    CrewStarted,
    LeafClosed,
    LeafOpened,
    LeafRoomLeft,
    SeatAsked,
    SeatLeft,
    SeatOffered,
    SeatTaken,
)

_STILL = 100
"""The level to write where nobody can: a room that is to be read only."""


def crew_facts(
    key: CrewKey, rooms: Mapping[RoomKey, RoomSeen], listing: RoomSeen | None, me: UserId
) -> tuple[Fact, ...]:
    """Return what is known of a crew by its rooms (its own is the first by name); nothing if nobody is in it.

    Who started it cannot be seen: the first by name of those with a seat stands for that.
    """
    main = min(rooms)
    seen = rooms[main]
    seated = _at(seen, me, "join")
    if not seated:
        return ()
    start = CrewStarted(
        key=key,
        name=seen.name or key,
        by=seated[0],
        private=seen.encrypted,
        listed=seen.alias is not None,
        mark=names.digest(f"recover:{seen.room}"),
        keeper=me,
    )
    facts: list[Fact] = [start, *_leaves(main, rooms, seated, me)]
    facts += (SeatOffered(person, seated[0]) for person in _at(seen, me, "invite"))
    facts += (SeatAsked(person, knocked=True) for person in _at(seen, me, "knock"))
    gone = _at(seen, me, "leave", "ban")
    facts += (SeatLeft(person, seen.members[person].sender) for person in gone)
    if _writes(seen) >= _STILL:
        facts.append(CrewEnded("read-only"))
    elif seen.alias is not None and not _listed(listing, seen):
        facts.append(CrewEnded("kept"))
    return tuple(facts)


def _leaves(
    main: RoomKey, rooms: Mapping[RoomKey, RoomSeen], seated: tuple[UserId, ...], me: UserId
) -> list[Fact]:
    """Return the seats and the leaves: first those that are shut, to which not all may belong."""
    leaves: dict[str, list[RoomKey]] = {}
    for room in sorted(rooms.keys() - {main}):
        match room.removeprefix(f"{main}/").split("/"):
            case [leaf, _]:
                leaves.setdefault(leaf, []).append(room)
            case _:
                pass
    taken: dict[UserId, None] = {}
    facts: list[Fact] = []
    ended = _writes(rooms[main]) >= _STILL  # then nobody can tell, and no right depends on it
    is_open = {leaf: ended or all(_writes(rooms[r]) < _STILL for r in own) for leaf, own in leaves.items()}
    theirs = {
        leaf: {p for r in own for p in _at(rooms[r], me, "join", "invite")} for leaf, own in leaves.items()
    }
    for leaf in sorted(leaves, key=lambda one: (is_open[one], len(theirs[one]), one)):
        people = [p for p in seated if is_open[leaf] or p in theirs[leaf]]
        facts += (SeatTaken(person) for person in people if person not in taken)
        taken |= dict.fromkeys(people)
        facts.append(LeafOpened(leaf))
        if not is_open[leaf]:
            facts.append(LeafClosed(leaf, me))
    facts += (SeatTaken(person) for person in seated if person not in taken)
    for room in sorted(rooms.keys() - {main}):
        there = _at(rooms[room], me, "join", "invite")
        end = room.removeprefix(f"{main}/")
        leaf = end.partition("/")[0]
        belong = theirs[leaf] if leaf in leaves and not is_open[leaf] else seated
        facts += (LeafRoomLeft(end, one, one) for one in seated if one in belong and one not in there)
    return facts


def _listed(listing: RoomSeen | None, seen: RoomSeen) -> bool:
    if listing is None or seen.joins.get("join_rule") == "knock":
        return True
    return seen.room in listing.children or bool(seen.parents)


def _writes(seen: RoomSeen) -> int:
    told = seen.powers.get("events_default", 0)
    return told if isinstance(told, int) else 0


def _at(seen: RoomSeen, me: UserId, *memberships: str) -> tuple[UserId, ...]:
    return tuple(sorted(p for p, m in seen.members.items() if p != me and m.membership in memberships))
