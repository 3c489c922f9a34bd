"""What is asked about a change by hand: one card for each kind of change in a room, and its later words."""

from typing import Final, Literal

from crewhall.ground.container import called, targets
from crewhall.ground.hall import Hall
from crewhall.ground.ids import UserId
from crewhall.ground.talk import Card, PersonLink, RoomLink, Say, Sentence
from crewhall.life.drift.facts import DriftAsked

ASK: Final = "drift.ask"
BACK: Final = "↩️"
LEAVE: Final = "✅"
_MOST_NAMED: Final = 10
State = Literal["open", "leave", "restore", "gone"]


def card_of(hall: Hall, asked: DriftAsked) -> Card:
    """Return the card by which it is answered."""
    return Card(ASK, f"{hall.key}/drift/{asked.mark}", (BACK, LEAVE))


def tell(
    hall: Hall, asked: DriftAsked, state: State, by: UserId | None = None, *, must: bool = False
) -> tuple[Say, ...]:
    """Ask, or bring the card to what holds now; `by` is who answered."""
    text, card = words(hall, asked, state, by), card_of(hall, asked)
    return tuple(Say(to, text, must, card=card) for to in targets(hall, asked.place, asked.asked))


def words(hall: Hall, asked: DriftAsked, state: State, by: UserId | None = None) -> Sentence:
    """Return the card's words."""
    room = RoomLink(asked.room, called(hall, asked.room))
    who = PersonLink(by) if by is not None else ""
    match state:
        case "open":
            lines = (*_lines(asked), Sentence("drift-how"))
            return Sentence("drift-card", {"what": _what(hall, asked), "lines": lines})
        case "leave":
            return Sentence("drift-left", {"room": room, "by": who})
        case "restore":
            return Sentence("drift-put-back", {"room": room, "by": who})
        case "gone":
            return Sentence("drift-gone", {"room": room})


def _what(hall: Hall, asked: DriftAsked) -> Sentence:
    room = RoomLink(asked.room, called(hall, asked.room))
    by = PersonLink(asked.by) if asked.by is not None else Sentence("drift-somebody")
    match asked.kind:
        case "powers":
            return Sentence("drift-powers", {"room": room, "by": by})
        case "doors":
            return Sentence("drift-doors", {"room": room, "by": by})
        case "people":
            people = tuple(PersonLink(person) for person in asked.people[:_MOST_NAMED])
            return Sentence("drift-people", {"room": room, "by": by, "people": people})


def _lines(asked: DriftAsked) -> tuple[Sentence, ...]:
    lines = [
        Sentence("drift-level", {"person": PersonLink(person), "has": str(has), "decided": str(decided)})
        for person, has, decided in asked.levels[:_MOST_NAMED]
    ]
    if (more := len(asked.levels) - len(lines)) > 0:
        lines.append(Sentence("drift-more", {"count": more}))
    return tuple(lines)
