"""The form in which a community is taken elsewhere: JSON, version 1. See deploy/EXPORT.md."""

from datetime import datetime
from typing import Literal

from pydantic import JsonValue

from crewhall.charter.kinds import Key, Part, Person
from crewhall.charter.model import Charter


class Room(Part):
    """A room as it was; another hall makes its own."""

    key: str
    """What it is for, such as `rivendell/place/inn`."""
    room: str
    """Its id on the old homeserver."""
    version: str
    """Its room version."""


class Standing(Part):
    """Where a person stands."""

    person: Person
    """Their Matrix id."""
    inside_since: datetime | None = None
    """Since when they are in the community's space; null if they are not."""
    rungs: dict[Key, datetime]
    """The rungs they stand on, and since when."""
    hats: dict[Key, datetime]
    """The hats they wear, `keys` among them, and since when."""


class CrewKept(Part):
    """A crew and who has a seat in it."""

    key: Key
    """Its short name."""
    name: str
    """What people call it."""
    private: bool
    """Whether its room is encrypted."""
    listed: bool
    """Whether it is in the list of crews."""
    since: datetime
    """When it began."""
    ended: Literal["kept", "read-only", "forgotten"] | None = None
    """How it ended; null while it lives."""
    seats: tuple[Person, ...] = ()
    """Who has a seat."""
    leaves: tuple[Key, ...] = ()
    """Which leaves are open."""


class Decided(Part):
    """One recorded fact."""

    at: datetime
    """When it was recorded."""
    stream: str
    """What it belongs to: the community, or a crew of it."""
    kind: str
    """What happened, such as `SeatTaken`."""
    body: dict[str, JsonValue]
    """The particulars; people by their Matrix id."""


class Export(Part):
    """A whole community."""

    form: Literal[1] = 1
    """Version of this form; a newer one is refused."""
    crewhall: str
    """Which version of Crewhall wrote it."""
    at: datetime
    """When it was written."""
    community: Key
    """The community's short name."""
    founded: datetime
    """When it was founded."""
    charter: Charter
    """What holds in it, without founders."""
    charter_yaml: str
    """The same as a file for a charters' folder."""
    rooms: tuple[Room, ...] = ()
    """Its rooms."""
    people: tuple[Standing, ...] = ()
    """Everybody who stands anywhere in it."""
    crews: tuple[CrewKept, ...] = ()
    """Its crews."""
    decisions: tuple[Decided, ...] = ()
    """All that was recorded and is still kept, in order."""
