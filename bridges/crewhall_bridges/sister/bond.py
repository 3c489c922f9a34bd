"""What is known of each link, and what follows: where it stands, and which flows are open now. Frozen."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final, Literal, TypeAlias

from immutables import Map

from crewhall.door import (
    Content,
    Fact,
    Hall,
    Part,
    RoomId,
    RoomKey,
    Round,
    Stream,
    UserId,
    Writing,
    ids,
    names,
)
from crewhall_bridges.sister.facts import Closed, Trouble
from crewhall_bridges.sister.terms import Half, Terms, offered, stated
from crewhall_bridges.sister.wire import VERSION, Flow

Way: TypeAlias = Literal["out", "in"]
"""``out``: we open it towards the sister; ``in``: the sister opens it towards us."""
State: TypeAlias = Literal["proposed", "asked", "holds", "resting", "ended"]
"""``proposed``: we have not said yes; ``asked``: we have, and the sister not (yet) to the same terms."""
At: TypeAlias = tuple[UserId, Flow]
"""A flow, by the keeper of the community that opens it."""
WAYS: Final[tuple[Way, ...]] = ("out", "in")


@dataclass(frozen=True, slots=True)
class Side:
    """What one side states. `closed` tells the last edition of the terms in which a flow is closed."""

    offer: Half
    seq: int = 0
    agreed: tuple[Terms, ...] = ()
    contacts: tuple[UserId, ...] = ()
    closed: Map[At, int] = field(default_factory=Map)
    until: date = date.min
    ended: bool = False
    last: int = 0


@dataclass(frozen=True, slots=True)
class Question:
    """Terms that our people are asked about. `by` put the question; `second` said yes first of the others."""

    terms: Terms
    by: UserId
    round: Round
    second: UserId | None = None

    @property
    def mark(self) -> str:
        """Its own name."""
        return self.round.mark


@dataclass(frozen=True, slots=True)
class Health:
    """How the sister's letterbox is: when it last said something new, what was missed, what is wrong.

    `lately` are the last few times it said something new.
    """

    read_at: datetime | None = None
    missed: int = 0
    trouble: Trouble | None = None
    since: datetime | None = None
    lately: tuple[datetime, ...] = ()


@dataclass(frozen=True, slots=True)
class Link:
    """A link, or the wish for one.

    `me` is our keeper, `keeper` the sister's, `community` which of its communities; empty until known.
    `ours` is what we state, `theirs` what was last read of them. `waits`: somebody named the sister since a
    question was last put, so that one is put as soon as their offer is known. `lifts` are closed flows that
    the next terms shall open again. `room` is their letterbox, `offered` rooms that may be, `tries` when
    rooms were offered lately. `here` tells whether their keeper is in our letterbox; None while it has not
    answered. `asked_review` is the day for which a review was asked, and `reviewers` who was.

    `ended` tells since when either side has ended it, `over` since when both have; `let_go`: nobody here said
    so. `box` counts our letterboxes for it, one at a time; `shut`: the latest of them is closed.
    """

    mark: str
    keeper: UserId
    me: UserId
    community: str
    named_by: UserId
    since: datetime
    ours: Side
    theirs: Side | None = None
    waits: bool = True
    lifts: frozenset[At] = frozenset()
    question: Question | None = None
    room: RoomId | None = None
    offered: tuple[RoomId, ...] = ()
    here: bool | None = None
    tries: tuple[datetime, ...] = ()
    asked_review: date | None = None
    reviewers: tuple[UserId, ...] = ()
    health: Health = Health()
    ended: datetime | None = None
    over: datetime | None = None
    let_go: bool = False
    box: int = 1
    shut: bool = False

    @property
    def name(self) -> str:
        """What people call the sister: its name as stated, its server while nothing is known of it."""
        return self.theirs.offer.name if self.theirs is not None else ids.server(self.keeper)

    @property
    def called(self) -> str:
        """The name with the server, which nobody can imitate."""
        server = ids.server(self.keeper)
        return f"{self.name} ({server})" if self.name != server else server

    @property
    def edition(self) -> int:
        """The highest edition of the terms that either side has named."""
        sides = [side for side in (self.ours, self.theirs) if side is not None]
        named = [terms.edition for side in sides for terms in side.agreed]
        shut = tuple(self.ours.closed.values())
        return max(self.ours.offer.edition, *(side.offer.edition for side in sides), *named, *shut)

    @property
    def terms(self) -> Terms | None:
        """The newest terms that both sides say yes to."""
        if self.theirs is None:
            return None
        theirs = {terms.digest for terms in self.theirs.agreed}
        both = [terms for terms in self.ours.agreed if terms.digest in theirs]
        return max(both, key=lambda terms: (terms.edition, terms.digest), default=None)


@dataclass(frozen=True, slots=True)
class Asking:
    """An unknown keeper's wish to link: since when; nobody here has named it. `room` may be its letterbox."""

    keeper: UserId
    me: UserId
    room: RoomId
    at: datetime


@dataclass(frozen=True, slots=True)
class Sisters:
    """All links by their marks; unknown keepers that ask, by their servers. `version` counts the stream."""

    version: int = 0
    links: Map[str, Link] = field(default_factory=Map)
    asking: Map[str, Asking] = field(default_factory=Map)


SISTERS = Part("sister", Sisters())


def links(hall: Hall) -> tuple[Link, ...]:
    """Return all links of a community, in order of their names."""
    return tuple(sorted(SISTERS.of(hall).links.values(), key=lambda link: (link.name, link.mark)))


def links_with(hall: Hall, keeper: UserId) -> tuple[Link, ...]:
    """Return the links with communities of this keeper."""
    return tuple(link for link in links(hall) if link.keeper == keeper)


def mark_of(keeper: UserId, community: str) -> str:
    """Return a link's own name; `community` is empty where it was not named."""
    return names.digest(f"sister:{keeper}/{community}")


def letterbox(hall: Hall, link: Link, box: int = 0) -> RoomKey:
    """Return the key of our letterbox for a sister: the one of now, or an earlier one by its number."""
    number = box or link.box
    return RoomKey(f"{hall.key}/sister/{link.mark}" + (f"-{number}" if number > 1 else ""))


def state_of(link: Link, now: datetime) -> State:
    """Return where a link stands."""
    if link.ours.ended or (link.theirs is not None and link.theirs.ended):
        return "ended"
    if link.terms is not None and link.theirs is not None:
        rests = now.date() > min(link.ours.until, link.theirs.until)
        return "resting" if rests else "holds"
    return "asked" if link.ours.agreed else "proposed"


def flows_open(link: Link, now: datetime) -> frozenset[tuple[Way, Flow]]:
    """Return which flows are open: in the terms both agreed to, closed by neither, while the link holds."""
    terms = link.terms
    if terms is None or link.theirs is None or state_of(link, now) != "holds":
        return frozenset()
    keepers: tuple[tuple[Way, UserId], ...] = (("out", link.me), ("in", link.keeper))
    return frozenset(
        (way, flow)
        for way, keeper in keepers
        for flow in terms.opens(keeper)
        if not any(is_closed(side, (keeper, flow), terms) for side in (link.ours, link.theirs))
    )


def is_open(link: Link, way: Way, flow: Flow, now: datetime) -> bool:
    """Return whether one flow is open."""
    return (way, flow) in flows_open(link, now)


def is_closed(side: Side, at: At, terms: Terms) -> bool:
    """Return whether one side has closed a flow under these terms."""
    return side.closed.get(at, 0) >= terms.edition


def statement(link: Link) -> Content:
    """Return what we state on the treaty."""
    ours = link.ours
    closed: dict[str, dict[str, int]] = {}
    for (keeper, flow), edition in sorted(ours.closed.items()):
        closed.setdefault(keeper, {})[flow] = edition
    return {
        "v": VERSION,
        "seq": ours.seq,
        "to": {
            "keeper": link.keeper,
            "community": link.community,
        },
        "offer": offered(ours.offer),
        "agreed": [stated(terms) for terms in ours.agreed],
        "contacts": list(ours.contacts),
        "closed": closed,
        "until": ours.until.isoformat(),
        "ended": ours.ended,
        "last": ours.last,
    }


def stream_of(hall: Hall) -> Stream:
    """Return where a community's links are written."""
    return Stream(f"{hall.key}/sisters")


def writes(hall: Hall, *facts: Fact) -> tuple[Writing, ...]:
    """Return facts decided on what is known now; the first insists on it."""
    expected = SISTERS.of(hall).version
    return tuple(Writing(stream_of(hall), fact, None if n else expected) for n, fact in enumerate(facts))


def closings(closed: Iterable[tuple[At, int]]) -> Closed:
    """Return closed flows as facts keep them."""
    return tuple((keeper, flow, edition) for (keeper, flow), edition in sorted(closed))
