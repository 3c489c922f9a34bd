"""What is amiss, as values: what is known from the ledger, and what a look at a community's rooms found."""

from dataclasses import dataclass
from datetime import datetime

from crewhall.ground.ids import RoomKey
from crewhall.ground.steps import Blocked
from crewhall.ground.talk import Sentence


@dataclass(frozen=True, slots=True)
class Ailment:
    """Something amiss in a community: what is so, and what to do. `grave`: it does harm already."""

    what: Sentence
    remedy: Sentence
    grave: bool = False


@dataclass(frozen=True, slots=True)
class OldVersion:
    """A room whose version is not the one that its charter asks for; a version never changes."""

    key: RoomKey
    has: str
    wants: str


@dataclass(frozen=True, slots=True)
class Glance:
    """What a look at a community's rooms found, at `at`.

    `lacking` is what the keeper may not do, room by room, whether it has to now or not; `blocked` what else
    is in the way; `differs` how many steps were left to do. `beside` is what is amiss around the service
    itself, with what to do: only under the empty key, and for operators.
    """

    at: datetime
    lacking: tuple[Blocked, ...] = ()
    blocked: tuple[Blocked, ...] = ()
    old: tuple[OldVersion, ...] = ()
    differs: int = 0
    rooms: int = 0
    beside: tuple[tuple[str, str], ...] = ()
