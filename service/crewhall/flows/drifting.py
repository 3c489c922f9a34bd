"""Writes down what a look finds changed by hand: questions, what tools did, and what was put back."""

from collections.abc import Iterable
from functools import partial

from crewhall.flows.chats import Chats
from crewhall.flows.keeping import Keeping
from crewhall.flows.recording import Occasion, Recorder
from crewhall.ground.drift import Found, put_back
from crewhall.ground.guard import community_of
from crewhall.ground.hall import House
from crewhall.ground.ids import RoomKey
from crewhall.ground.steps import Step
from crewhall.ground.talk import Decision
from crewhall.life.drift import deciding
from crewhall.life.drift.fold import DRIFTS
from crewhall.ports import Clock, Entry


class Drifting:
    """Asks those entitled; the ledger makes it once for each thing that is found."""

    def __init__(self, keeping: Keeping, chats: Chats, clock: Clock) -> None:
        self._keeping = keeping
        self._recorder = Recorder(keeping, chats)
        self._clock = clock

    async def met(self, key: RoomKey, found: tuple[Found, ...]) -> None:
        """Hear what a look at a room found. Raises `TryLater`."""
        hall = self._keeping.house.halls.get(community_of(key))
        if hall is None or deciding.met(hall, key, found) is None:
            return
        cause = f"drift:{key}:{DRIFTS.of(hall).version}"
        await self._recorder.record(Occasion(cause, self._clock.now()), partial(_met, key=key, found=found))


async def restored(
    keeping: Keeping, clock: Clock, key: RoomKey, found: Iterable[Found], done: Iterable[Step]
) -> None:
    """Count what was put back of people's doing in one room."""
    hall = keeping.house.halls.get(community_of(key))
    if hall is None or not (back := put_back(found, (step for step in done if step.key == key))):
        return
    cause = f"drift:restored:{key}:{DRIFTS.of(hall).version}"
    await keeping.record(Entry(cause, clock.now(), deciding.restored(hall, key, back)))


def _met(house: House, key: RoomKey, found: tuple[Found, ...]) -> Decision | None:
    hall = house.halls.get(community_of(key))
    return deciding.met(hall, key, found) if hall is not None else None
