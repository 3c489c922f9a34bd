"""Decides what time has made due: offers closed, terms ended, absences, hats lost with a rung."""

from collections.abc import Iterable
from datetime import datetime

from crewhall.ground import ladder, names
from crewhall.ground.groups import among, awake, group
from crewhall.ground.hall import ANYONE, Hall
from crewhall.ground.ids import UserId
from crewhall.ground.talk import Decision, PersonLink, Say, Sentence, ToPerson
from crewhall.ground.worn import KEYS, hat_of, hats, wearers
from crewhall.life.hats.absence import absences
from crewhall.life.hats.dropping import first
from crewhall.life.hats.facts import HatsLost, LastKeyOutside
from crewhall.life.hats.fit import keeps
from crewhall.life.hats.known import HATS, live_offers, understudies, writes
from crewhall.life.hats.taking import decided
from crewhall.life.hats.terms import asking

_MOST_TOLD = 30


def due(hall: Hall, now: datetime) -> Iterable[tuple[str, Decision]]:
    """Return what is due, with the cause by which it happens once."""
    yield from _lost(hall)
    for offer in live_offers(hall):
        if (decision := decided(hall, offer, now)) is not None:
            yield f"hats:{offer.state}:{offer.mark}", decision
    yield from _last_key(hall)
    yield from asking(hall, now)
    yield from absences(hall, now)


def _lost(hall: Hall) -> Iterable[tuple[str, Decision]]:
    """Tell people which hats they have lost with their standing; take off what is worn past it."""
    lost: dict[UserId, dict[str, str]] = {}
    for person, gone in HATS.of(hall).lost.items():
        lost[person] = {hat: here.cause for hat, here in gone.items()}
    for hat in hats(hall):
        for person, here in wearers(hall, hat.key).items():
            if person not in hall.shut_out and not keeps(hall, hat, person):
                lost.setdefault(person, {})[hat.key] = here.cause
    for person, why in sorted(lost.items()):
        name = names.digest(f"{person}:{sorted(why.items())}")
        facts = writes(hall, HatsLost(person, tuple(sorted(why))))
        yield f"hats:lost:{name}", Decision(facts=facts, says=_told(hall, person, sorted(why)))


def _told(hall: Hall, person: UserId, keys: Iterable[str]) -> tuple[Say, ...]:
    """Tell whoever is still inside, and those who learn the hat; who has left has said enough."""
    known = [hat for key in keys if (hat := hat_of(hall, key)) is not None]
    says: list[Say] = []
    if known and person in hall.inside:
        lines = tuple(Sentence("hat-lost", {"hat": hat.name, "who": group(hall, hat.needs)}) for hat in known)
        says.append(Say(ToPerson(person), Sentence("told", {"lines": lines})))
    for hat in known:
        says += first(hall, hat, person, tuple(p for p in understudies(hall, hat.key) if p != person))
    return tuple(says)


def _last_key(hall: Hall) -> Iterable[tuple[str, Decision]]:
    """Tell those who can help that the only key is held by somebody who has left; it stays with them."""
    hat, known = hat_of(hall, KEYS), HATS.of(hall).outside
    if hat is None or any(person in hall.inside for person in hall.keyholders):
        return
    for person in sorted(hall.keyholders):
        gone = hall.left.get(person)
        if gone is None or known.get(person) == gone.cause:
            continue
        name = names.digest(f"{person}:{gone.cause}")
        facts = writes(hall, LastKeyOutside(person))
        own = Sentence("hat-key-outside-you", {"hat": hat.name, "community": hall.charter.name})
        who = PersonLink(person)
        to_others = Sentence(
            "hat-key-outside", {"hat": hat.name, "community": hall.charter.name, "person": who}
        )
        others = tuple(Say(ToPerson(one), to_others) for one in _helpers(hall, hat.given.by))
        yield f"hats:outside:{name}", Decision(facts=facts, says=(Say(ToPerson(person), own), *others))


def _helpers(hall: Hall, by: str) -> tuple[UserId, ...]:
    """Return who hears of it: those who may offer the keys, or the deepest rung on which anybody stands."""
    groups = (by, *reversed(ladder.keys(hall)), ANYONE)
    found = next((key for key in groups if set(among(hall, key)) - set(hall.keyholders)), ANYONE)
    return tuple(one for one in awake(hall, found) if one not in hall.keyholders)[:_MOST_TOLD]
