"""What is decided about hats: offers, terms, understudies, absences. Stream: ``<community>/hats``.

`mark` is an offer's own name. Nothing here holds words of people: why somebody objects is passed on only.
"""

from dataclasses import dataclass
from datetime import date, datetime

from crewhall.ground.facts import Fact
from crewhall.ground.ids import UserId


@dataclass(frozen=True, slots=True)
class HatOffered(Fact):
    """A hat is offered to `person`. Those `entitled` can object until it `closes`; who they are is fixed.

    Without any of them the person is asked at once.
    """

    mark: str
    hat: str
    person: UserId
    by: UserId
    entitled: tuple[UserId, ...]
    closes: datetime


@dataclass(frozen=True, slots=True)
class HatObjected(Fact):
    """Somebody entitled objects: the person is not asked while this stands."""

    mark: str
    by: UserId


@dataclass(frozen=True, slots=True)
class HatObjectionTakenBack(Fact):
    """Somebody objects no longer."""

    mark: str
    by: UserId


@dataclass(frozen=True, slots=True)
class HatAsked(Fact):
    """Nobody objects: the person is asked, and their yes counts until it `closes`."""

    mark: str
    closes: datetime


@dataclass(frozen=True, slots=True)
class HatOfferWithdrawn(Fact):
    """The offer is taken back."""

    mark: str
    by: UserId


@dataclass(frozen=True, slots=True)
class HatOfferLapsed(Fact):
    """The offer has closed: an objection stood, the rule was no longer met, or there was no yes in time."""

    mark: str


@dataclass(frozen=True, slots=True)
class HatTaken(Fact):
    """Somebody said yes to an offer `by` another, and wears the hat; its term ends at `until`."""

    mark: str
    hat: str
    person: UserId
    by: UserId
    until: datetime


@dataclass(frozen=True, slots=True)
class HatDropped(Fact):
    """Somebody took a hat off; or, having looked for somebody, handed it on `to` them."""

    hat: str
    person: UserId
    to: UserId | None = None


@dataclass(frozen=True, slots=True)
class HatsLost(Fact):
    """Somebody no longer stands where these hats are worn; they know."""

    person: UserId
    hats: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TermAsked(Fact):
    """The wearer of a hat whose term ended at `until` is asked for the `n`-th time."""

    hat: str
    person: UserId
    until: datetime
    n: int


@dataclass(frozen=True, slots=True)
class HatRenewed(Fact):
    """The wearer keeps the hat for another term."""

    hat: str
    person: UserId
    until: datetime


@dataclass(frozen=True, slots=True)
class HatRotating(Fact):
    """The wearer looks for somebody to hand the hat on to, and wears it until then."""

    hat: str
    person: UserId


@dataclass(frozen=True, slots=True)
class UnderstudyAsked(Fact):
    """A wearer asks `person` to be a hat's understudy; their yes counts until it `closes`."""

    mark: str
    hat: str
    person: UserId
    by: UserId
    closes: datetime


@dataclass(frozen=True, slots=True)
class Understudied(Fact):
    """Somebody is a hat's understudy, asked by one of its wearers."""

    mark: str
    hat: str
    person: UserId
    by: UserId


@dataclass(frozen=True, slots=True)
class UnderstudyEnded(Fact):
    """Somebody is a hat's understudy no longer."""

    hat: str
    person: UserId


@dataclass(frozen=True, slots=True)
class Away(Fact):
    """Somebody will be away: from the first of these days on, and back on the other if they know."""

    person: UserId
    begins: date
    ends: date | None = None


@dataclass(frozen=True, slots=True)
class AwayReminded(Fact):
    """Somebody was reminded of what is not handed over yet."""

    person: UserId


@dataclass(frozen=True, slots=True)
class AwayBegun(Fact):
    """Understudies of a hat at risk were told that its wearer is away now."""

    person: UserId


@dataclass(frozen=True, slots=True)
class AwayEnded(Fact):
    """Somebody is back, or the day on which they would be has come."""

    person: UserId


@dataclass(frozen=True, slots=True)
class LastKeyOutside(Fact):
    """Whoever holds the only key has left the community, and those who can help were told."""

    person: UserId


ALL: tuple[type[Fact], ...] = (
    HatOffered,
    HatObjected,
    HatObjectionTakenBack,
    HatAsked,
    HatOfferWithdrawn,
    HatOfferLapsed,
    HatTaken,
    HatDropped,
    HatsLost,
    TermAsked,
    HatRenewed,
    HatRotating,
    UnderstudyAsked,
    Understudied,
    UnderstudyEnded,
    Away,
    AwayReminded,
    AwayBegun,
    AwayEnded,
    LastKeyOutside,
)
