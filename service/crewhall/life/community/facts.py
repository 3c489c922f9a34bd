"""What is decided about a community as a whole."""

from dataclasses import dataclass

from crewhall.charter.model import Charter
from crewhall.ground.charters import CharterChanged
from crewhall.ground.facts import Fact
from crewhall.ground.ids import UserId

__all__ = ["CharterChanged", "Founded", "Retired"]


@dataclass(frozen=True, slots=True)
class Founded(Fact):
    """A community begins. Stream: its key. `charter` names no founders, so that it holds no person."""

    charter: Charter
    founders: tuple[UserId, ...]
    by: UserId | None = None


@dataclass(frozen=True, slots=True)
class Retired(Fact):
    """The community goes on without the service; its rooms go to `owners`. Stream: its key, the last."""

    owners: tuple[UserId, ...]
