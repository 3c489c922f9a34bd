"""Runs the errands of bridges, each in a task of its own: what ails one is told, and it starts anew later."""

import asyncio
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Final

from crewhall.door import Errand
from crewhall.errors import TryLater
from crewhall.ground.ids import RoomId
from crewhall.ports import Clock

FIRST_REST: Final = timedelta(seconds=5)
LONGEST_REST: Final = timedelta(minutes=10)


def _untold(_name: str, _trouble: Exception) -> None:
    return


class Outside:
    """All errands, by the names of their bridges. `run` goes on until cancelled; `hint` must not wait."""

    def __init__(
        self,
        errands: Mapping[str, Errand],
        clock: Clock,
        *,
        on_trouble: Callable[[str, Exception], None] = _untold,
    ) -> None:
        self._errands = dict(errands)
        self._clock = clock
        self._on_trouble = on_trouble

    def hint(self, room: RoomId) -> None:
        """Tell all errands that something of ours was said in a strange room."""
        for errand in self._errands.values():
            errand.hint(room)

    async def run(self) -> None:
        """Run all of them."""
        async with asyncio.TaskGroup() as group:
            for name, errand in self._errands.items():
                group.create_task(self._run(name, errand))

    async def _run(self, name: str, errand: Errand) -> None:
        rest = FIRST_REST
        while True:
            began = self._clock.now()
            try:
                await errand.run()
            except Exception as trouble:  # noqa: BLE001 - one bridge's bug must not stop the house
                self._on_trouble(name, trouble)
                told = trouble.after if isinstance(trouble, TryLater) else None
            else:
                return
            if self._clock.now() - began > LONGEST_REST:
                rest = FIRST_REST
            await self._clock.sleep(max(rest, told or rest))
            rest = min(rest * 2, LONGEST_REST)
