"""Decides what one event from the inbox is: a command, a gesture, an answer, something taken back, nothing.

::

    event -> what it is -> the rule of the house -> one ledger entry: facts, words, the inbox row done

The entry's cause is the event's id, so that hearing it again writes and says nothing new. An entry that was
decided on old facts is decided again. Never answered: notices, edits, ourselves, and whatever was said before
the keeper came in.
"""

from collections.abc import Callable, Iterable
from datetime import timedelta
from functools import partial
from math import ceil
from typing import Final

from crewhall import house as rules
from crewhall.errors import TryLater
from crewhall.flows.addressing import bare, is_being_posted
from crewhall.flows.budget import Budget, Verdict
from crewhall.flows.chats import Chats
from crewhall.flows.counting import count
from crewhall.flows.doors import Doors, chat_left
from crewhall.flows.heard import Heard, Threads, line_of, read
from crewhall.flows.keeping import Keeping
from crewhall.flows.manners import Manners
from crewhall.flows.recording import Occasion, Recorder, merged
from crewhall.ground.hall import House
from crewhall.ground.hearsay import MEMBER, mapping, membership_of, text
from crewhall.ground.ids import EventId, RoomId, RoomKey, UserId
from crewhall.ground.rooms import OURS, Membership, RoomSeen
from crewhall.ground.talk import (
    Answer,
    Asked,
    Decision,
    Gesture,
    Invitation,
    Outcome,
    Refusal,
    Say,
    Sentence,
    ToPerson,
)
from crewhall.house import commands
from crewhall.ports import Clock, Homeserver, Incoming

Poke = Callable[[Iterable[RoomKey]], None]
"""Has rooms looked at; must not wait."""

_AWAITED: Final = 1_000


def _unheeded(_room: RoomId) -> None:
    return


class Hearing:
    """What the keeper makes of what it hears. `threads` is shared with the voice.

    `hint` is told of rooms that are not ours in which something of ours was said; it must not wait. Nor must
    `later`, which has invitations declined: that may take as long as the other server likes.
    """

    def __init__(
        self,
        keeping: Keeping,
        homeserver: Homeserver,
        clock: Clock,
        chats: Chats,
        *,
        poke: Poke,
        manners: Manners | None = None,
        threads: Threads | None = None,
        hint: Callable[[RoomId], None] = _unheeded,
        later: Callable[[RoomId], None] | None = None,
    ) -> None:
        self._keeping = keeping
        self._ledger = keeping.ledger
        self._homeserver = homeserver
        self._clock = clock
        self._recorder = Recorder(keeping, chats)
        self._poke = poke
        self._manners = manners or Manners()
        self._threads = threads or Threads()
        self._hint = hint
        self._budget = Budget(self._manners.commands_per_minute)
        strangers = Budget(self._manners.commands_per_minute)
        self._doors = Doors(keeping, homeserver, clock, strangers, later)

    async def hear(self, incoming: Incoming) -> bool:
        """Do what follows from an event; return whether the ledger knows already that it is handled.

        Raises `TryLater` if it cannot be decided now.
        """
        heard = read(incoming)
        if heard.sender == self._homeserver.me:
            return False
        place = await self._place(heard.room)
        if heard.kind == MEMBER and heard.key == self._homeserver.me:
            return await self._keeper_moved(heard, place)
        if place is None:
            return await self._strange(heard)
        match heard.kind:
            case "m.room.message" if heard.key is None:
                return await self._message(heard, place)
            case "m.reaction" if heard.key is None:
                return await self._reaction(heard, place)
            case "m.room.redaction":
                return await self._redaction(heard, place)
            case "m.room.member" if heard.key is not None:
                return await self._moved(heard, place)
            case "m.room.encryption" if heard.key == "":
                return await self._recorder.record(_occasion(heard), partial(rules.sealed, key=place))
            case _ if heard.key is not None:
                self._doors.note(heard)
                self._poke((place,))
            case _:
                pass
        return False

    async def looked(self, key: RoomKey, seen: RoomSeen) -> None:
        """Take what a look shows as gestures: what was missed counts now, the rest again.

        Raises `TryLater`.
        """
        now = self._clock.now()
        if seen.tombstone is not None:
            return  # who goes from here goes to where it went on
        if seen.encrypted and rules.sealed(self._keeping.house, key) is not None:
            await self._recorder.record(Occasion(f"sealed:{seen.room}", now), partial(rules.sealed, key=key))
        for person, member in seen.members.items():
            if person == self._homeserver.me:
                continue
            told = Gesture(
                place=key,
                person=person,
                membership=member.membership,
                by=member.sender,
                cause=member.event,
                at=now,
                me=self._homeserver.me,
                reason=member.reason,
            )
            if _felt(self._keeping.house, told) is not None:
                self._doors.has_looked(key)
                await self._recorder.record(Occasion(member.event, now), partial(_felt, gesture=told))

    async def _place(self, room: RoomId) -> RoomKey | None:
        """Return which managed room this is; another process may just have made it."""
        if room not in self._keeping.house.keys:
            await self._keeping.refresh()
        return self._keeping.house.keys.get(room)

    async def _keeper_moved(self, heard: Heard, place: RoomKey | None) -> bool:
        """Turn to a room that the keeper was invited to or put out of; strangers' rooms are never entered."""
        if place is None and heard.content.get("membership") == "invite":
            place = self._doors.awaited(heard) or await self._doors.adopted(heard.room)
            if place is None and await self._is_business(heard):
                self._hint(heard.room)
                return True
            if place is None:
                await self._doors.turn_away(heard.room)
                talks = self._doors.is_wish_to_talk(heard)
                if not talks or self._budget.spend(heard.sender, self._clock.now()) is not Verdict.ANSWER:
                    return False
                said = Decision(says=(Say(ToPerson(heard.sender), Sentence("chat-here"), must=True),))
                return await self._answer(heard, said)
        if place is not None:
            self._poke((place,))
        return False

    async def decline(self, room: RoomId) -> None:
        """Say no to an invitation. Raises `TryLater`."""
        await self._doors.decline(room)

    async def _strange(self, heard: Heard) -> bool:
        """Turn to a room that is not ours, or not yet, or no more: there old questions can be answered."""
        former = self._keeping.house.former.get(heard.room)
        if former is not None and heard.kind in {"m.reaction", "m.room.redaction"}:
            hear = self._reaction if heard.kind == "m.reaction" else self._redaction
            return await hear(heard, former.key)
        if heard.key is not None and heard.kind.startswith(OURS):
            self._hint(heard.room)
        elif former is None:
            await self._doors.wait_if_ours(heard)
        return False

    async def _is_business(self, heard: Heard) -> bool:
        """Return whether a bridge wants the keeper to go where it was asked in, and has it written down."""
        asked = Invitation(heard.room, heard.sender, heard.id, heard.at, self._homeserver.me)
        if rules.invited(self._keeping.house, asked) is None:
            return False
        return await self._recorder.record(_occasion(heard), lambda house: rules.invited(house, asked))

    async def _message(self, heard: Heard, place: RoomKey) -> bool:
        house, now = self._keeping.house, self._clock.now()
        private = place in house.people
        if private and house.people[place] != heard.sender:
            return False
        if not commands.listens(house, place) or self._doors.came_before(heard, place):
            return False
        line = line_of(heard, self._homeserver.me, self._manners.name, private=private)
        if line is None or (not private and not commands.concerns(line)):
            return False
        self._threads.note(heard.id, heard.content)
        match self._budget.spend(heard.sender, now):
            case Verdict.SILENCE:
                return False
            case Verdict.TELL:
                most = self._manners.commands_per_minute
                return await self._answer(heard, Refusal(Sentence("hear-too-many", {"most": most})))
            case Verdict.ANSWER:
                pass
        age = self._manners.command_age
        if now - heard.said > age:
            hours = ceil(age / timedelta(hours=1))
            return await self._answer(heard, Refusal(Sentence("hear-too-late", {"hours": hours})))
        asked = self._asked(heard, None if private else place)
        await self._manners.before(line, asked)
        await count(self._keeping, line, asked)
        return await self._recorder.record(
            _occasion(heard, heard.sender), lambda house: commands.decide(house, line, asked)
        )

    async def _answer(self, heard: Heard, outcome: Outcome) -> bool:
        return await self._recorder.record(_occasion(heard, heard.sender), lambda _house: outcome)

    async def _reaction(self, heard: Heard, place: RoomKey) -> bool:
        relation = mapping(heard.content.get("m.relates_to"))
        event, choice = EventId(text(relation.get("event_id"))), bare(text(relation.get("key")))
        if relation.get("rel_type") != "m.annotation" or not event or not choice:
            return False
        if self._keeping.house.people.get(place, heard.sender) != heard.sender:
            return False
        posted = await self._ledger.card(heard.room, event)
        if posted is None:
            if is_being_posted(self._keeping.house, await self._ledger.unsaid(_AWAITED), heard.room, choice):
                raise TryLater("a card is being posted there")  # it stands before the ledger knows where
            return False
        card = posted.card
        if choice not in map(bare, card.choices):
            return False
        given = Answer(card, heard.sender, choice, heard.id, heard.at, self._homeserver.me)
        return await self._recorder.record(
            _occasion(heard, heard.sender), lambda house: rules.answer(house, given)
        )

    async def _redaction(self, heard: Heard, place: RoomKey) -> bool:
        records = await self._ledger.caused_by(heard.redacts) if heard.redacts else ()
        if not records:
            return False
        asked = self._asked(heard, None if place in self._keeping.house.people else place)
        return await self._recorder.record(
            _occasion(heard, heard.sender), lambda house: merged(commands.withdraw(house, records, asked))
        )

    async def _moved(self, heard: Heard, place: RoomKey) -> bool:
        membership = membership_of(heard.content.get("membership"))
        if membership is None or await self._doors.has_moved(heard.room, membership):
            return False
        gesture = self._gesture(heard, place, membership, membership_of(heard.before.get("membership")))
        done = False
        felt = _felt(self._keeping.house, gesture) is not None
        if felt and not await self._doors.is_overtaken(heard, gesture):
            done = await self._recorder.record(_occasion(heard), partial(_felt, gesture=gesture))
        if self._doors.differs(gesture):
            self._poke((place,))
        return done

    def _gesture(
        self, heard: Heard, place: RoomKey, membership: Membership, was: Membership | None = None
    ) -> Gesture:
        return Gesture(
            place=place,
            person=UserId(heard.key or ""),
            membership=membership,
            by=heard.sender,
            cause=heard.id,
            at=heard.at,
            me=self._homeserver.me,
            was=was,
            reason=text(heard.content.get("reason")),
        )

    def _asked(self, heard: Heard, place: RoomKey | None) -> Asked:
        operator = heard.sender in self._manners.operators
        return Asked(
            heard.sender, heard.room, place, heard.id, heard.at, self._homeserver.me, operator=operator
        )


def _felt(house: House, gesture: Gesture) -> Decision | None:
    """Return what follows from a gesture, None if nothing does."""
    return merged((*chat_left(house, gesture), *rules.gesture(house, gesture)))


def _occasion(heard: Heard, asker: UserId | None = None) -> Occasion:
    return Occasion(heard.id, heard.at, heard.room, heard.id, asker, heard.row)
