"""One call to a homeserver: asked again while that is safe and may help, given up after a while.

Safe to repeat is every call that is made here: by its transaction id, its alias, or because it says how
things shall be and not what shall be done.
"""

import asyncio
import json
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from http import HTTPStatus
from urllib.parse import quote, urlencode

import aiohttp
from yarl import URL

from crewhall.adapters.answers import asked_wait, parsed, trouble
from crewhall.errors import Beyond, Denied, Misconfigured, TryLater
from crewhall.ports import Clock

MIB = 1 << 20
CONNECT = 10.0
SHORTEST = 8
"""Length from which on a token is hidden in what a homeserver says; shorter ones are words."""

Query = tuple[tuple[str, str], ...]
OnCall = Callable[[str, str, int, float], None]
"""Told of each request: method, path template, status (0: no answer came), seconds.

Over a connection that is found cut, aiohttp itself repeats a GET or PUT once, at once; that counts as one.
"""


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to go on.

    tries     requests for one call, at most
    first     the pause after the first failure; each further one is twice as long, up to `longest`
    longest   the longest single pause; asked to wait for longer, the call is given up at once
    total     no further request is made later than this after the first
    answer    how long one request may take
    """

    tries: int = 6
    first: timedelta = timedelta(seconds=0.5)
    longest: timedelta = timedelta(seconds=30)
    total: timedelta = timedelta(minutes=2)
    answer: timedelta = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class Call:
    """What is asked. `path` follows ``/_matrix/client`` and names its parts in braces.

    `far`: the homeserver may have to ask other servers. `most` is the size of the largest answer, in bytes.
    """

    method: str
    path: str
    parts: Mapping[str, str] = field(default_factory=dict)
    query: Query = ()
    body: Mapping[str, object] | None = None
    far: bool = False
    most: int = MIB

    def __str__(self) -> str:
        return f"{self.method} {self.path}"

    def target(self, address: str) -> URL:
        """Return the whole URL, each part quoted in full."""
        quoted = {name: quote(part, safe="", errors="surrogatepass") for name, part in self.parts.items()}
        query = f"?{urlencode(self.query, quote_via=quote)}" if self.query else ""
        return URL(f"{address}/_matrix/client{self.path.format_map(quoted)}{query}", encoded=True)


class Caller:
    """One session with one bearer token. To be entered before the first call."""

    def __init__(
        self,
        address: str,
        token: str,
        *,
        clock: Clock,
        chance: random.Random,
        patience: Patience,
        connections: int,
        on_call: OnCall | None,
    ) -> None:
        self._address = _checked(address)
        self._token = token
        self._secret = token.encode() if len(token) >= SHORTEST else b"\0"
        self._clock = clock
        self._chance = chance
        self._patience = patience
        self._connections = connections
        self._on_call = on_call
        # Waiting for a free connection must not eat up the time that an answer may take.
        self._gate = asyncio.Semaphore(connections)
        self._session: aiohttp.ClientSession | None = None

    async def open(self) -> None:
        """Open the session."""
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=self._connections),
            cookie_jar=aiohttp.DummyCookieJar(),
            headers={"Authorization": f"Bearer {self._token}"},
            timeout=aiohttp.ClientTimeout(total=self._patience.answer.total_seconds(), sock_connect=CONNECT),
        )

    async def close(self) -> None:
        """Close the session and its connections."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def ask(self, call: Call, *, tries: int | None = None) -> object:
        """Return the answer's JSON. Raises `TryLater` after finite tries, `Denied` at once."""
        end = self._clock.now() + self._patience.total
        for attempt in range(1, tries or self._patience.tries):
            try:
                return await self._request(call)
            except Beyond:
                raise
            except TryLater as later:
                pause = self._pause(attempt, later.after)
                if pause is None or self._clock.now() + pause > end:
                    raise
            await self._clock.sleep(pause)
        return await self._request(call)

    def _pause(self, attempt: int, after: timedelta | None) -> timedelta | None:
        """Return how long to wait, never less than asked; None if that is too long."""
        step = min(self._patience.first * (1 << (attempt - 1)), self._patience.longest)
        spread = step * self._chance.uniform(0.5, 1)
        if after is None:
            return spread
        if after > self._patience.longest:
            return None
        # Those who were all turned away at once shall not all come back at once.
        return max(after + self._patience.first * self._chance.random(), spread)

    async def _request(self, call: Call) -> object:
        """Make one request; raise what its answer, or the lack of one, means."""
        if self._session is None:
            raise RuntimeError("the connection is not open")
        loop = asyncio.get_running_loop()
        status = 0
        async with self._gate:
            begun = loop.time()
            try:
                async with self._session.request(
                    call.method,
                    call.target(self._address),
                    data=_written(call.body),
                    headers={"Content-Type": "application/json"} if call.body is not None else None,
                    allow_redirects=False,
                ) as response:
                    raw = await _read(response, call)
                    status = response.status
            except (aiohttp.ClientError, TimeoutError, OSError) as lost:
                raise TryLater(f"{call} got no answer: {type(lost).__name__} {lost}".rstrip()) from lost
            finally:
                if self._on_call is not None:
                    self._on_call(call.method, call.path, status, loop.time() - begun)
        if HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
            if (answer := parsed(raw)) is None:
                raise TryLater(f"{call} answered {status} with something that is not JSON.")
            return answer
        body = parsed(raw.replace(self._secret, b"[hidden]"))  # what it says of an error is logged
        if body is None and raw.lstrip().startswith(b"{"):
            raise TryLater(f"{call} answered {status} with half of its JSON.")
        wait = asked_wait(body, response.headers.get("Retry-After"), self._clock.now())
        raise trouble(str(call), status, body, wait, far=call.far)


async def _read(response: aiohttp.ClientResponse, call: Call) -> bytes:
    """Return the whole body; raise `Denied` if it is larger than an answer to this call may be."""
    pieces: list[bytes] = []
    size = 0
    async for piece in response.content.iter_any():
        size += len(piece)
        if size > call.most:
            response.close()
            raise Denied("M_TOO_LARGE", f"{call} answered with more than {call.most} bytes.")
        pieces.append(piece)
    return b"".join(pieces)


def _written(body: Mapping[str, object] | None) -> bytes | None:
    return None if body is None else json.dumps(body, allow_nan=False, default=_plain).encode()


def _plain(value: object) -> object:
    """Turn read-only mappings into what the standard library writes."""
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(f"{type(value).__name__} is no JSON")


def _checked(address: str) -> str:
    try:
        url = URL(address)
    except ValueError:
        url = URL()
    if url.scheme not in {"http", "https"} or not url.host or url.query_string or url.fragment:
        raise Misconfigured(f"The homeserver's address must be like http://127.0.0.1:8008, not {address!r}.")
    return address.rstrip("/")
