"""How long to wait after tries in vain. Pure."""

from datetime import timedelta

_MOST_DOUBLINGS = 20


def growing(first: timedelta, tries: int, longest: timedelta) -> timedelta:
    """Return `first`, doubled with each of so many tries before this one, and never more than `longest`."""
    return min(first * (1 << min(tries, _MOST_DOUBLINGS)), longest)
