"""Finds the capabilities that bridges bring: packages installed beside the service name them as entry points.

The service knows no bridge; without any of them the house is the same, less what they add.
"""

from importlib.metadata import entry_points
from typing import Final

from crewhall.ground.capability import Capability

GROUP: Final = "crewhall.capabilities"


def plugged() -> tuple[Capability, ...]:
    """Return what bridges bring, in order of name. Raises `TypeError` for what is no capability."""
    found = tuple(point.load() for point in sorted(entry_points(group=GROUP), key=lambda one: one.name))
    for one in found:
        if not isinstance(one, Capability):
            raise TypeError(f"{one!r} of the entry points {GROUP} is no capability")
    return found
