"""What happened with feeds. Stream: ``<community>/feeds``. Neither titles nor addresses: they are hashed.

`feed` is the feed's key in the charter; `source` a hash of its address, so that a new address begins anew.
"""

from dataclasses import dataclass

from crewhall.door import CommunityKey, Fact, Stream


@dataclass(frozen=True, slots=True)
class FeedBegun(Fact):
    """A feed was read for the first time; these items (hashes) were there already and are not told."""

    feed: str
    source: str
    items: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FeedItemTold(Fact):
    """An item (a hash) was told."""

    feed: str
    item: str


@dataclass(frozen=True, slots=True)
class FeedLooked(Fact):
    """A feed was looked at: `trouble` says what was wrong, "" if nothing; `status` what the server answered.

    Written when that changes, and else once a day.
    """

    feed: str
    source: str
    trouble: str
    status: int


ALL: tuple[type[Fact], ...] = (FeedBegun, FeedItemTold, FeedLooked)


def stream(hall: CommunityKey) -> Stream:
    """Return the stream of a community's feeds."""
    return Stream(f"{hall}/feeds")
