"""Tells a person, and only them, what they said about being in, and when they are asked again."""

from collections.abc import Iterable

from crewhall.ground.hall import Hall
from crewhall.ground.ids import UserId
from crewhall.ground.talk import Sentence
from crewhall.life.seasons.asking import open_asks, renews_at
from crewhall.life.seasons.cards import in_words
from crewhall.life.seasons.facts import Energy
from crewhall.life.seasons.pace import pace_of


def own(hall: Hall, person: UserId) -> Iterable[Sentence]:
    """Return somebody's own pace: what they said last, and what comes next."""
    name, here = hall.charter.name, hall.inside.get(person)
    if here is None or person in hall.guests:
        return
    said = tuple(word for word in pace_of(hall, person).said if word.at >= here.since)
    if (rests := hall.resting.get(person)) is not None:
        yield Sentence("me-resting", {"community": name, "since": rests.since})
        return
    if said:
        yield Sentence("me-season", {"answer": _called(said[-1].energy), "since": said[-1].at})
    at = renews_at(hall, person)
    if at is not None and open_asks(hall, person):
        yield Sentence("me-renewal-open", {"community": name})
    elif at is not None:
        yield Sentence("me-renewal", {"community": name, "day": in_words(at.date())})


def _called(energy: Energy) -> Sentence:
    match energy:
        case "in":
            return Sentence("season-in")
        case "lightly":
            return Sentence("season-lightly")
        case "resting":
            return Sentence("season-resting")
        case "leaving":
            return Sentence("season-leaving")
