"""Folds what people were asked and said, and with it who rests. Trusts what is recorded."""

from dataclasses import replace

from immutables import Map

from crewhall.ground.facts import Recorded
from crewhall.ground.hall import Hall, Presence
from crewhall.ground.ids import UserId
from crewhall.ground.ladder import keys
from crewhall.life.seasons.facts import (
    RenewalAsked,
    Rested,
    SeasonAnswered,
    SeasonAsked,
    SeasonUnanswered,
)
from crewhall.life.seasons.pace import PACES, Pace, Paces, Said, pace_of, stream_of

_KEPT = 4
"""Words of a person that are remembered: enough to undo a slip."""
_RESTS = frozenset({"resting", "leaving"})


def evolve(hall: Hall, recorded: Recorded) -> Hall:
    """Fold one record; who goes out of the community, or comes in or on to a rung anew, rests no longer."""
    if recorded.stream != stream_of(hall):
        person = UserId(str(getattr(recorded.fact, "person", "")))
        return _anew(hall, person, recorded.cause) if person in hall.resting else hall
    paces, fact = PACES.of(hall), recorded.fact
    hall = PACES.put(hall, replace(paces, version=recorded.version))
    match fact:
        case RenewalAsked(person=person, nth=nth):
            return _kept(hall, person, _asked(pace_of(hall, person), recorded, first=nth == 1))
        case SeasonAsked(person=person, season=season, renews=renews):
            pace = replace(pace_of(hall, person), season=season, told=recorded.at)
            return _kept(hall, person, _asked(pace, recorded, first=True) if renews else pace)
        case SeasonAnswered(person=person, answer=answer):
            return _says(hall, person, Said(answer, recorded.at, recorded.cause))
        case Rested(person=person):
            hall = _kept(hall, person, replace(pace_of(hall, person), told=recorded.at))
            return _says(hall, person, Said("resting", recorded.at, recorded.cause, silent=True))
        case SeasonUnanswered(person=person, said=said):
            pace = pace_of(hall, person)
            left = tuple(word for word in pace.said if word.cause != said)
            return _rests(_kept(hall, person, replace(pace, said=left, unsaid=recorded.at)), person)
        case _:
            return hall


def _asked(pace: Pace, recorded: Recorded, *, first: bool) -> Pace:
    asks = (recorded.at,) if first else (*pace.asks, recorded.at)
    return replace(pace, asks=asks, told=recorded.at, unsaid=None)


def _says(hall: Hall, person: UserId, word: Said) -> Hall:
    pace = pace_of(hall, person)
    return _rests(_kept(hall, person, replace(pace, said=(*pace.said, word)[-_KEPT:])), person)


def _rests(hall: Hall, person: UserId) -> Hall:
    """Return the hall in which somebody rests if that is what they said last."""
    word = next(reversed(pace_of(hall, person).said), None)
    if word is not None and word.energy in _RESTS and person in hall.inside:
        return replace(hall, resting=hall.resting.set(person, Presence(word.at, word.cause)))
    return replace(hall, resting=hall.resting.delete(person)) if person in hall.resting else hall


def _anew(hall: Hall, person: UserId, cause: str) -> Hall:
    """Return the hall in which somebody's rest is over if they went out, or just came."""
    inside = hall.inside.get(person)
    here = (hall.standing.get(rung, Map()).get(person) for rung in keys(hall))
    if inside is not None and all(one is None or one.cause != cause for one in (inside, *here)):
        return hall
    hall = replace(hall, resting=hall.resting.delete(person))
    return _kept(hall, person, replace(pace_of(hall, person), said=()))


def _kept(hall: Hall, person: UserId, pace: Pace) -> Hall:
    paces = PACES.of(hall)
    return PACES.put(hall, Paces(paces.version, paces.of.set(person, pace)))
