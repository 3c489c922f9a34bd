"""Decides what follows from a look into a sister's letterbox: the room first, then its statement. Pure.

Nothing that stands there is obeyed. What cannot be used changes nothing: what was read before still counts,
and those who speak for us are told once. See PROTOCOL.md, "What a reader checks".
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Final, Literal, TypeAlias

from crewhall.door import (
    Content,
    Decision,
    Fact,
    Hall,
    Recorded,
    RoomSeen,
    Say,
    Sentence,
    ToPerson,
    UserId,
    ids,
)
from crewhall_bridges.sister import wire
from crewhall_bridges.sister.asking import composed, contacts, put
from crewhall_bridges.sister.bond import Link, flows_open, links_with, state_of, stream_of, writes
from crewhall_bridges.sister.cards import ended
from crewhall_bridges.sister.facts import (
    Closed,
    LetterboxFound,
    LetterboxRefused,
    LetterboxSound,
    LetterboxTroubled,
    LinkDropped,
    StatementHeard,
    Trouble,
)
from crewhall_bridges.sister.fold import after, many, side_of
from crewhall_bridges.sister.fold import heard as after_statement
from crewhall_bridges.sister.page import holding, listed, trouble
from crewhall_bridges.sister.terms import read_offer, read_terms
from crewhall_bridges.sister.wire import FLOWS

VERSIONS: Final = frozenset({"11", "12"})
"""Versions of rooms that a letterbox can have."""
FARTHEST: Final = 100_000
"""By how much the number that a sister has read of us can be beyond ours and still be believed."""
_POWERS: Final = "m.room.power_levels"
Wrong: TypeAlias = Trouble | Literal["other"]


def heard(hall: Hall, link: Link, seen: RoomSeen, now: datetime) -> Decision | None:
    """Return what follows from a look at a room of the sister's keeper, None if nothing does.

    The room is the letterbox that is known, or one that was offered. It may be called as often as one likes.
    """
    if seen.room not in {link.room, *link.offered}:
        return None
    wrong = _room(link, seen)
    found = _statement(hall, link, seen) if wrong is None else wrong
    if seen.room != link.room:
        return _candidate(hall, link, seen, found, now)
    new = _number(link, found) if isinstance(found, StatementHeard) else found
    match new:
        case StatementHeard():
            return _news(hall, link, link, new, (), now)
        case None if seen.tombstone is not None:
            return troubled(hall, link, "moved")
        case None:
            return _sound(hall, link)
        case "other":
            return troubled(hall, link, "unreadable")
        case _:
            return troubled(hall, link, new)


def closed_by_all(powers: Content, keeper: UserId) -> bool:
    """Return whether nobody but the keeper can write what it states, nor enable others. Strict on form."""
    default, others = powers.get("state_default", 50), powers.get("users_default", 0)
    users, events = powers.get("users", {}), powers.get("events", {})
    if not isinstance(users, Mapping) or not isinstance(events, Mapping):
        return False
    needed = [events.get(kind, default) for kind in (_POWERS, *map(wire.event_type, wire.KINDS))]
    levels = [others, *(level for person, level in users.items() if person != keeper)]
    if not all(isinstance(one, int) and not isinstance(one, bool) for one in (*needed, *levels)):
        return False
    return all(level < least for level in levels for least in needed)


def is_sound(link: Link, seen: RoomSeen) -> bool:
    """Return whether this is the sister's letterbox, and nothing is wrong with the room."""
    return seen.room == link.room and seen.tombstone is None and _room(link, seen) is None


def _room(link: Link, seen: RoomSeen) -> Trouble | None:
    """Return what is wrong with the room itself."""
    if seen.creators != frozenset({link.keeper}):
        return "creator"
    if seen.version not in VERSIONS:
        return "version"
    if seen.space:
        return "space"
    if seen.kind not in {"", wire.LETTERBOX}:
        return "type"
    return None if closed_by_all(seen.powers, link.keeper) else "powers"


def _statement(hall: Hall, link: Link, seen: RoomSeen) -> StatementHeard | Wrong:
    """Return what the sister states on the treaty, or why that cannot be used."""
    slot = seen.statements.get((wire.event_type("treaty"), link.keeper))
    if slot is None or slot.sender != link.keeper:
        return "missing"
    told = wire.treaty(slot.content)
    if isinstance(told, wire.Unreadable):
        return "blank" if told.reason == "blank" else "unreadable"
    if told.to.keeper != link.me or told.to.community not in {"", hall.key}:
        return "other"
    if _is_anothers(hall, link, told.offer.community):
        return "other"
    both = {link.me, link.keeper}
    if any(set(terms.parties) != both or not set(terms.flows) <= both for terms in told.agreed):
        return "unreadable"
    closed: Closed = tuple(
        (keeper, flow, told.closed[keeper][flow])
        for keeper in sorted(both & set(told.closed))
        for flow in FLOWS
        if flow in told.closed[keeper]
    )
    return StatementHeard(
        link.mark,
        told.seq,
        read_offer(link.keeper, told.offer),
        tuple(read_terms(terms) for terms in told.agreed),
        tuple(person for person in told.contacts if ids.server(person) != ids.server(link.me)),
        closed,
        date.fromisoformat(told.until),
        told.ended,
        told.last if told.last <= link.ours.seq + FARTHEST else 0,
    )


def _is_anothers(hall: Hall, link: Link, community: str) -> bool:
    """Return whether a letterbox is that of another community than the one this link is with."""
    if link.community:
        return link.community != community
    return any(
        other.community == community for other in links_with(hall, link.keeper) if other.mark != link.mark
    )


def _number(link: Link, found: StatementHeard) -> StatementHeard | Trouble | None:
    """Return a statement that is newer than the last; None for the last one itself."""
    theirs = link.theirs
    if theirs is None or not theirs.seq:
        return found
    if found.seq < theirs.seq:
        return "back"
    if found.seq == theirs.seq:
        same = replace(side_of(found), last=theirs.last) == theirs
        return None if same else "changed"
    return replace(found, missed=found.seq - theirs.seq - 1)


def _candidate(
    hall: Hall, link: Link, seen: RoomSeen, found: StatementHeard | Wrong, now: datetime
) -> Decision | None:
    """Return what follows from a look at an offered room; one that replaces a letterbox is not followed.

    But for a link that the sister has ended and somebody here wants back: its old letterbox may be closed.
    """
    if isinstance(found, StatementHeard):
        wanted_back = link.waits and link.theirs is not None and link.theirs.ended
        if link.room is not None and not wanted_back:
            return troubled(hall, link, "moved")
        box = LetterboxFound(link.mark, seen.room)
        return _news(hall, link, after(link, _now(hall, box, now)), found, (box,), now)
    if found in {"missing", "blank"}:
        return None
    refused = LetterboxRefused(link.mark, seen.room, found)
    if found == "other" or link.room is not None or link.health.trouble == found:
        return Decision(writes(hall, refused))
    return Decision(writes(hall, refused), _tell(hall, link, _told(link, found)))


def _sound(hall: Hall, link: Link) -> Decision | None:
    """Return that nothing is wrong any more; that a letterbox moved stays so until somebody looks at it."""
    if link.health.trouble is None or (link.health.trouble == "moved" and link.offered):
        return None
    return Decision(writes(hall, LetterboxSound(link.mark)))


def troubled(hall: Hall, link: Link, what: Trouble) -> Decision | None:
    """Return that something is wrong, told once."""
    if link.health.trouble == what:
        return None
    says = _tell(hall, link, _told(link, what)) if not link.ours.ended else ()
    return Decision(writes(hall, LetterboxTroubled(link.mark, what)), says)


def _news(  # noqa: PLR0917 - a frame of a decision
    hall: Hall, before: Link, found: Link, fact: StatementHeard, facts: tuple[Fact, ...], now: datetime
) -> Decision:
    """Return what follows from a new statement: those who speak for us hear what it means for people here."""
    link = after_statement(found, fact, now)
    facts = (*facts, fact)
    says: tuple[Say, ...] = ()
    if not link.ours.ended:
        says = _tell(hall, before, *_meanings(hall, before, link, now))
    question, terms = link.question, composed(link)
    if question is not None and (terms is None or terms != question.terms):
        facts = (*facts, LinkDropped(link.mark, question.mark))
        says = (*says, *ended(hall, link, "overtaken"))
    put_now, cards = put(hall, link, now) if not link.ours.ended else ((), ())
    return Decision(writes(hall, *facts, *put_now), (*says, *cards))


def _meanings(hall: Hall, before: Link, link: Link, now: datetime) -> Iterator[Sentence]:
    """Yield what has changed for people here."""
    if many(before.health, now):
        return
    was, is_ = state_of(before, now), state_of(link, now)
    theirs, sister = link.theirs, link.called
    if theirs is not None and theirs.ended and was != "ended":
        yield Sentence("sister-ended-theirs", {"sister": sister})
    elif is_ == "holds" and was != "holds":
        yield Sentence("sister-holds", {"sister": sister, "lines": holding(hall, link, now)})
    elif is_ == "holds" and (gone := flows_open(before, now) - flows_open(link, now)):
        flows = listed(flow for _, flow in gone)
        yield Sentence("sister-closed-theirs", {"sister": sister, "flows": flows})
    elif is_ == "holds" and (new := flows_open(link, now) - flows_open(before, now)):
        flows = listed(flow for _, flow in new)
        yield Sentence("sister-opened", {"sister": sister, "flows": flows})
    terms = composed(link)
    if terms is not None and terms != composed(before) and terms not in link.ours.agreed and not link.waits:
        line = f"!link with {link.keeper}"
        yield Sentence("sister-offers", {"sister": sister, "line": line})


def _tell(hall: Hall, link: Link, *texts: Sentence) -> tuple[Say, ...]:
    people = contacts(hall, link.ours.contacts or (link.named_by,))
    return tuple(Say(ToPerson(person), text) for text in texts for person in people)


def _told(link: Link, what: str) -> Sentence:
    line = f"!link with {link.keeper}"
    return Sentence("sister-trouble", {"sister": link.called, "what": trouble(what), "line": line})


def _now(hall: Hall, fact: Fact, now: datetime) -> Recorded:
    return Recorded(0, stream_of(hall), 0, "", now, fact)
