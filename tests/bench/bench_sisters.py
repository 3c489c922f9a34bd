"""Links with sisters: what an idle one costs, what many weigh, how fast one ends and a statement arrives."""

from collections.abc import Callable
from typing import Any

import sisters_idle
import sisters_many


async def measure(row: Callable[..., Any]) -> list[Any]:
    """Measure one after the other."""
    rows: list[Any] = []
    for part in (sisters_idle, sisters_many):
        rows += await part.measure(row)
    return rows
