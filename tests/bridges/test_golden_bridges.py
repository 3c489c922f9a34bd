"""Stories to be read by people, one file each: what a feed or calendar holds, what is said, what is told.

It is Monday 4 May 2026, noon, in a community by UTC; Ann holds a key, Cy is a member. The first look is over.
"""

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from crewhall.ground.grammar import parse
from crewhall.ground.ids import CommunityKey, RoomId, UserId
from crewhall.ground.talk import Asked, Decision, Refusal, Usage
from crewhall.house.commands import decide
from crewhall.testing.story import KEEPER
from crewhall.text import render
from crewhall_bridges.calendar.errand import Following as Calendars
from crewhall_bridges.feed.errand import Following as Feeds

CASES = sorted((Path(__file__).parents[1] / "golden" / "bridges").glob("*.yaml"))
SPANS = {"hour": timedelta(hours=1), "day": timedelta(days=1)}


class Told:
    def __init__(self, home: Any, site: Any) -> None:
        self.home, self.site = home, site
        self.errands = (Feeds(home.doors), Calendars(home.doors))
        for name in ("ann", "cy"):
            home.story.gesture(CommunityKey("rivendell"), UserId(f"@{name}:here"), "join")
        self.said: list[str] = []
        self.write("feed", "")
        self.write("calendar", "")

    async def live(self, line: str) -> None:
        if line.startswith("-> "):
            self.check(line.removeprefix("-> "))
            return
        self.said, before = [], len(self.home.told)
        if found := re.fullmatch(r"(\d+) (hour|day)s? pass(?:es)?", line):
            for _ in range(int(found[1])):
                self.home.passes(SPANS[found[2]])
                await self.look()
        elif found := re.fullmatch(r"the (feed|calendar) holds (.+)", line):
            self.write(found[1], found[2])
        elif found := re.fullmatch(r"(\w+): (.+)", line):
            self.command(UserId(f"@{found[1]}:here"), found[2])
        else:
            raise AssertionError(line)
        self.said += self.home.told[before:]

    async def look(self) -> None:
        for errand in self.errands:
            await errand.round()

    def write(self, kind: str, text: str) -> None:
        things = [one for one in text.split("; ") if one]
        if kind == "feed":
            items = "".join(f"<item><title>{one}</title><guid>x:{one}</guid></item>" for one in things)
            page = f'<rss version="2.0"><channel><title>D</title>{items}</channel></rss>'
        else:
            events = "".join(map(self.event, things))
            page = f"BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:x\n{events}END:VCALENDAR\n"
        self.site.pages[f"/{kind}"] = page.encode()

    def event(self, text: str) -> str:
        name, _, at = text.partition(" on ")
        start = at.replace("-", "").replace(":", "").replace(" ", "T")
        return f"BEGIN:VEVENT\nUID:{name}\nSUMMARY:{name}\nDTSTART:{start}00Z\nEND:VEVENT\n"

    def command(self, who: UserId, text: str) -> None:
        said = parse(text, None, me=KEEPER, private=True)
        assert said is not None
        story = self.home.story
        asked = Asked(who, RoomId("!chat"), None, story.event(), story.now, KEEPER)
        match decide(story.house, said, asked):
            case Decision() as decision:
                story.act(asked.cause, decision)
            case Refusal(text=sentence):
                self.said.append(render(sentence, {}, "here").plain)
            case Usage(line=line):
                self.said.append(line)
            case None:
                raise AssertionError(text)

    def check(self, line: str) -> None:
        if line == "nothing is told":
            assert self.said == []
        elif found := re.fullmatch(r"(\d+) messages? (?:is|are) told", line):
            assert len(self.said) == int(found[1]), self.said
        elif found := re.fullmatch(r"told: (.+)", line):
            assert any(found[1] in one.replace("\n", " / ") for one in self.said), self.said
        else:
            raise AssertionError(line)


@pytest.mark.parametrize("path", CASES, ids=[path.stem for path in CASES])
async def test_it_goes_as_it_is_told(path: Path, village: Any, site: Any) -> None:
    case = yaml.safe_load(path.read_text())  # noqa: ASYNC240 - a small file of ours
    followed = {"room": "lobby", "every_hours": 1}
    home = village(
        feeds=[{"key": "diary", "name": "Diary", "url": f"{site.url}/feed", **followed}],
        calendars=[{"key": "town", "name": "Town", "url": f"{site.url}/calendar", **followed}],
        **case.get("charter", {}),
    )
    told = Told(home, site)
    await told.look()
    for line in case["story"]:
        try:
            await told.live(str(line))
        except AssertionError as wrong:
            raise AssertionError(f"{case['about']} At: {line}") from wrong
