"""Looks at the rooms of a community and says what is in the way; changes nothing."""

from crewhall import house as rules
from crewhall.errors import TryLater
from crewhall.flows.allowing import memory_of
from crewhall.flows.keeping import Keeping
from crewhall.flows.reconcile import Reconciler
from crewhall.ground import ids
from crewhall.ground.ailment import Glance, OldVersion
from crewhall.ground.drift import finds, questions
from crewhall.ground.guard import community_of
from crewhall.ground.ids import CommunityKey
from crewhall.ground.lacking import lacking
from crewhall.ground.links import whole
from crewhall.ground.sight import Sight
from crewhall.ground.steps import Blocked
from crewhall.ground.successor import is_letterbox
from crewhall.ports import Clock


async def glance(reconciler: Reconciler, keeping: Keeping, clock: Clock, community: CommunityKey) -> Glance:
    """Return what a look finds; under the empty key, in what belongs to no community. Raises `TokenRefused`.

    If the homeserver seems to be away, that is what is found.
    """
    try:
        sight = await reconciler.survey(community)
    except TryLater as later:
        root = ids.root(community) if community else ids.CONTROL
        away = Blocked(root, f"look into the rooms now: {later}", "Nothing to do: it is tried again.")
        return Glance(clock.now(), blocked=(away,))
    return _found(sight, keeping, clock, community)


def _found(sight: Sight, keeping: Keeping, clock: Clock, community: CommunityKey) -> Glance:
    house, me, now = keeping.house, sight.me, clock.now()
    keys = (key for key in rules.rooms(house) if community_of(key) == community)
    wishes = {key: wish for key in keys if (wish := rules.wish(house, key)) is not None}
    memories = {key: memory_of(house, wish, now) for key, wish in wishes.items()}
    plan = whole(wishes.values(), sight, house.rooms, me, lambda wish: memories[wish.key])
    powerless: list[Blocked] = []
    old: list[OldVersion] = []
    asked: set[Blocked] = set()
    for key, wish in sorted(wishes.items()):
        if (seen := sight.rooms.get(key)) is None:
            continue
        asked.update(questions(wish, finds(wish, seen, house.rooms, me, memories[key])))
        if (lacks := lacking(wish, seen, me)) is not None:
            powerless.append(lacks)
        moves = not (wish.adopt or wish.closed or is_letterbox(wish))
        if seen.version != wish.version and moves and seen.tombstone is None:
            old.append(OldVersion(key, seen.version, wish.version))
    same = {(one.key, one.remedy) for one in powerless}
    blocked = (b for b in plan.blocked if b not in asked and (b.key, b.remedy) not in same)
    return Glance(
        now, tuple(powerless), tuple(dict.fromkeys(blocked)), tuple(old), len(plan.steps), len(sight.rooms)
    )
