"""Writes the reference pages, each from what the code says of itself.

``python -m crewhall.reference --write`` brings the pages up to date; without ``--write`` it says which are
not, by its exit status too.
"""

import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Final

import crewhall_config
from crewhall.errors import Missing
from crewhall.example import example
from crewhall.reference.commands import commands
from crewhall.reference.papers import papers
from crewhall.reference.sayings import sayings

BEGIN = "<!-- generated: python -m crewhall.reference --write -->"
END = "<!-- end of the generated part -->"

PARTS: Final[dict[str, Callable[[], Iterable[str]]]] = {
    "config/README.md": papers,
    "config/CHAT.md": sayings,
    "deploy/COMMANDS.md": commands,
}
"""Which page has which generated part."""


def generated(name: str) -> str:
    """Return the generated part of a page."""
    return "\n".join((BEGIN, "", *PARTS[name](), END))


def page(name: str, old: str) -> str:
    """Return a page with its generated part renewed. Raises `Missing` if it has none."""
    before, begin, rest = old.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise Missing(f"{name} has lost the marks around its generated part.")
    return before + generated(name) + after


def pages(folder: Path) -> dict[Path, str]:
    """Return each generated file of the repository in `folder` with the text that it should have."""
    found = {folder / "config/example.yaml": example()}
    for name in PARTS:
        path = folder / name
        try:
            old = path.read_text(encoding="utf-8")
        except FileNotFoundError:
            told = f"{path} is missing: this works in a checkout of the repository only."
            raise Missing(told) from None
        found[path] = page(name, old)
    return found


def main(arguments: Sequence[str], folder: Path | None = None) -> int:
    """Write what is not fresh, or name it; return the exit status."""
    here = folder or Path(crewhall_config.__file__).parents[2]
    stale = {path: text for path, text in pages(here).items() if not _is(path, text)}
    for path, text in stale.items():
        if "--write" in arguments:
            path.write_text(text, encoding="utf-8")
        sys.stdout.write(f"{'written' if '--write' in arguments else 'not fresh'}: {path}\n")
    return 1 if stale and "--write" not in arguments else 0


def _is(path: Path, text: str) -> bool:
    return path.exists() and path.read_text(encoding="utf-8") == text
