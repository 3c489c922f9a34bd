"""Decides who may change the charter, who decides, and what has come of a proposed change."""

from datetime import datetime, timedelta
from typing import Final, Literal, TypeAlias

from crewhall.charter.model import Charter
from crewhall.ground import workdays
from crewhall.ground.charters import CharterChanged
from crewhall.ground.facts import Stream, Writing
from crewhall.ground.groups import KEYHOLDERS, among, awake, belongs
from crewhall.ground.hall import Hall
from crewhall.ground.ids import UserId
from crewhall.ground.rounds import Round, some
from crewhall.life.amending.change import AMENDING, Change, writes
from crewhall.life.amending.facts import ChangeAgreed, ChangeProposed

Verdict: TypeAlias = Literal["open", "passed", "failed", "overtaken"]
OPEN: Final = timedelta(days=14)
"""How long a change waits for a yes where no days are set for objecting."""


def proposers(hall: Hall) -> str:
    """Return the group that may propose a change; the keyholders where nobody else could."""
    key = hall.charter.changes.propose
    return key if among(hall, key) else KEYHOLDERS


def deciders(hall: Hall) -> str:
    """Return the group that decides; the keyholders where the charter names a group that nobody is in."""
    key = hall.charter.changes.of
    return key if among(hall, key) else KEYHOLDERS


def question(hall: Hall, charter: Charter, by: UserId, at: datetime, mark: str) -> ChangeProposed | None:
    """Return the question as it opens: who is entitled is fixed now. None if nobody could decide it.

    Those who rest are asked only where nobody else is there. Who is truly alone confirms what they are shown;
    so do they where the charter waits for nobody.
    """
    rule, group = hall.charter.changes, deciders(hall)
    others = [one for one in awake(hall, group) if one != by] or [
        one for one in among(hall, group) if one != by
    ]
    own = belongs(hall, by, group)
    since = AMENDING.of(hall).times
    if own and (not others or not (rule.others or rule.days)):
        return ChangeProposed(mark, charter, by, (by,), 1, at + OPEN, waits=False, since=since)
    if not others:
        return None
    calendar, seasons = hall.charter.calendar, hall.charter.seasons
    closes = workdays.after(calendar, at, rule.days, seasons) if rule.days else at + OPEN
    needed = some(others, rule.others) if own else max(1, some(others, rule.others))
    return ChangeProposed(
        mark, charter, by, tuple(others), needed, closes, waits=bool(rule.days), since=since
    )


def standing(hall: Hall, change: Change) -> Round:
    """Return the round with the words of those only who still belong to the group."""
    round_, group = change.round, deciders(hall)
    for person in change.round.entitled:
        if not belongs(hall, person, group):
            round_ = round_.without(person)
    return round_


def verdict(hall: Hall, change: Change, now: datetime) -> Verdict:
    """Return what has come of a change. One that was decided on an older charter is overtaken."""
    if change.since != AMENDING.of(hall).times:
        return "overtaken"
    round_ = standing(hall, change)
    result = round_.result(now)
    if result == "passed" and not round_.yes and now < round_.closes:
        return "open"  # nobody is left who could have said yes: not all are in favour
    return result


def agreed(hall: Hall, change: Change) -> tuple[Writing, ...]:
    """Return the facts by which the new charter holds: only if the old one still does."""
    yes = standing(hall, change).yes
    return (
        *writes(hall, ChangeAgreed(change.mark, yes)),
        Writing(Stream(hall.key), CharterChanged(change.charter, change.by), hall.version),
    )
