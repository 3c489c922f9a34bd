"""Reads what people do about these matters: reactions, and words taken back."""

from crewhall.ground.facts import Recorded
from crewhall.ground.hall import Hall
from crewhall.ground.talk import Answer, Asked, Decision
from crewhall.life.safety import pausing, readmitting, reviewing
from crewhall.life.safety.cards import REMOVAL
from crewhall.life.safety.facts import PauseAsked, ReadmitAsked, RemovalAsked, RemovalSaid
from crewhall.life.safety.questions import SAFETY, stream_of
from crewhall.life.safety.removing import withdrawn
from crewhall.life.safety.saying import said, unsaid


def answer(hall: Hall, reacted: Answer) -> Decision | None:
    """Take a reaction to one of the cards."""
    mark = reacted.card.subject.rpartition("/")[2]
    match reacted.card.kind:
        case kind if kind == REMOVAL:
            return said(hall, reacted, mark)
        case pausing.CONFIRM:
            return pausing.confirmed(hall, reacted, mark)
        case reviewing.REVIEW:
            return reviewing.reviewed(hall, reacted, mark)
        case readmitting.CONFIRM:
            return readmitting.confirmed(hall, reacted, mark)
        case _:
            return None


def withdraw(hall: Hall, taken_back: Recorded, asked: Asked) -> Decision | None:
    """Take back what somebody asked or said, because they took back the words or the reaction."""
    if taken_back.stream != stream_of(hall):
        return None
    safety = SAFETY.of(hall)
    match taken_back.fact:
        case RemovalAsked(mark=mark, by=by) if mark in safety.open:
            return withdrawn(hall, safety.removals[mark], by)
        case RemovalSaid() as fact:
            return unsaid(hall, fact, taken_back.cause, asked.at)
        case PauseAsked(mark=mark, by=by) if mark in safety.seconds:
            return pausing.unasked(hall, safety.seconds[mark], by)
        case ReadmitAsked(mark=mark, by=by) if mark in safety.seconds:
            return readmitting.unasked(hall, safety.seconds[mark], by)
        case _:
            return None
