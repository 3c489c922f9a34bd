"""The whole service in one process, on fakes: what people do in a `World` is heard, decided and answered.

::

    async with Household() as house:
        await house.found()
        await house.ann.join(house.room("rivendell"))
        event = await house.ann.say(await house.chat(house.ann), "!help")
        assert "!crew" in (await house.answers(event))[0]

Events are pushed only by `settle`, as letters like Synapse's; a test may push others, or the same again.
"""

import asyncio
from collections.abc import Callable, Iterable, Mapping
from contextlib import AsyncExitStack
from types import TracebackType
from typing import Self

from crewhall.charter.model import Charter
from crewhall.flows.chats import Chats
from crewhall.flows.drifting import Drifting
from crewhall.flows.following import Following
from crewhall.flows.heard import Threads
from crewhall.flows.hearing import Hearing
from crewhall.flows.inbox import Inbox
from crewhall.flows.keeping import Keeping
from crewhall.flows.latest import Latest
from crewhall.flows.manners import Manners
from crewhall.flows.moving import Mover
from crewhall.flows.reconcile import Reconciler
from crewhall.flows.showing import Showing, community_in, in_line, whole_of
from crewhall.flows.ticking import Ticking
from crewhall.flows.voice import Voice
from crewhall.flows.workers import Workers
from crewhall.ground import ids
from crewhall.ground.facts import Stream, Writing
from crewhall.ground.ids import EventId, RoomId, RoomKey, UserId
from crewhall.ground.rooms import RoomSeen
from crewhall.ground.sifting import Us
from crewhall.life.community.facts import Founded
from crewhall.ports import Entry, Ledger
from crewhall.testing.clock import ToldClock
from crewhall.testing.events import Event
from crewhall.testing.homeserver import FakeHomeserver
from crewhall.testing.ledger import MemoryLedger
from crewhall.testing.letters import letter_of
from crewhall.testing.people import Person
from crewhall.testing.world import World

CHARTER = Charter.model_validate(
    {
        "key": "rivendell",
        "name": "Rivendell",
        "places": [{"key": "lobby", "name": "Lobby"}, {"key": "quiet", "name": "Quiet", "commands": False}],
        "rungs": [{"key": "friends", "name": "Friends", "rooms": [{"key": "commons", "name": "Commons"}]}],
        "door": {"join": "public"},
    }
)
_ROUNDS = 200


def _unheeded(_room: RoomId) -> None:
    return


class Household:
    """A service that can be killed (`stop`) and started again (`start`) on the same world and ledger.

    `troubles` is everything that the flows reported. `hint` hears of rooms of strangers.
    """

    def __init__(
        self, world: World | None = None, ledger: Ledger | None = None, manners: Manners | None = None
    ) -> None:
        self.world = world or World(clock=ToldClock(hurried=True))
        self.ledger = ledger or MemoryLedger()
        self.manners = manners or Manners(operators=frozenset({UserId(f"@op:{self.world.server}")}))
        self.homeserver = FakeHomeserver(self.world)
        self.troubles: list[Exception] = []
        self.hint: Callable[[RoomId], None] = _unheeded
        self.ann, self.ben, self.cleo = (Person(self.world, name) for name in ("ann", "ben", "cleo"))
        self._told = 0
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.stop()

    async def start(self) -> None:
        """Start the service: it knows what the ledger holds."""
        clock = self.world.clock
        self.keeping = Keeping(self.ledger, {"rivendell": CHARTER})
        await self.keeping.open()
        self.chats = Chats(self.keeping, clock, b"secret")
        threads = Threads()
        self.declining = Latest(self._decline, clock, workers=2)
        self.hearing = Hearing(
            self.keeping,
            self.homeserver,
            clock,
            self.chats,
            poke=self.poke,
            manners=self.manners,
            threads=threads,
            hint=self._hinted,
            later=self.declining.poke,
        )
        self.reconciler = Reconciler(
            self.homeserver,
            self.keeping,
            clock,
            on_look=self.hearing.looked,
            on_drift=Drifting(self.keeping, self.chats, clock).met,
            on_replaced=self._replaced,
        )
        self.mover = Mover(self.reconciler.hands, self.hearing.looked)
        self.following = Following(self.homeserver, self.keeping, self.chats, clock, self.mover)
        self.showing = Showing(self.reconciler, self.keeping, self.chats, clock, poke=self.poke)
        self.rooms = Latest(self._attend, clock, on_trouble=lambda _key, trouble: self._trouble(trouble))
        self.voice = Voice(
            self.keeping,
            self.homeserver,
            clock,
            self.chats,
            threads=threads,
            on_trouble=lambda _out, trouble: self._trouble(trouble),
        )
        self.workers = Workers(
            self.ledger, clock, self.hearing.hear, on_trouble=lambda _event, trouble: self._trouble(trouble)
        )
        self.ticking = Ticking(
            self.keeping,
            self.chats,
            clock,
            poke=self.poke,
            homeserver=self.homeserver,
            on_beat=lambda: self.reconciler.afar.beat(self.rooms.poke),
        )
        self.inbox = Inbox(
            self.ledger, self.keeping, clock, Us(self.me, frozenset({self.me})), self.workers.take
        )
        self.keeping.listen(self._changed)
        for flow in (self.rooms, self.voice, self.declining, self.workers):
            await self._stack.enter_async_context(flow)
        self.poke((ids.CONTROL, *map(whole_of, self.keeping.house.halls)))
        await self.rooms.idle()

    async def stop(self) -> None:
        """Kill the service; what is at work is cut off."""
        await self._stack.aclose()

    @property
    def me(self) -> UserId:
        """The keeper."""
        return self.homeserver.me

    def poke(self, keys: Iterable[RoomKey]) -> None:
        """Have rooms looked at."""
        for key in keys:
            self.rooms.poke(key)

    async def found(self, charter: Charter = CHARTER, *founders: UserId) -> None:
        """Found a community, as an operator does."""
        fact = Founded(charter, founders)
        entry = Entry(
            f"cli:found:{charter.key}", self.world.clock.now(), (Writing(Stream(charter.key), fact),)
        )
        await self.keeping.record(entry)
        await self.settle()

    async def come(self, *people: Person) -> None:
        """Let people into the community's space and lobby."""
        for person in people:
            for key in ("rivendell", "rivendell/place/lobby"):
                await person.join(self.room(key))
        await self.settle()

    async def chat(self, person: Person) -> RoomId:
        """Have a private chat opened, as Element does, and accept it."""
        await person.create_room({"invite": [self.me], "is_direct": True, "preset": "trusted_private_chat"})
        await self.settle()
        room = self.room(self.chats.key(person.id))
        await person.join(room)
        await self.settle()
        return room

    async def settle(self) -> None:
        """Push what happened, until nothing more happens."""
        for _ in range(_ROUNDS):
            letters = self.letters()
            await self.push(letters)
            await self.rest()
            if not letters and self._told == len(self.world.log):
                return
        raise AssertionError("it never ends")

    def letters(self) -> list[dict[str, object]]:
        """Return what was not pushed yet, as the homeserver would; it counts as pushed."""
        new, self._told = self.world.log[self._told :], len(self.world.log)
        return [letter_of(event)(self.world) for event in new]

    async def push(self, letters: Iterable[Mapping[str, object]]) -> None:
        """Have a transaction taken in."""
        await self.reconciler.afar.taking(self.inbox.accept)(list(letters))

    async def rest(self) -> None:
        """Wait until all flows are idle and nothing rests; the world's clock is a hurried one."""
        for _ in range(_ROUNDS):
            for _ in range(3):
                await self.workers.idle()
                await self.rooms.idle()
                await self.voice.idle()
                await self.declining.idle()
            if not (self.workers.resting or self.rooms.resting or self.voice.resting):
                return
            await asyncio.sleep(0)
        raise AssertionError("it rests for ever")

    def room(self, key: str) -> RoomId:
        """Return a managed room."""
        return self.keeping.house.rooms[RoomKey(key)].room

    def said(self, room: str) -> list[Event]:
        """Return the keeper's messages in a room, oldest first."""
        timeline = self.world.room(room).timeline
        return [e for e in timeline if e.sender == self.me and e.kind == "m.room.message"]

    def answers(self, event: EventId) -> list[str]:
        """Return the keeper's replies to a message."""
        room = self.world.events[event].room
        return [str(e.content["body"]) for e in self.said(room) if _replies_to(e) == event]

    def reactions(self, event: EventId) -> list[str]:
        """Return the keeper's reactions to a message."""
        found = []
        for e in self.world.room(self.world.events[event].room).timeline:
            relation = e.content.get("m.relates_to")
            if e.kind == "m.reaction" and e.sender == self.me and isinstance(relation, Mapping):
                found += [str(relation["key"])] if relation["event_id"] == event else []
        return found

    async def _attend(self, key: RoomKey) -> None:
        if (community := community_in(key)) is not None:
            await self.mover.tend(community)
            await self.showing.tend(community)
            return
        self.showing.settled(key, await self.reconciler.attend(key))

    async def _replaced(self, key: RoomKey, seen: RoomSeen) -> bool:
        return await self.following.met(key, seen)

    def _changed(self, keys: frozenset[RoomKey], saying: bool) -> None:  # noqa: FBT001 - a listener's shape
        self.poke(in_line(self.keeping.house, keys))
        if saying:
            self.voice.wake()

    async def _decline(self, room: RoomId) -> None:
        await self.hearing.decline(room)

    def _hinted(self, room: RoomId) -> None:
        self.hint(room)

    def _trouble(self, trouble: Exception) -> None:
        self.troubles.append(trouble)


def _replies_to(event: Event) -> object:
    relation = event.content.get("m.relates_to")
    answered = relation.get("m.in_reply_to") if isinstance(relation, Mapping) else None
    return answered.get("event_id") if isinstance(answered, Mapping) else None
