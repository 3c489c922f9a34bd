"""Says what waits in the outbox: in order in each room, rooms side by side, each thing once.

::

    outbox -> pump -> where does it go? -> the room's lane -> send -> the ledger knows where it stands
                      |
                      `- held until the room it goes to, or tells of, exists

A transaction id comes from what made us speak, so that saying it again after a crash is the same act. The
choices of a card are put in line as reactions of our own, before it is noted that the card was said.
"""

from collections import deque
from collections.abc import Awaitable, Callable
from types import TracebackType
from typing import Final, Self, TypeAlias

from crewhall.errors import Denied, TokenRefused, TryLater
from crewhall.flows.addressing import Never, Unnamed, Waits, address
from crewhall.flows.chats import Chats
from crewhall.flows.heard import Threads
from crewhall.flows.keeping import Keeping
from crewhall.flows.latest import Latest
from crewhall.flows.wording import content_of, edit_of, reaction_of
from crewhall.ground.ids import EventId, RoomId, server
from crewhall.ground.once import txn_of
from crewhall.ground.talk import Card
from crewhall.ports import Clock, Entry, Homeserver, Outgoing

Lane: TypeAlias = tuple[RoomId, bool]
"""What goes out in order: the words of one room, or (True) its reactions, which let its words go first."""

PUMP: Final[Lane] = (RoomId(""), False)
"""The lane that fills the others."""
_PAGE: Final = 100
_MOST_KNOWN: Final = 5_000
_DUPLICATE: Final = "M_DUPLICATE_ANNOTATION"


def _untold(_out: Outgoing | None, _trouble: Exception) -> None:
    return


async def _at_once() -> None:
    return


class Unsayable(Exception):
    """Something was decided to be said that must not be: a bug, told to the operator."""


class Voice:
    """The keeper's voice; an async context that owns its tasks. `wake` it whenever something may be said.

    `before` waits for what words let go first. `on_trouble` hears what went wrong, and with which of the
    things to be said.
    """

    def __init__(
        self,
        keeping: Keeping,
        homeserver: Homeserver,
        clock: Clock,
        chats: Chats,
        *,
        threads: Threads | None = None,
        on_trouble: Callable[[Outgoing | None, Exception], None] = _untold,
        before: Callable[[], Awaitable[None]] = _at_once,
        rooms: int = 16,
    ) -> None:
        self._keeping = keeping
        self._before = before
        self._ledger = keeping.ledger
        self._homeserver = homeserver
        self._clock = clock
        self._chats = chats
        self._threads = threads or Threads()
        self._on_trouble = on_trouble
        self._known: dict[int, Outgoing] = {}
        self._held: dict[int, Outgoing] = {}
        self._lanes: dict[Lane, deque[Outgoing]] = {}
        self._finished: set[int] = set()
        self._more = False
        self._read = 0  # up to this row of the outbox everything is known
        self._latest = Latest(self._work, clock, workers=rooms, on_trouble=self._lane_trouble)

    async def __aenter__(self) -> Self:
        """Begin to speak, with what waited."""
        await self._latest.__aenter__()
        self.wake()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Fall silent; what was not said waits in the outbox."""
        await self._latest.__aexit__(kind, error, trace)

    def wake(self) -> None:
        """Look for what may be said now; must not wait."""
        self._latest.poke(PUMP)

    async def idle(self) -> None:
        """Wait until all has been said that can be said now."""
        await self._latest.idle()

    @property
    def resting(self) -> int:
        """How many rooms are tried again later."""
        return len(self._latest.resting)

    async def _work(self, lane: Lane) -> None:
        if lane == PUMP:
            return await self._pump()
        room, is_reactions = lane
        if is_reactions and (room, False) in self._lanes:
            return None  # the words wake it as they end
        line = self._lanes.get(lane)
        while line:
            out = line[0]
            await self._say(room, out)
            line.popleft()
            self._done(out)
        self._lanes.pop(lane, None)
        if (room, True) in self._lanes:
            self._latest.poke((room, True))
        if self._more:
            self.wake()
        return None

    async def _pump(self) -> None:
        """Put what waits into the lanes of the rooms it goes to."""
        await self._before()
        for out in list(self._held.values()):
            await self._route(out)
        while (room := _MOST_KNOWN - len(self._known)) > 0:
            limit = min(_PAGE, room)
            self._finished.clear()
            found = await self._ledger.unsaid(limit, self._read)
            new = [out for out in found if out.row not in self._known and out.row not in self._finished]
            for out in sorted(new, key=lambda one: bool(one.ack)):
                self._known[out.row] = out
                try:
                    await self._route(out)
                except BaseException:
                    self._known.pop(out.row, None)  # to be read again
                    raise
            self._read = max((out.row for out in found), default=self._read)
            self._more = len(found) >= limit
            if not self._more:
                return
        self._more = True

    async def _route(self, out: Outgoing) -> None:
        where = address(self._keeping.house, out)
        if isinstance(where, Unnamed):
            await self._chats.ensure(where.person, f"{out.cause}/{out.part}")
            where = address(self._keeping.house, out)
        match where:
            case Never(why=why, bug=bug):
                if bug:
                    self._on_trouble(out, Unsayable(why))
                await self._give_up(out)
            case Waits() | Unnamed():
                self._held[out.row] = out
            case room:
                self._held.pop(out.row, None)
                lane = (room, bool(out.ack))
                self._lanes.setdefault(lane, deque()).append(out)
                self._latest.poke(lane)

    async def _say(self, room: RoomId, out: Outgoing) -> None:
        """Say one thing, or give it up if the homeserver will never take it. Raises `TryLater`."""
        try:
            if out.ack:
                event = await self._react(room, out)
            else:
                event = await self._speak(room, out)
        except TokenRefused as refused:
            raise TryLater(refused.why) from refused
        except Denied as denied:
            if denied.code != _DUPLICATE:
                self._on_trouble(out, denied)
            await self._ledger.unsay(out.row)
        except KeyError as unworded:
            self._on_trouble(out, unworded)
            await self._ledger.unsay(out.row)
        else:
            await self._ledger.said(out.row, room, event)

    async def _react(self, room: RoomId, out: Outgoing) -> EventId:
        content = reaction_of(out.event or EventId(""), out.ack)
        return await self._homeserver.send(room, "m.reaction", content, self._txn(out))

    async def _speak(self, room: RoomId, out: Outgoing) -> EventId:
        house, me = self._keeping.house, self._homeserver.me
        root = self._threads.root(out.event) if out.event is not None else None
        content = content_of(out, house.rooms, server(me), root)
        card = out.say.card
        standing = await self._standing(room, card) if card is not None else None
        if standing is not None:
            await self._homeserver.send(room, "m.room.message", edit_of(content, standing), self._txn(out))
            return standing
        event = await self._homeserver.send(room, "m.room.message", content, self._txn(out))
        if card is not None:
            await self._offer(room, event, card, out)
        return event

    async def _standing(self, room: RoomId, card: Card) -> EventId | None:
        return next((one.event for one in await self._ledger.posted(card) if one.room == room), None)

    async def _offer(self, room: RoomId, event: EventId, card: Card, out: Outgoing) -> None:
        """Put the card's choices in line, to be clicked: durable, and once."""
        for n, choice in enumerate(card.choices):
            cause = f"{out.cause}/{out.part}/choice/{n}"
            now = self._clock.now()
            await self._keeping.record(Entry(cause, now, room=room, event=event, ack=choice))

    async def _give_up(self, out: Outgoing) -> None:
        await self._ledger.unsay(out.row)
        self._done(out)

    def _done(self, out: Outgoing) -> None:
        self._finished.add(out.row)
        self._known.pop(out.row, None)
        self._held.pop(out.row, None)

    def _txn(self, out: Outgoing) -> str:
        return txn_of(out.cause, self._homeserver.me, out.part)

    def _lane_trouble(self, lane: Lane, trouble: Exception) -> None:
        """Hear of a lane that rests, or that a bug has stopped: then what it stopped at is left out."""
        line = self._lanes.get(lane)
        stuck = line[0] if line else None
        self._on_trouble(stuck, trouble)
        if line and not isinstance(trouble, TryLater):
            line.popleft()  # stays in the outbox, and in `_known`: tried again after a restart
            self._latest.poke(lane)
