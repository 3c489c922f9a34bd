"""The one door through which bridges reach the service: what a capability is made of, and errands outside.

A bridge brings a `Capability` (entry points ``crewhall.capabilities``): pure rules, as any room of the house;
and its sentences (``crewhall.texts``: a package with a folder a language). If it has business outside, it
also brings an errand (``crewhall.errands``): a callable that takes `Doors` and returns an `Errand`.

What an errand learns it records as facts, by a rule that is asked again on the house as it is then. It may be
slow, or fail: nothing in the house waits for it.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta
from importlib.metadata import entry_points
from typing import Final, Literal, Protocol

from crewhall.charter.model import Charter, Feed, Followed, Place
from crewhall.errors import Denied, NotThere, TokenRefused, Trouble, TryLater
from crewhall.ground import board, ids, ladder, names, seasons, workdays, worn
from crewhall.ground.ailment import Ailment
from crewhall.ground.capability import Capability, Going, Verb
from crewhall.ground.container import called
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
    Verbatim,
)
from crewhall.ground.waiting import growing
from crewhall.ground.welcome import Welcome
from crewhall.life.crews.outside import Circle, circle_at, circle_meant
from crewhall.life.crews.starting import begin
from crewhall.ports import Clock, Homeserver

GROUP: Final = "crewhall.errands"


@dataclass(frozen=True, slots=True)
class Tag:
    """How a web server knows which version of a page we have (RFC 9110, 8.8); empty for none."""

    etag: str = ""
    modified: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """A page of the web as it was read; `body` is None if it is as it was under the tag we told."""

    body: bytes | None
    tag: Tag = Tag()


class Unread(Trouble):
    """Something on the web could not be read.

    `why`: the server is ``away`` or broke off; it was too ``slow``; it answered with a ``status``; it sends
    us ``circling`` from address to address; it is in our own ``private`` network; the page is too ``large``;
    what it holds is ``unclear``; or no way out is open (``closed``). `after` is how long the other side asked
    us to wait.
    """

    def __init__(self, why: "Unreadable", status: int = 0, after: timedelta | None = None) -> None:
        super().__init__(f"{why} {status}".removesuffix(" 0"))
        self.why = why
        self.status = status
        self.after = after


Unreadable = Literal["away", "slow", "status", "circling", "private", "large", "unclear", "closed"]


class Outdoors(Protocol):
    """The web, as far as it can be read safely."""

    async def read(self, address: str, tag: Tag) -> Page:
        """Return a page by http or https. Raises `Unread`."""
        ...

    async def apart(self, function: str, data: bytes, *words: str) -> object:
        """Return what ``module:function`` makes of bytes from strangers, in a process that may die of it.

        The answer is as JSON has it. Raises `Unread`.
        """
        ...


class Indoors:
    """No way out at all."""

    async def read(self, address: str, tag: Tag) -> Page:  # noqa: ARG002 - the protocol's frame
        """Raise `Unread`."""
        raise Unread("closed")

    async def apart(self, function: str, data: bytes, *words: str) -> object:  # noqa: ARG002
        """Raise `Unread`."""
        raise Unread("closed")


@dataclass(frozen=True, slots=True)
class Served:
    """Where a community's calendar is served: host and port, and the address by which others reach it."""

    listen: str = ""
    address: str = ""


@dataclass(frozen=True, slots=True)
class Doors:
    """What an errand may use.

    `house` returns the folded ledger as it is now. `record(cause, decide)` asks a rule and writes what it
    decides, once for each cause; it returns whether the cause is known now, and may raise `TryLater`.
    `keeper` is the homeserver as the keeper can use it, `outdoors` the web. `served` is what an operator set.
    """

    house: Callable[[], House]
    record: Callable[[str, Callable[[House], Decision | None]], Awaitable[bool]]
    keeper: Homeserver
    clock: Clock
    outdoors: Outdoors = field(default_factory=Indoors)
    served: Served = Served()


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
    "Ailment",
    "Answer",
    "Arguments",
    "Asked",
    "Capability",
    "Card",
    "Charter",
    "Circle",
    "Clock",
    "CommunityKey",
    "Content",
    "Decision",
    "Denied",
    "Doors",
    "Errand",
    "EventId",
    "Fact",
    "Feed",
    "Followed",
    "Gesture",
    "Going",
    "Hall",
    "Homeserver",
    "House",
    "Indoors",
    "Invitation",
    "JoinWish",
    "Listing",
    "NotThere",
    "Outcome",
    "Outdoors",
    "Page",
    "Part",
    "PersonLink",
    "Place",
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
    "Served",
    "Statement",
    "Stream",
    "Tag",
    "ToPerson",
    "ToRoom",
    "TokenRefused",
    "Trouble",
    "TryLater",
    "Unread",
    "Unreadable",
    "Usage",
    "UserId",
    "Value",
    "Verb",
    "Verbatim",
    "Welcome",
    "Writing",
    "among",
    "awake",
    "begin",
    "belongs",
    "board",
    "called",
    "circle_at",
    "circle_meant",
    "errands",
    "group",
    "growing",
    "ids",
    "ladder",
    "names",
    "seasons",
    "share",
    "some",
    "workdays",
    "worn",
]
