"""Brings a whole community to what it should be; what would touch many is shown first, and done after a yes.

::

    one look at all its rooms -> one plan -> doors closed to some?   they are let go at once, whatever waits
                                             a crew without a room? it is made at once, too
                                             safe?                   carried out; a card that stands is closed
                                             more than was shown?    shown, in place of the card that stands
                                             shown, and allowed?     carried out; the card becomes the receipt
                                             shown, no answer yet?   it waits; the rest of the plan does not

The yes is in the ledger, so that a restart asks nothing twice and carries on where it stopped.
"""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from crewhall.errors import TryLater
from crewhall.flows.allowing import never_waits
from crewhall.flows.chats import Chats
from crewhall.flows.keeping import Keeping
from crewhall.flows.reconcile import Reconciler, Settled
from crewhall.flows.recording import Occasion, Recorder
from crewhall.flows.report import Report, Waiting
from crewhall.ground import ids
from crewhall.ground.effects import RoomPart, leftover, parts
from crewhall.ground.guard import Concern, community_of
from crewhall.ground.hall import House
from crewhall.ground.ids import CommunityKey, RoomKey
from crewhall.ground.sight import Sight
from crewhall.ground.steps import Create, Plan
from crewhall.ground.talk import Decision
from crewhall.ground.worn import every
from crewhall.life.plans import deciding, shown
from crewhall.ports import Clock

GATHER: Final = timedelta(seconds=3)
"""How long it is waited before a plan is shown, so that what changes together is shown together."""
_MARK: Final = "*"


class Showing:
    """Whole communities, one at a time each. `poke` has single rooms looked at."""

    def __init__(
        self,
        reconciler: Reconciler,
        keeping: Keeping,
        chats: Chats,
        clock: Clock,
        *,
        poke: Callable[[Iterable[RoomKey]], None],
    ) -> None:
        self._reconciler = reconciler
        self._keeping = keeping
        self._recorder = Recorder(keeping, chats)
        self._clock = clock
        self._poke = poke
        self._met: dict[RoomKey, str] = {}

    def settled(self, key: RoomKey, outcome: Settled | Waiting) -> None:
        """Hear what came of one room; where its plan waits, its whole community is looked at, once a plan."""
        if isinstance(outcome, Settled):
            self._met.pop(key, None)
        elif self._met.get(key) != outcome.fingerprint:
            self._met[key] = outcome.fingerprint
            self._poke((whole_of(community_of(key)),))

    async def tend(self, community: CommunityKey) -> Report:
        """Look at a whole community and do what may be done. Raises `TryLater`, `TokenRefused`."""
        plan, sight, concerns = await self._look(community)
        if concerns and (urgent := self._urgent(community, plan)):
            await self._reconciler.carry_out(urgent, urgent.fingerprint)
            plan, sight, concerns = await self._look(community)
        if concerns and self._is_news(community, plan, sight):
            await self._clock.sleep(GATHER)
            plan, sight, concerns = await self._look(community)
        if concerns and self._is_news(community, plan, sight):
            await self._show(community, plan, parts(plan, sight), concerns)
            return Report(waiting=(Waiting(plan.fingerprint, plan, concerns),))
        stands = self._stands(community)
        if concerns and (stands is None or stands.state != "allowed"):
            if stands is not None:
                self._poke(dict.fromkeys(step.key for step in leftover(plan, sight, stands.parts).steps))
            return Report(waiting=(Waiting(plan.fingerprint, plan, concerns),))
        report = await self._reconciler.carry_out(plan, plan.fingerprint)
        if report.soon or report.again:
            raise TryLater("not everything could be done at this look", report.after)
        if stands is not None:
            await self._close(community, stands.mark, _left(report, sight))
        return report

    async def _look(self, community: CommunityKey) -> tuple[Plan, Sight, tuple[Concern, ...]]:
        plan = await self._reconciler.plan(community)
        sight = self._reconciler.sight(plan) or Sight(self._reconciler.homeserver.me)
        return plan, sight, self._reconciler.concerns(plan, sight)

    def _urgent(self, community: CommunityKey, plan: Plan) -> Plan:
        """Return the part that never waits: who is shut out is let go, crews and letterboxes get rooms.

        The community's own new rooms are for those to see who say yes to a plan.
        """
        hall = self._keeping.house.halls.get(community)
        if hall is None:
            return Plan()
        made = {step.key for step in plan.steps if isinstance(step, Create)} - {*every(hall)}
        return Plan(tuple(step for step in plan.steps if step.key in made or never_waits(step, hall)))

    def _is_news(self, community: CommunityKey, plan: Plan, sight: Sight) -> bool:
        """Return whether a plan holds more than what is shown, so much more that it would wait by itself."""
        hall, stands = self._keeping.house.halls.get(community), self._stands(community)
        if hall is None:
            return False  # nobody holds a key to it; an operator sees it
        if stands is None or stands.place in hall.sealed:
            return True
        return bool(self._reconciler.concerns(leftover(plan, sight, stands.parts), sight))

    def _stands(self, community: CommunityKey) -> shown.Shown | None:
        hall = self._keeping.house.halls.get(community)
        return shown.waiting(hall) if hall is not None else None

    async def _show(
        self,
        community: CommunityKey,
        plan: Plan,
        what: tuple[RoomPart, ...],
        concerns: tuple[Concern, ...],
    ) -> None:
        now = self._clock.now()
        hall = self._keeping.house.halls[community]
        cause = f"plan:shown:{community}:{shown.PLANS.of(hall).version}"
        decide = partial(
            _shown,
            community=community,
            fingerprint=plan.fingerprint,
            what=what,
            concerns=concerns,
            now=now,
        )
        await self._recorder.record(Occasion(cause, now), decide)

    async def _close(self, community: CommunityKey, mark: str, left: tuple[RoomPart, ...]) -> None:
        occasion = Occasion(f"plan:closed:{community}:{mark}", self._clock.now())
        await self._recorder.record(
            occasion, lambda house: deciding.close(house.halls[community], mark, left)
        )


def whole_of(community: CommunityKey) -> RoomKey:
    """Return the place in line of a look at a whole community, or at what belongs to none (the empty key)."""
    return RoomKey(f"{_MARK}{community}")


def community_in(key: RoomKey) -> CommunityKey | None:
    """Return which community has this place in line, None if a room has it."""
    return CommunityKey(key.removeprefix(_MARK)) if key.startswith(_MARK) else None


def in_line(house: House, keys: Iterable[RoomKey]) -> Iterable[RoomKey]:
    """Return where to look when these rooms may have changed.

    Where all of a community's rooms may have, it is looked at as a whole, so that what follows is shown as a
    whole; and so it is where a yes waits to be carried out.
    """
    keys = tuple(keys)
    for community, hall in house.halls.items():
        if ids.root(community) in keys and ids.root(community) in house.rooms:
            rooms = frozenset(every(hall))
            if rooms <= {*keys}:
                keys = (whole_of(community), *(key for key in keys if key not in rooms))
        if shown.is_allowed(hall):
            keys = (whole_of(community), *keys)
    return dict.fromkeys(keys)


def _shown(
    house: House,
    *,
    community: CommunityKey,
    fingerprint: str,
    what: tuple[RoomPart, ...],
    concerns: tuple[Concern, ...],
    now: datetime,
) -> Decision | None:
    hall = house.halls.get(community)
    return deciding.show(hall, fingerprint, what, concerns, now) if hall is not None else None


def _left(report: Report, sight: Sight) -> tuple[RoomPart, ...]:
    return parts(Plan(tuple(refused.step for refused in report.refused)), sight)
