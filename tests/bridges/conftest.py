"""A community that lives from facts, beside a web server on loopback that answers as a test wants."""

import asyncio
import importlib
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from aiohttp import web

from crewhall.adapters.listening import opened
from crewhall.adapters.outdoors import Outdoors
from crewhall.charter.model import Charter
from crewhall.door import Doors, Served, Unread
from crewhall.ground import ids
from crewhall.ground.facts import HOUSE, RoomOpened, Writing
from crewhall.ground.hall import House
from crewhall.ground.ids import CommunityKey, RoomId, RoomKey, UserId
from crewhall.ground.talk import Decision, Say
from crewhall.lab.ports import LOOPBACK
from crewhall.testing.clock import ToldClock
from crewhall.testing.homeserver import FakeHomeserver
from crewhall.testing.story import Story
from crewhall.testing.world import World
from crewhall.text import render

KEY = CommunityKey("rivendell")
LOBBY = ids.place(KEY, "lobby")
NOON = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)
"""A Monday, and day everywhere in Europe."""


class Site:
    """A web server. `pages` are by path: bytes, a status, or a function; `asked` is what was asked."""

    def __init__(self) -> None:
        self.pages: dict[str, Any] = {}
        self.asked: list[tuple[str, Mapping[str, str]]] = []
        self.url = ""

    async def answer(self, request: web.Request) -> web.StreamResponse:
        self.asked.append((request.path, dict(request.headers)))
        page = self.pages.get(request.path, 404)
        if callable(page):
            return await page(request)  # type: ignore[no-any-return]
        return web.Response(status=page) if isinstance(page, int) else web.Response(body=page)

    @asynccontextmanager
    async def open(self) -> AsyncIterator["Site"]:
        app = web.Application()
        app.router.add_route("*", "/{tail:.*}", self.answer)
        runner = web.AppRunner(app, shutdown_timeout=0.1)
        async with opened(runner, LOOPBACK, 0) as port:
            self.url = f"http://{LOOPBACK}:{port}"
            yield self


class Village:
    """A community with a lobby, and doors for the errands of its bridges. It can be told that time passes."""

    def __init__(self, outdoors: Outdoors, served: Served | None = None, **charter: Any) -> None:
        told = {
            "key": KEY,
            "name": "Rivendell",
            "founders": ["@ann:here", "@ben:here"],
            "places": [{"key": "lobby", "name": "Lobby"}, {"key": "attic", "name": "Attic"}],
            **charter,
        }
        self.story = Story(Charter.model_validate(told), inside=map(UserId, ("@ann:here", "@ben:here")))
        self.story.now = NOON
        self.opened(LOBBY)
        self.clock = ToldClock(NOON)
        self.doors = Doors(
            house=lambda: self.story.house,
            record=self.record,
            keeper=FakeHomeserver(World(clock=self.clock)),
            clock=self.clock,
            outdoors=outdoors,
            served=served or Served(),
        )

    def opened(self, key: RoomKey) -> None:
        room = RoomOpened(key, RoomId(f"!{key}"), "12")
        self.story.record(f"opened:{key}", (Writing(HOUSE, room),))

    async def record(self, cause: str, decide: Callable[[House], Decision | None]) -> bool:
        decided = decide(self.story.house)
        self.story.act(cause, decided)
        await asyncio.sleep(0)
        return decided is not None

    def passes(self, span: timedelta) -> None:
        self.story.now += span
        self.clock._now = self.story.now

    @property
    def told(self) -> list[str]:
        return [words(say) for say in self.story.says]


def words(say: Say) -> str:
    return render(say.text, {}, "here").plain


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    async with Site().open() as site:
        yield site


class Near(Outdoors):
    """The way out as it is, but that strangers' words are read right here, which is fast."""

    async def apart(self, function: str, data: bytes, *words: str) -> object:
        module, _, name = function.partition(":")
        try:
            return json.loads(json.dumps(getattr(importlib.import_module(module), name)(data, *words)))
        except Exception:  # noqa: BLE001 - whatever it is, it is only unclear
            raise Unread("unclear") from None


@pytest.fixture
async def outdoors() -> AsyncIterator[Outdoors]:
    async with Near(private=True, patience=1.0) as outdoors:
        yield outdoors


Founds = Callable[..., Village]


@pytest.fixture
def village(outdoors: Outdoors) -> Founds:
    return lambda served=None, **charter: Village(outdoors, served, **charter)


Sends = Callable[[web.Request], Awaitable[web.StreamResponse]]


def drip(every: float) -> Sends:
    """Answer with one byte now and then, for ever."""

    async def send(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        while True:
            await response.write(b" ")
            await asyncio.sleep(every)

    return send


def cut(body: bytes) -> Sends:
    """Promise twice as much as is sent."""

    async def send(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Length": str(2 * len(body))})
        await response.prepare(request)
        await response.write(body)
        request.transport.close()  # type: ignore[union-attr]
        return response

    return send


def tagged(body: bytes, tag: str) -> Sends:
    """Answer 304 to who has this version."""

    async def send(request: web.Request) -> web.StreamResponse:
        known = request.headers.get("If-None-Match") == f'"{tag}"'
        return web.Response(status=304) if known else web.Response(body=body, headers={"ETag": f'"{tag}"'})

    return send


def moved(to: str, status: int = 302) -> Sends:
    """Send to another address."""

    async def send(_request: web.Request) -> web.StreamResponse:
        return web.Response(status=status, headers={"Location": to})

    return send


@pytest.fixture
def ways() -> Mapping[str, Any]:
    """What a web server can do, by name."""
    return {"drip": drip, "cut": cut, "tagged": tagged, "moved": moved}
