"""What is decided about a community as a whole."""

from dataclasses import dataclass

from crewhall.charter.model import Charter
from crewhall.ground.facts import Fact
from crewhall.ground.ids import UserId


@dataclass(frozen=True, slots=True)
class Founded(Fact):
    """A community begins. Stream: its key. `charter` names no founders, so that it holds no person."""

    charter: Charter
    founders: tuple[UserId, ...]
    by: UserId | None = None


@dataclass(frozen=True, slots=True)
class CharterChanged(Fact):
    """From now on this charter holds (without founders; its key is the old one). Stream: its key."""

    charter: Charter
    by: UserId | None = None
