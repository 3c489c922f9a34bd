"""Forgets who asked for it: out of every room, out of the chat, out of the ledger; goes on after a crash.

::

    yes -> removed from all rooms, everything given up by the capabilities' own rules
        -> (nothing of theirs waits to be heard or said) -> their chat is closed
        -> (nothing of theirs waits to be heard) -> the ledger forgets, and so does this run

Each arrow takes a beat of its own, so that the homeserver's echo of one step is heard before the next. What
is left to do is read from the house and the rooms, never remembered.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from crewhall import house as rules
from crewhall.errors import Denied, TryLater
from crewhall.flows.keeping import Keeping
from crewhall.flows.recording import Occasion, Recorder, merged
from crewhall.ground import ids
from crewhall.ground.capability import Going
from crewhall.ground.facts import HOUSE, ChatClosed, Fact, Forgotten, RoomClosed, Writing
from crewhall.ground.hall import House
from crewhall.ground.hearsay import MEMBER
from crewhall.ground.ids import EventId, RoomId, RoomKey, UserId
from crewhall.ground.talk import Decision, Gesture, Reply, RoomLink, Say, Sentence, ToPerson
from crewhall.house.parting import is_nobody
from crewhall.ports import Clock, Homeserver

PATIENCE: Final = timedelta(minutes=10)
"""How long last words may take to be said."""
_MOST: Final = 1_000
_STEPS: Final = 200
_HERE: Final = frozenset({"join", "invite", "knock"})
_REASON: Final = "Asked to be forgotten"


class Forgetting:
    """One step further with each `go_on`."""

    def __init__(self, keeping: Keeping, recorder: Recorder, clock: Clock, homeserver: Homeserver) -> None:
        self._keeping = keeping
        self._recorder = recorder
        self._clock = clock
        self._homeserver = homeserver

    async def go_on(self) -> None:
        """Do what can be done now for everybody who is being forgotten. Raises `TryLater`."""
        for person, since in sorted(self._keeping.house.leaving.items()):
            if is_nobody(person):
                await self._finish(person)
            elif await self._is_out(person, since) and not await self._waits(person, since):
                if person in self._keeping.house.chats:
                    await self._close(person, since)
                else:
                    await self._keeping.forget(person)
                    for nobody in filter(is_nobody, self._keeping.house.leaving):
                        await self._done(nobody)

    async def _finish(self, nobody: UserId) -> None:
        """Finish what a crash or a reader of the file interrupted: the name is gone, its bytes may not be."""
        await self._keeping.forget(nobody)
        await self._done(nobody)

    async def _done(self, nobody: UserId) -> None:
        await self._write(f"forgotten:{nobody}", Forgotten(nobody))

    async def _is_out(self, person: UserId, since: datetime) -> bool:
        """Have them out of everything; return whether there was nothing left to do."""
        found, stuck = False, []
        for key, room in tuple(_rooms(self._keeping.house)):
            if not await self._is_in(room, person):
                continue
            found = True
            try:
                await self._homeserver.remove(room, person, _REASON)
            except Denied:
                stuck.append(key)
        if stuck:
            await self._recorder.record(
                self._occasion(person, since, "stuck"), partial(_stuck, person=person, keys=tuple(stuck))
            )
        for hall in self._keeping.house.halls.values():
            if person in hall.shut_out:
                found |= await self._keeps_out(ids.root(hall.key), person)
        return not stuck and not await self._gives_up(person, since) and not found

    async def _keeps_out(self, key: RoomKey, person: UserId) -> bool:
        """Have the homeserver keep out whom a decision keeps out, so that we can forget it."""
        opened = self._keeping.house.rooms.get(key)
        if opened is None:
            return False
        try:
            member = await self._homeserver.state(opened.room, MEMBER, person)
            if member is not None and member.get("membership") == "ban":
                return False
            await self._homeserver.put_state(opened.room, MEMBER, person, {"membership": "ban"})
        except Denied:  # not our room any more, or not in our power
            return False
        return True

    async def _is_in(self, room: RoomId, person: UserId) -> bool:
        try:
            member = await self._homeserver.state(room, MEMBER, person)
        except Denied:  # a room that we are not in is none that we can show anybody out of
            return False
        return member is not None and member.get("membership") in _HERE

    async def _gives_up(self, person: UserId, since: datetime) -> bool:
        """Have the capabilities let go of them; return whether there was anything."""
        given_up = False
        for key, _ in tuple(_rooms(self._keeping.house)):
            occasion = self._occasion(person, since, key)
            gesture = Gesture(
                key,
                person,
                "leave",
                person,
                EventId(occasion.cause),
                occasion.at,
                self._homeserver.me,
                "join",
            )
            given_up |= await self._recorder.record(occasion, partial(_goes, gesture=gesture))
        for n in range(_STEPS):
            occasion = self._occasion(person, since, f"{self._keeping.house.seq}:{n}")
            going = Going(person, occasion.cause, occasion.at, self._homeserver.me)
            if not await self._recorder.record(occasion, partial(_next, going=going)):
                return given_up
            given_up = True
        return True

    async def _waits(self, person: UserId, since: datetime) -> bool:
        """Return whether something of theirs is still to be heard, or to be said to them."""
        for incoming in await self._keeping.ledger.waiting(limit=_MOST):
            if person in (incoming.event.get("sender"), incoming.event.get("state_key")):
                return True
        if self._clock.now() - since > PATIENCE:
            return False
        return any(
            out.say.to == ToPerson(person) or (isinstance(out.say.to, Reply) and out.asker == person)
            for out in await self._keeping.ledger.unsaid(_MOST)
        )

    async def _close(self, person: UserId, since: datetime) -> None:
        """Leave their chat, after them."""
        house = self._keeping.house
        key = house.chats[person]
        facts: tuple[Fact, ...] = (ChatClosed(person, key),)
        if (opened := house.rooms.get(key)) is not None:
            try:
                if await self._is_in(opened.room, person):
                    await self._homeserver.remove(opened.room, person, _REASON)
                await self._homeserver.leave(opened.room)
            except Denied as denied:
                raise TryLater(f"a private chat cannot be closed: {denied}") from denied
            facts = (*facts, RoomClosed(key, opened.room))
        await self._write(self._occasion(person, since, "closed").cause, *facts)

    async def _write(self, cause: str, *facts: Fact) -> None:
        decision = Decision(facts=tuple(Writing(HOUSE, fact) for fact in facts))
        await self._recorder.record(Occasion(cause, self._clock.now()), lambda _house: decision)

    def _occasion(self, person: UserId, since: datetime, what: str) -> Occasion:
        """Return an occasion whose cause names the chat in the person's place, which names nobody."""
        chat = self._keeping.house.chats.get(person, "")
        return Occasion(f"forget:{chat}:{int(since.timestamp())}:{what}", self._clock.now())


def _rooms(house: House) -> Iterator[tuple[RoomKey, RoomId]]:
    """Yield the communities' rooms, the innermost first, then those that have moved since."""
    of_halls = (key for key in house.rooms if ids.hall_of(key) in house.halls)
    for key in sorted(of_halls, key=lambda key: (-key.count("/"), key)):
        yield key, house.rooms[key].room
    for room, before in sorted(house.former.items()):
        if ids.hall_of(before.key) in house.halls:
            yield before.key, room


def _goes(house: House, gesture: Gesture) -> Decision | None:
    return merged(rules.gesture(house, gesture))


def _next(house: House, going: Going) -> Decision | None:
    return next(iter(rules.leaves(house, going)), None)


def _stuck(house: House, person: UserId, keys: tuple[RoomKey, ...]) -> Decision:
    links = tuple(
        RoomLink(key, wish.name if (wish := rules.wish(house, key)) is not None else key) for key in keys
    )
    text = Sentence("forget-stuck", {"rooms": links})
    return Decision(says=(Say(ToPerson(person), text, must=True),))
