"""Groups that a charter names: ``anyone`` in the community, ``keyholders``, a rung and deeper, or a hat."""

from crewhall.ground.hall import ANYONE, Hall
from crewhall.ground.ids import UserId
from crewhall.ground.ladder import called, keys
from crewhall.ground.talk import Sentence, Value

KEYHOLDERS = "keyholders"


def among(hall: Hall, key: str) -> tuple[UserId, ...]:
    """Return who belongs to a group that the charter names, in order of name."""
    if key == KEYHOLDERS:
        return tuple(sorted(hall.keyholders))
    if key in (hat.key for hat in hall.charter.hats):
        return tuple(sorted(hall.hats.get(key, ())))
    if key == ANYONE:
        return tuple(sorted(person for person in hall.inside if person not in hall.guests))
    people = {person for rung in keys(hall) for person in hall.standing.get(rung, ())}
    people -= set(hall.guests)
    return tuple(sorted(person for person in people if person in hall.inside and hall.reaches(person, key)))


def awake(hall: Hall, key: str) -> tuple[UserId, ...]:
    """Return who of a group can be asked: not those who rest, nor those to whom the doors are closed."""
    return tuple(p for p in among(hall, key) if p not in hall.resting and p not in hall.shut_out)


def belongs(hall: Hall, person: UserId, key: str) -> bool:
    """Return whether somebody belongs to such a group."""
    if key == KEYHOLDERS:
        return person in hall.keyholders
    if key in (hat.key for hat in hall.charter.hats):
        return person in hall.hats.get(key, ())
    if person in hall.guests:
        return False
    return person in hall.inside and hall.reaches(person, key)


def group(hall: Hall, key: str) -> Value:
    """Return such a group in words."""
    match key:
        case "anyone":
            return Sentence("group-everybody", {"community": hall.charter.name})
        case "keyholders":
            return Sentence("group-keyholders")
        case _:
            hat = next((hat.name for hat in hall.charter.hats if hat.key == key), None)
            return Sentence("group-hat", {"hat": hat}) if hat is not None else called(hall, key)
