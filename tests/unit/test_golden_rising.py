"""Stories to be read by people: what somebody does, line by line, and what follows. One YAML file each.

Ada, Bea and Cy are Partners, Di is a Friend, Eve is in the community, and it is a Monday. A line begins with
who acts; a line that begins with an arrow says what is so, or what somebody was just told.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from immutables import Map

from crewhall.charter.model import Charter
from crewhall.ground import ids
from crewhall.ground.grammar import parse
from crewhall.ground.hall import Presence
from crewhall.ground.ids import RoomId, RoomKey, RungKey, UserId
from crewhall.ground.talk import Asked, Decision, Refusal, Reply, Say, Sentence, ToPerson, Usage
from crewhall.house.commands import decide
from crewhall.testing.story import KEEPER, Story
from crewhall.text import render

CASES = sorted((Path(__file__).parents[1] / "golden" / "rise").glob("*.yaml"))
NAMES = ("ada", "bea", "cy", "di", "eve", "fay")
PARTNERS = ("ada", "bea", "cy")
MEMBERSHIPS = {"joins": "join", "leaves": "leave"}


def person(name: str) -> UserId:
    return UserId(f"@{name}:here")


def space(name: str) -> RoomKey:
    hall = ids.CommunityKey("rivendell")
    return ids.root(hall) if name == "Rivendell" else ids.rung(hall, RungKey(name.lower()))


class Told:
    """A story on its way, and what was said because of its last line."""

    def __init__(self, charter: dict[str, Any]) -> None:
        rungs = [
            {"key": key, "name": key.title(), "door": charter.get(key, {"propose": key})}
            | {"rooms": [{"key": "room", "name": f"{key.title()}' room"}]}
            for key in ("friends", "partners")
        ]
        base = {"key": "rivendell", "name": "Rivendell", "founders": [person(p) for p in PARTNERS]}
        self.story = Story(Charter.model_validate({**base, "rungs": rungs}), inside=map(person, NAMES[:5]))
        for name in (*PARTNERS, "di"):
            self.story.stands(space("Friends"), person(name))
        for name in PARTNERS:
            self.story.stands(space("Partners"), person(name))
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
        elif found := re.fullmatch(r"(\w+) reacts (\S+)", line):
            card = next(say.card for say in reversed(self.story.says) if say.card is not None)
            self.story.react(card, person(found[1]), found[2])
        elif found := re.fullmatch(r"(\w+) (joins|leaves) (\w+)", line):
            self.story.gesture(space(found[3]), person(found[1]), MEMBERSHIPS[found[2]])
        elif found := re.fullmatch(r"(\w+) invites (\w+) to (\w+)", line):
            self.story.gesture(space(found[3]), person(found[2]), "invite", by=person(found[1]))
        elif found := re.fullmatch(r"(\w+) rests", line):
            here = Map({person(found[1]): Presence(self.story.now, "")})
            self.story.house = self.story.house.with_hall(replace(self.story.hall, resting=here))
        elif found := re.fullmatch(r"the doors close for (\w+)", line):
            here = Map({person(found[1]): Presence(self.story.now, "")})
            self.story.house = self.story.house.with_hall(replace(self.story.hall, shut_out=here))
        else:
            raise AssertionError(line)

    def command(self, who: UserId, text: str) -> None:
        said = parse(re.sub(r"@(\w+)", r"@\1:here", text), None, me=KEEPER, private=True)
        assert said is not None
        story = self.story
        asked = Asked(who, RoomId("!chat"), None, story.event(), story.now, KEEPER)
        match decide(story.house, said, asked):
            case Decision() as decision:
                says = [Say(ToPerson(who), s.text) if s.to == Reply() else s for s in decision.says]
                story.record(asked.cause, decision.facts)
                story.says += [
                    Say(say.to, say.text, card=before.card)
                    for say, before in zip(says, decision.says, strict=True)
                ]
            case Refusal(text=sentence):
                self.said.append((who, words(sentence)))
            case Usage(line=line):
                self.said.append((who, line))
            case None:
                raise AssertionError(text)

    def check(self, line: str) -> None:
        if found := re.fullmatch(r"(\w+) is (not )?invited to (\w+)", line):
            wish = self.story.wish(space(found[3]))
            assert (person(found[1]) in wish.invited) is not bool(found[2])
        elif found := re.fullmatch(r"(\w+) is (not )?taken out of (\w+)", line):
            wish = self.story.wish(space(found[3]))
            assert (person(found[1]) in wish.unwelcome) is not bool(found[2])
        elif found := re.fullmatch(r"(\w+) is (not )?on (\w+)", line):
            there = self.story.hall.standing.get(RungKey(found[3].lower()), {})
            assert (person(found[1]) in there) is not bool(found[2])
        elif found := re.fullmatch(r"(\w+) is told: (.+)", line):
            heard = [text for who, text in self.said if who == person(found[1])]
            assert any(found[2] in text for text in heard), heard
        elif found := re.fullmatch(r"(\w+) is told nothing", line):
            assert [text for who, text in self.said if who == person(found[1])] == []
        elif line == "nobody is told anything":
            assert self.said == []
        else:
            raise AssertionError(line)


def to(say: Say) -> UserId | None:
    return say.to.person if isinstance(say.to, ToPerson) else None


def words(sentence: Sentence) -> str:
    return re.sub(r":here\b", "", render(sentence, {}, "here").plain)


def lines(case: dict[str, Any]) -> Iterator[str]:
    for line in case["story"]:
        yield str(line)


@pytest.mark.parametrize("path", CASES, ids=[path.stem for path in CASES])
def test_it_goes_as_it_is_told(path: Path) -> None:
    case = yaml.safe_load(path.read_text())
    told = Told(case.get("charter", {}))
    for line in lines(case):
        try:
            told.live(line)
        except AssertionError as wrong:
            raise AssertionError(f"{case['about']} At: {line}") from wrong
