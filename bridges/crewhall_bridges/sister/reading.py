"""Decides which rooms are read for which links, how often, and what a look is brought before. Pure."""

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final, TypeAlias

from crewhall.door import CommunityKey, Decision, House, RoomId, RoomSeen
from crewhall_bridges.sister import crossing, recipes
from crewhall_bridges.sister.bond import SISTERS, Link, state_of
from crewhall_bridges.sister.facts import LetterboxRefused, Trouble
from crewhall_bridges.sister.heard import heard, is_sound
from crewhall_bridges.sister.unread import unread

Whose: TypeAlias = tuple[CommunityKey, str]
"""A link: the community's key and the link's mark."""
Rule: TypeAlias = Callable[[House, Whose], Decision | None]
LONGEST_MAKING: Final = timedelta(days=14)
"""For how long after the last sign of the sister a link counts as being made."""
LONGEST_SILENCE: Final = timedelta(days=2)
"""How long an offered room may state nothing."""


def wanted(house: House) -> dict[RoomId, dict[Whose, Link]]:
    """Return the rooms that are read, each with the links it is about. What we have ended is not."""
    found: dict[RoomId, dict[Whose, Link]] = {}
    for key, hall in house.halls.items():
        for mark, link in SISTERS.of(hall).links.items():
            if not link.ours.ended:
                for room in (*((link.room,) if link.room else ()), *link.offered):
                    found.setdefault(room, {})[key, mark] = link
    return found


def _link(house: House, whose: Whose) -> Link | None:
    hall = house.halls.get(whose[0])
    return SISTERS.of(hall).links.get(whose[1]) if hall is not None else None


def read(house: House, whose: Whose, seen: RoomSeen, now: datetime) -> Decision | None:
    """Return what follows for a link from a look at a room."""
    link = _link(house, whose)
    if link is None:
        return None
    hall = house.halls[whose[0]]
    decision = heard(hall, link, seen, now)
    if is_sound(link, seen) and (calls := crossing.heard(hall, link, seen, now)) is not None:
        facts = (*decision.facts, *calls.facts) if decision is not None else calls.facts
        return replace(decision or calls, facts=facts)
    if decision is not None:
        return decision
    waits = link.room is not None and link.health.trouble == "moved"  # until somebody has looked at it
    late = seen.room in link.offered and now - max((link.since, *link.tries)) > LONGEST_SILENCE
    return unread(hall, link, seen.room, "missing") if late and not waits else None


def learn(house: House, whose: Whose, seen: RoomSeen, now: datetime) -> Decision | None:
    """Return what is new of a sister's recipes, notes and diary, from a look at a room."""
    link = _link(house, whose)
    if link is None or not is_sound(link, seen):
        return None
    return recipes.learned(house.halls[whose[0]], link, seen, now)


def lost(house: House, whose: Whose, room: RoomId, what: Trouble) -> Decision | None:
    """Return what follows for a link from a room that cannot be read."""
    link = _link(house, whose)
    return unread(house.halls[whose[0]], link, room, what) if link is not None else None


def is_refused(house: House, rule: Rule, room: RoomId) -> bool:
    """Return whether a room turns out to be no letterbox for any link."""
    decisions = [rule(house, whose) for whose in wanted(house).get(room, {})]
    return bool(decisions) and all(
        one is not None and any(isinstance(told.fact, LetterboxRefused) for told in one.facts)
        for one in decisions
    )


def is_being_made(link: Link, now: datetime) -> bool:
    """Return whether a sister's next word is waited for."""
    last = max((link.since, *link.tries, *([link.health.read_at] if link.health.read_at else [])))
    open_ = link.question is not None or state_of(link, now) in {"proposed", "asked"}
    return open_ and now - last < LONGEST_MAKING


def is_anew(room: RoomId, about: Iterable[Link]) -> bool:
    """Return whether what stands in a letterbox is news, since a link was named anew after its end."""
    return any(link.room == room and link.theirs is not None and not link.theirs.seq for link in about)


def digest(seen: RoomSeen) -> str:
    """Return what is the same for the same content of a room."""
    said: Mapping[tuple[str, str], object] = {at: one.event for at, one in seen.statements.items()}
    told = (
        seen.version,
        sorted(seen.creators),
        seen.space,
        seen.kind,
        seen.tombstone,
        seen.powers,
        sorted(said.items()),
    )
    return hashlib.sha256(repr(told).encode()).hexdigest()[:32]
