"""Which level the story gives somebody in a room of the community: the charter read naively, once more."""

from house.told import KEYS, Told

LEVEL = {"post": 5, "pin": 10, "rooms": 20, "invite": 30, "moderate": 50}


def keyholders(told: Told) -> int:
    """Return the level of whoever holds the keys."""
    return told.charter.keyholders.level


def places(told: Told) -> list[tuple[str, ...]]:
    """Return all rooms of the community, by the rest of their keys."""
    found: list[tuple[str, ...]] = [(), ("crews",)]
    found += [("place", place.key) for place in told.charter.places]
    for rung in told.charter.rungs:
        found.append(("rung", rung.key))
        found += [("rung", rung.key, room.key) for room in rung.rooms]
    return found


def level(told: Told, person: str, where: tuple[str, ...]) -> int:
    """Return the level that the story gives somebody in one of these rooms, 0 if none."""
    if person in told.shut:
        return 0
    if person in told.hats[KEYS]:
        return keyholders(told)
    mine = [rung for rung in told.charter.rungs if person in told.on[rung.key]]
    here = [rung for rung in mine if where == () or where[:2] == ("rung", rung.key)]
    given = max([rung.level for rung in here], default=0)
    rights = {right for rung in here if where for right in rung.may}
    if where == () or where[0] == "place":
        rights |= {right for rung in mine for right in rung.may_everywhere}
    rights |= _by_hats(told, person, where) | _by_leaves(told, person, where)
    rights |= _by_post(told, person, where) | _by_hand(told, person, where)
    if where in {(), ("crews",)} or (where[0] == "rung" and len(where) == 2):
        rights.discard("post")  # nobody writes in a space
    return min(max([given, *(LEVEL[right] for right in rights)]), keyholders(told))


def _by_hats(told: Told, person: str, where: tuple[str, ...]) -> set[str]:
    rights: set[str] = set()
    for hat in told.charter.hats:
        if person in told.hats[hat.key] and hat.key != KEYS:
            here = where[1] in hat.where if where[:1] == ("rung",) else not hat.where and where != ("crews",)
            rights |= set(hat.may) if here else set()
    return rights


def _by_leaves(told: Told, person: str, where: tuple[str, ...]) -> set[str]:
    rights: set[str] = set()
    for crew in told.crews.values():
        if person not in crew.seats & told.inside or crew.ended:
            continue
        for leaf in told.charter.crews.leaves:
            if leaf.key in crew.open and where[:1] != ("rung",):
                rights |= set(leaf.may)
                rights |= {"post"} if where[:1] == ("place",) and where[1] in leaf.post else set()
    return rights


def _by_post(told: Told, person: str, where: tuple[str, ...]) -> set[str]:
    rooms = {("place", place.key): place for place in told.charter.places}
    rooms |= {("rung", rung.key, room.key): room for rung in told.charter.rungs for room in rung.rooms}
    post = rooms[where].post if where in rooms else ""
    rungs = told.rungs
    deep = rungs[rungs.index(post) :] if post in rungs else []
    on = any(person in told.on[key] for key in deep)
    return {"post"} if on or (post != KEYS and person in told.hats.get(post, set())) else set()


def _by_hand(told: Told, person: str, where: tuple[str, ...]) -> set[str]:
    """Return the right to invite by hand, where not everybody who is there has it anyway."""
    rungs = told.rungs
    if where == ():
        rule, own = told.charter.door.rule, "anyone"
        if told.charter.door.invite == 0:
            return set()
    elif where[0] == "rung" and len(where) == 2:
        own = where[1]
        rule = next(rung.door for rung in told.charter.rungs if rung.key == own)
    else:
        return set()
    if rule is None or not rule.by_hand or rule.propose not in rungs:
        return set()
    deep = rungs[rungs.index(rule.propose) :]
    return {"invite"} if own not in deep and any(person in told.on[key] for key in deep) else set()
