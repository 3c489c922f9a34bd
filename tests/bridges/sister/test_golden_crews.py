"""Stories of crews across two communities, to be read by people. One YAML file each.

Ada, Bea and Cy are in Rivendell, Di and Eve in Dale; the two are linked. A line that begins with an arrow
says what is so, or what somebody was just told. Who writes to the other keeper says so ("at").
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
from crewhall.ground.ids import CrewKey, RoomId, UserId
from crewhall.ground.talk import (
    Answer,
    Asked,
    Decision,
    Gesture,
    Refusal,
    Reply,
    Say,
    Sentence,
    ToPerson,
    ToRoom,
    Usage,
)
from crewhall.house import answer, commands, gesture
from crewhall.text import render
from crewhall_bridges.sister.testing import Town, meet

CASES = sorted((Path(__file__).parent / "golden" / "crews").glob("*.yaml"))
TOWNS = {"Rivendell": ("ada", "bea", "cy"), "Dale": ("di", "eve")}
PEOPLE = {name: town for town, names in TOWNS.items() for name in names}


def person(name: str) -> UserId:
    return UserId(f"@{name.lower()}:{PEOPLE[name.lower()].lower()}.example")


def words(sentence: Sentence) -> str:
    return render(sentence, {}, "here").plain.replace(":rivendell.example", "").replace(":dale.example", "")


class Told:
    """A story on its way, and what was said because of its last line."""

    def __init__(self, charter: dict[str, Any], more: dict[str, Any]) -> None:
        self.towns = {}
        for town, names in TOWNS.items():
            people = [person(name) for name in names]
            said = {
                "key": town.lower(),
                "name": town,
                "founders": people[:1],
                "sisters": {"flows": ["crews"], "others": 0, "days": 0},
                "crews": charter,
            } | more.get(town, {})
            keeper = UserId(f"@keeper:{town.lower()}.example")
            self.towns[town] = Town(Charter.model_validate(said), keeper, inside=people)
        self.said: list[tuple[str, str]] = []
        for line in ("Ada: link with @keeper:dale.example", "Di: link with @keeper:rivendell.example"):
            self.act(line)
        for line in ("the letterboxes are read", "Ada reacts ✅", "Di reacts ✅", "the letterboxes are read"):
            self.act(line)

    def live(self, line: str) -> None:
        if line.startswith("-> "):
            self.check(line.removeprefix("-> "))
            return
        before = {name: len(town.says) for name, town in self.towns.items()}
        self.said = []
        self.act(line)
        for name, town in self.towns.items():
            self.said += [(to(say), words(say.text)) for say in town.says[before[name] :]]

    def act(self, line: str) -> None:
        if found := re.fullmatch(r"(\d+) (days|hours|minutes) pass", line):
            for town in self.towns.values():
                town.wait(timedelta(**{found[2]: int(found[1])}))
        elif line == "the letterboxes are read":
            for town in self.towns.values():
                town.wait(timedelta(minutes=1))
            meet(*self.towns.values())
        elif found := re.fullmatch(r"(\w+) reacts (\S+)(?: at (\w+))?", line):
            self.react(found[1], found[2], self.home(found[1], found[3]))
        elif found := re.fullmatch(r"(\w+) (comes into|leaves) (.+)", line):
            self.move(found[1], "join" if found[2] == "comes into" else "leave", found[3])
        elif found := re.fullmatch(r"(\w+)(?: at (\w+))?: (.+)", line):
            self.command(found[1], found[3], self.home(found[1], found[2]))
        else:
            raise AssertionError(line)

    def home(self, name: str, town: str | None) -> Town:
        return self.towns[town or PEOPLE[name.lower()]]

    def react(self, name: str, choice: str, home: Town) -> None:
        card = next(
            say.card for say in reversed(home.says) if say.card is not None and choice in say.card.choices
        )
        given = Answer(card, person(name), choice, home.event(), home.now, home.me)
        home.act(given.cause, answer(home.house, given))

    def move(self, name: str, membership: str, crew: str) -> None:
        home = self.towns["Rivendell"]
        place = ids.crew_room(home.key, CrewKey(crew.lower().replace(" ", "-")))
        who = person(name)
        seen = Gesture(place, who, membership, who, home.event(), home.now, home.me)  # type: ignore[arg-type]
        for decision in gesture(home.house, seen):
            home.act(seen.cause, decision)

    def command(self, name: str, text: str, home: Town) -> None:
        said = parse(f"!{text}", None, me=home.me, private=True)
        assert said is not None
        asked = Asked(person(name), RoomId("!said"), None, home.event(), home.now, home.me)
        match commands.decide(home.house, said, asked):
            case Refusal(text=sentence):
                self.said.append((person(name), words(sentence)))
            case Usage(line=line):
                self.said.append((person(name), line))
            case Decision() as decision:
                home.act(asked.cause, decision)
                n = len(home.says) - len(decision.says)
                home.says[n:] = [
                    Say(ToPerson(person(name)), say.text, card=say.card) if say.to == Reply() else say
                    for say in decision.says
                ]
            case None:
                raise AssertionError(text)

    def check(self, line: str) -> None:
        if found := re.fullmatch(r"(\w+) is told: (.+)", line):
            heard = [text for who, text in self.said if who == person(found[1])]
            assert any(found[2] in text for text in heard), self.said
        elif found := re.fullmatch(r"in (\S+) is told: (.+)", line):
            assert any(found[2] in text for where, text in self.said if where == found[1]), self.said
        elif line == "nobody is told anything":
            assert self.said == []
        elif found := re.fullmatch(r"in (.+) are (.+)", line):
            home = self.towns["Rivendell"]
            wish = home.wish(ids.crew_room(home.key, CrewKey(found[1].lower().replace(" ", "-"))))
            assert wish.only == {person(name) for name in re.split(r", | and ", found[2])}
        else:
            raise AssertionError(line)


def to(say: Say) -> str:
    """Return to whom something is said, or in which room."""
    if isinstance(say.to, ToPerson):
        return say.to.person
    return say.to.key if isinstance(say.to, ToRoom) else ""


@pytest.mark.parametrize("path", CASES, ids=[path.stem for path in CASES])
def test_it_goes_as_it_is_told(path: Path) -> None:
    case = yaml.safe_load(path.read_text())
    told = Told(case.get("crews", {}), case.get("charters", {}))
    for line in case["story"]:
        try:
            told.live(str(line))
        except AssertionError as wrong:
            raise AssertionError(f"{case['about']} At: {line}") from wrong
