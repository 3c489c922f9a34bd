"""A `World` behind real HTTP on loopback: the part of the Client-Server API that is used here.

::

    async with Wire(World("hall.test")) as wire:
        wire.url                                 # http://127.0.0.1:...
        wire.faults.lose_every = 3               # for requests of application services
        visitor = await wire.visitor("ann")      # an ordinary person over HTTP
        wire.post.delivery.doubled = True        # how transactions are pushed
        await wire.stop(); await wire.start()    # the homeserver goes and comes back, on the same port

``POST /_crewhall/person`` with ``{"name": ...}`` makes an ordinary person and answers with a token.
"""

import json
from collections.abc import Mapping
from contextlib import AsyncExitStack
from functools import partial
from typing import Self

from aiohttp import web

from crewhall.adapters.listening import opened
from crewhall.ground.ids import UserId, local, server
from crewhall.testing.api import ROUTES, Call, Reply, Route
from crewhall.testing.events import Refused
from crewhall.testing.faults import Calls, Faults, Mishap
from crewhall.testing.post import Post
from crewhall.testing.sync import Waiting
from crewhall.testing.visitors import Visitor
from crewhall.testing.world import Asker, World

LOOPBACK = "127.0.0.1"
MOST_BODY = 1024 * 1024


class Wire:
    """The server. `faults` and `calls` concern application services; ``faults.stopped`` everybody.

    `post` pushes transactions to every registered service that has a URL.
    """

    def __init__(self, world: World, faults: Faults | None = None) -> None:
        self.world = world
        self.faults = faults or Faults()
        self.calls = Calls()
        self.post = Post(world)
        self.waiting = Waiting(world)
        self.tokens: dict[str, UserId] = {}
        self.passwords: dict[UserId, str] = {}
        self.port = 0
        self._open = AsyncExitStack()

    @property
    def url(self) -> str:
        """Base of the client API."""
        return f"http://{LOOPBACK}:{self.port}"

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    async def start(self) -> None:
        """Listen, on the same port as before if there was one."""
        app = web.Application(client_max_size=MOST_BODY)
        for route in ROUTES:
            app.router.add_route(route.method, route.path, partial(self._answer, route))
        app.router.add_route("*", "/{path:.*}", partial(self._answer, None))
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        self.port = await self._open.enter_async_context(opened(runner, LOOPBACK, self.port))
        self.post.start()

    async def stop(self) -> None:
        """Stop listening and pushing; the world and what waits to be pushed stay."""
        await self.post.stop()
        self.waiting.wake_all()
        await self._open.aclose()

    async def visitor(self, name: str) -> Visitor:
        """Return a new ordinary person who uses this server over HTTP."""
        return Visitor(self.url, UserId(f"@{name}:{self.world.server}"), self.make_person(name))

    def make_person(self, name: str, password: str = "") -> str:
        """Register an ordinary person (or find them) and return a fresh token."""
        person = UserId(name if name.startswith("@") else f"@{name}:{self.world.server}")
        if server(person) == self.world.server and person not in self.world.directory.registered:
            self.world.directory.register(local(person))
        if password:
            self.passwords[person] = password
        token = self.world.mint()
        self.tokens[token] = person
        return token

    async def _answer(self, route: Route | None, request: web.Request) -> web.StreamResponse:
        reply = await self._judge(route, request)
        if reply is None:
            if request.transport is not None:
                request.transport.abort()
            return web.Response(status=502)
        return web.json_response(reply.body, status=reply.status, headers=dict(reply.headers))

    async def _judge(self, route: Route | None, request: web.Request) -> Reply | None:
        """Return the answer, None if there is none to be had."""
        if self.faults.stopped:
            return None
        mishap = None
        try:
            call = await self._read(route, request)
            if call.asker.service is not None:
                self.calls.by_kind[call.route.kind] += 1
                if self.faults.slow:
                    await self.world.clock.sleep(self.faults.slow)
                mishap = self.faults.judge(call.route.kind)
            match mishap:
                case Mishap.CUT:
                    self.faults.struck(mishap)
                    return None
                case Mishap.BROKEN:
                    return Reply({"error": "Bad gateway"}, 502)
                case Mishap.LIMITED:
                    limit = Refused(429, "M_LIMIT_EXCEEDED", "Too Many Requests", self.faults.retry_after)
                    return refusal(limit)
                case _:
                    reply = await call.route.handle(self, call)
        except Refused as no:
            reply = refusal(no)
        if mishap is Mishap.LOST:
            self.faults.struck(mishap)
            return None
        return reply

    async def _read(self, route: Route | None, request: web.Request) -> Call:
        if route is None:
            raise Refused(404, "M_UNRECOGNIZED", "Unrecognized request")
        asker = self._asker(request) if route.known else Asker(UserId(""))
        try:
            body = json.loads(await request.read() or b"{}")
        except ValueError:
            raise Refused(400, "M_NOT_JSON", "Content not JSON.") from None
        if not isinstance(body, Mapping):
            raise Refused(400, "M_BAD_JSON", "Content must be a JSON object.")
        return Call(route, asker, dict(request.match_info), body, dict(request.query))

    def _asker(self, request: web.Request) -> Asker:
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        if scheme != "Bearer" or not token:
            raise Refused(401, "M_MISSING_TOKEN", "Missing access token")
        for service in self.world.directory.services.values():
            if token == service.as_token:
                named = request.query.get("user_id")
                person = self.world.directory.speak_as(service, UserId(named) if named else None)
                return Asker(person, service.id)
        if token not in self.tokens:
            raise Refused(401, "M_UNKNOWN_TOKEN", "Invalid access token passed.")
        return Asker(self.tokens[token])


def refusal(no: Refused) -> Reply:
    """Return a refusal as an error response (client-server API, "Standard error response")."""
    body: dict[str, object] = {"errcode": no.code, "error": no.why}
    headers: dict[str, str] = {}
    if no.after is not None:
        body["retry_after_ms"] = int(no.after.total_seconds() * 1000)
        headers["Retry-After"] = str(int(no.after.total_seconds()) or 1)
    return Reply(body, no.status, headers)
