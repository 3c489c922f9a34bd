"""Asks one plain question over HTTP: what is answered, and which time the other side has."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Final

import aiohttp

PATIENCE: Final = 5.0
_MOST: Final = 4096


@dataclass(frozen=True, slots=True)
class Glimpsed:
    """An answer: its status, the beginning of its text, and how far ahead of ours the other clock is.

    `ahead` is None if the answer has no date (RFC 9110, "Date": whole seconds, so half a second either way
    means nothing).
    """

    status: int
    text: str
    ahead: timedelta | None


async def glimpse(address: str, now: Callable[[], datetime]) -> Glimpsed | None:
    """Return what is answered there, None if nothing is."""
    timeout = aiohttp.ClientTimeout(total=PATIENCE)
    try:
        async with aiohttp.ClientSession(timeout=timeout) as session:
            begun = now()
            async with session.get(address, allow_redirects=False) as response:
                ended = now()
                text = (await response.content.read(_MOST)).decode(errors="replace")
                told = response.headers.get("Date")
                return Glimpsed(response.status, text, _ahead(told, begun + (ended - begun) / 2))
    except (aiohttp.ClientError, TimeoutError, OSError, ValueError):
        return None


def _ahead(told: str | None, here: datetime) -> timedelta | None:
    try:
        there = parsedate_to_datetime(told or "")
    except (ValueError, OverflowError, TypeError):
        return None
    half = timedelta(seconds=0.5)  # what the header leaves out, on average
    return (there if there.tzinfo else there.replace(tzinfo=UTC)) + half - here
