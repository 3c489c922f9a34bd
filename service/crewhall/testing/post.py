"""Pushes events to application services as Synapse does: one transaction at a time, again until it is taken.

Sources: Matrix specification v1.19, application service API; Synapse 1.163 `appservice/scheduler.py` and
`appservice/api.py`. At most 100 events go together. A transaction that is not answered with 2xx and a JSON
object in time is repeated under the same id, after growing waits, its body made anew; until then every
further event becomes a transaction of its own. Order is kept within a room and promised nowhere else.
What is written down just as the last of those is taken may be left behind (`Delivery.leave_every`).
"""

import asyncio
import json
import random
import time
from collections import deque
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from urllib.parse import quote

import aiohttp

from crewhall.ground.ids import RoomId, UserId
from crewhall.testing.directory import Service
from crewhall.testing.events import MEMBER, Event, Refused
from crewhall.testing.letters import Letter, letter_of, soft_failed
from crewhall.testing.world import World

MOST_EVENTS = 100
ANSWERED = range(200, 300)


@dataclass(slots=True)
class Delivery:
    """How transactions are delivered. Switches may be turned at any time; a count of 0 turns one off.

    `doubled`: what was taken comes again in a transaction of its own. `shuffled`: rooms are mixed within a
    transaction, each room's order kept. `lose_every`: each n-th event is never pushed. `deaf_every`: each
    n-th answer is lost, so that the same transaction comes again. `leave_every`: each n-th time that nothing
    waits any more the next transaction gets a number and is not sent, until another has failed. `first_wait`
    doubles up to `most_wait`; `patience` is how long an answer may take.
    """

    doubled: bool = False
    shuffled: bool = False
    lose_every: int = 0
    deaf_every: int = 0
    leave_every: int = 0
    first_wait: timedelta = timedelta(seconds=2)
    most_wait: timedelta = timedelta(seconds=512)
    patience: timedelta = timedelta(seconds=60)
    luck: random.Random = field(default_factory=lambda: random.Random(1))  # noqa: S311 - the same in every run


class Post:
    """The post office of a world. `sent` is every transaction that was taken: its id and its event ids."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.delivery = Delivery()
        self.sent: list[tuple[int, tuple[str, ...]]] = []
        self._rounds: dict[str, _Round] = {}
        world.listeners.append(self._heard)

    def start(self) -> None:
        """Begin to deliver what waits."""
        for service in self.world.directory.services.values():
            self._round(service).start()

    async def stop(self) -> None:
        """Stop delivering; what waits stays."""
        for tour in self._rounds.values():
            await tour.stop()

    async def ping(self, service: str, txn: str) -> int:
        """Ask a service whether it hears; return milliseconds. What waits is then tried at once."""
        asked = self.world.directory.services[service]
        if asked.url is None:
            raise Refused(400, "M_URL_NOT_SET", "The application service does not have a URL set")
        began = time.monotonic()
        url = f"{asked.url}/_matrix/app/v1/ping"
        if not await _call("POST", url, asked, {"transaction_id": txn}, self.delivery.patience):
            raise Refused(502, "M_CONNECTION_FAILED", "The application service does not answer")
        self._round(asked).hurry()
        return int((time.monotonic() - began) * 1000)

    def replay(self, last: int, service: str = "crewhall") -> None:
        """Push the last so many events of the world once more, as new transactions."""
        tour = self._round(self.world.directory.services[service])
        tour.add(letter_of(event) for event in self.world.log[-last:])

    def restarted(self) -> None:
        """Lose what a restart of Synapse loses; to be called between `stop` and `start`.

        Events that were in no transaction yet are gone. Transactions that were not taken stay, but are not
        tried again (nor does a ping help) before a new event comes. Ids count on from what stays, or from 1.
        """
        for tour in self._rounds.values():
            tour.restarted()

    def smuggle(self, event: Event, service: str = "crewhall") -> None:
        """Push an event that the homeserver has not accepted, marked as soft-failed."""
        self._round(self.world.directory.services[service]).add([soft_failed(event)])

    async def delivered(self, within: float = 10.0) -> None:
        """Wait until nothing is left to be pushed; raise TimeoutError after `within` seconds."""
        async with asyncio.timeout(within):
            for tour in list(self._rounds.values()):
                await tour.idle.wait()

    def _heard(self, event: Event) -> None:
        for service in self.world.directory.services.values():
            tour = self._round(service)
            if tour.cares(event):
                tour.add([letter_of(event.id)])

    def _round(self, service: Service) -> "_Round":
        tour = self._rounds.get(service.id)
        if tour is None or tour.service != service:
            tour = self._rounds[service.id] = _Round(self, service)
        return tour


class _Round:
    """The one line of transactions to one service. `idle` is set while nothing is left to be pushed."""

    def __init__(self, post: Post, service: Service) -> None:
        self.service = service
        self.idle = asyncio.Event()
        self.idle.set()
        self._post = post
        self._queue: deque[Letter] = deque()
        self._inside: dict[RoomId, set[UserId]] = {}
        self._task: asyncio.Task[None] | None = None
        self._news = asyncio.Event()
        self._hurry = asyncio.Event()
        self._count = 0
        self._heard = 0
        self._answers = 0
        self._down: deque[tuple[int, list[Letter]]] = deque()
        self._left: deque[tuple[int, list[Letter]]] = deque()
        self._failed = False
        self._recovered = 0
        for room in post.world.rooms.values():
            self._inside[room.id] = {user for user in room.joined if service.owns_user(user)}

    def start(self) -> None:
        """Begin, if there is anywhere to push to."""
        if self.service.url is not None and self._task is None:
            self._task = asyncio.get_running_loop().create_task(self._run())

    async def stop(self) -> None:
        """Stop in the middle of anything."""
        task, self._task = self._task, None
        if self._queue or self._down:
            self._news.set()
        if task is not None:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    def hurry(self) -> None:
        """End the wait before the next try."""
        self._hurry.set()

    def restarted(self) -> None:
        """Lose the queue; keep what was made up as transactions, untried until there is news."""
        self._queue.clear()
        self._news.clear()
        self._count = max((number for number, _ in (*self._left, *self._down)), default=0)
        if not self._down:
            self.idle.set()

    def cares(self, event: Event) -> bool:
        """Return whether the service hears of an event: it has a user in the room, or it is about one."""
        inside = self._inside.setdefault(event.room, set())
        about = event.key is not None and event.kind == MEMBER and self.service.owns_user(event.key)
        interested = bool(inside) or about or self.service.owns_user(event.sender)
        if about and event.key is not None:
            (inside.add if event.membership == "join" else inside.discard)(UserId(event.key))
        return interested or bool(inside)

    def add(self, letters: Iterable[Letter]) -> None:
        """Put letters into the line."""
        for letter in letters:
            self._heard += 1
            every = self._post.delivery.lose_every
            if self.service.url is None or (every and self._heard % every == 0):
                continue
            self._queue.append(letter)
            self.idle.clear()
        self._news.set()

    async def _run(self) -> None:
        while True:
            await self._news.wait()
            self._news.clear()
            while self._queue or self._down:
                await self._deliver()
            self.idle.set()

    async def _deliver(self) -> None:
        """Push what waits as one transaction; if it is not taken, go on with it until it is."""
        delivery = self._post.delivery
        if not self._down:
            taken = [self._queue.popleft() for _ in range(min(MOST_EVENTS, len(self._queue)))]
            written = (self._next(), taken)
            back, self._failed = self._failed, False
            self._recovered += back
            if back and delivery.leave_every and self._recovered % delivery.leave_every == 0:
                self._left.append(written)
                return
            self._down.append(written)
        wait = delivery.first_wait
        while self._down:
            number, letters = self._down[0]
            if await self._push(number, letters):
                self._down.popleft()
                if delivery.doubled:
                    await self._push(self._next(), letters)
                wait = delivery.first_wait
                continue
            self._failed = True
            self._down.extendleft(reversed(self._left))
            self._left.clear()
            self._hurry.clear()
            with suppress(TimeoutError):
                async with asyncio.timeout(wait.total_seconds()):
                    await self._hurry.wait()
            wait = min(wait * 2, delivery.most_wait)
            while self._queue:
                self._down.append((self._next(), [self._queue.popleft()]))

    async def _push(self, number: int, letters: list[Letter]) -> bool:
        delivery = self._post.delivery
        events = [letter(self._post.world) for letter in letters]
        if delivery.shuffled:
            events = _mixed(events, delivery.luck)
        url = f"{self.service.url}/_matrix/app/v1/transactions/{quote(str(number), safe='')}"
        body = {"events": events, "ephemeral": [], "de.sorunome.msc2409.to_device": []}
        if not await _call("PUT", url, self.service, body, delivery.patience):
            return False
        self._answers += 1
        if delivery.deaf_every and self._answers % delivery.deaf_every == 0:
            return False
        self._post.sent.append((number, tuple(str(event.get("event_id")) for event in events)))
        return True

    def _next(self) -> int:
        self._count += 1
        return self._count


def _mixed(events: list[dict[str, object]], luck: random.Random) -> list[dict[str, object]]:
    """Return the events with their rooms mixed, the order within each room kept."""
    lines: dict[object, deque[dict[str, object]]] = {}
    for event in events:
        lines.setdefault(event.get("room_id"), deque()).append(event)
    places = [event.get("room_id") for event in events]
    luck.shuffle(places)
    return [lines[place].popleft() for place in places]


async def _call(method: str, url: str, service: Service, body: object, patience: timedelta) -> bool:
    """Return whether the service took it: 2xx with a JSON object, in time."""
    headers = {"Authorization": f"Bearer {service.hs_token}", "Content-Type": "application/json"}
    limit = aiohttp.ClientTimeout(total=patience.total_seconds())
    try:
        async with (
            aiohttp.ClientSession(timeout=limit) as session,
            session.request(method, url, data=json.dumps(body), headers=headers) as response,
        ):
            return response.status in ANSWERED and isinstance(json.loads(await response.read()), dict)
    except (aiohttp.ClientError, TimeoutError, ValueError):
        return False
