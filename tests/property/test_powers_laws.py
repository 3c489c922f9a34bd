"""Laws of levels, on any room: written only if the homeserver lets it, once, and nobody else loses any."""

from typing import Any

from hypothesis import given, note
from hypothesis import strategies as st

from crewhall.ground.ids import RoomId, RoomKey, UserId
from crewhall.ground.powers import POWERS, next_powers
from crewhall.ground.rights import keyholders, level, reach
from crewhall.ground.rooms import JoinWish, PowerWish, RoomSeen, RoomWish
from crewhall.ground.seen import has_endless_creators, read_state
from crewhall.testing import rules
from crewhall.testing.events import Room
from crewhall.testing.world import World

ME = UserId("@keeper:hall.test")
PEOPLE = [UserId(f"@{name}:hall.test") for name in ("ann", "bob", "cid", "dee")]
LEVELS = st.sampled_from([-1, 0, 10, 49, 50, 99, 100, 101, 150, 1000])
SETTINGS = ("users_default", "events_default", "state_default", "invite", "kick", "ban", "redact")
KINDS = ["m.room.name", "m.room.power_levels", "m.room.tombstone", "m.reaction", "org.example"]
PARTS = st.sampled_from(["respect", "restore"])


@st.composite
def wishes(draw: Any) -> RoomWish:
    given_ = draw(st.dictionaries(st.sampled_from([ME, *PEOPLE]), st.sampled_from([0, 10, 50, 99, 100, 150])))
    powers = PowerWish(
        users=given_,
        lowered=draw(st.frozensets(st.sampled_from([ME, *PEOPLE]))),
        events_default=draw(st.sampled_from([0, 50, 100])),
        invite=draw(st.sampled_from([0, 50, 99, 100, 150])),
        events=draw(st.dictionaries(st.sampled_from(KINDS), st.sampled_from([0, 50, 99, 150]))),
        drift=draw(PARTS),
    )
    return RoomWish(RoomKey("x/place/a"), "a", "A", JoinWish("invite"), powers)


@st.composite
def worlds(draw: Any) -> tuple[World, Room]:
    """Any room of ours or of somebody else, with any levels in which the keeper may have power."""
    world = World(version=draw(st.sampled_from(["11", "12"])))
    creator = draw(st.sampled_from([ME, PEOPLE[0]]))
    room = Room(RoomId("!a"), world.version)
    world.rooms[room.id] = room
    world.append(room, creator, "m.room.create", {"room_version": world.version}, "")
    for person in {ME, creator}:
        world.append(room, person, "m.room.member", {"membership": "join"}, person)
    for person in PEOPLE[1:]:
        membership = draw(st.sampled_from(["join", "invite", "leave", "ban"]))
        world.append(room, person, "m.room.member", {"membership": membership}, person)
    if draw(st.integers(0, 9)):
        users = draw(st.dictionaries(st.sampled_from([ME, *PEOPLE]), LEVELS))
        if has_endless_creators(world.version):
            users.pop(creator, None)
        content: dict[str, object] = {"users": users}
        content |= draw(st.dictionaries(st.sampled_from(SETTINGS), LEVELS))
        content["events"] = draw(st.dictionaries(st.sampled_from(KINDS), LEVELS))
        content["org.example.kept"] = {"a": 1}
        world.append(room, creator, POWERS, content, "")
    return world, room


def seen_of(room: Room) -> RoomSeen:
    return read_state(room.id, (event.seen() for event in room.state.values()))


@given(worlds(), wishes())
def test_what_is_written_is_allowed_settles_and_takes_from_nobody_else(
    found: tuple[World, Room], wish: RoomWish
) -> None:
    world, room = found
    before = seen_of(room)
    mine = reach(before, ME)
    content, _ = next_powers(wish, before, ME)
    if content is None:
        return
    note(f"{before.version} {before.creators} {before.powers} -> {content}")
    rules.may_send(room, ME, POWERS, "", content)  # raises if the homeserver would refuse
    world.append(room, ME, POWERS, content, "")
    after = seen_of(room)
    again, _ = next_powers(wish, after, ME)
    assert again is None

    if has_endless_creators(room.version):
        assert not before.creators & content["users"].keys()
    respect = wish.powers.drift == "respect"
    for person in [ME, *PEOPLE]:
        was, now = level(before, person), level(after, person)
        if now > was and respect and now != users_default(after):
            assert person in wish.powers.users
        if now < was and respect and person in before.powers["users"]:
            assert person in wish.powers.lowered
        assert now <= max(was, mine, users_default(after))
    assert reach(after, ME) == mine
    bar = {"state_default": content.get("state_default")}
    assert not keyholders(before, ME, {**before.powers, **bar}) or keyholders(before, ME, content)


@given(worlds(), wishes())
def test_other_peoples_levels_and_unknown_things_stay(found: tuple[World, Room], wish: RoomWish) -> None:
    _, room = found
    before = seen_of(room)
    content, _ = next_powers(wish, before, ME)
    if content is None or not before.powers:
        return
    assert content["org.example.kept"] == {"a": 1}
    if wish.powers.drift == "respect":
        concerned = {*wish.powers.users, *wish.powers.lowered, ME}
        old, new = before.powers["users"], content["users"]
        assert all(new.get(p) == n for p, n in old.items() if p not in concerned)
        assert before.powers["events"].keys() <= content["events"].keys()


def users_default(seen: RoomSeen) -> int:
    value = seen.powers.get("users_default", 0)
    assert isinstance(value, int)
    return value
