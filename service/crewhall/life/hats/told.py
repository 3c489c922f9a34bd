"""Tells of hats: all of them, one of them, one's own, and which of them counts in a room."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from immutables import Map

from crewhall.charter.model import Hat
from crewhall.ground.granted import given
from crewhall.ground.hall import Hall
from crewhall.ground.ids import RoomKey, UserId
from crewhall.ground.talk import (
    Arguments,
    Asked,
    Decision,
    Outcome,
    PersonLink,
    Refusal,
    Reply,
    Say,
    Sentence,
    Usage,
    Value,
)
from crewhall.ground.worn import KEYS, every, hats, wearers
from crewhall.life.hats.absence import worn_by
from crewhall.life.hats.days import day_of, said
from crewhall.life.hats.fit import SERVICE, may_offer, wanted
from crewhall.life.hats.known import HATS, Absence, Term, live_offers, term_of, understudies
from crewhall.life.hats.terms import is_over
from crewhall.life.hats.words import about, confided, given_by, joined, malformed, named, people

ALL: Final = "!hats"
ONE: Final = "!hat NAME"


def show(hall: Hall, asked: Asked, given_: Arguments) -> Outcome:
    """Show all hats: who wears each, since when and until when, who is understudy, which are at risk."""
    if given_.words or given_.people:
        return Usage(ALL if given_.people else ONE)
    if (wrong := _may_not(hall, asked.person)) is not None:
        return Refusal(wrong)
    alone = asked.place is None
    lines = [_in_one_line(hall, hat, asked, alone=alone) for hat in hats(hall)]
    if alone and asked.person in hall.keyholders and SERVICE not in (hat.key for hat in hats(hall)):
        lines.append(Sentence("hats-service"))
    text = Sentence("hats-list", {"community": hall.charter.name, "lines": tuple(lines)})
    return _shared(hall, asked, text)


def show_one(hall: Hall, asked: Asked, given_: Arguments) -> Outcome:
    """Show one hat: what it asks and allows, who wears it and how it is given."""
    if (wrong := _may_not(hall, asked.person)) is not None:
        return Refusal(wrong)
    if (odd := malformed(given_.words)) is not None:
        return Refusal(odd)
    if not given_.words or given_.people:
        return Usage(ONE)
    hat = named(hall, given_.words)
    if isinstance(hat, Sentence):
        return Refusal(hat)
    line = _in_one_line(hall, hat, asked, alone=asked.place is None)
    lines = (line, *about(hall, hat), *given_by(hall, hat))
    return _shared(hall, asked, Sentence("told", {"lines": lines}))


def me(hall: Hall, person: UserId) -> Iterable[Sentence]:
    """Return which hats `person` wears until when, which are offered to them, and when they are away."""
    for hat in worn_by(hall, person):
        term = term_of(hall, hat, person)
        until = _day(hall, term.until)
        if is_over(term):
            yield Sentence("me-hat-over", {"hat": hat.name, "until": until})
        elif term.rotating is not None:
            yield Sentence("me-hat-rotating", {"hat": hat.name})
        else:
            yield Sentence("me-hat", {"hat": hat.name, "until": until})
    for hat in hats(hall):
        for offer in live_offers(hall, hat.key, person):
            if offer.state == "asked":
                by, until = PersonLink(offer.by), _day(hall, offer.closes)
                yield Sentence("me-hat-offered", {"hat": hat.name, "by": by, "until": until})
        if person in understudies(hall, hat.key):
            yield Sentence("me-understudy", {"hat": hat.name})
    if (absence := HATS.of(hall).away.get(person)) is not None:
        yield Sentence("me-away", {"when": _when(absence)})


def why(hall: Hall, person: UserId, place: RoomKey) -> Iterable[Sentence]:
    """Return which hat counts in a room, since when it is worn and by whom it was offered."""
    if place not in every(hall):
        return
    here = {grant.source for grant in given(hall, place)} | {f"hat:{KEYS}"}
    for hat in hats(hall):
        if f"hat:{hat.key}" not in here:
            continue
        gone = hall.gone.get(f"hat:{hat.key}", Map()).get(person)
        if (worn := wearers(hall, hat.key).get(person)) is not None:
            by = term_of(hall, hat, person).by
            if by is None:
                yield Sentence("why-hat-founding", {"hat": hat.name, "since": _day(hall, worn.since)})
            else:
                since, who = _day(hall, worn.since), PersonLink(by)
                yield Sentence("why-hat", {"hat": hat.name, "since": since, "by": who})
        elif gone is not None:
            yield Sentence("why-hat-gone", {"hat": hat.name, "since": _day(hall, gone.since)})


def _may_not(hall: Hall, person: UserId) -> Sentence | None:
    if person in hall.inside or person in hall.keyholders:
        return None
    if person in hall.shut_out:
        return Sentence("hat-shut-out", {"community": hall.charter.name})
    return Sentence("not-inside", {"community": hall.charter.name})


def _shared(hall: Hall, asked: Asked, text: Sentence) -> Outcome:
    """Return the answer; not into a crew's room, where people from outside may be."""
    decision = Decision(says=(Say(Reply(), text),))
    public = asked.place is None or asked.place in every(hall)
    return decision if public else confided(asked, decision)


def _in_one_line(hall: Hall, hat: Hat, asked: Asked, *, alone: bool) -> Sentence:
    """Return a hat with all that `asked.person` may know of it; `alone`: nobody else reads it."""
    worn = wearers(hall, hat.key)
    entitled = asked.person in worn or may_offer(hall, hat, asked.person)
    parts: list[Sentence] = []
    if worn:
        shown = [_wearer(hall, hat, one, away=alone and entitled) for one in sorted(worn)]
        parts.append(Sentence("hat-worn", {"hat": hat.name, "people": joined(shown)}))
    else:
        parts.append(Sentence("hat-nobody", {"hat": hat.name}))
    if learning := understudies(hall, hat.key):
        parts.append(Sentence("hat-understudies", {"people": people(learning)}))
    if len(worn) < wanted(hat):
        parts.append(Sentence("hat-risk", {"count": len(worn), "wanted": wanted(hat)}))
    return _chained(parts)


def _wearer(hall: Hall, hat: Hat, person: UserId, *, away: bool) -> Sentence:
    term, here = term_of(hall, hat, person), wearers(hall, hat.key)[person]
    since, until = _day(hall, here.since), _day(hall, term.until)
    who = PersonLink(person)
    line = _lasting(who, since, until, term)
    absence = HATS.of(hall).away.get(person)
    if away and absence is not None:
        return Sentence("hat-wearer-away", {"line": line, "when": _when(absence)})
    return line


def _lasting(who: PersonLink, since: str, until: str, term: Term) -> Sentence:
    if is_over(term):
        return Sentence("hat-wearer-over", {"person": who, "since": since, "until": until})
    if term.rotating is not None:
        return Sentence("hat-wearer-rotating", {"person": who, "since": since})
    return Sentence("hat-wearer", {"person": who, "since": since, "until": until})


def _when(absence: Absence) -> Value:
    if absence.ends is None:
        return Sentence("away-when", {"begins": said(absence.begins)})
    return Sentence("away-when-until", {"begins": said(absence.begins), "ends": said(absence.ends)})


def _chained(parts: list[Sentence]) -> Sentence:
    line = parts[0]
    for more in parts[1:]:
        line = Sentence("hat-more", {"line": line, "more": more})
    return line


def _day(hall: Hall, at: datetime) -> str:
    return said(day_of(hall.charter, at))
