"""What is asked and told about one's pace: to the person alone, in their private chat."""

from datetime import date
from typing import Final

from crewhall.ground import names
from crewhall.ground.hall import Hall
from crewhall.ground.ids import UserId
from crewhall.ground.talk import Card, Decision, Say, Sentence, ToPerson
from crewhall.life.seasons.asking import ASKS, Question
from crewhall.life.seasons.facts import Energy, RenewalAsked, Rested, SeasonAsked
from crewhall.life.seasons.pace import came, pace_of, writes

ASK: Final = "seasons.ask"
CHOICES: Final[dict[str, Energy]] = {"🌿": "in", "🍃": "lightly", "💤": "resting", "👋": "leaving"}


def asked(hall: Hall, question: Question) -> tuple[str, Decision]:
    """Return the cause by which a question is put once, and what is written and said."""
    mark = _mark(hall, question.person, type(question).__name__)
    card = None if isinstance(question, Rested) else Card(ASK, f"{hall.key}/pace/{mark}", tuple(CHOICES))
    # Whoever would rest if they missed this is to see it.
    last = isinstance(question, RenewalAsked) and question.nth == ASKS
    say = Say(ToPerson(question.person), _words(hall, question), must=last, card=card)
    return f"seasons:{mark}", Decision(facts=writes(hall, question), says=(say,))


def receipt(hall: Hall, answer: Energy) -> Sentence:
    """Return what an answer means, and how it is changed."""
    name = hall.charter.name
    match answer:
        case "in":
            return Sentence("season-told-in", {"community": name})
        case "lightly":
            return Sentence("season-told-lightly", {"community": name})
        case "resting":
            return Sentence("season-told-resting", {"community": name})
        case "leaving":
            return Sentence("season-told-leaving", {"community": name})


def in_words(day: date) -> str:
    """Return a day in words, such as ``1 June 2026``."""
    return f"{day.day} {day:%B %Y}"


def _words(hall: Hall, question: Question) -> Sentence:
    name = hall.charter.name
    match question:
        case SeasonAsked(season=season):
            return Sentence("season-ask", {"community": name, "day": in_words(season)})
        case Rested():
            return Sentence("season-rested", {"community": name})
        case RenewalAsked(nth=1):
            return Sentence("season-renew", {"community": name})
        case RenewalAsked(nth=nth) if nth < ASKS:
            return Sentence("season-renew-again", {"community": name})
        case RenewalAsked():
            days = hall.charter.renewal.answer_days if hall.charter.renewal is not None else 0
            return Sentence("season-renew-last", {"community": name, "days": days})


def _mark(hall: Hall, person: UserId, kind: str) -> str:
    """Return a question's own name; it is another after each thing that was said, and names nobody."""
    here, told = came(hall, person), pace_of(hall, person).told
    return names.digest(f"pace:{here.cause if here is not None else ''}:{told or ''}:{kind}")
