"""What is asked and told about staying: to the person and to those who can vouch, and to nobody else."""

from typing import Final

from crewhall.ground import ids
from crewhall.ground.groups import group
from crewhall.ground.hall import ANYONE, Hall
from crewhall.ground.ids import RungKey
from crewhall.ground.ladder import called, deeper, keys, listening, rule_of
from crewhall.ground.talk import Card, PersonLink, Say, Sentence, ToPerson, ToRoom
from crewhall.life.rising.cards import MOST_NAMED, VOUCH
from crewhall.life.rising.facts import KeepingFailed
from crewhall.life.rising.keeping import counting, standing
from crewhall.life.rising.proposal import Keeping

KEEP: Final = "rising.keep"


def begun(hall: Hall, keeping: Keeping) -> tuple[Say, ...]:
    """Return what is said when others are asked anew: to the person how it is, to the others the question."""
    rungs = (keeping.rung, *deeper(hall, keeping.person, keeping.rung))
    text = Sentence(
        "keep-told",
        {
            "rung": called(hall, keeping.rung),
            "count": len(standing(hall, keeping.rung, keeping.person)),
            "needed": keeping.needed,
            "until": keeping.closes,
            "rungs": tuple(called(hall, rung) for rung in rungs),
        },
    )
    return (Say(ToPerson(keeping.person), text, must=True), *tell(hall, keeping, must=True))


def stayed(hall: Hall, keeping: Keeping) -> tuple[Say, ...]:
    """Return what is said when enough vouches stand again."""
    text = Sentence("keep-stays", {"rung": called(hall, keeping.rung)})
    return (Say(ToPerson(keeping.person), text), *closed(hall, keeping))


def lost(hall: Hall, keeping: Keeping, fact: KeepingFailed) -> tuple[Say, ...]:
    """Return what is said when too few stood in the end: to the person, and how to come back."""
    rule = rule_of(hall, keeping.rung)
    who = group(hall, rule.propose) if rule is not None else ""
    rungs = tuple(called(hall, rung) for rung in fact.rungs)
    text = Sentence("keep-down", {"rung": called(hall, keeping.rung), "rungs": rungs, "who": who})
    return (Say(ToPerson(keeping.person), text, must=True), *closed(hall, keeping))


def tell(hall: Hall, keeping: Keeping, *, must: bool = False) -> tuple[Say, ...]:
    """Put the question before those who can vouch anew, or bring their card to what holds now."""
    so_far = len(counting(hall, keeping))
    people = tuple(PersonLink(person) for person in keeping.vouchers[:MOST_NAMED])
    lines = (
        Sentence("rise-line-vouches", {"needed": keeping.needed, "sofar": so_far}),
        Sentence("rise-line-until", {"until": keeping.closes}),
        Sentence("rise-line-electorate", {"count": len(keeping.vouchers), "people": people}),
    )
    person, rung = PersonLink(keeping.person), called(hall, keeping.rung)
    head = Sentence("keep-card", {"person": person, "rung": rung})
    text = Sentence("rise-card-open", {"head": head, "lines": lines})
    return _to_all(hall, keeping, text, must=must)


def closed(hall: Hall, keeping: Keeping) -> tuple[Say, ...]:
    """Return the card's last words, the same however it ended."""
    person, rung = PersonLink(keeping.person), called(hall, keeping.rung)
    return _to_all(hall, keeping, Sentence("keep-card-closed", {"person": person, "rung": rung}))


def _to_all(hall: Hall, keeping: Keeping, text: Sentence, *, must: bool = False) -> tuple[Say, ...]:
    card = Card(KEEP, f"{hall.key}/keep/{keeping.rung}/{keeping.mark}", (VOUCH,))
    rule = rule_of(hall, keeping.rung)
    if rule is None:
        return ()
    if not rule.private and (place := _place(hall, rule.vouches.of)) is not None:
        return (Say(ToRoom(place), text, must, place, card),)
    return tuple(Say(ToPerson(person), text, must, card=card) for person in keeping.vouchers)


def _place(hall: Hall, key: str) -> ids.RoomKey | None:
    return listening(hall, RungKey(key)) if key in (ANYONE, *keys(hall)) else None
