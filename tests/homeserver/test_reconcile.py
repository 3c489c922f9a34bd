"""A real Synapse agrees with what is planned: rooms come out as wished, and a second look writes nothing."""

import json
import random
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from crewhall.adapters.clock import SystemClock
from crewhall.adapters.connection import Connection
from crewhall.charter.model import Charter, Place, Rung
from crewhall.errors import Denied, Trouble
from crewhall.flows.keeping import Keeping
from crewhall.flows.reconcile import Reconciler, Settled
from crewhall.ground.facts import Stream, Writing
from crewhall.ground.ids import CommunityKey, CrewKey, RoomKey, UserId, local
from crewhall.ground.rooms import NewRoom
from crewhall.lab.synapse import Synapse
from crewhall.life.community.facts import Founded
from crewhall.life.crews.facts import CrewEnded, CrewStarted, SeatOffered
from crewhall.ports import Entry, Homeserver
from crewhall.testing.directory import our_service
from crewhall.testing.ledger import MemoryLedger
from crewhall.testing.visitors import Visitor

pytestmark = pytest.mark.homeserver
CHANCE = random.Random(1)  # noqa: S311 - scatters retries


class Counting:
    """Any homeserver, with its calls counted by name."""

    def __init__(self, inner: Homeserver) -> None:
        self._inner = inner
        self.calls: Counter[str] = Counter()

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._inner, name)
        if not callable(found):
            return found

        async def counted(*given: Any, **more: Any) -> Any:
            self.calls[name] += 1
            return await found(*given, **more)

        return counted


@pytest.fixture
async def synapse(tmp_path: Path) -> AsyncIterator[Synapse]:
    registration = tmp_path / "registration.yaml"
    homeserver = Synapse(tmp_path / "data", appservices=[registration])
    await homeserver.prepare()
    ours = our_service(homeserver.name)
    namespaces = {
        "users": [{"exclusive": True, "regex": ours.users}],
        "aliases": [{"exclusive": True, "regex": ours.aliases}],
        "rooms": [],
    }
    body = {"id": "crewhall", "url": None, "hs_token": ours.hs_token, "rate_limited": False}
    body |= {"as_token": ours.as_token, "sender_localpart": local(ours.sender), "namespaces": namespaces}
    registration.write_text(json.dumps(body))
    async with homeserver:
        yield homeserver


@pytest.fixture
async def keeper(synapse: Synapse) -> AsyncIterator[Counting]:
    token = our_service(synapse.name).as_token
    async with Connection(synapse.address, token, clock=SystemClock(), chance=CHANCE) as connection:
        me = UserId(f"@keeper:{synapse.name}")
        await connection.ensure_user(me)
        yield Counting(connection.as_user(me))


async def test_a_community_is_founded_lived_in_and_settles(synapse: Synapse, keeper: Counting) -> None:
    people = {}
    for name in ("ann", "bob"):
        token = await synapse.register(name, "secret")
        people[name] = Visitor(synapse.address, UserId(f"@{name}:{synapse.name}"), token)
    for version in ("11", "12"):
        await live(keeper, people, CommunityKey(f"hall{version}"), version)


async def live(keeper: Counting, people: dict[str, Visitor], hall: CommunityKey, version: str) -> None:
    ann, bob = people["ann"], people["bob"]
    clock, keeping = SystemClock(), Keeping(MemoryLedger())
    reconciler = Reconciler(keeper, keeping, clock)

    async def write(fact: Any, stream: str) -> None:
        cause = f"$cause{keeping.house.seq}"
        await keeping.record(Entry(cause, clock.now(), (Writing(Stream(stream), fact),)))

    lobby = Place(key="lobby", name="Lobby", topic="Come in")
    board = Place(key="board", name="Board", post="keyholders")
    rung = Rung(key="friends", name="Friends", asks="Be kind", rooms=(Place(key="commons", name="Commons"),))
    charter = Charter(key=hall, name="Hall", room_version=version, places=(lobby, board), rungs=(rung,))
    await write(Founded(charter, (ann.id,)), hall)
    half = NewRoom(f"_crewhall_{hall}_place_lobby", version, {"users": {keeper.me: "much"}}, ())
    with pytest.raises(Trouble):
        await keeper.create_room(half)
    assert await keeper.find(f"#{half.alias}:{keeper.me.partition(':')[2]}"), "nothing was left half-made"

    report = await reconciler.found(hall)
    assert report.whole, report
    keeper.calls.clear()
    plan = await reconciler.plan(hall)
    assert not plan, plan
    assert keeper.calls == {"look": 6}

    def room(key: str) -> Any:
        return keeping.house.rooms[RoomKey(f"{hall}{key}")].room

    seen = await keeper.look(room("/place/lobby"))
    assert (seen.version, seen.name, seen.topic) == (version, "Lobby", "Come in")
    for key in ("", "/place/lobby", "/rung/friends", "/rung/friends/commons"):
        await ann.join(room(key))
    with pytest.raises(Denied):
        await bob.join(room("/place/lobby"))

    crew = RoomKey(f"{hall}/crew/lantern")
    who = {"by": ann.id, "keeper": keeper.me}
    await write(CrewStarted(CrewKey("lantern"), "Lantern", private=True, listed=True, mark="m", **who), crew)
    await write(SeatOffered(bob.id, ann.id), crew)
    keeper.calls.clear()
    assert isinstance(await reconciler.settle(crew), Settled)
    assert keeper.calls == {"create_room": 1, "put_state": 1}
    await bob.join(room("/crew/lantern"))
    assert (await keeper.look(room("/crew/lantern"))).encrypted
    keeper.calls.clear()
    assert not await reconciler.plan(hall)

    await write(CrewEnded("forgotten"), crew)
    lantern = room("/crew/lantern")
    outcome = await reconciler.settle(crew)
    assert isinstance(outcome, Settled)
    assert not outcome.report.blocked
    assert crew not in keeping.house.rooms
    assert lantern not in await keeper.joined()
    assert lantern not in (await keeper.look(room("/crews"))).children
    assert not await reconciler.plan(hall)
