"""Rooms as they should be (`RoomWish`) and as they were seen (`RoomSeen`). Values only.

State event types and their meaning: Matrix specification v1.19, client-server API, "Room Events".
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from crewhall.ground.ids import EventId, RoomId, RoomKey, UserId

Json = object
"""A JSON value as the standard library reads it."""
Content = Mapping[str, Json]
"""The content of an event."""

LOCATOR = "org.crewhall.locator"
"""State event by which a managed room is found again: ``{"key": RoomKey, "v": 1}``, empty state key."""
OURS = "org.crewhall."
"""What the type of every state event of ours begins with."""
HEARTBEAT = "org.crewhall.heartbeat"
"""State event of the control room, written once a start: ``{"started": milliseconds}``."""

JoinRule = Literal["public", "invite", "knock", "restricted", "knock_restricted"]
History = Literal["joined", "invited", "shared", "world_readable"]
Drift = Literal["respect", "ask", "restore"]
"""What to do about a change made by hand: leave it, ask a person, or put back what was decided."""


@dataclass(frozen=True, slots=True)
class JoinWish:
    """Who may enter; `allow` names the rooms whose members may, for the restricted rules."""

    rule: JoinRule
    allow: tuple[RoomKey, ...] = ()


@dataclass(frozen=True, slots=True)
class PowerWish:
    """The levels of a room, complete.

    `users` are the levels that the community's decisions give to people. It never names the keeper:
    the plan adds it where the room version wants that (11) and leaves it out where it is refused (12).
    `lowered` are people who were given a level once and no longer hold it. Levels given by others stay
    unless `drift` is "restore".
    """

    users: Mapping[UserId, int] = field(default_factory=dict)
    lowered: frozenset[UserId] = frozenset()
    users_default: int = 0
    events_default: int = 0
    state_default: int = 100
    invite: int = 50
    kick: int = 50
    ban: int = 50
    redact: int = 50
    notify: int = 50
    events: Mapping[str, int] = field(default_factory=dict)
    drift: Drift = "respect"


@dataclass(frozen=True, slots=True)
class Listing:
    """Where a room is listed: the space, its place in the order (at most 50 ASCII characters), suggested."""

    space: RoomKey
    order: str = ""
    suggested: bool = False


@dataclass(frozen=True, slots=True)
class RoomWish:
    """A managed room as it should be.

    `alias` is the local part of its alias, the natural key on the homeserver; `shown` says whether
    it is also its canonical alias. `name`, `topic` and `avatar` are set at creation and then belong to
    people. `invited` should be invited or joined. `only`, if not None, are all who may be in the room or
    invited to it; anybody else (the keeper apart) is removed, with the reason `why_only`. `decided` says
    that such removals carry out a recorded decision of those concerned, so that the guard need not ask.
    `unwelcome` are people who are known to have given up their key by their own act or a recorded decision:
    removed if present (joined, invited or knocking) with the reason `why_only`, always as decided, whatever
    `only` and `decided` say.
    `closed` means: everybody is removed, then the keeper leaves. `statements` are state events of ours (type,
    starting with `OURS`, and key) that the room shall hold; what else of the kind is there stays. `kind` is
    the type that a room says at its creation, for good; a space has its own.
    """

    key: RoomKey
    alias: str
    name: str
    join: JoinWish
    powers: PowerWish
    shown: bool = True
    space: bool = False
    version: str = "12"
    topic: str = ""
    avatar: str = ""
    history: History = "shared"
    guests: bool = False
    encrypted: bool = False
    direct: bool = False
    federate: bool = True
    listing: Listing | None = None
    adopt: str = ""
    invited: tuple[UserId, ...] = ()
    only: frozenset[UserId] | None = None
    unwelcome: frozenset[UserId] = frozenset()
    why_only: str = ""
    decided: bool = False
    closed: bool = False
    doors: Drift = "restore"
    statements: Mapping[tuple[str, str], Content] = field(default_factory=dict)
    kind: str = ""


Membership = Literal["invite", "join", "knock", "leave", "ban"]


@dataclass(frozen=True, slots=True)
class Member:
    """One person's membership as last seen: who set it, by which event, and the reason given."""

    membership: Membership
    sender: UserId
    event: EventId
    reason: str = ""


@dataclass(frozen=True, slots=True)
class ChildSeen:
    """An ``m.space.child`` that counts (its `via` is not empty)."""

    via: tuple[str, ...]
    order: str = ""
    suggested: bool = False


@dataclass(frozen=True, slots=True)
class Statement:
    """A state event whose type begins with `OURS`, as it was seen. The sender's server signed it."""

    content: Content
    sender: UserId
    event: EventId


@dataclass(frozen=True, slots=True)
class RoomSeen:
    """A room as it was seen in one look. `powers` and `joins` are the raw contents, {} if absent.

    `by` tells who wrote the levels, the join rule, history visibility, guest access and the tombstone, by
    type of event. `kind` is the room's type as its creation says it, empty if it says none, `predecessor` the
    room that it says it continues. `carried` is what else goes along as it stands when the room moves.
    """

    room: RoomId
    version: str
    creators: frozenset[UserId]
    space: bool
    locator: RoomKey | None
    members: Mapping[UserId, Member]
    powers: Content
    joins: Content
    history: str | None = None
    guests: str | None = None
    encrypted: bool = False
    name: str | None = None
    topic: str | None = None
    avatar: str | None = None
    alias: str | None = None
    children: Mapping[RoomId, ChildSeen] = field(default_factory=dict)
    parents: frozenset[RoomId] = frozenset()
    tombstone: RoomId | None = None
    statements: Mapping[tuple[str, str], Statement] = field(default_factory=dict)
    by: Mapping[str, UserId] = field(default_factory=dict)
    kind: str = ""
    predecessor: RoomId | None = None
    carried: Mapping[str, Content] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class StatePut:
    """One state event to be written."""

    type: str
    key: str
    content: Content


@dataclass(frozen=True, slots=True)
class NewRoom:
    """Everything one ``createRoom`` call carries. `powers` is complete; `invite` are local people only.

    `kind` is the room's type, if it is no space; `predecessor` the room that it continues.
    """

    alias: str
    version: str
    powers: Content
    state: tuple[StatePut, ...]
    name: str = ""
    topic: str = ""
    space: bool = False
    federate: bool = True
    direct: bool = False
    invite: tuple[UserId, ...] = ()
    kind: str = ""
    predecessor: RoomId | None = None
