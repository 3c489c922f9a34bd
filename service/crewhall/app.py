"""Puts everything together, and owns every task: the one composition root.

::

    endpoint -> inbox -> workers -> hearing -> ledger -> voice
                                       |          `----> latest -> reconciler
    clock ----------> ticking ---------'

It listens first and awakens then: our user exists -> ping (ends the homeserver's back-off) -> one heartbeat
(wakes a queue that sleeps after the homeserver's restart) -> a full look -> one more heartbeat (brings to
light what the homeserver left behind). What waited in the inbox is heard meanwhile. A homeserver that is not
up yet is waited for.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from datetime import timedelta

import structlog

from crewhall import house as rules
from crewhall.adapters.listening import listening
from crewhall.adapters.numbering import behind
from crewhall.adapters.outdoors import Outdoors
from crewhall.adapters.transactions import build
from crewhall.doctor.visiting import Visits
from crewhall.door import Doors, Served, errands
from crewhall.errors import Trouble
from crewhall.flows.addressing import is_alias
from crewhall.flows.drifting import Drifting
from crewhall.flows.following import Following
from crewhall.flows.heard import Threads
from crewhall.flows.hearing import Hearing
from crewhall.flows.inbox import Inbox
from crewhall.flows.lapsing import Lapsing
from crewhall.flows.latest import Latest
from crewhall.flows.manners import Manners
from crewhall.flows.moving import Mover
from crewhall.flows.outside import Outside
from crewhall.flows.reconcile import Reconciler, Settled
from crewhall.flows.recording import Occasion, Recorder
from crewhall.flows.showing import Showing, community_in, in_line, whole_of
from crewhall.flows.ticking import Ticking
from crewhall.flows.voice import Voice
from crewhall.flows.workers import Workers
from crewhall.ground import ids
from crewhall.ground.guard import community_of
from crewhall.ground.hall import House
from crewhall.ground.ids import CommunityKey, RoomId, RoomKey, UserId
from crewhall.ground.ladder import rung_at
from crewhall.ground.rooms import RoomSeen
from crewhall.ground.sifting import Us
from crewhall.ground.steps import Blocked
from crewhall.ground.talk import Decision
from crewhall.ports import Incoming, Outgoing
from crewhall.waking import awaken, beat_again, insist
from crewhall.watching.lookout import Lookout
from crewhall.watching.metrics import Watch
from crewhall.works import Works

_log = structlog.stdlib.get_logger(__name__)

HEAD_START = 0.05
"""Seconds that words have before rooms are changed: somebody waits for them, and homeservers queue."""
EVERYWHERE = RoomKey("")
"""The place in line of a full look."""


class Service:
    """The running service. `ready` is set once it has awakened."""

    def __init__(self, works: Works, watch: Watch | None = None) -> None:
        self.works = works
        self.ready = asyncio.Event()
        settings = works.settings
        self.watch = watch or Watch()
        self.lookout = Lookout(self.watch, works.keeping, works.clock, settings.ledger)
        self.chats = works.chats()
        threads = Threads()
        self.reconciler = Reconciler(
            works.keeper,
            works.keeping,
            works.clock,
            settings.limits.concurrency,
            on_look=self._looked,
            on_drift=Drifting(works.keeping, self.chats, works.clock).met,
            on_replaced=self._replaced,
            on_blocked=self._blocked,
            on_conduct=self.watch.conducted,
        )
        self.mover = Mover(self.reconciler.hands, self._looked)
        self.following = Following(works.keeper, works.keeping, self.chats, works.clock, self.mover)
        self.showing = Showing(self.reconciler, works.keeping, self.chats, works.clock, poke=self.poke)
        self.latest = Latest[RoomKey](
            self._settle, works.clock, workers=settings.limits.concurrency, on_trouble=self._room_trouble
        )
        self.outdoors = Outdoors(private=settings.bridges.private_addresses)
        doors = Doors(
            house=lambda: works.keeping.house,
            record=self._write_down,
            keeper=works.keeper,
            clock=works.clock,
            outdoors=self.outdoors,
            served=Served(settings.bridges.calendar_listen, settings.bridges.calendar_address),
        )
        self.outside = Outside(errands(doors), works.clock, on_trouble=self._bridge_trouble)
        self.declining = Latest[RoomId](self._decline, works.clock, workers=2, longest=timedelta(hours=1))
        self.hearing = Hearing(
            works.keeping,
            works.keeper,
            works.clock,
            self.chats,
            poke=self.poke,
            manners=Manners(
                operators=frozenset(UserId(person) for person in settings.service.operators),
                command_age=settings.limits.command_age,
                commands_per_minute=settings.limits.commands_per_minute,
                name=settings.service.display,
                before=Visits(works, self.reconciler).before,
            ),
            threads=threads,
            hint=self.outside.hint,
            later=self.declining.poke,
        )
        self.workers = Workers(works.ledger, works.clock, self.hearing.hear, on_trouble=self._event_trouble)
        self.voice = Voice(
            works.keeping,
            works.keeper,
            works.clock,
            self.chats,
            threads=threads,
            on_trouble=self._word_trouble,
            before=self._invitations_first,
        )
        self.ticking = Ticking(
            works.keeping,
            self.chats,
            works.clock,
            poke=lambda _all: self.look_around(),
            homeserver=works.keeper,
            lapsing=Lapsing(works.keeping, works.clock),
            look_every=settings.limits.look_every,
            on_trouble=lambda trouble: _log.warning("ticking.trouble", why=str(trouble)),
            on_beat=lambda: self.reconciler.afar.beat(self.latest.poke),
        )
        us = Us(works.keeper.me, frozenset({works.keeper.me, self._sender}))
        hear = self.lookout.hearing(self.workers.take)
        self.inbox = Inbox(works.ledger, works.keeping, works.clock, us, hear)
        self.lookout.mind(self.workers, self.latest, self.voice, self.ticking)
        works.keeping.listen(self._changed)

    def poke(self, keys: Iterable[RoomKey]) -> None:
        """Have rooms looked at."""
        for key in keys:
            self.latest.poke(key)

    def look_around(self) -> None:
        """Have all rooms looked at."""
        self.latest.poke(EVERYWHERE)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[int]:
        """Listen, work, and yield the port; stop everything at the end."""
        host, _, port = self.works.settings.service.listen.rpartition(":")
        app = build(
            self.lookout.taking(self.reconciler.afar.taking(self.inbox.accept)),
            lambda user: user == self.works.keeper.me,
            lambda alias: is_alias(self.works.keeping.house, self.works.settings.homeserver.name, alias),
            self.works.registration.hs_token.get_secret_value(),
            behind=behind(self.works.clock.now),
        )
        async with AsyncExitStack() as stack:
            for flow in (self.latest, self.voice, self.declining, self.workers, self.outdoors):
                await stack.enter_async_context(flow)
            bound = await stack.enter_async_context(listening(app, host.strip("[]"), int(port)))
            watched = self.lookout.posted(self.works.keeper.me, self.works.settings.watch.listen)
            await stack.enter_async_context(watched)
            async with asyncio.TaskGroup() as group:
                own = (self._awaken(), self.ticking.run(), self._go_outside(), self.lookout.replay())
                tasks = [group.create_task(one) for one in own]
                self.voice.wake()
                try:
                    yield bound
                finally:
                    for task in tasks:
                        task.cancel()

    async def _awaken(self) -> None:
        works, lookout = self.works, self.lookout
        reached = await awaken(works, self.reconciler)
        self.look_around()
        self.ready.set()
        _log.info("service.awake", keeper=works.keeper.me, communities=len(works.keeping.house.halls))
        if not reached:
            await insist(works, lookout.reached.is_set)
        lookout.reached.set()
        await beat_again(works)

    async def _go_outside(self) -> None:
        """Run the bridges' errands, once the house is awake."""
        await self.ready.wait()
        await self.outside.run()

    async def _write_down(self, cause: str, decide: Callable[[House], Decision | None]) -> bool:
        """Record what an errand has learned. Raises `TryLater`."""
        recorder = Recorder(self.works.keeping, self.chats)
        return await recorder.record(Occasion(cause, self.works.clock.now()), decide)

    async def _settle(self, key: RoomKey) -> None:
        if key == EVERYWHERE:
            self.poke(map(whole_of, (CommunityKey(""), *self.works.keeping.house.halls)))
            return
        if (community := community_in(key)) is not None:
            await self._settle_all(community)
            return
        if ids.hall_of(key) is None:
            await self._invitations_first()
        elif not self._asks_in(key):
            with suppress(TimeoutError):
                async with asyncio.timeout(HEAD_START):
                    await self.voice.idle()
        outcome = await self.reconciler.attend(key)
        if isinstance(outcome, Settled):
            self.lookout.obstacles.looked(lambda other: other == key, outcome.report)
        self.showing.settled(key, outcome)

    def _asks_in(self, key: RoomKey) -> bool:
        """Return whether somebody is to be invited by their community's rule: nothing goes before that."""
        hall = rules.hall_at(self.works.keeping.house, key)
        rung = rung_at(hall, key) if hall is not None else None
        return hall is not None and rung is not None and bool(hall.asked.get(rung))

    async def _invitations_first(self) -> None:
        """Wait, for as long as words have before other rooms, until those who are asked in are invited."""
        until = self.works.clock.now() + timedelta(seconds=HEAD_START)
        while any(map(self._asks_in, self.latest.at_work)) and self.works.clock.now() < until:
            await self.works.clock.sleep(timedelta(milliseconds=2))

    async def _settle_all(self, community: CommunityKey) -> None:
        for no in await self.mover.tend(community):
            self._blocked(no.key, (no,))
        report = await self.showing.tend(community)
        self.lookout.obstacles.looked(lambda key: community_of(key) == community, report)
        _log.info("look.done", community=community, steps=len(report.done), waiting=len(report.waiting))

    async def _decline(self, room: RoomId) -> None:
        await self.hearing.decline(room)

    async def _replaced(self, key: RoomKey, seen: RoomSeen) -> bool:
        return await self.following.met(key, seen)

    async def _looked(self, key: RoomKey, seen: RoomSeen) -> None:
        await self.hearing.looked(key, seen)

    def _changed(self, keys: frozenset[RoomKey], saying: bool) -> None:  # noqa: FBT001 - the listener's form
        for key in in_line(self.works.keeping.house, keys):
            self.latest.poke(key)
        if saying:
            self.voice.wake()

    @property
    def _sender(self) -> UserId:
        return UserId(f"@{self.works.registration.sender_localpart}:{self.works.settings.homeserver.name}")

    def _blocked(self, key: RoomKey, blocked: tuple[Blocked, ...]) -> None:
        self.lookout.obstacles.met(key)
        for one in blocked:
            _log.warning("room.blocked", room=key, what=one.what, remedy=one.remedy)

    def _bridge_trouble(self, name: str, trouble: Exception) -> None:
        self.watch.troubled(name)
        _told("outside.trouble", trouble, bridge=name)

    def _room_trouble(self, key: RoomKey, trouble: Exception) -> None:
        _told("room.trouble", trouble, room=key)

    def _event_trouble(self, incoming: Incoming, trouble: Exception) -> None:
        _told("event.trouble", trouble, event_id=incoming.id)

    def _word_trouble(self, out: Outgoing | None, trouble: Exception) -> None:
        _told("word.trouble", trouble, cause=out.cause if out else "")


def _told(event: str, trouble: Exception, **what: str) -> None:
    if isinstance(trouble, Trouble):
        _log.info(event, why=str(trouble), **what)
    else:
        _log.error(event, exc_info=trouble, **what)
