"""Carries out steps at the homeserver, each as soon as what it needs is there.

Taking away comes first, everywhere; then each room is made, listed and filled on its own, waiting only for
the rooms that it names; rooms are left last. A refused step is told and does not stop the others. A step
that did not work now is left to the next look.
"""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from typing import Final

from crewhall.errors import Denied, TokenRefused, TryLater
from crewhall.flows.afar import LeftAlone
from crewhall.flows.carrying import Hands, Opening
from crewhall.flows.report import Report, Tally
from crewhall.ground.ids import RoomKey
from crewhall.ground.links import depths, needs
from crewhall.ground.order import Phase, phase
from crewhall.ground.powers import POWERS
from crewhall.ground.rooms import RoomSeen
from crewhall.ground.steps import Create, Link, Put, Step
from crewhall.ground.wanted import wanted

_WAVES: Final = (
    range(Phase.ENTER, Phase.CREATE),
    range(Phase.CREATE, Phase.CLOSE),
    range(Phase.CLOSE, Phase.CLOSE + 1),
)
_AT_ONCE: Final = frozenset({Phase.UNLINK, Phase.REMOVE, Phase.INVITE})
"""Kinds of steps that do not build on one another, even in one room."""


async def conduct(
    hands: Hands, steps: Iterable[Step], seen: Mapping[RoomKey, RoomSeen] | None = None
) -> Report:
    """Carry out the steps of a plan, in its order where it matters. Raises only `TokenRefused`.

    `seen` are the rooms as they were when the plan was made, if that is not just now.
    """
    steps = tuple(steps)
    run = _Run(hands, steps, seen or {})
    for wave in _WAVES:
        chains: dict[RoomKey, list[Step]] = {}
        for step in steps:
            if phase(step) in wave:
                chains.setdefault(step.key, []).append(step)
        async with asyncio.TaskGroup() as group:
            for chain in chains.values():
                group.create_task(run.chain(sorted(chain, key=phase)))
        if run.tally.fatal is not None:
            raise run.tally.fatal
    report = run.tally.report()
    hands.on_conduct(steps, report)
    return report


class _Run:
    """One plan on its way."""

    def __init__(self, hands: Hands, steps: Sequence[Step], seen: Mapping[RoomKey, RoomSeen]) -> None:
        self.hands = hands
        self.tally = Tally()
        self._seen = seen
        wishes = {step.key: step.wish for step in steps if isinstance(step, Create)}
        self._making = {key: asyncio.Event() for key in wishes}
        self._depth = depths(wishes, wishes.get)

    async def chain(self, steps: Sequence[Step]) -> None:
        """Carry out one room's steps of one wave."""
        made = self._making.get(steps[0].key)
        try:
            for turn, group in groupby(steps, key=phase):
                await self._group(turn, tuple(group))
                if turn is Phase.CREATE and made is not None:
                    made.set()
        finally:
            if made is not None and phase(steps[-1]) >= Phase.CREATE:
                made.set()

    async def _group(self, turn: Phase, steps: Sequence[Step]) -> None:
        if turn not in _AT_ONCE or len(steps) == 1:
            for step in steps:
                await self._step(step)
            return
        async with asyncio.TaskGroup() as group:
            for step in steps:
                group.create_task(self._step(step))

    async def _step(self, step: Step) -> None:
        tally = self.tally
        if tally.fatal is not None or not tally.may_go_on(step):
            tally.put_off(step)
            return
        try:
            await self._needs(step)
            if not await self._still(step):
                tally.look_again(step)
                return
            match await self.hands.do(step):
                case Opening.THERE:
                    tally.left_to_others(step)
                case Opening.FOUND:
                    tally.look_again(step)
                    tally.did(step)
                case Opening.MADE | None:
                    tally.did(step)
        except TokenRefused as no:
            tally.fatal = no
        except Denied as no:
            tally.refused(step, no)
        except LeftAlone:
            tally.left_alone(step)
        except TryLater as later:
            tally.put_off(step, later)

    async def _still(self, step: Step) -> bool:
        """Return whether the step is still wanted, and built on the levels as they still are."""
        hands, seen = self.hands, self._seen.get(step.key)
        if not wanted(step, hands.wish_for(step.key, seen), seen, hands.homeserver.me):
            return False
        if seen is None or not (isinstance(step, Put) and step.put.type == POWERS):
            return True
        content = await hands.ask(lambda: hands.homeserver.state(seen.room, POWERS))
        return (content or {}) == seen.powers

    async def _needs(self, step: Step) -> None:
        """Wait until the rooms that the step names are made, or cannot be."""
        match step:
            case Create(wish=wish):
                before: tuple[RoomKey, ...] = needs(wish)
            case Link(space=space):
                before = (space,)
            case _:
                return
        for key in before:
            making = self._making.get(key)
            if making is None or key == step.key:
                continue
            if isinstance(step, Create) and self._depth[key] >= self._depth[step.key]:
                continue  # a circle, cut open here
            await making.wait()
            if key not in self.hands.keeping.house.rooms:
                raise TryLater(f"{key} is not there yet")
