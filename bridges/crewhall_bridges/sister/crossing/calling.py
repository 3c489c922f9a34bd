"""Decides on ``!crew open to``: whom a crew calls, who is asked first; anybody in it ends it at once."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from crewhall.door import (
    Arguments,
    Asked,
    Circle,
    Decision,
    Hall,
    Outcome,
    Refusal,
    Reply,
    Say,
    Sentence,
    Usage,
    UserId,
    circle_meant,
    names,
)
from crewhall_bridges.sister.bond import Link, links_with
from crewhall_bridges.sister.crossing.book import CALLS, Call, gives, mark_of, writes
from crewhall_bridges.sister.crossing.facts import CallAsked, CallClosed, CallDropped
from crewhall_bridges.sister.crossing.question import dropped, opening, put
from crewhall_bridges.sister.naming import named

OPEN: Final = (
    "!crew open [NAME] to SISTER [and SISTER…] [care @person] [until YYYY-MM-DD] [agreements WORDS…]"
)
NOBODY: Final = "nobody"
LASTS: Final = timedelta(days=28)
"""How long a call lasts where no day is named."""
LONGEST: Final = timedelta(days=90)
PATIENCE: Final = timedelta(days=7)
"""How long it is waited for everybody's yes."""
MOST_TEXT: Final = 1_000
MOST_SISTERS: Final = 5
_TO, _AND, _UNTIL, _CARE, _AGREEMENTS = "to", "and", "until", "care", "agreements"


@dataclass(frozen=True, slots=True)
class _Said:
    """What somebody said: which crew, which sisters by name, until when, what holds."""

    crew: tuple[str, ...]
    sisters: tuple[str, ...]
    until: str
    agreements: str


def open_to(hall: Hall, asked: Asked, given: Arguments) -> Outcome:
    """Have a crew call people of sisters, or nobody any more."""
    said = _said(given)
    if said is None:
        return Usage(OPEN)
    circle = circle_meant(hall, asked, said.crew)
    if isinstance(circle, Refusal):
        return circle
    if asked.person not in circle.members:
        return Refusal(Sentence("crossing-members-only", {"crew": circle.name}))
    if said.sisters == (NOBODY,) and not given.people:
        return _nobody(hall, asked, circle)
    meant = _links(hall, said.sisters, given.people)
    if isinstance(meant, Sentence):
        return Refusal(meant)
    links, people = meant
    if not links or len(links) > MOST_SISTERS or len(people) > 1:
        return Usage(OPEN)
    until = _day(said.until, asked)
    if until is None:
        return Refusal(Sentence("crossing-until", {"days": LONGEST.days}))
    care = people[0] if people else asked.person
    if (wrong := _cannot(hall, asked, circle, links, care)) is not None:
        return Refusal(wrong)
    if len(said.agreements) > MOST_TEXT:
        return Refusal(Sentence("crossing-too-long", {"most": MOST_TEXT}))
    return _asked(hall, asked, circle, links, care, until, said.agreements)


def _asked(  # noqa: PLR0917 - what a call is made of
    hall: Hall,
    asked: Asked,
    circle: Circle,
    links: tuple[Link, ...],
    care: UserId,
    until: date,
    agreements: str,
) -> Decision:
    before = CALLS.of(hall).ours.get(circle.room)
    all_ = circle.members if hall.charter.crews.admit == "all" else frozenset({asked.person})
    mark = mark_of(circle.room)
    fact = CallAsked(
        mark,
        names.digest(f"{mark}:{asked.cause}"),
        circle.room,
        asked.person,
        care,
        tuple(link.mark for link in links),
        agreements or _holding(hall, before),
        until,
        tuple(sorted(all_ | {care})),
        asked.at + PATIENCE,
    )
    if set(fact.entitled) == {asked.person}:
        facts = opening(hall, circle, fact, asked.at)
        text = Sentence(
            "crossing-opened", {"crew": circle.name, "sisters": _called(links), "day": _iso(until)}
        )
        return Decision(writes(hall, *facts), (Say(Reply(), text),), ack="✅")
    text = Sentence("crossing-asked", {"crew": circle.name, "sisters": _called(links)})
    return Decision(writes(hall, fact), (Say(Reply(), text), *put(hall, circle, fact)), ack="✅")


def _nobody(hall: Hall, asked: Asked, circle: Circle) -> Outcome:
    call = CALLS.of(hall).ours.get(circle.room)
    if call is None or (call.question is None and not call.open):
        return Refusal(Sentence("crossing-calls-nobody", {"crew": circle.name}))
    facts = (
        *((CallClosed(call.mark, call.open, asked.person),) if call.open else ()),
        *((CallDropped(call.mark, call.question.asked.question),) if call.question is not None else ()),
    )
    says = dropped(hall, circle, call.question) if call.question is not None else ()
    text = Sentence("crossing-closed", {"crew": circle.name})
    return Decision(writes(hall, *facts), (Say(Reply(), text), *says), ack="✅")


def _said(given: Arguments) -> _Said | None:
    words = given.words
    low = [word.casefold() for word in words]
    if _TO not in low:
        return None
    at = low.index(_TO)
    end = low.index(_AGREEMENTS, at) if _AGREEMENTS in low[at:] else len(words)
    agreements = " ".join(words[end + 1 :])
    if end < len(words) and not agreements:
        return None
    stop = low.index(_UNTIL, at, end) if _UNTIL in low[at:end] else end
    if stop < end and end - stop != 2 + (low[end - 1] == _CARE):
        return None
    until = words[stop + 1] if stop < end else ""
    sisters: list[list[str]] = [[]]
    for word in words[at + 1 : stop]:
        if word.casefold() in {_AND, _CARE}:
            sisters.append([])
        else:
            sisters[-1].append(word.strip(",;:").casefold())
    return _Said(words[:at], tuple(" ".join(one) for one in sisters if one), until, agreements)


def _links(
    hall: Hall, sisters: tuple[str, ...], people: tuple[UserId, ...]
) -> tuple[tuple[Link, ...], tuple[UserId, ...]] | Sentence:
    """Return the sisters that are meant, by name or by keeper, and who else was named."""
    found: dict[str, Link] = {}
    keepers = [person for person in people if links_with(hall, person)]
    for link in (*(named(hall, one, ()) for one in sisters), *(named(hall, "", (one,)) for one in keepers)):
        if isinstance(link, Sentence):
            return link
        found[link.mark] = link
    return tuple(found.values()), tuple(person for person in people if person not in keepers)


def _cannot(
    hall: Hall, asked: Asked, circle: Circle, links: tuple[Link, ...], care: UserId
) -> Sentence | None:
    call = CALLS.of(hall).ours.get(circle.room)
    shut = tuple(link.called for link in links if not gives(hall, link.mark, asked.at))
    if not hall.charter.federate:
        return Sentence("crossing-stays-here", {"community": hall.charter.name})
    if shut:
        return Sentence("crossing-flow-closed", {"sisters": shut})
    if care not in hall.inside or care in hall.guests or care in hall.shut_out:
        return Sentence("crossing-care-outside", {"community": hall.charter.name})
    if circle.free < 1:
        return Sentence("crossing-full", {"crew": circle.name})
    if call is not None and call.question is not None:
        return Sentence("crossing-asked-already", {"until": call.question.asked.closes})
    return None


def _holding(hall: Hall, before: Call | None) -> str:
    if before is not None and before.agreements:
        return before.agreements
    return " ".join(hall.charter.sisters.agreements.split())[:MOST_TEXT]


def _day(text: str, asked: Asked) -> date | None:
    today = asked.at.date()
    try:
        day = date.fromisoformat(text) if text else today + LASTS
    except ValueError:
        return None
    return day if today <= day <= today + LONGEST else None


def _called(links: tuple[Link, ...]) -> tuple[str, ...]:
    return tuple(link.called for link in links)


def _iso(day: date) -> str:
    return day.isoformat()
