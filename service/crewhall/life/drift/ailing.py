"""Says which changes by hand nobody has said a word about."""

from collections.abc import Iterable
from datetime import datetime

from crewhall.ground.ailment import Ailment
from crewhall.ground.hall import Hall
from crewhall.ground.talk import Sentence
from crewhall.life.drift.fold import DRIFTS


def ails(hall: Hall, _now: datetime) -> Iterable[Ailment]:
    """Return that questions are open, with how many."""
    if count := len(DRIFTS.of(hall).open):
        yield Ailment(Sentence("drift-ail", {"count": count}), Sentence("drift-ail-do"))
