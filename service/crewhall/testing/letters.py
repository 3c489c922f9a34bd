"""How an event looks in a transaction: the client's form with what Synapse adds to it.

Observed on Synapse 1.163: `user_id`, `age` at two places, `prev_content` and `replaces_state` at two places,
`invite_room_state` on top, `redacts` at two places. A letter is written when it is sent, so that a repeated
transaction tells what stands then.
"""

from collections.abc import Callable
from dataclasses import replace

from crewhall.ground.ids import EventId
from crewhall.testing.events import Event
from crewhall.testing.world import World

Letter = Callable[[World], dict[str, object]]
SOFT_FAILED = "io.element.synapse.soft_failed"
LIFTED = ("prev_content", "replaces_state", "invite_room_state", "knock_room_state", "redacted_because")


def letter_of(event: EventId) -> Letter:
    """Return a letter that tells an event of the world."""

    def write(world: World) -> dict[str, object]:
        return _written(world.events[event], world)

    return write


def soft_failed(event: Event) -> Letter:
    """Return a letter about an event that the homeserver keeps out of the room."""

    def write(world: World) -> dict[str, object]:
        return _written(replace(event, unsigned={**event.unsigned, SOFT_FAILED: True}), world)

    return write


def _written(event: Event, world: World) -> dict[str, object]:
    age = max(0, int(world.clock.now().timestamp() * 1000) - event.at)
    unsigned = {**event.told, "age": age}
    lifted = {name: unsigned[name] for name in LIFTED if name in unsigned}
    return {**event.seen(), **lifted, "unsigned": unsigned, "user_id": event.sender, "age": age}
