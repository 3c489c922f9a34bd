"""How a managed room begins: everything that one ``createRoom`` call can carry, so that nothing follows.

Name and topic are among the first state events instead of beside them: Synapse then writes all of them at
once, the locator last, so that a room which has its locator has everything.
"""

from collections.abc import Mapping

from crewhall.ground.hall import Opened
from crewhall.ground.ids import RoomKey, UserId, server
from crewhall.ground.powers import wished_powers
from crewhall.ground.rooms import LOCATOR, Content, NewRoom, RoomSeen, RoomWish, StatePut

JOINS = "m.room.join_rules"
HISTORY = "m.room.history_visibility"
GUESTS = "m.room.guest_access"
ENCRYPTION = "m.room.encryption"
PARENT = "m.space.parent"
ALIAS = "m.room.canonical_alias"
CHILD = "m.space.child"
RESTRICTED = frozenset({"restricted", "knock_restricted"})


def new_room(wish: RoomWish, rooms: Mapping[RoomKey, Opened], me: UserId) -> NewRoom:
    """Return the room to be made. Rooms that do not exist yet are left out of its links."""
    state = [
        StatePut(JOINS, "", joins_content(wish, rooms)),
        StatePut(HISTORY, "", {"history_visibility": wish.history}),
        StatePut(GUESTS, "", guests_content(wish)),
    ]
    if wish.encrypted:
        state.append(StatePut(ENCRYPTION, "", encryption_content()))
    if not wish.shown:
        state.append(StatePut(ALIAS, "", {}))
    if wish.listing is not None and (space := rooms.get(wish.listing.space)) is not None:
        state.append(StatePut(PARENT, space.room, parent_content(me)))
    if wish.name:
        state.append(StatePut("m.room.name", "", {"name": wish.name}))
    if wish.topic:
        # m.topic: client-server API v1.15, "Rich topics"; the homeserver adds it only to its own topics.
        rich = {"m.text": [{"body": wish.topic}]}
        state.append(StatePut("m.room.topic", "", {"topic": wish.topic, "m.topic": rich}))
    if wish.avatar:
        state.append(StatePut("m.room.avatar", "", {"url": wish.avatar}))
    state += stated(wish)
    state.append(locator(wish.key))
    return NewRoom(
        alias=wish.alias,
        version=wish.version,
        powers=wished_powers(wish, wish.version, me),
        state=tuple(state),
        space=wish.space,
        federate=wish.federate,
        direct=wish.direct,
        invite=tuple(p for p in guests_of(wish, me) if server(p) == server(me)),
        kind=wish.kind,
    )


def guests_of(wish: RoomWish, me: UserId) -> tuple[UserId, ...]:
    """Return who should be invited or in, in a settled order.

    With the creation only those of our own homeserver are invited: one unreachable server would fail all
    of it. The others follow one by one.
    """
    if wish.closed:
        return ()
    return tuple(sorted(p for p in {*wish.invited} - {me} - wish.unwelcome if welcome(wish, p)))


def welcome(wish: RoomWish, person: UserId) -> bool:
    """Return whether somebody may be in the room."""
    return not wish.closed and person not in wish.unwelcome and (wish.only is None or person in wish.only)


def joins_content(wish: RoomWish, rooms: Mapping[RoomKey, Opened]) -> Content:
    """Return the join rule; a closed room is shut."""
    if wish.closed:
        return {"join_rule": "invite"}
    if wish.join.rule not in RESTRICTED:
        return {"join_rule": wish.join.rule}
    allowed = (rooms[key].room for key in dict.fromkeys(wish.join.allow) if key in rooms)
    allow = [{"type": "m.room_membership", "room_id": room} for room in allowed]
    return {"join_rule": wish.join.rule, "allow": allow}


def same_joins(one: Content, other: Content) -> bool:
    """Return whether two join rules mean the same; the order of what they allow means nothing."""
    if one.get("join_rule", "invite") != other.get("join_rule", "invite"):
        return False
    if one.get("join_rule") not in RESTRICTED:
        return True
    return _allowed(one) == _allowed(other)


def guests_content(wish: RoomWish) -> Content:
    """Return whether guests may come in."""
    return {"guest_access": "can_join" if wish.guests else "forbidden"}


def encryption_content() -> Content:
    """Return how an encrypted room encrypts."""
    return {"algorithm": "m.megolm.v1.aes-sha2"}


def parent_content(me: UserId) -> Content:
    """Return how a room names the space it is listed in."""
    return {"via": [server(me)], "canonical": True}


def stated(wish: RoomWish) -> tuple[StatePut, ...]:
    """Return what a room shall say of itself in state events of ours."""
    return tuple(StatePut(kind, key, content) for (kind, key), content in sorted(wish.statements.items()))


def unstated(wish: RoomWish, seen: RoomSeen, me: UserId) -> tuple[StatePut, ...]:
    """Return what of it is not stated yet, otherwise, or by somebody else."""
    told = {at: one.content for at, one in seen.statements.items() if one.sender == me}
    return tuple(put for put in stated(wish) if told.get((put.type, put.key)) != put.content)


def child_content(me: UserId, order: str = "", *, suggested: bool = False) -> Content:
    """Return how a space lists a room; ids of version 12 tell no server, so `via` must."""
    content: dict[str, object] = {"via": [server(me)]}
    if order:
        content["order"] = order
    if suggested:
        content["suggested"] = True
    return content


def locator(key: RoomKey) -> StatePut:
    """Return the state by which the room is found again when the ledger is lost."""
    return StatePut(LOCATOR, "", {"key": key, "v": 1})


def _allowed(content: Content) -> frozenset[tuple[str, str]]:
    listed = content.get("allow")
    return frozenset(
        (str(entry.get("type")), str(entry.get("room_id")))
        for entry in (listed if isinstance(listed, list) else ())
        if isinstance(entry, Mapping)
    )
