"""The one plan of a community that waits for a yes, folded from the ledger. Frozen."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final, Literal

from crewhall.ground import ids
from crewhall.ground.charters import CharterChanged
from crewhall.ground.effects import RoomPart
from crewhall.ground.facts import Fact, Recorded, Stream, Writing
from crewhall.ground.guard import Concern
from crewhall.ground.hall import Hall, Part
from crewhall.ground.ids import RoomKey, UserId
from crewhall.life.plans.facts import (
    PlanAllowed,
    PlanAnswerTakenBack,
    PlanDone,
    PlanGone,
    PlanPutOff,
    PlanReminded,
    PlanShown,
)

State = Literal["waits", "allowed", "put off", "done", "gone"]
FRESH: Final = timedelta(minutes=10)
"""How long what somebody just did themselves explains that they rise."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A plan as it is shown. `by` answered last, by `cause`; `left` is what was not done."""

    mark: str
    fingerprint: str
    place: RoomKey | None
    asked: tuple[UserId, ...]
    parts: tuple[RoomPart, ...]
    concerns: tuple[Concern, ...]
    since: datetime
    state: State = "waits"
    by: UserId | None = None
    cause: str = ""
    reminded: bool = False
    left: tuple[RoomPart, ...] = ()


@dataclass(frozen=True, slots=True)
class Plans:
    """What waits, if anything does. `changed`: when the charter last did."""

    version: int = 0
    shown: Shown | None = None
    changed: datetime | None = None


PLANS = Part("plans", Plans())


def evolve(hall: Hall, recorded: Recorded) -> Hall:
    """Fold one record."""
    plans = PLANS.of(hall)
    if isinstance(recorded.fact, CharterChanged):
        return PLANS.put(hall, replace(plans, changed=recorded.at))
    if recorded.stream != stream_of(hall):
        return hall
    shown = _changed(plans.shown, recorded)
    return PLANS.put(hall, replace(plans, version=recorded.version, shown=shown))


def touched(hall: Hall, recorded: Recorded) -> Iterable[RoomKey]:
    """Return the community's space after a yes: so that somebody looks."""
    return (ids.root(hall.key),) if isinstance(recorded.fact, PlanAllowed) else ()


def waiting(hall: Hall) -> Shown | None:
    """Return the plan that is shown and neither done nor gone."""
    return PLANS.of(hall).shown


def is_allowed(hall: Hall) -> bool:
    """Return whether a plan was allowed and is not done yet."""
    shown = waiting(hall)
    return shown is not None and shown.state == "allowed"


def waits_in(hall: Hall, key: RoomKey) -> RoomPart | None:
    """Return what of a plan that nobody allowed yet waits in this room."""
    shown = waiting(hall)
    if shown is None or shown.state == "allowed":
        return None
    return next((one for one in shown.parts if one.room == key), None)


def fresh(hall: Hall, now: datetime) -> frozenset[UserId]:
    """Return who stands or holds something since just now, after the charter last changed."""
    changed = PLANS.of(hall).changed
    groups = (hall.keyholders, *hall.standing.values(), *hall.hats.values(), *hall.leaves.values())
    return frozenset(
        person
        for people in groups
        for person, here in people.items()
        if now - here.since <= FRESH and (changed is None or here.since > changed)
    )


def stream_of(hall: Hall) -> Stream:
    """Return where a community's plans are written."""
    return Stream(f"{hall.key}/plans")


def writes(hall: Hall, *facts: Fact) -> tuple[Writing, ...]:
    """Return facts decided on what is known now; the first insists on it."""
    expected = PLANS.of(hall).version
    return tuple(Writing(stream_of(hall), fact, None if n else expected) for n, fact in enumerate(facts))


def _changed(shown: Shown | None, recorded: Recorded) -> Shown | None:
    match recorded.fact:
        case PlanShown() as fact:
            return Shown(
                fact.mark,
                fact.fingerprint,
                fact.place,
                fact.asked,
                fact.parts,
                fact.concerns,
                recorded.at,
            )
        case _ if shown is None or shown.mark != getattr(recorded.fact, "mark", None):
            return shown
        case PlanAllowed(by=by):
            return replace(shown, state="allowed", by=by, cause=recorded.cause)
        case PlanPutOff(by=by):
            return replace(shown, state="put off", by=by, cause=recorded.cause)
        case PlanAnswerTakenBack():
            return replace(shown, state="waits", by=None, cause="")
        case PlanReminded():
            return replace(shown, reminded=True)
        case PlanDone() | PlanGone():
            return None
        case _:
            return shown
