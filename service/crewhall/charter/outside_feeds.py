"""What a charter says of what is followed outside, and of gatherings: feeds, calendars, who announces."""

import re
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, StringConstraints

from crewhall.charter.kinds import Key, Name, Part


def _web(text: str) -> str:
    try:
        parts = urlsplit(text)
        fits = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        fits = False
    if not fits or "@" in text.partition("//")[2].partition("/")[0] or re.search(r"[\s\x00-\x1f]", text):
        raise ValueError(f"must be an address such as https://example.org/feed.xml, not {text!r}.")
    return text


Web = Annotated[str, StringConstraints(max_length=500), AfterValidator(_web)]
RoomName = Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]+(/[a-z0-9-]+)?$", max_length=81)]
Hours = Annotated[int, Field(ge=1, le=168)]


class Feed(Part):
    """A podcast or blog that is followed: new items are told in a room, a message each, at most 3 a day."""

    key: Key
    """Short name; never changes."""
    name: Name
    """What people call it."""
    url: Web
    """Where the feed is: RSS or Atom, by http or https."""
    room: RoomName
    """Where it is told: a room's key, or `rung/room`; not one that is encrypted."""
    every_hours: Hours = 6
    """Hours from one look to the next."""
    first: bool = False
    """Whether the first look tells the newest item, if it is fresh; otherwise only later ones are told."""


class Followed(Part):
    """A calendar that is followed: its events are told in a room, one message each, kept up to date."""

    key: Key
    """Short name; never changes."""
    name: Name
    """What people call it."""
    url: Web
    """Where the calendar is: iCalendar (`.ics`), by http or https."""
    room: RoomName
    """Where it is told: a room's key, or `rung/room`; not one that is encrypted."""
    every_hours: Hours = 6
    """Hours from one look to the next."""
    weeks: Annotated[int, Field(ge=1, le=26)] = 4
    """How many weeks ahead is looked."""
    first: bool = False
    """Whether the first look tells the next event; otherwise only what is new or changes later is told."""


class Gatherings(Part):
    """The community's own gatherings, and their calendar."""

    add: Key = "keyholders"
    """Who may announce one: `anyone` in the community, `keyholders`, a rung (and deeper) or a hat."""
    publish: bool = True
    """Whether they can be subscribed to at an address that only people in the community are told."""
