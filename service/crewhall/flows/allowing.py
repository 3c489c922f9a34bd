"""What of a plan waits for a yes, and what explains itself: the ledger's answers to those who carry out."""

from datetime import datetime

from crewhall.ground.drift import NOTHING, Memory
from crewhall.ground.effects import RoomPart
from crewhall.ground.guard import Concern, by_community, community_of, risks
from crewhall.ground.hall import Hall, House
from crewhall.ground.ids import RoomKey
from crewhall.ground.rooms import RoomWish
from crewhall.ground.sight import Sight
from crewhall.ground.steps import Plan, Remove, Step
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


def concerns_of(plan: Plan, sight: Sight, house: House, now: datetime) -> tuple[Concern, ...]:
    """Return why a plan waits for a yes.

    Whoever just did what lets them rise is no reason, nor is a guest who is let go as their time is over.
    """
    found: tuple[Concern, ...] = ()
    for community, whole in by_community(plan).items():
        hall = house.halls.get(community)
        own = Plan(tuple(step for step in whole.steps if hall is None or not _is_seen_off(step, hall)))
        concerns = risks(own, sight, house)
        if hall is not None and any(concern.kind == "people" for concern in concerns):
            concerns = risks(own, sight, house, shown.fresh(hall, now))
        found += concerns
    return found


def never_waits(step: Step, hall: Hall) -> bool:
    """Return whether this lets somebody go for whom a decision closed the doors, or whose time is over."""
    return _is_seen_off(step, hall) or (isinstance(step, Remove) and step.person in hall.shut_out)


def _is_seen_off(step: Step, hall: Hall) -> bool:
    if not isinstance(step, Remove) or not step.decided:
        return False
    return step.person in hall.seen_off and step.person not in hall.inside
