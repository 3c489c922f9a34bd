"""Decides ``!pause``: one keyholder asks, a second says so too, and the doors close for some days."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from crewhall.ground import names
from crewhall.ground.hall import Hall
from crewhall.ground.ids import UserId
from crewhall.ground.talk import (
    Answer,
    Arguments,
    Asked,
    Card,
    Decision,
    Outcome,
    PersonLink,
    Refusal,
    Reply,
    Say,
    Sentence,
    ToPerson,
    Usage,
)
from crewhall.life.safety.doors import places
from crewhall.life.safety.facts import PauseAsked, Paused, PauseExplained, PauseUnasked
from crewhall.life.safety.privacy import cannot_concern, confided, malformed, reasoned
from crewhall.life.safety.questions import (
    SAFETY,
    Pause,
    Second,
    pause_about,
    pause_asked,
    running_about,
    second_begun,
    writes,
)

PAUSE: Final = "!pause @person [for N days] because REASON"
CONFIRM: Final = "safety.pause"
YES: Final = "✅"
_WAITS: Final = timedelta(days=2)
_AGAIN: Final = timedelta(days=30)
_DAYS = {"day", "days"}
_FOR_DAYS = 3
_DIGITS = 4


def pause(hall: Hall, asked: Asked, given: Arguments) -> Outcome:
    """Ask for a pause; as a second keyholder, say so too; as one of the two, tell the person why."""
    head, reason = reasoned(given)
    if (wrong := malformed(head)) is not None:
        return confided(asked, Refusal(wrong))
    days = _days(head) if head else hall.charter.pause.days
    if not given.people or not reason or days is None:
        return Usage(PAUSE)
    return confided(asked, _outcome(hall, asked, given.people[0], days, reason))


def confirmed(hall: Hall, reacted: Answer, mark: str) -> Decision | None:
    """Take the second keyholder's reaction."""
    second = SAFETY.of(hall).seconds.get(mark)
    if second is None:
        over = Sentence("safety-second-over")
        return Decision(says=(Say(ToPerson(reacted.person), over),)) if reacted.choice == YES else None
    if reacted.person not in second.entitled or reacted.choice != YES:
        return None
    if (wrong := _cannot_second(hall, second, reacted.person, reacted.at)) is not None:
        return Decision(says=(Say(ToPerson(reacted.person), wrong),))
    return _paused(hall, second, reacted.person, reacted.at)


def unasked(hall: Hall, second: Second, by: UserId | None) -> Decision:
    """Close the question without a pause; the person concerned never heard of it."""
    outcome = Sentence("safety-pause-card-over", {"person": PersonLink(second.person)})
    says = tuple(Say(ToPerson(one), outcome, card=_card(hall, second)) for one in second.entitled)
    asker = Say(ToPerson(second.by), outcome) if by != second.by else None
    return Decision(
        facts=writes(hall, PauseUnasked(second.mark, by)), says=says if asker is None else (*says, asker)
    )


def _outcome(hall: Hall, asked: Asked, person: UserId, days: int, reason: str) -> Outcome:
    if asked.person not in hall.keyholders:
        return Refusal(Sentence("safety-pause-not-yours", {"community": hall.charter.name}))
    if (wrong := cannot_concern(hall, asked, person)) is not None:
        return Refusal(wrong)
    running = running_about(hall, person)
    if running is not None and asked.person in running.by and not running.told:
        return _explained(hall, asked, running, reason)
    waiting = pause_asked(hall, person, asked.at)
    if waiting is not None and asked.person in waiting.entitled:
        if (wrong := _cannot_second(hall, waiting, asked.person, asked.at)) is not None:
            return Refusal(wrong)
        return replace(_paused(hall, waiting, asked.person, asked.at, reason), ack="✅")
    if (wrong := _cannot_pause(hall, asked.person, person, asked.at)) is not None:
        return Refusal(wrong)
    if waiting is not None:
        said = Sentence("safety-pause-waits", {"person": PersonLink(person), "until": waiting.closes})
        return Refusal(said)
    if days > hall.charter.pause.days:
        return Refusal(Sentence("safety-pause-too-long", {"most": hall.charter.pause.days}))
    return _opened(hall, asked, person, days, reason)


def _opened(hall: Hall, asked: Asked, person: UserId, days: int, reason: str) -> Decision:
    fact = PauseAsked(
        names.digest(f"pause:{asked.cause}:{person}"),
        person,
        asked.person,
        _others(hall, asked.person, person),
        days,
        asked.at + _WAITS,
    )
    second = second_begun(fact)
    words = Sentence(
        "safety-pause-card",
        {
            "by": PersonLink(asked.person),
            "person": PersonLink(person),
            "community": hall.charter.name,
            "days": days,
            "reason": reason,
            "until": fact.closes,
        },
    )
    people = tuple(PersonLink(one) for one in fact.entitled)
    said = Sentence(
        "safety-pause-asked", {"person": PersonLink(person), "people": people, "until": fact.closes}
    )
    cards = (Say(ToPerson(one), words, must=True, card=_card(hall, second)) for one in fact.entitled)
    return Decision(facts=writes(hall, fact), says=(Say(Reply(), said), *cards), ack="✅")


def _paused(hall: Hall, second: Second, by: UserId, at: datetime, reason: str = "") -> Decision:
    until = at + timedelta(days=min(second.days, hall.charter.pause.days))
    review = at + timedelta(days=hall.charter.pause.review_days)
    two = (second.by, by)
    person, people = PersonLink(second.person), tuple(PersonLink(one) for one in two)
    fact = Paused(second.mark, second.person, two, until, review, places(hall, second.person))
    outcome = Sentence("safety-pause-card-on", {"person": person, "people": people, "until": until})
    why = Sentence("safety-pause-tell", {"person": person, "people": people, "until": until})
    told = Sentence("safety-paused", {"community": hall.charter.name, "people": people, "until": until})
    says = [
        Say(ToPerson(second.person), told, must=True),
        *(Say(ToPerson(one), outcome, card=_card(hall, second)) for one in second.entitled),
        Say(ToPerson(second.by), outcome if reason else why, must=True),
    ]
    if not reason:
        return Decision(facts=writes(hall, fact), says=tuple(says))
    says.insert(1, _reason(by, second.person, reason))
    return Decision(facts=writes(hall, fact, PauseExplained(second.mark, by)), says=tuple(says))


def _explained(hall: Hall, asked: Asked, running: Pause, reason: str) -> Decision:
    said = Sentence("safety-pause-told", {"person": PersonLink(running.person)})
    says = (Say(Reply(), said), _reason(asked.person, running.person, reason))
    return Decision(facts=writes(hall, PauseExplained(running.mark, asked.person)), says=says, ack="✅")


def _reason(by: UserId, person: UserId, reason: str) -> Say:
    text = Sentence("safety-pause-reason", {"by": PersonLink(by), "reason": reason})
    return Say(ToPerson(person), text, must=True)


def _cannot_pause(hall: Hall, by: UserId, person: UserId, at: datetime) -> Sentence | None:
    who, name = PersonLink(person), hall.charter.name
    last = pause_about(hall, person)
    if person in SAFETY.of(hall).out:
        return Sentence("safety-removed-already", {"person": who, "community": name})
    if last is not None and last.ended is None:
        return Sentence("safety-paused-already", {"person": who, "until": last.until})
    if not places(hall, person):
        return Sentence("safety-not-inside", {"person": who, "community": name})
    if last is not None and last.ended is not None and at < last.ended + _AGAIN:
        return Sentence("safety-pause-not-again", {"person": who, "since": last.ended + _AGAIN})
    if not _others(hall, by, person):
        return Sentence("safety-pause-no-second", {"community": name})
    return None


def _cannot_second(hall: Hall, second: Second, by: UserId, at: datetime) -> Sentence | None:
    if at >= second.closes:
        return Sentence("safety-second-over")
    if by not in hall.keyholders or second.by not in hall.keyholders:
        return Sentence("safety-pause-two-keys", {"community": hall.charter.name})
    return _cannot_pause(hall, second.by, second.person, at)


def _others(hall: Hall, by: UserId, person: UserId) -> tuple[UserId, ...]:
    return tuple(sorted(set(hall.keyholders) - {by, person}))


def _days(head: tuple[str, ...]) -> int | None:
    """Return how many days are meant by ``for N days``, None if nothing or no days at all."""
    if len(head) != _FOR_DAYS or head[0].casefold() != "for" or head[2].casefold() not in _DAYS:
        return None
    number = head[1]
    days = int(number) if number.isascii() and number.isdigit() and len(number) < _DIGITS else 0
    return days or None


def _card(hall: Hall, second: Second) -> Card:
    return Card(CONFIRM, f"{hall.key}/pause/{second.mark}", (YES,))
