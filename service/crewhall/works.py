"""What it takes to plan and apply: the ledger, the keeper's voice at the homeserver, the charters.

`crewhall plan`, `apply` and `found` use it alone, also beside a running service; `crewhall.app` adds ears.
"""

import random
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from crewhall.adapters.calling import OnCall
from crewhall.adapters.client import Client
from crewhall.adapters.clock import SystemClock
from crewhall.adapters.connection import Connection
from crewhall.adapters.ledger import SqliteLedger
from crewhall.charter.model import Charter
from crewhall.errors import Misconfigured, TryLater
from crewhall.flows.keeping import Keeping
from crewhall.flows.reconcile import Reconciler, Report
from crewhall.ground import ids
from crewhall.ground.facts import Stream, Writing
from crewhall.ground.hall import Hall
from crewhall.ground.ids import CommunityKey, UserId
from crewhall.ground.steps import Plan
from crewhall.house import FACTS
from crewhall.life.community.facts import CharterChanged, Founded
from crewhall.ports import Clock, Entry, Ledger
from crewhall.registration import Registration
from crewhall.settings import Settings


@dataclass(frozen=True, slots=True)
class Works:
    """The parts, put together. `registration` holds the tokens that both sides know each other by."""

    settings: Settings
    registration: Registration
    clock: Clock
    ledger: Ledger
    keeping: Keeping
    connection: Connection
    keeper: Client

    def reconciler(self) -> Reconciler:
        """Return a reconciler that nobody listens to."""
        width = self.settings.limits.concurrency
        return Reconciler(self.keeper, self.keeping, self.clock, width)

    async def found(self, charter: Charter) -> Report:
        """Found a community, or go on founding it, or bring it to its changed charter.

        Raises `TryLater`, as `plan` and `apply` do, if the homeserver is away.
        """
        await self.reach()
        await self.connection.ensure_user(self.keeper.me)
        await self.keeping.record(self._founding(charter))
        reconciler = self.reconciler()
        report = await reconciler.found(CommunityKey(charter.key))
        await reconciler.settle(ids.CONTROL)  # so that nothing at all is left to do
        return report

    async def plan(self) -> tuple[Plan, tuple[str, ...]]:
        """Return what would change, and why it waits for a yes."""
        await self.reach()
        reconciler = self.reconciler()
        plan = await reconciler.plan()
        return plan, reconciler.risks(plan)

    async def apply(self, yes: str | None) -> tuple[Plan, tuple[str, ...], Report]:
        """Carry out what differs; a risky plan only if `yes` is its fingerprint."""
        await self.reach()
        await self.connection.ensure_user(self.keeper.me)
        reconciler = self.reconciler()
        plan = await reconciler.plan()
        reasons = reconciler.risks(plan)
        return plan, reasons, await reconciler.carry_out(plan, yes)

    async def reach(self) -> None:
        """Raise `TryLater` at once if there is no homeserver, before anything is written down."""
        if not await self.connection.reachable():
            address = self.settings.homeserver.address
            raise TryLater(f"No homeserver answers at {address}: start it, or correct homeserver.address.")

    def _founding(self, charter: Charter) -> Entry:
        """Return what the ledger has to learn: the founding, a changed charter, or nothing."""
        key, now = CommunityKey(charter.key), self.clock.now()
        bare = charter.model_copy(update={"founders": ()})
        hall: Hall | None = self.keeping.house.halls.get(key)
        if hall is None:
            if key in self.keeping.house.versions:
                raise Misconfigured(f"{key} retired from this service: give the charter another key.")
            founders = tuple(UserId(person) for person in charter.founders)
            facts = (Writing(Stream(key), Founded(bare, founders), 0),)
            return Entry(f"cli:found:{key}", now, facts)
        if hall.charter == bare:
            return Entry(f"cli:found:{key}", now)
        version = self.keeping.house.versions.get(key, 0)
        facts = (Writing(Stream(key), CharterChanged(bare), version),)
        return Entry(f"cli:charter:{key}:{version}", now, facts)


@asynccontextmanager
async def works(
    settings: Settings,
    registration: Registration,
    shelf: Mapping[str, Charter] | None = None,
    *,
    clock: Clock | None = None,
    on_call: OnCall | None = None,
) -> AsyncIterator[Works]:
    """Open the ledger and the connection; fold what the ledger holds.

    Raises `Misconfigured` if the ledger cannot be opened.
    """
    clock = clock or SystemClock()
    keeper = UserId(settings.keeper)
    _make_room_for(settings.ledger)
    async with (
        SqliteLedger.open(settings.ledger, FACTS) as ledger,
        Connection(
            settings.homeserver.address,
            registration.as_token.get_secret_value(),
            clock=clock,
            chance=random.Random(),  # noqa: S311 - jitter, not a secret
            on_call=on_call,
        ) as connection,
    ):
        keeping = Keeping(ledger, shelf)
        await keeping.open()
        yield Works(settings, registration, clock, ledger, keeping, connection, connection.as_user(keeper))


def _make_room_for(ledger: Path) -> None:
    try:
        ledger.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Misconfigured(
            f"The ledger's folder {ledger.parent} cannot be made: {error.strerror}."
        ) from error
