"""Tells which feeds a community follows, when each was looked at, and what is wrong with it."""

from typing import Final
from urllib.parse import urlsplit

from crewhall.door import (
    ANYONE,
    Arguments,
    Asked,
    Decision,
    Feed,
    Hall,
    Outcome,
    Refusal,
    Reply,
    RoomLink,
    Say,
    Sentence,
    belongs,
    board,
    called,
)
from crewhall_bridges.feed.fold import FEEDS as PART
from crewhall_bridges.feed.fold import Known
from crewhall_bridges.feed.telling import address_of

FEEDS: Final = "!feeds"


def feeds(hall: Hall, asked: Asked, _given: Arguments) -> Outcome:
    """List the feeds; for people in the community. Addresses may be secret, so only their server is named."""
    if not belongs(hall, asked.person, ANYONE):
        return Refusal(Sentence("not-inside", {"community": hall.charter.name}))
    if not hall.charter.feeds:
        return Decision(says=(Say(Reply(), Sentence("feeds-none", {"community": hall.charter.name})),))
    lines = tuple(_line(hall, feed) for feed in hall.charter.feeds)
    text = Sentence("feeds-list", {"community": hall.charter.name, "lines": lines})
    return Decision(says=(Say(Reply(), text),))


def _line(hall: Hall, feed: Feed) -> Sentence:
    key = board.place_of(hall, feed.room)
    known = PART.of(hall).of(feed.key, address_of(hall, feed).source)
    room = RoomLink(key, called(hall, key))
    state = Sentence("feed-sealed") if key in hall.sealed else _state(feed, known)
    return Sentence("feed-line", {"feed": feed.name, "room": room, "state": state})


def _state(feed: Feed, known: Known) -> Sentence:
    if known.looked is None:
        return Sentence("feed-new")
    at, host = known.looked, urlsplit(feed.url).hostname or ""
    match known.trouble:
        case "":
            return Sentence("feed-well", {"at": at})
        case "missing":
            return Sentence("feed-missing", {"at": at})
        case "status":
            return Sentence("feed-status", {"at": at, "server": host, "status": str(known.status)})
        case "slow":
            return Sentence("feed-slow", {"at": at, "server": host})
        case "circling":
            return Sentence("feed-circling", {"at": at, "server": host})
        case "private":
            return Sentence("feed-private", {"at": at, "server": host})
        case "large":
            return Sentence("feed-large", {"at": at})
        case "unclear":
            return Sentence("feed-unclear", {"at": at})
        case _:
            return Sentence("feed-away", {"at": at, "server": host})
