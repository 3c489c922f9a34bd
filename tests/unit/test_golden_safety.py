"""Stories of removal and pause, to be read by people: what somebody does, line by line, and what follows.

Ada, Bea and Cy hold the keys. They, Di and Eve are Friends, Fay is in the community; it is a Monday. Unless a
story says otherwise, keyholders ask for a removal, and three of four Friends decide it in ten working days.
"""

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from crewhall.charter.model import Charter
from crewhall.ground import ids
from crewhall.ground.grammar import parse
from crewhall.ground.ids import CommunityKey, RoomId, RoomKey, RungKey, UserId
from crewhall.ground.talk import Asked, Decision, Refusal, Reply, Say, Sentence, ToPerson, Usage
from crewhall.house.commands import decide
from crewhall.testing.story import KEEPER, Story
from crewhall.text import render

CASES = sorted((Path(__file__).parents[1] / "golden" / "safety").glob("*.yaml"))
NAMES = ("ada", "bea", "cy", "di", "eve", "fay")
KEY = CommunityKey("rivendell")
SPACES = {"Rivendell": ids.root(KEY), "Friends": ids.rung(KEY, RungKey("friends"))}
ROOMS: dict[str, RoomKey] = {**SPACES, "the Lobby": ids.place(KEY, "lobby")}
CARDS = {"👍": "removal", "👎": "removal", "✅": "pause", "⏸️": "review", "▶️": "review"}


def person(name: str) -> UserId:
    return UserId(f"@{name}:here")


class Told:
    """A story on its way, and what was said because of its last line."""

    def __init__(self, charter: dict[str, Any]) -> None:
        base = {
            "key": "rivendell",
            "name": "Rivendell",
            "founders": [person(name) for name in charter.pop("keys", NAMES[:3])],
            "places": [{"key": "lobby", "name": "Lobby"}],
            "rungs": [{"key": "friends", "name": "Friends"}],
            "removal": {"of": "friends"},
        }
        self.story = Story(Charter.model_validate(base | charter), inside=map(person, NAMES))
        for name in NAMES[:5]:
            self.story.gesture(SPACES["Friends"], person(name), "join")
        self.story.wait(timedelta(days=8))
        self.said: list[tuple[UserId | None, str]] = []

    def live(self, line: str) -> None:
        if line.startswith("-> "):
            self.check(line.removeprefix("-> "))
            return
        before = len(self.story.says)
        self.said = []
        self.act(line)
        self.said += [(to(say), words(say.text)) for say in self.story.says[before:]]

    def act(self, line: str) -> None:
        if found := re.fullmatch(r"(\d+) days? pass(?:es)?", line):
            self.story.wait(timedelta(days=int(found[1])))
        elif found := re.fullmatch(r"(\w+): (.+)", line):
            self.command(person(found[1]), found[2])
        elif found := re.fullmatch(r"(.+) reacts? (\S+)", line):
            kind = "readmit" if self.story.says[-1].text.id == "safety-readmit-card" else CARDS[found[2]]
            for name in re.findall(r"\w+", found[1].replace(" and ", " ")):
                self.story.react(self.story.card(f"safety.{kind}"), person(name), found[2])
        elif found := re.fullmatch(r"(\w+) (joins|leaves) (\w+)", line):
            how = "join" if found[2] == "joins" else "leave"
            self.story.gesture(SPACES[found[3]], person(found[1]), how)  # type: ignore[arg-type]
        elif found := re.fullmatch(r"(\w+) invites (\w+) to (\w+)", line):
            self.story.gesture(SPACES[found[3]], person(found[2]), "invite", by=person(found[1]))
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
        if found := re.fullmatch(r"the doors are (closed|open) to (\w+)", line):
            wishes = [self.story.wish(room) for room in ROOMS.values()]
            closed = {person(found[2]) in wish.unwelcome for wish in wishes}
            assert closed == {found[1] == "closed"}
        elif found := re.fullmatch(r"(\w+) is (not )?invited to (\w+)", line):
            invited = self.story.wish(SPACES[found[3]]).invited
            assert (person(found[1]) in invited) is not bool(found[2])
        elif found := re.fullmatch(r"(\w+) (holds|does not hold) a key", line):
            assert (person(found[1]) in self.story.hall.keyholders) is (found[2] == "holds")
        elif found := re.fullmatch(r"(\w+) is told: (.+)", line):
            heard = [text for who, text in self.said if who == person(found[1])]
            assert any(found[2] in text for text in heard), heard
        elif found := re.fullmatch(r"(\w+) is told nothing", line):
            assert [text for who, text in self.said if who == person(found[1])] == []
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
    for line in map(str, case["story"]):
        try:
            told.live(line)
        except AssertionError as wrong:
            raise AssertionError(f"{case['about']} At: {line}") from wrong
