"""Brings rooms from what they are to what they should be, one room or all of them.

::

    settle(key)   not there: make it, list it, invite      (nothing is read before, nothing read back)
                  there:     look -> plan -> guard -> apply
    survey()      one look a room; what people did meanwhile is told to `on_look`
    plan()        survey -> one plan for everything        carry_out(plan): guard -> apply

Matrix state knows no compare-and-set: each write is built on what the same look has seen, and a refusal is
answered by another look, a few times. With nothing to change nothing is written.
"""

from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final, Protocol

from immutables import Map

from crewhall import house as rules
from crewhall.errors import TryLater
from crewhall.flows.allowing import concerns_of
from crewhall.flows.carrying import Hands, OnConduct, uncounted
from crewhall.flows.conducting import conduct
from crewhall.flows.drifting import restored
from crewhall.flows.keeping import Keeping
from crewhall.flows.report import Refused, Report, Waiting
from crewhall.flows.settling import OnDrift, OnLook, OnReplaced, Settler
from crewhall.flows.surveying import Surveyor
from crewhall.ground.drift import Found
from crewhall.ground.guard import Concern, by_community, community_of
from crewhall.ground.hall import House, Opened
from crewhall.ground.ids import CommunityKey, RoomKey
from crewhall.ground.links import whole
from crewhall.ground.rooms import RoomSeen, RoomWish
from crewhall.ground.sight import Sight
from crewhall.ground.steps import Blocked, Create, Plan
from crewhall.ports import Clock, Homeserver

__all__ = ["Again", "Reconciler", "Refused", "Report", "Settled", "Waiting", "Wishes"]

NOTHING: Final = Report()
STALE: Final = Concern("stale")
OnBlocked = Callable[[RoomKey, tuple[Blocked, ...]], None]


class Wishes(Protocol):
    """What should be, asked of the house; `crewhall.house` is the one that counts."""

    def rooms(self, house: House, /) -> Iterable[RoomKey]:
        """Return the keys of all rooms that should exist."""
        ...

    def wish(self, house: House, key: RoomKey, /) -> RoomWish | None:
        """Return a room as it should be."""
        ...


@dataclass(frozen=True, slots=True)
class Settled:
    """Nothing differs any more, apart from what a person must put right first."""

    report: Report = NOTHING


@dataclass(frozen=True, slots=True)
class Again:
    """Some of it did not work now; come again, not before `after` if it is told."""

    after: timedelta | None
    report: Report = NOTHING


async def _unasked(_key: RoomKey, _found: tuple[Found, ...]) -> None:
    return


async def _unheard(_key: RoomKey, _seen: RoomSeen) -> None:
    return


async def _unfollowed(_key: RoomKey, _seen: RoomSeen) -> bool:
    return False


def _untold(_key: RoomKey, _blocked: tuple[Blocked, ...]) -> None:
    return


class Reconciler:
    """The keeper's rooms, brought to what the ledger says.

    `on_look` hears every look before it is acted on, so that what people did meanwhile counts first;
    `on_drift` hears what was changed by hand, `on_replaced` of tombstones, and `on_blocked` what is in the
    way, as often as it is met.
    `on_conduct` hears of each plan that was carried out.
    """

    def __init__(
        self,
        homeserver: Homeserver,
        keeping: Keeping,
        clock: Clock,
        concurrency: int = 8,
        *,
        on_look: OnLook = _unheard,
        on_drift: OnDrift = _unasked,
        on_replaced: OnReplaced = _unfollowed,
        on_blocked: OnBlocked = _untold,
        on_conduct: OnConduct = uncounted,
        wishes: Wishes = rules,
    ) -> None:
        self.homeserver = homeserver
        self.keeping = keeping
        self._on_look = on_look
        self._on_blocked = on_blocked
        self._wishes = wishes
        self.hands = Hands(homeserver, keeping, clock, concurrency, self._wish, on_conduct=on_conduct)
        self._on_drift = on_drift
        self.afar = self.hands.afar
        self._on_replaced = on_replaced
        self._settler = Settler(self.hands, on_look, on_drift, on_replaced)
        self._surveyor = Surveyor(self.hands, on_look, concurrency)
        self._planned: dict[CommunityKey | None, tuple[str, Sight]] = {}

    async def settle(self, key: RoomKey, confirmed: str | None = None) -> Settled | Again | Waiting:
        """Bring one room to what it should be. Raises only `TokenRefused`."""
        try:
            report = await self._settler.settle(key, confirmed)
        except TryLater as later:
            return Again(later.after)
        report = report.stuck()
        if report.blocked:
            self._on_blocked(key, report.blocked)
        if report.soon:
            return Again(report.after, report)
        if report.waiting:
            return report.waiting[0]
        return Settled(report)

    async def attend(self, key: RoomKey) -> Settled | Waiting:
        """Settle; raise `TryLater` if it has to be done again. For `crewhall.flows.latest.Latest`."""
        outcome = await self.settle(key)
        if isinstance(outcome, Again):
            raise TryLater(f"{key} is not settled", outcome.after)
        return outcome

    async def survey(self, community: CommunityKey | None = None) -> Sight:
        """Look once at every room there is, of one community or all. Raises `TryLater`, `TokenRefused`.

        Under the empty key is what belongs to no community: private chats, the control room.
        """
        return await self._survey(community, search=False)

    async def plan(self, community: CommunityKey | None = None) -> Plan:
        """Return what would change. Rooms unknown to the ledger are first searched by their address."""
        return await self._plan(community, search=True)

    def sight(self, plan: Plan) -> Sight | None:
        """Return what a plan was made from, None if that was not the latest look."""
        found = (sight for fingerprint, sight in self._planned.values() if fingerprint == plan.fingerprint)
        return next(found, None)

    def risks(self, plan: Plan) -> tuple[str, ...]:
        """Return why a plan, or some community's part of it, waits for a yes; empty if it does not."""
        if not plan:
            return ()
        sight = self.sight(plan)
        return tuple(map(str, self.concerns(plan, sight) if sight is not None else (STALE,)))

    def concerns(self, plan: Plan, sight: Sight) -> tuple[Concern, ...]:
        """Return why a plan that was made from this look, or a part of such a plan, waits for a yes."""
        return concerns_of(plan, sight, self.keeping.house, self.hands.clock.now())

    async def carry_out(self, plan: Plan, confirmed: str | None = None) -> Report:
        """Do what a plan says, each community's part of it if it is safe.

        `confirmed` is the fingerprint of the plan or of such a part, which is then done.
        Raises `TokenRefused`.
        """
        sight = self.sight(plan) if plan else Sight(self.homeserver.me)
        waiting: list[Waiting] = []
        if sight is None:
            sight = Sight(self.homeserver.me)
            if confirmed != plan.fingerprint:
                waiting = [Waiting(plan.fingerprint, plan, (STALE,))]
        elif confirmed != plan.fingerprint:
            for own in by_community(plan).values():
                if confirmed != own.fingerprint and (concerns := self.concerns(own, sight)):
                    waiting.append(Waiting(own.fingerprint, own, concerns))
        waits = {id(step) for one in waiting for step in one.plan.steps}
        steps = tuple(step for step in plan.steps if id(step) not in waits)
        if not waits:  # a look is large, and this one has served
            self._planned = {k: v for k, v in self._planned.items() if v[0] != plan.fingerprint}
        named = dict.fromkeys(step.key for step in steps)
        found = {key: self.hands.finds(key, sight.rooms[key]) for key in named if key in sight.rooms}
        first = await conduct(self.hands, steps, sight.rooms)
        for key, drifts in found.items():
            await restored(self.keeping, self.hands.clock, key, drifts, first.done)
        report = replace(first, blocked=plan.blocked, waiting=tuple(waiting), again=frozenset())
        report += await self._follow_up(first)
        for key in dict.fromkeys(b.key for b in report.blocked):
            self._on_blocked(key, tuple(b for b in report.blocked if b.key == key))
        return report

    async def found(self, community: CommunityKey) -> Report:
        """Make all rooms of a community, or go on where it stopped."""
        return await self.carry_out(await self._plan(community, search=False))

    async def _survey(self, community: CommunityKey | None, *, search: bool) -> Sight:
        keys = tuple(self._keys(community))
        sight = await self._surveyor.look_at(keys, search=search)
        for key in keys:
            room, wish = self._rooms.get(key), self._wish(key)
            if room is None or wish is None or wish.listing is None:
                continue
            space = sight.rooms.get(wish.listing.space)
            if space is not None and room.room in space.children:
                self.hands.linked[key] = wish.listing.space
        return sight

    async def _plan(self, community: CommunityKey | None, *, search: bool) -> Plan:
        sight = await self._survey(community, search=search)
        if await self._follow(sight):
            sight = await self._survey(community, search=search)
        wishes = (wish for key in self._keys(community) if (wish := self._wish(key)) is not None)
        for key, seen in sight.rooms.items():
            await self._on_drift(key, self.hands.finds(key, seen))
        plan = whole(wishes, sight, self._rooms, self.homeserver.me, self.hands.memory_of)
        self._planned[community] = (plan.fingerprint, sight)
        return plan

    async def _follow(self, sight: Sight) -> bool:
        """Have tombstones followed; return whether a room is another one by now."""
        found = False
        for key, seen in sight.rooms.items():
            if seen.tombstone is not None:
                with suppress(TryLater):  # its room alone waits for it
                    found = await self._on_replaced(key, seen) or found
        return found

    async def _follow_up(self, report: Report) -> Report:
        """Look at the rooms that were there already, and at those that let in members of new ones."""
        made = {step.key for step in report.done if isinstance(step, Create)}
        keys = set(report.again)
        for key in self._keys(None) if made else ():
            wish = self._wish(key) if key not in made and key in self._rooms else None
            if wish is not None and made.intersection(wish.join.allow):
                keys.add(key)
        total = Report()
        for key in sorted(keys):
            match await self.settle(key):
                case Settled(report=found):
                    total += found
                case Again(after=after, report=found):
                    total += found + Report(after=after, again=frozenset({key}))
                case Waiting() as waiting:
                    total += Report(waiting=(waiting,))
        return total

    def _keys(self, community: CommunityKey | None) -> Iterable[RoomKey]:
        for key in self._wishes.rooms(self.keeping.house):
            if community is None or community_of(key) == community:
                yield key

    def _wish(self, key: RoomKey) -> RoomWish | None:
        return self._wishes.wish(self.keeping.house, key)

    @property
    def _rooms(self) -> Map[RoomKey, Opened]:
        return self.keeping.house.rooms
