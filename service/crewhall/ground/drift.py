"""What people changed by hand in a room that stands, and what is to be done about it: leave, ask, put back.

The answer follows from the look, the charter's policy and what the ledger remembers, so it is the same after
a restart. What was put back twice lately is not put back a third time: then a person is asked. What
moderation tools changed is left alone, and so are bans and mutes.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Final, Literal

from crewhall.ground.creation import GUESTS, HISTORY, JOINS, guests_content, joins_content, same_joins
from crewhall.ground.hall import Opened
from crewhall.ground.ids import RoomKey, UserId
from crewhall.ground.powers import POWERS, next_powers
from crewhall.ground.rights import number, part
from crewhall.ground.rooms import Content, Drift, RoomSeen, RoomWish
from crewhall.ground.steps import Blocked, Invite, Put, Step

Kind = Literal["powers", "doors", "people"]
How = Literal["leave", "restore"]
Verdict = Literal["leave", "ask", "restore"]
TWICE: Final = 2
"""After so many times lately nothing is put back any more without a person's word."""


@dataclass(frozen=True, slots=True)
class Memory:
    """What the charter and the ledger say about changes by hand in one room.

    `people` is the policy for those removed by hand, `holders` those whose standing opens the room. `settled`
    tells for what (by digest) somebody said how it shall be, `restored` how often it was put back lately.
    """

    people: Drift = "respect"
    tools: frozenset[UserId] = frozenset()
    holders: frozenset[UserId] = frozenset()
    settled: Mapping[Kind, tuple[str, How]] = field(default_factory=dict)
    restored: Mapping[Kind, int] = field(default_factory=dict)


NOTHING: Final = Memory()


@dataclass(frozen=True, slots=True)
class Found:
    """One kind of change by hand. `by` is who made it, None if that cannot be told.

    `levels` are people with the level they have and the one that was decided; `people` were removed. The
    `digest` stands for what was found and what is wished, so that either's change makes it another.
    """

    kind: Kind
    digest: str
    by: UserId | None
    verdict: Verdict
    levels: tuple[tuple[UserId, int, int], ...] = ()
    people: tuple[UserId, ...] = ()


def finds(
    wish: RoomWish, seen: RoomSeen, rooms: Mapping[RoomKey, Opened], me: UserId, memory: Memory = NOTHING
) -> tuple[Found, ...]:
    """Return what was changed by hand and is not simply respected, each with what is to be done about it."""
    if not stands(wish, seen):
        return ()
    powers, doors, people = wish.powers.drift, wish.doors, memory.people
    found = (
        (powers, _powers(_with_tools(wish, seen, memory), seen, me) if powers != "respect" else None),
        (doors, _doors(wish, seen, rooms, me) if doors != "respect" else None),
        (people, _people(seen, me, memory) if people != "respect" else None),
    )
    return tuple(
        replace(one, verdict=_verdict(one, policy, memory)) for policy, one in found if one is not None
    )


def stands(wish: RoomWish, seen: RoomSeen) -> bool:
    """Return whether a room is neither half-made nor closed, so that what differs may be somebody's doing."""
    return not wish.closed and (seen.locator == wish.key or bool(wish.adopt))


def settled(wish: RoomWish, seen: RoomSeen, found: Iterable[Found], memory: Memory = NOTHING) -> RoomWish:
    """Return the wish as it is to be carried out, with what is left and what is put back."""
    powers: Drift = "respect"
    doors: Drift = "respect"
    back: tuple[UserId, ...] = ()
    for one in found:
        match one.kind:
            case "powers" if one.verdict == "restore":
                powers, wish = "restore", _with_tools(wish, seen, memory)
            case "doors" if one.verdict == "restore":
                doors = "restore"
            case "people" if one.verdict == "restore":
                back = one.people
            case _:
                pass
    invited = tuple(dict.fromkeys((*wish.invited, *back)))
    return replace(wish, powers=replace(wish.powers, drift=powers), doors=doors, invited=invited)


def questions(wish: RoomWish, found: Iterable[Found]) -> tuple[Blocked, ...]:
    """Return what waits for somebody's word."""
    asked = [one for one in found if one.verdict == "ask"]
    remedy = "Those who say yes to plans are asked, and answer by a reaction: put back, or leave."
    return tuple(
        Blocked(wish.key, f"know what shall be: {one.kind} changed by {one.by or 'hand'}", remedy)
        for one in asked
    )


def put_back(found: Iterable[Found], done: Iterable[Step]) -> tuple[Found, ...]:
    """Return what was put back of a human's doing, by these steps of one room."""
    kinds: set[Kind] = set()
    people: set[UserId] = set()
    for step in done:
        match step:
            case Put(put=put) if put.type == POWERS:
                kinds.add("powers")
            case Put(put=put) if put.type in {JOINS, HISTORY, GUESTS}:
                kinds.add("doors")
            case Invite(person=person):
                people.add(person)
            case _:
                pass
    return tuple(
        one
        for one in found
        if one.verdict == "restore"
        and one.by is not None
        and (one.kind in kinds or people.intersection(one.people))
    )


def _with_tools(wish: RoomWish, seen: RoomSeen, memory: Memory) -> RoomWish:
    """Return the wish in which moderation tools keep the level that people gave them."""
    given, users = part(seen.powers, "users"), wish.powers.users
    tools = {t: max(number(given[t], 0), users.get(t, 0)) for t in memory.tools if t in given}
    return replace(wish, powers=replace(wish.powers, users={**users, **tools})) if tools else wish


def _verdict(found: Found, policy: Drift, memory: Memory) -> Verdict:
    if found.by in memory.tools:
        return "leave"
    digest, how = memory.settled.get(found.kind, ("", "leave"))
    if digest == found.digest:
        return how
    if policy == "restore":
        often = memory.restored.get(found.kind, 0)
        return "ask" if found.by is not None and often >= TWICE else "restore"
    return "ask" if policy == "ask" else "leave"


def _powers(wish: RoomWish, seen: RoomSeen, me: UserId) -> Found | None:
    """Return the levels that people gave to others, and kinds of event that nobody decided on."""
    left, right = (_content(wish, seen, me, drift) for drift in _BOTH)
    had, gets = part(left, "users"), part(right, "users")
    was, becomes = number(left.get("users_default"), 0), number(right.get("users_default"), 0)
    levels = []
    for person in sorted(UserId(name) for name in had.keys() | gets.keys()):
        old, new = number(had.get(person), was), number(gets.get(person), becomes)
        if old != new and person != me:
            levels.append((person, old, new))
    others = [
        [table, name, part(left, table).get(name)]
        for table in ("events", "notifications")
        for name in sorted(part(left, table).keys() - part(right, table).keys())
    ]
    if not levels and not others:
        return None
    by = _by(seen, POWERS, me)
    return Found("powers", _digest([levels, others]), by, "leave", levels=tuple(levels))


def _content(wish: RoomWish, seen: RoomSeen, me: UserId, drift: Drift) -> Content:
    content, _ = next_powers(replace(wish, powers=replace(wish.powers, drift=drift)), seen, me)
    return content if content is not None else seen.powers


_BOTH: Final[tuple[Drift, Drift]] = ("respect", "restore")


def _doors(wish: RoomWish, seen: RoomSeen, rooms: Mapping[RoomKey, Opened], me: UserId) -> Found | None:
    """Return what somebody else than the keeper changed about coming in and reading."""
    wished = joins_content(wish, rooms)
    guests = guests_content(wish)["guest_access"]
    differ: list[tuple[str, object, object]] = []
    if not same_joins(seen.joins, wished):
        differ.append((JOINS, seen.joins, wished))
    if (seen.history or "shared") != wish.history:
        differ.append((HISTORY, seen.history, wish.history))
    if (seen.guests or "forbidden") != guests:
        differ.append((GUESTS, seen.guests, guests))
    differ = [one for one in differ if seen.by.get(one[0]) != me]
    if not differ:
        return None
    by = next((sender for one in differ if (sender := _by(seen, one[0], me)) is not None), None)
    return Found("doors", _digest(differ), by, "leave")


def _people(seen: RoomSeen, me: UserId, memory: Memory) -> Found | None:
    """Return who was removed by hand from a room that their standing opens; bans stay."""
    removed = [
        (person, member)
        for person, member in sorted(seen.members.items())
        if member.membership == "leave"
        and member.sender not in {person, me, *memory.tools}
        and person in memory.holders
    ]
    if not removed:
        return None
    people = tuple(person for person, _ in removed)
    digest = _digest([[person, member.event] for person, member in removed])
    return Found("people", digest, removed[0][1].sender, "leave", people=people)


def _by(seen: RoomSeen, kind: str, me: UserId) -> UserId | None:
    sender = seen.by.get(kind)
    return sender if sender != me else None


def _digest(value: object) -> str:
    text = json.dumps(value, sort_keys=True, default=dict)
    return hashlib.sha256(text.encode()).hexdigest()[:16]
