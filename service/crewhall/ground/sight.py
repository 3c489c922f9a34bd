"""What was seen of all managed rooms in one survey, and which of them could not be seen."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from crewhall.ground.ids import RoomKey, UserId
from crewhall.ground.rooms import RoomSeen
from crewhall.ground.steps import Blocked


@dataclass(frozen=True, slots=True)
class Sight:
    """The rooms by key. Of a room that is `missed` nothing is known, so nothing is planned.

    A room that is in neither does not exist yet.
    """

    me: UserId
    rooms: Mapping[RoomKey, RoomSeen] = field(default_factory=dict)
    missed: Mapping[RoomKey, Blocked] = field(default_factory=dict)
