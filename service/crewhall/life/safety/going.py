"""Decides what becomes of questions about somebody who wants to be forgotten: they end.

A pause runs to its end first (`crewhall.house.parting`), and a removal stays one: neither is ended by this.
"""

from crewhall.ground.capability import Going
from crewhall.ground.hall import Hall
from crewhall.ground.talk import Decision, PersonLink, Sentence
from crewhall.life.safety import pausing, readmitting
from crewhall.life.safety.cards import removal_ends
from crewhall.life.safety.facts import RemovalWithdrawn
from crewhall.life.safety.questions import SAFETY, open_about, writes


def leaves(hall: Hall, going: Going) -> Decision | None:
    """Close the first question about them."""
    removal = open_about(hall, going.person)
    if removal is not None:
        name = hall.charter.name
        outcome = Sentence(
            "safety-removal-card-gone", {"person": PersonLink(going.person), "community": name}
        )
        told = Sentence("safety-removal-over", {"community": name})
        facts = writes(hall, RemovalWithdrawn(removal.mark, going.person))
        return Decision(facts=facts, says=removal_ends(hall, removal, outcome, told))
    for _, second in sorted(SAFETY.of(hall).seconds.items()):
        if second.person == going.person:
            unasked = pausing.unasked if second.days else readmitting.unasked
            return unasked(hall, second, None)
    return None
