"""Looks at the communities: what is written down of them, and their rooms one by one."""

from collections.abc import Iterator

from crewhall.doctor.finding import Finding
from crewhall.flows.glancing import glance
from crewhall.ground.ailment import Glance
from crewhall.ground.hall import Hall
from crewhall.ground.ids import CommunityKey
from crewhall.ground.talk import Sentence
from crewhall.house.doctor import NOWHERE, known
from crewhall.text import render
from crewhall.works import Works

ELSEWHERE = "rooms of the keeper"


async def communities(works: Works, *, look: bool) -> tuple[Finding, ...]:
    """Return what is found of each community; without `look`, only of what is written down.

    Raises `TokenRefused`.
    """
    found: list[Finding] = []
    house, now = works.keeping.house, works.clock.now()
    if not house.halls:
        remedy = "found one: crewhall found CHARTER, or !found in chat"
        found.append(Finding("fine", "communities", "there is no community yet", remedy))
    reconciler = works.reconciler()
    for key in (NOWHERE, *sorted(house.halls)):
        own: list[Finding] = []
        seen: Glance | None = None
        if (hall := house.halls.get(key)) is not None:
            own += (
                Finding("wrong" if one.grave else "warning", key, _words(one.what), _words(one.remedy))
                for one in known(hall, now)
            )
        if look:
            seen = await glance(reconciler, works.keeping, works.clock, key)
            own += _of_rooms(key, hall, seen)
        if not own and (hall is not None or (seen is not None and seen.rooms)):
            well = f"all is well in {_rooms(seen.rooms)}" if seen else "all that is written of it is well"
            own.append(Finding("fine", key or ELSEWHERE, well))
        found += own
    return tuple(found)


def _of_rooms(key: CommunityKey, hall: Hall | None, seen: Glance) -> Iterator[Finding]:
    about = key or ELSEWHERE
    for one in seen.lacking:
        what = f"in {one.key} the keeper has not the power to {one.what}"
        yield Finding("wrong", about, what, one.remedy)
    for one in seen.blocked:
        yield Finding("wrong", about, f"in {one.key} the keeper cannot {one.what}", one.remedy)
    for old in seen.old if hall is not None else ():
        what = f"{old.key} is of room version {old.has}, and the charter asks for {old.wants}"
        yield Finding("warning", about, what, f"it goes on as it is; or move it: crewhall upgrade {key}")
    if seen.differs:
        what = f"{seen.differs} steps are left to do in {_rooms(seen.rooms)}"
        yield Finding("fine", about, what, "the service does them; crewhall plan shows them")


def _rooms(count: int) -> str:
    return "one room" if count == 1 else f"{count} rooms"


def _words(sentence: Sentence) -> str:
    return render(sentence, {}, "").plain
