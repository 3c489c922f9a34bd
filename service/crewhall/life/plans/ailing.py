"""Says that something waits for a yes."""

from collections.abc import Iterable
from datetime import datetime

from crewhall.ground.ailment import Ailment
from crewhall.ground.hall import Hall
from crewhall.ground.talk import Sentence
from crewhall.life.plans.shown import waiting


def ails(hall: Hall, _now: datetime) -> Iterable[Ailment]:
    """Return the plan that nobody allowed yet."""
    shown = waiting(hall)
    if shown is not None and shown.state in {"waits", "put off"}:
        yield Ailment(Sentence("plans-ail", {"since": shown.since}), Sentence("plans-ail-do"))
