"""People who talk and ask at a set pace, and what becomes of what they ask."""

import asyncio
import math
import random
import statistics
import time
from collections import deque
from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

TALK = 10_000 / 60 / 100
"""Events of others for each command: 10,000 a minute with 100 commands a second."""
READS = ("!help", "!me", "!crew", "!hats", "!links", "!season")
WRITES = 0.02
"""How many of the commands are written down: a seat is asked for, and given up by the next."""
TURN = 0.05
"""Seconds between two handfuls."""
Act = Callable[[], Coroutine[Any, Any, None]]


@dataclass
class Asked:
    """What was asked and is not answered yet, and how long the answers took. Times are of `perf_counter`."""

    waiting: dict[str, float] = field(default_factory=dict)
    took: list[float] = field(default_factory=list)
    oldest: float = 0.0
    early: set[str] = field(default_factory=set)

    def asks(self, event: str, at: float) -> None:
        """Note a question; its answer may have come before we knew the question's id."""
        if event in self.early:
            self.early.discard(event)
            self.took.append(time.perf_counter() - at)
        else:
            self.waiting[event] = at

    def answers(self, event: str) -> None:
        """Note an answer."""
        if (at := self.waiting.pop(event, None)) is None:
            self.early.add(event)
            return
        self.took.append(time.perf_counter() - at)

    def look(self) -> None:
        """Note how long the oldest question has waited by now."""
        if self.waiting:
            self.oldest = max(self.oldest, time.perf_counter() - min(self.waiting.values()))

    def at(self, part: float) -> float:
        """Return the seconds within which this part of the answers came; endless if any is missing there."""
        all_ = sorted((*self.took, *(math.inf for _ in self.waiting)))
        return all_[min(int(part * len(all_)), len(all_) - 1)] if all_ else math.inf

    @property
    def middle(self) -> float:
        """The median."""
        return statistics.median(self.took) if self.took else math.inf


class Lines:
    """Whose turn it is, and what they say: reads, and now and then an ask for a seat that is taken back."""

    def __init__(self, people: Sequence[str], crews: Sequence[str]) -> None:
        self._turns: deque[str] = deque(people)
        self._crews = crews
        self._asked: deque[tuple[str, str]] = deque()
        self._chance = random.Random(1)

    def next(self) -> tuple[str, str]:
        """Return who speaks to the keeper, and what they say."""
        chance = self._chance.random()
        if chance < WRITES / 2 and len(self._asked) > len(self._crews) // 2:
            person, crew = self._asked.popleft()
            return person, f"!crew leave {crew}"
        person = self._turns[0]
        self._turns.rotate(-1)
        if chance < WRITES:
            crew = self._chance.choice(self._crews)
            self._asked.append((person, crew))
            return person, f"!crew ask {crew}"
        return person, self._chance.choice(READS)


async def pace(seconds: float, paces: Mapping[Act, float], every: Callable[[], None]) -> float:
    """Do each act so many times a second; return the longest that a handful had to wait for its turn.

    An act that takes long is not waited for before the next. `every` is called once a handful.
    """
    done, late = dict.fromkeys(paces, 0), 0.0
    async with asyncio.TaskGroup() as group:
        began = before = time.perf_counter()
        while (now := time.perf_counter()) - began < seconds:
            late, before = max(late, now - before - TURN), now
            for act, rate in paces.items():
                for _ in range(int(rate * (now - began)) - done[act]):
                    done[act] += 1
                    group.create_task(act())
            every()
            await asyncio.sleep(TURN)
    return late
