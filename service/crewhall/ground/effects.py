"""What a plan would do to whom, room by room: shown before it is done, and compared with what was allowed.

A yes is given to effects, not to steps: while people come and go the steps that bring about the same are
written anew, and nobody wants to be asked again for that.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Final

from crewhall.ground.ids import RoomKey, UserId
from crewhall.ground.powers import POWERS, wished_powers
from crewhall.ground.rights import DEFAULTS, level, number, part
from crewhall.ground.rooms import Content, RoomSeen, RoomWish
from crewhall.ground.sight import Sight
from crewhall.ground.steps import Close, Create, Enter, Invite, Link, Plan, Put, Remove, Step, Unlink

MADE: Final = "made"
CLOSED: Final = "closed"


@dataclass(frozen=True, slots=True)
class RoomPart:
    """What would happen in one room.

    `let_go` are removed too, but by a recorded decision. `levels` are people with the level that they have
    and the one they would have. `others` is what names nobody: ``made``, ``closed``, or a kind of change and
    a digest of what it would be.
    """

    room: RoomKey
    invited: tuple[UserId, ...] = ()
    removed: tuple[UserId, ...] = ()
    let_go: tuple[UserId, ...] = ()
    levels: tuple[tuple[UserId, int, int], ...] = ()
    others: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Toll:
    """What parts of a plan come to: people once each, `levels` each in each room; rooms by key.

    `where` are the rooms in which people are concerned.
    """

    invited: tuple[UserId, ...]
    removed: tuple[UserId, ...]
    lowered: tuple[UserId, ...]
    raised: tuple[UserId, ...]
    levels: int
    made: tuple[RoomKey, ...]
    closed: tuple[RoomKey, ...]
    settings: tuple[RoomKey, ...]
    where: tuple[RoomKey, ...]

    @property
    def people(self) -> frozenset[UserId]:
        """Everybody whom it concerns."""
        return frozenset((*self.invited, *self.removed, *self.lowered, *self.raised))


def parts(plan: Plan, sight: Sight) -> tuple[RoomPart, ...]:
    """Return what the plan would do, by room, in order of key; `sight` is what it was made from."""
    found: dict[RoomKey, RoomPart] = {}
    for step in plan.steps:
        one = _of(step, sight)
        before = found.get(one.room, RoomPart(one.room))
        found[one.room] = RoomPart(
            one.room,
            before.invited + one.invited,
            before.removed + one.removed,
            before.let_go + one.let_go,
            before.levels + one.levels,
            before.others + one.others,
        )
    return tuple(found[key] for key in sorted(found))


def toll(shown: Iterable[RoomPart]) -> Toll:
    """Return what these parts come to."""
    shown = tuple(shown)
    levels = [entry for one in shown for entry in one.levels]
    lowered = {person for person, before, to in levels if to < before}
    return Toll(
        invited=_each(person for one in shown for person in one.invited),
        removed=_each(person for one in shown for person in one.removed + one.let_go),
        lowered=tuple(sorted(lowered)),
        raised=_each(person for person, before, to in levels if to > before and person not in lowered),
        levels=len(levels),
        made=tuple(one.room for one in shown if MADE in one.others),
        closed=tuple(one.room for one in shown if CLOSED in one.others),
        settings=tuple(one.room for one in shown if not {MADE, CLOSED} & {*one.others} and one.others),
        where=tuple(one.room for one in shown if one.invited or one.removed or one.let_go or one.levels),
    )


def leftover(plan: Plan, sight: Sight, shown: Iterable[RoomPart]) -> Plan:
    """Return the plan without the steps that do nothing but what these parts tell of."""
    known = {one.room: one for one in shown}
    return replace(plan, steps=tuple(step for step in plan.steps if not _told(_of(step, sight), known)))


def minus(shown: Iterable[RoomPart], still: Iterable[RoomPart]) -> tuple[RoomPart, ...]:
    """Return the first parts without what is in the second ones as well."""
    others = {one.room: one for one in still}
    left = []
    for one in shown:
        other = others.get(one.room, RoomPart(one.room))
        to = {(person, level_) for person, _, level_ in other.levels}
        rest = RoomPart(
            one.room,
            tuple(person for person in one.invited if person not in other.invited),
            tuple(person for person in one.removed if person not in other.removed),
            tuple(person for person in one.let_go if person not in other.let_go),
            tuple(entry for entry in one.levels if (entry[0], entry[2]) not in to),
            tuple(what for what in one.others if what not in other.others),
        )
        if rest != RoomPart(one.room):
            left.append(rest)
    return tuple(left)


def held(wish: RoomWish, seen: RoomSeen, waits: RoomPart, me: UserId) -> RoomWish:
    """Return the wish without what waits for a yes; whatever else is decided about the same people holds."""
    powers = wish.powers
    targets = part(wished_powers(wish, seen.version, me), "users")
    users, lowered = dict(powers.users), set(powers.lowered)
    for person, _, to in waits.levels:
        if number(targets.get(person), powers.users_default) == to:
            users[person] = level(seen, person)
            lowered.discard(person)
    stays = frozenset(waits.let_go) | (frozenset(waits.removed) - wish.unwelcome)
    return replace(
        wish,
        invited=tuple(person for person in wish.invited if person not in waits.invited),
        only=wish.only if wish.only is None else wish.only | stays,
        unwelcome=wish.unwelcome - stays,
        powers=replace(powers, users=users, lowered=frozenset(lowered)),
    )


def _told(one: RoomPart, known: Mapping[RoomKey, RoomPart]) -> bool:
    return not minus((one,), (known[one.room],) if one.room in known else ())


def _of(step: Step, sight: Sight) -> RoomPart:
    match step:
        case Invite(key=key, person=person):
            return RoomPart(key, invited=(person,))
        case Remove(key=key, person=person, decided=decided):
            return RoomPart(key, let_go=(person,)) if decided else RoomPart(key, removed=(person,))
        case Put(key=key, put=put) if put.type == POWERS:
            return _levels(key, put.content, sight)
        case Put(key=key, put=put, why=why):
            return RoomPart(key, others=(f"{why}:{_digest((put.key, put.content))}",))
        case Create(key=key):
            return RoomPart(key, others=(MADE,))
        case Close(key=key):
            return RoomPart(key, others=(CLOSED,))
        case Link(key=key, space=space):
            return RoomPart(key, others=(f"listed:{space}",))
        case Unlink(key=key, space=space):
            return RoomPart(key, others=(f"unlisted:{space}",))
        case Enter(key=key):
            return RoomPart(key, others=("entered",))


def _levels(key: RoomKey, content: Content, sight: Sight) -> RoomPart:
    seen = sight.rooms.get(key)
    before = seen.powers if seen is not None else {}
    had, gets = part(before, "users"), part(content, "users")
    was, becomes = _default(before), _default(content)
    changed = []
    for person in sorted(UserId(name) for name in had.keys() | gets.keys()):
        old, new = number(had.get(person), was), number(gets.get(person), becomes)
        if old != new and person != sight.me:
            changed.append((person, old, new))
    settings = {name: value for name, value in content.items() if name != "users"}
    same = settings == {name: value for name, value in before.items() if name != "users"}
    return RoomPart(key, levels=tuple(changed), others=() if same else (f"powers:{_digest(settings)}",))


def _default(powers: Content) -> int:
    return number(powers.get("users_default"), DEFAULTS["users_default"])


def _each(people: Iterable[UserId]) -> tuple[UserId, ...]:
    return tuple(sorted(set(people)))


def _digest(value: object) -> str:
    text = json.dumps(value, sort_keys=True, default=dict)
    return hashlib.sha256(text.encode()).hexdigest()[:8]
