"""Cases to be read by people: a wish, what was seen, and the steps that follow. One YAML file each.

`seen` says only how the room differs from one that was just made as wished; no `seen`, no room. `by` tells
who changed the levels and the doors by hand, `memory` what the charter and the ledger say of it. A case holds
for room versions 11 and 12 unless it names its `versions`.
"""

import json
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import yaml

from crewhall.ground.creation import new_room
from crewhall.ground.drift import NOTHING, Found, Memory, finds
from crewhall.ground.hall import Opened
from crewhall.ground.ids import EventId, RoomId, RoomKey, UserId, alias_of
from crewhall.ground.plan import plan_room
from crewhall.ground.rooms import JoinWish, Listing, Member, PowerWish, RoomSeen, RoomWish
from crewhall.ground.steps import Close, Create, Enter, Invite, Put, Remove, Step
from crewhall.testing.looks import ME, made, rooms_of, with_levels, with_members

CASES = sorted((Path(__file__).parents[1] / "golden" / "plan").glob("*.yaml"))
SIGNED = (
    "m.room.power_levels",
    "m.room.join_rules",
    "m.room.history_visibility",
    "m.room.guest_access",
)
SETS = {"creators": UserId, "parents": RoomId}


def read_wish(told: dict[str, Any], version: str) -> RoomWish:
    key = RoomKey(told["key"])
    powers = {**told.get("powers", {})}
    if "lowered" in powers:
        powers["lowered"] = frozenset(powers["lowered"])
    join = told.get("join", {"rule": "invite"})
    parts = {
        "key": key,
        "alias": alias_of(key),
        "version": version,
        "join": JoinWish(join["rule"], tuple(join.get("allow", ()))),
        "powers": PowerWish(**powers),
    }
    for name in ("only", "unwelcome"):
        if name in told:
            parts[name] = frozenset(told[name])
    if "invited" in told:
        parts["invited"] = tuple(told["invited"])
    if "listing" in told:
        parts["listing"] = Listing(**told["listing"])
    return RoomWish(**{**told, **parts})


def read_seen(told: dict[str, Any], wish: RoomWish, rooms: dict[RoomKey, Opened]) -> RoomSeen:
    told = dict(told)
    plain = replace(wish, closed=False, powers=PowerWish())
    seen = with_members(made(plain, rooms), {ME: "join", **told.pop("members", {})})
    levels = told.pop("levels", {})
    if "by" in told:
        told["by"] = {**seen.by, **dict.fromkeys(SIGNED, UserId(told["by"]))}
    removed = {UserId(person): UserId(by) for person, by in told.pop("removed", {}).items()}
    gone = {p: Member("leave", by, EventId(f"${p}")) for p, by in removed.items()}
    seen = replace(seen, members={**seen.members, **gone})
    for name, kind in SETS.items():
        if name in told:
            told[name] = frozenset(map(kind, told[name]))
    return with_levels(replace(seen, **told), levels) if levels else replace(seen, **told)


def read_memory(told: dict[str, Any], found: Callable[[Memory], tuple[Found, ...]]) -> Memory:
    """Settled is told by kind and how: it was said of just what is found."""
    parts = {name: frozenset(map(UserId, told[name])) for name in ("tools", "holders") if name in told}
    memory = Memory(people=told.get("people", "respect"), restored=told.get("restored", {}), **parts)
    digests = {one.kind: one.digest for one in found(memory)}
    settled = {kind: (digests[kind], how) for kind, how in told.get("settled", {}).items()}
    return replace(memory, settled=settled)


def in_words(step: Step) -> str:
    match step:
        case Create(wish=wish):
            return f"make {wish.key} with {' '.join(new_room(wish, {}, ME).invite)}"
        case Put(put=put, why=why):
            content = put.content
            if why == "powers":
                content = {k: v for k, v in content["users"].items() if k != ME}
            return f"set {why} {json.dumps(content, sort_keys=True, separators=(',', ':'))}"
        case Invite(person=person):
            return f"invite {person}"
        case Remove(person=person, reason=reason, decided=decided):
            return f"remove {person} ({reason})" + (" decided" if decided else "")
        case Enter():
            return "enter"
        case Close():
            return "leave it for good"
    raise AssertionError(step)


@pytest.mark.parametrize("path", CASES, ids=[path.stem for path in CASES])
def test_the_plan_is_as_written(path: Path) -> None:
    case = yaml.safe_load(path.read_text())
    for version in case.get("versions", ["11", "12"]):
        rooms = rooms_of(map(RoomKey, case.get("rooms", ())), version)
        wish = read_wish(case["wish"], version)
        seen = read_seen(case["seen"], wish, rooms) if "seen" in case else None
        memory = NOTHING
        if seen is not None and "memory" in case:
            memory = read_memory(case["memory"], partial(finds, wish, seen, rooms, ME))
        plan = plan_room(wish, seen, rooms, ME, memory=memory)
        assert [in_words(step) for step in plan.steps] == case["steps"], case["about"]
        assert [blocked.what for blocked in plan.blocked] == case.get("blocked", [])
        assert all(blocked.remedy for blocked in plan.blocked)
