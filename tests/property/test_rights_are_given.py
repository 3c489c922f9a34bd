"""Laws of rights: in every room everybody may do exactly what some rung, hat or leaf gives them."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from hypothesis import assume, given, note, settings
from hypothesis import strategies as st
from immutables import Map

from crewhall.charter.model import Charter, Place
from crewhall.charter.sense import nonsense
from crewhall.ground import ids
from crewhall.ground.facts import Stream, Writing
from crewhall.ground.hall import Hall, Presence
from crewhall.ground.ids import RoomKey, RungKey, UserId
from crewhall.ground.powers import POWERS, next_powers
from crewhall.ground.rights import level
from crewhall.ground.rooms import PowerWish, RoomSeen
from crewhall.ground.worn import every, put_on, take_off, with_leaf
from crewhall.life.community import wish
from crewhall.life.community.facts import CharterChanged
from crewhall.testing.long import at_length
from crewhall.testing.looks import ME, made
from crewhall.testing.story import BEGAN, Story

LINE = ["post", "pin", "rooms", "invite", "moderate"]
RUNGS, HATS, LEAVES, PLACES = (
    ("friends", "partners", "elders"),
    ("digest", "door"),
    ("work", "pot"),
    ("a", "b"),
)
PEOPLE = [UserId(f"@{name}:here") for name in ("ada", "bea", "cy", "di")]
ADA, GHOST = PEOPLE[0], UserId("@ghost:here")
HERE = Presence(BEGAN, "$here")
MAY = st.lists(st.sampled_from(LINE), max_size=2)
SOME = st.frozensets(st.sampled_from(PEOPLE))


@st.composite
def charters(draw: Any) -> Charter:
    """Any charter that makes sense, of at most three rungs, two hats and two leaves."""
    rungs = RUNGS[: draw(st.integers(0, 3))]
    hats = draw(st.lists(st.sampled_from(HATS), unique=True))
    posts = st.sampled_from(["everyone", "everyone", "keyholders", *rungs, *hats])

    def rule() -> dict[str, object] | None:
        proposing = draw(st.sampled_from(["anyone", "keyholders", *rungs]))
        return draw(st.sampled_from([None, {"propose": proposing, "by_hand": draw(st.booleans())}]))

    def rooms(keys: Iterable[str]) -> list[dict[str, object]]:
        return [{"key": key, "name": key, "post": draw(posts)} for key in keys]

    told = {
        "key": "in",
        "name": "In",
        "room_version": draw(st.sampled_from(["11", "12"])),
        "door": {"invite": draw(st.sampled_from([0, 10, 30, 50, 50, 100])), "rule": rule()},
        "places": rooms(PLACES[: draw(st.integers(0, 2))]),
        "rungs": [
            {
                "key": key,
                "name": key,
                "level": draw(st.sampled_from([0, 0, 0, 4, 12, 35, 50, 60])),
                "may": draw(MAY),
                "may_everywhere": draw(MAY),
                "door": rule(),
                "rooms": rooms(["r"]),
            }
            for key in rungs
        ],
        "hats": [
            {
                "key": key,
                "name": key,
                "may": draw(MAY),
                "where": draw(st.lists(st.sampled_from(rungs)) if rungs else st.just([])),
            }
            for key in hats
        ],
        "crews": {
            "leaves": [
                {
                    "key": key,
                    "name": key,
                    "may": draw(MAY),
                    "post": draw(st.lists(st.sampled_from(PLACES), max_size=1)),
                }
                for key in LEAVES[: draw(st.integers(0, 2))]
            ]
        },
    }
    if told["room_version"] == "11" and told["door"]["invite"] == 100:
        told["door"]["invite"] = 99
    charter = Charter.model_validate(told)
    for n, rung in enumerate(charter.rungs):
        if any(path[:3] == ("rungs", n, "level") for path, _ in nonsense(charter)):
            steps = (*charter.rungs[:n], rung.model_copy(update={"level": 0}), *charter.rungs[n + 1 :])
            charter = charter.model_copy(update={"rungs": steps})
    assume(not list(nonsense(charter)))
    return charter


@st.composite
def halls(draw: Any) -> Hall:
    """Any community of such a charter, with anybody on any rung, under any hat, in any deep crew."""
    hall = Story(draw(charters())).hall
    rungs = {RungKey(key): Map(dict.fromkeys(draw(SOME), HERE)) for key in RUNGS}
    return replace(
        hall,
        inside=Map(dict.fromkeys(draw(SOME), HERE)),
        keyholders=Map(dict.fromkeys(draw(SOME), HERE)),
        standing=Map(rungs),
        hats=Map({key: Map(dict.fromkeys(draw(SOME), HERE)) for key in HATS}),
        leaves=Map({key: Map(dict.fromkeys(draw(SOME), HERE)) for key in LEAVES}),
        shut_out=Map(dict.fromkeys(draw(st.frozensets(st.sampled_from(PEOPLE), max_size=1)), HERE)),
    )


# What the charter says, read in the plainest way: person by person, room by room.


def stands(hall: Hall, person: UserId, rung: str) -> bool:
    return person in hall.standing.get(RungKey(rung), ())


def reaches(hall: Hall, person: UserId, rung: str) -> bool:
    rungs = [rung.key for rung in hall.charter.rungs]
    return rung in rungs and any(stands(hall, person, deeper) for deeper in rungs[rungs.index(rung) :])


def proposing(hall: Hall, person: UserId, key: RoomKey) -> bool:
    """Return whether somebody may propose by inviting into this space."""
    at, rule = key.split("/")[1:], hall.charter.door.rule
    if at:
        doors = [rung.door for rung in hall.charter.rungs if at == ["rung", rung.key]]
        rule = doors[0] if doors else None
    return rule is not None and rule.by_hand and reaches(hall, person, rule.propose)


def writing(hall: Hall, person: UserId, place: Place) -> list[str]:
    wears = any(hat.key == place.post for hat in hall.charter.hats) and person in hall.hats[place.post]
    return ["post"] if wears or reaches(hall, person, place.post) else []


def given_to(hall: Hall, person: UserId, key: RoomKey) -> set[str]:
    """Return what `person` may do in a room by what the charter says, with everything lighter."""
    charter, at = hall.charter, key.split("/")[1:]
    hats = [hat for hat in charter.hats if person in hall.hats[hat.key]]
    crewed = person in hall.inside
    leaves = [leaf for leaf in charter.crews.leaves if crewed and person in hall.leaves[leaf.key]]
    found: list[str] = []
    match at:
        case [] | ["place", _]:
            found += [
                r for rung in charter.rungs if stands(hall, person, rung.key) for r in rung.may_everywhere
            ]
            found += [right for hat in hats if not hat.where for right in hat.may]
            found += [right for leaf in leaves for right in leaf.may]
            for place in charter.places if at else ():
                if place.key == at[1]:
                    found += writing(hall, person, place)
                    found += ["post" for leaf in leaves if place.key in leaf.post]
        case ["crews"]:
            found += [right for leaf in leaves for right in leaf.may]
        case ["rung", name, *rest]:
            rung = next(rung for rung in charter.rungs if rung.key == name)
            found += rung.may if stands(hall, person, name) else ()
            found += [right for hat in hats if name in hat.where for right in hat.may]
            found += [
                right for room in rung.rooms if [room.key] == rest for right in writing(hall, person, room)
            ]
    held = max((LINE.index(right) for right in found), default=-1)
    return set(LINE[: held + 1])


def by_hand(hall: Hall, person: UserId, key: RoomKey) -> set[str]:
    """Return what comes with the level to invite: with it the lighter rights, where others were given any."""
    if not proposing(hall, person, key) or "invite" in everybodys(hall, key):
        return set()
    everything = Map({GHOST: HERE})
    ghosts = replace(
        hall,
        inside=everything,
        standing=Map({RungKey(rung): everything for rung in RUNGS}),
        hats=Map(dict.fromkeys(HATS, everything)),
        leaves=Map(dict.fromkeys(LEAVES, everything)),
    )
    return {"invite"} | (given_to(ghosts, GHOST, key) - {"moderate"})


def by_number(hall: Hall, person: UserId, key: RoomKey) -> set[str]:
    """Return what the mere numbers of a charter allow: those of old, which were always so."""
    charter, at = hall.charter, key.split("/")[1:]
    match at:
        case ["rung", name, *_]:
            levels = [r.level for r in charter.rungs if r.key == name]
        case []:
            levels = [r.level for r in charter.rungs if person in hall.standing.get(RungKey(r.key), ())]
        case _:
            levels = []
    if at and levels and person not in hall.standing.get(RungKey(at[1]), ()):
        levels = []
    highest = max(levels, default=0)
    door = charter.door.invite if not at else 101 if at[0] == "rung" and len(at) == 2 else 50
    return ({"moderate"} if highest >= 50 else set()) | ({"invite"} if 0 < door <= highest else set())


def everybodys(hall: Hall, key: RoomKey) -> set[str]:
    """Return what a charter allows to all who are in a room."""
    charter, at = hall.charter, key.split("/")[1:]
    rungs = [rung.key for rung in charter.rungs]
    places = charter.places if at[:1] == ["place"] else ()
    if at[:1] == ["rung"]:
        places = charter.rungs[rungs.index(at[1])].rooms
    free = {
        "post"
        for place in places
        if at[-1:] == [place.key] and at != ["rung", place.key] and place.post == "everyone"
    }
    rule = (
        charter.door.rule
        if not at
        else charter.rungs[rungs.index(at[1])].door
        if at[0] == "rung" and len(at) == 2
        else None
    )
    if rule is not None and rule.by_hand:
        lighter = rungs[: rungs.index(at[1]) + 1] if at else []
        free |= {"invite"} if rule.propose in ("anyone", *lighter) else set()
    return free | ({"invite"} if not at and charter.door.invite == 0 else set())


# What the levels say.


def allowed(powers: PowerWish, level: int, *, space: bool) -> set[str]:
    """Return what somebody at this level may do."""
    needed = {
        "post": 101 if space else powers.events_default,
        "pin": powers.events["m.room.pinned_events"],
        "rooms": powers.events.get("m.space.child", 101),
        "invite": powers.invite,
        "moderate": max(powers.kick, powers.ban, powers.redact),
    }
    assert powers.events["m.room.name"] == powers.events["m.room.topic"] == needed["pin"]
    return {right for right, bar in needed.items() if level >= bar}


@given(halls())
def test_everybody_may_do_exactly_what_is_given_to_them_and_nobody_more(hall: Hall) -> None:
    note(hall.charter.model_dump_json(exclude_defaults=True))
    note(str((hall.standing, hall.hats, hall.leaves)))
    for key in every(hall):
        found = wish(hall, key)
        assert found is not None
        space = {"post"} if found.space else {"rooms"}
        for person in PEOPLE:
            may = allowed(found.powers, found.powers.users.get(person, 0), space=found.space)
            free = everybodys(hall, key)
            if person in hall.shut_out:
                assert person not in found.powers.users
                assert person in found.unwelcome
                assert person not in found.invited
                assert person in found.powers.lowered
                assert may == free
            elif person in hall.keyholders:
                assert may | space == set(LINE)
                assert found.powers.users[person] == max(found.powers.users.values())
            else:
                entitled = given_to(hall, person, key) | by_hand(hall, person, key)
                entitled |= by_number(hall, person, key) | free
                assert may == entitled - space, (key, person)


@given(halls(), st.sampled_from(PEOPLE), st.sampled_from(RUNGS))
def test_coming_on_to_a_rung_never_takes_a_right(hall: Hall, person: UserId, rung: str) -> None:
    key = RungKey(rung)
    risen = replace(hall, standing=hall.standing.set(key, hall.standing[key].set(person, HERE)))
    for room in every(hall):
        before, after = wish(hall, room), wish(risen, room)
        assert before is not None
        assert after is not None
        assert replace(before.powers, users={}, lowered=frozenset()) == replace(
            after.powers, users={}, lowered=frozenset()
        )
        for one in PEOPLE:
            was, now = before.powers.users.get(one, 0), after.powers.users.get(one, 0)
            assert now >= was
            assert now == was or one == person


ACTS = st.one_of(
    st.tuples(st.sampled_from(["joins", "leaves"]), st.sampled_from(RUNGS), st.sampled_from(PEOPLE)),
    st.tuples(
        st.sampled_from(["puts on", "takes off"]), st.sampled_from([*HATS, "keys"]), st.sampled_from(PEOPLE)
    ),
    st.tuples(st.just("opens"), st.sampled_from(LEAVES), SOME),
    st.tuples(st.sampled_from(["is shut out", "is let in"]), st.just(""), st.sampled_from(PEOPLE)),
    st.tuples(st.just("changes to"), st.just(""), charters()),
)


def after(story: Story, act: tuple[str, str, Any]) -> None:
    what, key, who = act
    hall = story.hall
    match what:
        case "joins" | "leaves":
            story.gesture(ids.rung(story.key, RungKey(key)), who, "join" if what == "joins" else "leave")
            return
        case "puts on":
            hall = put_on(hall, key, who, HERE)
        case "takes off":
            hall = take_off(hall, key, who, HERE)
        case "opens":
            hall = with_leaf(hall, key, Map(dict.fromkeys(who, HERE)), HERE)
        case "is shut out":
            hall = replace(hall, shut_out=hall.shut_out.set(who, HERE))
        case "is let in" if who in hall.shut_out:
            hall = replace(hall, shut_out=hall.shut_out.delete(who))
        case "changes to":
            kept = who.model_copy(update={"room_version": hall.charter.room_version})
            assume(not list(nonsense(kept)))
            story.record(story.event(), (Writing(Stream(story.key), CharterChanged(kept)),))
            return
    story.house = story.house.with_hall(hall)


def written(hall: Hall, key: RoomKey, seen: RoomSeen | None) -> RoomSeen:
    """Return the room after the keeper has brought its levels to what they should be."""
    found = wish(hall, key)
    assert found is not None
    if seen is None:
        return made(found)
    content, _ = next_powers(found, seen, ME)
    return seen if content is None else replace(seen, powers=content)


@settings(max_examples=at_length(60))
@given(charters(), st.lists(ACTS, max_size=12))
def test_whatever_was_given_is_taken_back_to_the_last_level(charter: Charter, acts: list[Any]) -> None:
    story = Story(charter)
    rooms: dict[RoomKey, RoomSeen] = {}
    for act in [("is let in", "", ADA), *acts]:
        after(story, act)
        for key in every(story.hall):
            rooms[key] = written(story.hall, key, rooms.get(key))
            found = wish(story.hall, key)
            assert found is not None
            for person in PEOPLE:
                assert level(rooms[key], person) == found.powers.users.get(person, 0), (act, key, person)
            assert written(story.hall, key, rooms[key]) == rooms[key], POWERS
