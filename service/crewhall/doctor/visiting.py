"""Looks at rooms and machine when somebody says ``!doctor``, so that the answer tells what is so now."""

import asyncio
from collections.abc import Iterator
from datetime import timedelta
from typing import Final

from crewhall.adapters.copying import look_over
from crewhall.doctor import beside
from crewhall.doctor.finding import Finding
from crewhall.errors import Trouble
from crewhall.flows.glancing import glance
from crewhall.flows.reconcile import Reconciler
from crewhall.ground.ailment import Glance
from crewhall.ground.grammar import Line, Match, choose
from crewhall.ground.ids import CommunityKey
from crewhall.ground.talk import Asked
from crewhall.house.counsel import VERBS
from crewhall.house.doctor import NOWHERE, concerned, doctor
from crewhall.works import Works

FRESH: Final = timedelta(seconds=2)
"""How long what was found is told again without another look."""


class Visits:
    """The doctor of a running service. `before` is waited for before a command is decided."""

    def __init__(self, works: Works, reconciler: Reconciler) -> None:
        self._works = works
        self._reconciler = reconciler
        self._turn = asyncio.Lock()

    async def before(self, line: Line, asked: Asked) -> None:
        """Look at what the answer will tell of. Raises `TokenRefused`."""
        match choose(line, VERBS):
            case Match(verb=verb) if verb.run_house is doctor:
                pass
            case _:
                return
        async with self._turn:
            for community in self._asked_about(asked):
                await self._look(community)

    def _asked_about(self, asked: Asked) -> Iterator[CommunityKey]:
        yield from (hall.key for hall in concerned(self._works.keeping.house, asked))
        if asked.operator:
            yield NOWHERE

    async def _look(self, community: CommunityKey) -> None:
        works = self._works
        before = works.keeping.house.glances.get(community)
        if before is not None and works.clock.now() - before.at < FRESH:
            return
        found = await glance(self._reconciler, works.keeping, works.clock, community)
        if community == NOWHERE:
            found = _with(found, tuple(await self._beside()))
        works.keeping.glanced(community, found)

    async def _beside(self) -> list[tuple[str, str]]:
        works, settings = self._works, self._works.settings
        found: list[Finding | None] = [
            await asyncio.to_thread(beside.disk, settings.ledger),
            await beside.clocks(settings.homeserver.address, works.clock.now),
            *await beside.queues(works.ledger, works.clock.now()),
        ]
        try:
            await asyncio.to_thread(look_over, settings.ledger)
        except Trouble as trouble:
            found.append(Finding("wrong", "ledger", str(trouble).rstrip("."), "Restore your latest backup"))
        return [
            (f"{one.what}.", f"{one.remedy}.") for one in found if one is not None and one.level != "fine"
        ]


def _with(found: Glance, beside_: tuple[tuple[str, str], ...]) -> Glance:
    return Glance(found.at, found.lacking, found.blocked, found.old, found.differs, found.rooms, beside_)
