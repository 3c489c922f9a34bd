"""What is asked and said about being in. Stream: ``<community>/seasons``.

Nobody but the person sees any of it.
"""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from crewhall.ground.facts import Fact
from crewhall.ground.ids import EventId, UserId

Energy = Literal["in", "lightly", "resting", "leaving"]
"""How much of oneself one has to give for now."""


@dataclass(frozen=True, slots=True)
class RenewalAsked(Fact):
    """Somebody was asked whether they are still in; `nth` counts the times, from 1."""

    person: UserId
    nth: int


@dataclass(frozen=True, slots=True)
class SeasonAsked(Fact):
    """Somebody was asked at the season's start; `renews`: their renewal was due, and this is its question."""

    person: UserId
    season: date
    renews: bool = False


@dataclass(frozen=True, slots=True)
class SeasonAnswered(Fact):
    """Somebody said how they are in, asked or not."""

    person: UserId
    answer: Energy


@dataclass(frozen=True, slots=True)
class SeasonUnanswered(Fact):
    """Somebody took back what they `said`: what they had said before holds again."""

    person: UserId
    said: EventId


@dataclass(frozen=True, slots=True)
class Rested(Fact):
    """Somebody was asked three times and was silent: they rest until they say otherwise."""

    person: UserId


ALL: tuple[type[Fact], ...] = (RenewalAsked, SeasonAsked, SeasonAnswered, SeasonUnanswered, Rested)
