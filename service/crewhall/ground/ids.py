"""Names of people, rooms and things: parsed once at the door, then trusted.

Grammar: Matrix specification v1.19, appendices, "Identifier Grammar". Server names may carry a
port, so an identifier is split at its *first* colon.
"""

import re
from typing import NewType

UserId = NewType("UserId", str)
"""``@name:server``."""
RoomId = NewType("RoomId", str)
"""``!opaque:server`` (up to room version 11) or ``!opaque`` (version 12)."""
EventId = NewType("EventId", str)
"""``$opaque``."""
CommunityKey = NewType("CommunityKey", str)
"""Short name of a community, such as ``rivendell``: ``[a-z0-9-]``, at most 40 characters."""
RungKey = NewType("RungKey", str)
"""Short name of a rung within its community's charter."""
CrewKey = NewType("CrewKey", str)
"""Short name of a crew within its community."""
RoomKey = NewType("RoomKey", str)
"""What a managed room is *for*; the natural key under which it is found again.

========================================  ==========================================
``rivendell``                             the community's space
``rivendell/place/lobby``                 a room of the community
``rivendell/rung/friends``                a rung's space
``rivendell/rung/friends/commons``        a room that a rung opens
``rivendell/crews``                       the space that lists crews
``rivendell/crew/lantern``                a crew's room
``rivendell/crew/lantern/space``          a crew's own space, once it has deepened
``rivendell/crew/lantern/work/board``     a room that a leaf opened for a crew
``rivendell/sister/5f3a...``                our letterbox for a sister (hash of its keeper)
``chat/5f3a...``                          a private chat (keyed hash of the person)
``service/control``                       the keeper's own room
========================================  ==========================================
"""

MOST_BYTES = 255
_USER = re.compile(r"@[^:\x00-\x1f\x7f\s]*:[A-Za-z0-9.\-\[\]:]+\Z")
KEY = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*\Z")


class BadName(ValueError):
    """A text that should name something does not follow the grammar."""


def user(text: str) -> UserId:
    """Return `text` as a user id; raise BadName if it is none (also if over 255 bytes)."""
    if len(text.encode()) > MOST_BYTES or not _USER.match(text):
        raise BadName(text[:MOST_BYTES])
    return UserId(text)


def server(name: str) -> str:
    """Return the server part of a user id or alias, port included."""
    return name.partition(":")[2]


def local(name: str) -> str:
    """Return what stands between the sigil and the first colon."""
    return name[1:].partition(":")[0]


def root(hall: CommunityKey) -> RoomKey:
    """Return the key of the community's space."""
    return RoomKey(hall)


def place(hall: CommunityKey, key: str) -> RoomKey:
    """Return the key of a room that everybody in the community may find."""
    return RoomKey(f"{hall}/place/{key}")


def rung(hall: CommunityKey, key: RungKey) -> RoomKey:
    """Return the key of a rung's space."""
    return RoomKey(f"{hall}/rung/{key}")


def rung_room(hall: CommunityKey, key: RungKey, room: str) -> RoomKey:
    """Return the key of a room that a rung opens."""
    return RoomKey(f"{hall}/rung/{key}/{room}")


def crews_space(hall: CommunityKey) -> RoomKey:
    """Return the key of the space that lists the crews."""
    return RoomKey(f"{hall}/crews")


def crew_room(hall: CommunityKey, key: CrewKey) -> RoomKey:
    """Return the key of a crew's own room."""
    return RoomKey(f"{hall}/crew/{key}")


def crew_space(hall: CommunityKey, key: CrewKey) -> RoomKey:
    """Return the key of a crew's own space."""
    return RoomKey(f"{hall}/crew/{key}/space")


def leaf_room(hall: CommunityKey, key: CrewKey, leaf: str, room: str) -> RoomKey:
    """Return the key of a room that a leaf opened for a crew."""
    return RoomKey(f"{hall}/crew/{key}/{leaf}/{room}")


CONTROL = RoomKey("service/control")
"""The keeper's own room: nobody else is in it; its heartbeat wakes a sleeping homeserver queue."""


def hall_of(key: RoomKey) -> CommunityKey | None:
    """Return the community that a room belongs to, None for chats and the control room."""
    head = key.partition("/")[0]
    return None if head in {"chat", "service"} else CommunityKey(head)


ALIAS_PREFIX = "_crewhall_"
"""What the local part of every alias of ours begins with: the registration's alias namespace."""


def alias_of(key: RoomKey) -> str:
    """Return the local part of the alias under which a managed room is found again."""
    return ALIAS_PREFIX + key.replace("/", "_")
