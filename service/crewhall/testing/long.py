"""How much of a test is done: the usual, or with ``LONG_TESTS=1`` as much as finding the rare takes."""

import os
from typing import Final

LONG: Final = os.environ.get("LONG_TESTS") == "1"
"""Whether the long forms of tests are asked for."""
_TIMES: Final = 15


def at_length(usual: int) -> int:
    """Return how many cases are tried, or how many seconds may pass: more in the long form."""
    return usual * _TIMES if LONG else usual
