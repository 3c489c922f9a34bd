"""A bare line to the client API of a homeserver, for what matrix-nio cannot do (``via``, hierarchies).

Source: Matrix specification v1.19, client-server API.
"""

import asyncio
import secrets
from collections.abc import Mapping
from typing import Self
from urllib.parse import quote

import aiohttp

from crewhall.errors import Denied, TryLater

TRIES = 4
WAIT = 60.0
PAUSE = 0.5


def transaction() -> str:
    """Return a new transaction id."""
    return secrets.token_hex(12)


class Line:
    """One session with one token; finite retries."""

    def __init__(self, address: str, token: str) -> None:
        self.address = address
        self._token = token
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        self._open()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def close(self) -> None:
        """Close the session."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def call(
        self, method: str, *path: str, body: object = None, **query: str | int | list[str]
    ) -> dict[str, object]:
        """Call ``/_matrix/client/<path>``, whose parts are quoted here, and return the answer.

        Raises `Denied` with Matrix's error code, and `TryLater` after a few attempts.
        """
        url = "/".join(("/_matrix/client", *(quote(part, safe="") for part in path)))
        why = "no attempt was made"
        for attempt in range(1, TRIES + 1):
            try:
                status, answer = await self._once(method, url, body, query)
            except (aiohttp.ClientError, TimeoutError) as trouble:
                why, pause = f"{trouble!r}", PAUSE * attempt
            else:
                if status < 400:  # noqa: PLR2004 - HTTP
                    return answer
                why = f"{answer.get('errcode')} {answer.get('error')}"
                if status != 429 and status < 500:  # noqa: PLR2004 - HTTP
                    raise Denied(str(answer.get("errcode")), f"{method} {url}: {answer.get('error')}")
                after = answer.get("retry_after_ms")
                pause = after / 1000 if isinstance(after, int) else PAUSE * attempt
            if attempt < TRIES:
                await asyncio.sleep(pause)
        raise TryLater(f"{method} {url}: {why}")

    def _open(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(
                base_url=self.address,
                headers={"Authorization": f"Bearer {self._token}"},
                timeout=aiohttp.ClientTimeout(total=WAIT),
            )
        return self._session

    async def _once(
        self, method: str, url: str, body: object, query: Mapping[str, str | int | list[str]]
    ) -> tuple[int, dict[str, object]]:
        session = self._open()
        pairs = [
            (name, str(one))
            for name, value in query.items()
            for one in (value if isinstance(value, list) else [value])
        ]
        payload = {} if body is None and method in {"POST", "PUT"} else body
        async with session.request(method, url, params=pairs, json=payload) as response:
            answer = await response.json(content_type=None)
        return response.status, answer if isinstance(answer, dict) else {}
