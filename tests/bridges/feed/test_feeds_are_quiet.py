"""Promises of feeds: a message an item, never a flood, at most three a day, nothing at night or twice."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from crewhall.adapters.outdoors import Outdoors
from crewhall.charter.model import Charter
from crewhall.ground.facts import HOUSE, RoomSealed, Stream, Writing
from crewhall.ground.ids import RoomKey, UserId
from crewhall.ground.talk import Decision, ToRoom
from crewhall.life.community.facts import CharterChanged
from crewhall.testing.story import refused
from crewhall_bridges.feed.errand import Following

ANN = UserId("@ann:here")
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def rss(*items: tuple[str, datetime | None]) -> bytes:
    def one(name: str, at: datetime | None) -> str:
        date = f"<pubDate>{at:%d %b %Y %H:%M:%S} GMT</pubDate>" if at is not None else ""
        return f"<item><title>{name}</title><link>https://x.example/{name}</link>{date}</item>"

    entries = "".join(one(*item) for item in items)
    return f'<rss version="2.0"><channel><title>X</title>{entries}</channel></rss>'.encode()


def feed(url: str, **more: Any) -> dict[str, Any]:
    return {"key": "diary", "name": "Diary", "url": url, "room": "lobby", **more}


async def begun(village: Any, site: Any, *names: str, **more: Any) -> tuple[Any, Following]:
    site.pages["/feed"] = rss(*((name, None) for name in names))
    home = village(feeds=[feed(f"{site.url}/feed", **more)])
    errand = Following(home.doors)
    await errand.round()
    return home, errand


async def later(home: Any, errand: Following, span: timedelta) -> None:
    home.passes(span)
    await errand.round()


async def test_the_first_look_only_remembers(village: Any, site: Any) -> None:
    home, errand = await begun(village, site, *map(str, range(200)))
    await later(home, errand, DAY)
    assert home.told == []


async def test_the_first_look_tells_the_newest_if_the_charter_wants_it(village: Any, site: Any) -> None:
    home, errand = await begun(village, site, "b", "a", first=True)
    await later(home, errand, DAY)
    assert home.told == ["Diary: b\nhttps://x.example/b"]


async def test_a_new_item_is_told_once_in_its_room(village: Any, site: Any) -> None:
    home, errand = await begun(village, site, "a")
    site.pages["/feed"] = rss(("b", None), ("a", None))
    for _ in range(3):
        await later(home, errand, 6 * HOUR)
    assert home.told == ["Diary: b\nhttps://x.example/b"]
    assert home.story.says[0].to == ToRoom(RoomKey("rivendell/place/lobby"))
    assert not home.story.says[0].must


async def test_after_a_restart_nothing_is_told_again(village: Any, site: Any) -> None:
    home, errand = await begun(village, site, "a")
    site.pages["/feed"] = rss(("b", None), ("a", None))
    await later(home, errand, 6 * HOUR)
    for _ in range(2):
        await Following(home.doors).round()
    assert len(home.told) == 1


async def test_between_looks_the_server_is_left_alone(village: Any, site: Any) -> None:
    home, errand = await begun(village, site, "a", every_hours=12)
    for _ in range(11):
        await later(home, errand, HOUR)
    assert len(site.asked) == 1
    await later(home, errand, HOUR)
    assert len(site.asked) == 2


async def test_an_unchanged_feed_is_not_sent_again(village: Any, site: Any, ways: Any) -> None:
    home, errand = await begun(village, site)
    site.pages["/feed"] = ways["tagged"](rss(("a", None)), "1")
    await later(home, errand, 6 * HOUR)
    await later(home, errand, 18 * HOUR)
    assert [headers.get("If-None-Match") for _, headers in site.asked] == [None, None, '"1"']
    assert len(home.told) == 1


async def test_three_are_told_a_day_the_oldest_first_and_the_rest_waits(village: Any, site: Any) -> None:
    home, errand = await begun(village, site)
    start = home.story.now
    new = [(f"n{n}", start + n * timedelta(minutes=1)) for n in range(5)]
    site.pages["/feed"] = rss(*reversed(new))
    for _ in range(4):
        await later(home, errand, timedelta(hours=2))
    assert [line.partition("\n")[0] for line in home.told] == ["Diary: n0", "Diary: n1", "Diary: n2"]
    await later(home, errand, DAY - 8 * HOUR)
    assert len(home.told) == 5


@pytest.mark.parametrize("dated", [True, False])
async def test_what_waited_for_a_week_is_dropped(village: Any, site: Any, dated: bool) -> None:  # noqa: FBT001
    home, errand = await begun(village, site)
    at = home.story.now if dated else None
    site.pages["/feed"] = rss(*((f"n{n}", at) for n in range(50)))
    for _ in range(30):
        await later(home, errand, DAY)
    assert len(home.told) == (18 if dated else 21)


async def test_old_items_that_appear_late_are_not_told(village: Any, site: Any) -> None:
    home, errand = await begun(village, site)
    site.pages["/feed"] = rss(("old", home.story.now - 8 * DAY))
    await later(home, errand, 6 * HOUR)
    assert home.told == []


async def test_at_night_nothing_is_told_by_the_clock_of_the_community(village: Any, site: Any) -> None:
    site.pages["/feed"] = rss()
    zone = {"zone": "Pacific/Auckland"}  # noon in UTC is midnight there
    home = village(feeds=[feed(f"{site.url}/feed", every_hours=1)], calendar=zone)
    errand = Following(home.doors)
    await errand.round()
    site.pages["/feed"] = rss(("a", None))
    await later(home, errand, HOUR)
    assert home.told == []
    await later(home, errand, 9 * HOUR)
    assert len(home.told) == 1


async def test_in_the_quiet_week_nothing_is_told(village: Any, site: Any) -> None:
    site.pages["/feed"] = rss()
    home = village(feeds=[feed(f"{site.url}/feed")], seasons={"starts": ["05-10", "11-01"], "gap_days": 7})
    errand = Following(home.doors)
    await errand.round()
    site.pages["/feed"] = rss(("a", None))
    for _ in range(5):
        await later(home, errand, DAY)
        assert home.told == []
    await later(home, errand, DAY)
    assert len(home.told) == 1


async def test_nothing_goes_to_a_room_that_is_not_there_yet(village: Any, site: Any) -> None:
    home, errand = await begun(village, site, room="attic")
    site.pages["/feed"] = rss(("a", None))
    await later(home, errand, 6 * HOUR)
    assert home.told == []
    assert "the room is not there yet" in lines(home)
    home.opened(RoomKey("rivendell/place/attic"))
    await later(home, errand, 18 * HOUR)
    assert len(home.told) == 1
    assert "In order" in lines(home)


async def test_nothing_goes_to_a_room_that_somebody_encrypted(village: Any, site: Any) -> None:
    home, errand = await begun(village, site)
    home.story.record("sealed", (Writing(HOUSE, RoomSealed(RoomKey("rivendell/place/lobby"))),))
    site.pages["/feed"] = rss(("a", None))
    await later(home, errand, 6 * HOUR)
    assert home.told == []
    assert "The room is encrypted" in lines(home)


async def test_another_address_begins_anew_without_a_flood(village: Any, site: Any) -> None:
    home, errand = await begun(village, site, "a")
    site.pages["/other"] = rss(*((f"o{n}", None) for n in range(30)))
    change(home, feeds=[feed(f"{site.url}/other")])
    for _ in range(3):
        await later(home, errand, DAY)
    assert home.told == []


async def test_a_feed_that_is_followed_no_longer_is_left_alone(village: Any, site: Any) -> None:
    home, errand = await begun(village, site, "a")
    change(home, feeds=[])
    await later(home, errand, DAY)
    assert len(site.asked) == 1


TROUBLE = {
    "500": "error 500",
    "404": "error 404",
    "png": "is no feed",
    "huge": "too large",
    "drip": "too slow",
    "cut": "could not be reached",
    "moved": "from address to address",
}


@pytest.mark.parametrize("kind", TROUBLE)
async def test_one_ailing_feed_is_told_of_and_costs_the_others_nothing(
    village: Any, site: Any, ways: Any, kind: str
) -> None:
    pages = {
        "500": 500,
        "404": 404,
        "png": b"\x89PNG\r\n" * 20,
        "huge": b" " * 10_000_000,
        "drip": ways["drip"](0.05),
        "cut": ways["cut"](rss(("x", None))),
        "moved": ways["moved"]("/ill"),
    }
    site.pages |= {"/ill": pages[kind], "/well": rss()}
    feeds = [feed(f"{site.url}/ill"), feed(f"{site.url}/well") | {"key": "well", "name": "Well"}]
    home = village(feeds=feeds)
    errand = Following(home.doors)
    await errand.round()
    site.pages["/well"] = rss(("a", None))
    await later(home, errand, 6 * HOUR)
    assert [line.partition("\n")[0] for line in home.told] == ["Well: a"]
    said = lines(home)
    assert TROUBLE[kind] in said
    assert "In order" in said
    site.pages["/ill"] = rss(("b", None))
    await later(home, errand, 6 * HOUR)
    assert TROUBLE[kind] not in lines(home)


async def test_a_feed_in_our_own_network_is_not_read(village: Any, site: Any) -> None:
    async with Outdoors() as closed:
        home = village(feeds=[feed(f"{site.url}/feed")])
        object.__setattr__(home.doors, "outdoors", closed)
        await Following(home.doors).round()
    assert site.asked == []
    assert "own network" in lines(home)


async def test_a_feed_that_names_its_items_anew_at_each_look_is_still_quiet(village: Any, site: Any) -> None:
    home, errand = await begun(village, site, every_hours=1)
    for n in range(48):
        site.pages["/feed"] = rss(*((f"{n}-{m}", None) for m in range(20)))
        await later(home, errand, HOUR)
    assert len(home.told) <= 9
    assert len(home.story.records) < 40


async def test_only_a_change_or_a_new_day_is_written_down(village: Any, site: Any) -> None:
    home, errand = await begun(village, site, every_hours=1)
    before = len(home.story.records)
    for _ in range(23):
        await later(home, errand, HOUR)
    assert len(home.story.records) == before
    await later(home, errand, HOUR)
    assert len(home.story.records) == before + 1


def test_feeds_are_listed_for_people_of_the_community_only(village: Any) -> None:
    home = village(feeds=[feed("https://secret.example/?token=abc")])
    assert refused(home.story.say(UserId("@zoe:there"), "feeds")) == "not-inside"
    home.story.say(ANN, "feeds")
    assert "Diary, told in Lobby. Not looked at yet." in home.told[-1]
    assert "abc" not in home.told[-1]
    bare = village()
    bare.story.say(ANN, "feeds")
    assert bare.told == ["Rivendell follows no podcasts or blogs. Its charter can name some under `feeds`."]


def lines(home: Any) -> str:
    outcome = home.story.say(ANN, "feeds")
    assert isinstance(outcome, Decision)
    told: str = home.told[-1]
    home.story.says.pop()
    return told


def change(home: Any, **charter: Any) -> None:
    new = Charter.model_validate({**home.story.hall.charter.model_dump(), **charter})
    home.story.record(home.story.event(), (Writing(Stream("rivendell"), CharterChanged(new)),))
