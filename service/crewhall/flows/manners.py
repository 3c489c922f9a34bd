"""How the keeper listens, as an operator sets it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta

from crewhall.ground.grammar import Line
from crewhall.ground.ids import UserId
from crewhall.ground.talk import Asked


async def _at_once(_line: Line, _asked: Asked) -> None:
    return


@dataclass(frozen=True, slots=True)
class Manners:
    """How the keeper listens. `operators` may found communities; `name` is what people see it called.

    `before` is waited for before a command is decided: what it needs may have to be looked at first.
    """

    operators: frozenset[UserId] = frozenset()
    command_age: timedelta = timedelta(days=1)
    commands_per_minute: int = 20
    name: str = ""
    before: Callable[[Line, Asked], Awaitable[None]] = _at_once
