"""Decides who announces, moves and calls off a gathering; and tells of gatherings and their calendar."""

import re
from datetime import datetime, timedelta
from typing import Final

from crewhall.door import (
    ANYONE,
    Arguments,
    Asked,
    Decision,
    Fact,
    Hall,
    Outcome,
    Recorded,
    Refusal,
    Reply,
    Say,
    Sentence,
    ToPerson,
    Usage,
    Writing,
    belongs,
    group,
    names,
)
from crewhall_bridges.calendar.facts import (
    CalendarRenewed,
    GatheringAdded,
    GatheringCancelled,
    GatheringMoved,
    own,
)
from crewhall_bridges.calendar.fold import OWN, Gathering
from crewhall_bridges.calendar.when import instant, read_day, read_time, span

ADD: Final = '!gathering add "NAME" on 2026-12-05 14:00 [to 18:00] [at PLACE]'
MOVE: Final = "!gathering move NAME on 2026-12-05 14:00 [to 18:00]"
CANCEL: Final = "!gathering cancel NAME"
LIST: Final = "!gatherings"
CALENDAR: Final = "!calendar"
RENEW: Final = "!calendar renew"

MOST: Final = 100
"""Gatherings ahead that a community can have announced."""
SHOWN: Final = 20
LONGEST_PLACE: Final = 120
FARTHEST: Final = timedelta(days=3 * 366)
_DAY: Final = timedelta(days=1)
_SOMEBODY: Final = re.compile(r"@[^\s:]+:[\w.-]+")


def add(hall: Hall, asked: Asked, given: Arguments) -> Outcome:
    """Announce a gathering."""
    if (no := _not_theirs(hall, asked)) is not None:
        return no
    if given.people or _SOMEBODY.search(" ".join(given.words)):
        return Refusal(Sentence("gathering-people"))
    read = _read(hall, given.words)
    if read is None:
        return Usage(ADD)
    name, starts, ends, place = read
    if no := _amiss(name, place, starts, asked.at):
        return no
    ahead = coming(hall, asked.at)
    if any(names.looks(one.name) == names.looks(name) for one in ahead):
        return Refusal(Sentence("gathering-twice", {"gathering": name}))
    if len(ahead) >= MOST:
        return Refusal(Sentence("gathering-many", {"most": MOST}))
    fact = GatheringAdded(names.digest(asked.cause), name, place, starts, ends, asked.person)
    when = span(starts, ends, hall.charter.calendar.zone)
    return _written(hall, fact, Sentence("gathering-added", {"gathering": name, "when": when}))


def move(hall: Hall, asked: Asked, given: Arguments) -> Outcome:
    """Give a gathering another time."""
    read = _read(hall, given.words)
    if read is None or read[3]:
        return Usage(MOVE)
    name, starts, ends, _ = read
    found = _theirs(hall, asked, name)
    if isinstance(found, Refusal):
        return found
    if no := _amiss(name, "", starts, asked.at):
        return no
    if (found.starts, found.ends) == (starts, ends):
        return Refusal(Sentence("gathering-same", {"gathering": found.name}))
    when = span(starts, ends, hall.charter.calendar.zone)
    text = Sentence("gathering-moved", {"gathering": found.name, "when": when})
    return _written(hall, GatheringMoved(found.mark, starts, ends, asked.person), text)


def cancel(hall: Hall, asked: Asked, given: Arguments) -> Outcome:
    """Call a gathering off."""
    if not given.words:
        return Usage(CANCEL)
    found = _theirs(hall, asked, " ".join(given.words))
    if isinstance(found, Refusal):
        return found
    text = Sentence("gathering-cancelled", {"gathering": found.name})
    return _written(hall, GatheringCancelled(found.mark, asked.person), text)


def listed(hall: Hall, asked: Asked, _given: Arguments) -> Outcome:
    """List the gatherings ahead."""
    if (no := _outside(hall, asked)) is not None:
        return no
    ahead = coming(hall, asked.at)
    name = hall.charter.name
    if not ahead:
        return _told(Sentence("gatherings-none", {"community": name}))
    lines = tuple(_line(hall, one) for one in ahead[:SHOWN])
    return _told(Sentence("gatherings-list", {"community": name, "lines": lines}))


def calendar(hall: Hall, asked: Asked, _given: Arguments) -> Outcome:
    """Tell somebody in private where the gatherings can be subscribed to."""
    if (no := _outside(hall, asked)) is not None:
        return no
    name, shelf = hall.charter.name, OWN.of(hall)
    if not hall.charter.gatherings.publish or not shelf.address:
        return Refusal(Sentence("calendar-off", {"community": name}))
    text = Sentence("calendar-at", {"community": name, "address": f"{shelf.address}/{shelf.token}.ics"})
    to = Reply() if asked.place is None else ToPerson(asked.person)
    return Decision(says=(Say(to, text),), ack="✅" if asked.place is not None else "")


def renew(hall: Hall, asked: Asked, _given: Arguments) -> Outcome:
    """End the calendar's address, so that another is made."""
    if (no := _not_theirs(hall, asked)) is not None:
        return no
    if not OWN.of(hall).address:
        return Refusal(Sentence("calendar-off", {"community": hall.charter.name}))
    return _written(hall, CalendarRenewed(asked.person), Sentence("calendar-renewed"))


def withdraw(hall: Hall, taken_back: Recorded, asked: Asked) -> Decision | None:
    """Call a gathering off whose announcement was taken back."""
    fact = taken_back.fact
    if not isinstance(fact, GatheringAdded) or all(one.mark != fact.mark for one in coming(hall, asked.at)):
        return None
    return Decision(facts=(Writing(own(hall.key), GatheringCancelled(fact.mark, asked.person)),))


def coming(hall: Hall, now: datetime) -> tuple[Gathering, ...]:
    """Return the gatherings that are not over and not called off, the next first."""
    found = (one for one in OWN.of(hall).gatherings.values() if not one.cancelled and one.over > now)
    return tuple(sorted(found, key=lambda one: (one.starts, one.mark)))


def _read(hall: Hall, words: tuple[str, ...]) -> tuple[str, datetime, datetime | None, str] | None:
    """Return name, start, end and place of ``NAME on DAY TIME [to TIME] [at PLACE]``."""
    at = next((n for n in range(1, len(words)) if _begins(words[n:])), None)
    if at is None:
        return None
    day, hour = read_day(words[at + 1]), read_time(words[at + 2])
    if day is None or hour is None:
        return None
    zone, rest = hall.charter.calendar.zone, words[at + 3 :]
    starts, ends = instant(day, hour, zone), None
    if rest[:1] and rest[0].casefold() in {"to", "until", "-"}:
        end = read_time(rest[1]) if len(rest) > 1 else None
        if end is None:
            return None
        ends = instant(day if end > hour else day + _DAY, end, zone)
        rest = rest[2:]
    if rest and (rest[0].casefold() != "at" or len(rest) == 1):
        return None
    return names.spoken(" ".join(words[:at])), starts, ends, names.spoken(" ".join(rest[1:]))


def _begins(words: tuple[str, ...]) -> bool:
    return len(words) > 2 and words[0].casefold() == "on" and read_day(words[1]) is not None  # noqa: PLR2004 - on DAY, and more


def _amiss(name: str, place: str, starts: datetime, now: datetime) -> Refusal | None:
    if names.nameless(name):
        return Refusal(Sentence("gathering-nameless"))
    if len(name) > names.LONGEST:
        return Refusal(Sentence("gathering-long", {"most": names.LONGEST}))
    if len(place) > LONGEST_PLACE:
        return Refusal(Sentence("gathering-far-place", {"most": LONGEST_PLACE}))
    if starts <= now:
        return Refusal(Sentence("gathering-past"))
    if starts - now > FARTHEST:
        return Refusal(Sentence("gathering-far"))
    return None


def _theirs(hall: Hall, asked: Asked, name: str) -> Gathering | Refusal:
    """Return the gathering that is meant, if it is theirs to change."""
    ahead = coming(hall, asked.at)
    said = names.looks(names.spoken(name))
    exact = [one for one in ahead if names.looks(one.name) == said]
    near = [one for one in ahead if said and names.looks(one.name).startswith(said)]
    found = exact or near
    if len(found) != 1:
        return Refusal(Sentence("gathering-unknown", {"gathering": name}))
    if found[0].by == asked.person and belongs(hall, asked.person, ANYONE):
        return found[0]
    return _not_theirs(hall, asked) or found[0]


def _not_theirs(hall: Hall, asked: Asked) -> Refusal | None:
    if belongs(hall, asked.person, hall.charter.gatherings.add):
        return None
    return Refusal(Sentence("gathering-not-yours", {"who": group(hall, hall.charter.gatherings.add)}))


def _outside(hall: Hall, asked: Asked) -> Refusal | None:
    if belongs(hall, asked.person, ANYONE):
        return None
    return Refusal(Sentence("not-inside", {"community": hall.charter.name}))


def _line(hall: Hall, one: Gathering) -> Sentence:
    when = span(one.starts, one.ends, hall.charter.calendar.zone)
    if one.place:
        return Sentence("gathering-line-at", {"gathering": one.name, "when": when, "place": one.place})
    return Sentence("gathering-line", {"gathering": one.name, "when": when})


def _written(hall: Hall, fact: Fact, text: Sentence) -> Decision:
    return Decision(facts=(Writing(own(hall.key), fact),), says=(Say(Reply(), text),))


def _told(text: Sentence) -> Decision:
    return Decision(says=(Say(Reply(), text),))
