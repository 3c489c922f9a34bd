"""Says which rooms are open to guests, and in which of them they could read what was said before. Pure."""

from collections.abc import Iterator

from crewhall.door import Ailment, Hall, Place, RoomKey, RoomLink, RungKey, Sentence, ids, ladder


def rung_for_guests(hall: Hall) -> str:
    """Return the rung that guests are let on to, empty for the community's space only."""
    key = hall.charter.sisters.guests_to
    return key if ladder.rung_of(hall, key) is not None else ""


def opened(hall: Hall, rung: str) -> Iterator[tuple[RoomKey, Place]]:
    """Yield the rooms that a guest can go into from the spaces they are asked into.

    A room of one rung is open to whoever stands on a deeper one, too.
    """
    yield from ((ids.place(hall.key, place.key), place) for place in hall.charter.places)
    keys = ladder.keys(hall)
    reach = keys.index(RungKey(rung)) + 1 if rung in keys else 0
    for step in hall.charter.rungs[:reach]:
        key = RungKey(step.key)
        yield from ((ids.rung_room(hall.key, key, room.key), room) for room in step.rooms)


def tells_earlier(hall: Hall, rung: str) -> tuple[RoomLink, ...]:
    """Return those of them in which guests could read what was said before they came."""
    return tuple(RoomLink(key, place.name) for key, place in opened(hall, rung) if place.history != "joined")


def open_history(hall: Hall) -> Ailment | None:
    """Return that guests could read earlier words, and how that is closed; None if they cannot."""
    rooms = tells_earlier(hall, rung_for_guests(hall))
    if not rooms:
        return None
    line = f"!charter set {'; '.join(f'{_clause(link.key)} to joined' for link in rooms)}"
    what = Sentence("guests-read-earlier", {"community": hall.charter.name, "rooms": rooms})
    return Ailment(what, Sentence("guests-read-earlier-do", {"line": line}))


def beware(hall: Hall) -> tuple[Sentence, ...]:
    """Return the same for those who decide whether guests are let in; nothing if it is not so."""
    found = open_history(hall)
    return () if found is None else (found.what, found.remedy)


def _clause(key: RoomKey) -> str:
    """Return where the charter says what newcomers can read in one of these rooms."""
    _, kind, *rest = key.split("/")
    rung, room = (rest[0], rest[1]) if kind == "rung" else ("", rest[0])
    return f"rungs.{rung}.rooms.{room}.history" if rung else f"places.{room}.history"
