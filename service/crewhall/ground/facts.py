"""Facts: what has been decided or seen, as the ledger keeps it. Append-only, never edited.

A fact is a frozen slotted dataclass that derives from `Fact`; its class name is its kind on disk, so
a class is never renamed and a field never changes its meaning. Fields that name a person are typed
`UserId` (or a tuple, frozenset or Optional of it): the ledger stores a token in their place, so that
a person can be forgotten without breaking history. Facts hold no free words of people.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import NewType

from crewhall.ground.ids import CommunityKey, RoomId, RoomKey, UserId

Stream = NewType("Stream", str)
"""The line of facts that share one version count: ``rivendell``, ``rivendell/crew/lantern``, ``house``."""

HOUSE = Stream("house")
"""The stream of what belongs to no community: rooms opened, private chats."""


def hall_of_stream(stream: Stream) -> CommunityKey | None:
    """Return the community a stream belongs to, None for the house's own."""
    head = stream.partition("/")[0]
    return None if head == HOUSE else CommunityKey(head)


@dataclass(frozen=True, slots=True)
class Fact:
    """Parent of all facts."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """A fact as it stands in the ledger.

    `seq` counts over the whole ledger, `version` within the stream (both from 1). `cause` is what made
    it happen: an event id, or a name such as ``tick:...`` or ``cli:...``. `at` is aware UTC.
    """

    seq: int
    stream: Stream
    version: int
    cause: str
    at: datetime
    fact: Fact


@dataclass(frozen=True, slots=True)
class Writing:
    """A fact to be appended; `expected` is the stream's version it was decided on, None if any will do."""

    stream: Stream
    fact: Fact
    expected: int | None = None


@dataclass(frozen=True, slots=True)
class Lapsed(Fact):
    """What stood here counted for a time only, and its term is over. In any stream."""


@dataclass(frozen=True, slots=True)
class RoomOpened(Fact):
    """A managed room exists under this id (made by us or found again). Stream: house."""

    key: RoomKey
    room: RoomId
    version: str


@dataclass(frozen=True, slots=True)
class RoomClosed(Fact):
    """The keeper has left a managed room for good. Stream: house."""

    key: RoomKey
    room: RoomId


@dataclass(frozen=True, slots=True)
class RoomMoved(Fact):
    """A managed room is another one from now on: `room`, which continues `former`. Stream: house."""

    key: RoomKey
    former: RoomId
    room: RoomId
    version: str


@dataclass(frozen=True, slots=True)
class MoveSettled(Fact):
    """All that moving brings with it is done: nobody has to look into `former` any more. Stream: house."""

    key: RoomKey
    former: RoomId


@dataclass(frozen=True, slots=True)
class SuccessorMet(Fact):
    """People replaced a managed room by `room`, which is not followed, or not yet. Stream: house.

    `doubt` says why, as in `crewhall.ground.following`; some doubts can be put right, others never.
    """

    key: RoomKey
    former: RoomId
    room: RoomId
    doubt: str


@dataclass(frozen=True, slots=True)
class RoomSealed(Fact):
    """Somebody switched encryption on in a room that was to be open; it stays on. Stream: house."""

    key: RoomKey


@dataclass(frozen=True, slots=True)
class ChatNamed(Fact):
    """This person's private chat with the keeper goes by this key. Stream: house."""

    person: UserId
    key: RoomKey


@dataclass(frozen=True, slots=True)
class ChatLeft(Fact):
    """This person left or declined their private chat; if they ask they are invited again. Stream: house."""

    person: UserId


@dataclass(frozen=True, slots=True)
class ForgettingAgreed(Fact):
    """This person wants to be forgotten, was told what that means, and said yes. Stream: house."""

    person: UserId


@dataclass(frozen=True, slots=True)
class ChatClosed(Fact):
    """The private chat of somebody who is being forgotten is over; nothing is said to them. Stream: house."""

    person: UserId
    key: RoomKey


@dataclass(frozen=True, slots=True)
class Forgotten(Fact):
    """Somebody was forgotten: the ledger names them by a stand-in, as this does. Stream: house."""

    person: UserId
