"""What is known of changes to the charter: the open one, how often and since when it changed. Frozen."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime

from immutables import Map

from crewhall.charter.model import Charter
from crewhall.ground.charters import CharterChanged
from crewhall.ground.facts import Fact, Recorded, Stream, Writing
from crewhall.ground.hall import Hall, Part, Presence
from crewhall.ground.ids import RoomKey, UserId
from crewhall.ground.rooms import RoomWish
from crewhall.ground.rounds import Round
from crewhall.life.amending.dropped import Dropped, cleared, closing, dropped
from crewhall.life.amending.facts import (
    ChangeAgreed,
    ChangeDropped,
    ChangeProposed,
    ChangeSaid,
    ChangeWithdrawn,
    ChangeWordTakenBack,
)


@dataclass(frozen=True, slots=True)
class Change:
    """A proposed change: the charter that shall hold, the round about it. `since`: see `ChangeProposed`."""

    charter: Charter
    by: UserId
    round: Round
    since: int

    @property
    def mark(self) -> str:
        """Its own name."""
        return self.round.mark

    @property
    def alone(self) -> bool:
        """Whether nobody else is entitled, so that who proposes confirms what they were shown."""
        return self.round.entitled == {self.by}


@dataclass(frozen=True, slots=True)
class Amending:
    """`version` counts the stream. The charter changed `times`, last `at` that instant by `by`.

    `charter` is the one that holds, as it was last folded; `gone` are rooms that it no longer has.
    """

    version: int = 0
    open: Change | None = None
    times: int = 0
    at: datetime | None = None
    by: UserId | None = None
    charter: Charter | None = None
    gone: Map[RoomKey, Dropped] = field(default_factory=Map)


AMENDING = Part("amending", Amending())


def evolve(hall: Hall, recorded: Recorded) -> Hall:
    """Fold one record. The new charter itself holds already: who keeps the community folds before."""
    known = AMENDING.of(hall)
    if recorded.stream == stream_of(hall):
        known = replace(known, version=recorded.version, open=_after(known.open, recorded))
    elif isinstance(recorded.fact, CharterChanged) and recorded.stream == Stream(hall.key):
        old, new, by = known.charter or hall.charter, hall.charter, recorded.fact.by
        gone = dropped(known.gone, old, new, recorded.at, decided=by is not None)
        known = replace(known, times=known.times + 1, at=recorded.at, by=by, charter=new, gone=gone)
        hall = cleared(hall, old, Presence(recorded.at, recorded.cause))
    elif known.charter is None:
        known = replace(known, charter=hall.charter)
    else:
        return hall
    return AMENDING.put(hall, known)


def rooms(hall: Hall) -> Iterable[RoomKey]:
    """Return the rooms that the charter no longer has."""
    return tuple(sorted(AMENDING.of(hall).gone))


def wish(hall: Hall, key: RoomKey) -> RoomWish | None:
    """Return such a room as it should be: closed."""
    gone = AMENDING.of(hall).gone.get(key)
    return closing(hall, key, gone) if gone is not None else None


def touched(hall: Hall, recorded: Recorded) -> Iterable[RoomKey]:
    """Return them after a change of the charter."""
    return rooms(hall) if isinstance(recorded.fact, CharterChanged) else ()


def begun(fact: ChangeProposed, at: datetime) -> Change:
    """Return the change that a fact proposes."""
    entitled = frozenset(fact.entitled)
    question = Round(fact.mark, entitled, fact.needed, at, fact.closes, waits=fact.waits)
    return Change(fact.charter, fact.by, question, fact.since)


def stream_of(hall: Hall) -> Stream:
    """Return where a community's changes are written."""
    return Stream(f"{hall.key}/changes")


def writes(hall: Hall, *facts: Fact) -> tuple[Writing, ...]:
    """Return facts decided on what is known now; the first insists on it."""
    expected = AMENDING.of(hall).version
    return tuple(Writing(stream_of(hall), fact, None if n else expected) for n, fact in enumerate(facts))


def _after(change: Change | None, recorded: Recorded) -> Change | None:
    fact = recorded.fact
    if isinstance(fact, ChangeProposed):
        return begun(fact, recorded.at)
    if change is None or getattr(fact, "mark", "") != change.mark:
        return change
    match fact:
        case ChangeSaid(by=by, word=word):
            return replace(change, round=change.round.says(by, word, recorded.cause))
        case ChangeWordTakenBack(by=by):
            return replace(change, round=change.round.takes_back(by))
        case ChangeAgreed() | ChangeWithdrawn() | ChangeDropped():
            return None
        case _:
            return change
