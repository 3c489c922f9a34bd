"""What is decided about plans that wait for a yes. Stream: ``<community>/plans``."""

from dataclasses import dataclass

from crewhall.ground.effects import RoomPart
from crewhall.ground.facts import Fact
from crewhall.ground.guard import Concern
from crewhall.ground.ids import RoomKey, UserId


@dataclass(frozen=True, slots=True)
class PlanShown(Fact):
    """A plan is shown before it is done: in the room `place`, or in the private chats of those `asked`.

    `mark` is its own name; `fingerprint` that of its steps as they were.
    """

    mark: str
    fingerprint: str
    place: RoomKey | None
    asked: tuple[UserId, ...]
    parts: tuple[RoomPart, ...]
    concerns: tuple[Concern, ...]


@dataclass(frozen=True, slots=True)
class PlanAllowed(Fact):
    """Somebody entitled says yes to what is shown."""

    mark: str
    by: UserId


@dataclass(frozen=True, slots=True)
class PlanPutOff(Fact):
    """Somebody entitled says: not now."""

    mark: str
    by: UserId


@dataclass(frozen=True, slots=True)
class PlanAnswerTakenBack(Fact):
    """The last answer no longer counts; the plan waits again."""

    mark: str
    by: UserId


@dataclass(frozen=True, slots=True)
class PlanReminded(Fact):
    """Those who can say yes were reminded, once."""

    mark: str


@dataclass(frozen=True, slots=True)
class PlanDone(Fact):
    """The plan was carried out, but for `left`, which could not be done or is no longer wanted."""

    mark: str
    left: tuple[RoomPart, ...] = ()


@dataclass(frozen=True, slots=True)
class PlanGone(Fact):
    """What was shown is no longer so: nothing like it is left to do, or another plan is shown."""

    mark: str


ALL: tuple[type[Fact], ...] = (
    PlanShown,
    PlanAllowed,
    PlanPutOff,
    PlanAnswerTakenBack,
    PlanReminded,
    PlanDone,
    PlanGone,
)
