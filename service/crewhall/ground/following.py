"""Whether a room by which people replaced one of ours is believed, and what it takes to care for it. Pure.

Believed is what says itself that it continues our room, and was made by somebody who had the power to replace
it. Nobody gets more by it than they had or than the community's rule gives: a room of version 12 belongs to
those who made it for ever, so it is followed only where the old one was already theirs.
"""

from collections.abc import Container
from dataclasses import dataclass
from typing import Final, Literal

from crewhall.ground.ids import RoomId, UserId
from crewhall.ground.powers import POWERS, TOMBSTONE
from crewhall.ground.rights import level, may_write, part, threshold
from crewhall.ground.rooms import LOCATOR, Content, RoomSeen, RoomWish
from crewhall.ground.seen import has_endless_creators

Doubt = Literal["away", "powerless", "raised", "elsewhere", "circle", "unlike", "stranger", "owned"]
"""Why a successor is not followed.

``away``: the keeper is not in it; ``powerless``: it lacks the power to care for it; ``raised``: somebody has
more there than they had, and the keeper cannot take it back. These can be put right. Never: it does not
say that it continues our room, or is another of ours (``elsewhere``); it leads back (``circle``); it is of
another kind, or older (``unlike``); who made it could not replace our room (``stranger``); it would belong to
who made it for ever (``owned``).
"""
FOREVER: Final[frozenset[str]] = frozenset({"elsewhere", "circle", "unlike", "stranger", "owned"})


@dataclass(frozen=True, slots=True)
class Claim:
    """A room that people put in the place of ours, as both were seen.

    `before` are the rooms that ours was earlier, `ours` all that are managed now.
    """

    wish: RoomWish
    old: RoomSeen
    new: RoomSeen
    before: frozenset[RoomId]
    ours: Container[RoomId]


def doubt(claim: Claim, me: UserId) -> Doubt | None:
    """Return why a successor is not to be followed (yet), None if it is."""
    wish, old, new = claim.wish, claim.old, claim.new
    was = {old.room, *claim.before}
    if new.room in was or new.tombstone in was:
        return "circle"
    taken = new.room in claim.ours or new.locator not in {None, wish.key}
    if new.predecessor != old.room or taken:
        return "elsewhere"
    if new.space != old.space or new.kind != old.kind or _age(new.version) < _age(old.version):
        return "unlike"
    makers = new.creators - {me}
    if not all(may_write(old, maker, TOMBSTONE) for maker in makers):
        return "stranger"
    if has_endless_creators(new.version) and not all(_owns(claim, maker, me) for maker in makers):
        return "owned"
    if not (may_write(new, me, LOCATOR) and (wish.adopt or _is_in_charge(new, me))):
        return "powerless"
    raised = _raised(claim, me)
    if raised and not (may_write(new, me, POWERS) and all(level(new, p) < level(new, me) for p in raised)):
        return "raised"
    return None


def lowered(claim: Claim, me: UserId) -> Content | None:
    """Return the levels to be written before a successor is ours, None if nobody has more than they had."""
    raised = _raised(claim, me)
    if not raised:
        return None
    users = part(claim.new.powers, "users")
    for person, due in raised.items():
        users[person] = due
    return {**claim.new.powers, "users": users}


def _raised(claim: Claim, me: UserId) -> dict[UserId, int]:
    """Return whose level is above what they had and what the rule gives, and what it is to be."""
    if claim.wish.adopt:
        return {}  # the room is its people's own
    endless = claim.new.creators if has_endless_creators(claim.new.version) else frozenset()
    found: dict[UserId, int] = {}
    default = threshold(claim.new, "users_default")
    for person in map(UserId, part(claim.new.powers, "users")):
        given = claim.wish.powers.users.get(person, default)
        due = max(level(claim.old, person), given, default)
        if person != me and person not in endless and level(claim.new, person) > due:
            found[person] = due
    return found


def _owns(claim: Claim, maker: UserId, me: UserId) -> bool:
    """Return whether an existing room that was taken in was already theirs: nobody stood above them."""
    return bool(claim.wish.adopt) and level(claim.old, maker) >= level(claim.old, me)


def _is_in_charge(new: RoomSeen, me: UserId) -> bool:
    return may_write(new, me, POWERS) and may_write(new, me, TOMBSTONE)


def _age(version: str) -> int:
    """Return a room version as a number; one that is none is newer than all."""
    return int(version) if version.isdecimal() else 1_000
