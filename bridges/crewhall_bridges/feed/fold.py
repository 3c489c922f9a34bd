"""What is known of feeds, folded: which items were there or told and when, and how the last look went."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final

from immutables import Map

from crewhall.door import Hall, Part, Recorded, board
from crewhall_bridges.feed.facts import FeedBegun, FeedItemTold, FeedLooked


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of one feed: when the last items were `told`, and when it was `looked` at."""

    source: str = ""
    begun: bool = False
    items: frozenset[str] = frozenset()
    told: tuple[datetime, ...] = ()
    looked: datetime | None = None
    trouble: str = ""
    status: int = 0


@dataclass(frozen=True, slots=True)
class Feeds:
    """All feeds of a community, by their keys."""

    all: Map[str, Known] = field(default_factory=Map)

    def of(self, key: str, source: str) -> Known:
        """Return what is known of a feed at this address; nothing if it was another address before."""
        known = self.all.get(key, Known())
        return known if known.source == source else Known(source, told=known.told)


FEEDS: Final = Part("feed", Feeds())


def evolve(hall: Hall, recorded: Recorded) -> Hall:
    """Fold a record of feeds."""
    feeds = FEEDS.of(hall)
    match recorded.fact:
        case FeedBegun(feed=key, source=source, items=items):
            known = replace(feeds.of(key, source), begun=True, items=frozenset(items))
        case FeedItemTold(feed=key, item=item):
            known = feeds.all.get(key, Known())
            told = (*known.told, recorded.at)[-board.MOST_A_DAY :]
            known = replace(known, items=known.items | {item}, told=told)
        case FeedLooked(feed=key, source=source, trouble=trouble, status=status):
            known = feeds.of(key, source)
            known = replace(known, looked=recorded.at, trouble=trouble, status=status)
        case _:
            return hall
    return FEEDS.put(hall, Feeds(feeds.all.set(key, known)))
