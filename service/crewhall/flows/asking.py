"""Asks keyholders for their yes to a plan that waits for one: once a plan, in their private chats."""

from crewhall.flows.chats import Chats
from crewhall.flows.keeping import Keeping
from crewhall.flows.recording import Occasion, Recorder
from crewhall.flows.report import Waiting
from crewhall.ground import ids
from crewhall.ground.hall import House
from crewhall.ground.talk import Decision, Say, Sentence, ToPerson
from crewhall.ports import Clock


class Asking:
    """What waits for a person is told to those who hold the key; the plan's fingerprint makes it once."""

    def __init__(self, keeping: Keeping, chats: Chats, clock: Clock) -> None:
        self._recorder = Recorder(keeping, chats)
        self._clock = clock

    async def ask(self, waiting: Waiting) -> None:
        """Tell the keyholders of the communities concerned. Raises `TryLater`."""
        occasion = Occasion(f"plan:{waiting.fingerprint}", self._clock.now())
        await self._recorder.record(occasion, lambda house: _asked(house, waiting))


def _asked(house: House, waiting: Waiting) -> Decision:
    keys = {key for step in waiting.plan.steps if (key := ids.hall_of(step.key)) is not None}
    people = sorted({p for key in keys if key in house.halls for p in house.halls[key].keyholders})
    counts = ", ".join(f"{count} {kind}" for kind, count in sorted(waiting.plan.counts.items()))
    text = Sentence("plan-waits", {"counts": counts, "reasons": "; ".join(waiting.reasons)})
    return Decision(says=tuple(Say(ToPerson(person), text, must=True) for person in people))
