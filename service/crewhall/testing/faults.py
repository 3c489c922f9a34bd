"""What can go wrong on the way to a homeserver, told from outside, and counted."""

from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from enum import Enum

WRITES = frozenset(
    {
        "create_room",
        "put_state",
        "send",
        "redact",
        "invite",
        "remove",
        "join",
        "leave",
        "knock",
        "link",
        "unlink",
    }
)
"""The calls that may change something."""


class Mishap(Enum):
    """How one call goes wrong."""

    BROKEN = "5xx, nothing was done"
    LIMITED = "429, nothing was done"
    LOST = "it was done, and the answer is lost"
    CUT = "the connection is cut, nothing was done"


def _unfelt(_mishap: Mishap) -> None:
    return


@dataclass(slots=True)
class Faults:
    """Switches that may be turned at any time; a count of 0 turns one off.

    `stopped`: nobody answers. `slow`: each call takes this long on the told clock. `limit_every`: each n-th
    call is told to come back after `retry_after`. `break_every`, `lose_every`, `cut_every`: each n-th call
    is answered 5xx, is done but not answered, is cut. `script`: what happens to the next calls, one each
    (None: nothing), before any of the others. `only`: the kinds of calls concerned, all if empty. `struck` is
    called as a call is cut or its answer is lost: what the homeserver does of it is done then. To kill who
    asks, for example.
    """

    stopped: bool = False
    slow: timedelta = timedelta()
    retry_after: timedelta = timedelta(seconds=2)
    limit_every: int = 0
    break_every: int = 0
    lose_every: int = 0
    cut_every: int = 0
    only: frozenset[str] = frozenset()
    script: deque[Mishap | None] = field(default_factory=deque)
    struck: Callable[[Mishap], None] = _unfelt
    seen: int = 0

    def judge(self, kind: str) -> Mishap | None:
        """Return what happens to this call; counts it."""
        if self.only and kind not in self.only:
            return None
        if self.script:
            return self.script.popleft()
        self.seen += 1
        for every, mishap in (
            (self.limit_every, Mishap.LIMITED),
            (self.break_every, Mishap.BROKEN),
            (self.lose_every, Mishap.LOST),
            (self.cut_every, Mishap.CUT),
        ):
            if every and self.seen % every == 0:
                return mishap
        return None


@dataclass(slots=True)
class Calls:
    """The calls that were made, by kind."""

    by_kind: Counter[str] = field(default_factory=Counter)

    @property
    def writes(self) -> int:
        """How many calls might have changed something."""
        return sum(n for kind, n in self.by_kind.items() if kind in WRITES)

    @property
    def reads(self) -> int:
        """How many calls only looked."""
        return self.by_kind.total() - self.writes

    def clear(self) -> None:
        """Begin to count anew."""
        self.by_kind.clear()
