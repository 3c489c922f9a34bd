"""Decides who has a say: who belongs to the group that the charter names, or did when a pause began.

A pause closes doors and takes nobody's voice: otherwise two could pause those who would say no.
"""

from dataclasses import replace

from crewhall.ground.groups import KEYHOLDERS, among, belongs
from crewhall.ground.hall import ANYONE, Hall
from crewhall.ground.ids import RungKey, UserId
from crewhall.ground.ladder import keys
from crewhall.ground.rounds import Round
from crewhall.ground.worn import KEYS
from crewhall.life.safety.questions import SAFETY, Pause, Removal, running_about


def voices(hall: Hall, key: str, person: UserId) -> tuple[UserId, ...]:
    """Return who has a say about `person`, in order of name."""
    running = (SAFETY.of(hall).pauses[mark] for mark in SAFETY.of(hall).running)
    paused = (pause.person for pause in running if _had(hall, pause, key))
    return tuple(sorted({*among(hall, key), *paused} - {person}))


def speaks(hall: Hall, person: UserId, key: str) -> bool:
    """Return whether somebody still belongs to those who have a say."""
    if belongs(hall, person, key):
        return True
    pause = running_about(hall, person)
    return pause is not None and _had(hall, pause, key)


def counted(hall: Hall, removal: Removal) -> Round:
    """Return the round without the words of those who have left; what is needed stays."""
    round_ = removal.round
    for person in removal.round.entitled:
        if not speaks(hall, person, removal.of):
            round_ = round_.without(person)
    return replace(round_, entitled=removal.round.entitled)


def _had(hall: Hall, pause: Pause, key: str) -> bool:
    if key == KEYHOLDERS:
        return KEYS in pause.before.hats
    if key in (hat.key for hat in hall.charter.hats):
        return key in pause.before.hats
    if key == ANYONE:
        return ANYONE in pause.before.spaces
    ladder = keys(hall)
    beyond = ladder[ladder.index(RungKey(key)) :] if key in ladder else ()
    return any(rung in pause.before.spaces for rung in beyond)
