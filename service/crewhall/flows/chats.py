"""Private chats with the keeper: one plain room a person, opened when there is something to say in it.

Its key is a keyed hash of the person, so that neither its address nor a log names anybody. Who leaves their
chat is not asked in again, until they ask for something whose answer belongs there.
"""

import hashlib
import hmac
from collections.abc import Iterable
from itertools import count

from crewhall.errors import Stale, TryLater
from crewhall.flows.keeping import Keeping
from crewhall.ground.facts import HOUSE, ChatNamed, Writing
from crewhall.ground.ids import RoomKey, UserId
from crewhall.ground.talk import Say, ToPerson
from crewhall.ports import Clock, Entry

_DIGITS = 16


class Chats:
    """Who has which private chat. With another `secret` those that are named keep their names."""

    def __init__(self, keeping: Keeping, clock: Clock, secret: bytes) -> None:
        self._keeping = keeping
        self._clock = clock
        self._secret = secret

    def key(self, person: UserId) -> RoomKey:
        """Return the key of a person's chat, whether there is one or not; never of one closed for good."""
        keys = (self._hashed(f"{person} {n}" if n else person) for n in count())
        return next(key for key in keys if key not in self._keeping.house.closed)

    def namings(self, says: Iterable[Say], asker: UserId | None = None) -> tuple[Writing, ...]:
        """Return the facts that open the chats in which these things are to be said.

        A chat that its person left is opened again only for `asker`, who waits for an answer.
        """
        people = dict.fromkeys(say.to.person for say in says if isinstance(say.to, ToPerson))
        house = self._keeping.house
        wanted = (p for p in people if p not in house.chats or (p == asker and p in house.away))
        return tuple(Writing(HOUSE, ChatNamed(person, self._named(person))) for person in wanted)

    async def ensure(self, person: UserId, cause: str) -> RoomKey:
        """Name a person's chat if it has no name yet; the room follows. Raises `TryLater`."""
        key = self._named(person)
        if person not in self._keeping.house.chats:
            writing = Writing(HOUSE, ChatNamed(person, key))
            try:
                await self._keeping.record(Entry(f"{cause}/chat", self._clock.now(), (writing,)))
            except Stale as stale:  # only a broken ledger: the naming insists on no version
                raise TryLater(str(stale)) from stale
        return key

    def _hashed(self, name: str) -> RoomKey:
        digest = hmac.new(self._secret, name.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()
        return RoomKey(f"chat/{digest[:_DIGITS]}")

    def _named(self, person: UserId) -> RoomKey:
        return self._keeping.house.chats.get(person) or self.key(person)
