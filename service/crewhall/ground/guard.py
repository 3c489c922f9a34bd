"""Which plans wait for a person's yes: those that would take much away, or the last key."""

from collections import Counter
from collections.abc import Iterable
from typing import Final

from crewhall.charter.model import Care
from crewhall.ground import ids
from crewhall.ground.hall import House
from crewhall.ground.ids import CommunityKey, RoomKey, UserId
from crewhall.ground.powers import POWERS
from crewhall.ground.rights import bereft, keyholders, present
from crewhall.ground.rooms import Content
from crewhall.ground.sight import Sight
from crewhall.ground.steps import Close, Create, Plan, Put, Remove

SHARE: Final = 0.2
"""The part of a room's people that may be removed without a decision of theirs."""


def guard(plan: Plan, sight: Sight, care: Care) -> tuple[str, ...]:
    """Return why the plan waits for a yes; empty if it is safe. What makes a new room never waits."""
    undecided = [step for step in plan.steps if isinstance(step, Remove) and not step.decided]
    new = {step.key for step in plan.steps if isinstance(step, Create)}
    changes = sum(step.key not in new for step in plan.steps)
    reasons: list[str] = []
    if len(undecided) > care.removals:
        reasons.append(f"{len(undecided)} people would be removed; more than {care.removals} are asked about")
    if changes > care.steps:
        reasons.append(f"{changes} steps; more than {care.steps} are asked about")
    reasons += _shares(undecided, sight)
    reasons += _last_keys(plan, sight)
    return tuple(reasons)


def risks(plan: Plan, sight: Sight, house: House) -> tuple[str, ...]:
    """Return why a plan waits for a yes, each community judged by its own care."""
    reasons: list[str] = []
    for community in sorted({_hall(step.key) for step in plan.steps}):
        own = Plan(tuple(step for step in plan.steps if _hall(step.key) == community))
        hall = house.halls.get(community)
        reasons += guard(own, sight, hall.charter.care if hall is not None else Care())
    return tuple(reasons)


def _hall(key: RoomKey) -> CommunityKey:
    return ids.hall_of(key) or CommunityKey("")


def _shares(undecided: Iterable[Remove], sight: Sight) -> Iterable[str]:
    for key, count in sorted(Counter(step.key for step in undecided).items()):
        seen = sight.rooms.get(key)
        people = sum(present(seen, p) for p in seen.members if p != sight.me) if seen is not None else 0
        if count > 1 and count > people * SHARE:
            yield f"{count} of {people} people would be removed from {key}"


def _last_keys(plan: Plan, sight: Sight) -> Iterable[str]:
    """Yield the rooms, other than those that close, in which nobody would be left with the key."""
    closing = {step.key for step in plan.steps if isinstance(step, Close)}
    removed: dict[RoomKey, set[UserId]] = {}
    levels: dict[RoomKey, Content] = {}
    for step in plan.steps:
        match step:
            case Remove(key=key, person=person):
                removed.setdefault(key, set()).add(person)
            case Put(key=key, put=put) if put.type == POWERS:
                levels[key] = put.content
            case _:
                pass
    for key in sorted((removed.keys() | levels.keys()) - closing):
        seen = sight.rooms.get(key)
        if seen is None:
            continue
        powers = levels.get(key, seen.powers)
        had, left = keyholders(seen, sight.me), keyholders(seen, sight.me, powers)
        if bereft(seen, sight.me, powers) or (had & left and not left - removed.get(key, set())):
            yield f"nobody would be left with the key of {key}"
