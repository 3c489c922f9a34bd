"""Decides who holds which level in a room of the community, and from which level on what may be done.

A threshold stands lower than the keyholders' only where the charter gives that right to somebody. Whoever
once had more by a rung, a hat, a leaf or the keys is named in `lowered`, so that it can be taken back.
"""

from collections.abc import Iterable

from immutables import Map

from crewhall.charter.grants import ANYONE, EVERYBODYS, LEVEL, Grant, opened
from crewhall.charter.model import Charter, Right
from crewhall.ground.granted import former, given, holders
from crewhall.ground.hall import Hall
from crewhall.ground.ids import RoomKey, UserId
from crewhall.ground.rooms import PowerWish
from crewhall.life.community.fold import ROOTS, top

_NOBODY_SPEAKS = 100  # a space is no chat
_NAMED = ("m.room.name", "m.room.topic", "m.room.avatar", "m.room.pinned_events")


def powers(
    hall: Hall, key: RoomKey, *, invite: int = 50, post: str = "everyone", space: bool = False
) -> PowerWish:
    """Return the levels of a room; `invite` is what inviting takes where the charter gives it to nobody."""
    grants = given(hall, key)
    here, users = opened(grants), _users(hall, grants)
    if any(grant.level == EVERYBODYS for grant in grants):
        invite = EVERYBODYS

    def bar(right: Right, otherwise: int) -> int:
        return min(LEVEL[right], otherwise) if right in here else otherwise

    highest = top(hall.charter)
    events = dict.fromkeys(_NAMED, bar("pin", highest))
    if space:
        events["m.space.child"] = bar("rooms", highest)
    speak = 0 if post == "everyone" else bar("post", highest)
    return PowerWish(
        users=users,
        lowered=_lowered(hall, key, users),
        events_default=_NOBODY_SPEAKS if space else speak,
        invite=bar("invite", invite),
        events=events,
        drift=hall.charter.drift.powers,
    )


def door(charter: Charter) -> int:
    """Return the level at which people invite into the community's space, rights apart."""
    rule = charter.door.rule
    free = rule is not None and rule.by_hand and rule.propose == ANYONE
    return EVERYBODYS if free else charter.door.invite


def _users(hall: Hall, grants: Iterable[Grant]) -> dict[UserId, int]:
    """Return everybody's level: the highest that any source gives, nobody's above the keyholders'."""
    highest = top(hall.charter)
    users: dict[UserId, int] = {}
    for grant in grants:
        level = min(grant.level, highest)
        for person in holders(hall, grant.source) if level > EVERYBODYS else ():
            users[person] = max(level, users.get(person, 0))
    users |= dict.fromkeys(hall.keyholders, highest)
    for person in hall.shut_out:
        users.pop(person, None)
    return users


def _lowered(hall: Hall, key: RoomKey, users: dict[UserId, int]) -> frozenset[UserId]:
    """Return everybody who ever held more here than they hold now, and everybody who is shut out."""
    found: set[UserId] = set()
    for source, level in ROOTS.of(hall).ever.get(key, Map()).items():
        for people in (holders(hall, source), former(hall, source)):
            found.update(person for person in people if users.get(person, 0) < level)
    return frozenset(found | set(hall.shut_out))
