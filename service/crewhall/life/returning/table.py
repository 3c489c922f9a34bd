"""The table that was brought along, folded: who said what to it, who was asked back by it. Frozen."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final, Literal

from immutables import Map

from crewhall.ground.facts import Fact, Recorded, Stream, Writing
from crewhall.ground.hall import ANYONE, Hall, Part, Presence
from crewhall.ground.ids import RungKey, UserId
from crewhall.ground.ladder import keys, stands, with_one
from crewhall.life.returning.facts import (
    AskedBack,
    CrewListed,
    Listed,
    Moved,
    TableAgreed,
    TableBrought,
    TableOver,
    TableSaid,
    TableShown,
    TableUnsaid,
)

Place = tuple[RungKey, UserId]
ANSWERED_WITHIN: Final = timedelta(days=60)
"""How long keyholders can say yes to a table, from when it was brought."""
HOLDS: Final = timedelta(days=366)
"""How long somebody who is listed can come back by it, from when it was brought."""
ENOUGH: Final = 2
"""Keyholders who must say yes; where there are fewer, all of them."""


@dataclass(frozen=True, slots=True)
class Table:
    """The table of an export of the instant `at`. `shown` to whom; `said`: each one's word and its cause."""

    mark: str
    at: datetime
    since: datetime
    people: Map[UserId, Listed]
    crews: tuple[CrewListed, ...] = ()
    shown: frozenset[UserId] = frozenset()
    said: Map[UserId, tuple[Literal["yes", "no"], str]] = field(default_factory=Map)
    agreed: bool = False
    back: frozenset[UserId] = frozenset()


@dataclass(frozen=True, slots=True)
class Returning:
    """`founded`: when, where it comes from. `table` is the one that counts, if any does.

    `asked` are those asked back who have not answered, `came` those who have come, with since when they
    stand there.
    """

    version: int = 0
    founded: datetime | None = None
    table: Table | None = None
    asked: Map[Place, datetime] = field(default_factory=Map)
    came: Map[Place, datetime] = field(default_factory=Map)


RETURNING = Part("returning", Returning())


def evolve(hall: Hall, recorded: Recorded) -> Hall:
    """Fold one record; who was asked back and has come stands there since when they stood before."""
    if recorded.stream == stream_of(hall):
        known = replace(RETURNING.of(hall), version=recorded.version)
        return _folded(RETURNING.put(hall, known), recorded)
    return _answered(hall) if RETURNING.of(hall).asked else hall


def stream_of(hall: Hall) -> Stream:
    """Return where what concerns a community's table is written."""
    return Stream(f"{hall.key}/table")


def writes(hall: Hall, *facts: Fact) -> tuple[Writing, ...]:
    """Return facts decided on what is known now; the first insists on it."""
    expected = RETURNING.of(hall).version
    return tuple(Writing(stream_of(hall), fact, None if n else expected) for n, fact in enumerate(facts))


def open_table(hall: Hall) -> Table | None:
    """Return the table to which keyholders can say yes."""
    table = RETURNING.of(hall).table
    return table if table is not None and not table.agreed else None


def needed(hall: Hall) -> int:
    """Return how many keyholders must say yes."""
    return min(ENOUGH, len(hall.keyholders))


def in_favour(hall: Hall, table: Table) -> tuple[UserId, ...]:
    """Return who of those who hold the keys now says yes, in order of name."""
    return tuple(p for p, (word, _) in sorted(table.said.items()) if word == "yes" and p in hall.keyholders)


def against(hall: Hall, table: Table) -> tuple[UserId, ...]:
    """Return who of those who hold the keys now says no."""
    return tuple(p for p, (word, _) in sorted(table.said.items()) if word == "no" and p in hall.keyholders)


def lacking(hall: Hall, listed: Listed) -> tuple[tuple[RungKey, datetime], ...]:
    """Return the rungs on to which somebody can be asked back: not those that they gave up here."""
    if listed.person in hall.shut_out or listed.person in hall.guests:
        return ()
    stood, person = dict(listed.rungs), listed.person
    return tuple(
        (rung, stood[rung])
        for rung in keys(hall)
        if rung in stood
        and not stands(hall, person, rung)
        and person not in hall.stepped_down.get(rung, ())
        and person not in hall.unwelcome.get(rung, ())
    )


def _folded(hall: Hall, recorded: Recorded) -> Hall:
    known, here = RETURNING.of(hall), Presence(recorded.at, recorded.cause)
    match recorded.fact:
        case Moved(founded=founded):
            return RETURNING.put(hall, replace(known, founded=founded))
        case TableBrought(mark=mark, at=at, people=people, crews=crews):
            table = Table(mark, at, recorded.at, Map({one.person: one for one in people}), crews)
            return RETURNING.put(hall, replace(known, table=table))
        case AskedBack() as fact:
            return _asked_back(hall, known, fact, here)
        case fact if known.table is None or known.table.mark != getattr(fact, "mark", None):
            return hall
        case TableOver():
            return RETURNING.put(hall, replace(known, table=None))
        case TableAgreed():
            hall = _invited(hall, known.table, here)
            return RETURNING.put(hall, replace(known, table=replace(known.table, agreed=True)))
        case _:
            return RETURNING.put(hall, replace(known, table=_changed(known.table, recorded)))


def _asked_back(hall: Hall, known: Returning, fact: AskedBack, here: Presence) -> Hall:
    """Return the hall in which somebody is asked back, whatever has become of the table."""
    asked = known.asked.update({(rung, fact.person): since for rung, since in fact.rungs})
    table = known.table
    if table is not None and table.mark == fact.mark:
        table = replace(table, back=table.back | {fact.person})
    for rung, _ in fact.rungs:
        hall = replace(hall, asked=with_one(hall.asked, rung, fact.person, here))
    return RETURNING.put(hall, replace(known, table=table, asked=asked))


def _changed(table: Table, recorded: Recorded) -> Table:
    match recorded.fact:
        case TableShown(people=people):
            return replace(table, shown=table.shown | frozenset(people))
        case TableSaid(by=by, word=word):
            return replace(table, said=table.said.set(by, (word, recorded.cause)))
        case TableUnsaid(by=by) if by in table.said:
            return replace(table, said=table.said.delete(by))
        case _:
            return table


def _invited(hall: Hall, table: Table, here: Presence) -> Hall:
    """Return the hall in which those who were inside are asked in, if they cannot simply come."""
    if hall.charter.door.join == "public":
        return hall
    for person, listed in sorted(table.people.items()):
        out = person in hall.left or person in hall.shut_out or person in hall.inside
        if listed.inside is not None and not out:
            hall = replace(hall, asked=with_one(hall.asked, ANYONE, person, here))
    return hall


def _answered(hall: Hall) -> Hall:
    """Return the hall after an answer of somebody who was asked back: since when they stand, or nothing."""
    known = RETURNING.of(hall)
    for place, since in known.asked.items():
        rung, person = place
        here = stands(hall, person, rung)
        if here is not None:
            hall = replace(hall, standing=with_one(hall.standing, rung, person, replace(here, since=since)))
            known = replace(known, came=known.came.set(place, since))
        if here is not None or person not in hall.asked.get(rung, ()):
            known = replace(known, asked=known.asked.delete(place))
    return RETURNING.put(hall, known)
