"""Decides on ``!introduced``: whether the word holds for who says it, by what their community states of it.

The word is looked up in the letterbox as it stands now; until then nothing is known, and nothing is opened.
Each word works once. Every no is told to the person alone, and to no community.
"""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Final

from crewhall.door import (
    Arguments,
    Asked,
    CommunityKey,
    Decision,
    Fact,
    Hall,
    House,
    Outcome,
    PersonLink,
    Refusal,
    Reply,
    RoomId,
    RoomSeen,
    Say,
    Sentence,
    ToPerson,
    Usage,
    UserId,
    Writing,
    ids,
    names,
)
from crewhall_bridges.sister import wire
from crewhall_bridges.sister.asking import contacts
from crewhall_bridges.sister.bond import Link, is_open, links
from crewhall_bridges.sister.visiting.book import (
    BOOK,
    Shown,
    Visit,
    link_of,
    proof_of,
    visit_of,
    writes,
)
from crewhall_bridges.sister.visiting.facts import VisitAsked, WordRefused, WordShown, Wrong
from crewhall_bridges.sister.visiting.hosting import asking, host_cards, hosts

INTRODUCED: Final = "!introduced WORD"
WORD: Final = re.compile(r"([0-9a-f]{8,40})-[0-9a-f]{16,128}\Z")
"""An introduction's mark, and what only its carrier knows."""
MOST_TRIES: Final = 5
"""Words that one person can show within a day."""
MOST_WORDS: Final = 50
"""Words that all can."""
MOST_WAITING: Final = 6
"""People of one sister for whom hosts are asked at a time: hosts are people, and no gate."""
A_DAY: Final = timedelta(days=1)
Whose = tuple[CommunityKey, str]


def present(house: House, asked: Asked, given: Arguments) -> Outcome:
    """Take a word that somebody of a sister hands over; it is looked up next."""
    said = "".join(given.words).casefold()
    found = WORD.match(said)
    if found is None:
        return Usage(INTRODUCED)
    if asked.place is not None:
        return Refusal(Sentence("visit-in-private"))
    home = ids.server(asked.person)
    open_ = [
        (hall, link)
        for _, hall in sorted(house.halls.items())
        for link in links(hall)
        if ids.server(link.keeper) == home and link.room is not None and _takes(link, asked.at)
    ]
    if not open_:
        return Refusal(Sentence("visit-no-link", {"server": home}))
    wrong = [_cannot(hall, asked.person, asked.at) for hall, _ in open_]
    if all(wrong):
        return Refusal(next(one for one in wrong if one is not None))
    facts: list[Writing] = []
    for (hall, link), no in zip(open_, wrong, strict=True):
        if no is None:
            shown = WordShown(link.mark, asked.person, found[1], proof_of(said, asked.person))
            (first,) = writes(hall, shown)
            again = any(one.stream == first.stream for one in facts)
            facts.append(replace(first, expected=None) if again else first)
    return Decision(tuple(facts), (Say(Reply(), Sentence("visit-looking", {"server": home})),), ack="✅")


def waiting(house: House) -> Mapping[RoomId, tuple[Whose, ...]]:
    """Return the letterboxes that are to be read now, since somebody has handed over a word."""
    found: dict[RoomId, tuple[Whose, ...]] = {}
    for key, hall in house.halls.items():
        for mark, _ in BOOK.of(hall).words:
            link = link_of(hall, mark)
            if link is not None and link.room is not None:
                whose = (*found.get(link.room, ()), (key, mark))
                found[link.room] = tuple(dict.fromkeys(whose))
    return found


def judge(house: House, whose: Whose, seen: RoomSeen, now: datetime) -> Decision | None:
    """Return what comes of the words that were shown, by a look into the letterbox."""
    hall = house.halls.get(whose[0])
    link = link_of(hall, whose[1]) if hall is not None else None
    if hall is None or link is None or seen.room != link.room:
        return None
    facts: list[Fact] = []
    says: list[Say] = []
    waits = sum(one.link == link.mark and _waits(one) for one in BOOK.of(hall).visits.values())
    for shown in BOOK.of(hall).words.values():
        if shown.link != link.mark:
            continue
        found = _judged(hall, link, shown, seen, now)
        if isinstance(found, wire.Introduction) and not hosts(hall):
            found = "nobody"
        if isinstance(found, wire.Introduction) and waits >= MOST_WAITING:
            crowd = _crowd(hall, link, now)
            says += [say for say in crowd if say not in says]
            found = "many"
        if isinstance(found, wire.Introduction):
            waits += 1
            visit = _visit(hall, link, shown, found)
            facts.append(visit)
            says += _asked(hall, link, visit, found)
        else:
            facts.append(WordRefused(link.mark, shown.person, found))
            says.append(Say(ToPerson(shown.person), refusal(hall, link, found)))
    return Decision(writes(hall, *facts), tuple(says)) if facts else None


def refusal(hall: Hall, link: Link, why: Wrong) -> Sentence:
    """Return in one sentence why a word opens nothing, and what to do."""
    match why:
        case "not-yours":
            return Sentence("visit-word-not-yours", {"sister": link.called})
        case "taken-back":
            return Sentence("visit-word-taken-back", {"sister": link.called})
        case "expired":
            return Sentence("visit-word-expired", {"sister": link.called})
        case "used":
            return Sentence("visit-word-used", {"sister": link.called})
        case "closed":
            return Sentence("visit-word-closed", {"community": hall.charter.name, "sister": link.called})
        case "unwell":
            return Sentence("visit-word-unwell", {"sister": link.called})
        case "many":
            return Sentence("visit-word-many", {"community": hall.charter.name, "sister": link.called})
        case "nobody":
            return Sentence("visit-word-nobody", {"community": hall.charter.name})
        case _:
            return Sentence("visit-word-unknown", {"sister": link.called})


def _waits(visit: Visit) -> bool:
    return visit.host is None and visit.over is None


def _crowd(hall: Hall, link: Link, now: datetime) -> tuple[Say, ...]:
    """Tell those who speak for us that a sister sends more people than we can host; once a day at most."""
    before = BOOK.of(hall).crowded.get(link.mark)
    if before is not None and now - before < A_DAY:
        return ()
    text = Sentence("visit-crowd", {"sister": link.called, "line": f"!link close guests with {link.keeper}"})
    return tuple(Say(ToPerson(person), text) for person in contacts(hall, link.ours.contacts))


def _takes(link: Link, now: datetime) -> bool:
    return is_open(link, "in", "introductions", now) and is_open(link, "out", "guests", now)


def _cannot(hall: Hall, person: UserId, now: datetime) -> Sentence | None:
    visit = visit_of(hall, person)
    if person in hall.guests and visit is not None:
        return Sentence(
            "visit-here-already", {"community": hall.charter.name, "day": visit.until.isoformat()}
        )
    if visit is not None and visit.over is None:
        return Sentence("visit-asked-already", {"community": hall.charter.name})
    if person in hall.inside:
        return Sentence("visit-inside-already", {"community": hall.charter.name})
    if person in hall.shut_out:
        return Sentence("visit-not-here", {"community": hall.charter.name})
    if any(shown.person == person for shown in BOOK.of(hall).words.values()):
        return Sentence("visit-looking-already")
    lately = [one for one, at in BOOK.of(hall).tried if now - at < A_DAY]
    if len(lately) >= MOST_WORDS or lately.count(person) >= MOST_TRIES:
        return Sentence("visit-tomorrow")
    return None


def _judged(hall: Hall, link: Link, shown: Shown, seen: RoomSeen, now: datetime) -> wire.Introduction | Wrong:
    if not _takes(link, now) or person_is_in(hall, shown.person):
        return "closed"
    if link.health.trouble is not None:
        return "unwell"
    slot = seen.statements.get((wire.event_type("introduction"), shown.introduction))
    if slot is None or slot.sender != link.keeper:
        return "unknown"
    told = wire.read("introduction", slot.content)
    if not isinstance(told, wire.Introduction) or told.to != link.me:
        return "unknown"
    if told.taken_back:
        return "taken-back"
    if told.proof != shown.proof:
        return "not-yours"
    if date.fromisoformat(told.until) < now.date():
        return "expired"
    return "used" if (link.mark, shown.introduction) in BOOK.of(hall).used else told


def person_is_in(hall: Hall, person: UserId) -> bool:
    """Return whether nothing is to be opened for somebody: they are in already, or the doors are closed."""
    return person in hall.inside or person in hall.guests or person in hall.shut_out


def _visit(hall: Hall, link: Link, shown: Shown, told: wire.Introduction) -> VisitAsked:
    mark = names.digest(f"visit:{link.mark}:{shown.introduction}")
    last = date.fromisoformat(told.until)
    return VisitAsked(mark, link.mark, shown.person, shown.introduction, last, hosts(hall))


def _asked(hall: Hall, link: Link, visit: VisitAsked, told: wire.Introduction) -> tuple[Say, ...]:
    name = hall.charter.name
    lines = []
    if told.known_since is not None:
        lines.append(Sentence("visit-states-since", {"community": link.called, "month": told.known_since}))
    if told.keeps_agreements:
        lines.append(Sentence("visit-states-keeps", {"community": link.called}))
    lines += [
        Sentence("visit-states-speaks", {"person": PersonLink(one)})
        for one in told.speaks
        if ids.server(one) == ids.server(link.keeper)
    ]
    text = Sentence(
        "visit-host-card",
        {
            "person": PersonLink(visit.person),
            "sister": link.called,
            "lines": tuple(lines),
            "opens": asking(hall),
        },
    )
    said = Sentence("visit-hosts-asked", {"community": name})
    return (Say(ToPerson(visit.person), said), *host_cards(hall, visit.mark, visit.asked, text, must=True))
