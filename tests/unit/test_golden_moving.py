"""Cases to be read by people: rooms that move, and rooms that people put in the place of ours. One file each.

`was` says how the old room differs from one that was just made as wished, `now` how the new one differs from
one that was just made in its place. `left` is what is to be put right then, with what is `around`. In the
other cases somebody `put` a room in the place of ours; `then` it is followed, or why it is not.
"""

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from crewhall.ground.following import Claim, doubt, lowered
from crewhall.ground.ids import RoomId, RoomKey, UserId, alias_of
from crewhall.ground.moving import Act, Ask, Move, Readdress, Scene, leftover
from crewhall.ground.powers import POWERS
from crewhall.ground.rooms import ChildSeen, JoinWish, PowerWish, RoomSeen, RoomWish
from crewhall.ground.seen import read_state
from crewhall.ground.successor import successor
from crewhall.testing.looks import ME, made, room_id, rooms_of, with_levels, with_members

CASES = sorted((Path(__file__).parents[1] / "golden" / "moving").glob("*.yaml"))
STORIES = [(path, yaml.safe_load(path.read_text())) for path in CASES]
MOVING = [pytest.param(case, id=path.stem) for path, case in STORIES if "left" in case]
PUT = [pytest.param(case, id=path.stem) for path, case in STORIES if "then" in case]
NEXT = RoomId("!next")


def read_wish(told: Mapping[str, Any], version: str = "11") -> RoomWish:
    told = dict(told)
    key = RoomKey(told.pop("key", "rivendell/place/lobby"))
    join = told.pop("join", {"rule": "invite"})
    only = told.pop("only", None)
    return RoomWish(
        key=key,
        alias=alias_of(key),
        name=key,
        version=version,
        join=JoinWish(join["rule"], tuple(map(RoomKey, join.get("allow", ())))),
        powers=PowerWish(users=told.pop("levels", {})),
        only=frozenset(only) if only is not None else None,
        **told,
    )


def read_old(wish: RoomWish, told: Mapping[str, Any]) -> RoomSeen:
    seen = made(replace(wish, version="11"), rooms_of([RoomKey("rivendell")]))
    seen = with_members(seen, {ME: "join", **told.get("members", {})})
    seen = replace(seen, creators=frozenset({ME}), alias=f"#{wish.alias}:hall.test")
    seen = with_levels(seen, told["levels"]) if "levels" in told else seen
    return replace(seen, tombstone=NEXT) if told.get("tombstone") == "next" else seen


def read_new(wish: RoomWish, old: RoomSeen, told: Mapping[str, Any]) -> RoomSeen:
    new = successor(wish, old, rooms_of([RoomKey("rivendell")]), ME)
    create = {"room_version": new.version, "predecessor": {"room_id": new.predecessor}}
    state: dict[Any, Any] = {("m.room.create", ""): create, (POWERS, ""): new.powers}
    state |= {(put.type, put.key): put.content for put in new.state}
    events = [{"type": t, "state_key": k, "content": c, "sender": ME} for (t, k), c in state.items()]
    return with_members(read_state(NEXT, events), {ME: "join", **told.get("members", {})})


def read_around(key: str, told: Mapping[str, Any]) -> RoomSeen:
    wish = read_wish({"key": key, "space": told.get("space", False)}, "12")
    seen = with_members(made(wish), {ME: "join", **told.get("members", {})})
    children = {
        room_id(RoomKey(k)): ChildSeen(("hall.test",), n) for k, n in told.get("children", {}).items()
    }
    seen = replace(seen, creators=frozenset({ME}), children=children)
    if "allow" not in told:
        return seen
    allow = [{"type": "m.room_membership", "room_id": room_id(RoomKey(k))} for k in told["allow"]]
    return replace(seen, joins={"join_rule": "restricted", "allow": allow})


def in_words(act: Act, rooms: Mapping[RoomId, str]) -> str:
    match act:
        case Ask(person=person):
            return f"ask {person}"
        case Readdress(alias=alias, room=room):
            return f"{alias.partition(':')[0]} leads to {'the new room' if room == NEXT else room}"
    where, put = rooms[act.room], act.put
    match act.why:
        case "link":
            which = "the new room" if put.key == NEXT else "the old room"
            return f"{where}: link {which} " + (f"at {put.content['order']}" if put.content else "no more")
        case "allow":
            return f"{where}: allow {json.dumps(put.content, sort_keys=True, separators=(',', ':'))}"
        case "ban":
            return f"{where}: ban {put.key}"
        case why:
            return f"{where}: {why}"


@pytest.mark.parametrize("case", MOVING)
def test_what_is_left_is_as_written(case: dict[str, Any]) -> None:
    wish = read_wish(case["wish"], "12")
    old = read_old(wish, case.get("was", {}))
    new = read_new(wish, old, case.get("now", {}))
    around = {key: read_around(key, told) for key, told in case.get("around", {}).items()}
    looks = {seen.room: seen for seen in (old, new, *around.values())}
    scene = Scene(ME, looks, {old.room: NEXT}, {})
    names = {old.room: "old", NEXT: "new", **{seen.room: key for key, seen in around.items()}}
    assert [in_words(act, names) for act in leftover((Move(wish, old, new),), scene)] == case["left"]


@pytest.mark.parametrize("case", PUT)
def test_what_is_made_of_it_is_as_written(case: dict[str, Any]) -> None:
    wish, put = read_wish(case.get("wish", {})), case["put"]
    old = replace(read_old(wish, case["was"]), tombstone=NEXT)
    new = with_levels(old, put["levels"]) if "levels" in put else old
    new = replace(
        new,
        room=NEXT,
        version=put.get("version", "11"),
        creators=frozenset({UserId(put["by"])}),
        locator=RoomKey(put["locator"]) if "locator" in put else None,
        predecessor=RoomId(put.get("continues", old.room)),
        tombstone=old.room if put.get("tombstone") == "back" else None,
    )
    claim = Claim(wish, old, new, frozenset(), {old.room})
    found: str = doubt(claim, ME) or "follow"
    if found == "follow" and (content := lowered(claim, ME)) is not None:
        users: Any = content["users"]
        was: Any = new.powers["users"]
        found += ", with " + ", ".join(f"{p} at {n}" for p, n in sorted(users.items()) if was.get(p) != n)
    assert found == case["then"], case["about"]
