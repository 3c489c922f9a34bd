"""Keeps the house in memory and is the only door through which it changes.

::

    record(entry) -> ledger.commit (one transaction) -> fold -> tell the listeners which rooms may differ

Another process may write to the same ledger (`crewhall found` beside `crewhall serve`): `refresh` folds
what came since. A `Stale` commit refreshes and is raised on, so that the caller decides again.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from crewhall import house as rules
from crewhall.charter.model import Charter
from crewhall.errors import Stale
from crewhall.ground.ailment import Glance
from crewhall.ground.facts import Recorded, RoomOpened
from crewhall.ground.hall import House, Naming
from crewhall.ground.ids import CommunityKey, RoomKey, UserId
from crewhall.ground.matter import Terms
from crewhall.house.lasting import Past
from crewhall.ports import Entry, Ledger

Listener = Callable[[frozenset[RoomKey], bool], None]
"""Called with the rooms that may have to change, and whether something may be said that waited or is new."""


class Keeping:
    """The folded ledger. Synchronous to read (`house`), asynchronous to change (`record`)."""

    def __init__(
        self, ledger: Ledger, shelf: Mapping[str, Charter] | None = None, terms: Terms | None = None
    ) -> None:
        self.ledger = ledger
        self.house = House(shelf=dict(shelf or {}), terms=terms or Terms())
        self._listeners: list[Listener] = []
        self._witnesses: list[Callable[[Recorded], None]] = []

    def listen(self, listener: Listener) -> None:
        """Have `listener` called after each change, in the order of registration."""
        self._listeners.append(listener)

    def witness(self, witness: Callable[[Recorded], None]) -> None:
        """Have `witness` called with each record that is folded from now on; it must not wait."""
        self._witnesses.append(witness)

    def glanced(self, community: CommunityKey, found: Glance) -> None:
        """Remember what a look found; it goes with this run."""
        self.house = replace(self.house, glances=self.house.glances.set(community, found))

    def counted(self, person: UserId, found: Naming) -> None:
        """Remember how much names somebody who asked; it goes with this run."""
        self.house = replace(self.house, naming=self.house.naming.set(person, found))

    async def forget(self, person: UserId) -> None:
        """Forget somebody, in the ledger and in this run. Raises `TryLater` if it is not finished."""
        try:
            await self.ledger.forget(person)
        finally:
            house = House(shelf=self.house.shelf, terms=self.house.terms, glances=self.house.glances)
            for recorded in await self.ledger.since(0):
                house = rules.evolve(house, recorded)
            self.house = house

    async def lapse(self, found: Past) -> None:
        """Let go of what is past, in the ledger and in this run. Raises `Stale`, `TryLater`."""
        await self.ledger.lapse(found.records, found.house.seq)
        had = self.house
        self.house = replace(
            found.house, shelf=had.shelf, terms=had.terms, glances=had.glances, naming=had.naming
        )
        await self.refresh()

    async def open(self) -> None:
        """Fold the whole ledger."""
        await self.refresh()

    async def refresh(self) -> None:
        """Fold what was written since, by whomever."""
        self._fold(await self.ledger.since(self.house.seq))

    async def record(self, entry: Entry) -> tuple[Recorded, ...]:
        """Write an entry and fold it. Raises `Stale` after a refresh if it was decided on old facts."""
        try:
            records = await self.ledger.commit(entry)
        except Stale:
            await self.refresh()
            raise
        if any(r.seq > self.house.seq + 1 for r in records[:1]):
            await self.refresh()
        else:
            self._fold(records)
        if entry.says or entry.ack:
            self._tell(frozenset(), saying=True)
        return records

    def _fold(self, records: Sequence[Recorded]) -> None:
        keys: set[RoomKey] = set()
        opened = False
        for recorded in records:
            if recorded.seq <= self.house.seq:
                continue
            self.house = rules.evolve(self.house, recorded)
            keys |= rules.touched(self.house, recorded)
            opened = opened or isinstance(recorded.fact, RoomOpened)
            for witness in self._witnesses:
                witness(recorded)
        if keys or opened:
            self._tell(frozenset(keys), saying=opened)

    def _tell(self, keys: frozenset[RoomKey], *, saying: bool) -> None:
        for listener in self._listeners:
            listener(keys, saying)
