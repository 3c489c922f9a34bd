"""People act at random, in the fake and in a real Synapse: each act ends the same, and so do the rooms.

A walk that parts names the act; its seed repeats it. Everything is said by position in the cast, since the
two homeservers name people and rooms differently.
"""

import random
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pytest

from crewhall.errors import Denied
from crewhall.ground.ids import RoomId, UserId
from crewhall.testing.contracts import Somebody, Stage
from crewhall.testing.contracts.stage import JOINS, POWERS, room

CAST = ("ann", "bob", "cleo", "dan")
NOTE = "org.example.note"
RULES = ("public", "invite", "knock", "restricted", "knock_restricted", "private")
ACTS = (
    *("join", "join", "leave", "knock", "invite", "kick", "ban", "unban", "take key", "drop key"),
    *("keeper invites", "keeper removes", "keeper gives", "give", "give", "take", "raise", "raise event"),
    *("rule", "note", "own note", "say", "read"),
)


@dataclass(frozen=True)
class Act:
    what: str
    who: int
    whom: int
    level: int
    word: str


def acts(seed: int, count: int) -> Iterator[Act]:
    chance = random.Random(seed)  # noqa: S311 - a walk, not a secret
    for _ in range(count):
        what = chance.choice(ACTS)
        # The keeper stays in the room and in power: it tells what became of it.
        whom = chance.randrange(1 if what.startswith("keeper") else 0, len(CAST) + 1)
        level = chance.choice([0, 1, 49, 50, 51, 60, 99, 100, 101, 150])
        word = {
            "rule": chance.choice(RULES),
            "raise": chance.choice(["invite", "kick", "ban", "redact", "state_default", "users_default"]),
            "raise event": chance.choice([NOTE, POWERS, JOINS, "m.room.message"]),
        }.get(what, "")
        yield Act(what, chance.randrange(len(CAST)), whom, level, word)


class Side:
    """One of the two homeservers, with the same cast."""

    def __init__(self, stage: Stage, people: list[Somebody], key: RoomId, place: RoomId) -> None:
        self.keeper = stage.keeper
        self.people = people
        self.ids = [stage.keeper.me, *(person.id for person in people)]
        self.key = key
        self.room = place

    @classmethod
    async def of(cls, stage: Stage, version: str) -> "Side":
        people = [await stage.person(name) for name in CAST]
        key = await room(stage, version=version, rule="public")
        place = await room(stage, version=version, rule="public", events={POWERS: 50})
        return cls(stage, people, key, place)

    async def ends(self, act: Act) -> str:
        """Carry an act out; return "" or the code with which it was refused."""
        try:
            await self._doing(act)
        except Denied as no:
            return no.code
        return ""

    async def seen(self) -> object:
        seen = await self.keeper.look(self.room)
        places = {person: place for place, person in enumerate(self.ids)}
        members = {
            places[person]: (member.membership, places[member.sender], member.reason)
            for person, member in seen.members.items()
        }
        users = {places[person]: level for person, level in users_of(seen.powers).items()}
        return members, {**seen.powers, "users": users}, seen.joins.get("join_rule")

    def _doing(self, act: Act) -> Awaitable[object]:
        who, whom = self.people[act.who], self.ids[act.whom]
        ways: dict[str, Callable[[], Awaitable[object]]] = {
            "join": lambda: who.join(self.room),
            "leave": lambda: who.leave(self.room),
            "knock": lambda: who.knock(self.room, "please"),
            "invite": lambda: who.invite(self.room, whom),
            "kick": lambda: who.kick(self.room, whom, "out"),
            "ban": lambda: who.ban(self.room, whom, "out for good"),
            "unban": lambda: who.unban(self.room, whom),
            "take key": lambda: who.join(self.key),
            "drop key": lambda: who.leave(self.key),
            "keeper invites": lambda: self.keeper.invite(self.room, whom),
            "keeper removes": lambda: self.keeper.remove(self.room, whom, "decided"),
            "keeper gives": lambda: self._keeper_gives(whom, act.level),
            "give": lambda: who.give_power(self.room, {whom: act.level}),
            "take": lambda: self._change(who, lambda p: {"users": without(users_of(p), whom)}),
            "raise": lambda: self._change(who, lambda _: {act.word: act.level}),
            "raise event": lambda: self._change(
                who, lambda p: {"events": {**p["events"], act.word: act.level}}
            ),
            "rule": lambda: who.set_state(self.room, JOINS, self._rule(act.word)),
            "note": lambda: who.set_state(self.room, NOTE, {"n": act.level % 2}),
            "own note": lambda: who.set_state(self.room, NOTE, {"n": act.level % 2}, whom),
            "say": lambda: who.say(self.room, "hello"),
            "read": lambda: who.state(self.room, JOINS),
        }
        return ways[act.what]()

    async def _change(self, who: Somebody, change: Callable[[Any], Mapping[str, object]]) -> None:
        standing = await who.state(self.room, POWERS)
        await who.set_state(self.room, POWERS, {**standing, **change(standing)})

    async def _keeper_gives(self, whom: UserId, level: int) -> None:
        standing = await self.keeper.state(self.room, POWERS) or {}
        content = {**standing, "users": {**users_of(standing), whom: level}}
        await self.keeper.put_state(self.room, POWERS, "", content)

    def _rule(self, rule: str) -> dict[str, object]:
        allow = [{"type": "m.room_membership", "room_id": self.key}] if "restricted" in rule else None
        return {"join_rule": rule} | ({"allow": allow} if allow else {})


def users_of(powers: Mapping[str, Any]) -> dict[UserId, int]:
    return dict(powers.get("users", {}))


def without(users: dict[UserId, int], person: UserId) -> dict[UserId, int]:
    return {other: level for other, level in users.items() if other != person}


@pytest.mark.homeserver
@pytest.mark.parametrize("seed", [2, 9, 18])
@pytest.mark.parametrize("version", ["11", "12"])
async def test_the_fake_and_synapse_never_part(
    version: str, seed: int, in_process: Stage, on_synapse: Stage
) -> None:
    fake, real = await Side.of(in_process, version), await Side.of(on_synapse, version)
    past: list[tuple[Act, str]] = []
    for act in acts(seed, 100):
        past.append((act, await real.ends(act)))
        assert (await fake.ends(act), act) == (past[-1][1], act), past[-5:]
        if len(past) % 10 == 0:
            assert await fake.seen() == await real.seen(), past[-10:]
    assert sum(not code for _, code in past) > 20, "too few acts are done at all"
