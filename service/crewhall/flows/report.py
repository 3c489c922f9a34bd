"""What came of a plan: what was done, refused, put off, or waits for a person."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import timedelta

from crewhall.errors import Denied, TokenRefused, TryLater
from crewhall.ground.guard import Concern
from crewhall.ground.ids import RoomKey
from crewhall.ground.order import Phase, phase
from crewhall.ground.steps import Blocked, Close, Create, Invite, Plan, Step


@dataclass(frozen=True, slots=True)
class Refused:
    """A step that the homeserver refused for good, and its words."""

    step: Step
    why: str


@dataclass(frozen=True, slots=True)
class Waiting:
    """A plan that is carried out only if somebody names its fingerprint."""

    fingerprint: str
    plan: Plan
    concerns: tuple[Concern, ...]

    @property
    def reasons(self) -> tuple[str, ...]:
        """Why it waits, in words for an operator."""
        return tuple(map(str, self.concerns))


@dataclass(frozen=True, slots=True)
class Report:
    """What came of a plan. `later` steps may work at the next look, not before `after` if it is told.

    `again` are rooms that want another look: they were there already, could not be seen, or more was decided
    meanwhile. `others` were made by another run, which cares for what follows. `waiting` are plans that were
    not begun. `alone` of the later steps wait for a server that does not answer, and for no other look.
    """

    done: tuple[Step, ...] = ()
    refused: tuple[Refused, ...] = ()
    later: tuple[Step, ...] = ()
    after: timedelta | None = None
    blocked: tuple[Blocked, ...] = ()
    waiting: tuple[Waiting, ...] = ()
    again: frozenset[RoomKey] = frozenset()
    others: frozenset[RoomKey] = frozenset()
    alone: int = 0

    @property
    def soon(self) -> bool:
        """Return whether something may work at the next look."""
        return len(self.later) > self.alone

    @property
    def whole(self) -> bool:
        """Return whether all that was wished is so."""
        return not (self.refused or self.later or self.blocked or self.waiting or self.again)

    def __add__(self, other: "Report") -> "Report":
        """Return what came of both."""
        return Report(
            done=self.done + other.done,
            refused=self.refused + other.refused,
            later=self.later + other.later,
            after=longest((self.after, other.after)),
            blocked=tuple(dict.fromkeys(self.blocked + other.blocked)),
            waiting=self.waiting + other.waiting,
            again=self.again | other.again,
            others=self.others | other.others,
            alone=self.alone + other.alone,
        )

    def stuck(self) -> "Report":
        """Return the report with each refusal as something that is in the way."""
        found = (Blocked(r.step.key, f"{_act(r.step)}: the homeserver refused", r.why) for r in self.refused)
        return replace(self, blocked=tuple(dict.fromkeys((*self.blocked, *found))))


def longest(spans: Iterable[timedelta | None]) -> timedelta | None:
    """Return the longest of the spans that were told."""
    return max((span for span in spans if span is not None), default=None)


class Tally:
    """A report in the making. `fatal`: our token was refused, nothing more can be done."""

    def __init__(self) -> None:
        self.fatal: TokenRefused | None = None
        self._done: list[Step] = []
        self._refused: list[Refused] = []
        self._later: list[Step] = []
        self._after: timedelta | None = None
        self._again: set[RoomKey] = set()
        self._others: set[RoomKey] = set()
        self._failed: set[RoomKey] = set()
        self._stopped: set[RoomKey] = set()
        self._alone = 0

    def may_go_on(self, step: Step) -> bool:
        """Return whether what went before allows the step."""
        if isinstance(step, Close):
            return step.key not in self._failed
        return step.key not in self._stopped

    def did(self, step: Step) -> None:
        """Count a step as done."""
        self._done.append(step)

    def look_again(self, step: Step) -> None:
        """Stop in this room: it is not what the plan took it for."""
        self._again.add(step.key)
        self._stopped.add(step.key)

    def left_to_others(self, step: Step) -> None:
        """Stop in this room: another run made it."""
        self._others.add(step.key)
        self._stopped.add(step.key)

    def refused(self, step: Step, no: Denied) -> None:
        """Count a step as refused; without a room nothing follows."""
        self._refused.append(Refused(step, no.why))
        self._failed.add(step.key)
        if isinstance(step, Create) or phase(step) is Phase.ENTER:
            self._stopped.add(step.key)

    def put_off(self, step: Step, later: TryLater | None = None) -> None:
        """Leave a step to the next look; one invitation does not hold up the others."""
        if step.key in self._again | self._others:
            return
        self._failed.add(step.key)
        if later is not None and not isinstance(step, Invite):
            self._stopped.add(step.key)
        if later is None and any(r.step.key == step.key for r in self._refused):
            return
        self._later.append(step)
        if later is not None:
            self._after = longest((self._after, later.after))

    def left_alone(self, step: Step) -> None:
        """Leave a step until the server that it needs may be asked again."""
        self._failed.add(step.key)
        self._later.append(step)
        self._alone += 1

    def report(self) -> Report:
        """Return what came of it."""
        return Report(
            done=tuple(self._done),
            refused=tuple(self._refused),
            later=tuple(self._later),
            after=self._after,
            again=frozenset(self._again),
            others=frozenset(self._others),
            alone=self._alone,
        )


def _act(step: Step) -> str:
    return type(step).__name__.lower()
