"""One thing that was looked at, and how bad it is."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

Level = Literal["fine", "warning", "wrong"]


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found. `about` says of what: papers, homeserver, machine, ledger, service, a community's key.

    `remedy` says what to do if it is not fine.
    """

    level: Level
    about: str
    what: str
    remedy: str = ""


def worst(findings: Iterable[Finding]) -> Level:
    """Return how bad the worst of them is."""
    levels = {finding.level for finding in findings}
    return "wrong" if "wrong" in levels else "warning" if "warning" in levels else "fine"
