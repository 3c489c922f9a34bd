"""Stories of renewal and seasons, to be read by people: what somebody does, line by line, and what follows.

Ada and Bea are Friends since 3 May 2026. A line begins with who acts or with how much time passes; one that
begins with an arrow says what is so, or what somebody was told because of the last line.
"""

import re
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from crewhall import house as rules
from crewhall.charter.model import Charter
from crewhall.ground import ids
from crewhall.ground.grammar import parse
from crewhall.ground.ids import CommunityKey, RoomId, RungKey, UserId
from crewhall.ground.talk import Asked, Decision, Refusal, Reply, Say, Sentence, ToPerson, Usage
from crewhall.house.commands import decide
from crewhall.testing.story import KEEPER, Story
from crewhall.text import render

CASES = sorted((Path(__file__).parents[1] / "golden" / "seasons").glob("*.yaml"))
KEY = CommunityKey("rivendell")
SPACES = {"Rivendell": ids.root(KEY), "Friends": ids.rung(KEY, RungKey("friends"))}
MEMBERSHIPS = {"joins": "join", "leaves": "leave"}
HOUR = timedelta(hours=1)


def person(name: str) -> UserId:
    return UserId(f"@{name}:here")


class Told:
    """A story on its way, and what was said because of its last line."""

    def __init__(self, charter: dict[str, Any]) -> None:
        rungs = [{"key": "friends", "name": "Friends", "rooms": [{"key": "commons", "name": "Commons"}]}]
        base = {"key": "rivendell", "name": "Rivendell", "rungs": rungs}
        friends = [person("ada"), person("bea")]
        self.story = Story(Charter.model_validate(base | charter), inside=friends)
        for one in friends:
            self.story.gesture(SPACES["Friends"], one, "join")
        self.said: list[tuple[UserId | None, str]] = []
        self.last: dict[UserId, str] = {}
        self.rooms = self.wishes()

    def wishes(self) -> dict[str, object]:
        return {key: rules.wish(self.story.house, key) for key in rules.rooms(self.story.house)}

    def live(self, line: str) -> None:
        if line.startswith("-> "):
            self.check(line.removeprefix("-> "))
            return
        before = len(self.story.says)
        self.said = []
        self.act(line)
        self.said += [(to(say), words(say.text)) for say in self.story.says[before:]]

    def act(self, line: str) -> None:
        if found := re.fullmatch(r"it becomes (.+)", line):
            noon = datetime.strptime(f"{found[1]} 12:00 +0000", "%d %B %Y %H:%M %z")
            while self.story.now < noon:
                self.story.wait(HOUR)
        elif found := re.fullmatch(r"(\d+) (day|month)s? pass(?:es)?", line):
            for _ in range(int(found[1]) * 24 * (1 if found[2] == "day" else 30)):
                self.story.wait(HOUR)
        elif found := re.fullmatch(r"the service is away for (\d+) days", line):
            self.story.now += timedelta(days=int(found[1]))
        elif found := re.fullmatch(r"(\w+): (.+)", line):
            self.command(person(found[1]), found[2])
        elif found := re.fullmatch(r"(\w+) reacts (\S+)", line):
            who = person(found[1])
            card = next(s.card for s in reversed(self.story.says) if s.card and s.to == ToPerson(who))
            self.last[who] = self.story.event()
            self.story.react(card, who, found[2], cause=ids.EventId(self.last[who]))
        elif found := re.fullmatch(r"(\w+) takes it back", line):
            self.story.take_back(self.last[person(found[1])], person(found[1]))
        elif found := re.fullmatch(r"(\w+) (joins|leaves) (\w+)", line):
            self.story.gesture(SPACES[found[3]], person(found[1]), MEMBERSHIPS[found[2]])  # type: ignore[arg-type]
            self.rooms = self.wishes()
        else:
            raise AssertionError(line)

    def command(self, who: UserId, text: str) -> None:
        said = parse(text, None, me=KEEPER, private=True)
        assert said is not None
        story = self.story
        asked = Asked(who, RoomId("!chat"), None, story.event(), story.now, KEEPER)
        self.last[who] = asked.cause
        match decide(story.house, said, asked):
            case Decision() as decision:
                story.record(asked.cause, decision.facts)
                story.says += [
                    Say(ToPerson(who) if say.to == Reply() else say.to, say.text, card=say.card)
                    for say in decision.says
                ]
            case Refusal(text=sentence):
                self.said.append((who, words(sentence)))
            case Usage(line=line):
                self.said.append((who, line))
            case None:
                raise AssertionError(text)

    def check(self, line: str) -> None:
        if found := re.fullmatch(r"(\w+) (rests|does not rest)", line):
            assert (person(found[1]) in self.story.hall.resting) is (found[2] == "rests")
        elif found := re.fullmatch(r"(\w+) is told once: (.+)", line):
            heard = [text for who, text in self.said if who == person(found[1])]
            assert [found[2] in text for text in heard] == [True], heard
        elif found := re.fullmatch(r"(\w+) is told: (.+)", line):
            heard = [text for who, text in self.said if who == person(found[1])]
            assert any(found[2] in text for text in heard), heard
        elif found := re.fullmatch(r"(\w+) is told nothing", line):
            assert [text for who, text in self.said if who == person(found[1])] == []
        elif line == "no room has changed":
            assert self.wishes() == self.rooms
        else:
            raise AssertionError(line)


def to(say: Say) -> UserId | None:
    return say.to.person if isinstance(say.to, ToPerson) else None


def words(sentence: Sentence) -> str:
    return re.sub(r":here\b", "", render(sentence, {}, "here").plain)


@pytest.mark.parametrize("path", CASES, ids=[path.stem for path in CASES])
def test_it_goes_as_it_is_told(path: Path) -> None:
    case = yaml.safe_load(path.read_text())
    told = Told(case.get("charter", {}))
    for line in case["story"]:
        try:
            told.live(str(line))
        except AssertionError as wrong:
            raise AssertionError(f"{case['about']} At: {line}") from wrong
