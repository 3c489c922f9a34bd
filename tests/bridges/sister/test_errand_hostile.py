"""A server of a sister lies, floods and hangs: each ends in a refusal of bounded cost; life goes on here."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from crewhall.errors import Denied
from crewhall.testing.events import Event
from crewhall.testing.people import Person
from crewhall_bridges.sister.bond import statement
from crewhall_bridges.sister.wire import event_type

TREATY = event_type("treaty")
LOCKED = {"state_default": 100, "events_default": 100, "invite": 100, "redact": 100, "kick": 100, "ban": 100}


class Foe:
    """Whoever controls ``dale.test``: its keeper's account, and rooms made at will."""

    def __init__(self, pair: Any, tools: Any) -> None:
        self.pair, self.tools, self.ours = pair, tools, pair.ours
        self.keeper = Person(pair.dale.world, "keeper")

    async def room(self, *, treaty: Any = None, levels: Any = None, **creation: Any) -> str:
        """Make a room that looks like a letterbox, and ask our keeper in."""
        version = {"room_version": creation.pop("room_version")} if "room_version" in creation else {}
        body = version | {
            "preset": "private_chat",
            "creation_content": creation,
            "power_level_content_override": LOCKED | (levels or {}),
        }
        room = await self.keeper.create_room(body)
        if treaty is not None:
            await self.state(room, treaty)
        await self.keeper.invite(room, self.ours.me)
        return room

    async def state(self, room: str, treaty: Any, key: str = "") -> None:
        await self.keeper.set_state(room, TREATY, treaty, key or self.keeper.id)

    def treaty(self, seq: int = 1, **changes: Any) -> dict[str, Any]:
        """Return a statement as our own side would make it, turned around."""
        link = self.tools.link_of(self.ours)
        mine = dict(statement(link))
        offer = {**mine["offer"], "community": "dale", "name": "Dale"}  # type: ignore[dict-item] # an object
        to = {"keeper": self.ours.me, "community": "shire"}
        return {**mine, "seq": seq, "to": to, "offer": offer, "agreed": [], "contacts": [], **changes}

    def left(self, room: str) -> bool:
        """Return whether our keeper is in the room no more, nor asked in."""
        return self.pair.dale.world.rooms[room].membership(self.ours.me) == "leave"

    async def settle(self) -> None:
        await self.pair.settle()


@pytest.fixture
async def foe(pair: Any, tools: Any) -> Foe:
    await pair.dale.stop()
    await pair.named(pair.ours)
    await pair.settle()
    return Foe(pair, tools)


@pytest.mark.parametrize("creation", [{}, {"type": "org.crewhall.sister.letterbox"}])
async def test_an_honest_room_is_found(foe: Foe, creation: dict[str, Any]) -> None:
    """Also one that was made before letterboxes said what they are."""
    room = await foe.room(treaty=foe.treaty(), **creation)
    await foe.settle()
    link = foe.tools.link_of(foe.ours)
    assert link.room == room
    assert link.theirs.seq == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"additional_creators": ["@evil:dale.test"]},
        {"type": "m.space"},
        {"type": "org.crewhall.sister.treaty"},
        {"room_version": "10"},
        {"levels": {"state_default": 0}},
        {"levels": {"users_default": 100}},
        {"levels": {"users": {"@evil:dale.test": 100}}},
        {"levels": {"events": {"m.room.power_levels": 0}}},
    ],
)
async def test_a_room_in_which_others_could_speak_is_left(foe: Foe, wrong: dict[str, Any]) -> None:
    room = await foe.room(treaty=foe.treaty(), **wrong)
    await foe.settle()
    link = foe.tools.link_of(foe.ours)
    assert (link.room, link.offered, link.theirs) == (None, (), None)
    assert foe.left(room)
    assert foe.ours.troubles == []


async def test_a_room_that_states_nothing_is_given_up(foe: Foe) -> None:
    room = await foe.room()
    await foe.settle()
    assert not foe.left(room)
    await foe.pair.wait(timedelta(days=3))
    await foe.pair.wait(timedelta(hours=2))
    assert foe.left(room)
    assert foe.ours.errand.remembered == 0


@pytest.mark.parametrize(
    "garbage",
    [
        {},
        {"v": 1},
        {"body": "x" * 60_000},
        {"a": {"a": {"a": {"a": {"a": {"a": {"a": {"a": {"a": {"a": 1}}}}}}}}}},
        {"many": list(range(9_000))},
    ],
)
async def test_what_cannot_be_read_changes_nothing_and_is_told_once(foe: Foe, garbage: Any) -> None:
    room = await foe.room(treaty=foe.treaty())
    await foe.settle()
    before = foe.tools.link_of(foe.ours).theirs
    heard = len(foe.ours.heard(foe.ours.ann))
    for n in range(20):
        await foe.state(room, {**garbage, "n": n} if garbage else {})
        await foe.settle()
        await foe.state(room, {**garbage, "m": n} if garbage else {})
        await foe.settle()
    link = foe.tools.link_of(foe.ours)
    assert link.theirs == before
    assert link.health.trouble in {"blank", "unreadable"}
    assert len(foe.ours.heard(foe.ours.ann)) == heard + 1


async def test_older_numbers_and_changed_words_change_nothing(foe: Foe) -> None:
    room = await foe.room(treaty=foe.treaty(seq=5))
    await foe.settle()
    before = foe.tools.link_of(foe.ours).theirs
    await foe.state(room, foe.treaty(seq=3))
    await foe.settle()
    assert foe.tools.link_of(foe.ours).health.trouble == "back"
    await foe.state(room, foe.treaty(seq=5, ended=True))
    await foe.settle()
    link = foe.tools.link_of(foe.ours)
    assert link.theirs == before
    assert link.health.trouble == "changed"


async def test_somebody_else_of_their_server_cannot_speak_for_the_keeper(foe: Foe) -> None:
    room = await foe.room()
    world = foe.pair.dale.world
    place = world.rooms[room]
    world.append(place, "@evil:dale.test", TREATY, foe.treaty(), foe.keeper.id)
    await foe.settle()
    assert foe.tools.link_of(foe.ours).theirs is None


async def test_what_the_homeserver_refuses_is_not_even_a_hint(foe: Foe) -> None:
    room = await foe.room(treaty=foe.treaty())
    await foe.settle()
    world = foe.pair.dale.world
    place = world.rooms[room]
    looks = foe.ours.homeserver.calls.by_kind["look"]
    forged: Event = world.append(place, foe.ours.me, TREATY, foe.treaty(seq=9), foe.keeper.id)
    foe.pair.federation.deliver()
    await foe.ours.settle()
    await foe.ours.errand.round()
    assert foe.ours.homeserver.calls.by_kind["look"] == looks
    assert forged.id not in {one.id for one in foe.ours.world.rooms[room].state.values()}  # type: ignore[index] # an id


async def test_being_put_out_is_told_once_and_what_was_said_still_counts(foe: Foe) -> None:
    room = await foe.room(treaty=foe.treaty())
    await foe.settle()
    before = foe.tools.link_of(foe.ours).theirs
    await foe.keeper.kick(room, foe.ours.me)
    for _ in range(40):
        await foe.pair.wait(timedelta(minutes=70))
    link = foe.tools.link_of(foe.ours)
    assert (link.theirs, link.health.trouble) == (before, "missing")
    assert foe.tools.told(foe.ours, "letterbox") <= 1
    await foe.keeper.invite(room, foe.ours.me)
    await foe.settle()
    await foe.pair.wait(timedelta(hours=2))
    assert foe.tools.link_of(foe.ours).health.trouble is None


async def test_a_flood_from_a_named_keeper_costs_a_few_looks_a_day(foe: Foe) -> None:
    calls = foe.ours.homeserver.calls
    await foe.settle()
    calls.clear()
    facts = foe.ours.keeping.house.seq
    for _ in range(300):
        await foe.room(levels={"state_default": 0})
    await foe.settle()
    assert calls.by_kind["join"] <= 10
    assert calls.by_kind["look"] <= 40
    assert calls.by_kind["create_room"] == 0
    assert foe.ours.keeping.house.seq - facts <= 30
    assert foe.ours.errand.remembered <= 5
    assert len(foe.ours.heard(foe.ours.ann)) <= 8


async def test_a_flood_of_strangers_makes_no_rooms_and_no_words(foe: Foe) -> None:
    world, calls = foe.pair.dale.world, foe.ours.homeserver.calls
    await foe.settle()
    calls.clear()
    facts = foe.ours.keeping.house.seq
    for n in range(9_600):
        room = await Person(world, f"spam{n}").create_room({"invite": [foe.ours.me]})
        assert room
    for n in range(400):
        await Person(world, f"more{n}").create_room({"invite": [foe.ours.me], "is_direct": True})
    await foe.settle()
    assert calls.by_kind["join"] == 0
    assert calls.by_kind["create_room"] <= 60
    assert foe.ours.keeping.house.seq - facts <= 200


async def test_a_server_that_hangs_when_it_is_left_keeps_nobody_here_waiting(foe: Foe) -> None:
    never = asyncio.Event()
    real = foe.ours.homeserver.leave

    async def hang(room: Any) -> None:
        if room not in foe.ours.keeping.house.keys:
            await never.wait()
        await real(room)

    foe.ours.homeserver.leave = hang
    for n in range(100):
        await Person(foe.pair.dale.world, f"spam{n}").create_room({"invite": [foe.ours.me]})
    foe.pair.federation.deliver()
    event = await foe.ours.tell(foe.ours.ann, "!links")
    await foe.ours.push(foe.ours.letters())
    for _ in range(400):
        await asyncio.sleep(0)
        if foe.ours.answers(event):
            break
    assert len(foe.ours.answers(event)) == 1
    never.set()
    await foe.settle()


async def test_nothing_of_who_is_here_reaches_a_letterbox(foe: Foe, tools: Any) -> None:
    await foe.room(treaty=foe.treaty())
    await foe.settle()
    box = foe.ours.world.rooms[tools.box_of(foe.ours)]
    words = " ".join(str(one.content) for one in box.state.values())
    for person in (foe.ours.ann, foe.ours.ben):
        assert person.id not in words
    with pytest.raises(Denied):
        await Person(foe.pair.dale.world, "evil").join(box.id)


async def test_a_letterbox_that_is_upgraded_is_not_followed_unasked(foe: Foe) -> None:
    room = await foe.room(treaty=foe.treaty())
    await foe.settle()
    before = foe.tools.link_of(foe.ours).theirs
    other = await foe.room(treaty=foe.treaty(seq=7, ended=True))
    await foe.keeper.set_state(room, "m.room.tombstone", {"body": "moved", "replacement_room": other})
    await foe.settle()
    link = foe.tools.link_of(foe.ours)
    assert (link.room, link.theirs, link.health.trouble) == (room, before, "moved")
    assert foe.tools.told(foe.ours, "which we do not follow unasked") == 1
    await foe.ours.tell(foe.ours.ann, f"!link with {foe.keeper.id}")
    await foe.settle()
    await foe.pair.wait(timedelta(hours=2))
    link = foe.tools.link_of(foe.ours)
    assert link.room == other
    assert link.theirs.ended


async def test_a_blanked_statement_is_unknown_and_told_once(foe: Foe) -> None:
    room = await foe.room(treaty=foe.treaty())
    await foe.settle()
    before = foe.tools.link_of(foe.ours).theirs
    slot = foe.pair.dale.world.rooms[room].state[TREATY, foe.keeper.id]
    await foe.keeper.redact(room, slot.id)
    for _ in range(3):
        await foe.settle()
        await foe.pair.wait(timedelta(hours=2))
    link = foe.tools.link_of(foe.ours)
    assert (link.theirs, link.health.trouble) == (before, "blank")
    assert foe.tools.told(foe.ours, "which we do not take for a no") == 1


async def test_levels_that_are_opened_later_are_told_and_nothing_read_after_it_counts(foe: Foe) -> None:
    room = await foe.room(treaty=foe.treaty())
    await foe.settle()
    before = foe.tools.link_of(foe.ours).theirs
    await foe.keeper.set_state(room, "m.room.power_levels", LOCKED | {"users_default": 100})
    await foe.state(room, foe.treaty(seq=9, ended=True))
    await foe.settle()
    link = foe.tools.link_of(foe.ours)
    assert (link.theirs, link.health.trouble) == (before, "powers")
    assert foe.tools.told(foe.ours, "others than its keeper could write in it") == 1


async def test_a_room_that_is_larger_than_we_read_is_told_once_and_costs_little(foe: Foe) -> None:
    room = await foe.room(treaty=foe.treaty())
    await foe.settle()
    before, real, looks = foe.tools.link_of(foe.ours).theirs, foe.ours.homeserver.look, 0

    async def look(where: Any) -> Any:
        nonlocal looks
        if where != room:
            return await real(where)
        looks += 1
        raise Denied("M_TOO_LARGE", "The answer is larger than it may be.")

    foe.ours.homeserver.look = look
    for hours in range(48):
        await foe.state(room, foe.treaty(seq=2 + hours))
        await foe.pair.wait(timedelta(hours=1))
    link = foe.tools.link_of(foe.ours)
    assert (link.theirs, link.health.trouble) == (before, "unreadable")
    assert foe.tools.told(foe.ours, "cannot be read") == 1
    assert looks <= 48 * 12
    event = await foe.ours.tell(foe.ours.ann, "!links")
    await foe.settle()
    assert len(foe.ours.answers(event)) == 1


async def test_when_a_statement_says_it_was_made_means_nothing(foe: Foe) -> None:
    """A server can write any time into what it sends; only numbers count."""
    room = await foe.room(treaty=foe.treaty())
    await foe.settle()
    world = foe.pair.dale.world
    for seq, year in ((2, 1), (3, 4_000_000_000_000)):
        event = world.append(world.rooms[room], foe.keeper.id, TREATY, foe.treaty(seq=seq), foe.keeper.id)
        world.events[event.id] = world.rooms[room].state[TREATY, foe.keeper.id] = replace(event, at=year)
        await foe.settle()
        assert foe.tools.link_of(foe.ours).theirs.seq == seq
    older = world.append(
        world.rooms[room], foe.keeper.id, TREATY, foe.treaty(seq=2, ended=True), foe.keeper.id
    )
    world.events[older.id] = world.rooms[room].state[TREATY, foe.keeper.id] = replace(older, at=9 * 10**12)
    await foe.settle()
    link = foe.tools.link_of(foe.ours)
    assert (link.theirs.seq, link.theirs.ended, link.health.trouble) == (3, False, "back")
