"""A community on the homeserver for tests, with the part of the service that keeps its rooms."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

import pytest

from crewhall import house as rules
from crewhall.charter.model import Charter, Place, Rung
from crewhall.flows.keeping import Keeping
from crewhall.flows.reconcile import Reconciler
from crewhall.ground.facts import Fact, Stream, Writing
from crewhall.ground.ids import CommunityKey, RoomId, RoomKey, UserId
from crewhall.ground.rooms import RoomSeen
from crewhall.ground.steps import Blocked
from crewhall.ground.talk import Gesture
from crewhall.life.community.facts import Founded
from crewhall.ports import Entry
from crewhall.testing.directory import our_service
from crewhall.testing.homeserver import FakeHomeserver
from crewhall.testing.ledger import MemoryLedger
from crewhall.testing.people import Person
from crewhall.testing.world import World

T = TypeVar("T")
HALL = CommunityKey("rivendell")


class Killed(Exception):
    """The service was killed here."""


class Mortal(FakeHomeserver):
    """A homeserver during whose n-th call the service is killed: before it is done, or before it is told."""

    dies_at = 0
    after = False
    made = 0

    async def _call(self, kind: str, act: Callable[[], T]) -> T:
        self.made += 1
        if self.made == self.dies_at and not self.after:
            raise Killed
        done = await super()._call(kind, act)
        if self.made == self.dies_at:
            raise Killed
        return done


@dataclass
class Stage:
    """The world, and a service that can be killed and started again."""

    version: str = "12"
    world: World = field(default_factory=World)
    ledger: MemoryLedger = field(default_factory=MemoryLedger)
    blocked: dict[RoomKey, tuple[Blocked, ...]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.world.directory.services["crewhall"] = our_service(self.world.server)
        self.ann, self.bob, self.cid = (Person(self.world, name) for name in ("ann", "bob", "cid"))
        self.far = Person(self.world, "@far:far.test")
        self._causes = 0

    async def start(self) -> Reconciler:
        """Start the service: what it knows is what the ledger holds."""
        self.homeserver = Mortal(self.world)
        self.keeping = Keeping(self.ledger)
        await self.keeping.open()
        self.reconciler = Reconciler(
            self.homeserver,
            self.keeping,
            self.world.clock,
            on_look=self.look,
            on_blocked=self.blocked.__setitem__,
        )
        return self.reconciler

    async def look(self, key: RoomKey, seen: RoomSeen) -> None:
        """Take what people did meanwhile as gestures, as a look tells them."""
        now, me = self.world.clock.now(), self.homeserver.me
        for person, member in seen.members.items():
            if person == me or (member.membership == "invite" and member.sender == me):
                continue
            gesture = Gesture(key, person, member.membership, member.sender, member.event, now, me)
            for decision in rules.gesture(self.keeping.house, gesture):
                await self.keeping.record(Entry(member.event, now, decision.facts))

    async def write(self, fact: Fact, stream: str = HALL) -> None:
        """Have something decided."""
        self._causes += 1
        cause = f"$decided{self._causes}"
        await self.keeping.record(Entry(cause, self.world.clock.now(), (Writing(Stream(stream), fact),)))

    def charter(self, **more: object) -> Charter:
        """Return a small charter."""
        rungs = (
            Rung(key="friends", name="Friends", rooms=(Place(key="commons", name="Commons"),)),
            Rung(key="partners", name="Partners", rooms=(Place(key="hearth", name="Hearth"),)),
        )
        parts = {"places": (Place(key="lobby", name="Lobby"),), "rungs": rungs} | more
        return Charter(key=HALL, name="Rivendell", room_version=self.version, **parts)

    async def founded(self, *founders: UserId, **more: object) -> Reconciler:
        """Start, and have the community decided, its rooms not yet made."""
        reconciler = await self.start()
        await self.write(Founded(self.charter(**more), founders or (self.ann.id, self.far.id)))
        return reconciler

    def room(self, key: str) -> RoomId:
        """Return a managed room's id."""
        return self.keeping.house.rooms[RoomKey(key)].room

    @property
    def calls(self) -> dict[str, int]:
        """The calls since they were last cleared."""
        return dict(self.homeserver.calls.by_kind)

    def names(self) -> list[str]:
        """The names of all rooms in the world that have one."""
        contents = (room.content("m.room.name") or {} for room in self.world.rooms.values())
        return sorted(str(content.get("name", "")) for content in contents)


@pytest.fixture(params=["12", "11"])
def stage(request: pytest.FixtureRequest) -> Stage:
    """A world without rooms, once for each room version."""
    return Stage(request.param)


@pytest.fixture
def stages() -> type[Stage]:
    """For tests that need one world after the other."""
    return Stage
