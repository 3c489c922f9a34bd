"""Takes in what the homeserver pushes: sifted, stored once and durably, then told to whoever works on it."""

from collections.abc import Callable, Sequence

from crewhall.flows.keeping import Keeping
from crewhall.ground.sifting import Us, sift
from crewhall.ports import Clock, Incoming, Ledger

Listener = Callable[[Sequence[Incoming]], None]
"""Called with the events that are new, once they are stored; must not wait."""


class Inbox:
    """The way from a transaction into the ledger."""

    def __init__(self, ledger: Ledger, keeping: Keeping, clock: Clock, us: Us, listener: Listener) -> None:
        self._ledger = ledger
        self._keeping = keeping
        self._clock = clock
        self._us = us
        self._listener = listener

    async def accept(self, events: Sequence[object]) -> None:
        """Store what concerns us; when this returns the homeserver may forget the transaction.

        Raises what the ledger raises if it could not be stored: then nothing was.
        """
        kept = sift(events, self._keeping.house, self._us)
        if not kept:
            return
        new = await self._ledger.take_in(kept, self._clock.now())
        if new:
            self._listener(new)
