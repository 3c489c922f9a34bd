"""Says which hats too few wear; the keys first, for whoever holds the only one can be away."""

from collections.abc import Iterable
from datetime import UTC, datetime

from crewhall.ground.ailment import Ailment
from crewhall.ground.hall import Hall
from crewhall.ground.ids import UserId
from crewhall.ground.talk import Sentence
from crewhall.ground.worn import KEYS, hats
from crewhall.life.hats.fit import at_risk, present, wanted


def ails(hall: Hall, now: datetime) -> Iterable[Ailment]:
    """Return each hat that is at risk today."""
    today = now.astimezone(UTC).date()
    for hat in hats(hall):
        if hat.key == KEYS:
            here = [one for one in hall.keyholders if one in hall.inside]
            if not here and any(_comes(hall, one) for one in hall.keyholders):
                yield Ailment(Sentence("hat-ail-awaited"), Sentence("hat-ail-awaited-do"))
            elif not here:
                yield Ailment(Sentence("hat-ail-no-key"), Sentence("hat-ail-no-key-do"), grave=True)
            elif len(here) == 1:
                yield Ailment(Sentence("hat-ail-one-key"), Sentence("hat-ail-one-key-do"))
        elif at_risk(hall, hat, today):
            count = len(present(hall, hat, today))
            what = Sentence("hat-ail", {"hat": hat.name, "count": count, "wanted": wanted(hat)})
            yield Ailment(what, Sentence("hat-ail-do"))


def _comes(hall: Hall, person: UserId) -> bool:
    return person not in hall.inside and person not in hall.left
