"""The application-service door, over real sockets: what the homeserver may ask and how it is answered."""

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from typing import Any

import aiohttp
import pytest
from yarl import URL

from crewhall.adapters.listening import listening
from crewhall.adapters.transactions import build
from crewhall.errors import Misconfigured, TryLater

TOKEN = "the homeserver's"
GOOD = {"Authorization": f"Bearer {TOKEN}"}
PREFIX = "/_matrix/app/v1"
KEEPER, CREW = "@keeper:example.org", "#_crewhall_rivendell_crew_lantern:example.org:8448"


class Door:
    """The door, opened on a free port; it keeps what was accepted."""

    def __init__(self) -> None:
        self.accepted: list[object] = []
        self.trouble: Exception | None = None
        self.asked: list[str] = []
        self.base = ""
        self.port = 0
        self.session: aiohttp.ClientSession

    async def accept(self, events: Sequence[object]) -> None:
        if self.trouble is not None:
            raise self.trouble
        self.accepted.extend(events)

    def knows(self, name: str) -> bool:
        self.asked.append(name)
        return name in {KEEPER, CREW}

    async def ask(self, method: str, path: str, **more: Any) -> tuple[int, Any]:
        url = URL(self.base + path, encoded=True)
        async with self.session.request(method, url, **{"headers": GOOD, **more}) as answer:
            assert answer.content_type == "application/json"
            return answer.status, await answer.json()

    async def put(self, body: object, txn: str = "1", **more: Any) -> tuple[int, Any]:
        return await self.ask("PUT", f"{PREFIX}/transactions/{txn}", json=body, **more)


@pytest.fixture
async def door() -> AsyncIterator[Door]:
    opened = Door()
    app = build(opened.accept, opened.knows, opened.knows, TOKEN, patience=0.3)
    async with listening(app, "127.0.0.1", 0) as opened.port, aiohttp.ClientSession() as opened.session:
        opened.base = f"http://127.0.0.1:{opened.port}"
        yield opened


async def test_events_are_accepted_and_what_else_is_in_the_envelope_is_not_looked_at(door: Door) -> None:
    body = {
        "events": [{"event_id": "$one"}, None, "odd"],
        "ephemeral": "odd",
        "de.sorunome.msc2409.to_device": [3],
        "org.matrix.msc3202.device_lists": None,
    }
    assert await door.put(body) == (200, {})
    assert door.accepted == body["events"]


async def test_a_transaction_sent_twice_is_offered_twice_since_ids_start_anew(door: Door) -> None:
    assert await door.put({"events": [1]}, "7") == (200, {})
    assert await door.put({"events": [2]}, "7") == (200, {})
    assert door.accepted == [1, 2]


@pytest.mark.parametrize("trouble", [TryLater("disk full"), OSError("gone"), KeyError("a bug")])
async def test_what_could_not_be_stored_is_asked_for_again(door: Door, trouble: Exception) -> None:
    door.trouble = trouble
    status, error = await door.put({"events": []})
    assert (status, error["errcode"]) == (500, "M_UNKNOWN")
    door.trouble = None
    assert await door.put({"events": []}) == (200, {})


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({}, (401, "M_MISSING_TOKEN")),
        ({"Authorization": ""}, (401, "M_MISSING_TOKEN")),
        ({"Authorization": "Bearer"}, (401, "M_MISSING_TOKEN")),
        ({"Authorization": f"Basic {TOKEN}"}, (401, "M_MISSING_TOKEN")),
        ({"Authorization": "Bearer another"}, (403, "M_FORBIDDEN")),
        ({"Authorization": f"Bearer {TOKEN}x"}, (403, "M_FORBIDDEN")),
        ({"Authorization": "Bearer é\udcff"}, (403, "M_FORBIDDEN")),
        ({"Authorization": f"bearer {TOKEN}"}, (200, None)),
    ],
)
@pytest.mark.parametrize("method", ["transactions", "ping"])
async def test_only_the_homeserver_is_let_in(
    door: Door, method: str, headers: dict[str, str], expected: tuple[int, str | None]
) -> None:
    if method == "ping":
        status, body = await door.ask("POST", f"{PREFIX}/ping", json={}, headers=headers)
    else:
        status, body = await door.put({"events": [1]}, headers=headers)
    assert (status, body.get("errcode")) == expected
    assert door.accepted == ([1] if status == 200 and method == "transactions" else [])


async def test_a_stranger_is_answered_before_their_body_comes(door: Door) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", door.port)
    writer.write(
        f"PUT {PREFIX}/transactions/1 HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\n".encode()
    )
    async with asyncio.timeout(5):
        assert b"401" in await reader.readline()
    writer.close()
    await writer.wait_closed()


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b"", (400, "M_NOT_JSON")),
        (b"{", (400, "M_NOT_JSON")),
        (b"\xff\xfe\x00", (400, "M_NOT_JSON")),
        (b"[" * 100_000, (400, "M_NOT_JSON")),
        (b'{"events": [' + b"1" * 10_000 + b"]}", (400, "M_NOT_JSON")),
        (b"null", (400, "M_BAD_JSON")),
        (b"[]", (400, "M_BAD_JSON")),
        (b"{}", (400, "M_BAD_JSON")),
        (b'{"events": null}', (400, "M_BAD_JSON")),
        (b'{"events": {"0": {}}}', (400, "M_BAD_JSON")),
        (b'{"events": []}', (200, None)),
    ],
    ids=range(11),
)
async def test_what_is_no_transaction_is_told_so(door: Door, body: bytes, expected: tuple[int, str]) -> None:
    status, answer = await door.ask("PUT", f"{PREFIX}/transactions/1", data=body)
    assert (status, answer.get("errcode")) == expected


async def test_a_ping_comes_back(door: Door) -> None:
    assert await door.ask("POST", f"{PREFIX}/ping", json={"transaction_id": "x"}) == (200, {})
    assert await door.ask("POST", f"{PREFIX}/ping", json={}) == (200, {})
    assert await door.ask("POST", f"{PREFIX}/ping") == (200, {})
    status, answer = await door.ask("POST", f"{PREFIX}/ping", json={"transaction_id": 3})
    assert (status, answer["errcode"]) == (400, "M_BAD_JSON")


@pytest.mark.parametrize(
    ("path", "name", "known"),
    [
        ("users/%40keeper%3Aexample.org", KEEPER, True),
        ("users/@keeper:example.org", KEEPER, True),
        ("users/%40ann%3Aexample.org", "@ann:example.org", False),
        ("rooms/%23_crewhall_rivendell_crew_lantern%3Aexample.org%3A8448", CREW, True),
        ("rooms/%23a%2Fb%25%20%7B%7D%3F%C3%A9%00%3Ax", "#a/b% {}?é\0:x", False),
        ("rooms/%23%2e%2e%3Ax", "#..:x", False),
        ("users/%ff", "%ff", False),
    ],
)
async def test_users_and_aliases_are_asked_for_by_their_decoded_names(
    door: Door, path: str, name: str, *, known: bool
) -> None:
    status, answer = await door.ask("GET", f"{PREFIX}/{path}")
    assert (status, answer.get("errcode")) == ((200, None) if known else (404, "M_NOT_FOUND"))
    assert door.asked == [name]


@pytest.mark.parametrize(
    "path", ["protocol/irc", "user", "user/irc?nick=a", "location?alias=%23x%3Ay", "location/irc"]
)
async def test_no_other_network_is_led_to(door: Door, path: str) -> None:
    status, answer = await door.ask("GET", f"{PREFIX}/thirdparty/{path}")
    assert (status, answer["errcode"]) == (404, "M_NOT_FOUND")


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/", 404),
        ("GET", "/_matrix/app/v1", 404),
        ("PUT", f"{PREFIX}/transactions/", 404),
        ("PUT", f"{PREFIX}/transactions/a/b", 404),
        ("PUT", "/transactions/1", 404),
        ("GET", f"{PREFIX}/thirdparty/protocol", 404),
        ("POST", f"{PREFIX}/transactions/1", 405),
        ("GET", f"{PREFIX}/ping", 405),
        ("DELETE", f"{PREFIX}/users/x", 405),
        ("TRACE", f"{PREFIX}/ping", 405),
    ],
)
async def test_what_is_not_there_is_unrecognized(door: Door, method: str, path: str, status: int) -> None:
    for headers in (GOOD, {}):
        answer = await door.ask(method, path, headers=headers)
        assert (answer[0], answer[1]["errcode"]) == (status, "M_UNRECOGNIZED")


async def test_a_sender_that_falls_asleep_holds_nobody_up_for_ever(door: Door) -> None:
    head = f"PUT {PREFIX}/transactions/1 HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {TOKEN}\r\n"
    reader, writer = await asyncio.open_connection("127.0.0.1", door.port)
    writer.write(f"{head}Content-Length: 100\r\n\r\n{{".encode())
    await writer.drain()
    await asyncio.sleep(0.05)
    assert await door.put({"events": [1]}) == (200, {})
    assert b"408" in await reader.readline()
    writer.close()
    await writer.wait_closed()


@pytest.mark.parametrize(
    "rest",
    [
        "Content-Length: 100\r\n\r\n{",
        "Transfer-Encoding: chunked\r\n\r\nzz\r\n",
        "Content-Encoding: gzip\r\nContent-Length: 5\r\n\r\nhello",
    ],
)
async def test_a_connection_that_breaks_or_lies_stores_nothing_and_the_next_works(
    door: Door, rest: str
) -> None:
    head = f"PUT {PREFIX}/transactions/1 HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {TOKEN}\r\n"
    _, writer = await asyncio.open_connection("127.0.0.1", door.port)
    writer.write((head + rest).encode())
    await writer.drain()
    writer.close()
    await writer.wait_closed()
    assert await door.put({"events": [1]}) == (200, {})
    assert door.accepted == [1]


async def test_a_port_in_use_is_told_in_one_sentence(door: Door) -> None:
    app = build(door.accept, door.knows, door.knows, TOKEN)
    with pytest.raises(Misconfigured, match=f"Port {door.port} on 127.0.0.1 is in use"):
        async with listening(app, "127.0.0.1", door.port):
            pass
    with pytest.raises(Misconfigured, match=r"Cannot listen on 192\.0\.2\.1 port 80"):
        async with listening(build(door.accept, door.knows, door.knows, TOKEN), "192.0.2.1", 80):
            pass


async def test_every_refusal_has_a_code_and_a_sentence(door: Door) -> None:
    async with door.session.put(f"{door.base}{PREFIX}/transactions/1", data=b"{}") as answer:
        assert answer.headers["WWW-Authenticate"] == "Bearer"
        assert set(json.loads(await answer.text())) == {"errcode", "error"}
    async with door.session.get(f"{door.base}{PREFIX}/ping") as answer:
        assert answer.headers["Allow"] == "POST"
