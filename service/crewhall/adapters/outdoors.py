"""Reads what others publish on the web: bounded in time, size and redirects, and never from our own network.

HTTP: RFC 9110, sections 8.8 (validators), 13.1 (conditional requests), 15 (status codes). Names are looked
up here, and only addresses that passed are connected to, so that a name cannot mean another place later.
"""

import asyncio
import socket
import zlib
from datetime import timedelta
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from typing import Final, Self

from aiohttp import (
    ClientConnectorDNSError,
    ClientError,
    ClientResponse,
    ClientSession,
    ClientTimeout,
    DummyCookieJar,
    TCPConnector,
)
from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.resolver import ThreadedResolver
from yarl import URL

from crewhall.adapters.apart import apart
from crewhall.door import Page, Tag, Unread

MOST_BYTES: Final = 4 * 1024 * 1024
"""Size of a page, unpacked."""
MOST_REDIRECTS: Final = 5
PATIENCE: Final = 30.0
"""Seconds that a page may take in all."""
_CHUNK: Final = 64 * 1024
_LONGEST_TAG: Final = 500
_LONGEST_WAIT: Final = timedelta(days=7)
_OK: Final = 200
_UNCHANGED: Final = 304
_MOVED: Final = frozenset({301, 302, 303, 307, 308})
_EMBEDDING: Final = tuple(map(IPv6Network, ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32")))
"""Networks whose addresses stand for others: translation, 6to4, Teredo."""


class Outdoors:
    """The way out. An async context manager; before it is entered, and after, everything is closed.

    `private`: addresses of this machine and its network may be read too (RFC 6890; for tests, and for feeds
    that an operator serves beside the service). `patience` is in seconds, `most` in bytes.
    """

    def __init__(self, *, private: bool = False, patience: float = PATIENCE, most: int = MOST_BYTES) -> None:
        self._private = private
        self._patience = patience
        self._most = most
        self._session: ClientSession | None = None

    async def __aenter__(self) -> Self:
        connector = TCPConnector(
            limit=8, limit_per_host=2, resolver=_Resolver(private=self._private), family=socket.AF_UNSPEC
        )
        self._session = ClientSession(
            connector=connector,
            cookie_jar=DummyCookieJar(),
            timeout=ClientTimeout(total=self._patience),
            headers={"User-Agent": "Crewhall (a community's feed reader)", "Accept": "*/*"},
            auto_decompress=False,
            trust_env=False,
        )
        return self

    async def __aexit__(self, *_: object) -> None:
        session, self._session = self._session, None
        if session is not None:
            await session.close()

    async def read(self, address: str, tag: Tag) -> Page:
        """Return a page, or that it is as it was under this tag. Raises `Unread`."""
        if self._session is None:
            raise Unread("closed")
        try:
            async with asyncio.timeout(self._patience):
                return await self._follow(self._session, address, tag)
        except _Private:
            raise Unread("private") from None
        except ClientConnectorDNSError as error:
            raise Unread("private" if isinstance(error.os_error, _Private) else "away") from error
        except TimeoutError:
            raise Unread("slow") from None
        except (ClientError, OSError, ValueError) as error:
            raise Unread("away") from error

    async def apart(self, function: str, data: bytes, *words: str) -> object:
        """Return what a function makes of these bytes in a process of its own. Raises `Unread`."""
        return await apart(function, data, *words)

    async def _follow(self, session: ClientSession, address: str, tag: Tag) -> Page:
        at = URL(address)
        asked = {"Accept-Encoding": "gzip"}
        asked |= {"If-None-Match": tag.etag} if tag.etag else {}
        asked |= {"If-Modified-Since": tag.modified} if tag.modified else {}
        for _ in range(MOST_REDIRECTS + 1):
            self._guard(at)
            async with session.get(at, allow_redirects=False, headers=asked) as answer:
                if answer.status not in _MOVED:
                    return await self._page(answer, tag)
                at = at.join(URL(answer.headers.get("Location", "")))
        raise Unread("circling")

    def _guard(self, at: URL) -> None:
        """Refuse what is no web address, and a number in place of a name that leads to our own network."""
        if at.scheme not in {"http", "https"} or not at.host or at.user or at.password:
            raise Unread("circling")
        try:
            literal = ip_address(at.host)
        except ValueError:
            return
        if not self._private and not is_public(literal):
            raise _Private

    async def _page(self, answer: ClientResponse, tag: Tag) -> Page:
        if answer.status == _UNCHANGED:
            return Page(None, tag)
        if answer.status != _OK:
            raise Unread("status", answer.status, _wait(answer.headers.get("Retry-After", "")))
        body = await self._body(answer)
        etag, modified = (answer.headers.get(name, "") for name in ("ETag", "Last-Modified"))
        return Page(body, Tag(etag[:_LONGEST_TAG], modified[:_LONGEST_TAG]))

    async def _body(self, answer: ClientResponse) -> bytes:
        packing = answer.headers.get("Content-Encoding", "identity").casefold()
        if packing not in {"", "identity", "gzip", "x-gzip"}:
            raise Unread("unclear")
        unpack = zlib.decompressobj(wbits=31) if "gzip" in packing else None
        body = bytearray()
        async for chunk in answer.content.iter_chunked(_CHUNK):
            room = self._most - len(body) + 1
            try:
                body += chunk if unpack is None else unpack.decompress(chunk, room)
            except zlib.error:
                raise Unread("unclear") from None
            if len(body) > self._most:
                raise Unread("large")
        if unpack is not None and not unpack.eof:
            raise Unread("away")
        return bytes(body)


class _Private(OSError):
    """An address of this machine or its network."""


class _Resolver(AbstractResolver):
    """Looks names up, and forgets the addresses that lead to our own network."""

    def __init__(self, *, private: bool) -> None:
        self._inner = ThreadedResolver()
        self._private = private

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """Return the addresses of a name that may be connected to. Raises `OSError`."""
        found = await self._inner.resolve(host, port, family)
        fit = [one for one in found if self._private or is_public(ip_address(one["host"].partition("%")[0]))]
        if not fit:
            raise _Private
        return fit

    async def close(self) -> None:
        """Have nothing to close."""


def is_public(address: IPv4Address | IPv6Address) -> bool:
    """Return whether an address is one of the open network's, whatever it is wrapped in."""
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped is not None:
            return is_public(address.ipv4_mapped)
        if any(address in network for network in _EMBEDDING) or address.is_site_local:
            return False
    return address.is_global and not address.is_multicast


def _wait(text: str) -> timedelta | None:
    """Return how long we are asked to wait, if that is said in seconds."""
    if not (text.isascii() and text.isdigit()):
        return None
    return min(timedelta(seconds=int(text[:9])), _LONGEST_WAIT)
