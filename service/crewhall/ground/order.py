"""When each step's turn comes: what takes away before what gives, spaces before what stands in them."""

from collections.abc import Iterable, Mapping
from enum import IntEnum

from crewhall.ground.ids import RoomKey
from crewhall.ground.powers import POWERS
from crewhall.ground.rooms import StatePut
from crewhall.ground.steps import Close, Create, Enter, Invite, Link, Put, Remove, Step, Unlink


class Phase(IntEnum):
    """When a step's turn comes: what takes away is before what gives."""

    ENTER = 0
    UNLINK = 1
    DOORS = 2
    REMOVE = 3
    CREATE = 4
    POWERS = 5
    LINK = 6
    INVITE = 7
    CLOSE = 8


def ordered(
    steps: Iterable[Step], ranks: Mapping[RoomKey, tuple[int, bool]] | None = None
) -> tuple[Step, ...]:
    """Return steps in an order that can be carried out: take away, make, give, close; spaces before rooms.

    `ranks` tell of each room how deep it stands and whether it is a room rather than a space. The order
    in which the steps of one kind came is kept.
    """

    def place(step: Step) -> tuple[int, bool, int, RoomKey]:
        depth, room = (ranks or {}).get(step.key, (0, True))
        return phase(step), room, depth, step.key

    return tuple(sorted(steps, key=place))


def phase(step: Step) -> Phase:
    """Return when a step's turn comes."""
    match step:
        case Enter():
            return Phase.ENTER
        case Unlink():
            return Phase.UNLINK
        case Put(put=StatePut(type=kind)):
            return Phase.POWERS if kind == POWERS else Phase.DOORS
        case Remove():
            return Phase.REMOVE
        case Create():
            return Phase.CREATE
        case Link():
            return Phase.LINK
        case Invite():
            return Phase.INVITE
        case Close():
            return Phase.CLOSE
