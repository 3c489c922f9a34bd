"""Answers ``!doctor``: tells keyholders of their own community what is amiss, operators of all.

The answer is private. Of crews' rooms only their number is told: what is in them is the crews' own.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from crewhall import house as rules
from crewhall.ground.ailment import Ailment, Glance
from crewhall.ground.container import called
from crewhall.ground.hall import Hall, House
from crewhall.ground.ids import CommunityKey, RoomKey
from crewhall.ground.steps import Blocked
from crewhall.ground.talk import (
    Arguments,
    Asked,
    Decision,
    Outcome,
    Refusal,
    Reply,
    RoomLink,
    Say,
    Sentence,
    ToPerson,
    Usage,
)

DOCTOR: Final = "!doctor"
NOWHERE: Final = CommunityKey("")
"""Where what concerns the service itself is found, and what belongs to no community."""
_MOST: Final = 20


def doctor(house: House, asked: Asked, given: Arguments) -> Outcome:
    """Tell what ails those communities that somebody may ask about."""
    if given.words or given.people:
        return Usage(DOCTOR)
    halls = concerned(house, asked)
    if not halls and not asked.operator:
        return Refusal(Sentence("doctor-not-yours"))
    texts = [_of_hall(house, hall, asked.at) for hall in halls]
    if asked.operator:
        texts.append(_of_service(house.glances.get(NOWHERE)))
    to = Reply() if asked.place is None else ToPerson(asked.person)
    return Decision(says=tuple(Say(to, text) for text in texts), ack="✅")


def concerned(house: House, asked: Asked) -> tuple[Hall, ...]:
    """Return the communities that somebody may ask about: operators all, others where they hold a key."""
    halls = (hall for _, hall in sorted(house.halls.items()))
    return tuple(hall for hall in halls if asked.operator or asked.person in hall.keyholders)


def known(hall: Hall, now: datetime) -> Iterator[Ailment]:
    """Yield what all capabilities say of a community, from what is written down."""
    for capability in rules.CAPABILITIES:
        yield from capability.ails(hall, now)


def seen(hall: Hall, found: Glance) -> Iterator[Ailment]:
    """Yield what a look found in a community's rooms; of crews' rooms only in how many."""
    own, crews = _parted(hall, found.lacking)
    for one in own:
        what = Sentence("doctor-lacks", {"room": _link(hall, one.key), "what": one.what})
        yield Ailment(what, Sentence("doctor-do", {"remedy": one.remedy}), grave=True)
    own, more = _parted(hall, found.blocked)
    for one in own:
        what = Sentence("doctor-blocked", {"room": _link(hall, one.key), "what": one.what})
        yield Ailment(what, Sentence("doctor-do", {"remedy": one.remedy}), grave=True)
    if count := len(crews | more):
        yield Ailment(Sentence("doctor-crews", {"count": count}), Sentence("doctor-crews-do"), grave=True)
    if found.old:
        count, version = len(found.old), hall.charter.room_version
        what = Sentence("doctor-old", {"count": count, "version": version})
        yield Ailment(what, Sentence("doctor-old-do"))


def _of_hall(house: House, hall: Hall, now: datetime) -> Sentence:
    found = house.glances.get(hall.key)
    every = [*known(hall, now), *(seen(hall, found) if found is not None else ())]
    community = hall.charter.name
    if not every:
        return Sentence("doctor-well", {"community": community})
    lines = [Sentence("doctor-line", {"what": one.what, "remedy": one.remedy}) for one in every[:_MOST]]
    if (more := len(every) - _MOST) > 0:
        lines.append(Sentence("doctor-more", {"count": more}))
    return Sentence("doctor-hall", {"community": community, "lines": tuple(lines)})


def _of_service(found: Glance | None) -> Sentence:
    if found is None:
        return Sentence("doctor-service-unseen")
    lines = [
        Sentence("doctor-line", {"what": what, "remedy": remedy}) for what, remedy in found.beside[:_MOST]
    ]
    if count := len({one.key for one in (*found.lacking, *found.blocked)}):
        lines.append(Sentence("doctor-elsewhere", {"count": count}))
    if not lines:
        return Sentence("doctor-service-well")
    return Sentence("doctor-service", {"lines": tuple(lines)})


def _parted(hall: Hall, found: tuple[Blocked, ...]) -> tuple[list[Blocked], set[RoomKey]]:
    """Return what concerns the community's own rooms, and which crews' rooms are concerned."""
    crews = {one.key for one in found if one.key.startswith(f"{hall.key}/crew/")}
    return [one for one in found if one.key not in crews], crews


def _link(hall: Hall, key: RoomKey) -> RoomLink:
    return RoomLink(key, called(hall, key))
