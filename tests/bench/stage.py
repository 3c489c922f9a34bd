"""Where the benchmarks happen: a fresh homeserver with application services, and a hall of some size."""

import asyncio
import random
import sys
from collections import Counter
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType

import yaml
from pydantic import SecretStr

from crewhall.adapters.clock import SystemClock
from crewhall.adapters.connection import Connection
from crewhall.adapters.ledger import SqliteLedger
from crewhall.charter.model import Charter, Door, Place, Rung
from crewhall.flows.keeping import Keeping
from crewhall.flows.reconcile import Reconciler
from crewhall.ground.facts import Stream, Writing
from crewhall.ground.hall import House
from crewhall.ground.ids import CrewKey, UserId
from crewhall.house import FACTS
from crewhall.lab.child import Child
from crewhall.lab.ports import LOOPBACK
from crewhall.lab.synapse import Synapse
from crewhall.life.community.facts import Founded
from crewhall.life.crews.facts import CrewStarted, SeatOffered
from crewhall.ports import Entry
from crewhall.registration import Namespace, Namespaces, Registration, read, write

WIDTH = 8
"""Calls under way at once, for both sides of a comparison."""
KEEPER = "keeper"
START = 60.0


@dataclass
class Lab:
    """A running homeserver, the users of its application services and their tokens."""

    synapse: Synapse
    tokens: Mapping[str, str]

    def user(self, name: str) -> UserId:
        return UserId(f"@{name}:{self.synapse.name}")


@dataclass
class Counted:
    """How many requests were made, by method and path."""

    calls: Counter[str] = field(default_factory=Counter)

    def __call__(self, method: str, path: str, _status: int, _seconds: float) -> None:
        self.calls[f"{method} {path}"] += 1

    @property
    def total(self) -> int:
        return self.calls.total()


@asynccontextmanager
async def lab(
    here: Path, services: Mapping[str, int], crowds: Mapping[str, str] = MappingProxyType({})
) -> AsyncIterator[Lab]:
    """Start a fresh homeserver with these application services (name of their user -> port, 0 for none).

    `crowds` are those that speak as many: the pattern of their users by the service's name.
    """
    here.mkdir(parents=True)
    papers = [registered(here, name, port, crowds.get(name, "")) for name, port in services.items()]
    synapse = Synapse(here / "homeserver", appservices=papers)
    async with synapse:
        yield Lab(synapse, {name: as_token(name) for name in services})


def registered(folder: Path, name: str, port: int, users: str = "") -> Path:
    """Write the registration of an application service with this one user, or many; return the file."""
    registration = Registration(
        id=name,
        url=f"http://{LOOPBACK}:{port}" if port else None,
        as_token=SecretStr(as_token(name)),
        hs_token=SecretStr(hs_token(name)),
        sender_localpart=f"_{name}",
        namespaces=Namespaces(
            users=(Namespace(exclusive=True, regex=users or f"@{name}:.*"),),
            aliases=(Namespace(exclusive=True, regex="#_crewhall_.*"),) if name == KEEPER else (),
        ),
    )
    paper = folder / f"{name}.yaml"
    write(paper, registration)
    return paper


def as_token(name: str) -> str:
    """Return the token with which the service of this user comes to the homeserver."""
    return f"service-speaks-as-{name}"


def hs_token(name: str) -> str:
    """Return the token with which the homeserver comes to the service of this user."""
    return f"homeserver-knows-{name}"


def congregation(people: int) -> Charter:
    """Return a charter of the classic shape, without people in it."""
    return Charter(
        key="bench",
        name=f"Congregation of {people}",
        door=Door(join="public"),
        places=(
            Place(key="lobby", name="Lobby", suggested=True),
            Place(key="noticeboard", name="Noticeboard", post="keyholders"),
        ),
        rungs=(
            Rung(
                key="friends",
                name="Friends",
                rooms=(Place(key="commons", name="Commons"), Place(key="finder", name="Crew finder")),
            ),
            Rung(key="partners", name="Partners", rooms=(Place(key="hearth", name="Hearth"),)),
        ),
    )


@dataclass
class Hall:
    """A service's inside without its ears: what plans and applies, and the calls it made."""

    keeping: Keeping
    reconciler: Reconciler
    counted: Counted


@asynccontextmanager
async def hall(stage: Lab, ledger: Path, crews: int, each: int) -> AsyncIterator[Hall]:
    """Write a community with `crews` crews of `each` people into a fresh ledger; nothing exists in rooms."""
    counted, clock = Counted(), SystemClock()
    keeper = stage.user("keeper")
    async with (
        SqliteLedger.open(ledger, FACTS) as opened,
        Connection(
            stage.synapse.address,
            stage.tokens["keeper"],
            clock=clock,
            chance=random.Random(1),
            on_call=counted,
        ) as connection,
    ):
        await connection.ensure_user(keeper)
        keeping = Keeping(opened)
        charter = congregation(crews * each)
        now = datetime(2026, 5, 3, tzinfo=UTC)
        founded = Founded(charter, (stage.user("founder"),))
        await keeping.record(Entry("bench:found", now, (Writing(Stream("bench"), founded, 0),)))
        for number in range(crews):
            people = [stage.user(f"p{number * each + n}") for n in range(each)]
            await keeping.record(Entry(f"bench:crew:{number}", now, crew(number, people, keeper)))
        counted.calls.clear()
        reconciler = Reconciler(connection.as_user(keeper), keeping, clock, WIDTH)
        yield Hall(keeping, reconciler, counted)


def crew(n: int, people: Sequence[UserId], keeper: UserId) -> tuple[Writing, ...]:
    """Return how a crew was started by the first of these people, and the others were offered seats."""
    key = CrewKey(f"crew-{n}")
    stream = Stream(f"bench/crew/{key}")
    started = CrewStarted(
        key, f"Crew {n}", people[0], private=True, listed=True, mark=f"mark{n}", keeper=keeper
    )
    offers = (Writing(stream, SeatOffered(person, people[0])) for person in people[1:])
    return (Writing(stream, started, 0), *offers)


async def house_in(ledger: Path) -> House:
    """Return what a ledger says."""
    async with SqliteLedger.open(ledger, FACTS) as opened:
        keeping = Keeping(opened)
        await keeping.open()
        return keeping.house


@dataclass
class Served:
    """`crewhall serve` as a process of its own. `log` is what it says."""

    keeper: UserId
    process: Child
    log: Path

    @property
    def pid(self) -> int:
        return self.process.pid


@asynccontextmanager
async def served(
    folder: Path,
    *,
    homeserver: str,
    name: str,
    registration: Path,
    port: int,
    concurrency: int = WIDTH,
    commands: int = 1000,
) -> AsyncIterator[Served]:
    """Run the service on `folder/crewhall.db` beside a homeserver, until it has awakened and longer.

    `commands` is how many one person is answered in a minute.
    """
    folder.mkdir(parents=True, exist_ok=True)
    paper = read(registration)
    listen = f"{LOOPBACK}:{port}"
    config = {
        "homeserver": {"address": homeserver, "name": name},
        "service": {
            "listen": listen,
            "address": f"http://{listen}",
            "keeper": KEEPER,
            "id": paper.id,
            "sender": paper.sender_localpart,
        },
        "registration": str(registration),
        "ledger": str(folder / "crewhall.db"),
        "limits": {"commands_per_minute": commands, "concurrency": concurrency},
    }
    (folder / "config.yaml").write_text(yaml.safe_dump(config))
    log = folder / "crewhall.log"
    command = [sys.executable, "-m", "crewhall", "serve", "-c", str(folder / "config.yaml")]
    process = await Child.start(command, log=log, cwd=folder)
    try:
        await said(log, ("service.awake",), process)
        yield Served(UserId(f"@{KEEPER}:{name}"), process, log)
    finally:
        await process.stop()


async def said(log: Path, events: Iterable[str], process: Child, within: float = START) -> None:
    """Wait until each of these is in the log of a process that lives. Raises RuntimeError, TimeoutError."""
    async with asyncio.timeout(within):
        while not all(event in log.read_text() for event in events):
            if process.status is not None:
                raise RuntimeError(f"the service ended: {process.last_words(20)}")
            await asyncio.sleep(0.05)
