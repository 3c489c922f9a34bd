"""Folds how deep a crew is, and who therefore has which leaf open in the community."""

from dataclasses import replace

from immutables import Map

from crewhall.ground.facts import Recorded
from crewhall.ground.hall import Hall, Presence
from crewhall.ground.ids import UserId
from crewhall.ground.worn import with_leaf
from crewhall.life.crews.crew import CREWS, Crew, Leaf, Question
from crewhall.life.crews.facts import (
    CrewEnded,
    LeafAgreed,
    LeafAsked,
    LeafClosed,
    LeafLapsed,
    LeafOpened,
    LeafRoomLeft,
    LeafRoomsWanted,
    SeatDeclined,
    SeatLeft,
    SeatTaken,
)

_NOBODY: frozenset[UserId] = frozenset()
SPACE = "space"
"""The end of the key of a crew's own space."""


def deepened(hall: Hall, crew: Crew, recorded: Recorded) -> Crew:
    """Return the crew after a record, as far as its leaves go; who has which seat is folded before."""
    match recorded.fact:
        case SeatTaken():
            asked = {crew.question.leaf} if crew.question is not None else set()
            crew = replace(crew, again=crew.again | crew.opened | asked, question=_unanswered(crew.question))
            return _shut(crew, crew.opened, recorded)
        case SeatLeft(person=person) | SeatDeclined(person=person):
            return _without(crew, person)
        case CrewEnded():
            return replace(crew, question=None, again=frozenset())
        case LeafRoomLeft(room=room, person=person):
            return replace(crew, away=crew.away.set(room, crew.away.get(room, _NOBODY) | {person}))
        case LeafRoomsWanted(leaf=leaf, person=person):
            return _back(crew, leaf, {person})
        case _:
            return _question_changed(hall, crew, recorded)


def rechartered(hall: Hall, recorded: Recorded) -> Hall:
    """Return the hall under a new charter: what is no leaf any more is open nowhere."""
    crews = CREWS.of(hall)
    for key in crews.deep:
        crew = before = crews.all[key]
        crew = _shut(crew, crew.opened - _leaves(hall), recorded)
        crew = replace(crew, again=crew.again & _leaves(hall))
        for name in crew.opened:
            leaf = crew.leaves[name]
            leaf = replace(leaf, rooms=leaf.rooms | _rooms(hall, name))
            crew = replace(crew, leaves=crew.leaves.set(name, leaf))
        crews = replace(crews, all=crews.all.set(key, crew))
        hall = followed(CREWS.put(hall, crews), before, crew, recorded)
    return hall


def followed(hall: Hall, before: Crew | None, after: Crew, recorded: Recorded) -> Hall:
    """Return the hall in which everybody has just the leaves that a crew of theirs has open."""
    here = Presence(recorded.at, recorded.cause)
    opened, open_now = _counting(before), _counting(after)
    for leaf in sorted(opened | open_now):
        was = before.members if before is not None and leaf in opened else _NOBODY
        now = after.members if leaf in open_now else _NOBODY
        if was == now:
            continue
        people = hall.leaves.get(leaf, Map())
        for person in was ^ now:
            if not _has(hall, person, leaf):
                people = people.delete(person) if person in people else people
            elif person not in people:
                people = people.set(person, here)
        hall = with_leaf(hall, leaf, people, here)
    return hall


def _question_changed(hall: Hall, crew: Crew, recorded: Recorded) -> Crew:
    at, cause, question = recorded.at, recorded.cause, crew.question
    match recorded.fact:
        case LeafAsked(leaf=leaf, by=by, until=until):
            return replace(crew, question=Question(leaf, by, at, until, cause))
        case LeafAgreed(leaf=leaf, person=person, yes=yes) if question is not None and question.leaf == leaf:
            question = _without_yes(question, person)
            given = question.yes.set(person, cause) if yes else question.yes
            return replace(crew, question=replace(question, yes=given))
        case LeafOpened(leaf=leaf):
            had = crew.leaves[leaf].rooms if leaf in crew.leaves else frozenset()
            opened = Leaf(
                open=True, people=crew.members, rooms=had | _rooms(hall, leaf), since=at, cause=cause
            )
            crew = replace(
                crew, leaves=crew.leaves.set(leaf, opened), question=None, again=crew.again - {leaf}
            )
            return _back(crew, leaf, crew.members)
        case LeafClosed(leaf=leaf, by=by):
            kept = question if question is not None and question.leaf != leaf else None
            crew = replace(crew, question=kept, again=crew.again - {leaf})
            return _shut(crew, frozenset({leaf}), recorded, by)
        case LeafLapsed():
            return replace(crew, question=None, again=frozenset())
        case _:
            return crew


def _shut(crew: Crew, leaves: frozenset[str], recorded: Recorded, by: UserId | None = None) -> Crew:
    for key in leaves & frozenset(crew.leaves):
        leaf = replace(crew.leaves[key], open=False, since=recorded.at, cause=recorded.cause, by=by)
        crew = replace(crew, leaves=crew.leaves.set(key, leaf))
    return crew


def _unanswered(question: Question | None) -> Question | None:
    """Return the question as if nobody had answered: a yes was given to those who were there."""
    return replace(question, yes=Map()) if question is not None else None


def _without_yes(question: Question, person: UserId) -> Question:
    return replace(question, yes=question.yes.delete(person)) if person in question.yes else question


def _without(crew: Crew, person: UserId) -> Crew:
    question, leaves, away = crew.question, crew.leaves, crew.away
    if question is not None:
        question = _without_yes(question, person)
    for key, leaf in crew.leaves.items():
        leaves = leaves.set(key, replace(leaf, people=leaf.people - {person}))
    for room, people in crew.away.items():
        away = away.set(room, people - {person})
    return replace(crew, question=question, leaves=leaves, away=away)


def _back(crew: Crew, leaf: str, people: frozenset[UserId] | set[UserId]) -> Crew:
    away = crew.away
    for room, gone in crew.away.items():
        if room == SPACE or room.startswith(f"{leaf}/"):
            away = away.set(room, gone - people)
    return replace(crew, away=away)


def _counting(crew: Crew | None) -> frozenset[str]:
    """Return the leaves by which a crew's members have rights: none once it has ended."""
    return crew.opened if crew is not None and crew.ended is None else frozenset()


def _has(hall: Hall, person: UserId, leaf: str) -> bool:
    crews = CREWS.of(hall)
    mine = (crews.all[key] for key in crews.of.get(person, ()))
    return any(person in crew.seats and leaf in crew.opened for crew in mine)


def _leaves(hall: Hall) -> frozenset[str]:
    return frozenset(leaf.key for leaf in hall.charter.crews.leaves)


def _rooms(hall: Hall, key: str) -> frozenset[str]:
    return frozenset(room.key for leaf in hall.charter.crews.leaves if leaf.key == key for room in leaf.rooms)
