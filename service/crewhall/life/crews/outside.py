"""What the links to sisters may know of a crew: who is in it, how many seats are free, how it admits."""

from dataclasses import dataclass

from crewhall.ground.hall import Hall
from crewhall.ground.ids import RoomKey, UserId
from crewhall.ground.talk import Asked, Refusal
from crewhall.life.crews.crew import Crew, crew_at
from crewhall.life.crews.seats import free, meant


@dataclass(frozen=True, slots=True)
class Circle:
    """A crew as it stands. `private`: the keeper cannot read or write in its room."""

    room: RoomKey
    name: str
    members: frozenset[UserId]
    free: int
    private: bool


def circle_at(hall: Hall, room: RoomKey) -> Circle | None:
    """Return the living crew whose room this is."""
    crew = crew_at(hall, room)
    return _circle(hall, crew) if crew is not None and crew.ended is None else None


def circle_meant(hall: Hall, asked: Asked, words: tuple[str, ...]) -> Circle | Refusal:
    """Return the crew that somebody means: the named one, the room's, or their only one."""
    crew = meant(hall, asked, words)
    return crew if isinstance(crew, Refusal) else _circle(hall, crew)


def _circle(hall: Hall, crew: Crew) -> Circle:
    return Circle(
        crew.room, crew.name, crew.members, max(free(hall, crew), 0), crew.private or crew.room in hall.sealed
    )
