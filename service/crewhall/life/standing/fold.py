"""Folds standing: who is in the community's space and on which rung, and who has gone out again."""

from collections.abc import Iterable
from dataclasses import replace

from immutables import Map

from crewhall.ground import ids
from crewhall.ground.facts import Recorded
from crewhall.ground.hall import ANYONE, Hall, Part, Presence
from crewhall.ground.ids import RoomKey, RungKey, UserId
from crewhall.ground.ladder import answered, departed, keys, rooms_of
from crewhall.ground.worn import of_leaf
from crewhall.life.standing.facts import Arrived, Departed, LeftRung, Stood

_NOTHING: frozenset[str] = frozenset()
_HEARD: Part[Map[UserId, frozenset[str]]] = Part("standing", Map())


def heard(hall: Hall, person: UserId, cause: str) -> bool:
    """Return whether this gesture has been recorded: told again, it means nothing new."""
    return cause in _HEARD.of(hall).get(person, _NOTHING)


def evolve(hall: Hall, recorded: Recorded) -> Hall:
    """Fold one record."""
    here = Presence(recorded.at, recorded.cause)
    match recorded.fact:
        case Arrived(person=person):
            hall = replace(hall, inside=hall.inside.set(person, here), left=_without(hall.left, person))
            hall = answered(hall, ANYONE, person)
        case Departed(person=person):
            hall = replace(hall, inside=_without(hall.inside, person), left=hall.left.set(person, here))
            hall = departed(hall, person, here)
        case Stood(rung=rung, person=person):
            hall = replace(
                answered(hall, rung, person),
                standing=hall.standing.set(rung, _at(hall.standing, rung).set(person, here)),
                stepped_down=hall.stepped_down.set(rung, _without(_at(hall.stepped_down, rung), person)),
            )
        case LeftRung(rung=rung, person=person):
            hall = replace(
                answered(hall, rung, person),
                standing=hall.standing.set(rung, _without(_at(hall.standing, rung), person)),
                stepped_down=hall.stepped_down.set(rung, _at(hall.stepped_down, rung).set(person, here)),
            )
        case _:
            return hall
    causes = _HEARD.of(hall)
    return _HEARD.put(hall, causes.set(person, causes.get(person, _NOTHING) | {recorded.cause}))


def touched(hall: Hall, recorded: Recorded) -> Iterable[RoomKey]:
    """Return the rooms in which the change of standing may mean another level or an open door closed."""
    match recorded.fact:
        case Arrived(person=person):
            for leaf, people in hall.leaves.items():
                if person in people:  # what it allows is theirs again
                    yield from of_leaf(hall, leaf)
        case Departed(person=person):
            yield ids.root(hall.key)
            yield from (
                ids.rung(hall.key, key) for key in keys(hall) if person in hall.unwelcome.get(key, ())
            )
            yield from (ids.place(hall.key, place.key) for place in hall.charter.places)
            yield ids.crews_space(hall.key)
        case Stood(rung=rung) | LeftRung(rung=rung):
            yield from rooms_of(hall, rung, down=isinstance(recorded.fact, LeftRung))
        case _:
            return


def _at(rungs: Map[RungKey, Map[UserId, Presence]], rung: RungKey) -> Map[UserId, Presence]:
    return rungs.get(rung, Map())


def _without(people: Map[UserId, Presence], person: UserId) -> Map[UserId, Presence]:
    return people.delete(person) if person in people else people
