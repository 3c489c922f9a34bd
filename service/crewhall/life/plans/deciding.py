"""Decides what is shown, who may say yes, and what comes of it: one open plan a community, asked once."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from crewhall.ground.container import asked as asked_of
from crewhall.ground.container import container, entitled, not_yours
from crewhall.ground.effects import RoomPart
from crewhall.ground.facts import Recorded
from crewhall.ground.guard import Concern
from crewhall.ground.hall import Hall
from crewhall.ground.talk import (
    Answer,
    Arguments,
    Asked,
    Decision,
    Outcome,
    Refusal,
    Reply,
    Say,
    Sentence,
    ToPerson,
)
from crewhall.life.plans.cards import ASK, LATER, YES, remind, tell, words
from crewhall.life.plans.facts import (
    PlanAllowed,
    PlanAnswerTakenBack,
    PlanDone,
    PlanGone,
    PlanPutOff,
    PlanReminded,
    PlanShown,
)
from crewhall.life.plans.shown import (
    PLANS,
    Shown,
    stream_of,
    waiting,
    writes,
)

USAGE = "!plans"
REMIND: Final = timedelta(days=3)
"""After how long silence is broken, once."""


def show(
    hall: Hall,
    fingerprint: str,
    parts: tuple[RoomPart, ...],
    concerns: tuple[Concern, ...],
    now: datetime,
) -> Decision:
    """Show a plan, in place of the one that was shown."""
    place = container(hall)
    mark = f"{fingerprint}-{PLANS.of(hall).version}"
    fact = PlanShown(mark, fingerprint, place, () if place else asked_of(hall), parts, concerns)
    new = Shown(mark, fingerprint, fact.place, fact.asked, parts, concerns, now)
    old = waiting(hall)
    facts = (PlanGone(old.mark), fact) if old is not None else (fact,)
    says = tell(hall, replace(old, state="gone")) if old is not None else ()
    return Decision(facts=writes(hall, *facts), says=(*says, *tell(hall, new, must=True)))


def close(hall: Hall, mark: str, left: tuple[RoomPart, ...]) -> Decision | None:
    """Turn the card into a receipt, or say that it is no longer so if nobody had said yes."""
    shown = waiting(hall)
    if shown is None or shown.mark != mark:
        return None
    if shown.state == "allowed":
        done = replace(shown, state="done", left=left)
        return Decision(facts=writes(hall, PlanDone(mark, left)), says=tell(hall, done))
    return Decision(facts=writes(hall, PlanGone(mark)), says=tell(hall, replace(shown, state="gone")))


def answer(hall: Hall, reacted: Answer) -> Decision | None:
    """Take a reaction to the card."""
    shown = waiting(hall)
    if reacted.card.kind != ASK or shown is None or not reacted.card.subject.endswith(f"/{shown.mark}"):
        return None
    if not entitled(hall, reacted.person):
        return Decision(says=(Say(ToPerson(reacted.person), not_yours(hall)),))
    if shown.state == "allowed":
        return None
    if reacted.choice == YES:
        new = replace(shown, state="allowed", by=reacted.person)
        return Decision(facts=writes(hall, PlanAllowed(shown.mark, reacted.person)), says=tell(hall, new))
    if reacted.choice == LATER and shown.state != "put off":
        new = replace(shown, state="put off", by=reacted.person)
        return Decision(facts=writes(hall, PlanPutOff(shown.mark, reacted.person)), says=tell(hall, new))
    return None


def withdraw(hall: Hall, taken_back: Recorded, _asked: Asked) -> Decision | None:
    """Take an answer back, as long as it was not carried out."""
    shown = waiting(hall)
    if taken_back.stream != stream_of(hall) or shown is None or shown.cause != taken_back.cause:
        return None
    match taken_back.fact:
        case PlanAllowed(mark=mark, by=by) | PlanPutOff(mark=mark, by=by) if mark == shown.mark:
            new = replace(shown, state="waits", by=None)
            return Decision(facts=writes(hall, PlanAnswerTakenBack(mark, by)), says=tell(hall, new))
        case _:
            return None


def due(hall: Hall, now: datetime) -> Iterable[tuple[str, Decision]]:
    """Return the one reminder of a plan that nobody answered."""
    shown = waiting(hall)
    if shown is None or shown.state != "waits" or shown.reminded or now < shown.since + REMIND:
        return
    facts = writes(hall, PlanReminded(shown.mark))
    yield f"plan:reminded:{hall.key}:{shown.mark}", Decision(facts=facts, says=remind(hall, shown))


def plans(hall: Hall, asked: Asked, _given: Arguments) -> Outcome:
    """Tell what waits."""
    if not entitled(hall, asked.person):
        return Refusal(not_yours(hall))
    shown = waiting(hall)
    if shown is None:
        return Decision(says=(Say(Reply(), Sentence("plans-none", {"community": hall.charter.name})),))
    to = Reply() if asked.place is None or asked.place == shown.place else ToPerson(asked.person)
    return Decision(says=(Say(to, words(hall, shown)),), ack="✅")
