"""Promises of the way out: pages in bounds, never from our own network, and strangers' words read apart."""

import asyncio
import gzip
import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import timedelta
from ipaddress import ip_address

import pytest
from aiohttp import web

from crewhall.adapters.apart import apart
from crewhall.adapters.listening import opened
from crewhall.adapters.outdoors import Outdoors, is_public
from crewhall.door import Page, Tag, Unread
from crewhall.lab.ports import LOOPBACK, free_port

Sends = Callable[[web.Request], Awaitable[web.StreamResponse]]
MOST = 100_000


@asynccontextmanager
async def site(pages: Mapping[str, Sends]) -> AsyncIterator[str]:
    app = web.Application()
    for path, page in pages.items():
        app.router.add_get(path, page)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    async with opened(runner, LOOPBACK, 0) as port:
        yield f"http://{LOOPBACK}:{port}"


def says(status: int = 200, body: bytes = b"", **headers: str) -> Sends:
    async def send(_request: web.Request) -> web.StreamResponse:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return web.Response(status=status, body=body, headers=named)

    return send


async def drips(request: web.Request) -> web.StreamResponse:
    response = web.StreamResponse()
    await response.prepare(request)
    while True:
        await response.write(b" ")
        await asyncio.sleep(0.05)


async def stops(request: web.Request) -> web.StreamResponse:
    response = web.StreamResponse(headers={"Content-Length": "100"})
    await response.prepare(request)
    await response.write(b"half")
    assert request.transport is not None
    request.transport.close()
    return response


@pytest.fixture
async def out() -> AsyncIterator[Outdoors]:
    async with Outdoors(private=True, patience=0.5, most=MOST) as outdoors:
        yield outdoors


async def why(out: Outdoors, address: str) -> Unread:
    with pytest.raises(Unread) as found:
        await out.read(address, Tag())
    return found.value


async def test_a_page_is_read_with_its_tag_and_then_only_asked_whether_it_changed(out: Outdoors) -> None:
    async def page(request: web.Request) -> web.StreamResponse:
        if request.headers.get("If-None-Match") == '"1"' and request.headers["If-Modified-Since"] == "then":
            return web.Response(status=304)
        return web.Response(body=b"one", headers={"ETag": '"1"', "Last-Modified": "then"})

    async with site({"/": page}) as url:
        first = await out.read(url, Tag())
        assert first == Page(b"one", Tag('"1"', "then"))
        assert await out.read(url, first.tag) == Page(None, first.tag)


async def test_a_packed_page_is_unpacked(out: Outdoors) -> None:
    async with site({"/": says(body=gzip.compress(b"words"), Content_Encoding="gzip")}) as url:
        assert (await out.read(url, Tag())).body == b"words"


async def test_a_page_that_unpacks_to_very_much_is_left(out: Outdoors) -> None:
    bomb = gzip.compress(b"\0" * 50 * MOST)
    assert len(bomb) < MOST
    async with site({"/": says(body=bomb, Content_Encoding="gzip")}) as url:
        assert (await why(out, url)).why == "large"


async def test_half_a_packed_page_is_no_page(out: Outdoors) -> None:
    half = gzip.compress(bytes(range(256)) * 50)[:-20]
    async with site({"/": says(body=half, Content_Encoding="gzip")}) as url:
        assert (await why(out, url)).why == "away"


NO_PAGES: Mapping[str, tuple[Sends, str]] = {
    "an error": (says(500), "status"),
    "gone": (says(410), "status"),
    "nothing": (says(204), "status"),
    "ten megabytes": (says(body=b"x" * 10_000_000), "large"),
    "not packed at all": (says(body=b"not packed", Content_Encoding="gzip"), "unclear"),
    "packed otherwise": (says(body=b"?", Content_Encoding="br"), "unclear"),
    "a drop now and then": (drips, "slow"),
    "half a page": (stops, "away"),
    "itself": (says(302, Location="/"), "circling"),
    "nowhere": (says(302), "circling"),
    "a file": (says(301, Location="file:///etc/passwd"), "circling"),
    "something old": (says(301, Location="gopher://127.0.0.1/"), "circling"),
    "somebody's own": (says(301, Location="http://user:word@127.0.0.1/"), "circling"),
    "no address": (says(301, Location="http://["), "away"),
}


@pytest.mark.parametrize("name", NO_PAGES)
async def test_what_is_no_page_is_told_and_ends_soon(out: Outdoors, name: str) -> None:
    page, what = NO_PAGES[name]
    async with site({"/": page}) as url:
        began = time.monotonic()
        assert (await why(out, url)).why == what
        assert time.monotonic() - began < 5


async def test_how_long_we_are_asked_to_wait_is_heard_in_bounds(out: Outdoors) -> None:
    pages = {"/a": says(503, Retry_After="120"), "/b": says(429, Retry_After="9" * 30), "/c": says(503)}
    async with site(pages) as url:
        after = [(await why(out, url + path)).after for path in pages]
    assert after == [timedelta(minutes=2), timedelta(days=7), None]


async def test_nobody_there_is_told(out: Outdoors) -> None:
    assert (await why(out, f"http://{LOOPBACK}:{free_port()}/")).why == "away"


async def test_a_page_that_moved_is_found(out: Outdoors) -> None:
    async with site({"/": says(308, Location="next?a=1"), "/next": says(body=b"here")}) as url:
        assert (await out.read(url, Tag())).body == b"here"


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "2130706433", "[::1]", "[::ffff:127.0.0.1]", "0"])
async def test_nothing_is_read_from_our_own_network(host: str) -> None:
    asked = []

    async def page(request: web.Request) -> web.StreamResponse:
        asked.append(request.path)
        return web.Response(body=b"secret")

    async with site({"/": page}) as url, Outdoors(patience=2.0) as out:
        # A number for a name is looked up by nobody.
        wanted = "away" if host.isdigit() else "private"
        assert (await why(out, url.replace(LOOPBACK, host))).why == wanted
    assert asked == []


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("93.184.216.34", True),
        ("2606:2800:220:1:248:1893:25c8:1946", True),
        ("10.0.0.1", False),
        ("100.64.0.1", False),
        ("169.254.169.254", False),
        ("192.168.1.1", False),
        ("224.0.0.1", False),
        ("0.0.0.0", False),  # noqa: S104 - refused, not listened on
        ("::", False),
        ("fe80::1", False),
        ("fec0::1", False),
        ("fd00::1", False),
        ("ff0e::1", False),
        ("::ffff:10.0.0.1", False),
        ("64:ff9b::7f00:1", False),
        ("2002:7f00:1::", False),
    ],
)
def test_only_addresses_of_the_open_network_are_public(address: str, public: bool) -> None:  # noqa: FBT001
    assert is_public(ip_address(address)) is public


async def test_before_it_is_opened_and_after_it_is_closed_there_is_no_way_out() -> None:
    out = Outdoors(private=True)
    assert (await why(out, "http://127.0.0.1/")).why == "closed"
    async with out:
        pass
    assert (await why(out, "http://127.0.0.1/")).why == "closed"


async def test_words_are_read_apart_with_an_empty_environment() -> None:
    assert await apart("json:loads", json.dumps({"a": [1]}).encode()) == {"a": [1]}


@pytest.mark.parametrize("function", ["json:loads", "json:nothing", "nowhere:at_all"])
async def test_what_fails_apart_is_only_unclear(function: str) -> None:
    with pytest.raises(Unread) as found:
        await apart(function, b"{")
    assert found.value.why == "unclear"


FOR_EVER = b"""BEGIN:VCALENDAR
BEGIN:VEVENT
UID:1
DTSTART:19000101T000000Z
RRULE:FREQ=SECONDLY
END:VEVENT
END:VCALENDAR
"""


async def test_what_never_ends_apart_is_ended() -> None:
    began = time.monotonic()
    words = ("UTC", "2026-05-04T12:00:00+00:00", "26")
    with pytest.raises(Unread) as found:
        await apart("crewhall_bridges.calendar.events:read", FOR_EVER, *words, patience=1.5)
    assert found.value.why == "unclear"
    assert time.monotonic() - began < 5
