"""Begins a community anew from an export: its charter, its keyholders, its crews as offered seats.

Nobody is put anywhere. Keyholders are founders and are asked in; everybody else comes by the door and goes up
by the rule, as for the first time; crews hold a seat for each of their people, who may say no.
"""

from pathlib import Path

from pydantic import ValidationError

from crewhall.charter.sense import nonsense
from crewhall.errors import Misconfigured
from crewhall.exporting.form import CrewKept, Export
from crewhall.flows.report import Report
from crewhall.ground import ids, names
from crewhall.ground.facts import Fact, Stream, Writing
from crewhall.ground.ids import CommunityKey, CrewKey, UserId
from crewhall.ground.worn import KEYS
from crewhall.life.crews.facts import CrewStarted, SeatOffered
from crewhall.ports import Entry
from crewhall.works import Works

_MOST = 256 << 20


def read_export(source: Path) -> Export:
    """Return what a file holds. Raises `Misconfigured` with one sentence."""
    try:
        if source.stat().st_size > _MOST:
            raise Misconfigured(f"{source} holds more than an export can.")
        told = Export.model_validate_json(source.read_bytes())
    except OSError as error:
        raise Misconfigured(f"{source} cannot be read: {error.strerror}.") from error
    except ValidationError as error:
        where = ".".join(map(str, error.errors()[0]["loc"])) or "its first character"
        wrong = f"it cannot be understood at {where}"
        raise Misconfigured(f"{source} is no export of this version, or damaged: {wrong}.") from None
    if told.charter.key != told.community or tuple(nonsense(told.charter)):
        raise Misconfigured(f"{source} is damaged: its charter does not hold together.")
    return told


async def bring_in(works: Works, told: Export) -> Report:
    """Found what an export tells of, in a hall that has never had it. Raises `Misconfigured`, `TryLater`."""
    key = CommunityKey(told.community)
    if key in works.keeping.house.versions:
        raise Misconfigured(f"There is a community {key} here already, or was: it is not imported again.")
    founders = tuple(one.person for one in told.people if KEYS in one.hats)
    if not founders:
        raise Misconfigured(f"Nobody holds the keys of {told.charter.name}, so it would belong to nobody.")
    report = await works.found(told.charter.model_copy(update={"founders": founders}))
    for crew in told.crews:
        if crew.ended is None and crew.seats:
            await works.keeping.record(_offered(works, key, crew))
    return report + await works.reconciler().found(key)


def _offered(works: Works, key: CommunityKey, crew: CrewKept) -> Entry:
    first, *others = (UserId(person) for person in crew.seats)
    room = ids.crew_room(key, CrewKey(crew.key))
    cause = f"import:{room}"
    facts: list[Fact] = [
        CrewStarted(
            key=CrewKey(crew.key),
            name=crew.name,
            by=first,
            private=crew.private,
            listed=crew.listed,
            mark=names.digest(cause),
            keeper=works.keeper.me,
        )
    ]
    facts += (SeatOffered(person, first) for person in others)
    return Entry(cause, works.clock.now(), tuple(Writing(Stream(room), fact) for fact in facts))
