"""Reads what follows ``!charter set``, ``unset``, ``add``, ``drop``: several changes with `;` between."""

import re
from typing import Final, cast

from crewhall.charter.parts import Act, Clause
from crewhall.ground.talk import Arguments

MOST: Final = 20
"""Changes that one command can hold."""
_ACTS: Final = "set|unset|add|drop|remove"
_PATH: Final = r"[\w.-]+"
_NEXT: Final = re.compile(rf";\s+(?=(?:{_ACTS})\s|{_PATH}\s+to\s)", re.IGNORECASE)
_ACT: Final = re.compile(rf"({_ACTS})\s+(.+)", re.IGNORECASE)
_SHAPES: Final = {
    "set": re.compile(rf"({_PATH})\s+to\s+(.+)", re.IGNORECASE),
    "unset": re.compile(rf"({_PATH})()"),
    "add": re.compile(rf"({_PATH})\s+(?:to\s+)?(.+)", re.IGNORECASE),
    "drop": re.compile(rf"({_PATH})(?:\s+(.+))?"),
}


def clauses(act: Act, given: Arguments) -> tuple[Clause, ...]:
    """Return the changes that a line asks for, of which the first is an `act`; none if it cannot be read.

    Each goes on as the one before unless it names its own act. People are taken as the value if none stands.
    """
    found: list[Clause] = []
    line = " ".join(given.words)
    if given.people:
        line = f"{line} {', '.join(given.people)}"
    for piece in _NEXT.split(line.strip()):
        if (named := _ACT.fullmatch(piece)) is not None:
            said, piece = named[1].casefold(), named[2]  # noqa: PLW2901 - what is left of it
            act = cast("Act", "drop" if said == "remove" else said)
        fits = _SHAPES[act].fullmatch(piece.strip().rstrip(";"))
        if fits is None:
            return ()
        found.append(Clause(act, fits[1].rstrip("."), (fits[2] or "").strip()))
    return tuple(found) if len(found) <= MOST else ()
