"""The one door through which bridges reach the service: what a capability is made of, and errands outside.

A bridge brings a `Capability` (entry points ``crewhall.capabilities``): pure rules, as any room of the house;
and its sentences (``crewhall.texts``: a package with a folder a language). If it has business outside, it
also brings an errand (``crewhall.errands``): a callable that takes `Doors` and returns an `Errand`.

What an errand learns it records as facts, by a rule that is asked again on the house as it is then. It may be
slow, or fail: nothing in the house waits for it.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from importlib.metadata import entry_points
from typing import Final, Protocol

from crewhall.charter.model import Charter
from crewhall.errors import Denied, NotThere, TokenRefused, Trouble, TryLater
from crewhall.ground import ids, ladder, names, workdays, worn
from crewhall.ground.capability import Capability, Verb
from crewhall.ground.facts import Fact, Recorded, Stream, Writing
from crewhall.ground.groups import among, awake, belongs, group
from crewhall.ground.hall import ANYONE, Hall, House, Part, Presence
from crewhall.ground.ids import CommunityKey, EventId, RoomId, RoomKey, RungKey, UserId
from crewhall.ground.rooms import (
    OURS,
    Content,
    JoinWish,
    Listing,
    PowerWish,
    RoomSeen,
    RoomWish,
    Statement,
)
from crewhall.ground.rounds import Round, share, some
from crewhall.ground.talk import (
    Answer,
    Arguments,
    Asked,
    Card,
    Decision,
    Gesture,
    Invitation,
    Outcome,
    PersonLink,
    Refusal,
    Reply,
    RoomLink,
    Say,
    Sentence,
    ToPerson,
    ToRoom,
    Usage,
    Value,
)
from crewhall.ports import Clock, Homeserver

GROUP: Final = "crewhall.errands"


@dataclass(frozen=True, slots=True)
class Doors:
    """What an errand may use.

    `house` returns the folded ledger as it is now. `record(cause, decide)` asks a rule and writes what it
    decides, once for each cause; it returns whether the cause is known now, and may raise `TryLater`.
    `keeper` is the homeserver as the keeper can use it.
    """

    house: Callable[[], House]
    record: Callable[[str, Callable[[House], Decision | None]], Awaitable[bool]]
    keeper: Homeserver
    clock: Clock


class Errand(Protocol):
    """Business outside of the house. One task runs it; trouble that it raises is told, and it starts anew."""

    async def run(self) -> None:
        """Go on until cancelled."""
        ...

    def hint(self, room: RoomId) -> None:
        """Hear that something of ours was said in a room that is not the service's; must not wait."""
        ...


def errands(doors: Doors) -> dict[str, Errand]:
    """Return the errands of all bridges, by name."""
    points = sorted(entry_points(group=GROUP), key=lambda one: one.name)
    return {point.name: point.load()(doors) for point in points}


__all__ = [
    "ANYONE",
    "GROUP",
    "OURS",
    "Answer",
    "Arguments",
    "Asked",
    "Capability",
    "Card",
    "Charter",
    "Clock",
    "CommunityKey",
    "Content",
    "Decision",
    "Denied",
    "Doors",
    "Errand",
    "EventId",
    "Fact",
    "Gesture",
    "Hall",
    "Homeserver",
    "House",
    "Invitation",
    "JoinWish",
    "Listing",
    "NotThere",
    "Outcome",
    "Part",
    "PersonLink",
    "PowerWish",
    "Presence",
    "Recorded",
    "Refusal",
    "Reply",
    "RoomId",
    "RoomKey",
    "RoomLink",
    "RoomSeen",
    "RoomWish",
    "Round",
    "RungKey",
    "Say",
    "Sentence",
    "Statement",
    "Stream",
    "ToPerson",
    "ToRoom",
    "TokenRefused",
    "Trouble",
    "TryLater",
    "Usage",
    "UserId",
    "Value",
    "Verb",
    "Writing",
    "among",
    "awake",
    "belongs",
    "errands",
    "group",
    "ids",
    "ladder",
    "names",
    "share",
    "some",
    "workdays",
    "worn",
]
