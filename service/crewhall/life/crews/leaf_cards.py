"""What a crew's members are asked and told about a leaf: how many have said yes, never who has not."""

from typing import Final

from crewhall.ground.hall import Hall
from crewhall.ground.talk import Card, PersonLink, Say, Sentence
from crewhall.life.crews.cards import YES, tell
from crewhall.life.crews.crew import Crew, Question
from crewhall.life.crews.leaves import called, leaf_of
from crewhall.life.crews.seats import link

LEAF: Final = "crews.leaf"


def leaf_card(crew: Crew, question: Question) -> Card:
    """Return the card on which members say yes to a leaf."""
    return Card(LEAF, f"{crew.room}/{question.mark}", (YES,))


def put(hall: Hall, crew: Crew, question: Question, *, must: bool = False) -> tuple[Say, ...]:
    """Put the question before all members, or bring their card to what holds now."""
    return tell(crew, _words(hall, crew, question), leaf_card(crew, question), must=must)


def ended(crew: Crew, question: Question, text: Sentence) -> tuple[Say, ...]:
    """Say the card's last words."""
    return tell(crew, text, leaf_card(crew, question))


def opened_text(hall: Hall, crew: Crew, key: str) -> Sentence:
    """Return in one sentence that a leaf is open."""
    return Sentence("leaf-card-open", {"leaf": called(hall, key), "crew": link(crew), "yes": len(crew.seats)})


def _words(hall: Hall, crew: Crew, question: Question) -> Sentence:
    leaf, name = leaf_of(hall, question.leaf), called(hall, question.leaf)
    if question.by is None:
        head = Sentence("leaf-card-again", {"leaf": name, "crew": link(crew)})
    else:
        by = PersonLink(question.by)
        head = Sentence("leaf-card-asked", {"person": by, "leaf": name, "crew": link(crew)})
    lines = []
    if leaf is not None and leaf.asks:
        lines.append(Sentence("leaf-card-asks", {"asks": leaf.asks}))
    if leaf is not None and leaf.rooms:
        lines.append(Sentence("leaf-card-rooms", {"rooms": tuple(room.name for room in leaf.rooms)}))
    lines.append(Sentence("leaf-card-how"))
    lines.append(
        Sentence(
            "leaf-card-count",
            {"yes": len(question.yes), "members": len(crew.seats), "until": question.until},
        )
    )
    return Sentence("leaf-card", {"head": head, "lines": tuple(lines)})
