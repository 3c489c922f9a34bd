"""Guards the size and form of what a sister states, before anything else looks at it. Never raises.

Canonical JSON: Matrix specification v1.19, appendices.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Final

DEEPEST: Final = 8
"""Levels of lists and objects in a statement."""
MOST_VALUES: Final = 2_000
"""Values in a statement, keys included."""
HIGHEST: Final = 2**53 - 1
"""The highest number of canonical JSON."""


def canonical(value: object) -> bytes:
    """Return canonical JSON: sorted keys, no spaces, UTF-8. For values within all bounds."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()


def beyond(content: object, most: int) -> str | None:
    """Return why a value is no object of canonical JSON of at most so many bytes; it may even be cyclic."""
    if not isinstance(content, Mapping):
        return "no-object"
    if not content:
        return "blank"
    left: list[tuple[object, int]] = [(content, 1)]
    values = 0
    while left:
        value, depth = left.pop()
        values += 1
        inner = _inner(value)
        if inner is None:
            return "no-json"
        if inner and depth > DEEPEST:
            return "too-deep"
        if values + len(left) + len(inner) > MOST_VALUES:
            return "too-many-values"
        left += [(one, depth + 1) for one in inner]
    return "too-large" if len(canonical(content)) > most else None


def _inner(value: object) -> Sequence[object] | None:
    """Return what stands in a value, nothing in a plain one; None for what is no canonical JSON."""
    match value:
        case bool() | None:
            return ()
        case str():
            return () if _is_text(value) else None
        case int():
            return () if abs(value) <= HIGHEST else None
        case Mapping():
            return (*value, *value.values()) if all(isinstance(key, str) for key in value) else None
        case list() | tuple():
            return value
        case _:
            return None


def _is_text(value: str) -> bool:
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True
