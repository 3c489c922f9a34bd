"""What is known of changes by hand, folded: open questions, answers, and what was put back. Frozen."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final, cast

from immutables import Map

from crewhall.ground.drift import How, Kind, Memory
from crewhall.ground.facts import Fact, Recorded, Stream, Writing
from crewhall.ground.hall import ANYONE, Hall, Part
from crewhall.ground.ids import RoomKey, UserId
from crewhall.ground.ladder import rung_at
from crewhall.ground.rooms import RoomWish
from crewhall.life.drift.facts import DriftAsked, DriftGone, DriftRestored, DriftSettled, DriftUnsettled

LATELY: Final = timedelta(days=30)
"""How long what was put back counts."""
At = tuple[RoomKey, Kind]
"""One kind of change in one room."""


@dataclass(frozen=True, slots=True)
class Said:
    """How it shall be: of what (by digest), by whose word and which cause; the question, if one was asked."""

    digest: str
    how: How
    by: UserId
    cause: str
    asked: DriftAsked | None


@dataclass(frozen=True, slots=True)
class Drifts:
    """Everything about changes by hand."""

    version: int = 0
    open: Map[At, DriftAsked] = field(default_factory=Map)
    said: Map[At, Said] = field(default_factory=Map)
    restored: Map[At, tuple[datetime, ...]] = field(default_factory=Map)


DRIFTS = Part("drift", Drifts())


def evolve(hall: Hall, recorded: Recorded) -> Hall:
    """Fold one record."""
    if recorded.stream != stream_of(hall):
        return hall
    drifts = replace(DRIFTS.of(hall), version=recorded.version)
    match recorded.fact:
        case DriftAsked(room=room, kind=kind) as fact:
            drifts = replace(drifts, open=drifts.open.set((room, kind), fact))
        case DriftSettled(room=room, kind=kind, digest=digest, how=how, by=by):
            at = (room, kind)
            said = Said(digest, how, by, recorded.cause, drifts.open.get(at))
            drifts = replace(drifts, said=drifts.said.set(at, said), open=_without(drifts.open, at))
        case DriftUnsettled(mark=mark):
            for at, said in drifts.said.items():
                if said.asked is not None and said.asked.mark == mark:
                    opened = drifts.open.set(at, said.asked)
                    drifts = replace(drifts, open=opened, said=drifts.said.delete(at))
        case DriftRestored(room=room, kind=kind, digest=digest):
            drifts = _restored(drifts, (room, kind), digest, recorded.at)
        case DriftGone(mark=mark):
            gone = [at for at, asked in drifts.open.items() if asked.mark == mark]
            for at in gone:
                drifts = replace(drifts, open=drifts.open.delete(at))
        case _:
            pass
    return DRIFTS.put(hall, drifts)


def touched(hall: Hall, recorded: Recorded) -> Iterable[RoomKey]:
    """Return the room of an answer: it may have to change."""
    if recorded.stream != stream_of(hall):
        return ()
    match recorded.fact:
        case DriftSettled(room=room, how="restore"):
            return (room,)
        case _:
            return ()


def memory(hall: Hall, wish: RoomWish, now: datetime) -> Memory:
    """Return what is remembered of changes by hand in one room."""
    drifts, policy = DRIFTS.of(hall), hall.charter.drift
    kinds = cast("tuple[Kind, ...]", ("powers", "doors", "people"))
    lately = {
        kind: sum(now - at <= LATELY for at in drifts.restored.get((wish.key, kind), ())) for kind in kinds
    }
    said = {kind: found for kind in kinds if (found := drifts.said.get((wish.key, kind))) is not None}
    return Memory(
        people=policy.people,
        tools=frozenset(map(UserId, policy.tools)),
        holders=_holders(hall, wish),
        settled={kind: (found.digest, found.how) for kind, found in said.items()},
        restored=lately,
    )


def stream_of(hall: Hall) -> Stream:
    """Return where a community's changes by hand are written about."""
    return Stream(f"{hall.key}/drift")


def writes(hall: Hall, *facts: Fact) -> tuple[Writing, ...]:
    """Return facts decided on what is known now; the first insists on it."""
    expected = DRIFTS.of(hall).version
    return tuple(Writing(stream_of(hall), fact, None if n else expected) for n, fact in enumerate(facts))


def _restored(drifts: Drifts, at: At, digest: str, when: datetime) -> Drifts:
    """Return what is known once something was put back: a word to put it back has had its turn."""
    times = (*(one for one in drifts.restored.get(at, ()) if when - one <= LATELY), when)
    said = drifts.said.get(at)
    spent = said is not None and said.how == "restore" and said.digest == digest
    return replace(
        drifts,
        restored=drifts.restored.set(at, times),
        said=drifts.said.delete(at) if spent else drifts.said,
    )


def _holders(hall: Hall, wish: RoomWish) -> frozenset[UserId]:
    """Return whose standing opens a room, where being in other rooms opens it."""
    if wish.join.rule not in {"restricted", "knock_restricted"}:
        return frozenset()
    rungs = (rung for key in wish.join.allow if (rung := rung_at(hall, key)) is not None)
    groups = (hall.inside if rung == ANYONE else hall.standing.get(rung, Map()) for rung in rungs)
    return frozenset(person for group in groups for person in group) - wish.unwelcome


def _without(open_: Map[At, DriftAsked], at: At) -> Map[At, DriftAsked]:
    return open_.delete(at) if at in open_ else open_
