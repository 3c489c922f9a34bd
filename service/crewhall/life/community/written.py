"""Decides how a community's charter stands in its space, so that it can be read there and found again."""

import json
from collections.abc import Mapping
from typing import Final

from pydantic import ValidationError

from crewhall.charter.model import Charter
from crewhall.charter.sense import nonsense
from crewhall.ground.ids import UserId
from crewhall.ground.rooms import Content, RoomSeen

CHARTER: Final = "org.crewhall.charter"
"""State event of a community's space: ``{"v": 1, "charter": {...}}``, empty state key.

Whoever is in the space can read it. It names no person, and no address of feeds and calendars outside: those
may hold a secret.
"""
_FORM: Final = 1
_MOST: Final = 60_000
"""Bytes; an event has at most 65,536 with all that the homeserver adds (specification, "Size limits")."""


def statements(charter: Charter) -> Mapping[tuple[str, str], Content]:
    """Return what the space says of its charter; nothing if that is too long for an event."""
    told = charter.model_copy(update={"founders": (), "feeds": (), "calendars": ()}).model_dump(mode="json")
    if len(json.dumps(told, ensure_ascii=False).encode()) > _MOST:
        return {}
    return {(CHARTER, ""): {"v": _FORM, "charter": told}}


def charter_in(seen: RoomSeen, me: UserId) -> Charter | None:
    """Return the charter that the keeper has written into this space, None if it cannot be read there."""
    said = seen.statements.get((CHARTER, ""))
    if said is None or said.sender != me or said.content.get("v") != _FORM:
        return None
    try:
        charter = Charter.model_validate_json(json.dumps(said.content.get("charter")))
    except ValidationError:
        return None
    return None if tuple(nonsense(charter)) else charter
