"""Begins a community anew from an export: its charter, its keyholders, its crews as offered seats, its table.

Nobody is put anywhere. Keyholders are founders and are asked in; crews hold a seat for each of their people,
who may say no. Standing comes as a table to which keyholders say yes or no in chat: see
`crewhall.life.returning`. All of it is one commit, so that an import goes on where it stopped.
"""

from collections.abc import Iterator
from pathlib import Path

from pydantic import ValidationError

from crewhall.charter.sense import nonsense
from crewhall.errors import Damaged, InTheWay, NotYet, unread
from crewhall.exporting.form import Export
from crewhall.flows.report import Report
from crewhall.ground import ids, names
from crewhall.ground.facts import Stream, Writing
from crewhall.ground.ids import CommunityKey, CrewKey, RungKey, UserId
from crewhall.ground.worn import KEYS
from crewhall.life.community.facts import Founded
from crewhall.life.crews.facts import CrewStarted, SeatOffered
from crewhall.life.returning.facts import CrewListed, Listed, Moved, TableBrought
from crewhall.ports import Entry
from crewhall.works import Works

_MOST = 256 << 20


def read_export(source: Path) -> Export:
    """Return what a file holds. Raises `Misconfigured` with one sentence."""
    try:
        if source.stat().st_size > _MOST:
            raise Damaged(f"{source} holds more than an export can.")
        told = Export.model_validate_json(source.read_bytes())
    except OSError as error:
        raise unread(source, error) from error
    except ValidationError as error:
        where = ".".join(map(str, error.errors()[0]["loc"])) or "its first character"
        wrong = f"it cannot be understood at {where}"
        raise Damaged(f"{source} is no export of this version, or damaged: {wrong}.") from None
    if told.charter.key != told.community or tuple(nonsense(told.charter)):
        raise Damaged(f"{source} is damaged: its charter does not hold together.")
    if len({one.person for one in told.people}) < len(told.people):
        raise Damaged(f"{source} is damaged: it lists somebody twice.")
    return told


async def bring_in(works: Works, told: Export) -> Report:
    """Found what an export tells of, in a hall that has never had it, or go on where that stopped.

    Raises `Misconfigured`, `TryLater`.
    """
    key = CommunityKey(told.community)
    cause = cause_of(told)
    begun = bool(await works.ledger.caused_by(cause)) and key in works.keeping.house.halls
    if key in works.keeping.house.versions and not begun:
        raise InTheWay(f"There is a community {key} here already, or was: it is not imported again.")
    facts = tuple(writings(told, works.keeper.me))
    await works.reach()
    await works.connection.ensure_user(works.keeper.me)
    await works.keeping.record(Entry(cause, works.clock.now(), facts))
    reconciler = works.reconciler()
    report = await reconciler.found(key)
    await reconciler.settle(ids.CONTROL)
    return report


def cause_of(told: Export) -> str:
    """Return the cause under which this very export is brought in once."""
    return f"import:{told.community}:{names.digest(told.model_dump_json())}"


def writings(told: Export, me: UserId) -> Iterator[Writing]:
    """Return what the ledger has to learn. Raises `Misconfigured` if the community would belong to nobody."""
    key = CommunityKey(told.community)
    founders = tuple(UserId(one.person) for one in told.people if KEYS in one.hats)
    if not founders:
        raise NotYet(f"Nobody holds the keys of {told.charter.name}, so it would belong to nobody.")
    yield Writing(Stream(key), Founded(told.charter.model_copy(update={"founders": ()}), founders), 0)
    table = Stream(f"{key}/table")
    yield Writing(table, Moved(told.founded))
    yield Writing(table, _table(told))
    for crew in told.crews:
        if crew.ended is None and crew.seats:
            first, *others = (UserId(person) for person in crew.seats)
            room = ids.crew_room(key, CrewKey(crew.key))
            started = CrewStarted(
                key=CrewKey(crew.key),
                name=crew.name,
                by=first,
                private=crew.private,
                listed=crew.listed,
                mark=names.digest(f"import:{room}"),
                keeper=me,
            )
            yield Writing(Stream(room), started)
            yield from (Writing(Stream(room), SeatOffered(person, first)) for person in others)


def _table(told: Export) -> TableBrought:
    people = tuple(
        Listed(
            UserId(one.person),
            one.inside_since,
            tuple((RungKey(rung), since) for rung, since in sorted(one.rungs.items())),
            tuple(sorted(one.hats.items())),
        )
        for one in told.people
    )
    crews = tuple(
        CrewListed(
            CrewKey(crew.key),
            crew.name,
            crew.private,
            crew.listed,
            crew.since,
            tuple(map(UserId, crew.seats)),
            crew.leaves,
            crew.ended,
        )
        for crew in told.crews
    )
    return TableBrought(names.digest(cause_of(told)), told.at, people, crews)
