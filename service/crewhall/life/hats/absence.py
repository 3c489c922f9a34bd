"""Decides ``!away`` and ``!back``: what is to be handed over while somebody is away; one reminder."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Final

from crewhall.charter.model import Hat
from crewhall.ground import names
from crewhall.ground.hall import Hall
from crewhall.ground.ids import UserId
from crewhall.ground.seasons import is_day, is_silent
from crewhall.ground.talk import (
    Arguments,
    Asked,
    Decision,
    Outcome,
    Refusal,
    Reply,
    Say,
    Sentence,
    ToPerson,
    Usage,
)
from crewhall.ground.worn import hats, wearers
from crewhall.life.hats.days import day_of, meant, said
from crewhall.life.hats.dropping import first
from crewhall.life.hats.facts import Away, AwayBegun, AwayEnded, AwayReminded
from crewhall.life.hats.fit import at_risk
from crewhall.life.hats.known import HATS, Absence, understudies, writes
from crewhall.life.hats.terms import way, with_whom
from crewhall.life.hats.words import confided

AWAY: Final = "!away from DATE [until DATE]"
BACK: Final = "!back"
_UNTIL = frozenset({"until", "till", "to"})
_REMINDER = timedelta(days=14)
_FARTHEST = timedelta(days=3 * 366)
_SHOWN = 60


def away(hall: Hall, asked: Asked, given: Arguments) -> Outcome:
    """Say from when on one is away; with ``no``, that one is not."""
    return confided(asked, _away(hall, asked, given))


def back(hall: Hall, asked: Asked, given: Arguments) -> Outcome:
    """Say that one is back, or not going away after all."""
    if given.words or given.people:
        return Usage(BACK)
    return confided(asked, _back(hall, asked.person))


def worn_by(hall: Hall, person: UserId) -> tuple[Hat, ...]:
    """Return the hats that somebody wears."""
    return tuple(hat for hat in hats(hall) if person in wearers(hall, hat.key))


def absences(hall: Hall, now: datetime) -> Iterable[tuple[str, Decision]]:
    """Return what is due of absences: the reminder before, a word to understudies, the end."""
    today = day_of(hall.charter, now)
    open_ = is_day(hall.charter, now) and not is_silent(hall.charter, now)
    for person, absence in sorted(HATS.of(hall).away.items(), key=lambda item: item[0]):
        name = names.digest(f"{person}:{absence.here.cause}")
        over = absence.ends is not None and today >= absence.ends
        if over or not worn_by(hall, person):
            yield f"hats:back:{name}", Decision(facts=writes(hall, AwayEnded(person)))
        elif today >= absence.begins:
            if open_ and not absence.begun and (says := _to_understudies(hall, person, absence.begins)):
                yield f"hats:away:{name}", Decision(facts=writes(hall, AwayBegun(person)), says=says)
        elif open_ and _is_to_remind(hall, person, absence, today):
            facts = writes(hall, AwayReminded(person))
            says = (Say(ToPerson(person), _reminder(hall, person, absence)),)
            yield f"hats:reminder:{name}", Decision(facts=facts, says=says)


def _away(hall: Hall, asked: Asked, given: Arguments) -> Outcome:
    words = tuple(word for n, word in enumerate(given.words) if n or word.casefold() != "from")
    if given.people or not words:
        return Usage(AWAY)
    if [word.casefold() for word in words] == ["no"]:
        return _back(hall, asked.person)
    own = worn_by(hall, asked.person)
    if not own:
        return Refusal(Sentence("away-no-hats", {"community": hall.charter.name}))
    today = day_of(hall.charter, asked.at)
    days = _days(words, today)
    if isinstance(days, Sentence):
        return Refusal(days)
    begins, ends = days
    fact = Away(asked.person, begins, ends)
    after: list[Sentence] = []
    for hat in own:
        after += _handing_over(hall, hat, asked.person, begins)
    text = _noted(begins, ends, tuple(after))
    return Decision(facts=writes(hall, fact), says=(Say(Reply(), text),), ack="✅")


def _back(hall: Hall, person: UserId) -> Outcome:
    if person not in HATS.of(hall).away:
        return Refusal(Sentence("away-not", {"community": hall.charter.name}))
    text = Sentence("away-back", {"community": hall.charter.name})
    return Decision(facts=writes(hall, AwayEnded(person)), says=(Say(Reply(), text),), ack="✅")


def _days(words: Sequence[str], today: date) -> tuple[date, date | None] | Sentence:
    """Return the first day away and the first day back, or what is wrong with them."""
    at = next((n for n, word in enumerate(words) if word.casefold() in _UNTIL), len(words))
    begins = meant(words[:at], today)
    if begins is None:
        return Sentence("away-which-day", {"text": " ".join(words[:at])[:_SHOWN]})
    if begins < today:
        return Sentence("away-past", {"day": said(begins)})
    ends = meant(words[at + 1 :], begins + timedelta(days=1)) if at < len(words) else None
    if at < len(words) and ends is None:
        return Sentence("away-which-day", {"text": " ".join(words[at + 1 :])[:_SHOWN]})
    if ends is not None and ends <= begins:
        return Sentence("away-ends-before", {"begins": said(begins), "ends": said(ends)})
    if begins - today > _FARTHEST or (ends is not None and ends - today > _FARTHEST):
        return Sentence("away-too-far")
    return begins, ends


def _noted(begins: date, ends: date | None, lines: tuple[Sentence, ...]) -> Sentence:
    if ends is None:
        return Sentence("away-from", {"begins": said(begins), "lines": lines})
    return Sentence("away-from-until", {"begins": said(begins), "ends": said(ends), "lines": lines})


def _handing_over(hall: Hall, hat: Hat, person: UserId, day: date) -> Iterable[Sentence]:
    """Return a hat with its risk while somebody is away, its understudy and what to do."""
    if not at_risk(hall, hat, day, person):
        yield Sentence("away-hat-safe", {"hat": hat.name})
        return
    yield Sentence("away-hat", {"hat": hat.name})
    yield from with_whom(hall, hat, person, day)
    yield way(hall, hat, person)


def _reminder(hall: Hall, person: UserId, absence: Absence) -> Sentence:
    lines: list[Sentence] = []
    for hat in worn_by(hall, person):
        if at_risk(hall, hat, absence.begins, person):
            lines += _handing_over(hall, hat, person, absence.begins)
    return Sentence("away-reminder", {"begins": said(absence.begins), "lines": tuple(lines)})


def _is_to_remind(hall: Hall, person: UserId, absence: Absence, today: date) -> bool:
    """Return whether it is two weeks before, was said earlier than that, and something is not handed over."""
    soon = absence.begins - _REMINDER
    if absence.reminded or today < soon or day_of(hall.charter, absence.here.since) >= soon:
        return False
    if person in hall.resting:
        return False
    return any(at_risk(hall, hat, absence.begins, person) for hat in worn_by(hall, person))


def _to_understudies(hall: Hall, person: UserId, day: date) -> tuple[Say, ...]:
    return tuple(
        say
        for hat in worn_by(hall, person)
        if at_risk(hall, hat, day)
        for say in first(hall, hat, person, understudies(hall, hat.key))
    )
