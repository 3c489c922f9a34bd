"""Puts the questions that are due, a few a minute; asks nobody who was asked already."""

from collections.abc import Iterable
from datetime import datetime
from itertools import islice
from typing import Final

from crewhall.ground.hall import Hall
from crewhall.ground.talk import Decision
from crewhall.life.seasons import asking
from crewhall.life.seasons.cards import asked

AT_ONCE: Final = 5
"""Questions put in one minute: after an absence of the service, too, they go out one by one."""


def due(hall: Hall, now: datetime) -> Iterable[tuple[str, Decision]]:
    """Return what is due, with the cause by which it happens once."""
    for question in islice(asking.due(hall, now), AT_ONCE):
        yield asked(hall, question)
