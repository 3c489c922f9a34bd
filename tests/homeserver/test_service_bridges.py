"""Bridges on a real homeserver: a feed's new item is told once, and a gathering can be subscribed to."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from aiohttp import ClientSession, web

from crewhall.adapters.listening import opened
from crewhall.lab.guests import WITHIN, Guest
from crewhall.lab.ports import LOOPBACK, free_port
from crewhall.lab.sight import says
from crewhall.lab.town import Town

pytestmark = [pytest.mark.homeserver, pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(240)]


class Blog:
    """A blog whose feed somebody writes; `asked` counts who came to look."""

    def __init__(self) -> None:
        self.items: list[str] = []
        self.asked = 0
        self.visited = asyncio.Condition()
        self.url = ""

    async def answer(self, _request: web.Request) -> web.Response:
        async with self.visited:
            self.asked += 1
            self.visited.notify_all()
        items = "".join(f"<item><title>{one}</title><guid>{one}</guid></item>" for one in self.items)
        return web.Response(text=f'<rss version="2.0"><channel><title>B</title>{items}</channel></rss>')


@asynccontextmanager
async def blogging() -> AsyncIterator[Blog]:
    blog = Blog()
    runner = web.ServerRunner(web.Server(blog.answer), shutdown_timeout=0.1)
    async with opened(runner, LOOPBACK, 0) as port:
        blog.url = f"http://{LOOPBACK}:{port}/feed"
        yield blog


def zone_where_it_is_day() -> str:
    """Return a time zone in which it is about two in the afternoon."""
    ahead = 14 - datetime.now(UTC).hour  # noqa: TID251 - a real service beside a real clock
    return f"Etc/GMT{-ahead:+d}" if ahead else "UTC"


async def in_order(town: Town, ann: Guest, chat: str) -> None:
    """Wait until a look has been written down."""
    for _ in range(15):
        if "In order" in (await town.answer(ann, chat, "!feeds")).text:
            return
        await asyncio.sleep(1)
    raise AssertionError("the feed was not looked at")


async def test_a_feed_is_told_once_and_a_gathering_is_published(tmp_path: Path) -> None:
    listen = f"{LOOPBACK}:{free_port()}"
    settings = {"bridges": {"private_addresses": True, "calendar_listen": listen}}
    async with blogging() as blog, Town(tmp_path, settings=settings) as town:
        blog.items = ["Before us"]
        ann = await town.guest("ann")
        charter = {
            "key": "dale",
            "name": "Dale",
            "founders": [ann.id],
            "calendar": {"zone": zone_where_it_is_day()},
            "places": [{"key": "lobby", "name": "Lobby"}],
            "feeds": [{"key": "diary", "name": "Diary", "url": blog.url, "room": "lobby"}],
        }
        said = await town.crewhall("found", str(town.write_charter("dale", charter)))
        assert said.status == 0, said.err
        space = await ann.accepts("Dale")
        listed = {str(one.get("name")): str(one["room_id"]) for one in await ann.inside(space)}
        lobby = await ann.enter_room(listed["Lobby"])
        chat = await town.chat(ann)
        await again(town)
        await in_order(town, ann, chat)

        blog.items.insert(0, "A walk in the hills")
        await again(town)
        await ann.saw(lobby, says("Diary: A walk in the hills"), "the new item")
        before = blog.asked
        await again(town)
        async with asyncio.timeout(WITHIN), blog.visited:
            await blog.visited.wait_for(lambda: blog.asked > before)

        day = datetime.now(UTC) + timedelta(days=30)  # noqa: TID251
        line = f'!gathering add "Winter days" on {day:%Y-%m-%d} 14:00 at The old mill'
        added = await town.answer(ann, chat, line)
        assert f"Winter days is announced for {day:%A} {day.day} {day:%B} {day.year}, 14:00" in added.text
        told = (await town.answer(ann, chat, "!calendar")).text
        address = next(word for word in told.split() if word.startswith(f"http://{listen}/"))
        async with ClientSession() as web_session, web_session.get(address) as answer:
            text = await answer.text()
        assert "SUMMARY:Winter days" in text
        assert "LOCATION:The old mill" in text
        assert "ann" not in text

        heard = [seen.text for seen in ann.sight.since(0, lobby) if seen.sender == town.keeper]
        assert [text for text in heard if text.startswith("Diary:")] == ["Diary: A walk in the hills"]
        assert not [line for line in town.log.splitlines() if "[error" in line or "Traceback" in line]


async def again(town: Town) -> None:
    """Stop the service and start it: it looks at everything once."""
    await town.rest()
    await town.serve()
