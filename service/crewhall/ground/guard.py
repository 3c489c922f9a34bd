"""Which plans wait for a person's yes: those that would change much, take much away, or the last key."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal

from crewhall.charter.model import Care
from crewhall.ground import ids
from crewhall.ground.effects import parts, toll
from crewhall.ground.hall import House
from crewhall.ground.ids import CommunityKey, RoomKey, UserId
from crewhall.ground.powers import POWERS
from crewhall.ground.rights import bereft, keyholders, present
from crewhall.ground.rooms import Content
from crewhall.ground.sight import Sight
from crewhall.ground.steps import Close, Create, Plan, Put, Remove

SHARE: Final = 0.2
"""The part of a room's people that may be removed without a decision of theirs."""


@dataclass(frozen=True, slots=True)
class Concern:
    """Why a plan waits: `count` of something, `of` how many there are or may pass; in a room, if in one."""

    kind: Literal["removals", "steps", "people", "share", "key", "stale"]
    count: int = 0
    of: int = 0
    room: RoomKey | None = None

    def __str__(self) -> str:
        """Return it in words for an operator."""
        match self.kind:
            case "removals":
                return f"{self.count} people would be removed; more than {self.of} are asked about"
            case "steps":
                return f"{self.count} steps; more than {self.of} are asked about"
            case "people":
                return f"{self.count} people are concerned; more than {self.of} are asked about"
            case "share":
                return f"{self.count} of {self.of} people would be removed from {self.room}"
            case "key":
                return f"nobody would be left with the key of {self.room}"
            case "stale":
                return "this plan was not made from the latest look"


def guard(
    plan: Plan, sight: Sight, care: Care, fresh: frozenset[UserId] = frozenset()
) -> tuple[Concern, ...]:
    """Return why the plan waits for a yes; empty if it is safe. What makes a new room never waits.

    `fresh` are people whose own act of just now, heard one by one, gives them what they rise to.
    """
    undecided = [step for step in plan.steps if isinstance(step, Remove) and not step.decided]
    new = {step.key for step in plan.steps if isinstance(step, Create)}
    changes = sum(step.key not in new for step in plan.steps)
    concerns: list[Concern] = []
    if len(undecided) > care.removals:
        concerns.append(Concern("removals", len(undecided), care.removals))
    if changes > care.steps:
        concerns.append(Concern("steps", changes, care.steps))
    concerned = _concerned(plan, sight, fresh)
    if len(concerned) > care.people:
        concerns.append(Concern("people", len(concerned), care.people))
    concerns += _shares(undecided, sight)
    concerns += _last_keys(plan, sight)
    return tuple(concerns)


def risks(
    plan: Plan, sight: Sight, house: House, fresh: frozenset[UserId] = frozenset()
) -> tuple[Concern, ...]:
    """Return why a plan waits for a yes, each community judged by its own care."""
    concerns: list[Concern] = []
    for community, own in by_community(plan).items():
        hall = house.halls.get(community)
        concerns += guard(own, sight, hall.charter.care if hall is not None else Care(), fresh)
    return tuple(concerns)


def by_community(plan: Plan) -> dict[CommunityKey, Plan]:
    """Return each community's own part of a plan; what belongs to none is under the empty key."""
    keys = sorted({community_of(step.key) for step in plan.steps})
    return {key: Plan(tuple(step for step in plan.steps if community_of(step.key) == key)) for key in keys}


def community_of(key: RoomKey) -> CommunityKey:
    """Return the community that a room belongs to, the empty key for chats and the control room."""
    return ids.hall_of(key) or CommunityKey("")


def _concerned(plan: Plan, sight: Sight, fresh: frozenset[UserId]) -> frozenset[UserId]:
    """Return whom the plan invites, removes or gives another level, in rooms where people are already.

    Private chats concern nobody but their own person. A room that is left for good concerns those who
    decided it.
    """
    exempt = {step.key for step in plan.steps if isinstance(step, Create)}
    exempt |= {step.key for step in plan.steps if isinstance(step, Close)}
    found = toll(
        one
        for one in parts(plan, sight)
        if one.room not in exempt and community_of(one.room) and _is_lived_in(one.room, sight)
    )
    return found.people - (fresh & (frozenset(found.raised) - {*found.invited, *found.removed}))


def _is_lived_in(key: RoomKey, sight: Sight) -> bool:
    """Return whether anybody but the keeper is in a room: until then it is still being founded."""
    seen = sight.rooms.get(key)
    return seen is None or any(
        member.membership == "join" for person, member in seen.members.items() if person != sight.me
    )


def _shares(undecided: Iterable[Remove], sight: Sight) -> Iterable[Concern]:
    for key, count in sorted(Counter(step.key for step in undecided).items()):
        seen = sight.rooms.get(key)
        people = sum(present(seen, p) for p in seen.members if p != sight.me) if seen is not None else 0
        if count > 1 and count > people * SHARE:
            yield Concern("share", count, people, key)


def _last_keys(plan: Plan, sight: Sight) -> Iterable[Concern]:
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
            yield Concern("key", room=key)
