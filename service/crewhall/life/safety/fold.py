"""Folds removals and pauses. Trusts what is recorded: deciding was done before."""

from collections.abc import Iterable
from dataclasses import replace

from crewhall.ground.facts import Recorded
from crewhall.ground.hall import Hall, Presence
from crewhall.ground.ids import RoomKey
from crewhall.ground.worn import every
from crewhall.life.safety.doors import before, given_back, let_in, shut
from crewhall.life.safety.facts import (
    PauseAsked,
    Paused,
    PauseEnded,
    PauseExplained,
    PauseKept,
    PauseReviewAsked,
    PauseUnasked,
    ReadmitAsked,
    Readmitted,
    ReadmitUnasked,
    RemovalAnswered,
    RemovalAsked,
    RemovalRefused,
    RemovalSaid,
    RemovalUnsaid,
    RemovalWithdrawn,
    Removed,
)
from crewhall.life.safety.questions import (
    SAFETY,
    Out,
    Pause,
    Removal,
    Safety,
    removal_begun,
    running_about,
    second_begun,
    stream_of,
)


def evolve(hall: Hall, recorded: Recorded) -> Hall:
    """Fold one record; whatever it was, who is shut out stays out. A crew's records open nobody's doors."""
    if recorded.stream == stream_of(hall):
        safety = replace(SAFETY.of(hall), version=recorded.version)
        hall = _doors(SAFETY.put(hall, _evolved(safety, recorded)), recorded)
    if hall.shut_out and not recorded.stream.startswith(f"{hall.key}/crew/"):
        for person, here in hall.shut_out.items():
            hall = shut(hall, person, here)
    return hall


def touched(hall: Hall, recorded: Recorded) -> Iterable[RoomKey]:
    """Return all the community's rooms when doors close or open."""
    if recorded.stream != stream_of(hall):
        return ()
    match recorded.fact:
        case Paused() | PauseEnded() | Removed() | Readmitted():
            return every(hall)
        case _:
            return ()


def _evolved(safety: Safety, recorded: Recorded) -> Safety:
    match recorded.fact:
        case RemovalAsked() as fact:
            return _kept(safety, removal_begun(fact, recorded.at))
        case PauseAsked() | ReadmitAsked() as fact:
            return replace(safety, seconds=safety.seconds.set(fact.mark, second_begun(fact)))
        case PauseUnasked(mark=mark) | ReadmitUnasked(mark=mark) | Readmitted(mark=mark) | Paused(mark=mark):
            return _answered(safety, mark)
        case _:
            mark = getattr(recorded.fact, "mark", "")
            if (removal := safety.removals.get(mark)) is not None:
                return _kept(safety, _changed(removal, recorded))
            if (pause := safety.pauses.get(mark)) is not None:
                return _paused(safety, _reviewed(pause, recorded))
            return safety


def _doors(hall: Hall, recorded: Recorded) -> Hall:
    here = Presence(recorded.at, recorded.cause)
    safety = SAFETY.of(hall)
    match recorded.fact:
        case Paused(mark=mark, person=person, by=by, until=until, review=review, rungs=rungs):
            pause = Pause(mark, person, by, here, until, review, rungs, before(hall, person))
            hall = SAFETY.put(hall, _paused(safety, pause))
            return replace(hall, shut_out=hall.shut_out.set(person, here))
        case PauseEnded(mark=mark, person=person) if person not in safety.out:
            hall = replace(hall, shut_out=hall.shut_out.delete(person))
            return given_back(hall, safety.pauses[mark], here)
        case Removed(person=person, yes=yes, asked=asked):
            pause_ = running_about(hall, person)
            if pause_ is not None:
                safety = _paused(safety, replace(pause_, ended=recorded.at))
            safety = replace(safety, out=safety.out.set(person, Out(here, yes, asked)))
            return SAFETY.put(replace(hall, shut_out=hall.shut_out.set(person, here)), safety)
        case Readmitted(person=person):
            safety = replace(safety, out=safety.out.delete(person))
            hall = SAFETY.put(replace(hall, shut_out=hall.shut_out.delete(person)), safety)
            return let_in(hall, person, here)
        case _:
            return hall


def _changed(removal: Removal, recorded: Recorded) -> Removal:
    match recorded.fact:
        case RemovalSaid(by=by, word=word):
            return replace(removal, round=removal.round.says(by, word, recorded.cause))
        case RemovalUnsaid(by=by):
            return replace(removal, round=removal.round.takes_back(by))
        case RemovalAnswered():
            return replace(removal, answers=removal.answers + 1)
        case RemovalWithdrawn():
            return replace(removal, state="withdrawn", ended=recorded.at)
        case RemovalRefused():
            return replace(removal, state="failed", ended=recorded.at)
        case Removed():
            return replace(removal, state="passed", ended=recorded.at)
        case _:
            return removal


def _reviewed(pause: Pause, recorded: Recorded) -> Pause:
    match recorded.fact:
        case PauseExplained():
            return replace(pause, told=True)
        case PauseReviewAsked(asked=asked):
            return replace(pause, reviewed=asked)
        case PauseKept(by=by):
            return replace(pause, kept=pause.kept | {by})
        case PauseEnded():
            return replace(pause, ended=recorded.at)
        case _:
            return pause


def _kept(safety: Safety, removal: Removal) -> Safety:
    mark = removal.mark
    return replace(
        safety,
        removals=safety.removals.set(mark, removal),
        removal_of=safety.removal_of.set(removal.person, mark),
        open=safety.open | {mark} if removal.state == "open" else safety.open - {mark},
    )


def _paused(safety: Safety, pause: Pause) -> Safety:
    mark = pause.mark
    return replace(
        safety,
        pauses=safety.pauses.set(mark, pause),
        pause_of=safety.pause_of.set(pause.person, mark),
        running=safety.running | {mark} if pause.ended is None else safety.running - {mark},
    )


def _answered(safety: Safety, mark: str) -> Safety:
    return replace(safety, seconds=safety.seconds.delete(mark)) if mark in safety.seconds else safety
