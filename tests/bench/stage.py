"""Where the benchmarks happen: a fresh homeserver with application services registered, and a hall of a size."""

import random
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import yaml

from crewhall.adapters.clock import SystemClock
from crewhall.adapters.connection import Connection
from crewhall.adapters.ledger import SqliteLedger
from crewhall.charter.model import Charter, Door, Place, Rung
from crewhall.flows.keeping import Keeping
from crewhall.flows.reconcile import Reconciler
from crewhall.ground.facts import Stream, Writing
from crewhall.ground.ids import CrewKey, UserId
from crewhall.house import FACTS
from crewhall.lab.synapse import Synapse
from crewhall.life.community.facts import Founded
from crewhall.life.crews.facts import CrewStarted, SeatOffered
from crewhall.ports import Entry

WIDTH = 8
"""Calls under way at once, for both sides of a comparison."""


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
async def lab(here: Path, services: Mapping[str, int]) -> AsyncIterator[Lab]:
    """Start a fresh homeserver with these application services (name of their user -> port, 0 for none)."""
    here.mkdir(parents=True)
    papers = []
    for name, port in services.items():
        paper = here / f"{name}.yaml"
        paper.write_text(
            yaml.safe_dump(
                {
                    "id": name,
                    "url": f"http://127.0.0.1:{port}" if port else None,
                    "as_token": f"as-{name}",
                    "hs_token": f"hs-{name}",
                    "sender_localpart": f"_{name}",
                    "rate_limited": False,
                    "namespaces": {
                        "users": [{"exclusive": True, "regex": f"@{name}:.*"}],
                        "aliases": [{"exclusive": True, "regex": "#_crewhall_.*"}] if not port else [],
                        "rooms": [],
                    },
                }
            )
        )
        papers.append(paper)
    synapse = Synapse(here / "homeserver", appservices=papers)
    async with synapse:
        yield Lab(synapse, {name: f"as-{name}" for name in services})


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
            await keeping.record(Entry(f"bench:crew:{number}", now, _crew(stage, number, each, keeper)))
        counted.calls.clear()
        reconciler = Reconciler(connection.as_user(keeper), keeping, clock, WIDTH)
        yield Hall(keeping, reconciler, counted)


def _crew(stage: Lab, number: int, each: int, keeper: UserId) -> tuple[Writing, ...]:
    key = CrewKey(f"crew-{number}")
    stream = Stream(f"bench/crew/{key}")
    people = [stage.user(f"p{number * each + n}") for n in range(each)]
    started = CrewStarted(key, f"Crew {number}", people[0], True, True, f"mark{number}", keeper)
    offers = (Writing(stream, SeatOffered(person, people[0])) for person in people[1:])
    return (Writing(stream, started, 0), *offers)
