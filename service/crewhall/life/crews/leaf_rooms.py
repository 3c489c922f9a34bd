"""Decides how the space and the rooms should be that a leaf opened: for those who consented, all equal.

While a leaf is shut its rooms can be read and nothing is added. Those who have them keep them: taking
somebody's own rooms away because another came in, or because one member closed the leaf, would punish them.
Whoever came in since is not let in before all have consented.
"""

from collections.abc import Iterable
from dataclasses import replace

from crewhall.charter.model import Place
from crewhall.ground import ids
from crewhall.ground.hall import Hall
from crewhall.ground.ids import RoomKey
from crewhall.ground.powers import CALLS
from crewhall.ground.rooms import JoinWish, Listing, PowerWish, RoomWish
from crewhall.life.crews.crew import Crew, Leaf
from crewhall.life.crews.growing import SPACE
from crewhall.life.crews.leaves import leaf_of

ANYONE = 0
NOBODY = 100
KEEPER = 50
"""The level to invite where only the keeper does: nobody in a crew holds it."""
NAMES = ("m.room.name", "m.room.topic", "m.room.avatar")
EVERYBODYS = (*NAMES, "m.room.pinned_events", "org.matrix.msc3401.call.member")
"""What everybody in a crew may set; Element's calls are joined by the last."""
ANSWERS = ("m.reaction", "m.poll.response", "org.matrix.msc3381.poll.response")
_CHILD = "m.space.child"


def places(crew: Crew) -> Iterable[RoomKey]:
    """Return the crew's space and the rooms that its leaves ever had; none if it never opened one."""
    if crew.leaves:
        yield crew.space
    for key, leaf in sorted(crew.leaves.items()):
        yield from (ids.leaf_room(crew.hall, crew.key, key, room) for room in sorted(leaf.rooms))


def deep(hall: Hall, crew: Crew, key: RoomKey) -> RoomWish | None:
    """Return the crew's space or a leaf's room as it should be while the crew lives."""
    match key.removeprefix(f"{crew.room}/").split("/"):
        case ["space"] if crew.leaves:
            return _space(hall, crew)
        case [name, room] if (leaf := crew.leaves.get(name)) is not None and room in leaf.rooms:
            return _room(hall, crew, key, leaf)
        case _:
            return None


def left_alone(wish: RoomWish) -> RoomWish:
    """Return a room as its people keep it: off the crews' list, its doors shut, nobody invited or removed."""
    listing = wish.listing
    if listing is not None and listing.space == ids.crews_space(ids.CommunityKey(wish.key.split("/")[0])):
        listing = None
    return replace(
        wish, listing=listing, join=JoinWish("invite"), invited=(), only=None, unwelcome=frozenset()
    )


def still() -> PowerWish:
    """Return levels under which everything can be read and nothing added."""
    events = dict.fromkeys((*EVERYBODYS, *CALLS, *ANSWERS, _CHILD), NOBODY)
    return PowerWish(events_default=NOBODY, invite=NOBODY, events=events)


def _space(hall: Hall, crew: Crew) -> RoomWish:
    charter = hall.charter
    return RoomWish(
        key=crew.space,
        alias=ids.alias_of(crew.space),
        name=crew.name,
        topic="The rooms of this crew.",
        shown=crew.listed,
        space=True,
        # Seen in the crews' list only if one could ask for a seat here too.
        join=JoinWish("knock" if crew.listed else "invite"),
        powers=PowerWish(
            events_default=NOBODY,
            invite=KEEPER,
            events=dict.fromkeys((*NAMES, _CHILD), ANYONE),
            drift=charter.drift.powers,
        ),
        version=charter.room_version,
        federate=charter.federate,
        history="joined",
        listing=Listing(ids.crews_space(hall.key)) if crew.listed else None,
        invited=tuple(sorted(crew.members - crew.away.get(SPACE, frozenset()))),
        only=crew.members,
        unwelcome=crew.shut_out,
        why_only="Only those with a seat in this crew are in its space.",
        doors=charter.drift.doors,
    )


def _room(hall: Hall, crew: Crew, key: RoomKey, leaf: Leaf) -> RoomWish:
    charter = hall.charter
    end = key.removeprefix(f"{crew.room}/")
    name, _, room = end.partition("/")
    order, place = _place(hall, name, room)
    theirs = place is None or (crew.ended is not None and leaf.open)
    wish = RoomWish(
        key=key,
        alias=ids.alias_of(key),
        name=f"{crew.name}: {place.name if place is not None else room}",
        topic=place.topic if place is not None else "",
        avatar=place.avatar if place is not None else "",
        shown=crew.listed,
        join=JoinWish("invite"),
        powers=_open(hall, ANYONE if theirs else KEEPER) if leaf.open or theirs else still(),
        version=charter.room_version,
        federate=charter.federate,
        history="joined",
        encrypted=crew.private,
        listing=Listing(crew.space, order, place.suggested if place is not None else False),
        invited=tuple(sorted(leaf.people - crew.away.get(end, frozenset()))),
        only=leaf.people,
        unwelcome=crew.shut_out,
        why_only="Only those who opened this leaf of the crew are in its rooms.",
        doors=charter.drift.doors,
    )
    return left_alone(wish) if place is None else wish


def _open(hall: Hall, invite: int) -> PowerWish:
    # Answers are named because a room that was shut has them raised.
    events = dict.fromkeys((*EVERYBODYS, *ANSWERS), ANYONE)
    return PowerWish(invite=invite, events=events, drift=hall.charter.drift.powers)


def _place(hall: Hall, name: str, room: str) -> tuple[str, Place | None]:
    """Return a leaf's room as the charter has it, and its place in the list."""
    leaf = leaf_of(hall, name)
    found = [
        (n, place) for n, place in enumerate(leaf.rooms if leaf is not None else ()) if place.key == room
    ]
    depth = hall.charter.crews.leaves.index(leaf) if leaf is not None else 9
    return (f"b{depth}{found[0][0]:03}", found[0][1]) if found else ("c", None)
