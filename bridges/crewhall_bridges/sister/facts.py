"""What is decided about links with sisters, and read in their letterboxes. Stream: ``<community>/sisters``.

`mark` is a link's own name, a question's is `question`. Texts in here are agreements between communities and
their names, as the terms state them; nothing else that people wrote is kept.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from crewhall.door import Fact, RoomId, UserId
from crewhall_bridges.sister.terms import Half, Terms
from crewhall_bridges.sister.wire import Flow

Closed = tuple[tuple[UserId, Flow, int], ...]
"""Flows that a side has closed: who opens it, which, and the last edition of the terms in which it is."""
Trouble = Literal[
    "creator",
    "version",
    "powers",
    "space",
    "type",
    "blank",
    "missing",
    "unreadable",
    "back",
    "changed",
    "moved",
]
"""What can be wrong with a sister's letterbox."""


@dataclass(frozen=True, slots=True)
class LinkNamed(Fact):
    """Somebody wishes to link with a sister, by this offer; `community` is empty if they named none."""

    mark: str
    keeper: UserId
    me: UserId
    community: str
    by: UserId
    offer: Half


@dataclass(frozen=True, slots=True)
class OfferChanged(Fact):
    """Our half of the next terms is another now: `lifts` are closed flows that shall be open again."""

    mark: str
    by: UserId
    offer: Half
    lifts: tuple[tuple[UserId, Flow], ...]


@dataclass(frozen=True, slots=True)
class LinkAsked(Fact):
    """The question whether these terms shall hold is open, and who is entitled is fixed.

    `needed` of the `entitled` must say yes until `closes`. `waits`: it stays open until then unless all are
    in favour.
    """

    mark: str
    question: str
    terms: Terms
    by: UserId
    entitled: tuple[UserId, ...]
    needed: int
    closes: datetime
    waits: bool


@dataclass(frozen=True, slots=True)
class LinkSaid(Fact):
    """Somebody is in favour of the terms (``yes``), or objects (``no``)."""

    mark: str
    question: str
    by: UserId
    word: Literal["yes", "no"]


@dataclass(frozen=True, slots=True)
class LinkWordTakenBack(Fact):
    """Somebody has said nothing after all."""

    mark: str
    question: str
    by: UserId


@dataclass(frozen=True, slots=True)
class LinkAgreed(Fact):
    """We say yes to the terms of the question; `contacts` speak for us; `closed` stays so under them."""

    mark: str
    question: str
    contacts: tuple[UserId, ...]
    closed: Closed


@dataclass(frozen=True, slots=True)
class LinkDropped(Fact):
    """The question closed without what the charter wants, or what it was about is no longer so."""

    mark: str
    question: str


@dataclass(frozen=True, slots=True)
class FlowsClosed(Fact):
    """Somebody entitled closed flows, at once; `closed` are those of this act."""

    mark: str
    by: UserId
    closed: Closed


@dataclass(frozen=True, slots=True)
class LinkEnded(Fact):
    """Somebody entitled ended the link, at once and alone."""

    mark: str
    by: UserId


@dataclass(frozen=True, slots=True)
class LinkLetGo(Fact):
    """The sister ended the link some time ago, and nobody here has named it since: it is ended here, too."""

    mark: str


@dataclass(frozen=True, slots=True)
class LetterboxShut(Fact):
    """The link has been ended on both sides for some time: our letterbox is closed for good."""

    mark: str


@dataclass(frozen=True, slots=True)
class ReviewAsked(Fact):
    """Those who decide are asked whether the link shall go on after `until`."""

    mark: str
    until: date
    asked: tuple[UserId, ...]


@dataclass(frozen=True, slots=True)
class LinkKept(Fact):
    """Somebody entitled said that the link goes on, until this day."""

    mark: str
    by: UserId
    until: date


@dataclass(frozen=True, slots=True)
class ContactsChanged(Fact):
    """Others speak for us, since one who did is no longer here."""

    mark: str
    contacts: tuple[UserId, ...]


@dataclass(frozen=True, slots=True)
class LetterboxOffered(Fact):
    """A keeper invites ours (`me`) into a room that may be its letterbox for us; it shall be read."""

    keeper: UserId
    me: UserId
    room: RoomId


@dataclass(frozen=True, slots=True)
class LetterboxFound(Fact):
    """This room is the sister's letterbox for us: it was read, and all that must be so is so."""

    mark: str
    room: RoomId


@dataclass(frozen=True, slots=True)
class LetterboxRefused(Fact):
    """An offered room is no letterbox for us, and is left; its keeper can invite ours again."""

    mark: str
    room: RoomId
    trouble: Trouble | Literal["other"]


@dataclass(frozen=True, slots=True)
class LetterboxTroubled(Fact):
    """Something is wrong with the sister's letterbox since now; what was read before still counts."""

    mark: str
    trouble: Trouble


@dataclass(frozen=True, slots=True)
class LetterboxSound(Fact):
    """Nothing is wrong with it any more."""

    mark: str


@dataclass(frozen=True, slots=True)
class StatementHeard(Fact):
    """The sister states this on the treaty; `missed` statements before it were never read.

    `last` is the highest number of ours that it has read, if ours went back meanwhile; 0 otherwise.
    """

    mark: str
    seq: int
    offer: Half
    agreed: tuple[Terms, ...]
    contacts: tuple[UserId, ...]
    closed: Closed
    until: date
    ended: bool
    last: int = 0
    missed: int = 0


@dataclass(frozen=True, slots=True)
class KeeperAnswered(Fact):
    """The sister's keeper came into our letterbox, or declined or left it: then it is not asked in again."""

    mark: str
    here: bool


ALL: tuple[type[Fact], ...] = (
    LinkNamed,
    OfferChanged,
    LinkAsked,
    LinkSaid,
    LinkWordTakenBack,
    LinkAgreed,
    LinkDropped,
    FlowsClosed,
    LinkEnded,
    LinkLetGo,
    LetterboxShut,
    ReviewAsked,
    LinkKept,
    ContactsChanged,
    LetterboxOffered,
    LetterboxFound,
    LetterboxRefused,
    LetterboxTroubled,
    LetterboxSound,
    StatementHeard,
    KeeperAnswered,
)
