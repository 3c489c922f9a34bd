"""Tells a crew's members how deep it is, and by whose consent; nobody else is told."""

from collections.abc import Iterable

from crewhall.ground.hall import Hall
from crewhall.ground.ids import RoomKey, UserId
from crewhall.ground.talk import PersonLink, Sentence
from crewhall.life.crews.crew import Crew, Leaf
from crewhall.life.crews.leaves import before, called, opened
from crewhall.life.crews.seats import link, persons


def depth(hall: Hall, crew: Crew) -> Iterable[Sentence]:
    """Return which leaves a crew has open, which are shut, and which is asked."""
    if keys := opened(hall, crew):
        names = tuple(called(hall, key) for key in keys)
        yield Sentence("me-crew-open", {"crew": link(crew), "leaves": names})
    shut = [
        leaf.key
        for leaf in hall.charter.crews.leaves
        if leaf.key in crew.leaves and leaf.key not in crew.opened
    ]
    if shut:
        names = tuple(called(hall, key) for key in shut)
        yield Sentence("me-crew-shut", {"crew": link(crew), "leaves": names})
    if (question := crew.question) is not None:
        yield Sentence(
            "me-crew-question",
            {
                "crew": link(crew),
                "leaf": called(hall, question.leaf),
                "yes": len(question.yes),
                "members": len(crew.seats),
                "until": question.until,
            },
        )


def why_leaf(hall: Hall, crew: Crew, person: UserId, place: RoomKey) -> Iterable[Sentence]:
    """Return why a member is in a room that a leaf opened, or not, and by whose consent it is open."""
    key = place.removeprefix(f"{crew.room}/").partition("/")[0]
    leaf = crew.leaves.get(key)
    if leaf is None or person not in crew.seats:
        return
    yield from _why(hall, crew, key, leaf)
    if person not in leaf.people:
        yield Sentence("why-leaf-not-yet", {"leaf": called(hall, key)})
    elif person in crew.away.get(place.removeprefix(f"{crew.room}/"), ()):
        yield Sentence("why-leaf-away", {"key": key})


def _why(hall: Hall, crew: Crew, key: str, leaf: Leaf) -> Iterable[Sentence]:
    name = called(hall, key)
    if leaf.open:
        people = persons(sorted(leaf.people))
        yield Sentence(
            "why-leaf-open", {"leaf": name, "crew": crew.name, "since": leaf.since, "people": people}
        )
    elif key not in (one.key for one in hall.charter.crews.leaves):
        yield Sentence("why-leaf-dropped", {"leaf": name, "since": leaf.since})
    elif leaf.by is not None:
        by = PersonLink(leaf.by)
        yield Sentence("why-leaf-closed", {"leaf": name, "person": by, "since": leaf.since, "key": key})
    elif crew.ended is None:
        yield Sentence("why-leaf-shut", {"leaf": name, "since": leaf.since, "key": key})
        if missing := tuple(called(hall, one) for one in before(hall, key) if one not in crew.opened):
            yield Sentence("why-leaf-earlier", {"leaf": name, "earlier": missing})
