"""The fact that a charter changed: recorded by files and by decisions in chat alike."""

from dataclasses import dataclass

from crewhall.charter.model import Charter
from crewhall.ground.facts import Fact
from crewhall.ground.ids import UserId


@dataclass(frozen=True, slots=True)
class CharterChanged(Fact):
    """From now on this charter holds (without founders; its key is the old one). Stream: its key."""

    charter: Charter
    by: UserId | None = None
