"""Rights to be read by people: who stands where and wears what, and who may therefore do what. One file each.

A room is named by its key, one below a rung as `friends/commons`; `all` is the community's space. Ada holds
the keys. `was` tells what people had before. `then` names the room, the right and everybody but Ada who has
it; `taken back` who is set lower there if they stand higher.
"""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml
from immutables import Map

from crewhall.charter.model import Charter
from crewhall.charter.sense import nonsense
from crewhall.ground import ids
from crewhall.ground.hall import Hall, Presence
from crewhall.ground.ids import CommunityKey, RoomKey, RungKey, UserId
from crewhall.ground.worn import put_on, take_off, with_leaf
from crewhall.testing.story import BEGAN, Story

CASES = sorted((Path(__file__).parents[1] / "golden" / "rights").glob("*.yaml"))
NAMES = ("ada", "bea", "cy", "di", "eve")
HALL = CommunityKey("rivendell")
HERE = Presence(BEGAN, "$here")


def person(name: str) -> UserId:
    return UserId(f"@{name}:here")


def charter_of(told: dict[str, Any]) -> Charter:
    """Return the charter; rungs and hats are mappings by key here, and have their keys as names."""
    rungs = [
        {
            "key": key,
            "name": key,
            "rooms": _rooms((rung or {}).get("rooms", {})),
            **{k: v for k, v in (rung or {}).items() if k != "rooms"},
        }
        for key, rung in told.pop("rungs", {}).items()
    ]
    hats = [{"key": key, "name": key, **hat} for key, hat in told.pop("hats", {}).items()]
    leaves = [{"key": key, "name": key, **leaf} for key, leaf in told.pop("leaves", {}).items()]
    places = _rooms(told.pop("rooms", {}))
    whole = {"key": HALL, "name": "Rivendell", "founders": [person("ada")], "places": places}
    charter = Charter.model_validate(
        {**whole, "rungs": rungs, "hats": hats, "crews": {"leaves": leaves}, **told}
    )
    assert list(nonsense(charter)) == []
    return charter


def _rooms(told: dict[str, Any]) -> list[dict[str, Any]]:
    return [{"key": key, "name": key, **(room or {})} for key, room in told.items()]


def lived(story: Story, name: str, what: dict[str, Any], *, ends: bool) -> None:
    """Have somebody come by what they have; or have had it and lost it again."""
    one = person(name)
    for key in what.get("stands", ()):
        space = ids.rung(HALL, RungKey(key))
        story.gesture(space, one, "join")
        if ends:
            story.gesture(space, one, "leave")
    hall = story.hall
    for key in what.get("wears", ()):
        hall = put_on(hall, key, one, HERE)
        hall = take_off(hall, key, one, HERE) if ends else hall
    for key in what.get("crew", ()):
        had = hall.leaves.get(key, Map())
        hall = with_leaf(hall, key, had.set(one, HERE), HERE)
        hall = with_leaf(hall, key, had, HERE) if ends else hall
    if what.get("shut out"):
        hall = replace(hall, shut_out=hall.shut_out.set(one, HERE))
    story.house = story.house.with_hall(hall)


def room_of(name: str, hall: Hall) -> RoomKey:
    rungs = {rung.key for rung in hall.charter.rungs}
    if name == "all":
        return ids.root(HALL)
    if name == "crews":
        return ids.crews_space(HALL)
    return RoomKey(f"{HALL}/rung/{name}") if name.partition("/")[0] in rungs else ids.place(HALL, name)


def bars(story: Story, key: RoomKey) -> dict[str, int]:
    """Return from which level on each right is held in a room."""
    powers = story.wish(key).powers
    moderate = {powers.kick, powers.ban, powers.redact}
    named = {powers.events[f"m.room.{kind}"] for kind in ("name", "topic", "avatar", "pinned_events")}
    assert len(moderate) == len(named) == 1
    return {
        "write": powers.events_default,
        "pin": named.pop(),
        "list rooms": powers.events.get("m.space.child", 101),
        "invite": powers.invite,
        "moderate": moderate.pop(),
    }


@pytest.mark.parametrize("path", CASES, ids=[path.stem for path in CASES])
def test_rights_are_as_written(path: Path) -> None:
    case = yaml.safe_load(path.read_text())
    story = Story(charter_of(case["charter"]), inside=map(person, NAMES))
    for when, ends in (("was", True), ("is", False)):
        for name, what in case.get(when, {}).items():
            lived(story, name, what, ends=ends)
    for name, rights in case["then"].items():
        key = room_of(name, story.hall)
        powers = story.wish(key).powers
        for right, people in rights.items():
            if right == "taken back":
                assert sorted(powers.lowered) == sorted(map(person, people)), (name, right)
                continue
            bar = bars(story, key)[right]
            may = [who for who in NAMES[1:] if powers.users.get(person(who), 0) >= bar]
            assert may == people, (name, right, case["about"])
