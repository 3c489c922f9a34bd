"""Puts a link into plain words: what may flow each way, who speaks for whom, until when, what holds."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from crewhall.door import Hall, PersonLink, Sentence
from crewhall_bridges.sister.bond import Link, flows_open, is_closed, state_of
from crewhall_bridges.sister.terms import Terms
from crewhall_bridges.sister.wire import FLOWS, Flow


def page(hall: Hall, link: Link, terms: Terms) -> tuple[Sentence, ...]:
    """Return the one page of these terms, as our people read it."""
    lines = [*_ways(hall, link, terms), *_closed(link, terms)]
    lines.append(Sentence("sister-page-review", {"day": terms.review.isoformat()}))
    lines += [
        Sentence("sister-page-agreements", {"text": text}) for text in terms.agreements.split("\n\n") if text
    ]
    lines += _contacts(link)
    return tuple(lines)


def summary(hall: Hall, link: Link, now: datetime) -> Sentence:
    """Return a link in one line: where it stands, what flows now, how its letterbox is."""
    sister = link.called
    head = Sentence("sister-line-proposed", {"sister": sister})
    match state_of(link, now):
        case "ended" if link.waits and not link.ours.ended:
            head = Sentence("sister-line-waiting", {"sister": sister})
        case "ended":
            day = (link.ended or now).date().isoformat()
            head = Sentence("sister-line-ended", {"sister": sister, "day": day, "keeper": link.keeper})
        case "resting":
            head = Sentence("sister-line-resting", {"sister": sister})
        case "asked":
            head = Sentence("sister-line-asked", {"sister": sister})
        case "proposed" if link.question is not None:
            until = link.question.round.closes
            head = Sentence("sister-line-question", {"sister": sister, "until": until})
        case "proposed" if link.theirs is None:
            head = Sentence("sister-line-waiting", {"sister": sister})
        case "proposed":
            pass
        case "holds":
            head = Sentence("sister-line-holds", {"sister": sister, "lines": holding(hall, link, now)})
    return head


def health(link: Link) -> Iterator[Sentence]:
    """Yield how the sister's letterbox is."""
    known = link.health
    if known.trouble is not None:
        yield Sentence("sister-health", {"what": trouble(known.trouble)})
    elif known.read_at is not None:
        yield Sentence("sister-health-sound", {"since": known.read_at})


def trouble(what: str) -> Sentence:
    """Return in words what is wrong with a letterbox."""
    match what:
        case "creator" | "powers" | "space" | "type" | "version":
            return Sentence("sister-trouble-others")
        case "back":
            return Sentence("sister-trouble-back")
        case "changed":
            return Sentence("sister-trouble-changed")
        case "moved":
            return Sentence("sister-trouble-moved")
        case "blank" | "missing":
            return Sentence("sister-trouble-blank")
        case _:
            return Sentence("sister-trouble-unreadable")


def listed(flows: Iterable[Flow]) -> tuple[str, ...]:
    """Return flows by the words that are said for them, in a settled order."""
    there = frozenset(flows)
    return tuple(flow for flow in FLOWS if flow in there)


def holding(hall: Hall, link: Link, now: datetime) -> tuple[Sentence, ...]:
    """Return what flows now, until when, and how the sister's letterbox is."""
    opened = flows_open(link, now)
    ours = frozenset(flow for way, flow in opened if way == "out")
    theirs = frozenset(flow for way, flow in opened if way == "in")
    return (
        *_way(hall.charter.name, link.called, ours),
        *_way(link.called, hall.charter.name, theirs),
        Sentence("sister-line-until", {"day": link.ours.until.isoformat()}),
        *health(link),
    )


def _ways(hall: Hall, link: Link, terms: Terms) -> Iterator[Sentence]:
    yield from _way(hall.charter.name, link.called, terms.opens(link.me))
    yield from _way(link.called, hall.charter.name, terms.opens(link.keeper))


def _way(giver: str, taker: str, flows: frozenset[Flow]) -> Iterator[Sentence]:
    if "introductions" in flows:
        yield Sentence("sister-flow-introductions", {"giver": giver, "taker": taker})
    if "guests" in flows:
        yield Sentence("sister-flow-guests", {"giver": giver, "taker": taker})
    if "crews" in flows:
        yield Sentence("sister-flow-crews", {"giver": giver, "taker": taker})
    if "recipes" in flows:
        yield Sentence("sister-flow-recipes", {"giver": giver, "taker": taker})
    if "diary" in flows:
        yield Sentence("sister-flow-diary", {"giver": giver, "taker": taker})
    if not flows:
        yield Sentence("sister-flow-none", {"giver": giver, "taker": taker})


def _closed(link: Link, terms: Terms) -> Iterator[Sentence]:
    for side, ours in ((link.ours, True), (link.theirs, False)):
        if side is None:
            continue
        shut = {at[1] for at in side.closed if is_closed(side, at, terms) and not (ours and at in link.lifts)}
        if shut and ours:
            yield Sentence("sister-page-closed-ours", {"flows": listed(shut)})
        elif shut:
            yield Sentence("sister-page-closed-theirs", {"sister": link.called, "flows": listed(shut)})


def _contacts(link: Link) -> Iterator[Sentence]:
    if link.ours.contacts:
        people = tuple(map(PersonLink, link.ours.contacts))
        yield Sentence("sister-page-contacts", {"people": people})
    if link.theirs is not None and link.theirs.contacts:
        people = tuple(map(PersonLink, link.theirs.contacts))
        yield Sentence("sister-page-contacts-theirs", {"sister": link.called, "people": people})
