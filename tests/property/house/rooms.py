"""Holds the real rooms against the story: who is in them, who is invited, who may do what, and no more."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from crewhall.ground.ids import RoomId
from crewhall.testing.events import JOINS, POWERS, Room
from crewhall.testing.world import World
from house import levels
from house.crews import CrewTold
from house.told import ANYONE, Told


class Rooms:
    """The rooms as the fake homeserver has them. `opened` tells which room a key is; `me` is the keeper."""

    def __init__(self, world: World, me: str, told: Told, opened: dict[str, RoomId]) -> None:
        self.world, self.me, self.told, self.opened = world, me, told, opened
        self.due: dict[tuple[tuple[str, ...], str], int] = {}
        self.fell: dict[tuple[tuple[str, ...], str], int] = {}

    def follow(self, people: Iterable[str], at: datetime) -> None:
        """Remember when the story last gave each of these people less in each room, in milliseconds."""
        for where in levels.places(self.told):
            for person in people:
                now, before = levels.level(self.told, person, where), self.due.get((where, person), 0)
                self.due[where, person] = now
                if now < before:
                    self.fell[where, person] = int(at.timestamp() * 1000)

    def differences(self, people: Iterable[str]) -> Iterator[str]:
        """Yield everything in which the rooms are not as the story says."""
        people = tuple(people)
        for where in levels.places(self.told):
            key = "/".join((self.told.key, *where))
            if key not in self.opened:
                yield f"{key} was never made"
                continue
            room = self.world.room(self.opened[key])
            if room.membership(self.me) != "join":
                yield f"the keeper is not in {key}"
                continue
            for person in people:
                waits = self._waits(key, person)
                if not waits or person in self.told.shut:
                    yield from self._people(key, where, room, person)
                if not waits:
                    yield from self._level(key, where, room, person)
            yield from self._doors(key, where, room)
        for name, crew in self.told.crews.items():
            yield from self._crew(f"{self.told.key}/crew/{name}", crew, people)

    def _people(self, key: str, where: tuple[str, ...], room: Room, person: str) -> Iterator[str]:
        told, now = self.told, room.membership(person)
        if person in told.shut and now in {"join", "invite", "knock"}:
            yield f"{person} is {now} in {key}, and the doors are closed"
        if where == () or (where[0] == "rung" and len(where) == 2):
            rung = where[1] if where else ANYONE
            yield from self._space(key, rung, room, person)
            return
        rungs = told.rungs
        opening = [ANYONE] if where[0] != "rung" else rungs[rungs.index(where[1]) :]
        inside = any(person in (told.inside if rung == ANYONE else told.on[rung]) for rung in opening)
        was = any(person in (told.gone if rung == ANYONE else told.down[rung]) for rung in opening)
        if now in {"join", "invite"} and not inside:
            if was:
                yield f"{person} is {now} in {key}, having given up what opens it"
            elif not self._by_hand(room, person):
                yield f"{person} is {now} in {key}, and nothing opened it"

    def _space(self, key: str, rung: str, room: Room, person: str) -> Iterator[str]:
        told, now = self.told, room.membership(person)
        stands = person in (told.inside if rung == ANYONE else told.on[rung])
        if stands != (now == "join"):
            yield f"{person} is {now or 'nothing'} in {key}, but stands there: {stands}"
        if stands or now == "ban":
            return
        rule = told.charter.door.rule
        if rung != ANYONE:
            rule = next(one.door for one in told.charter.rungs if one.key == rung)
        if told.awaited(person, rung) and person not in told.shut:
            if now != "invite":
                yield f"{person} is {now or 'nothing'} in {key}, though the rule invites them"
        elif now == "invite" and (rule is not None or person in told.turned[rung]):
            yield f"{person} is invited to {key} past the rule"

    def _level(self, key: str, where: tuple[str, ...], room: Room, person: str) -> Iterator[str]:
        told, policy = self.told, self.told.charter.drift.powers
        due = levels.level(told, person, where)
        has = room.levels("users").get(person, 0)
        if has == due:
            return
        by_hand = self._hand_given(room, person)
        if has < 0 and by_hand is not None:
            return  # muted by people
        if due < has and self._last_key(room, person):
            return
        said = f"{person} has {has} in {key}, and the story gives {due}"
        if has < due:
            yield said
        elif by_hand is None:
            yield f"{said}, by nobody's hand"
        elif by_hand < self.fell.get((where, person), 0):
            yield f"{said}, and they have lost something since"
        elif policy != "respect" and not {*told.drifts, *told.left_so} & {(key, "powers")}:
            yield f"{said}, and nobody is asked"

    def _doors(self, key: str, where: tuple[str, ...], room: Room) -> Iterator[str]:
        told, rungs = self.told, self.told.rungs
        if (key, "doors") in told.drifts or (key, "doors") in told.left_so or self._waits(key):
            return
        if where == ():
            rule, opening = told.charter.door.join, []
        elif where[0] == "rung" and len(where) == 2:
            rule, opening = "invite", []
        elif where[0] == "rung":
            rule = "restricted"
            opening = [f"{told.key}/rung/{rung}" for rung in rungs[rungs.index(where[1]) :]]
        else:
            rule, opening = "restricted", [told.key]
        content = room.content(JOINS) or {}
        allow = content.get("allow")
        listed = {entry["room_id"] for entry in allow} if isinstance(allow, list) else set()
        if content.get("join_rule") != rule or listed != {self.opened[one] for one in opening}:
            yield f"the door of {key} is {content}, not {rule} for {opening}"

    def _crew(self, key: str, crew: CrewTold, people: Iterable[str]) -> Iterator[str]:
        if crew.ended in {"kept", "read-only"}:
            return  # its people keep their rooms as they are
        for one, (may, must) in self._of_crew(key, crew).items():
            if one not in self.opened:
                if not crew.ended:
                    yield f"{one} was never made"
                continue
            room = self.world.room(self.opened[one])
            for person in people:
                now = room.membership(person)
                inside = now in {"join", "invite"}
                if inside and (crew.ended or person not in may | must):
                    yield f"{person} is {now} in {one}, and has no part in it"
                elif one == key and not crew.ended and (now == "join") != (person in crew.seats):
                    yield f"{person} is {now or 'nothing'} in {one}, seated: {person in crew.seats}"
                elif not inside and person in must and now != "ban":
                    yield f"{person} is {now or 'nothing'} in {one}, and should be asked in"
                if room.levels("users").get(person, 0) > 0:
                    yield f"{person} stands above the others in {one}"

    def _of_crew(self, key: str, crew: CrewTold) -> dict[str, tuple[set[str], set[str]]]:
        """Return who may be in each of a crew's rooms, and who should be asked in."""
        expected = {key: (crew.seats, crew.offers)}
        if crew.people:
            expected[f"{key}/space"] = (crew.seats, crew.seats - crew.away["space"])
        for leaf in self.told.charter.crews.leaves:  # the rooms of others are their people's own
            for room in leaf.rooms if leaf.key in crew.people else ():
                theirs, away = crew.people[leaf.key], crew.away[f"{leaf.key}/{room.key}"]
                expected[f"{key}/{leaf.key}/{room.key}"] = (theirs, theirs - away)
        return expected

    def _waits(self, key: str, person: str = "") -> bool:
        """Return whether something waits here for a yes that concerns somebody (or anything)."""
        parts = [part for part in self.told.plan.parts if part.room == key] if self.told.plan else []
        return any(
            not person
            or person in {*part.invited, *part.removed, *part.let_go, *(level[0] for level in part.levels)}
            for part in parts
        )

    def _by_hand(self, room: Room, person: str) -> bool:
        """Return whether a human invited somebody last."""
        mine = [e for e in room.timeline if e.key == person and e.membership == "invite"]
        return bool(mine) and mine[-1].sender != self.me

    def _hand_given(self, room: Room, person: str) -> int | None:
        """Return when a human gave somebody the level that they have, None if it was the keeper."""
        by, last, at = self.me, 0, 0
        for event in room.timeline:
            if event.kind == POWERS and event.key is not None:
                users = event.content.get("users")
                now = users.get(person, 0) if isinstance(users, dict) else 0
                by, last, at = (event.sender, now, event.at) if now != last else (by, last, at)
        return at if by != self.me else None

    def _last_key(self, room: Room, person: str) -> bool:
        """Return whether somebody holds the key, and nobody else who is here does."""
        users = room.levels("users")
        others = (one for one in users if one not in {person, self.me})
        bar = min(99, levels.keyholders(self.told))
        if users.get(person, 0) < bar:
            return False
        return not any(users[one] >= bar and room.membership(one) in {"join", "invite"} for one in others)


def leftover(told: Told, plan_keys: Iterable[str]) -> set[str]:
    """Return the rooms for which there is a second plan, though nothing waits there."""
    waits = {part.room for part in told.plan.parts} if told.plan is not None else set()
    return set(plan_keys) - waits
