"""Tells which calendars a community follows, when each was looked at, and what is wrong with it."""

from typing import Final
from urllib.parse import urlsplit

from crewhall.door import (
    ANYONE,
    Arguments,
    Asked,
    Decision,
    Followed,
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
from crewhall_bridges.calendar.fold import FOLLOWED, Known
from crewhall_bridges.calendar.following import address_of

CALENDARS: Final = "!calendars"


def calendars(hall: Hall, asked: Asked, _given: Arguments) -> Outcome:
    """List the calendars; for people in the community. Addresses may be secret: only servers are named."""
    name = hall.charter.name
    if not belongs(hall, asked.person, ANYONE):
        return Refusal(Sentence("not-inside", {"community": name}))
    if not hall.charter.calendars:
        return Decision(says=(Say(Reply(), Sentence("calendars-none", {"community": name})),))
    lines = tuple(_line(hall, one) for one in hall.charter.calendars)
    return Decision(says=(Say(Reply(), Sentence("calendars-list", {"community": name, "lines": lines})),))


def _line(hall: Hall, calendar: Followed) -> Sentence:
    key = board.place_of(hall, calendar.room)
    known = FOLLOWED.of(hall).of(calendar.key, address_of(hall, calendar).source)
    room = RoomLink(key, called(hall, key))
    state = Sentence("calendar-sealed") if key in hall.sealed else _state(calendar, known)
    return Sentence("calendar-line", {"calendar": calendar.name, "room": room, "state": state})


def _state(calendar: Followed, known: Known) -> Sentence:
    if known.looked is None:
        return Sentence("calendar-new")
    at, host = known.looked, urlsplit(calendar.url).hostname or ""
    match known.trouble:
        case "":
            return Sentence("calendar-well", {"at": at})
        case "missing":
            return Sentence("calendar-missing", {"at": at})
        case "status":
            return Sentence("calendar-status", {"at": at, "server": host, "status": str(known.status)})
        case "slow":
            return Sentence("calendar-slow", {"at": at, "server": host})
        case "circling":
            return Sentence("calendar-circling", {"at": at, "server": host})
        case "private":
            return Sentence("calendar-private", {"at": at, "server": host})
        case "large":
            return Sentence("calendar-large", {"at": at})
        case "unclear":
            return Sentence("calendar-unclear", {"at": at})
        case _:
            return Sentence("calendar-away", {"at": at, "server": host})
