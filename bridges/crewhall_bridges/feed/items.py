"""Makes items of what a feed's server sent: a few plain values of each, whatever else it holds.

`read` runs in a process of its own (`crewhall.door.Outdoors.apart`): the parser may be led astray for long.
"""

from calendar import timegm
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from html.parser import HTMLParser
from io import BytesIO
from time import struct_time
from typing import Final
from urllib.parse import urlsplit

import feedparser

from crewhall.door import names

MOST: Final = 100
"""Items of a feed that are looked at: the newest."""
LONGEST_TITLE: Final = 150
LONGEST_LINK: Final = 500
_HTML: Final = frozenset({"text/html", "application/xhtml+xml"})
_UNSHOWN: Final = frozenset({"script", "style"})
_NEVER: Final = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Item:
    """One item: `id` is a hash of what the feed calls it; `link` is empty if there is none to the web.

    `at` is when it was published or last changed, None if that is not said. Aware UTC.
    """

    id: str
    title: str
    link: str
    at: datetime | None


def read(data: bytes, address: str) -> list[dict[str, object]]:
    """Return the newest items of a feed, the newest first, as JSON has them. Raises ValueError if none."""
    # Only as a stream: bytes would be tried as the name of a file first.
    found = feedparser.parse(BytesIO(data), response_headers={"content-location": address})
    if not found.version:
        raise ValueError("no feed")
    items = {item.id: item for item in map(_item, reversed(found.entries))}
    ordered = list(reversed(items.values()))
    if all(item.at is not None for item in ordered):
        ordered.sort(key=lambda item: item.at or _NEVER, reverse=True)
    return [
        {"id": item.id, "title": item.title, "link": item.link, "at": item.at and item.at.isoformat()}
        for item in ordered[:MOST]
    ]


def _item(entry: Mapping[str, object]) -> Item:
    title, link, at = _title(entry), _link(entry), _at(entry)
    named = entry.get("id") or link or f"{title} {at}"
    return Item(names.digest(str(named)), title, link, at)


def _title(entry: Mapping[str, object]) -> str:
    title = str(entry.get("title") or "")
    detail = entry.get("title_detail")
    if isinstance(detail, Mapping) and detail.get("type") in _HTML:
        title = _plain(title)
    title = names.spoken(title)
    return title if len(title) <= LONGEST_TITLE else title[:LONGEST_TITLE].rstrip() + "…"


def _link(entry: Mapping[str, object]) -> str:
    enclosures = entry.get("enclosures")
    others = enclosures if isinstance(enclosures, list) else []
    said: Iterable[object] = (entry.get("link"), *(one.get("href") for one in others[:1]))
    return next((str(one) for one in said if _is_web(one)), "")


def _is_web(link: object) -> bool:
    if not isinstance(link, str) or len(link) > LONGEST_LINK or not link.isascii() or not link.isprintable():
        return False
    try:
        parts = urlsplit(link)
    except ValueError:
        return False
    plain = not parts.username and not any(c in link for c in ' "<>\\')
    return parts.scheme in {"http", "https"} and bool(parts.hostname) and plain


def _at(entry: Mapping[str, object]) -> datetime | None:
    # Asked for first: the library warns where one stands in for the other.
    said = (entry[name] for name in ("published_parsed", "updated_parsed") if name in entry)
    return max((at for one in said if (at := _instant(one)) is not None), default=None)


def _instant(said: object) -> datetime | None:
    if not isinstance(said, struct_time):
        return None
    try:
        return datetime.fromtimestamp(timegm(said), UTC)
    except (ValueError, OverflowError, OSError):
        return None


class _Text(HTMLParser):
    """Keeps the words, and nothing of the marks around them."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.words: list[str] = []
        self._unshown = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002 - as the parser calls it
        self._unshown += tag in _UNSHOWN

    def handle_endtag(self, tag: str) -> None:
        self._unshown -= tag in _UNSHOWN and self._unshown > 0

    def handle_data(self, data: str) -> None:
        if not self._unshown:
            self.words.append(data)


def _plain(html: str) -> str:
    text = _Text()
    text.feed(html)
    text.close()
    return "".join(text.words)
