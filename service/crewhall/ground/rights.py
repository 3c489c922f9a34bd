"""Who may do what in a room as it was seen: levels, and what the homeserver would let the keeper do.

Matrix specification v1.19, "m.room.power_levels" (defaults) and the authorisation rules of room versions
11 and 12. From version 12 on creators stand above all levels (MSC4289).
"""

from collections.abc import Mapping
from typing import Final

from crewhall.ground.ids import UserId
from crewhall.ground.rooms import Content, RoomSeen
from crewhall.ground.seen import has_endless_creators

ENDLESS: Final = 2**53
"""The level of a creator from room version 12 on: above the highest that can be written."""

KEY: Final = 99
"""The level that makes a keyholder, wherever changing the state of a room asks for more."""

DEFAULTS: Final[Mapping[str, int]] = {
    "users_default": 0,
    "events_default": 0,
    "state_default": 50,
    "invite": 0,
    "kick": 50,
    "ban": 50,
    "redact": 50,
}
"""What an absent number in ``m.room.power_levels`` means."""


def number(value: object, default: int) -> int:
    """Return a level; old rooms may hold it as a string, hostile ones as anything."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if isinstance(value, str) and value.strip().removeprefix("-").isdecimal():
        return int(value)
    return default


def part(powers: Content, name: str) -> dict[str, object]:
    """Return a copy of ``users``, ``events`` or ``notifications``; {} if it is not a mapping."""
    value = powers.get(name)
    return dict(value) if isinstance(value, Mapping) else {}


def threshold(seen: RoomSeen, name: str) -> int:
    """Return one of the levels in `DEFAULTS` as it counts in this room."""
    return number(seen.powers.get(name), DEFAULTS[name])


def level(seen: RoomSeen, person: UserId) -> int:
    """Return the level somebody has in this room, `ENDLESS` for a creator from version 12 on."""
    if person in seen.creators:
        if has_endless_creators(seen.version):
            return ENDLESS
        if not seen.powers:
            return 100
    return number(part(seen.powers, "users").get(person), threshold(seen, "users_default"))


def reach(seen: RoomSeen, me: UserId) -> int:
    """Return how high the keeper stands; it can grant no more than that."""
    return level(seen, me)


def may_write(seen: RoomSeen, person: UserId, kind: str) -> bool:
    """Return whether somebody may write this kind of state."""
    needed = number(part(seen.powers, "events").get(kind), threshold(seen, "state_default"))
    return level(seen, person) >= needed


def may_invite(seen: RoomSeen, me: UserId) -> bool:
    """Return whether the keeper may invite."""
    return level(seen, me) >= threshold(seen, "invite")


def may_remove(seen: RoomSeen, me: UserId, person: UserId) -> bool:
    """Return whether the keeper may remove this person: only those who stand below it."""
    mine = level(seen, me)
    return mine >= threshold(seen, "kick") and level(seen, person) < mine


def present(seen: RoomSeen, person: UserId) -> bool:
    """Return whether somebody is in the room or invited."""
    member = seen.members.get(person)
    return member is not None and member.membership in {"join", "invite"}


def keyholders(seen: RoomSeen, me: UserId, powers: Content | None = None) -> frozenset[UserId]:
    """Return the people, the keeper apart, who are here and may change the room's state.

    With `powers` they are counted as if that were the content. Where creators are not endless the keeper
    stands at 100 and the key is one below.
    """
    content = seen.powers if powers is None else powers
    bar = max(1, min(number(content.get("state_default"), DEFAULTS["state_default"]), KEY))
    users = part(content, "users")
    default = number(content.get("users_default"), 0)
    endless = seen.creators if has_endless_creators(seen.version) else frozenset()
    return frozenset(
        person
        for person in seen.members
        if person != me
        and present(seen, person)
        and (person in endless or number(users.get(person), default) >= bar)
    )


def bereft(seen: RoomSeen, me: UserId, powers: Content) -> frozenset[UserId]:
    """Return who would be the last to lose the key with this content; empty if somebody keeps it.

    Those who had it are counted by the bar as it will be, so that the answer is the same at the next look.
    """
    had = keyholders(seen, me, {**seen.powers, "state_default": powers.get("state_default")})
    return frozenset() if keyholders(seen, me, powers) else had
