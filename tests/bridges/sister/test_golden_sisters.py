"""Stories of two communities, to be read by people: what somebody does, line by line. One YAML file each.

Ada and Bea host Rivendell, Di and Eve host Dale. A line that begins with an arrow says what is so, or what
somebody was just told. Letterboxes are read only where a line says so.
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
from crewhall.ground.ids import RoomId, UserId
from crewhall.ground.talk import Asked, Decision, Refusal, Reply, Say, Sentence, ToPerson, Usage
from crewhall.house import commands
from crewhall.text import render
from crewhall_bridges.sister.bond import flows_open, letterbox, links, state_of
from crewhall_bridges.sister.testing import Town, meet

CASES = sorted((Path(__file__).parent / "golden").glob("*.yaml"))
TOWNS = {"Rivendell": ("ada", "bea"), "Dale": ("di", "eve")}
PEOPLE = {name: town for town, names in TOWNS.items() for name in names}


def server(town: str) -> str:
    return f"{town.lower()}.example"


def person(name: str) -> UserId:
    return UserId(f"@{name}:{server(PEOPLE[name])}")


def words(sentence: Sentence) -> str:
    return render(sentence, {}, "here").plain.replace(":rivendell.example", "").replace(":dale.example", "")


class Told:
    """A story on its way, and what was said because of its last line."""

    def __init__(self, charters: dict[str, Any]) -> None:
        self.towns = {}
        for town, names in TOWNS.items():
            hosts = [person(name) for name in names]
            own = dict(charters.get(town, {}))
            more = {key: own.pop(key) for key in ("places", "rungs") if key in own}
            said = {"key": town.lower(), "name": town, "founders": hosts, "sisters": own, **more}
            keeper = UserId(f"@keeper:{server(town)}")
            self.towns[town] = Town(Charter.model_validate(said), keeper, inside=hosts)
        self.said: list[tuple[UserId, str]] = []

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
        if found := re.fullmatch(r"(\d+) days pass", line):
            for town in self.towns.values():
                town.wait(timedelta(days=int(found[1])))
        elif line == "the letterboxes are read":
            meet(*self.towns.values())
        elif found := re.fullmatch(r"(\w+) in (\w+): (.+)", line):
            self.command(found[1], found[3].replace("THE WORD", self.word), self.towns[found[2]])
        elif found := re.fullmatch(r"(\w+): (.+)", line):
            self.command(found[1], found[2], self.towns[PEOPLE[found[1]]])
        elif found := re.fullmatch(r"(\w+) comes into (\w+)", line):
            town = self.towns[found[2]]
            town.gesture(ids.root(town.key), person(found[1]), "join")
        elif found := re.fullmatch(r"(\w+) reacts (\S+)", line):
            town = self.towns[PEOPLE[found[1]]]
            card = next(say.card for say in reversed(town.says) if say.card is not None)
            town.react_to(card, person(found[1]), found[2])
        else:
            raise AssertionError(line)

    @property
    def word(self) -> str:
        """The word that somebody was given to carry last."""
        says = [words(say.text) for town in self.towns.values() for say in town.says]
        return [found for text in says for found in re.findall(r"!introduced (\S+)", text)][-1]

    def command(self, name: str, text: str, town: Town) -> None:
        said = parse(text, None, me=town.me, private=True)
        assert said is not None
        if said.words[0] in {"me", "why", "doctor"}:
            asked = Asked(person(name), RoomId("!said"), None, town.event(), town.now, town.me)
            answer = commands.decide(town.house, said, asked)
            assert isinstance(answer, Decision), answer
            self.said += [(person(name), words(say.text)) for say in answer.says]
            return
        match town.tell(person(name), " ".join(said.words), *said.people):
            case Refusal(text=sentence):
                self.said.append((person(name), words(sentence)))
            case Usage(line=line):
                self.said.append((person(name), line))
            case decision:
                n = len(town.says) - len(decision.says)
                town.says[n:] = [
                    Say(ToPerson(person(name)), say.text) if say.to == Reply() else say
                    for say in decision.says
                ]

    def check(self, line: str) -> None:
        if found := re.fullmatch(r"(\w+) is told: (.+)", line):
            heard = [text for who, text in self.said if who == person(found[1])]
            assert any(found[2] in text for text in heard), heard
        elif found := re.fullmatch(r"(\w+) is not told: (.+)", line):
            assert not any(found[2] in text for who, text in self.said if who == person(found[1]))
        elif line == "nobody is told anything":
            assert self.said == []
        elif found := re.fullmatch(r"for (\w+) the link (.+)", line):
            town = self.towns[found[1]]
            assert [state_of(link, town.now) for link in links(town.hall)] == [found[2].removeprefix("is ")]
        elif found := re.fullmatch(r"for (\w+) is open: (.+)", line):
            town = self.towns[found[1]]
            opened = sorted(f"{flow} {way}" for way, flow in flows_open(town.link, town.now))
            assert ", ".join(opened) == found[2].replace("nothing", "")
        elif found := re.fullmatch(r"doors of (\w+) are (open|closed) to (\w+)", line):
            town, root = self.towns[found[1]], ids.root(self.towns[found[1]].key)
            asked_in, put_out = town.wish(root).invited, town.wish(root).unwelcome
            assert person(found[3]) in (asked_in if found[2] == "open" else put_out)
        elif found := re.fullmatch(r"letterbox of (\w+) is (open|closed)", line):
            town = self.towns[found[1]]
            wish = town.wish(letterbox(town.hall, town.link))
            assert ("closed" if wish.closed else "open") == found[2]
        elif found := re.fullmatch(r"(\w+) has no link", line):
            assert links(self.towns[found[1]].hall) == ()
        else:
            raise AssertionError(line)


def to(say: Say) -> UserId:
    assert isinstance(say.to, ToPerson)
    return say.to.person


@pytest.mark.parametrize("path", CASES, ids=[path.stem for path in CASES])
def test_it_goes_as_it_is_told(path: Path) -> None:
    case = yaml.safe_load(path.read_text())
    told = Told(case.get("charters", {}))
    for line in case["story"]:
        try:
            told.live(str(line))
        except AssertionError as wrong:
            raise AssertionError(f"{case['about']} At: {line}") from wrong
