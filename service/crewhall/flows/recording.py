"""Writes down what was decided, as one entry; what was decided on old facts is decided again."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from crewhall.errors import Stale, TryLater
from crewhall.flows.chats import Chats
from crewhall.flows.keeping import Keeping
from crewhall.ground.hall import House
from crewhall.ground.ids import EventId, RoomId, UserId
from crewhall.ground.talk import Decision, Outcome, Refusal, Reply, Say, Sentence, Usage
from crewhall.house import parting
from crewhall.ports import Entry

_TRIES: Final = 5


@dataclass(frozen=True, slots=True)
class Occasion:
    """What made it happen, when; and if it was an event that was heard: where, by whom, its inbox row."""

    cause: str
    at: datetime
    room: RoomId | None = None
    event: EventId | None = None
    asker: UserId | None = None
    row: int | None = None


class Recorder:
    """The one way from decisions to the ledger."""

    def __init__(self, keeping: Keeping, chats: Chats) -> None:
        self._keeping = keeping
        self._chats = chats

    async def record(self, occasion: Occasion, decide: Callable[[House], Outcome | None]) -> bool:
        """Record what `decide` makes of the house; return whether there was anything. Raises `TryLater`."""
        for _ in range(_TRIES):
            outcome = decide(self._keeping.house)
            if outcome is None:
                return False
            try:
                await self._keeping.record(self._entry(occasion, _decided(outcome)))
            except Stale:
                continue
            return True
        raise TryLater("others write to the same place")

    def _entry(self, occasion: Occasion, decision: Decision) -> Entry:
        says = tuple(say for say in decision.says if parting.is_heard(self._keeping.house, say))
        return Entry(
            cause=occasion.cause,
            at=occasion.at,
            facts=(*decision.facts, *self._chats.namings(says, occasion.asker)),
            says=says,
            room=occasion.room,
            event=occasion.event,
            asker=occasion.asker,
            handled=occasion.row,
            ack=decision.ack if occasion.event is not None else "",
        )


def merged(decisions: Iterable[Decision]) -> Decision | None:
    """Return several decisions as one, None if nothing was decided."""
    found = Decision()
    for one in decisions:
        found = replace(
            found, facts=(*found.facts, *one.facts), says=(*found.says, *one.says), ack=found.ack or one.ack
        )
    return found if found != Decision() else None


def _decided(outcome: Outcome) -> Decision:
    match outcome:
        case Decision():
            return outcome
        case Refusal(text=words):
            return Decision(says=(Say(Reply(), words),))
        case Usage(line=line):
            return Decision(says=(Say(Reply(), Sentence("hear-usage", {"line": line})),))
