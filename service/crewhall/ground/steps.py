"""A plan as a value: what would be done, in order, and what cannot be done and why."""

import hashlib
import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import TypeAlias

from crewhall.ground.ids import RoomId, RoomKey, UserId
from crewhall.ground.rooms import RoomWish, StatePut


@dataclass(frozen=True, slots=True)
class Create:
    """Make the room; its links to other rooms are resolved when it is carried out."""

    key: RoomKey
    wish: RoomWish


@dataclass(frozen=True, slots=True)
class Put:
    """Write one state event of a room; `why` is a word for the table, such as ``powers``."""

    key: RoomKey
    put: StatePut
    why: str


@dataclass(frozen=True, slots=True)
class Link:
    """List the room `key` in a space (written in the space)."""

    key: RoomKey
    space: RoomKey
    order: str = ""
    suggested: bool = False


@dataclass(frozen=True, slots=True)
class Unlink:
    """Take a room out of a space's list; by id, since its key may be gone."""

    key: RoomKey
    space: RoomKey
    child: RoomId


@dataclass(frozen=True, slots=True)
class Invite:
    """Invite somebody. `back`: whom people removed by hand, and the charter wants in again."""

    key: RoomKey
    person: UserId
    back: bool = False


@dataclass(frozen=True, slots=True)
class Remove:
    """Remove somebody (or take an invitation back). `decided`: carries out a recorded decision."""

    key: RoomKey
    person: UserId
    reason: str
    decided: bool = False


@dataclass(frozen=True, slots=True)
class Enter:
    """The keeper accepts its own invitation to an existing room that is to be adopted."""

    key: RoomKey


@dataclass(frozen=True, slots=True)
class Close:
    """The keeper leaves the room for good, as its last step."""

    key: RoomKey


Step: TypeAlias = Create | Put | Link | Unlink | Invite | Remove | Enter | Close


@dataclass(frozen=True, slots=True)
class Blocked:
    """What should be done and cannot: the room, what is missing, and what a person can do about it."""

    key: RoomKey
    what: str
    remedy: str


@dataclass(frozen=True, slots=True)
class Plan:
    """Steps in an order that can be carried out, and what is in the way."""

    steps: tuple[Step, ...] = ()
    blocked: tuple[Blocked, ...] = ()

    def __bool__(self) -> bool:
        """Return whether anything would be done."""
        return bool(self.steps)

    @property
    def fingerprint(self) -> str:
        """Eight hex digits that are the same exactly for the same steps."""
        told = [(type(step).__name__, _named(asdict(step))) for step in self.steps]
        text = json.dumps(told, sort_keys=True, default=_plain)
        return hashlib.sha256(text.encode()).hexdigest()[:8]

    @property
    def counts(self) -> Counter[str]:
        """How many steps of each kind, by lower-case class name."""
        return Counter(type(step).__name__.lower() for step in self.steps)


def _named(value: object) -> object:
    """Return the value with text for keys: statements go by type and key, which JSON cannot say."""
    if isinstance(value, Mapping):
        return {k if isinstance(k, str) else json.dumps(k): _named(v) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [_named(item) for item in value]
    return value


def _plain(value: object) -> object:
    if isinstance(value, (set, frozenset)):
        return sorted(value)
    return dict(value)  # type: ignore[call-overload]  # other mappings, read-only ones included
