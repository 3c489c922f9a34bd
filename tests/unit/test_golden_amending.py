"""Stories of a charter that is read and changed in chat, to be read by people. One YAML file each.

Ada, Bea and Cy hold the keys and are Friends with Di; Eve is in the community, and it is a Monday. A line
begins with who acts; a line that begins with an arrow says what is so, or what somebody was just told.
"""

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from crewhall.charter.differences import told
from crewhall.charter.model import Charter
from crewhall.charter.parts import NoSuchPart, part
from crewhall.ground import ids
from crewhall.ground.charters import CharterChanged
from crewhall.ground.facts import Stream, Writing
from crewhall.ground.grammar import parse
from crewhall.ground.ids import CommunityKey, RoomId, RungKey, UserId
from crewhall.ground.talk import Asked, Decision, Refusal, Reply, Say, ToPerson, ToRoom, Usage
from crewhall.house.commands import decide
from crewhall.testing.story import KEEPER, Story
from crewhall.text import render

CASES = sorted((Path(__file__).parents[1] / "golden" / "amending").glob("*.yaml"))
KEY = CommunityKey("rivendell")
HEARD = {"Noticeboard": ToRoom(ids.place(KEY, "board"))}


def person(name: str) -> UserId:
    return UserId(f"@{name}:here")


def words(say: Say) -> str:
    return re.sub(r":here\b", "", render(say.text, {}, "here").plain)


class Told:
    """A story on its way, and what was said because of its last line that somebody acted in."""

    def __init__(self, case: dict[str, Any]) -> None:
        charter = {
            "key": "rivendell",
            "name": "Rivendell",
            "founders": [person(name) for name in case.get("keyholders", ("ada", "bea", "cy"))],
            "places": [{"key": "board", "name": "Noticeboard", "post": "keyholders"}],
            "rungs": [
                {"key": "friends", "name": "Friends", "rooms": [{"key": "commons", "name": "Commons"}]}
            ],
            "hats": [{"key": "door", "name": "Door", "term_months": 6}],
            "changes": case.get("changes", {}),
        }
        inside = [person(name) for name in ("ada", "bea", "cy", "di", "eve")]
        self.story = Story(Charter.model_validate(charter), inside=inside)
        for one in inside[:4]:
            self.story.gesture(ids.rung(KEY, RungKey("friends")), one, "join")
        self.story.wait(timedelta(days=1))
        self.said: list[tuple[object, str]] = []

    def live(self, line: str) -> None:
        if line.startswith("-> "):
            self.check(line.removeprefix("-> "))
            return
        before = len(self.story.says)
        self.said = []
        self.act(line)
        self.said += [(say.to, words(say)) for say in self.story.says[before:]]

    def act(self, line: str) -> None:
        story = self.story
        if found := re.fullmatch(r"(\d+) days? pass(?:es)?", line):
            story.wait(timedelta(days=int(found[1])))
        elif found := re.fullmatch(r"(\w+): (.+)", line):
            self.command(person(found[1]), found[2])
        elif found := re.fullmatch(r"(\w+) reacts (\S+)", line):
            story.react(story.card("amending.ask"), person(found[1]), found[2])
        elif found := re.fullmatch(r"the operator changes the name to (\w+)", line):
            charter = story.hall.charter.model_copy(update={"name": found[1]})
            story.record("cli:charter", (Writing(Stream(KEY), CharterChanged(charter)),))
        else:
            raise AssertionError(line)

    def command(self, who: UserId, text: str) -> None:
        story = self.story
        said = parse(text, None, me=KEEPER, private=True)
        assert said is not None
        asked = Asked(who, RoomId("!chat"), None, story.event(), story.now, KEEPER)
        match decide(story.house, said, asked):
            case Decision() as decision:
                story.act(asked.cause, decision)
                replies = [say for say in decision.says if say.to == Reply()]
                self.said += [(ToPerson(who), words(say)) for say in replies]
            case Refusal(text=sentence):
                self.said.append((ToPerson(who), words(Say(Reply(), sentence))))
            case Usage(line=line):
                self.said.append((ToPerson(who), line))
            case None:
                raise AssertionError(text)

    def check(self, line: str) -> None:
        charter = self.story.hall.charter
        if found := re.fullmatch(r"the charter says (\S+) is (.+)", line):
            assert told(part(charter, found[1])) == found[2]
        elif found := re.fullmatch(r"there is a (\w+) (\w+)", line):
            assert part(charter, f"{found[1]}s.{found[2]}")
        elif found := re.fullmatch(r"there is no (\w+) (\w+)", line):
            with pytest.raises(NoSuchPart):
                part(charter, f"{found[1]}s.{found[2]}")
        elif found := re.fullmatch(r"(\w+) is told: (.+)", line):
            self.heard(ToPerson(person(found[1])), found[2])
        elif found := re.fullmatch(r"in the (\w+) stands: (.+)", line):
            self.heard(HEARD[found[1]], found[2])
        elif found := re.fullmatch(r"(\w+) is told nothing", line):
            # A card that is brought up to date calls nobody.
            new = [text for to, text in self.said if to == ToPerson(person(found[1]))]
            assert all(text.startswith("@ada proposes") for text in new), new
        else:
            raise AssertionError(line)

    def heard(self, to: object, text: str) -> None:
        said = [said for where, said in self.said if where == to]
        assert any(text in one for one in said), self.said


@pytest.mark.parametrize("path", CASES, ids=[path.stem for path in CASES])
def test_it_goes_as_it_is_told(path: Path) -> None:
    case = yaml.safe_load(path.read_text())
    story = Told(case)
    for line in case["story"]:
        try:
            story.live(str(line))
        except AssertionError as wrong:
            raise AssertionError(f"{case['about']} At: {line}") from wrong
