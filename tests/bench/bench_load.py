"""Many talk and ask at once: how long answers take, and what the service weighs meanwhile.

First on the fake homeserver, for as long as is asked for: 10,000 events a minute and 100 commands a second.
Then on a real Synapse, ever more, until it or the service can carry no more.
"""

from collections.abc import Callable
from typing import Any

import load_fake
import load_synapse


async def measure(row: Callable[..., Any], minutes: float) -> list[Any]:
    """Measure one after the other."""
    return [*await load_fake.measure(row, minutes), *await load_synapse.measure(row)]
