"""What can go wrong, how often each of it is chosen, and what was counted."""

import random
from collections import Counter
from enum import Enum


class Ill(Enum):
    """One fault. Those of a call strike the next one that passes; the others last for a while."""

    CUT = "cut before it was done"
    SWALLOWED = "done, the answer swallowed"
    HALF = "done, half an answer"
    TORN = "done, an answer of half a JSON"
    DELAYED = "delayed"
    LIMITED = "429"
    BROKEN = "500"
    GATEWAY = "502"
    TWICE = "done twice"
    DIES_BEFORE = "service killed before a call"
    DIES_AFTER = "service killed after a call"
    KILLED = "service killed"
    HOMESERVER = "homeserver killed"
    PARTED = "no way between them"
    DISK = "disk full"
    CLOCK = "clock set"
    FEDERATION = "servers do not reach each other"


OF_CALLS = {
    Ill.CUT: 6,
    Ill.SWALLOWED: 10,
    Ill.HALF: 6,
    Ill.TORN: 4,
    Ill.DELAYED: 6,
    Ill.LIMITED: 6,
    Ill.BROKEN: 6,
    Ill.GATEWAY: 6,
    Ill.TWICE: 4,
    Ill.DIES_BEFORE: 3,
    Ill.DIES_AFTER: 5,
}
DEADLY = frozenset({Ill.DIES_BEFORE, Ill.DIES_AFTER})
SPELLS = {
    Ill.KILLED: 4,
    Ill.HOMESERVER: 3,
    Ill.PARTED: 3,
    Ill.DISK: 4,
    Ill.CLOCK: 4,
    Ill.FEDERATION: 3,
}
"""How often each is chosen, as weights."""


class Counted:
    """The faults that struck, by kind."""

    def __init__(self) -> None:
        self.by_kind: Counter[Ill] = Counter()

    @property
    def total(self) -> int:
        """How many struck."""
        return self.by_kind.total()

    def told(self) -> str:
        """Return the counts, a line each."""
        return "\n".join(f"{n:6} {ill.value}" for ill, n in self.by_kind.most_common())


def choose(luck: random.Random) -> Ill:
    """Return the next fault."""
    weights = {**OF_CALLS, **SPELLS}
    return luck.choices(list(weights), list(weights.values()))[0]
