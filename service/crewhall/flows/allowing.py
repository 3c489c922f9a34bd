"""What of a plan waits for a yes, and what explains itself: the ledger's answers to those who carry out."""

from datetime import datetime

from crewhall.ground.drift import NOTHING, Memory
from crewhall.ground.effects import RoomPart
from crewhall.ground.guard import community_of
from crewhall.ground.hall import House
from crewhall.ground.ids import RoomKey, UserId
from crewhall.ground.rooms import RoomWish
from crewhall.life.drift.fold import memory
from crewhall.life.plans import shown


def waits_in(house: House, key: RoomKey) -> RoomPart | None:
    """Return what of a plan that is shown, and that nobody allowed yet, waits in this room."""
    hall = house.halls.get(community_of(key))
    return shown.waits_in(hall, key) if hall is not None else None


def memory_of(house: House, wish: RoomWish, now: datetime) -> Memory:
    """Return what the charter and the ledger say about changes by hand in a room."""
    hall = house.halls.get(community_of(wish.key))
    return memory(hall, wish, now) if hall is not None else NOTHING


def fresh_in(house: House, key: str, now: datetime) -> frozenset[UserId]:
    """Return who, in the community of this room, just did what lets them rise."""
    hall = house.halls.get(community_of(RoomKey(key)))
    return shown.fresh(hall, now) if hall is not None else frozenset()
