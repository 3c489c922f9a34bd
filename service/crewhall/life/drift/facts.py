"""What is decided about changes that people made by hand. Stream: ``<community>/drift``."""

from dataclasses import dataclass

from crewhall.ground.drift import How, Kind
from crewhall.ground.facts import Fact
from crewhall.ground.ids import RoomKey, UserId


@dataclass(frozen=True, slots=True)
class DriftAsked(Fact):
    """What shall be of a change by hand is asked: in the room `place`, or in private of those `asked`.

    `mark` is the question's own name; `digest` stands for what was found. `levels` are people with the level
    they have and the one that was decided; `people` were removed. `by` made the change, if that can be told.
    """

    mark: str
    room: RoomKey
    kind: Kind
    digest: str
    by: UserId | None
    levels: tuple[tuple[UserId, int, int], ...]
    people: tuple[UserId, ...]
    place: RoomKey | None
    asked: tuple[UserId, ...]


@dataclass(frozen=True, slots=True)
class DriftSettled(Fact):
    """Somebody entitled said how it shall be; or a moderation tool made the change (`mark` is empty)."""

    mark: str
    room: RoomKey
    kind: Kind
    digest: str
    how: How
    by: UserId


@dataclass(frozen=True, slots=True)
class DriftUnsettled(Fact):
    """The answer was taken back, and the question is open again."""

    mark: str
    by: UserId


@dataclass(frozen=True, slots=True)
class DriftRestored(Fact):
    """What `by` changed by hand was put back."""

    room: RoomKey
    kind: Kind
    digest: str
    by: UserId


@dataclass(frozen=True, slots=True)
class DriftGone(Fact):
    """What was asked about is no longer so."""

    mark: str


ALL: tuple[type[Fact], ...] = (DriftAsked, DriftSettled, DriftUnsettled, DriftRestored, DriftGone)
