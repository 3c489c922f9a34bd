"""Decides on ``!link with``: a sister is named, our letterbox laid, the question put when it can be."""

from datetime import date, datetime
from typing import Final

from crewhall.door import (
    Arguments,
    Asked,
    CommunityKey,
    Decision,
    Hall,
    Outcome,
    Refusal,
    Reply,
    RoomLink,
    Say,
    Sentence,
    Usage,
    UserId,
    belongs,
    group,
    ids,
    names,
)
from crewhall_bridges.sister.asking import composed, deciders, proposers, put
from crewhall_bridges.sister.bond import SISTERS, Link, links, links_with, mark_of, state_of, writes
from crewhall_bridges.sister.cards import place
from crewhall_bridges.sister.facts import LinkKept, LinkNamed
from crewhall_bridges.sister.fold import after_naming
from crewhall_bridges.sister.terms import Half, known

WITH: Final = "!link with @keeper:their.server [COMMUNITY]"
MOST_LINKS: Final = 500
_MONTHS: Final = 12
_LAST_DAY: Final = 28


def link_with(hall: Hall, asked: Asked, given: Arguments) -> Outcome:
    """Name a sister by its keeper; with an offer of theirs that is known, those who decide are asked."""
    words = [word.strip(".,:;").casefold() for word in given.words]
    if len(given.people) != 1 or len(words) > 1 or (words and not ids.KEY.match(words[0])):
        return Usage(WITH)
    keeper, community = given.people[0], words[0] if words else ""
    if (wrong := not_yours(hall, asked) or elsewhere(hall, asked)) is not None:
        return Refusal(wrong)
    if keeper == asked.me or ids.server(keeper) == ids.server(asked.me):
        return Refusal(Sentence("sister-not-oneself", {"keeper": keeper}))
    found = _link(hall, keeper, community)
    if isinstance(found, Sentence):
        return Refusal(found)
    if found is None and len(SISTERS.of(hall).links) >= MOST_LINKS:
        return Refusal(Sentence("sister-too-many", {"most": MOST_LINKS}))
    if found is not None and (wrong := _already(found, asked.at)) is not None:
        if state_of(found, asked.at) == "resting":
            return wake(hall, found, asked.person, asked.at, wrong)
        return Refusal(wrong)
    return _name(hall, asked, keeper, community, found)


def wake(hall: Hall, link: Link, person: UserId, at: datetime, otherwise: Sentence) -> Outcome:
    """Let a link go on, if whoever says so belongs to those who decide."""
    if not belongs(hall, person, deciders(hall)) or at.date() <= link.ours.until:
        return Refusal(otherwise)
    until = review_day(hall, at)
    said = Sentence("sister-kept", {"sister": link.called, "day": until.isoformat()})
    return Decision(writes(hall, LinkKept(link.mark, person, until)), (Say(Reply(), said),), ack="✅")


def not_yours(hall: Hall, asked: Asked) -> Sentence | None:
    """Return why somebody may not speak about links, None if they may."""
    may = proposers(hall)
    if belongs(hall, asked.person, may):
        return None
    return Sentence("sister-not-yours", {"community": hall.charter.name, "who": group(hall, may)})


def elsewhere(hall: Hall, asked: Asked) -> Sentence | None:
    """Return where links are proposed, if that is not here."""
    at = place(hall)
    if at is None or asked.place == at:
        return None
    *_, name = hall.charter.sisters.place.split("/")
    rooms = (*hall.charter.places, *(room for rung in hall.charter.rungs for room in rung.rooms))
    called = next((room.name for room in rooms if room.key == name), name)
    return Sentence("sister-elsewhere", {"room": RoomLink(at, called)})


def offer_of(hall: Hall, me: UserId, at: datetime, edition: int) -> Half:
    """Return what the charter would open towards a new sister."""
    charter = hall.charter
    return Half(
        me,
        hall.key,
        charter.name,
        known(charter.sisters.flows),
        review_day(hall, at),
        " ".join(charter.sisters.agreements.split()),
        edition,
    )


def review_day(hall: Hall, at: datetime) -> date:
    """Return the day on which a link that is agreed to now is looked at again."""
    months = at.month - 1 + hall.charter.sisters.review_months
    return date(at.year + months // _MONTHS, months % _MONTHS + 1, min(at.day, _LAST_DAY))


def named(hall: Hall, words: str, people: tuple[UserId, ...]) -> Link | Sentence:
    """Return the link that somebody means by a name, a key, a server or the keeper; or what to do."""
    said, looks = words.casefold(), names.looks(words)
    found = [
        link
        for link in links(hall)
        if link.keeper in people
        or said in {link.community, ids.server(link.keeper), link.called.casefold()} - {""}
        or (looks and looks == names.looks(link.name))
    ]
    found = found or [link for link in links(hall) if said and ids.server(link.keeper).startswith(f"{said}.")]
    match found:
        case [only]:
            return only
        case []:
            return Sentence("sister-unknown", {"name": words or "".join(people[:1])})
        case _:
            keepers = tuple(f"{link.called}: {link.keeper}" for link in found)
            return Sentence("sister-which", {"sisters": keepers})


def _name(hall: Hall, asked: Asked, keeper: UserId, community: str, link: Link | None) -> Outcome:
    if link is None:
        offer = offer_of(hall, asked.me, asked.at, 1)
    elif not link.ours.agreed:
        edition = link.edition + 1 if link.ours.ended else link.ours.offer.edition
        offer = offer_of(hall, asked.me, asked.at, edition)
    else:
        offer = link.ours.offer
    mark = link.mark if link is not None else mark_of(keeper, community)
    fact = LinkNamed(mark, keeper, asked.me, community, asked.person, offer)
    will = after_naming(hall, fact, asked.at)
    facts, cards = put(hall, will, asked.at)
    if link is not None and link.room is not None and will.room is None:
        said = Sentence("sister-moves", {"sister": will.called})
    elif facts:
        said = Sentence("sister-proposed", {"sister": will.called})
    elif link is not None and link.here is False and composed(will) in will.ours.agreed:
        said = Sentence("sister-asked-in", {"sister": will.called})
    elif composed(will) is not None:
        return Refusal(Sentence("sister-nobody-decides", {"who": group(hall, deciders(hall))}))
    else:
        said = Sentence("sister-named", {"keeper": keeper, "community": hall.charter.name})
    return Decision(writes(hall, fact, *facts), (Say(Reply(), said), *cards), ack="✅")


def _link(hall: Hall, keeper: UserId, community: str) -> Link | Sentence | None:
    there = links_with(hall, keeper)
    if community:
        return next((link for link in there if link.community in {community, ""}), None)
    if len(there) > 1:
        keys = tuple(CommunityKey(link.community) for link in there)
        return Sentence("sister-which-community", {"keeper": keeper, "communities": keys})
    return there[0] if there else None


def _already(link: Link, at: datetime) -> Sentence | None:
    """Return why nothing is to be asked, None if naming it again means something."""
    if link.offered and link.room is not None:
        return None
    if link.question is not None:
        return Sentence("sister-open-already", {"until": link.question.round.closes})
    if link.ours.ended or link.theirs is None or link.theirs.ended or link.here is False:
        return None
    if composed(link) not in link.ours.agreed:
        return None
    if link.terms is None or link.terms != composed(link):
        return Sentence("sister-waits-for-them", {"sister": link.called})
    rests = state_of(link, at) == "resting"
    if rests:
        return Sentence("sister-rests", {"sister": link.called})
    return Sentence("sister-linked", {"sister": link.called})
