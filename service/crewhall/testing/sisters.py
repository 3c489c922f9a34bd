"""Communities on servers of their own that federate: each a `Household` with an errand, on one told clock.

::

    async with Sisters(Letterboxes, {"ours.test": charter, "dale.test": another}) as sisters:
        ours, dale = sisters
        asked = await ours.tell(ours.ann, "!link with @keeper:dale.test")
        await sisters.settle()                 # everything that can arrive and be decided
        sisters.federation.cut("ours.test", "dale.test")
        dale.stop_homeserver()
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import AsyncExitStack
from datetime import timedelta
from types import TracebackType
from typing import Protocol, Self

from crewhall.charter.model import Charter
from crewhall.door import Doors
from crewhall.flows.recording import Occasion, Recorder
from crewhall.ground.hall import House
from crewhall.ground.ids import EventId, RoomId, UserId
from crewhall.ground.talk import Decision
from crewhall.testing.clock import ToldClock
from crewhall.testing.events import Event
from crewhall.testing.federation import Federation, Homeland
from crewhall.testing.household import Household
from crewhall.testing.people import Person

_ROUNDS = 200
_STEP = timedelta(seconds=8)
_QUIET = 2
_QUIET_AT_REST = 9
"""Steps without anything new after which nothing will be: longer than anything rests, if something does."""


class Rounds(Protocol):
    """An errand that a test takes step by step."""

    async def round(self) -> None:
        """Do what is due now."""
        ...

    def hint(self, room: RoomId) -> None:
        """Hear that something of ours was said in a room; must not wait."""
        ...


class Home(Household):
    """A community's service beside its homeserver; `recorded` are the causes by which its errand learned."""

    def __init__(self, world: Homeland, charter: Charter, errand: Callable[[Doors], Rounds]) -> None:
        super().__init__(world)
        self.land = world
        self.charter = charter
        self.runs = False
        self.recorded: list[str] = []
        self._errand = errand

    @property
    def name(self) -> str:
        """The server's name."""
        return self.world.server

    async def start(self) -> None:
        """Start the service, with an errand that knows what the ledger holds."""
        await super().start()
        recorder = Recorder(self.keeping, self.chats)

        async def record(cause: str, decide: Callable[[House], Decision | None]) -> bool:
            done = await recorder.record(Occasion(cause, self.world.clock.now()), decide)
            self.recorded += [cause] if done else []
            return done

        self.errand = self._errand(
            Doors(lambda: self.keeping.house, record, self.homeserver, self.world.clock)
        )
        self.hint = self.errand.hint
        self.runs = True

    async def stop(self) -> None:
        """Stop the service."""
        self.runs = False
        await super().stop()

    def stop_homeserver(self, *, forgets: bool = False) -> None:
        """Stop the homeserver; if it `forgets`, what was not pushed to the service never will be."""
        self.homeserver.faults.stopped = True
        self.land.federation.stop(self.name)
        if forgets:
            self._told = len(self.world.log)

    def start_homeserver(self, *, late: bool = False) -> None:
        """Start it again; `late` if others have to catch up."""
        self.homeserver.faults.stopped = False
        self.land.federation.start(self.name, late=late)

    async def tell(self, person: Person, text: str, key: str = "") -> EventId:
        """Have somebody say something in a managed room, or in their private chat; nothing is pushed yet."""
        room = self.room(key or self.chats.key(person.id))
        return await person.say(room, text)

    def cards(self, room: str) -> list[Event]:
        """Return the keeper's messages in a room, edits apart."""
        return [one for one in self.said(room) if "m.new_content" not in one.content]

    def heard(self, person: Person) -> list[str]:
        """Return what the keeper has said to somebody in private, edits apart."""
        return [str(one.content["body"]) for one in self.cards(self.room(self.chats.key(person.id)))]

    @property
    def rests(self) -> bool:
        """Whether something is tried again later."""
        return self.runs and bool(self.workers.resting or self.rooms.resting or self.voice.resting)

    async def rest(self) -> None:
        """Wait until all flows are idle; what rests may have to wait for another server."""
        for _ in range(3):
            for flow in (self.workers, self.rooms, self.voice, self.declining):
                await flow.idle()

    async def work(self) -> None:
        """Do all that can be done now, on this side alone."""
        if self.runs and not self.homeserver.faults.stopped:
            await self.settle()
            self.reconciler.afar.beat(self.rooms.poke)
            await self.errand.round()
            await self.settle()


class Sisters:
    """Several homes by the names of their servers, and the federation between them."""

    def __init__(self, errand: Callable[[Doors], Rounds], charters: Mapping[str, Charter]) -> None:
        self.clock = ToldClock()
        self.federation = Federation(self.clock, *charters)
        self.homes = [
            Home(self.federation.worlds[name], charter, errand) for name, charter in charters.items()
        ]
        self._stack = AsyncExitStack()

    def __iter__(self) -> Iterator[Home]:
        return iter(self.homes)

    async def __aenter__(self) -> Self:
        for home in self.homes:
            await self._stack.enter_async_context(home)
            await home.found(home.charter, *map(UserId, home.charter.founders))
            for person in (home.ann, home.ben):
                await person.join(home.room(home.charter.key))
                await home.settle()
                await home.chat(person)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._stack.aclose()

    async def settle(self) -> None:
        """Let arrive what can arrive, and have it heard, decided and stated, until nothing more happens."""
        quiet = 0
        for _ in range(_ROUNDS):
            before = self._mark()
            self.federation.deliver()
            for home in self.homes:
                await home.work()
            quiet = quiet + 1 if self._mark() == before else 0
            if quiet >= (_QUIET_AT_REST if any(home.rests for home in self.homes) else _QUIET):
                return
            await self.clock.advance(_STEP)
        raise AssertionError("it never ends")

    async def wait(self, span: timedelta) -> None:
        """Let time pass, with what it makes due on each side."""
        await self.clock.advance(span)
        for home in self.homes:
            if home.runs and not home.homeserver.faults.stopped:
                await home.ticking.beat()
        await self.settle()

    def _mark(self) -> tuple[object, ...]:
        """Return what changes while anything happens."""
        ways = [(one, other) for one in self.federation.worlds for other in self.federation.worlds]
        queued = tuple(self.federation.waiting(*way) for way in ways if self.federation.reaches(*way))
        homes = ((len(home.world.log), home.keeping.house.seq) for home in self.homes)
        return (queued, *homes)
