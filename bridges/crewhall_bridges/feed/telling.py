"""Decides what of a feed is told, and what is written down of a look. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from crewhall.door import (
    CommunityKey,
    Decision,
    Fact,
    Feed,
    Hall,
    House,
    Say,
    Sentence,
    ToRoom,
    Writing,
    board,
    names,
)
from crewhall_bridges.feed.facts import FeedBegun, FeedItemTold, FeedLooked, stream
from crewhall_bridges.feed.fold import FEEDS, Known
from crewhall_bridges.feed.items import Item

FRESH: Final = timedelta(days=7)
"""Older items are not told: neither what waited for long, nor what was missed while nobody looked."""
OFTEN: Final = timedelta(days=1)
"""How long a look that went as the one before is not written down."""


@dataclass(frozen=True, slots=True)
class Address:
    """Which feed is meant: the community, its key in the charter, a hash of where it is."""

    hall: CommunityKey
    key: str
    source: str


def address_of(hall: Hall, feed: Feed) -> Address:
    """Return by what a feed is known."""
    return Address(hall.key, feed.key, names.digest(feed.url))


def begin(house: House, at: Address, items: Sequence[Item]) -> Decision | None:
    """Return the first look: what is there was there before us, but for the newest if the charter says so."""
    if (found := _find(house, at)) is None or found[2].begun:
        return None
    _, feed, _ = found
    before = items[1:] if feed.first else items
    return _written(house, at, FeedBegun(at.key, at.source, tuple(item.id for item in before)))


def looked(house: House, at: Address, trouble: str, status: int, now: datetime) -> Decision | None:
    """Return what is written down of a look, None if the last one says the same and is not old."""
    if (found := _find(house, at)) is None:
        return None
    _, _, known = found
    same = (known.trouble, known.status) == (trouble, status)
    if same and known.looked is not None and now - known.looked < OFTEN:
        return None
    return _written(house, at, FeedLooked(at.key, at.source, trouble, status))


def tell(house: House, at: Address, item: Item, met: datetime, now: datetime) -> Decision | None:
    """Return that an item is told, None if it is not, or not now. `met` is when it was first seen."""
    if (found := _find(house, at)) is None:
        return None
    hall, feed, known = found
    if not known.begun or item.id in known.items or not is_fresh(item, met, now):
        return None
    if not board.is_time(hall.charter, now) or board.hindrance(house, hall, feed.room):
        return None
    if board.today(hall.charter, now, known.told) >= board.MOST_A_DAY:
        return None
    say = Say(ToRoom(board.place_of(hall, feed.room)), words(feed, item))
    return _written(house, at, FeedItemTold(at.key, item.id), say)


def is_fresh(item: Item, met: datetime, now: datetime) -> bool:
    """Return whether an item is new enough to be told; one without a date is as old as we know it."""
    return now - (item.at or met) < FRESH


def words(feed: Feed, item: Item) -> Sentence:
    """Return the message of an item."""
    match bool(item.title), bool(item.link):
        case True, True:
            return Sentence("feed-item", {"feed": feed.name, "title": item.title, "link": item.link})
        case True, False:
            return Sentence("feed-item-unlinked", {"feed": feed.name, "title": item.title})
        case False, True:
            return Sentence("feed-item-untitled", {"feed": feed.name, "link": item.link})
        case _:
            return Sentence("feed-item-bare", {"feed": feed.name})


def _find(house: House, at: Address) -> tuple[Hall, Feed, Known] | None:
    hall = house.halls.get(at.hall)
    if hall is None:
        return None
    feed = next((one for one in hall.charter.feeds if address_of(hall, one) == at), None)
    return (hall, feed, FEEDS.of(hall).of(at.key, at.source)) if feed is not None else None


def _written(house: House, at: Address, fact: Fact, *says: Say) -> Decision:
    line = stream(at.hall)
    return Decision(facts=(Writing(line, fact, house.versions.get(line, 0)),), says=says)
