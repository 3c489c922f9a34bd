"""Stories to be read by people: a community was moved here, and its people come back. One YAML file each.

Where it comes from Ada and Bea held the keys, Cy was a Partner, Di a Friend; Eve was never there.
"""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import yaml

from crewhall.charter.model import Charter
from crewhall.exporting.bringing import writings
from crewhall.exporting.form import Export, Standing
from crewhall.ground import ids
from crewhall.ground.ids import CommunityKey, RungKey, UserId
from crewhall.ground.talk import ToPerson
from crewhall.testing.story import KEEPER, Story

CASES = sorted((Path(__file__).parents[1] / "golden" / "returning").glob("*.yaml"))
THEN = datetime(2024, 2, 3, 12, tzinfo=UTC)
STOOD = {"ada": ("friends",), "bea": ("friends",), "cy": ("friends", "partners"), "di": ("friends",)}
KEYS = ("ada", "bea")
CHARTER = {
    "key": "rivendell",
    "name": "Rivendell",
    "door": {"join": "public"},
    "rungs": [
        {"key": key, "name": key.title(), "door": {"propose": key, "vouches": {"count": 1, "of": key}}}
        for key in ("friends", "partners")
    ],
}


def person(name: str) -> UserId:
    return UserId(f"@{name}:here")


def moved() -> Story:
    people = tuple(
        Standing(
            person=person(name),
            inside_since=THEN,
            rungs=dict.fromkeys(rungs, THEN),
            hats={"keys": THEN} if name in KEYS else {},
        )
        for name, rungs in STOOD.items()
    )
    told = Export(
        crewhall="1",
        at=THEN,
        community="rivendell",
        founded=THEN,
        charter=Charter.model_validate(CHARTER),
        charter_yaml="",
        people=people,
    )
    story = Story()
    story.key = CommunityKey("rivendell")
    story.record("import", writings(told, KEEPER))
    return story


def live(story: Story, line: str) -> None:
    rung = ids.rung(story.key, RungKey(line.rpartition(" ")[2]))
    if found := re.fullmatch(r"(\d+) days pass", line):
        story.wait(timedelta(days=int(found[1])))
    elif found := re.fullmatch(r"(\w+) (comes|leaves)", line):
        membership = "join" if found[2] == "comes" else "leave"
        story.gesture(ids.root(story.key), person(found[1]), membership)  # type: ignore[arg-type]
    elif found := re.fullmatch(r"(\w+) says (\S+)", line):
        story.react(story.card("returning.ask"), person(found[1]), found[2])
    elif found := re.fullmatch(r"(\w+) (accepts|declines) \w+", line):
        story.gesture(rung, person(found[1]), "join" if found[2] == "accepts" else "leave")
    elif found := re.fullmatch(r"-> (\w+) is shown the table", line):
        assert any(say.to == ToPerson(person(found[1])) and say.card for say in story.says)
    elif found := re.fullmatch(r"-> (\w+) is asked on to (.+)", line):
        asked = sorted(rung for rung, people in story.hall.asked.items() if person(found[1]) in people)
        assert ", ".join(asked) == ("" if found[2] == "nothing" else found[2])
    elif found := re.fullmatch(r"-> (\w+) stands on (\w+) since then", line):
        assert story.hall.standing[RungKey(found[2])][person(found[1])].since == THEN
    else:
        raise AssertionError(line)


@pytest.mark.parametrize("path", CASES, ids=[path.stem for path in CASES])
def test_it_goes_as_it_is_told(path: Path) -> None:
    story = moved()
    for line in yaml.safe_load(path.read_text())["story"]:
        try:
            live(story, str(line))
        except AssertionError as wrong:
            raise AssertionError(f"{line}: {wrong}") from wrong
