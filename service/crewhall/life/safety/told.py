"""Tells a person, and only them, why the community's doors are closed to them, or that this is asked."""

from collections.abc import Iterable

from crewhall.ground.hall import Hall
from crewhall.ground.ids import RoomKey, UserId
from crewhall.ground.talk import PersonLink, Sentence
from crewhall.ground.worn import every
from crewhall.life.safety.questions import SAFETY, open_about, running_about


def me(hall: Hall, person: UserId) -> Iterable[Sentence]:
    """Return why doors are closed to `person`, since when and until when, and what is asked about them."""
    yield from _closed(hall, person)
    removal = open_about(hall, person)
    if removal is not None:
        yield Sentence(
            "me-removal-asked",
            {
                "by": PersonLink(removal.by),
                "community": hall.charter.name,
                "count": len(removal.round.entitled),
                "needed": removal.round.needed,
                "until": removal.round.closes,
            },
        )


def why(hall: Hall, person: UserId, place: RoomKey) -> Iterable[Sentence]:
    """Return why one of the community's doors is closed to `person`; a crew's are its own."""
    return _closed(hall, person) if place in every(hall) else ()


def _closed(hall: Hall, person: UserId) -> Iterable[Sentence]:
    out, pause = SAFETY.of(hall).out.get(person), running_about(hall, person)
    name = hall.charter.name
    if out is not None:
        yield Sentence(
            "me-removed",
            {"community": name, "since": out.here.since, "yes": out.yes, "count": out.asked},
        )
    elif pause is not None:
        people = tuple(PersonLink(one) for one in pause.by)
        yield Sentence(
            "me-paused",
            {"community": name, "since": pause.here.since, "until": pause.until, "people": people},
        )
