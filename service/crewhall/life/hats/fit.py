"""The rule of hats: who may offer which, who can wear it, who keeps it, when it is full or at risk."""

from datetime import date, datetime, timedelta
from typing import Final

from immutables import Map

from crewhall.charter.model import Hat
from crewhall.ground.groups import among, awake, belongs
from crewhall.ground.hall import ANYONE, Hall
from crewhall.ground.ids import RungKey, UserId
from crewhall.ground.ladder import keys
from crewhall.ground.worn import KEYS, wearers
from crewhall.life.hats.known import HATS, Offer, term_of

SERVICE: Final = "service"
"""The hat of whoever runs Crewhall, if the charter names one; critical like the keys."""
_CRITICAL = 2


def wanted(hat: Hat) -> int:
    """Return how many should wear a hat: of the critical ones never fewer than two."""
    return max(_CRITICAL, hat.holders) if hat.key in {KEYS, SERVICE} else hat.holders


def may_offer(hall: Hall, hat: Hat, by: UserId, to: UserId | None = None) -> bool:
    """Return whether somebody may offer a hat; where nobody else could, the keyholders.

    To offer a hat `to` somebody takes another than them.
    """
    if by in hall.shut_out:
        return False
    if belongs(hall, by, hat.given.by):
        return True
    return by in hall.keyholders and not any(person != to for person in among(hall, hat.given.by))


def consenters(hall: Hall, hat: Hat, person: UserId, by: UserId) -> tuple[UserId, ...]:
    """Return whose objection is waited for, in order of name."""
    consent = hat.given.consent
    if consent is None or not consent.days:
        return ()
    return tuple(one for one in awake(hall, consent.of) if one not in {person, by})


def can_wear(hall: Hall, hat: Hat, person: UserId) -> bool:
    """Return whether somebody stands where the hat is worn."""
    return person not in hall.shut_out and belongs(hall, person, hat.needs)


def keeps(hall: Hall, hat: Hat, person: UserId) -> bool:
    """Return whether a wearer can go on wearing a hat: they stand there, or are waited for.

    Waited for are founders who have not come yet, and whoever is invited again after a pause. The only key
    stays with whoever holds it, wherever they are.
    """
    if can_wear(hall, hat, person) or _awaited(hall, hat, person):
        return True
    if hat.key != KEYS:
        return False
    return not any(can_wear(hall, hat, one) for one in hall.keyholders if one != person)


def is_last_key(hall: Hall, hat: Hat, person: UserId) -> bool:
    """Return whether nobody else in the community would hold a key if `person` gave it up."""
    if hat.key != KEYS:
        return False
    return not any(one != person and belongs(hall, one, ANYONE) for one in hall.keyholders)


def is_full(hall: Hall, hat: Hat, now: datetime) -> bool:
    """Return whether nobody more can wear a hat; who hands it on makes room, who is paused keeps it."""
    rotating = sum(term_of(hall, hat, person).rotating is not None for person in wearers(hall, hat.key))
    return len(wearers(hall, hat.key)) + len(_kept_for(hall, hat, now)) - rotating >= hat.most


def relieved(hall: Hall, hat: Hat, now: datetime) -> tuple[UserId, ...]:
    """Return who has handed a hat on when one more takes it, the longest waiting first.

    As many as can go so that enough wear it, and as must so that not too many do.
    """
    since = {
        one: when for one in wearers(hall, hat.key) if (when := term_of(hall, hat, one).rotating) is not None
    }
    after = len(wearers(hall, hat.key)) + 1
    free = max(after - min(wanted(hat), hat.most), after + len(_kept_for(hall, hat, now)) - hat.most, 0)
    return tuple(sorted(since, key=lambda one: (since[one], one))[:free])


def at_risk(hall: Hall, hat: Hat, day: date, but: UserId | None = None) -> bool:
    """Return whether too few wear a hat on a day, not counting who is away and `but` one of them."""
    return len(present(hall, hat, day, but)) < wanted(hat)


def present(hall: Hall, hat: Hat, day: date, but: UserId | None = None) -> tuple[UserId, ...]:
    """Return who wears a hat and is not away on a day, in order of name."""
    away = HATS.of(hall).away
    worn = sorted(wearers(hall, hat.key))
    return tuple(one for one in worn if one != but and (one not in away or not away[one].holds(day)))


def holds(hall: Hall, hat: Hat | None, offer: Offer, now: datetime) -> bool:
    """Return whether an offer can still be taken by the rule that holds now."""
    if hat is None or now >= offer.closes or offer.person in wearers(hall, hat.key):
        return False
    return (
        may_offer(hall, hat, offer.by, offer.person)
        and can_wear(hall, hat, offer.person)
        and not is_full(hall, hat, now)
    )


def unopposed(hall: Hall, hat: Hat | None, offer: Offer, now: datetime) -> bool:
    """Return whether the time for objecting is over and no objection stands of those who still have a say."""
    if offer.round is None or now < offer.closes:
        return False
    counted = offer.round
    if hat is not None and hat.given.consent is not None:
        for one in offer.round.no:
            if not belongs(hall, one, hat.given.consent.of):
                counted = counted.without(one)
    return counted.result(now) == "passed"


def _awaited(hall: Hall, hat: Hat, person: UserId) -> bool:
    chain = _from(hall, hat.needs)
    if hat.key == KEYS and term_of(hall, hat, person).by is None:
        gone = person in hall.left or person in hall.stepped_down.get(RungKey(hat.needs), ())
        return not gone
    if person in hall.inside:
        return person in hall.asked.get(RungKey(hat.needs), ())
    return any(person in hall.asked.get(rung, ()) for rung in chain)


def _from(hall: Hall, needs: str) -> tuple[RungKey, ...]:
    """Return the rung that is needed, and those that are deeper."""
    ladder = (ANYONE, *keys(hall))
    return ladder[ladder.index(RungKey(needs)) :] if needs in ladder else ()


def _kept_for(hall: Hall, hat: Hat, now: datetime) -> tuple[UserId, ...]:
    """Return who lost a hat with a pause, and may have it back when that ends."""
    gone = hall.gone.get(f"hat:{hat.key}", Map())
    days = timedelta(days=hall.charter.pause.days)
    return tuple(
        person
        for person, here in hall.shut_out.items()
        if gone.get(person) == here and now < here.since + days
    )
