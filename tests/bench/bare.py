"""The bare stand-ins that Crewhall is measured against: no storing, no checking, no retries."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Iterable
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import quote

import aiohttp
from aiohttp import web


class Caller:
    """Bare Client-Server calls with a bearer token, counted."""

    def __init__(
        self, session: aiohttp.ClientSession, address: str, token: str, user: str | None = None
    ) -> None:
        self._session = session
        self._base = f"{address}/_matrix/client/v3"
        self._headers = {"Authorization": f"Bearer {token}"}
        self._query = {"user_id": user} if user else {}
        self.calls = 0

    async def call(self, method: str, path: str, body: Any = None, **query: str) -> Any:
        self.calls += 1
        async with self._session.request(
            method, self._base + path, json=body, params=self._query | query, headers=self._headers
        ) as answer:
            answer.raise_for_status()
            return await answer.json()

    async def register(self, name: str) -> None:
        """Register a user of the application service whose token this is."""
        account = {"type": "m.login.application_service", "username": name, "inhibit_login": True}
        await self.call("POST", "/register", account)

    async def open_chat(self, whom: str) -> str:
        """Open a private chat as clients do; return the room."""
        body = {"preset": "trusted_private_chat", "is_direct": True, "invite": [whom], "room_version": "12"}
        return str((await self.call("POST", "/createRoom", body))["room_id"])

    async def say(self, room: str, text: str, txn: str) -> str:
        path = f"/rooms/{quote(room)}/send/m.room.message/{quote(txn)}"
        body = {"msgtype": "m.text", "body": text, "m.mentions": {}}
        return str((await self.call("PUT", path, body))["event_id"])


async def at_once(width: int, jobs: Iterable[Any]) -> list[Any]:
    """Await the coroutines, at most `width` at a time."""
    gate = asyncio.Semaphore(width)

    async def one(job: Any) -> Any:
        async with gate:
            return await job

    return await asyncio.gather(*(one(job) for job in jobs))


@asynccontextmanager
async def echo(port: int, caller: Caller, me: str) -> AsyncIterator[None]:
    """An application service that answers each text message at once and remembers nothing."""

    def answer(event: Any) -> Coroutine[Any, Any, Any] | None:
        content = event.get("content", {})
        if event["type"] != "m.room.message" or event["sender"] == me or content.get("msgtype") != "m.text":
            return None
        reply = {"msgtype": "m.notice", "body": "echo", "m.mentions": {}}
        reply["m.relates_to"] = {"m.in_reply_to": {"event_id": event["event_id"]}}
        path = f"/rooms/{quote(event['room_id'])}/send/m.room.message/{quote(event['event_id'])}"
        return caller.call("PUT", path, reply)

    async with _service(port, answer):
        yield


@asynccontextmanager
async def inviter(port: int, caller: Caller, room: str) -> AsyncIterator[None]:
    """An application service that invites at once whoever a reaction names, and remembers nothing."""

    def invite(event: Any) -> Coroutine[Any, Any, Any] | None:
        if event["type"] != "m.reaction":
            return None
        person = event["content"]["m.relates_to"]["key"]
        return caller.call("POST", f"/rooms/{quote(room)}/invite", {"user_id": person})

    async with _service(port, invite):
        yield


@asynccontextmanager
async def ear(port: int, hear: Callable[[Any], None]) -> AsyncIterator[None]:
    """An application service that only hears."""
    async with _service(port, hear):
        yield


@asynccontextmanager
async def _service(port: int, act: Callable[[Any], Coroutine[Any, Any, Any] | None]) -> AsyncIterator[None]:
    loose: set[asyncio.Task[Any]] = set()

    async def transaction(request: web.Request) -> web.Response:
        for event in (await request.json())["events"]:
            if (call := act(event)) is not None:
                task = asyncio.create_task(call)
                loose.add(task)
                task.add_done_callback(loose.discard)
        return web.json_response({})

    app = web.Application(client_max_size=1 << 26)
    app.router.add_put("/_matrix/app/v1/transactions/{txn}", transaction)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    try:
        yield
    finally:
        await runner.cleanup()


class Listener:
    """An ordinary person's sync, waiting for one answer at a time."""

    def __init__(self, caller: Caller) -> None:
        self._caller = caller
        self._since: dict[str, str] = {}
        self._said = 0

    async def answer_to(self, room: str, text: str, sender: str) -> float:
        """Say `text` and return the seconds until `sender`'s answer is in the sync."""
        self._said += 1
        started = time.perf_counter()
        await self._caller.say(room, text, f"said-{self._said}")
        while True:
            joined = (await self._sync())["join"]
            for event in joined.get(room, {}).get("timeline", {}).get("events", ()):
                if event["sender"] == sender and event["type"] == "m.room.message":
                    return time.perf_counter() - started

    async def until_invited(self, sender: str) -> str:
        """Accept what invitations there are until one to a private chat with `sender` was among them."""
        while True:
            for room, told in (await self._sync())["invite"].items():
                await self._caller.call("POST", f"/join/{quote(room)}", {})
                for event in told["invite_state"]["events"]:
                    if event["sender"] == sender and event["content"].get("is_direct"):
                        return str(room)

    async def _sync(self) -> dict[str, Any]:
        page = await self._caller.call("GET", "/sync", timeout="10000", **self._since)
        self._since = {"since": page["next_batch"]}
        return {kind: page.get("rooms", {}).get(kind, {}) for kind in ("join", "invite")}
