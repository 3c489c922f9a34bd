"""Each charter that ships becomes a community, in both room versions, and stays as it became."""

import pytest

from crewhall import house as rules
from crewhall.charter.model import Charter
from crewhall.charter.reading import read_charter
from crewhall.flows.keeping import Keeping
from crewhall.flows.reconcile import Reconciler
from crewhall.ground.facts import Stream, Writing
from crewhall.ground.ids import CONTROL, CommunityKey, root
from crewhall.life.community.facts import Founded
from crewhall.ports import Entry
from crewhall.testing.directory import our_service
from crewhall.testing.homeserver import FakeHomeserver
from crewhall.testing.ledger import MemoryLedger
from crewhall.testing.people import Person
from crewhall.testing.world import World
from crewhall_config import charters

SHIPPED = {name: read_charter(text, f"{name}.yaml") for name, text in charters().items()}


@pytest.mark.parametrize("version", ["11", "12"])
@pytest.mark.parametrize("charter", SHIPPED.values(), ids=SHIPPED)
async def test_it_is_founded_and_a_second_look_changes_nothing(charter: Charter, version: str) -> None:
    world = World()
    world.directory.services["crewhall"] = our_service(world.server)
    ann = Person(world, "ann")
    keeping = Keeping(MemoryLedger())
    homeserver = FakeHomeserver(world)
    reconciler = Reconciler(homeserver, keeping, world.clock)
    key = CommunityKey(charter.key)
    fact = Founded(charter.model_copy(update={"room_version": version}), (ann.id,))
    await keeping.record(Entry("founding", world.clock.now(), (Writing(Stream(key), fact, 0),)))

    await reconciler.attend(CONTROL)
    report = await reconciler.found(key)

    assert report.whole, report
    wanted = {room for room in rules.rooms(keeping.house) if room.startswith(key)}
    assert len(wanted) == 2 + len(charter.places) + sum(1 + len(rung.rooms) for rung in charter.rungs)
    assert wanted <= set(keeping.house.rooms)
    assert not await reconciler.plan()
    space = await homeserver.look(keeping.house.rooms[root(key)].room)
    assert space.members[ann.id].membership == "invite"
