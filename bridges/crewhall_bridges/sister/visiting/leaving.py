"""Decides how a visit ends: by its day, by a host, by a closed link, by leaving; and who asks to stay longer.

Closing the link has closed the doors already when this is asked (`fold`): it has only to be said.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from crewhall.door import (
    Arguments,
    Asked,
    Decision,
    Gesture,
    Going,
    Hall,
    House,
    Outcome,
    PersonLink,
    Refusal,
    Reply,
    Say,
    Sentence,
    ToPerson,
    Usage,
    ids,
)
from crewhall_bridges.sister.visiting import introducing
from crewhall_bridges.sister.visiting.book import (
    BOOK,
    DRAFT,
    KEPT,
    Visit,
    link_of,
    takes_guests,
    visit_of,
    writes,
)
from crewhall_bridges.sister.visiting.facts import (
    Ending,
    GuestOut,
    IntroductionOver,
    LongerAsked,
    SpeakerStopped,
    VisitForgotten,
    VisitOver,
    WordRefused,
)
from crewhall_bridges.sister.visiting.hosting import (
    asked_for_longer,
    host_cards,
    longer_card,
    may_host,
)

EXTEND: Final = "!extend [DAYS]"
END: Final = "!visit end @person"
SOME_DAYS: Final = 7
"""Days by which a stay is extended if none are named."""


def due(hall: Hall, now: datetime) -> Iterable[tuple[str, Decision]]:
    """Return what time has made due, with the cause by which it happens once."""
    for cause, fact in introducing.due(hall, now):
        yield cause, Decision(writes(hall, fact))
    visits = tuple(BOOK.of(hall).visits.values())
    shut = {mark for mark in {visit.link for visit in visits} if not takes_guests(link_of(hall, mark))}
    for visit in visits:
        at = f"visit:{hall.key}:{visit.mark}"
        why = _why(visit, now, shut=visit.link in shut)
        if why is not None:
            yield (
                f"{at}:over:{visit.until}",
                Decision(writes(hall, VisitOver(visit.mark, why)), _words(hall, visit, why)),
            )
        elif visit.over is not None and now - visit.over >= KEPT and (visit.out or visit.host is None):
            yield f"{at}:forgotten", Decision(writes(hall, VisitForgotten(visit.mark)))


def leaves(hall: Hall, going: Going) -> Decision | None:
    """Return how somebody gives up what they have of visits, who wants to be forgotten: the first of it."""
    person, book = going.person, BOOK.of(hall)
    for one in book.introductions.values():
        if one.person == person and one.over is None:
            return Decision(writes(hall, IntroductionOver(one.mark)))
        if person in one.speakers and one.over is None:
            return Decision(writes(hall, SpeakerStopped(one.mark, person)))
    for link, who in book.words:
        if who == person:
            return Decision(writes(hall, WordRefused(link, person, "taken-back")))
    visit = visit_of(hall, person)
    if visit is None or visit.over is not None:
        return None
    return Decision(writes(hall, VisitOver(visit.mark, "left" if visit.host is not None else "unanswered")))


def gesture(hall: Hall, seen: Gesture) -> Decision | None:
    """Note that a former guest is out, so that they may be forgotten."""
    visit = visit_of(hall, seen.person)
    if visit is None or visit.over is None or visit.out or seen.place != ids.root(hall.key):
        return None
    if seen.membership not in {"leave", "ban"}:
        return None
    return Decision(writes(hall, GuestOut(visit.mark)))


def extend(house: House, asked: Asked, given: Arguments) -> Outcome:
    """Ask the host whether a guest may stay longer."""
    words = [word for word in given.words if word.casefold() not in {"days", "day"}]
    if len(words) > 1 or (words and not (words[0].isascii() and words[0].isdigit() and len(words[0]) < 4)):  # noqa: PLR2004 - days, three digits
        return Usage(EXTEND)
    found = [
        (hall, visit)
        for _, hall in sorted(house.halls.items())
        if asked.person in hall.guests and (visit := visit_of(hall, asked.person)) is not None and visit.runs
    ]
    if not found:
        return Refusal(Sentence("visit-no-guest"))
    hall, visit = found[0]
    latest = asked.at.date() + timedelta(days=hall.charter.sisters.guest_days)
    until = min(visit.until + timedelta(days=int(words[0]) if words else SOME_DAYS), latest)
    if until <= visit.until:
        told = {"community": hall.charter.name, "day": latest.isoformat()}
        return Refusal(Sentence("visit-no-longer", {"community": told["community"], "day": told["day"]}))
    if visit.longer == until:
        return Refusal(Sentence("visit-longer-asked", {"day": until.isoformat()}))
    text = Sentence("visit-longer-card", {"person": PersonLink(asked.person), "day": until.isoformat()})
    said = Sentence("visit-longer-asked", {"day": until.isoformat()})
    cards = longer_card(hall, visit, asked_for_longer(hall, visit), text, until)
    return Decision(writes(hall, LongerAsked(visit.mark, until)), (Say(Reply(), said), *cards), ack="✅")


def end(house: House, asked: Asked, given: Arguments) -> Outcome:
    """End a visit, at once; who hosts or may host can."""
    if len(given.people) != 1:
        return Usage(END)
    guest = given.people[0]
    for _, hall in sorted(house.halls.items()):
        visit = visit_of(hall, guest)
        if visit is None or not visit.runs:
            continue
        if may_host(hall, asked.person) or asked.person in {visit.host, guest}:
            why: Ending = "left" if asked.person == guest else "host"
            said = Sentence("visit-ended", {"person": PersonLink(guest)})
            says = (Say(Reply(), said), *_words(hall, visit, why))
            return Decision(writes(hall, VisitOver(visit.mark, why)), says, ack="✅")
    return Refusal(Sentence("visit-no-such", {"person": PersonLink(guest)}))


def _why(visit: Visit, now: datetime, *, shut: bool) -> Ending | None:
    """Return why a visit is to be told to be over, None while it is not, or if it was told.

    `shut`: its link takes guests no more.
    """
    if visit.told:
        return None
    if visit.over is not None:
        return visit.why
    if shut:
        return "closed"
    if visit.host is None:
        return "unanswered" if now - visit.at >= DRAFT else None
    return "date" if now.date() > visit.until else None


def _words(hall: Hall, visit: Visit, why: Ending) -> tuple[Say, ...]:
    return tuple(_says(hall, replace(visit, longer=None), why))


def _says(hall: Hall, visit: Visit, why: Ending) -> Iterator[Say]:
    name = hall.charter.name
    if visit.host is None:
        yield Say(ToPerson(visit.person), Sentence("visit-nobody-hosts", {"community": name}))
        text = Sentence("visit-host-card-over", {"person": PersonLink(visit.person)})
        yield from host_cards(hall, visit.mark, visit.asked, text)
        return
    match why:
        case "closed":
            text = Sentence("visit-over-closed", {"community": name})
        case "host":
            text = Sentence("visit-over-host", {"community": name})
        case "left":
            text = Sentence("visit-over-left", {"community": name})
        case _:
            text = Sentence("visit-over", {"community": name})
    yield Say(ToPerson(visit.person), text)
    if why != "host":
        told = Sentence("visit-over-hosts", {"person": PersonLink(visit.person)})
        yield Say(ToPerson(visit.host), told)
