"""Stories of a crew's depth, to be read by people: what somebody does, line by line, and what follows.

Ada, Bea and Cy have the seats of Lantern, a private crew; Di and Eve are in the community. The charter has
the leaves Work, Pot and House. A line begins with who acts; a line that begins with an arrow says what is so.
"""

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from crewhall.charter.model import Charter
from crewhall.ground import ids
from crewhall.ground.charters import CharterChanged
from crewhall.ground.facts import Stream, Writing
from crewhall.ground.grammar import parse
from crewhall.ground.ids import CommunityKey, CrewKey, RoomId, RoomKey, UserId
from crewhall.ground.talk import Asked, Decision, Refusal, Reply, Say, ToPerson, Usage
from crewhall.house.commands import decide
from crewhall.testing.story import KEEPER, Story
from crewhall.text import render

CASES = sorted((Path(__file__).parents[1] / "golden" / "crews").glob("*.yaml"))
HALL, LANTERN = CommunityKey("rivendell"), CrewKey("lantern")
LEAVES = ("work", "pot", "house")


def person(name: str) -> UserId:
    return UserId(f"@{name}:here")


def charter(leaves: list[str], **crews: object) -> Charter:
    parts = [
        {"key": key, "name": key.title(), "rooms": [{"key": "room", "name": f"{key.title()} room"}]}
        for key in leaves
    ]
    return Charter.model_validate(
        {"key": "rivendell", "name": "Rivendell", "crews": {"leaves": parts, **crews}}
    )


def room(name: str) -> RoomKey:
    """Return ``Lantern``, ``Lantern's space`` or ``the Work room``."""
    if name == "Lantern":
        return ids.crew_room(HALL, LANTERN)
    if name == "Lantern's space":
        return ids.crew_space(HALL, LANTERN)
    return ids.leaf_room(HALL, LANTERN, name.removeprefix("the ").removesuffix(" room").lower(), "room")


class Told:
    """A story on its way, and what was said because of its last line."""

    def __init__(self, case: dict[str, Any]) -> None:
        people = [person(name) for name in ("ada", "bea", "cy", "di", "eve")]
        self.story = Story(charter([*LEAVES], **case.get("crews", {})), inside=people)
        self.story.say(people[0], "crew start Lantern", *people[1:3])
        for who in people[:3]:
            self.story.gesture(room("Lantern"), who, "join")
        self.said: list[tuple[UserId | None, str]] = []

    def live(self, line: str) -> None:
        if line.startswith("-> "):
            self.check(line.removeprefix("-> "))
            return
        before = len(self.story.says)
        self.said = []
        self.act(line)
        self.said += [(to(say), words(say)) for say in self.story.says[before:]]

    def act(self, line: str) -> None:
        story = self.story
        if found := re.fullmatch(r"(\d+) days? pass(?:es)?", line):
            story.wait(timedelta(days=int(found[1])))
        elif found := re.fullmatch(r"(\w+): (.+)", line):
            self.command(person(found[1]), found[2])
        elif found := re.fullmatch(r"([\w, ]+?) reacts? (\S+)", line):
            card = story.card("crews.leaf")
            for name in re.split(r", | and ", found[1]):
                story.react(card, person(name), found[2])
        elif found := re.fullmatch(r"(\w+) (joins|leaves) (.+)", line):
            joins = found[2] == "joins"
            story.gesture(room(found[3]), person(found[1]), "join" if joins else "leave")
        elif found := re.fullmatch(r"the charter has only the leaves (.+)", line):
            new = charter(re.split(r", | and ", found[1].lower()))
            story.record(story.event(), (Writing(Stream(HALL), CharterChanged(new)),))
        else:
            raise AssertionError(line)

    def command(self, who: UserId, text: str) -> None:
        said = parse(re.sub(r"@(\w+)", r"@\1:here", text), None, me=KEEPER, private=True)
        assert said is not None
        story = self.story
        asked = Asked(who, RoomId("!chat"), None, story.event(), story.now, KEEPER)
        match decide(story.house, said, asked):
            case Decision() as decision:
                story.record(asked.cause, decision.facts)
                story.says += [
                    Say(ToPerson(who), s.text, card=s.card) if s.to == Reply() else s for s in decision.says
                ]
            case Refusal(text=sentence):
                self.said.append((who, render(sentence, {}, "here").plain))
            case Usage(line=line):
                self.said.append((who, line))
            case None:
                raise AssertionError(text)

    def check(self, line: str) -> None:
        story = self.story
        if found := re.fullmatch(r"(\w+) is (open|shut)", line):
            people = set(story.hall.leaves.get(found[1].lower(), ()))
            assert bool(people) is (found[2] == "open"), people
        elif found := re.fullmatch(r"(\w+) has (no )?rights by (\w+)", line):
            people = set(story.hall.leaves.get(found[3].lower(), ()))
            assert (person(found[1]) in people) is not bool(found[2])
        elif found := re.fullmatch(r"(\w+) is (not )?let into (.+)", line):
            only = story.wish(room(found[3])).only
            assert only is not None
            assert (person(found[1]) in only) is not bool(found[2])
        elif found := re.fullmatch(r"(.+) is (not )?read-only", line):
            still = story.wish(room(found[1])).powers.events_default == 100
            assert still is not bool(found[2])
        elif found := re.fullmatch(r"nobody is removed from (.+)", line):
            assert story.wish(room(found[1])).only is None
        elif found := re.fullmatch(r"(\w+) is told: (.+)", line):
            heard = [text for who, text in self.said if who == person(found[1])]
            assert any(found[2] in text for text in heard), heard
        elif found := re.fullmatch(r"(\w+) is told nothing", line):
            assert [text for who, text in self.said if who == person(found[1])] == []
        elif line == "nobody is named":
            assert not [text for _, text in self.said if "@" in text]
        else:
            raise AssertionError(line)


def to(say: Say) -> UserId | None:
    return say.to.person if isinstance(say.to, ToPerson) else None


def words(say: Say) -> str:
    return re.sub(r":here\b", "", render(say.text, {}, "here").plain)


@pytest.mark.parametrize("path", CASES, ids=[path.stem for path in CASES])
def test_it_goes_as_it_is_told(path: Path) -> None:
    case = yaml.safe_load(path.read_text())
    told = Told(case)
    for line in case["story"]:
        try:
            told.live(str(line))
        except AssertionError as wrong:
            raise AssertionError(f"{case['about']} At: {line}") from wrong
