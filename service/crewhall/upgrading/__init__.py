"""Moves all rooms of a community to a newer room version, with what people have in them, and verifies it.

::

    look -> plan, shown -> yes -> charter -> each room, spaces first: a successor (`RoomMoved`)
         -> addresses, lists, doors, invitations, tombstones -> nothing left (`MoveSettled`) -> verified

It may stop anywhere: started again it finds what it made and goes on. A running service does so by itself.
"""

from contextlib import suppress
from dataclasses import dataclass
from typing import Final, get_args

from crewhall import house as rules
from crewhall.charter.model import Charter
from crewhall.errors import Denied, Misconfigured, Missing, NotYet, Stale, TokenRefused, TryLater
from crewhall.flows.hearing import Hearing
from crewhall.flows.moving import Mover
from crewhall.flows.righting import Finished
from crewhall.ground import ids
from crewhall.ground.facts import Stream, Writing
from crewhall.ground.hall import Hall
from crewhall.ground.ids import CommunityKey, RoomKey
from crewhall.ground.moving import Ask, Readdress, Write, in_words, unlike
from crewhall.ground.rooms import RoomWish
from crewhall.life.community.facts import CharterChanged
from crewhall.life.crews.crew import crew_at
from crewhall.ports import Entry
from crewhall.upgrading.showing import Row, Stay, Upgrade, older, planned
from crewhall.works import Works

VERSIONS: Final[tuple[str, ...]] = get_args(Charter.model_fields["room_version"].annotation)
"""The room versions that a charter can have, the newest last."""
_TRIES: Final = 5


@dataclass(frozen=True, slots=True)
class Receipt:
    """What was done, and what was not: in words, room by room."""

    rooms: int
    invited: int
    addresses: int
    links: int
    doors: int
    missing: tuple[tuple[RoomKey, str], ...]


async def plan(works: Works, community: CommunityKey, to: str | None) -> Upgrade:
    """Return what moving would mean, or what is left of it. Raises `Misconfigured`, `TryLater`."""
    hall = _hall(works, community)
    to = to or VERSIONS[-1]
    _check(hall, to)
    return await _plan(works, hall, to, _mover(works))


async def upgrade(works: Works, community: CommunityKey, to: str | None, yes: str) -> tuple[Upgrade, Receipt]:
    """Do what a plan with this fingerprint says; return it, and what came of it.

    What has begun is finished whatever the fingerprint. Raises `Misconfigured` with nothing changed if the
    plan is another one by now.
    """
    hall = _hall(works, community)
    to = to or VERSIONS[-1]
    _check(hall, to)
    mover = _mover(works)
    shown = await _plan(works, hall, to, mover)
    if shown.rows and not shown.begun and yes != shown.fingerprint:
        told = f"look at it with crewhall upgrade {community}"
        raise NotYet(f"This is not the plan that was shown: {told}.")
    missing: list[tuple[RoomKey, str]] = [(no.key, f"{no.what} - {no.remedy}") for no in shown.blocked]
    if shown.rows:
        await _follow_charter(works, hall, to)
    for row in shown.rows:
        if row.begun:
            continue
        wish = _wish(works, row.key)
        if wish is None or wish.closed:
            continue
        try:
            await mover.move(wish)
        except TokenRefused:
            raise
        except Denied as no:
            missing.append((row.key, f"it could not move: {no}"))
    finished = await mover.finish(community)
    if not finished.later and mover.under_way(community):
        missing.append((ids.root(community), "people changed more meanwhile, which is to be looked at again"))
    return shown, _receipt(finished, tuple(missing))


def _hall(works: Works, community: CommunityKey) -> Hall:
    halls = works.keeping.house.halls
    if community not in halls:
        known = ", ".join(sorted(halls)) or "none"
        raise Missing(f"There is no community {community} here: those that can be upgraded are {known}.")
    return halls[community]


def _check(hall: Hall, to: str) -> None:
    if to not in VERSIONS:
        raise Misconfigured(f"Room version {to} is none that Crewhall knows: it knows {', '.join(VERSIONS)}.")
    if older(to, hall.charter.room_version):
        now = hall.charter.room_version
        raise Misconfigured(
            f"The rooms of {hall.charter.name} are version {now}: rooms never go back to {to}."
        )


def _mover(works: Works) -> Mover:
    """Return who moves rooms; what people did in the old ones until now is heard first."""
    hearing = Hearing(works.keeping, works.keeper, works.clock, works.chats(), poke=lambda _keys: None)
    return Mover(works.reconciler().hands, hearing.looked)


async def _plan(works: Works, hall: Hall, to: str, mover: Mover) -> Upgrade:
    _, scene = await mover.scene(hall.key)
    house = works.keeping.house
    hall = house.halls[hall.key]
    wishes = {key: wish for key in rules.rooms(house) if (wish := _wish_of(works, hall, key)) is not None}
    crews = {key: crew for key in wishes if (crew := crew_at(hall, key)) is not None}
    ended = [key for key, crew in crews.items() if crew.ended is not None]
    rows, stays, blocked = planned(house, wishes, scene, to, ended=ended, under_way=mover.under_way(hall.key))
    return Upgrade(hall.key, hall.charter.name, to, hall.charter.room_version, rows, stays, blocked)


def _wish_of(works: Works, hall: Hall, key: RoomKey) -> RoomWish | None:
    return _wish(works, key) if ids.hall_of(key) == hall.key else None


def _wish(works: Works, key: RoomKey) -> RoomWish | None:
    return rules.wish(works.keeping.house, key)


async def _follow_charter(works: Works, hall: Hall, to: str) -> None:
    """Have the charter say the new version, so that rooms to come have it too."""
    stream, keeping = Stream(hall.key), works.keeping
    for _ in range(_TRIES):
        charter, version = keeping.house.halls[hall.key].charter, keeping.house.versions.get(stream, 0)
        if charter.room_version == to:
            return
        changed = Charter.model_validate({**charter.model_dump(), "room_version": to})
        fact = Writing(stream, CharterChanged(changed), version)
        with suppress(Stale):  # others write too: then it is decided again
            await keeping.record(Entry(f"cli:upgrade:{hall.key}:{version}", works.clock.now(), (fact,)))
    raise TryLater("Others are writing to the same place: the same may work now.")


def _receipt(finished: Finished, missing: tuple[tuple[RoomKey, str], ...]) -> Receipt:
    done = finished.done
    writes = [act for act in done if isinstance(act, Write)]
    missing += tuple((act.key, f"{in_words(act)}: {why}") for act, why in finished.refused)
    missing += tuple((act.key, f"{in_words(act)}: not now, later") for act in finished.later)
    missing += tuple((move.wish.key, what) for move in finished.moves for what in unlike(move))
    return Receipt(
        rooms=len({move.wish.key for move in finished.moves}),
        invited=sum(isinstance(act, Ask) for act in done),
        addresses=sum(isinstance(act, Readdress) and act.room is not None for act in done),
        links=sum(write.why == "link" and bool(write.put.content) for write in writes),
        doors=sum(write.why == "allow" for write in writes),
        missing=missing,
    )


__all__ = ["VERSIONS", "Receipt", "Row", "Stay", "Upgrade", "plan", "upgrade"]
