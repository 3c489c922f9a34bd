"""A way between two servers: a proxy that lets calls pass, or not, or half."""

import asyncio
import random
from collections import deque
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack, suppress

import aiohttp
from aiohttp import web
from yarl import URL

from crewhall.adapters.listening import opened
from crewhall.lab.ports import LOOPBACK
from storm.ills import Ill

HOP = frozenset({"connection", "keep-alive", "transfer-encoding", "content-length", "host", "date", "server"})
LONGEST = 120.0
OFTEN = 0.25
"""How many of the calls are struck while something is coming: if all were, nothing would ever be done."""
BODY = 64 * 1024 * 1024
Struck = Callable[[Ill], Awaitable[None]]
Passed = Callable[[str, str, bytes, int], None]
"""Told of each call that was answered beyond: method, path, body and status."""

_REFUSED = {
    Ill.LIMITED: (429, '{"errcode":"M_LIMIT_EXCEEDED","error":"Too Many Requests","retry_after_ms":%d}'),
    Ill.BROKEN: (500, '{"errcode":"M_UNKNOWN","error":"Internal server error"}'),
    Ill.GATEWAY: (502, "<html><body><h1>502 Bad Gateway</h1></body></html>"),
}
_DONE = frozenset({Ill.SWALLOWED, Ill.HALF, Ill.TORN, Ill.TWICE, Ill.DIES_AFTER, Ill.DELAYED})


class Way:
    """Listens on `port` for whoever calls `target` through it.

    `coming` strikes calls, one each; while it is `shut` nothing passes. `struck` is told as
    something strikes, before anybody is told anything: to kill who asks, for example.
    """

    def __init__(
        self,
        port: int,
        target: str,
        luck: random.Random,
        struck: Struck,
        passed: Passed,
        *,
        often: float = OFTEN,
    ) -> None:
        self.port = port
        self.target = target
        self.coming: deque[Ill] = deque()
        self.shut = False
        self.under_way = 0
        self.calls = 0
        self._luck = luck
        self._struck = struck
        self._passed = passed
        self._often = often
        self._open = AsyncExitStack()
        self._session: aiohttp.ClientSession | None = None

    @property
    def url(self) -> str:
        """Where to call."""
        return f"http://{LOOPBACK}:{self.port}"

    async def open(self) -> None:
        """Listen."""
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=0),
            timeout=aiohttp.ClientTimeout(total=LONGEST),
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,
        )
        runner = web.ServerRunner(web.Server(self._answer, access_log=None), shutdown_timeout=0.1)
        await self._open.enter_async_context(opened(runner, LOOPBACK, self.port))

    async def close(self) -> None:
        """Stop listening."""
        await self._open.aclose()
        if self._session is not None:
            await self._session.close()

    async def _answer(self, request: web.BaseRequest) -> web.StreamResponse:
        self.calls += 1
        self.under_way += 1
        try:
            body = await request.read()
            if self.shut:
                return _abort(request)
            ill = self.coming.popleft() if self.coming and self._luck.random() < self._often else None
            return await self._struck_by(ill, request, body)
        finally:
            self.under_way -= 1

    async def _struck_by(self, ill: Ill | None, request: web.BaseRequest, body: bytes) -> web.StreamResponse:
        if ill is not None and ill not in _DONE:
            await self._struck(ill)
            if ill not in _REFUSED:
                return _abort(request)
            status, text = _REFUSED[ill]
            text = text % self._luck.randrange(50, 2000) if ill is Ill.LIMITED else text
            kind = "text/html" if ill is Ill.GATEWAY else "application/json"
            return web.Response(status=status, text=text, content_type=kind)
        if ill is Ill.DELAYED:
            await self._struck(ill)
            await asyncio.sleep(self._luck.uniform(0.1, 2.0))
        try:
            answer = await self._beyond(request, body)
            if ill is Ill.TWICE:
                answer = await self._beyond(request, body)
        except (aiohttp.ClientError, TimeoutError, OSError):
            return _abort(request)
        if ill is None or ill is Ill.DELAYED:
            return answer
        await self._struck(ill)
        if ill is Ill.TWICE:
            return answer
        return await _spoiled(ill, request, answer)

    async def _beyond(self, request: web.BaseRequest, body: bytes) -> web.Response:
        if self._session is None:
            raise ConnectionResetError
        headers = {name: value for name, value in request.headers.items() if name.lower() not in HOP}
        url = URL(f"{self.target}{request.raw_path}", encoded=True)
        async with self._session.request(
            request.method, url, data=body or None, headers=headers, allow_redirects=False
        ) as answer:
            raw = await answer.read()
            self._passed(request.method, request.raw_path, body, answer.status)
            kept = {name: value for name, value in answer.headers.items() if name.lower() not in HOP}
            return web.Response(status=answer.status, body=raw, headers=kept)


async def _spoiled(ill: Ill, request: web.BaseRequest, answer: web.Response) -> web.StreamResponse:
    raw = answer.body if isinstance(answer.body, bytes) else b""
    half = raw[: len(raw) // 2]
    if ill is Ill.TORN:
        return web.Response(status=answer.status, body=half, headers=answer.headers)
    if ill is Ill.HALF:
        begun = web.StreamResponse(status=answer.status, headers=answer.headers)
        begun.content_length = len(raw)
        with suppress(ConnectionError):  # who asked has gone already
            await begun.prepare(request)
            await begun.write(half)
    return _abort(request)


def _abort(request: web.BaseRequest) -> web.Response:
    if request.transport is not None:
        request.transport.abort()
    return web.Response(status=502)
