"""What is asked and told of a removal: to the person concerned, and to those who decide. To nobody else."""

from typing import Final

from crewhall.ground.hall import Hall
from crewhall.ground.ids import UserId
from crewhall.ground.talk import Card, PersonLink, Say, Sentence, ToPerson, Value
from crewhall.life.safety.questions import Removal

REMOVAL: Final = "safety.removal"
YES: Final = "👍"
NO: Final = "👎"
_MOST_NAMED: Final = 30


def removal_card(hall: Hall, removal: Removal) -> Card:
    """Return the card by which somebody says yes or no."""
    return Card(REMOVAL, f"{hall.key}/removal/{removal.mark}", (YES, NO))


def removal_opens(hall: Hall, removal: Removal, reason: str) -> tuple[Say, ...]:
    """Put the question before each who decides, and tell the person; the reason is passed on with it."""
    asked = removal.round
    by, count = PersonLink(removal.by), len(asked.entitled)
    words = Sentence(
        "safety-removal-card",
        {
            "person": PersonLink(removal.person),
            "by": by,
            "community": hall.charter.name,
            "reason": reason,
            "needed": asked.needed,
            "count": count,
            "people": named(tuple(sorted(asked.entitled))),
            "until": asked.closes,
        },
    )
    notice = Sentence(
        "safety-removal-notice",
        {
            "by": by,
            "community": hall.charter.name,
            "reason": reason,
            "needed": asked.needed,
            "count": count,
            "until": asked.closes,
        },
    )
    card = removal_card(hall, removal)
    return (
        Say(ToPerson(removal.person), notice, must=True),
        *(Say(ToPerson(one), words, must=True, card=card) for one in sorted(asked.entitled)),
    )


def removal_ends(hall: Hall, removal: Removal, outcome: Sentence, told: Sentence) -> tuple[Say, ...]:
    """Have each one's card become the outcome, and tell the person."""
    card = removal_card(hall, removal)
    asker = () if removal.by in removal.round.entitled else (Say(ToPerson(removal.by), outcome),)
    return (
        Say(ToPerson(removal.person), told, must=True),
        *(Say(ToPerson(one), outcome, card=card) for one in sorted(removal.round.entitled)),
        *asker,
    )


def named(people: tuple[UserId, ...]) -> Value:
    """Return people by name; where they are very many, the first of them and how many more."""
    links = tuple(PersonLink(one) for one in people[:_MOST_NAMED])
    if len(people) <= _MOST_NAMED:
        return links
    return Sentence("safety-people-more", {"people": links, "more": len(people) - _MOST_NAMED})
