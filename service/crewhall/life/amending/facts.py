"""What is decided about changing the charter. Stream: ``<community>/changes``.

`mark` is a proposed change's own name. Nothing here holds words of people: why somebody objects is passed on.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from crewhall.charter.model import Charter
from crewhall.ground.facts import Fact
from crewhall.ground.ids import UserId


@dataclass(frozen=True, slots=True)
class ChangeProposed(Fact):
    """The question whether this charter shall hold is open, and who is entitled is fixed.

    `needed` of the `entitled` must say yes until `closes`, and none of them object. `waits`: it stays open
    until then unless all are in favour. `since`: how often the charter had changed when this was decided on.
    """

    mark: str
    charter: Charter
    by: UserId
    entitled: tuple[UserId, ...]
    needed: int
    closes: datetime
    waits: bool
    since: int


@dataclass(frozen=True, slots=True)
class ChangeSaid(Fact):
    """Somebody is in favour (``yes``), or objects (``no``)."""

    mark: str
    by: UserId
    word: Literal["yes", "no"]


@dataclass(frozen=True, slots=True)
class ChangeWordTakenBack(Fact):
    """Somebody has said nothing after all."""

    mark: str
    by: UserId


@dataclass(frozen=True, slots=True)
class ChangeAgreed(Fact):
    """The change is decided: those in favour are `agreed`. The charter itself is noted where it holds."""

    mark: str
    agreed: tuple[UserId, ...]


@dataclass(frozen=True, slots=True)
class ChangeWithdrawn(Fact):
    """The proposed change is taken back."""

    mark: str
    by: UserId


@dataclass(frozen=True, slots=True)
class ChangeDropped(Fact):
    """The question closed without what the charter wants, or the charter changed meanwhile."""

    mark: str


ALL: tuple[type[Fact], ...] = (
    ChangeProposed,
    ChangeSaid,
    ChangeWordTakenBack,
    ChangeAgreed,
    ChangeWithdrawn,
    ChangeDropped,
)
