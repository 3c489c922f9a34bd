"""Decides what is asked about changes by hand, and what an answer means; each question is asked once."""

from collections.abc import Iterable

from crewhall.ground.container import asked as asked_of
from crewhall.ground.container import container, entitled, not_yours
from crewhall.ground.drift import Found, How
from crewhall.ground.facts import Fact, Recorded, Writing
from crewhall.ground.hall import Hall
from crewhall.ground.ids import RoomKey
from crewhall.ground.talk import Answer, Asked, Decision, Say, ToPerson
from crewhall.life.drift.cards import ASK, BACK, tell
from crewhall.life.drift.facts import DriftAsked, DriftGone, DriftRestored, DriftSettled, DriftUnsettled
from crewhall.life.drift.fold import DRIFTS, stream_of, writes


def met(hall: Hall, room: RoomKey, found: Iterable[Found]) -> Decision | None:
    """Return what follows from a look at one room: questions asked, and those that are no longer so."""
    drifts = DRIFTS.of(hall)
    facts: list[Fact] = []
    says: list[Say] = []
    by_kind = {one.kind: one for one in found}
    for (where, kind), asked in sorted(drifts.open.items()):
        one = by_kind.get(kind)
        if where == room and (one is None or one.verdict != "ask" or one.digest != asked.digest):
            facts.append(DriftGone(asked.mark))
            says += tell(hall, asked, "gone")
    for kind, one in sorted(by_kind.items()):
        stands, said = drifts.open.get((room, kind)), drifts.said.get((room, kind))
        unread = stands is None or stands.digest != one.digest or stands.place in hall.sealed
        if one.verdict == "ask" and unread:
            question = _question(hall, room, one)
            facts.append(question)
            says += tell(hall, question, "open", must=True)
        elif _is_a_tools(hall, one) and one.by is not None and (said is None or said.digest != one.digest):
            facts.append(DriftSettled("", room, kind, one.digest, "leave", one.by))
    return Decision(facts=writes(hall, *facts), says=tuple(says)) if facts else None


def restored(hall: Hall, room: RoomKey, found: Iterable[Found]) -> tuple[Writing, ...]:
    """Return what is written down once these were put back."""
    facts = (DriftRestored(room, one.kind, one.digest, one.by) for one in found if one.by is not None)
    return tuple(Writing(stream_of(hall), fact) for fact in facts)


def answer(hall: Hall, reacted: Answer) -> Decision | None:
    """Take a reaction to the card."""
    mark = reacted.card.subject.rpartition("/")[2]
    asked = next((one for one in DRIFTS.of(hall).open.values() if one.mark == mark), None)
    if reacted.card.kind != ASK or asked is None:
        return None
    if not entitled(hall, reacted.person):
        return Decision(says=(Say(ToPerson(reacted.person), not_yours(hall)),))
    how: How = "restore" if reacted.choice[:1] == BACK[:1] else "leave"
    fact = DriftSettled(asked.mark, asked.room, asked.kind, asked.digest, how, reacted.person)
    return Decision(facts=writes(hall, fact), says=tell(hall, asked, how, reacted.person))


def withdraw(hall: Hall, taken_back: Recorded, _asked: Asked) -> Decision | None:
    """Take an answer back; what was put back by it stays so."""
    if taken_back.stream != stream_of(hall):
        return None
    match taken_back.fact:
        case DriftSettled(mark=mark, room=room, kind=kind, by=by) if mark:
            said = DRIFTS.of(hall).said.get((room, kind))
            if said is None or said.asked is None or said.cause != taken_back.cause:
                return None
            return Decision(facts=writes(hall, DriftUnsettled(mark, by)), says=tell(hall, said.asked, "open"))
        case _:
            return None


def _question(hall: Hall, room: RoomKey, found: Found) -> DriftAsked:
    place = container(hall)
    return DriftAsked(
        mark=f"{found.digest[:8]}-{DRIFTS.of(hall).version}",
        room=room,
        kind=found.kind,
        digest=found.digest,
        by=found.by,
        levels=found.levels,
        people=found.people,
        place=place,
        asked=() if place is not None else asked_of(hall),
    )


def _is_a_tools(hall: Hall, found: Found) -> bool:
    """Return whether a tool made a change that the charter would not leave otherwise: to be remembered."""
    drift = hall.charter.drift
    policy = {"powers": drift.powers, "doors": drift.doors, "people": drift.people}[found.kind]
    return policy != "respect" and found.by in drift.tools
