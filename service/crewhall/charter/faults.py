"""What is wrong in a paper that an operator wrote, and where: one sentence each, all of them at once."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeAlias

from crewhall.errors import Misconfigured

Path: TypeAlias = tuple[str | int, ...]
"""The way to a value: keys of mappings, and places in lists from 0."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong.

    `file` is the paper's name, or the environment variable's. `line` and `column` count from 1, and are 0
    where there is no place to point at. `path` is such as ``rungs[1].level``.
    """

    file: str
    line: int
    column: int
    path: str
    message: str

    def __str__(self) -> str:
        """Return the fault as editors and terminals know to follow it: ``file:line:column: sentence``."""
        place = f"{self.file}:{self.line}:{self.column}" if self.line else self.file
        return f"{place}: {self.message}"


class Faults(Misconfigured):
    """A paper is wrong; `faults` are in the order of its lines."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(sorted(faults, key=lambda fault: (fault.file, fault.line, fault.column)))
        super().__init__("\n".join(map(str, self.faults)))


class CharterFaults(Faults):
    """A charter is wrong."""


def spelled(path: Path) -> str:
    """Return a path as people write it."""
    return "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path).removeprefix(".")
