"""Decides how our letterbox for each sister should be, and which rooms of strangers are worth a look."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Final, TypeAlias

from crewhall.door import (
    Content,
    Decision,
    Gesture,
    Hall,
    House,
    Invitation,
    JoinWish,
    PowerWish,
    Recorded,
    RoomKey,
    RoomWish,
    Say,
    Sentence,
    ToPerson,
    Writing,
    among,
    ids,
)
from crewhall_bridges.sister import crossing, recipes, wire
from crewhall_bridges.sister.asking import proposers
from crewhall_bridges.sister.bond import (
    SISTERS,
    Link,
    letterbox,
    links,
    links_with,
    statement,
    stream_of,
    writes,
)
from crewhall_bridges.sister.facts import KeeperAnswered, LetterboxOffered
from crewhall_bridges.sister.fold import A_DAY, MOST_TRIES, REMEMBERED
from crewhall_bridges.sister.visiting import introducing

Stated: TypeAlias = Mapping[tuple[str, str], Content]
"""Statements by type and state key."""
MOST_STRANGERS: Final = 3
"""Unknown keepers that can ask within a day."""


def treaty(_hall: Hall, link: Link) -> Stated:
    """Return what we state on the treaty: in the slot that only our keeper can write, in any room."""
    return {(wire.event_type("treaty"), link.me): statement(link)}


STATES: tuple[Callable[[Hall, Link], Stated], ...] = (
    treaty,
    introducing.states,
    crossing.states,
    recipes.states,
)
"""What our letterbox for a sister holds: each is asked, and all of it is stated."""


def rooms(hall: Hall) -> Iterable[RoomKey]:
    """Return our letterboxes, also those that are closed or have to be."""
    return tuple(sorted(letterbox(hall, link, n + 1) for link in links(hall) for n in range(link.box)))


def wish(hall: Hall, key: RoomKey) -> RoomWish | None:
    """Return a letterbox as it should be: only the sister's keeper comes in, to read.

    That of an ended link stays for some time: a sister that was away must find it ended.
    """
    link, box = _at(hall, key)
    if link is None:
        return None
    closed = link.shut or box != link.box
    said: dict[tuple[str, str], Content] = {}
    for states in STATES if not closed else ():
        said.update(states(hall, link))
    server = ids.server(link.keeper)
    return RoomWish(
        key=key,
        alias=ids.alias_of(key),
        name=f"{hall.charter.name} to {server}",
        topic="What one community states to its sister. Only their keepers are here.",
        version=hall.charter.room_version,
        join=JoinWish("invite"),
        powers=PowerWish(events_default=100, state_default=100, invite=100, redact=100, kick=100, ban=100),
        shown=False,
        history="shared",
        invited=(link.keeper,) if link.here is not False and not closed else (),
        only=frozenset({link.keeper}) if not closed else frozenset(),
        why_only="The link has ended." if closed else "Only the two keepers are in a letterbox.",
        decided=True,
        closed=closed,
        statements=said,
        kind=wire.LETTERBOX,
    )


def touched(hall: Hall, recorded: Recorded) -> Iterable[RoomKey]:
    """Return the letterboxes that may have to change after a record."""
    if recorded.stream != stream_of(hall):
        return ()
    if isinstance(recorded.fact, LetterboxOffered):
        return tuple(letterbox(hall, link) for link in links_with(hall, recorded.fact.keeper))
    link = SISTERS.of(hall).links.get(getattr(recorded.fact, "mark", ""))
    return (letterbox(hall, link),) if link is not None else ()


def gesture(hall: Hall, seen: Gesture) -> Decision | None:
    """Note whether a sister's keeper came into our letterbox, or is not to be asked in again."""
    link = link_at(hall, seen.place)
    if link is None or seen.person != link.keeper:
        return None
    if seen.membership == "join" and link.here is not True:
        return Decision(writes(hall, KeeperAnswered(link.mark, here=True)))
    if seen.membership in {"leave", "ban"} and seen.by == seen.person and link.here is not False:
        return Decision(writes(hall, KeeperAnswered(link.mark, here=False)))
    return None


def invited(house: House, invitation: Invitation) -> Decision | None:
    """Go and look where a keeper asks ours in: one named here, or a few unknown ones if we are open."""
    fact = LetterboxOffered(invitation.by, invitation.me, invitation.room)
    halls = [hall for _, hall in sorted(house.halls.items())]
    named = [
        hall for hall in halls if any(_looks(link, invitation) for link in links_with(hall, invitation.by))
    ]
    if named:
        return Decision(tuple(writing for hall in named for writing in writes(hall, fact)))
    if any(links_with(hall, invitation.by) for hall in halls):
        return _wanted_back(halls, invitation, fact)
    facts: list[Writing] = []
    says: list[Say] = []
    for hall in halls:
        if _is_open(hall, invitation):
            facts += writes(hall, fact)
            says += _asks(hall, invitation)
    return Decision(tuple(facts), tuple(says)) if facts else None


def _wanted_back(halls: Iterable[Hall], invitation: Invitation, fact: LetterboxOffered) -> Decision | None:
    """Tell once that a sister would link anew whose end here nobody decided on; nothing is read unasked."""
    for hall in halls:
        if any(link.let_go and not link.offered for link in links_with(hall, invitation.by)):
            return Decision(writes(hall, fact), _asks(hall, invitation))
    return None


def _asks(hall: Hall, invitation: Invitation) -> tuple[Say, ...]:
    by = invitation.by
    text = Sentence("sister-asks", {"keeper": by, "community": hall.charter.name, "line": f"!link with {by}"})
    return tuple(Say(ToPerson(person), text) for person in among(hall, proposers(hall)))


def link_at(hall: Hall, key: RoomKey) -> Link | None:
    """Return the link whose letterbox of ours a room is, now."""
    link, box = _at(hall, key)
    return link if link is not None and box == link.box and not link.shut else None


def _at(hall: Hall, key: RoomKey) -> tuple[Link | None, int]:
    """Return the link whose letterbox of ours a room is or was, and its number."""
    head, found, rest = key.partition("/sister/")
    mark, _, number = rest.partition("-")
    link = SISTERS.of(hall).links.get(mark) if found and head == hall.key else None
    return link, int(number) if number.isdecimal() else 1


def _looks(link: Link, invitation: Invitation) -> bool:
    """Return whether one more room of a named keeper is looked at."""
    return not link.ours.ended and not _many(link.tries, invitation.at)


def _many(tries: tuple[datetime, ...], now: datetime) -> bool:
    return len(tries) >= MOST_TRIES and now - tries[0] < A_DAY


def _is_open(hall: Hall, invitation: Invitation) -> bool:
    asking = {
        server: one for server, one in SISTERS.of(hall).asking.items() if invitation.at - one.at < REMEMBERED
    }
    lately = sum(invitation.at - one.at < A_DAY for one in asking.values())
    return (
        hall.charter.sisters.open
        and ids.server(invitation.by) not in asking
        and ids.server(invitation.by) != ids.server(invitation.me)
        and lately < MOST_STRANGERS
    )
