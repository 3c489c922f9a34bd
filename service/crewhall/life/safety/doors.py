"""Closes and opens the community's doors to somebody, in what the hall knows of them. Pure.

While somebody is shut out, nothing decided elsewhere lets them in: `shut` is folded after every record.
"""

from dataclasses import replace

from immutables import Map

from crewhall.ground.hall import ANYONE, Hall, Presence
from crewhall.ground.ids import RungKey, UserId
from crewhall.ground.ladder import is_awaited, keys, stands, with_one, without
from crewhall.ground.worn import KEYS, hat_of, put_on, take_off, wearers
from crewhall.life.safety.questions import Before, Pause


def places(hall: Hall, person: UserId) -> tuple[RungKey, ...]:
    """Return the spaces in which somebody is or is awaited, the community's own first."""
    spaces = (ANYONE, *keys(hall))
    return tuple(rung for rung in spaces if stands(hall, person, rung) or is_awaited(hall, person, rung))


def before(hall: Hall, person: UserId) -> Before:
    """Return what somebody has now, to be given back."""
    hats = {key: wearers(hall, key).get(person) for key in (KEYS, *hall.hats)}
    return Before(
        hats=Map({key: here for key, here in hats.items() if here is not None}),
        spaces=frozenset(rung for rung in (ANYONE, *keys(hall)) if stands(hall, person, rung)),
        unwelcome=frozenset(rung for rung, people in hall.unwelcome.items() if person in people),
    )


def shut(hall: Hall, person: UserId, here: Presence) -> Hall:
    """Return the hall in which somebody is nowhere, awaited nowhere and wears nothing."""
    for key in (KEYS, *hall.hats):
        if person in wearers(hall, key):
            hall = take_off(hall, key, person, here)
    if person in hall.inside or person not in hall.left:
        inside = hall.inside.delete(person) if person in hall.inside else hall.inside
        hall = replace(hall, inside=inside, left=hall.left.set(person, here))
    for rung in keys(hall):
        if stands(hall, person, rung) or person not in hall.stepped_down.get(rung, ()):
            down = with_one(hall.stepped_down, rung, person, here)
            hall = replace(hall, standing=without(hall.standing, rung, person), stepped_down=down)
    for rung in (ANYONE, *keys(hall)):
        if person in hall.asked.get(rung, ()) or person not in hall.unwelcome.get(rung, ()):
            unwelcome = with_one(hall.unwelcome, rung, person, here)
            hall = replace(hall, asked=without(hall.asked, rung, person), unwelcome=unwelcome)
    return hall


def given_back(hall: Hall, pause: Pause, now: Presence) -> Hall:
    """Return the hall in which somebody is invited again to where they were, with what was theirs.

    A hat is theirs unless it was taken off them in the meantime by another decision.
    """
    person, had = pause.person, pause.before
    for key, since in had.hats.items():
        if hat_of(hall, key) and hall.gone.get(f"hat:{key}", Map()).get(person) == pause.here:
            hall = put_on(hall, key, person, since)
    for rung in tuple(hall.unwelcome):
        if rung not in had.unwelcome or rung in pause.rungs:
            hall = replace(hall, unwelcome=without(hall.unwelcome, rung, person))
    for rung in tuple(hall.stepped_down):
        if hall.stepped_down[rung].get(person) == pause.here:
            hall = replace(hall, stepped_down=without(hall.stepped_down, rung, person))
    if hall.left.get(person) == pause.here:
        hall = replace(hall, left=hall.left.delete(person))
    for rung in pause.rungs:
        if rung == ANYONE or rung in keys(hall):
            hall = replace(hall, asked=with_one(hall.asked, rung, person, now))
    return hall


def let_in(hall: Hall, person: UserId, now: Presence) -> Hall:
    """Return the hall in which somebody is invited into the community, and may rise by its rules again."""
    for rung in tuple(hall.unwelcome):
        hall = replace(hall, unwelcome=without(hall.unwelcome, rung, person))
    left = hall.left.delete(person) if person in hall.left else hall.left
    return replace(hall, left=left, asked=with_one(hall.asked, ANYONE, person, now))
