"""Benchmarks: each compares Crewhall with a bare stand-in in one run and prints the ratio.

Seconds differ from machine to machine, so nothing here is a limit on seconds: only ratios, counts and
resident memory are held against a limit. Exit status 1 if one does not hold.
"""

import argparse
import asyncio
import importlib
import json
import os
import platform
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

NAMES = (
    "founding",
    "second_look",
    "steps",
    "renewal",
    "answer",
    "invitation",
    "intake",
    "many",
    "sisters",
    "load",
)


@dataclass(frozen=True)
class Row:
    """One measured figure: a ratio or a value, the limit it is held against, and how it was got."""

    name: str
    figure: float
    limit: float
    unit: str = "ratio"
    least: bool = False
    note: str = ""

    @property
    def holds(self) -> bool:
        """Whether the figure is within its limit (at least it, if `least`)."""
        return self.figure >= self.limit if self.least else self.figure <= self.limit

    def told(self) -> dict[str, object]:
        """Return the row as the JSON file lists it."""
        row = {k: v for k, v in asdict(self).items() if k not in {"figure", "least", "unit"}}
        key = "ratio" if self.unit == "ratio" else "value"
        return {**row, key: round(self.figure, 3), "unit": self.unit, "holds": self.holds}

    def line(self) -> str:
        """Return the row for a person."""
        sign = ">=" if self.least else "<="
        verdict = "holds" if self.holds else "MISSES"
        unit = "" if self.unit == "ratio" else f" {self.unit}"
        return f"{verdict:6} {self.name:34} {self.figure:9.3f}{unit} {sign} {self.limit:g}{unit}  {self.note}"


def printed(*given: Any, **more: Any) -> Row:
    """Return a row, printed as soon as it is measured: what follows may take long, or fail."""
    row = Row(*given, **more)
    print(row.line(), flush=True)
    return row


def main() -> int:
    """Run what was asked for; return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--json", type=Path, metavar="FILE")
    parser.add_argument("--minutes", type=float, default=10.0, help="how long `load` lasts (10)")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(NAMES)}; all if none")
    asked = parser.parse_args()
    unknown = set(asked.names) - set(NAMES)
    if unknown:
        parser.error(f"no benchmark named {', '.join(sorted(unknown))}; there are {', '.join(NAMES)}")
    print(f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}", flush=True)
    rows: list[Row] = []
    for name in asked.names or NAMES:
        lasts = {"minutes": asked.minutes} if name == "load" else {}
        rows += asyncio.run(importlib.import_module(f"bench_{name}").measure(printed, **lasts))
    if asked.json:
        asked.json.write_text(json.dumps([row.told() for row in rows], indent=1) + "\n")
    return 0 if all(row.holds for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
