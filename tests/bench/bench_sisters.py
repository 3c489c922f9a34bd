"""Links with sisters: what an idle one costs, what many weigh, how fast one ends and a statement arrives."""

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import sisters_arrival
import sisters_end
import sisters_idle
import sisters_many
from pair import linked


async def measure(row: Callable[..., Any]) -> list[Any]:
    """Measure one after the other."""
    rows: list[Any] = [*await sisters_idle.measure(row), *await sisters_many.measure(row)]
    with tempfile.TemporaryDirectory() as folder:
        async with linked(Path(folder)) as (shire, dale):
            rows += await sisters_arrival.measure(row, shire, dale)
            rows += await sisters_end.measure(row, shire, dale)
    return rows
