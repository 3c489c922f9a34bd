"""Which rooms stand in which spaces, and the whole plan: every room, then every place in a space.

A room that a space lists already stays as people arranged it. Rooms of ours that are no longer to be
listed are taken out; what others put there is theirs.
"""

from collections.abc import Callable, Iterable, Mapping

from crewhall.ground import ids
from crewhall.ground.creation import CHILD, child_content
from crewhall.ground.drift import NOTHING, Memory
from crewhall.ground.hall import Opened
from crewhall.ground.ids import RoomKey, UserId, server
from crewhall.ground.order import ordered
from crewhall.ground.plan import plan_room
from crewhall.ground.rights import may_write
from crewhall.ground.rooms import ChildSeen, RoomSeen, RoomWish, StatePut
from crewhall.ground.sight import Sight
from crewhall.ground.steps import Blocked, Link, Plan, Put, Step, Unlink


def needs(wish: RoomWish) -> tuple[RoomKey, ...]:
    """Return the rooms that must exist before this one is made, so that it can name them."""
    space = (wish.listing.space,) if wish.listing is not None else ()
    return tuple(dict.fromkeys((*space, *wish.join.allow)))


def depths(keys: Iterable[RoomKey], wish_of: Callable[[RoomKey], RoomWish | None]) -> dict[RoomKey, int]:
    """Return how many rooms must be made before each of these and what they need; a circle is cut open."""
    found: dict[RoomKey, int] = {}

    def depth(key: RoomKey, path: frozenset[RoomKey]) -> int:
        if key not in found:
            wish = wish_of(key)
            before = needs(wish) if wish is not None else ()
            below = [depth(need, path | {key}) for need in before if need != key and need not in path]
            found[key] = 1 + max(below, default=-1)
        return found[key]

    for key in sorted(keys):
        depth(key, frozenset())
    return found


def link_step(wish: RoomWish, child: ChildSeen | None, room: Opened | None, me: UserId) -> Step | None:
    """Return how the room comes into its space's list, where it stands as `child` if at all."""
    listing = wish.listing
    if listing is None or wish.closed:
        return None
    if child is None or room is None:
        return Link(wish.key, listing.space, listing.order, listing.suggested)
    if server(me) in child.via:
        return None
    arranged = child_content(me, child.order, suggested=child.suggested)
    content = {**arranged, "via": [*child.via, server(me)]}
    return Put(listing.space, StatePut(CHILD, room.room, content), "link")


def plan_links(wishes: Iterable[RoomWish], sight: Sight, rooms: Mapping[RoomKey, Opened], me: UserId) -> Plan:
    """Return the steps that bring the lists of all spaces that were seen, or are to be made."""
    wishes = sorted(wishes, key=lambda wish: wish.key)
    steps: list[Step] = []
    blocked: list[Blocked] = []
    for wish in wishes:
        if wish.listing is None or wish.closed or wish.listing.space in sight.missed:
            continue
        if wish.key in sight.missed and wish.key not in rooms:
            continue
        space, room = sight.rooms.get(wish.listing.space), rooms.get(wish.key)
        child = space.children.get(room.room) if space is not None and room is not None else None
        step = link_step(wish, child, room, me)
        if step is None:
            continue
        if space is None or may_write(space, me, CHILD):
            steps.append(step)
        else:
            blocked.append(_powerless(wish.listing.space, space, f"list {wish.name or wish.key}", me))
    for step in _leftovers(wishes, sight, rooms):
        space = sight.rooms[step.space]
        if may_write(space, me, CHILD):
            steps.append(step)
        else:
            blocked.append(_powerless(step.space, space, f"take {step.key} out of the list", me))
    return Plan(ordered(steps), tuple(blocked))


def whole(
    wishes: Iterable[RoomWish],
    sight: Sight,
    rooms: Mapping[RoomKey, Opened],
    me: UserId,
    memory_of: Callable[[RoomWish], Memory] = lambda _wish: NOTHING,
) -> Plan:
    """Return one plan for all rooms; the order in which the wishes come means nothing.

    `memory_of` tells of each room what is remembered of changes by hand.
    """
    wished = {wish.key: wish for wish in wishes}
    depth = depths(wished, wished.get)
    steps: list[Step] = []
    blocked: list[Blocked] = [sight.missed[key] for key in sorted(wished.keys() & sight.missed.keys())]
    for key, wish in sorted(wished.items()):
        if key in sight.missed:
            continue
        plan = plan_room(wish, sight.rooms.get(key), rooms, me, memory=memory_of(wish))
        steps += plan.steps
        blocked += plan.blocked
    links = plan_links(wished.values(), sight, rooms, me)
    ranks = {key: (depth[key], not wish.space) for key, wish in wished.items()}
    return Plan(ordered((*steps, *links.steps), ranks), (*blocked, *links.blocked))


def _leftovers(wishes: Iterable[RoomWish], sight: Sight, rooms: Mapping[RoomKey, Opened]) -> Iterable[Unlink]:
    """Yield our own rooms that stand in spaces of their community where they are not to be."""
    keys = {opened.room: key for key, opened in rooms.items()}
    listed = {
        (wish.listing.space, wish.key) for wish in wishes if wish.listing is not None and not wish.closed
    }
    for space, seen in sorted(sight.rooms.items()):
        for child in sorted(seen.children):
            key = keys.get(child)
            if key is None or ids.hall_of(key) != ids.hall_of(space) or (space, key) in listed:
                continue
            yield Unlink(key, space, child)


def _powerless(key: RoomKey, space: RoomSeen, what: str, me: UserId) -> Blocked:
    return Blocked(key, what, f"Give {me} power 100 in {space.name or key}.")
