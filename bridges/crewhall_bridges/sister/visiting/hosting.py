"""Decides on guests: who may host, what a ✅ opens and until when, and a longer stay.

Before anybody comes in they read which agreements hold, who hosts, and what is visible to whom.
"""

from datetime import date, datetime, timedelta
from typing import Final

from crewhall.door import (
    ANYONE,
    Answer,
    Card,
    Decision,
    Hall,
    PersonLink,
    Say,
    Sentence,
    ToPerson,
    UserId,
    awake,
    belongs,
    ids,
    ladder,
)
from crewhall_bridges.sister.bond import Link, is_open
from crewhall_bridges.sister.guestrooms import beware, opened, rung_for_guests, tells_earlier
from crewhall_bridges.sister.visiting.book import BOOK, Visit, link_of, takes_guests, writes
from crewhall_bridges.sister.visiting.facts import PassExtended, PassGiven

HOST: Final = "sister.host"
LONGER: Final = "sister.longer"
YES: Final = "✅"
MOST_HOSTS: Final = 12
"""Of those who may host, how many are asked."""
KEYHOLDERS: Final = "keyholders"


def group_of_hosts(hall: Hall) -> str:
    """Return the group that may host; the keyholders where nobody is in the one that the charter names."""
    key = hall.charter.sisters.hosts
    return key if awake(hall, key) else KEYHOLDERS


def hosts(hall: Hall) -> tuple[UserId, ...]:
    """Return who is asked whether they host."""
    return awake(hall, group_of_hosts(hall))[:MOST_HOSTS]


def may_host(hall: Hall, person: UserId) -> bool:
    """Return whether somebody may host, extend and end visits."""
    return belongs(hall, person, group_of_hosts(hall)) and person not in hall.shut_out


def asking(hall: Hall) -> tuple[Sentence, ...]:
    """Return what a yes would open, and what of earlier words with it."""
    days, rung = hall.charter.sisters.guest_days, rung_for_guests(hall)
    name = hall.charter.name
    if rung:
        called = ladder.called(hall, rung)
        opens = Sentence("visit-opens-rung", {"community": name, "rung": called, "days": days})
    else:
        opens = Sentence("visit-opens", {"community": name, "days": days})
    return (opens, *beware(hall))


def host_cards(
    hall: Hall, mark: str, people: tuple[UserId, ...], text: Sentence, *, must: bool = False
) -> tuple[Say, ...]:
    """Return the card by which these are asked whether they host, or its last words."""
    card = Card(HOST, f"{hall.key}/sister/visit/{mark}", (YES,))
    return tuple(Say(ToPerson(person), text, must, card=card) for person in people)


def longer_card(
    hall: Hall, visit: Visit, people: tuple[UserId, ...], text: Sentence, until: date
) -> tuple[Say, ...]:
    """Return the card by which a host is asked for a longer stay, or its last words."""
    card = Card(LONGER, f"{hall.key}/sister/visit/{visit.mark}/{until.isoformat()}", (YES,))
    return tuple(Say(ToPerson(person), text, card=card) for person in people)


def asked_for_longer(hall: Hall, visit: Visit) -> tuple[UserId, ...]:
    """Return who decides on a longer stay: the host, or whoever may host if that one no longer may."""
    host = visit.host
    return (host,) if host is not None and may_host(hall, host) else hosts(hall)


def answer(hall: Hall, reacted: Answer) -> Decision | None:
    """Take a host's yes, to a visit or to a longer one. Saying nothing is a no that nobody is told of."""
    if reacted.card.kind not in {HOST, LONGER} or reacted.choice != YES:
        return None
    _, _, rest = reacted.card.subject.partition("/sister/visit/")
    mark, _, day = rest.partition("/")
    visit = BOOK.of(hall).visits.get(mark)
    link = link_of(hall, visit.link) if visit is not None else None
    if visit is None or link is None or visit.over is not None or not may_host(hall, reacted.person):
        return None
    if reacted.card.kind == HOST:
        return _hosts(hall, link, visit, reacted.person, reacted.at)
    return _longer(hall, link, visit, reacted.person, day)


def _hosts(hall: Hall, link: Link, visit: Visit, host: UserId, now: datetime) -> Decision | None:
    guest = visit.person
    if visit.host is not None or host not in visit.asked:
        return None
    if guest in hall.inside or guest in hall.guests or guest in hall.shut_out:
        return None
    if not is_open(link, "out", "guests", now):
        return None
    until = now.date() + timedelta(days=hall.charter.sisters.guest_days)
    fact = PassGiven(visit.mark, guest, host, rung_for_guests(hall), until)
    given = {"person": PersonLink(guest), "host": PersonLink(host)}
    text = Sentence(
        "visit-host-card-yes",
        {"person": given["person"], "host": given["host"], "day": until.isoformat()},
    )
    to_host = Sentence("visit-you-host", {"person": PersonLink(guest), "line": f"!visit end {guest}"})
    says = (
        *host_cards(hall, visit.mark, visit.asked, text),
        Say(ToPerson(host), to_host),
        Say(ToPerson(guest), _page(hall, link, fact), must=True),
    )
    return Decision(writes(hall, fact), says)


def _longer(hall: Hall, link: Link, visit: Visit, host: UserId, day: str) -> Decision | None:
    until = visit.longer
    if not visit.runs or until is None or until.isoformat() != day or not takes_guests(link):
        return None
    if host not in asked_for_longer(hall, visit):
        return None
    text = Sentence("visit-longer-yes", {"person": PersonLink(visit.person), "day": day})
    said = Sentence("visit-longer", {"community": hall.charter.name, "host": PersonLink(host), "day": day})
    return Decision(
        writes(hall, PassExtended(visit.mark, host, until)),
        (
            *longer_card(hall, visit, asked_for_longer(hall, visit), text, until),
            Say(ToPerson(visit.person), said),
        ),
    )


def _page(hall: Hall, link: Link, given: PassGiven) -> Sentence:
    """Return the one page that a guest reads before coming in."""
    charter, host = hall.charter, PersonLink(given.host)
    lines = []
    agreements = " ".join(charter.sisters.agreements.split())
    if agreements:
        lines.append(Sentence("visit-page-agreements", {"text": agreements}))
    else:
        lines.append(Sentence("visit-page-no-agreements", {"community": charter.name, "host": host}))
    lines.append(Sentence("visit-page-seen", {"community": charter.name}))
    lines.append(Sentence("visit-page-keeper"))
    if earlier := tells_earlier(hall, given.rung):
        rooms = tuple(link.name for link in earlier)
        lines.append(Sentence("visit-page-earlier", {"rooms": rooms}))
    if len(earlier) < sum(1 for _ in opened(hall, given.rung)):
        lines.append(Sentence("visit-page-history"))
    lines.append(Sentence("visit-page-servers", {"server": ids.server(given.person)}))
    lines.append(Sentence("visit-page-home", {"sister": link.called}))
    return Sentence(
        "visit-page",
        {
            "community": ladder.called(hall, ANYONE),
            "host": host,
            "day": given.until.isoformat(),
            "lines": tuple(lines),
        },
    )
