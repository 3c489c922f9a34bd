"""One job a key at a time; whoever pokes a busy key has it looked at once more, never twice.

::

    poke(key) -> due -> at work -> done
                  ^        |  \
                  |        |   `- poked meanwhile: due again
                  `- rests on the told clock, longer each time, if the job says "try later"

A poke carries no order, only the key: the job reads what is so when it runs. So pokes may be doubled,
lost in a crash (a survey makes up for it) or come in any order.
"""

import asyncio
import random
from collections.abc import Awaitable, Callable, Coroutine, Hashable
from datetime import timedelta
from types import TracebackType
from typing import Final, Generic, Self, TypeVar

from crewhall.errors import TryLater
from crewhall.ground.waiting import growing
from crewhall.ports import Clock

K = TypeVar("K", bound=Hashable)

FIRST_REST: Final = timedelta(seconds=1)
LONGEST_REST: Final = timedelta(minutes=1)


def _untold(_key: object, _trouble: Exception) -> None:
    return


class Latest(Generic[K]):
    """Runs `work(key)` for poked keys, at most `workers` at once; an async context that owns its tasks.

    `work` may raise `TryLater`: the key rests (at least `after`, if told) and is then due again. Anything
    else that it raises is told to `on_trouble` and forgotten until the next poke; `TryLater` is told too.
    `jitter` gives numbers from 0 to 1. No key rests longer than `longest`, unless it was told.
    """

    def __init__(
        self,
        work: Callable[[K], Awaitable[None]],
        clock: Clock,
        *,
        workers: int = 8,
        on_trouble: Callable[[K, Exception], None] = _untold,
        jitter: Callable[[], float] = random.random,
        longest: timedelta = LONGEST_REST,
    ) -> None:
        self._work = work
        self._clock = clock
        self._workers = workers
        self._on_trouble = on_trouble
        self._jitter = jitter
        self._longest = longest
        self._due: dict[K, None] = {}
        self._busy: set[K] = set()
        self._again: set[K] = set()
        self._resting: set[K] = set()
        self._tries: dict[K, int] = {}
        self._group: asyncio.TaskGroup | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._quiet = asyncio.Event()
        self._quiet.set()

    async def __aenter__(self) -> Self:
        """Begin to work; what was poked before is due now."""
        self._group = await asyncio.TaskGroup().__aenter__()
        self._start()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop: what is at work is cancelled, what waits is dropped."""
        group, self._group = self._group, None
        for task in self._tasks:
            task.cancel()
        if group is None:
            return
        if isinstance(error, asyncio.CancelledError):
            await group.__aexit__(kind, error, trace)
        else:
            await group.__aexit__(None, None, None)  # what was raised inside is raised on as it is

    def poke(self, key: K) -> None:
        """Have the key looked at: now, or once more if it is at work. A resting key goes on resting."""
        if key in self._busy:
            self._again.add(key)
        elif key not in self._resting:
            self._due[key] = None
            self._start()

    async def idle(self) -> None:
        """Wait until nothing is at work or due. Keys that rest count as idle."""
        await self._quiet.wait()

    @property
    def at_work(self) -> frozenset[K]:
        """The keys that are due or at work."""
        return frozenset((*self._due, *self._busy))

    @property
    def resting(self) -> frozenset[K]:
        """The keys that wait until they are tried again."""
        return frozenset(self._resting)

    def _start(self) -> None:
        if self._due or self._busy:
            self._quiet.clear()
        else:
            self._quiet.set()
        while self._group is not None and self._due and len(self._busy) < self._workers:
            key = next(iter(self._due))
            del self._due[key]
            self._busy.add(key)
            self._spawn(self._group, self._run(key))

    def _spawn(self, group: asyncio.TaskGroup, what: Coroutine[None, None, None]) -> None:
        task = group.create_task(what)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _run(self, key: K) -> None:
        rest: timedelta | None = None
        try:
            await self._work(key)
            self._tries.pop(key, None)
        except TryLater as later:
            rest = self._rest(key, later.after)
            self._on_trouble(key, later)
        except Exception as trouble:  # noqa: BLE001 - one key's bug must not stop the others
            self._tries.pop(key, None)
            self._on_trouble(key, trouble)
        finally:
            self._busy.discard(key)
        if rest is not None and self._group is not None:
            self._again.discard(key)
            self._resting.add(key)
            self._spawn(self._group, self._wake(key, rest))
        elif key in self._again:
            self._again.discard(key)
            self._due[key] = None
        self._start()

    async def _wake(self, key: K, rest: timedelta) -> None:
        try:
            await self._clock.sleep(rest)
        finally:
            self._resting.discard(key)
        self.poke(key)

    def _rest(self, key: K, after: timedelta | None) -> timedelta:
        """Return how long a key rests: longer each time, scattered, and never shorter than it was told."""
        tries = self._tries.get(key, 0)
        self._tries[key] = tries + 1
        longest = growing(FIRST_REST, tries, self._longest)
        return max(longest * (0.5 + self._jitter() / 2), after or timedelta())
