"""What it takes to plan and apply: the ledger, the keeper's voice at the homeserver, the charters.

`crewhall plan`, `apply` and `found` use it alone, also beside a running service; `crewhall.app` adds ears.
"""

import hashlib
import random
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from crewhall.adapters.calling import OnCall
from crewhall.adapters.client import Client
from crewhall.adapters.clock import SystemClock
from crewhall.adapters.connection import Connection
from crewhall.adapters.ledger import SqliteLedger
from crewhall.charter.model import Charter
from crewhall.errors import NotOurs, NotYet, TokenRefused, Trouble, TryLater, unwritten
from crewhall.flows.chats import Chats
from crewhall.flows.keeping import Keeping
from crewhall.flows.reconcile import Reconciler, Report
from crewhall.ground import ids
from crewhall.ground.facts import Stream, Writing
from crewhall.ground.hall import Hall
from crewhall.ground.ids import CommunityKey, UserId
from crewhall.ground.matter import Terms
from crewhall.ground.steps import Plan
from crewhall.house import FACTS
from crewhall.life.community.facts import CharterChanged, Founded
from crewhall.ports import Clock, Entry, Ledger
from crewhall.registration import Registration
from crewhall.settings import Settings

DEVICE: Final = "CREWHALL"
"""By which the keeper speaks."""


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

    def chats(self) -> Chats:
        """Return who has which private chat; the keys come from our own token."""
        secret = f"chats of {self.registration.as_token.get_secret_value()}"
        return Chats(self.keeping, self.clock, hashlib.sha256(secret.encode()).digest())

    async def found(self, charter: Charter) -> Report:
        """Found a community, or go on founding it, or bring it to its changed charter.

        Raises `TryLater`, as `plan` and `apply` do, if the homeserver is away.
        """
        await self.connection.ensure_user(self.keeper.me)
        await self.keeping.record(self._founding(charter))
        reconciler = self.reconciler()
        report = await reconciler.found(CommunityKey(charter.key))
        await reconciler.settle(ids.CONTROL)  # so that nothing at all is left to do
        return report

    async def plan(self) -> tuple[Plan, tuple[str, ...]]:
        """Return what would change, and why it waits for a yes."""
        reconciler = self.reconciler()
        plan = await reconciler.plan()
        return plan, reconciler.risks(plan)

    async def apply(self, yes: str | None) -> tuple[Plan, tuple[str, ...], Report]:
        """Carry out what differs; a risky plan only if `yes` is its fingerprint."""
        await self.connection.ensure_user(self.keeper.me)
        reconciler = self.reconciler()
        plan = await reconciler.plan()
        reasons = reconciler.risks(plan)
        return plan, reasons, await reconciler.carry_out(plan, yes)

    async def reach(self) -> None:
        """Raise at once, before anything is written down, unless our own homeserver answers; see `meet`."""
        await meet(self.settings, self.registration, self.connection)

    def _founding(self, charter: Charter) -> Entry:
        """Return what the ledger has to learn: the founding, a changed charter, or nothing."""
        key, now = CommunityKey(charter.key), self.clock.now()
        bare = charter.model_copy(update={"founders": ()})
        hall: Hall | None = self.keeping.house.halls.get(key)
        if hall is None:
            if key in self.keeping.house.versions:
                raise NotYet(f"{key} retired from this service: give the charter another key.")
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
    met: bool = False,
) -> AsyncIterator[Works]:
    """Open the ledger and the connection; fold what the ledger holds.

    `met`: first see that our own homeserver answers; if not, there is no trace of this. Raises what `meet`
    raises, and `Misconfigured` if the ledger cannot be opened.
    """
    clock = clock or SystemClock()
    keeper = UserId(settings.keeper)
    async with AsyncExitStack() as stack:
        connection = await stack.enter_async_context(
            Connection(
                settings.homeserver.address,
                registration.as_token.get_secret_value(),
                clock=clock,
                chance=random.Random(),  # noqa: S311 - jitter, not a secret
                on_call=on_call,
            )
        )
        if met:
            await meet(settings, registration, connection)
        _make_room_for(settings.ledger)
        ledger = await stack.enter_async_context(SqliteLedger.open(settings.ledger, FACTS))
        keeping = Keeping(ledger, shelf, Terms(settings.keep.private, settings.keep.closed))
        await keeping.open()
        speaker = connection.as_user(keeper, DEVICE)
        yield Works(settings, registration, clock, ledger, keeping, connection, speaker)


async def meet(settings: Settings, registration: Registration, connection: Connection) -> None:
    """Raise unless our own homeserver answers, and knows us.

    `TryLater`: nobody answers there, or not now. `NotOurs`: what answers is no homeserver, refuses our token,
    or is the homeserver of another name. Asked once, without patience: somebody waits at a terminal.
    """
    address = settings.homeserver.address
    try:
        who = await connection.whoami(tries=1)
    except TokenRefused as refused:
        told = "name the registration under app_service_config_files there, and restart it"
        raise NotOurs(f"The homeserver at {address} does not know our token: {told}.") from refused
    except Trouble as trouble:
        if await connection.reachable():
            raise
        if isinstance(trouble, TryLater):
            told = f"No homeserver answers at {address}: start it, or correct homeserver.address."
            raise TryLater(told, trouble.after) from trouble
        raise NotOurs(f"What answers at {address} is no homeserver: correct homeserver.address.") from trouble
    recognise(settings, registration, who)


def recognise(settings: Settings, registration: Registration, who: UserId) -> None:
    """Raise `NotOurs` unless this is who our token shall be."""
    address, name = settings.homeserver.address, settings.homeserver.name
    ours = UserId(f"@{registration.sender_localpart}:{name}")
    if ids.server(who) != name:
        told = f"is that of {ids.server(who)}, not of {name}: correct homeserver.address or homeserver.name"
        raise NotOurs(f"The homeserver at {address} {told}.")
    if who != ours:
        raise NotOurs(f"The homeserver at {address} takes our token for that of {who}, not of {ours}.")


def _make_room_for(ledger: Path) -> None:
    try:
        ledger.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise unwritten(ledger.parent, error) from error
