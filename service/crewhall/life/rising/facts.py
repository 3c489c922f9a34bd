"""What is decided about asking people on to a rung. Stream: ``<community>/rise``.

`mark` is a proposal's own name. Nothing here holds words of people: why somebody objects is passed on only.
"""

from dataclasses import dataclass
from datetime import datetime

from crewhall.ground.facts import Fact
from crewhall.ground.ids import RungKey, UserId


@dataclass(frozen=True, slots=True)
class BroughtIn(Fact):
    """Somebody inside invited `person` into the community by hand."""

    person: UserId
    by: UserId


@dataclass(frozen=True, slots=True)
class Proposed(Fact):
    """The question whether somebody shall be asked on to a rung is open, and who is entitled is fixed.

    `needed` of the `vouchers` must vouch until `closes`, and of the `consenters` nobody object. `waits`: it
    stays open until then, so that they can. `wants_met`: a way of having met must be stated.
    """

    mark: str
    rung: RungKey
    person: UserId
    by: UserId
    vouchers: tuple[UserId, ...]
    consenters: tuple[UserId, ...]
    needed: int
    closes: datetime
    waits: bool
    wants_met: bool = False


@dataclass(frozen=True, slots=True)
class MetStated(Fact):
    """Somebody says that `person` has been met; `condition` is one of the charter's own words for it."""

    mark: str
    by: UserId
    condition: str


@dataclass(frozen=True, slots=True)
class Vouched(Fact):
    """Somebody vouches."""

    mark: str
    by: UserId


@dataclass(frozen=True, slots=True)
class VouchTakenBack(Fact):
    """Somebody vouches no longer."""

    mark: str
    by: UserId


@dataclass(frozen=True, slots=True)
class Objected(Fact):
    """Somebody objects, having said why: the clock stands."""

    mark: str
    by: UserId


@dataclass(frozen=True, slots=True)
class ObjectionTakenBack(Fact):
    """Somebody objects no longer; the question is open until `closes` now."""

    mark: str
    by: UserId
    closes: datetime


@dataclass(frozen=True, slots=True)
class InvitationGiven(Fact):
    """The rule is met: the keeper invites. `by` proposed and `vouched` count; of `asked`, nobody objected."""

    mark: str
    rung: RungKey
    person: UserId
    by: UserId
    vouched: tuple[UserId, ...] = ()
    asked: tuple[UserId, ...] = ()


@dataclass(frozen=True, slots=True)
class ProposalWithdrawn(Fact):
    """The proposal, or the invitation that is not answered yet, is taken back."""

    mark: str
    by: UserId


@dataclass(frozen=True, slots=True)
class ProposalLapsed(Fact):
    """The question closed without what the rule wants."""

    mark: str


@dataclass(frozen=True, slots=True)
class InvitationLapsed(Fact):
    """The invitation was not answered in time."""

    mark: str


@dataclass(frozen=True, slots=True)
class TurnedAway(Fact):
    """Somebody was invited (`by` another) or came in (`by` themselves) past the rule."""

    rung: RungKey
    person: UserId
    by: UserId


@dataclass(frozen=True, slots=True)
class SteppedDown(Fact):
    """Somebody stepped down by word from these rungs, the lightest first."""

    person: UserId
    rungs: tuple[RungKey, ...]


@dataclass(frozen=True, slots=True)
class KeepingAsked(Fact):
    """Too few of the vouches that brought `person` on to a rung still stand: others can vouch anew.

    `needed` vouches must stand at the latest when it `closes`; `vouchers` can give one.
    """

    mark: str
    rung: RungKey
    person: UserId
    vouchers: tuple[UserId, ...]
    needed: int
    closes: datetime


@dataclass(frozen=True, slots=True)
class KeepingMet(Fact):
    """Enough vouches stand again, those of `vouched`: the person stays."""

    mark: str
    vouched: tuple[UserId, ...]


@dataclass(frozen=True, slots=True)
class KeepingFailed(Fact):
    """Too few vouches stood in the end: `person` is back below these rungs, the lightest first."""

    mark: str
    person: UserId
    rungs: tuple[RungKey, ...]


@dataclass(frozen=True, slots=True)
class KeepingDropped(Fact):
    """The question means nothing any more: the person is no longer there, or the rule no longer asks."""

    mark: str


ALL: tuple[type[Fact], ...] = (
    BroughtIn,
    Proposed,
    MetStated,
    Vouched,
    VouchTakenBack,
    Objected,
    ObjectionTakenBack,
    InvitationGiven,
    ProposalWithdrawn,
    ProposalLapsed,
    InvitationLapsed,
    TurnedAway,
    SteppedDown,
    KeepingAsked,
    KeepingMet,
    KeepingFailed,
    KeepingDropped,
)
