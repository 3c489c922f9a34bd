"""Stories of hats, to be read by people: what somebody does, line by line, and what follows. One file each.

Ada and Bea hold the keys. They, Cy, Di and Eve are Friends, Fay is in the community; it is a Monday, 11 May
2026. `hats` names the charter's hats by key; a hat's name is its key with a capital letter. A line begins
with who acts; a line that begins with an arrow says what is so, or what somebody was just told.
"""

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from crewhall.charter.model import Charter
from crewhall.charter.sense import nonsense
from crewhall.ground import ids
from crewhall.ground.charters import CharterChanged
from crewhall.ground.facts import Stream, Writing
from crewhall.ground.grammar import parse
from crewhall.ground.ids import CommunityKey, RoomId, RungKey, UserId
from crewhall.ground.talk import Asked, Card, Decision, Refusal, Reply, Say, Sentence, ToPerson, ToRoom, Usage
from crewhall.ground.worn import wearers
from crewhall.house.commands import decide
from crewhall.testing.story import KEEPER, Story
from crewhall.text import render

CASES = sorted((Path(__file__).parents[1] / "golden" / "hats").glob("*.yaml"))
NAMES = ("ada", "bea", "cy", "di", "eve", "fay")
KEY = CommunityKey("rivendell")
ROOMS = {
    "Rivendell": ids.root(KEY),
    "Friends": ids.rung(KEY, RungKey("friends")),
    "the Lobby": ids.place(KEY, "lobby"),
    "the Porch": ids.rung_room(KEY, RungKey("friends"), "porch"),
}


def person(name: str) -> UserId:
    return UserId(f"@{name}:here")


def charter_of(told: dict[str, Any]) -> Charter:
    hats = [{"key": key, "name": key.title(), **(hat or {})} for key, hat in told.pop("hats", {}).items()]
    base = {
        "key": "rivendell",
        "name": "Rivendell",
        "founders": [person(name) for name in told.pop("keys", NAMES[:2])],
        "places": [{"key": "lobby", "name": "Lobby"}],
        "rungs": [{"key": "friends", "name": "Friends", "rooms": [{"key": "porch", "name": "Porch"}]}],
    }
    charter = Charter.model_validate({**base, "hats": hats, **told})
    assert list(nonsense(charter)) == []
    return charter


class Told:
    """A story on its way, and what was said because of its last line."""

    def __init__(self, charter: dict[str, Any]) -> None:
        self.charter = charter
        self.story = Story(charter_of(dict(charter)), inside=map(person, NAMES))
        for name in NAMES[:5]:
            self.story.gesture(ROOMS["Friends"], person(name), "join")
        self.story.wait(timedelta(days=8))
        self.said: list[Say] = []

    def live(self, line: str) -> None:
        if line.startswith("-> "):
            self.check(line.removeprefix("-> "))
            return
        before = len(self.story.says)
        self.said = []
        self.act(line)
        self.said += self.story.says[before:]

    def act(self, line: str) -> None:
        story = self.story
        if found := re.fullmatch(r"(\d+) (days?|weeks?) pass(?:es)?", line):
            step = timedelta(days=7 if found[2].startswith("week") else 1)
            for _ in range(int(found[1])):
                story.wait(step)
        elif found := re.fullmatch(r"(\w+) in ([\w ]+): (!.+)", line):
            self.command(person(found[1]), found[3], ROOMS[found[2]])
        elif found := re.fullmatch(r"(\w+): (!.+)", line):
            self.command(person(found[1]), found[2], None)
        elif found := re.fullmatch(r"(\w+) reacts (\S+)(?: once more)?", line):
            story.react(self.card(found[2]), person(found[1]), found[2])
        elif found := re.fullmatch(r"(\w+) takes it back", line):
            recorded = next(r for r in reversed(story.records) if person(found[1]) in _names(r.fact))
            story.take_back(recorded.cause, person(found[1]))
        elif found := re.fullmatch(r"(\w+) (joins|leaves) ([\w ]+)", line):
            how = "join" if found[2] == "joins" else "leave"
            story.gesture(ROOMS[found[3]], person(found[1]), how)  # type: ignore[arg-type]
            story.wait(timedelta(minutes=1))
        elif found := re.fullmatch(r"the charter (drops|brings back) the hat (\w+)", line):
            self.change(found[2].lower(), back=found[1] != "drops")
        else:
            raise AssertionError(line)

    def change(self, hat: str, *, back: bool) -> None:
        hats = {key: value for key, value in self.charter["hats"].items() if back or key != hat}
        charter = charter_of({**self.charter, "hats": hats}).model_copy(update={"founders": ()})
        self.story.record(self.story.event(), (Writing(Stream(KEY), CharterChanged(charter)),))

    def card(self, choice: str) -> Card:
        cards = (say.card for say in reversed(self.story.says) if say.card is not None)
        return next(card for card in cards if choice in card.choices)

    def command(self, who: UserId, text: str, place: ids.RoomKey | None) -> None:
        said = parse(re.sub(r"@(\w+)", r"@\1:here", text), None, me=KEEPER, private=place is None)
        assert said is not None
        story = self.story
        asked = Asked(who, RoomId("!said"), place, story.event(), story.now, KEEPER)
        here = ToPerson(who) if place is None else ToRoom(place)
        match decide(story.house, said, asked):
            case Decision() as decision:
                story.record(asked.cause, decision.facts)
                story.says += [
                    Say(here if say.to == Reply() else say.to, say.text, card=say.card)
                    for say in decision.says
                ]
            case Refusal(text=sentence):
                self.said.append(Say(here, sentence))
            case Usage(line=line):
                self.said.append(Say(here, Sentence("told", {"lines": line})))
            case None:
                raise AssertionError(text)

    def check(self, line: str) -> None:
        hall = self.story.hall
        if found := re.fullmatch(r"(\w+) (wears|does not wear) (\w+)", line):
            assert (person(found[1]) in wearers(hall, found[3].lower())) is (found[2] == "wears")
        elif found := re.fullmatch(r"(\w+) (may|may not) pin in ([\w ]+)", line):
            powers = self.story.wish(ROOMS[found[3]]).powers
            may = powers.users.get(person(found[1]), 0) >= powers.events["m.room.pinned_events"]
            assert may is (found[2] == "may")
        elif found := re.fullmatch(r"(\w+) is told: (.+)", line):
            heard = self.heard(ToPerson(person(found[1])))
            assert any(found[2] in text for text in heard), heard
        elif found := re.fullmatch(r"(\w+) is not told: (.+)", line):
            heard = self.heard(ToPerson(person(found[1])))
            assert heard
            assert not any(found[2] in text for text in heard), heard
        elif found := re.fullmatch(r"(the \w+) hears: (.+)", line):
            heard = self.heard(ToRoom(ROOMS[found[1]]))
            assert any(found[2] in text for text in heard), heard
        elif found := re.fullmatch(r"(the \w+) does not hear: (.+)", line):
            heard = self.heard(ToRoom(ROOMS[found[1]]))
            assert heard
            assert not any(found[2] in text for text in heard), heard
        elif found := re.fullmatch(r"(the \w+) hears nothing", line):
            assert self.heard(ToRoom(ROOMS[found[1]])) == []
        elif found := re.fullmatch(r"(\w+) is told nothing", line):
            assert self.heard(ToPerson(person(found[1]))) == []
        elif line == "nobody is told anything":
            assert self.said == []
        else:
            raise AssertionError(line)

    def heard(self, where: ToPerson | ToRoom) -> list[str]:
        return [words(say.text) for say in self.said if say.to == where]


def _names(fact: object) -> tuple[object, object]:
    return getattr(fact, "by", None), getattr(fact, "person", None)


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
