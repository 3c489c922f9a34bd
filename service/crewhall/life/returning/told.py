"""What people are told of standing that holds on from another hall, and which rooms it concerns."""

from collections.abc import Iterable

from crewhall.ground import ids
from crewhall.ground.facts import Recorded
from crewhall.ground.hall import Hall
from crewhall.ground.ids import RoomKey, UserId
from crewhall.ground.ladder import called, keys, rung_at, space_of, stands
from crewhall.ground.talk import Sentence
from crewhall.life.returning.facts import AskedBack, TableAgreed
from crewhall.life.returning.table import RETURNING, stream_of


def me(hall: Hall, person: UserId) -> Iterable[Sentence]:
    """Return where somebody stands, or is asked back, by the table."""
    known = RETURNING.of(hall)
    for rung in keys(hall):
        here = stands(hall, person, rung)
        if here is not None and known.came.get((rung, person)) == here.since:
            yield Sentence("returning-consent", {"rung": called(hall, rung), "community": hall.charter.name})
        elif (rung, person) in known.asked:
            yield Sentence("returning-waits", {"rung": called(hall, rung), "community": hall.charter.name})


def why(hall: Hall, person: UserId, place: RoomKey) -> Iterable[Sentence]:
    """Return the same of the rung whose space this is."""
    rung = rung_at(hall, place)
    here = stands(hall, person, rung) if rung is not None else None
    if rung is not None and here is not None and RETURNING.of(hall).came.get((rung, person)) == here.since:
        yield Sentence("returning-consent", {"rung": called(hall, rung), "community": hall.charter.name})


def touched(hall: Hall, recorded: Recorded) -> Iterable[RoomKey]:
    """Return the spaces into which somebody is to be invited."""
    if recorded.stream != stream_of(hall):
        return
    match recorded.fact:
        case TableAgreed():
            yield ids.root(hall.key)
        case AskedBack(rungs=rungs):
            yield from (space_of(hall, rung) for rung, _ in rungs)
        case _:
            return
