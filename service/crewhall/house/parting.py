"""Decides ``!forget me``: what it means is told before, and asked once; a yes within a day begins it.

What follows the yes is no decision but work (`crewhall.flows.forgetting`).
"""

from datetime import UTC, datetime, timedelta
from typing import Final

from crewhall.ground.facts import HOUSE, ForgettingAgreed, Writing
from crewhall.ground.hall import House
from crewhall.ground.ids import UserId
from crewhall.ground.talk import (
    Answer,
    Arguments,
    Asked,
    Card,
    Decision,
    Outcome,
    Reply,
    Say,
    Sentence,
    ToPerson,
    Usage,
)
from crewhall.life.safety.questions import running_about

FORGET: Final = "!forget me"
CARD: Final = "parting.forget"
WITHIN: Final = timedelta(days=1)
"""How long the question stands."""
_YES: Final = "✅"
_NOBODY: Final = ":invalid"


def ask(house: House, asked: Asked, given: Arguments) -> Outcome:
    """Say what will be forgotten and what cannot be recalled, and ask for a yes."""
    if given.people or given.words:
        return Usage(FORGET)
    if asked.person in house.leaving:
        return _privately(asked, Sentence("forget-begun"))
    if (wrong := _not_now(house, asked.person)) is not None:
        return _privately(asked, wrong)
    lines = (
        Sentence("forget-leaves"),
        *_shut(house, asked.person),
        Sentence("forget-erased"),
        Sentence("forget-stays"),
        Sentence("forget-elsewhere"),
        Sentence("forget-yes"),
    )
    card = Card(CARD, f"forget/{int(asked.at.timestamp())}", (_YES,))
    text = Sentence("told", {"lines": lines})
    to = ToPerson(asked.person)
    return Decision(says=(Say(to, text, must=True, card=card),), ack="✅" if asked.place is not None else "")


def answered(house: House, given: Answer) -> Decision | None:
    """Begin, unless the question is too old or a last key was come by meanwhile; once is enough."""
    if given.choice != _YES or given.person in house.leaving:
        return None
    to = ToPerson(given.person)
    if given.at - _asked_at(given.card) > WITHIN:
        return Decision(says=(Say(to, Sentence("forget-too-late")),))
    if (wrong := _not_now(house, given.person)) is not None:
        return Decision(says=(Say(to, wrong),))
    agreed = Writing(HOUSE, ForgettingAgreed(given.person))
    return Decision(facts=(agreed,), says=(Say(to, Sentence("forget-begun"), must=True),))


def is_heard(house: House, say: Say) -> bool:
    """Return whether there is anybody to say this to: nobody forgotten, nobody whose chat is closed."""
    match say.to:
        case ToPerson(person=person):
            return not is_nobody(person) and (person not in house.leaving or person in house.chats)
        case _:
            return True


def is_nobody(person: UserId) -> bool:
    """Return whether this is the stand-in of somebody forgotten."""
    return person.endswith(_NOBODY)


def _last_keys(house: House, person: UserId) -> tuple[str, ...]:
    """Return the communities that nobody in them would hold a key of without this person."""
    return tuple(
        hall.charter.name
        for _, hall in sorted(house.halls.items())
        if person in hall.keyholders
        and not any(one != person and one in hall.inside for one in hall.keyholders)
    )


def _not_now(house: House, person: UserId) -> Sentence | None:
    """Return why somebody cannot be forgotten now, and what to do."""
    if communities := _last_keys(house, person):
        return Sentence("forget-last-key", {"communities": communities})
    for _, hall in sorted(house.halls.items()):
        if (pause := running_about(hall, person)) is not None:
            return Sentence("forget-paused", {"community": hall.charter.name, "until": pause.until})
    return None


def _shut(house: House, person: UserId) -> tuple[Sentence, ...]:
    """Return what is said to somebody whom a decision keeps out: the homeserver goes on doing that."""
    names = tuple(hall.charter.name for _, hall in sorted(house.halls.items()) if person in hall.shut_out)
    return (Sentence("forget-shut-out", {"communities": names}),) if names else ()


def _asked_at(card: Card) -> datetime:
    return datetime.fromtimestamp(int(card.subject.rpartition("/")[2]), UTC)


def _privately(asked: Asked, text: Sentence) -> Decision:
    if asked.place is None:
        return Decision(says=(Say(Reply(), text),))
    return Decision(says=(Say(ToPerson(asked.person), text),), ack="✅")
