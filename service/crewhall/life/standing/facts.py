"""What is seen of people's standing. All of it stands in the community's own stream."""

from dataclasses import dataclass

from crewhall.ground.facts import Fact
from crewhall.ground.ids import RungKey, UserId


@dataclass(frozen=True, slots=True)
class Arrived(Fact):
    """Somebody is in the community's space."""

    person: UserId


@dataclass(frozen=True, slots=True)
class Departed(Fact):
    """Somebody is out of the community's space, or declined to come in. `by`: who made it so."""

    person: UserId
    by: UserId


@dataclass(frozen=True, slots=True)
class Stood(Fact):
    """Somebody accepted a rung: they are in its space."""

    rung: RungKey
    person: UserId


@dataclass(frozen=True, slots=True)
class LeftRung(Fact):
    """Somebody stepped down from a rung, or declined it. `by`: who made it so."""

    rung: RungKey
    person: UserId
    by: UserId
