"""Decides whom a question is due for: each on a day of their own, by day, never in the quiet days.

Everybody has a weekday and a minute of the day of their own, and one of each season's first days, so that a
thousand people are never asked at once. Who could not be asked on their day has another one a week later;
what has become stale by then is not asked at all.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import blake2b
from typing import Final

from crewhall.charter.model import Renewal
from crewhall.ground import seasons
from crewhall.ground.hall import Hall
from crewhall.ground.ids import UserId
from crewhall.ground.ladder import keys
from crewhall.ground.seasons import Season
from crewhall.life.seasons.facts import RenewalAsked, Rested, SeasonAsked
from crewhall.life.seasons.pace import Pace, answered, arrived, pace_of

Question = RenewalAsked | SeasonAsked | Rested

ASKS: Final = 3
"""How often a renewal is asked: one question, two gentle asks."""
WEEK: Final = timedelta(days=7)
"""At most one thing unasked is said to a person in this time."""
STALE: Final = timedelta(days=60)
"""An unanswered question that nobody came back to for so long begins anew."""
_RECENT: Final = timedelta(days=30)
"""Who said something in this time before a season is not asked again at its start."""
_DAYS: Final = 7
_MINUTES: Final = (seasons.EVENING - seasons.MORNING - 1) * 60


@dataclass(frozen=True, slots=True)
class _Now:
    """An instant as the community has it: the day, the minute since the morning, the season and its day."""

    at: datetime
    day: int
    minute: int
    season: Season | None
    day_of_season: int


def due(hall: Hall, now: datetime) -> Iterable[Question]:
    """Return what is due for each person, in order of name; nothing at night and in the quiet days."""
    if not hall.standing or not _asks(hall) or not seasons.is_day(hall.charter, now):
        return
    if seasons.is_silent(hall.charter, now):
        return
    today = _now(hall, now)
    people = {person for rung in keys(hall) for person in hall.standing.get(rung, ())}
    for person in sorted(person for person in people if _has_turn(hall, person, today)):
        question = _question(hall, person, today)
        if question is not None:
            yield question


def renews_at(hall: Hall, person: UserId) -> datetime | None:
    """Return from when somebody's renewal is due, None if they are not asked."""
    renewal, since = hall.charter.renewal, arrived(hall, person)
    if (
        renewal is None
        or since is None
        or not hall.reaches(person, renewal.of)
        or _is_left_alone(hall, person)
    ):
        return None
    said = answered(pace_of(hall, person))
    if said is not None and said > since:
        return seasons.later(said, renewal.then_months)
    return seasons.later(since, renewal.first_months)


def open_asks(hall: Hall, person: UserId) -> tuple[datetime, ...]:
    """Return when the renewal that somebody has not answered yet was asked."""
    pace, since = pace_of(hall, person), _last_word(hall, person)
    return pace.asks if since is not None and pace.asks[:1] > (since,) else ()


def _asks(hall: Hall) -> bool:
    return hall.charter.renewal is not None or hall.charter.seasons is not None


def _now(hall: Hall, at: datetime) -> _Now:
    here, season = seasons.local(hall.charter, at), seasons.season(hall.charter, at)
    minute = (here.hour - seasons.MORNING) * 60 + here.minute
    days = (here.date() - season.start).days if season is not None else 0
    return _Now(at, here.toordinal(), minute, season, days)


def _has_turn(hall: Hall, person: UserId, now: _Now) -> bool:
    """Return whether it is somebody's day of the week or of the season, and their minute has come."""
    own = _number(hall, person, "")
    if now.minute < own // _DAYS % _MINUTES:
        return False
    return own % _DAYS == now.day % _DAYS or _is_day_of_season(hall, person, now)


def _is_day_of_season(hall: Hall, person: UserId, now: _Now) -> bool:
    """Return whether this is the day, or a week's second chance, for the season's question to somebody."""
    terms = hall.charter.seasons
    if terms is None or now.season is None or now.day_of_season >= terms.spread_days + _DAYS:
        return False
    own = _number(hall, person, now.season.start.isoformat())
    days = (own % terms.spread_days, terms.spread_days + own // terms.spread_days % _DAYS)
    return now.day_of_season in days


def _question(hall: Hall, person: UserId, now: _Now) -> Question | None:
    pace = pace_of(hall, person)
    if _is_left_alone(hall, person) or (pace.told is not None and now.at < pace.told + WEEK):
        return None
    renewal = hall.charter.renewal
    asked = (
        renewal is not None and hall.reaches(person, renewal.of) and _awaited(hall, person, renewal, now.at)
    )
    if renewal is not None and asked:
        return _again(hall, person, pace, renewal, now) if _is_weekday(hall, person, now) else None
    is_due = _is_due(hall, person, pace, now.at)
    if is_due and _is_weekday(hall, person, now):
        return RenewalAsked(person, 1)
    if now.season is None or not _is_day_of_season(hall, person, now):
        return None
    if _is_known(hall, person, pace, now.season):
        return None
    return SeasonAsked(person, now.season.start, renews=is_due)


def _again(hall: Hall, person: UserId, pace: Pace, renewal: Renewal, now: _Now) -> Question | None:
    """Return the next gentle ask, or the rest that follows from silence after the last."""
    if now.at < _heard_last(pace) + timedelta(days=renewal.answer_days):
        return None
    asks = len(open_asks(hall, person))
    return RenewalAsked(person, asks + 1) if asks < ASKS else Rested(person)


def _awaited(hall: Hall, person: UserId, renewal: Renewal, now: datetime) -> bool:
    """Return whether a question is open whose answer can still be waited for."""
    if not open_asks(hall, person):
        return False
    return now <= _heard_last(pace_of(hall, person)) + timedelta(days=renewal.answer_days) + STALE


def _is_due(hall: Hall, person: UserId, pace: Pace, now: datetime) -> bool:
    """Return whether somebody's renewal begins: not soon after another question that they left open."""
    renewal, at, since = hall.charter.renewal, renews_at(hall, person), _last_word(hall, person)
    if renewal is None or at is None or since is None or now < at:
        return False
    waits = timedelta(days=renewal.answer_days)
    return pace.told is None or pace.told <= since or now >= pace.told + waits


def _is_known(hall: Hall, person: UserId, pace: Pace, season: Season) -> bool:
    """Return whether somebody was asked about this season, or has just said a word or come on to a rung."""
    since = _last_word(hall, person)
    recent = season.start - min(_RECENT, seasons.length(season) / 2)
    if pace.season is not None and pace.season > recent:
        return True
    return since is None or since >= seasons.begins(hall.charter, recent)


def _last_word(hall: Hall, person: UserId) -> datetime | None:
    """Return when somebody last said yes, by word or by coming on to a rung; None if they stand on none."""
    since, said = arrived(hall, person), answered(pace_of(hall, person))
    return max(since, said) if since is not None and said is not None else since


def _heard_last(pace: Pace) -> datetime:
    """Return since when silence counts: the last ask, or the taking back of an answer to it."""
    return max(pace.asks[-1], pace.unsaid or pace.asks[-1])


def _is_left_alone(hall: Hall, person: UserId) -> bool:
    away = person not in hall.inside or person in hall.guests
    return away or person in hall.resting or person in hall.shut_out


def _is_weekday(hall: Hall, person: UserId, now: _Now) -> bool:
    return _number(hall, person, "") % _DAYS == now.day % _DAYS


def _number(hall: Hall, person: UserId, what: str) -> int:
    """Return a number of somebody's own, the same after any restart."""
    return int.from_bytes(blake2b(f"{hall.key} {person} {what}".encode(), digest_size=8).digest())
