"""Whether a step of a plan still follows from what is wished now: more may be decided while a plan runs."""

from crewhall.ground.creation import guests_of, welcome
from crewhall.ground.ids import UserId
from crewhall.ground.powers import POWERS, next_powers
from crewhall.ground.rooms import RoomSeen, RoomWish
from crewhall.ground.steps import Close, Create, Enter, Invite, Link, Put, Remove, Step, Unlink


def wanted(step: Step, wish: RoomWish | None, seen: RoomSeen | None, me: UserId) -> bool:
    """Return whether to take the step after all: `wish` is its room's, `seen` what it was planned on."""
    if isinstance(step, Unlink):
        return wish is None or wish.closed or wish.listing is None or wish.listing.space != step.space
    if wish is None:
        return False
    match step:
        case Create() | Enter():
            return not wish.closed
        case Put(put=put) if put.type == POWERS and seen is not None:
            return not wish.closed and next_powers(wish, seen, me)[0] == put.content
        case Put():
            return True
        case Link(space=space):
            return not wish.closed and wish.listing is not None and wish.listing.space == space
        case Invite(person=person, back=back):
            return person in guests_of(wish, me) or (back and welcome(wish, person))
        case Remove(person=person):
            return not welcome(wish, person)
        case Close():
            return wish.closed
