"""How the keeper listens, as an operator sets it."""

from dataclasses import dataclass
from datetime import timedelta

from crewhall.ground.ids import UserId


@dataclass(frozen=True, slots=True)
class Manners:
    """How the keeper listens. `operators` may found communities; `name` is what people see it called."""

    operators: frozenset[UserId] = frozenset()
    command_age: timedelta = timedelta(days=1)
    commands_per_minute: int = 20
    name: str = ""
