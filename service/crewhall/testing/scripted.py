"""A homeserver that answers what it was told to, however wrong: for tests of how answers are taken.

::

    async with Scripted() as server:
        server.will(Answer(429, {"errcode": "M_LIMIT_EXCEEDED"}), Answer(body={"user_id": "@a:b"}))
        ...                                          # then its `usual` answer, for ever
        assert [asked.path for asked in server.asked] == [...]
"""

import asyncio
import json
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Self
from urllib.parse import parse_qsl

from crewhall.adapters.listening import close

LOOPBACK = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class Answer:
    """What is sent back: a body as JSON, or as it is if it is bytes.

    `claims` is the length that the header tells, if it differs from the body's. With `raw`, these bytes are
    all that is sent, and the connection is closed. `never`: nothing is, for as long as the server lives.
    `after` is how many seconds pass before it is sent.
    """

    status: int = 200
    body: object = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    kind: str = "application/json"
    claims: int | None = None
    raw: bytes | None = None
    never: bool = False
    after: float = 0.0

    def written(self) -> bytes:
        """Return the answer as it goes over the wire."""
        if self.raw is not None:
            return self.raw
        body = self.body if isinstance(self.body, bytes) else json.dumps(self.body).encode()
        length = len(body) if self.claims is None else self.claims
        told = {"Content-Type": self.kind, "Content-Length": str(length), **self.headers}
        lines = [f"HTTP/1.1 {self.status} Told", *(f"{name}: {value}" for name, value in told.items())]
        return "\r\n".join([*lines, "", ""]).encode() + body

    @property
    def broken(self) -> bool:
        """Whether the connection ends with it."""
        return self.raw is not None or self.claims is not None


@dataclass(frozen=True, slots=True)
class Asked:
    """A request as it came: `path` still quoted, `query` in order, `body` read as JSON (None if empty)."""

    method: str
    path: str
    query: tuple[tuple[str, str], ...]
    body: object
    token: str


class Scripted:
    """The server. `most` is how many requests were under way at once."""

    def __init__(self, usual: Answer | None = None) -> None:
        self.usual = usual or Answer()
        self.asked: list[Asked] = []
        self.most = 0
        self._script: deque[Answer] = deque()
        self._now = 0
        self._server: asyncio.Server | None = None
        self._talks: set[asyncio.Task[None]] = set()

    @property
    def url(self) -> str:
        """Base of its client API."""
        if self._server is None:
            raise RuntimeError("not started")
        return f"http://{LOOPBACK}:{self._server.sockets[0].getsockname()[1]}"

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._talk, LOOPBACK, 0)
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._server is not None:
            await close(self._server)
        for talk in self._talks:
            talk.cancel()
        await asyncio.gather(*self._talks, return_exceptions=True)

    def will(self, *answers: Answer) -> None:
        """Answer the next requests so, one each."""
        self._script.extend(answers)

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        if task is not None:
            self._talks.add(task)
            task.add_done_callback(self._talks.discard)
        try:
            while await self._once(reader, writer):
                pass
        except (asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            pass  # they went, or the server closes: this task is ended by nobody else
        finally:
            writer.close()

    async def _once(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """Answer one request; return whether another may follow."""
        self.asked.append(await _asked(reader))
        self._now += 1
        self.most = max(self.most, self._now)
        try:
            answer = self._script.popleft() if self._script else self.usual
            if answer.never:
                await asyncio.Event().wait()
            await asyncio.sleep(answer.after)
            writer.write(answer.written())
            await writer.drain()
        finally:
            self._now -= 1
        return not answer.broken


async def _asked(reader: asyncio.StreamReader) -> Asked:
    head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
    method, target, _ = head[0].split(" ")
    told = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:])}
    body = await reader.readexactly(int(told.get("content-length", "0")))
    path, _, query = target.partition("?")
    return Asked(
        method=method,
        path=path,
        query=tuple(parse_qsl(query, keep_blank_values=True)),
        body=json.loads(body) if body else None,
        token=told.get("authorization", ""),
    )
