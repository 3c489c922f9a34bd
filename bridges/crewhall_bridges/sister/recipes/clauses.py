"""Puts a charter, or a part of it, into lines that name nobody; makes such lines a change to propose."""

import re
from collections.abc import Iterator
from typing import Final

from crewhall.door import Charter

NOT_SHARED: Final = ("charter", "key", "avatar", "room_version", "federate", "founders", "feeds", "calendars")
"""What is a community's own: who founded it, its addresses, and what it follows."""
MOST: Final = 20
"""Changes that one command can hold."""
LONGEST: Final = 1_800
"""Characters of a line that can be said."""
_PERSON: Final = re.compile(r"@[^\s:]+:\S+|https?://")
_CLAUSE: Final = re.compile(r"([a-z0-9_-]+(?:\.[a-z0-9_-]+)*): (\S.*)")


def clauses(charter: Charter, path: str = "") -> tuple[str, ...]:
    """Return what a charter says at a path and below, a line each: no people, no addresses, nothing usual.

    Empty if nothing stands there.
    """
    data = charter.model_dump(mode="json", exclude_defaults=True)
    told = (line for key, value in data.items() if key not in NOT_SHARED for line in _lines(key, value))
    below = f"{path}."
    return tuple(line for line in told if not path or line.startswith((f"{path}: ", below)))


def command(body: str) -> tuple[str, int]:
    """Return the line that would propose such clauses, perhaps none, and how many are not in it."""
    found = [_CLAUSE.fullmatch(line.strip()) for line in body.splitlines() if line.strip()]
    fits: list[str] = []
    for one in found:
        if one is None or ";" in one[2] or len(fits) == MOST:
            continue
        clause = f"{one[1]} to {one[2]}"
        if sum(map(len, fits)) + 2 * len(fits) + len(clause) <= LONGEST:
            fits.append(clause)
    line = f"!charter set {'; '.join(fits)}" if fits else ""
    return line, len(found) - len(fits)


def _lines(path: str, value: object) -> Iterator[str]:
    match value:
        case dict():
            for key, inner in value.items():
                if key != "key":
                    yield from _lines(f"{path}.{key}", inner)
        case list() if value and all(isinstance(one, dict) for one in value):
            for one in value:
                if "key" in one:
                    yield from _lines(f"{path}.{one['key']}", one)
        case list():
            yield from _plain(path, ", ".join(map(str, value)))
        case bool():
            yield f"{path}: {'yes' if value else 'no'}"
        case None:
            pass
        case _:
            yield from _plain(path, " ".join(str(value).split()))


def _plain(path: str, value: str) -> Iterator[str]:
    if value and not _PERSON.search(value):
        yield f"{path}: {value}"
