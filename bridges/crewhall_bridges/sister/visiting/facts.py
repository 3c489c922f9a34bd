"""What is decided about introductions of our people, and about guests. Stream: ``<community>/visits``.

`link` is a link's own name; `mark` that of an introduction or of a visit. The word that somebody carries is
in no fact.
"""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from crewhall.door import Fact, UserId

Ending = Literal["date", "host", "closed", "left", "unanswered"]
"""Why a visit is over: its day came; a host ended it; guests are taken no more; the guest went; no host."""
Wrong = Literal["unknown", "not-yours", "taken-back", "expired", "used", "closed", "unwell", "nobody", "many"]
"""Why a word opens nothing."""


@dataclass(frozen=True, slots=True)
class IntroductionAsked(Fact):
    """Somebody of ours wishes to be introduced, and perhaps that somebody speaks for them."""

    mark: str
    link: str
    person: UserId
    speaker: UserId | None


@dataclass(frozen=True, slots=True)
class SpeakerAgreed(Fact):
    """Who was asked to speak for somebody says yes."""

    mark: str
    by: UserId


@dataclass(frozen=True, slots=True)
class SpeakerStopped(Fact):
    """Who spoke for somebody does not any more."""

    mark: str
    by: UserId


@dataclass(frozen=True, slots=True)
class IntroductionMade(Fact):
    """The person has seen what is stated, and said yes. `since` is a month; `proof` binds word and person."""

    mark: str
    proof: str
    since: str
    until: date


@dataclass(frozen=True, slots=True)
class IntroductionOver(Fact):
    """It holds no longer: the person took it back, or its last day is past."""

    mark: str


@dataclass(frozen=True, slots=True)
class WordShown(Fact):
    """Somebody hands over a word; what the sister states of the introduction shall be read."""

    link: str
    person: UserId
    introduction: str
    proof: str


@dataclass(frozen=True, slots=True)
class WordRefused(Fact):
    """The word opens nothing."""

    link: str
    person: UserId
    why: Wrong


@dataclass(frozen=True, slots=True)
class VisitAsked(Fact):
    """The word holds, and is used up: these are asked whether they host. `last` is its last day."""

    mark: str
    link: str
    person: UserId
    introduction: str
    last: date
    asked: tuple[UserId, ...]


@dataclass(frozen=True, slots=True)
class PassGiven(Fact):
    """Somebody hosts: doors are open until this day, to a rung or (if empty) the community's space only."""

    mark: str
    person: UserId
    host: UserId
    rung: str
    until: date


@dataclass(frozen=True, slots=True)
class LongerAsked(Fact):
    """The guest would like to stay until this day."""

    mark: str
    until: date


@dataclass(frozen=True, slots=True)
class PassExtended(Fact):
    """A host lets the guest stay until this day."""

    mark: str
    by: UserId
    until: date


@dataclass(frozen=True, slots=True)
class VisitOver(Fact):
    """The visit is over, and who was here has been told."""

    mark: str
    why: Ending


@dataclass(frozen=True, slots=True)
class GuestOut(Fact):
    """A former guest was seen to be out."""

    mark: str


@dataclass(frozen=True, slots=True)
class VisitForgotten(Fact):
    """Nothing is kept of a visit any more, and the community's own rule decides whether they come again."""

    mark: str


ALL: tuple[type[Fact], ...] = (
    IntroductionAsked,
    SpeakerAgreed,
    SpeakerStopped,
    IntroductionMade,
    IntroductionOver,
    WordShown,
    WordRefused,
    VisitAsked,
    PassGiven,
    LongerAsked,
    PassExtended,
    VisitOver,
    GuestOut,
    VisitForgotten,
)
