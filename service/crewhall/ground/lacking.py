"""What the keeper may not do in a room as it was seen, though it may have to one day."""

from typing import Final

from crewhall.ground.creation import CHILD, JOINS
from crewhall.ground.ids import UserId
from crewhall.ground.powers import POWERS
from crewhall.ground.rights import level, may_invite, may_write, number, part, threshold
from crewhall.ground.rooms import RoomSeen, RoomWish
from crewhall.ground.steps import Blocked

_MESSAGE: Final = "m.room.message"


def lacking(wish: RoomWish, seen: RoomSeen, me: UserId) -> Blocked | None:
    """Return what the keeper has no power for in a room that it cares for; None if it has all it needs."""
    if wish.closed or seen.tombstone is not None:
        return None
    mine = level(seen, me)
    speaks = number(part(seen.powers, "events").get(_MESSAGE), threshold(seen, "events_default"))
    needed = {
        "change levels": may_write(seen, me, POWERS),
        "open and close the door": may_write(seen, me, JOINS),
        "invite": may_invite(seen, me),
        "remove people": mine >= threshold(seen, "kick"),
        "list rooms": not wish.space or may_write(seen, me, CHILD),
        "speak": wish.space or wish.encrypted or mine >= speaks,
    }
    found = [what for what, may in needed.items() if not may]
    if not found:
        return None
    return Blocked(
        wish.key, ", ".join(found), f"Give {me} power 100 in {seen.name or wish.name or wish.key}."
    )
