"""What is known of changes to the charter: the open one, how often and since when it changed. Frozen."""

from dataclasses import dataclass, replace
from datetime import datetime

from crewhall.charter.model import Charter
from crewhall.ground.charters import CharterChanged
from crewhall.ground.facts import Fact, Recorded, Stream, Writing
from crewhall.ground.hall import Hall, Part
from crewhall.ground.ids import UserId
from crewhall.ground.rounds import Round
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
    """`version` counts the stream. The charter changed `times`, last `at` that instant by `by`."""

    version: int = 0
    open: Change | None = None
    times: int = 0
    at: datetime | None = None
    by: UserId | None = None


AMENDING = Part("amending", Amending())


def evolve(hall: Hall, recorded: Recorded) -> Hall:
    """Fold one record."""
    known = AMENDING.of(hall)
    if recorded.stream == Stream(hall.key):
        match recorded.fact:
            case CharterChanged(by=by):
                known = replace(known, times=known.times + 1, at=recorded.at, by=by)
                return AMENDING.put(hall, known)
            case _:
                return hall
    if recorded.stream != stream_of(hall):
        return hall
    return AMENDING.put(hall, replace(known, version=recorded.version, open=_after(known.open, recorded)))


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
